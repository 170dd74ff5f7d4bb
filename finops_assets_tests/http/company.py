"""A small company: two DIRECT domains and an INDIRECT one, two views, an unpriced product, lines of nobody.

January is closed, February loaded, March lacks OPEN, and it is the fifth of April.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from finops_assets.catalog import access
from finops_assets.period import Period
from finops_assets.postgres.connection import Mart
from finops_assets.settings import Settings
from finops_assets_tests.database.closable import enable
from finops_assets_tests.factories import JANUARY, ask, close, line, price, price_view, publish, refresh, weight

FEBRUARY, MARCH, APRIL = (JANUARY.shift(months) for months in (1, 2, 3))
DISK = {"product_id": "disk", "family_id": "storage", "product_label": "Disk", "family_label": "Storage"}
SHARES = ("0.333333333334", "0.333333333333", "0.333333333333")
OWNERS = {"billing": "team-money", "portal": "team-web", "search": "team-web"}


def build(mart: Mart, settings: Settings, folder: Path) -> None:
    """Fill the mart, close January, refresh."""
    price_view(mart, folder)
    price_view(mart, folder, "yen", currency="JPY")
    for view, factor in (("internal", 1), ("yen", 150)):
        price(mart, folder, str(Decimal("0.1") * factor), pricing_view_id=view)
        price(mart, folder, str(Decimal("0.333333333333") * factor), "disk", pricing_view_id=view)
        price(mart, folder, str(7 * factor), "*", "CLOUD", pricing_view_id=view)
        for month in (JANUARY, FEBRUARY, MARCH):
            price(
                mart,
                folder,
                str(Decimal("100.01") * factor),
                "*",
                "SUPPORT",
                pricing_view_id=view,
                effective_from=month,
            )
    enable(mart, "OPEN", "CLOUD", "SUPPORT")
    for place, month in enumerate((JANUARY, FEBRUARY, MARCH)):
        load(mart, month, 3 + place)
    for name, owner in OWNERS.items():
        ask(mart, "UPDATE dim_application SET owner = %s WHERE application_id = %s", owner, name)
    refresh(mart)
    close(mart, settings, JANUARY)


def load(mart: Mart, month: Period, quantity: int) -> None:
    """One month: OPEN (not in March; a product without price after January), CLOUD and SUPPORT."""
    drivers = {}
    if month != MARCH:
        lines = [
            line(quantity=Decimal(quantity) + Decimal("0.000000000001")),
            line(application_id="portal"),
            line(application_id="portal", quantity=Decimal("0.1"), **DISK),
            line(application_id="UNASSIGNED", quantity=Decimal(quantity), **DISK),
        ]
        if month == FEBRUARY:
            lines.append(line(application_id="search", product_id="mystery", product_label=None))
        drivers = {"OPEN": publish(mart, *lines, month=month).version}
    publish(mart, line(application_id="search", quantity=Decimal(quantity)), domain="CLOUD", month=month)
    names = ("billing", "portal", "search")
    shares = [weight(name, share) for name, share in zip(names, SHARES, strict=True)]
    publish(mart, *shares, domain="SUPPORT", month=month, drivers=drivers)


def settings_of(mart: Mart, folder: Path) -> Settings:
    """Settings of a home in a folder."""
    environment = {"FINOPS_HOME": str(folder), "FINOPS_DATABASE_URL": mart.url, "FINOPS_FIRST_MONTH": "2024-01"}
    return Settings.from_environment(environment)


def grant(mart: Mart, principal: str, *applications: str) -> None:
    """Let a principal see applications."""
    with mart.connect("finops_admin") as connection:
        for name in applications:
            access.grant(connection, principal, name)
