"""Pricing views, OPEN's unit prices and the INDIRECT amounts of every month."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from finops_assets.demo.files import Table, fixed, plain
from finops_assets.demo.platform import NEW, PRODUCTS, Product
from finops_assets.demo.story import MONTHS, PRICES_CHANGE
from finops_assets.period import Period

_VIEWS_HEADER = ("pricing_view_id", "pricing_view_label", "currency", "kind", "is_default", "focus_cost")
_VIEWS = (
    ("internal", "Tarif interne", "EUR", "internal", "true", "EffectiveCost"),
    ("list", "Tarif public", "EUR", "list", "false", "ListCost"),
)
_HEADER = ("pricing_view_id", "domain_id", "product_id", "effective_from", "unit_price")
_DECIMALS = 8

# hundredths of the price before
_CHANGES = {
    "conteneur-petit": 104,
    "conteneur-moyen": 104,
    "vm-generale": 106,
    "memoire-vm": 103,
    "bloc-rapide": 105,
    "sortie-internet": 108,
    "postgresql-ha": 107,
    "objet-froid": 91,
}
_LIST_MARKUP = 118

# domain → cents of the first month, growth a month in thousandths of it
_AMOUNTS = {
    "AUDIT": (912_500, 3),
    "LICENCES": (8_640_000, 7),
    "SUPPORT": (6_175_000, 5),
    "WORKPLACE": (4_830_000, 4),
}
_LIST_AMOUNT = 108


def price_tables(first: Period) -> Iterator[Table]:
    """The views, OPEN's prices and the amounts to distribute."""
    yield Table("prices/views.csv", _VIEWS_HEADER, _VIEWS)
    yield Table("prices/open.csv", _HEADER, list(_open_prices(first)))
    yield Table("prices/amounts.csv", _HEADER, list(_amounts(first)))


def _open_prices(first: Period) -> Iterator[tuple[str, ...]]:
    for product in PRODUCTS:
        yield _price("internal", product, first.shift(product.first_used), 100)
        if product is not NEW:
            yield _price("list", product, first, _LIST_MARKUP)
    for product in PRODUCTS:
        if product.product_id in _CHANGES:
            yield _price("internal", product, first.shift(PRICES_CHANGE), _CHANGES[product.product_id])


def _price(view: str, product: Product, effective_from: Period, percent: int) -> tuple[str, ...]:
    return (view, "OPEN", product.product_id, str(effective_from), plain(product.price * percent, _DECIMALS))


def _amounts(first: Period) -> Iterator[tuple[str, ...]]:
    for domain, (base, growth) in _AMOUNTS.items():
        random = Random(f"amounts of {domain}")
        for month in range(MONTHS):
            cents = base * (1000 + growth * month) // 1000 + random.randint(-base // 50, base // 50)
            period = str(first.shift(month))
            yield ("internal", domain, "*", period, fixed(cents, 2))
            yield ("list", domain, "*", period, fixed(cents * _LIST_AMOUNT // 100, 2))
