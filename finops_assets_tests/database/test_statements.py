"""Any month that is closed is signed for exactly what it cost: thousands of lines, in currencies of 0 to 4 decimals."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from finops_assets.allocation import weights
from finops_assets.contract import frame
from finops_assets.money import round_to_total
from finops_assets.postgres.connection import Mart
from finops_assets.settings import Settings
from finops_assets.slices.inputs import DRIVERS
from finops_assets_tests.database.closable import assert_sound
from finops_assets_tests.factories import (
    ask,
    close,
    line,
    new_mart,
    price,
    price_view,
    publish,
    refresh,
    reopen,
    weight,
)

CURRENCIES = {"internal": ("EUR", 2), "yen": ("JPY", 0), "dinar": ("TND", 3), "fomento": ("CLF", 4)}
PRODUCTS = [f"p-{number}" for number in range(7)]
SIGNED = """
SELECT domain_id, pricing_view_id, application_id, cost, rounded_cost
FROM statement
WHERE close_number = (SELECT max(close_number) FROM period_close)
ORDER BY domain_id, pricing_view_id, application_id COLLATE "C"
"""


def some_number(chance: random.Random, digits: int = 18) -> Decimal:
    """A number of 12 decimals, or of three, so that there are ties."""
    if chance.random() < 0.3:
        return Decimal(chance.randrange(1, 20_000)).scaleb(-3)
    return Decimal(chance.randrange(1, 10**digits)).scaleb(-12)


@pytest.fixture(scope="module")
def any_mart(server_url, template, tmp_path_factory) -> Iterator[tuple[Mart, dict]]:
    folder, chance = tmp_path_factory.mktemp("prices"), random.Random(11)
    prices = {}
    with new_mart(server_url, template) as mart:
        for view, (currency, _) in CURRENCIES.items():
            price_view(mart, folder, view, currency=currency)
            for product in PRODUCTS:
                prices[view, product] = some_number(chance)
                price(mart, folder, f"{prices[view, product]:f}", product, pricing_view_id=view)
            prices[view, "*"] = some_number(chance, 22) * chance.choice((1, -1))
            price(mart, folder, f"{prices[view, '*']:f}", "*", "SUPPORT", pricing_view_id=view)
        yield mart, prices


@hypothesis_settings(max_examples=6, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 150))
def test_a_closed_month_is_signed_for_what_it_cost(any_mart, seed, size):
    """Six months of up to 150 applications and 7 products in 4 currencies."""
    (mart, prices), chance = any_mart, random.Random(seed)
    names = [f"{chance.choice('aZé9_')}-{number}" for number in range(size)]
    used = {(name, product): some_number(chance) for name in names for product in chance.sample(PRODUCTS, 3)}
    publish(mart, *[line(application_id=a, product_id=p, quantity=q) for (a, p), q in used.items()])
    drivers = frame({"application_id": names, "quantity": [some_number(chance) for _ in names]}, DRIVERS)
    shared = weights(drivers, metric="COEFFICIENT")
    shares = dict(zip(shared["application_id"], shared["quantity"], strict=True))
    used_by = dict(zip(shared["application_id"], shared["driver_quantity"], strict=True))
    publish(mart, *[weight(name, str(shares[name]), str(used_by[name])) for name in shares], domain="SUPPORT")
    refresh(mart)
    close(mart, Settings.from_environment({}))

    expected: dict[tuple[str, str], dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    for view in CURRENCIES:
        for (name, product), quantity in used.items():
            expected["OPEN", view][name] += Fraction(quantity) * Fraction(prices[view, product])
        for name, share in shares.items():
            expected["SUPPORT", view][name] = Fraction(share) * Fraction(prices[view, "*"])
    signed: dict[tuple[str, str], list[dict]] = defaultdict(list)
    for row in ask(mart, SIGNED):
        signed[row["domain_id"], row["pricing_view_id"]].append(row)
    assert set(signed) == set(expected)
    for key, rows in signed.items():
        assert {row["application_id"]: Fraction(row["cost"]) for row in rows} == expected[key]
        assert [row["rounded_cost"] for row in rows] == round_to_total(
            [row["cost"] for row in rows], CURRENCIES[key[1]][1]
        )
        if key[0] == "SUPPORT":
            assert sum(Fraction(row["cost"]) for row in rows) == Fraction(prices[key[1], "*"])
    assert_sound(mart)
    reopen(mart)
