"""A month that can be closed: OPEN and SUPPORT, loaded and priced in January in two views, in EUR and in JPY."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from finops_assets import catalog, verify
from finops_assets.period import Period
from finops_assets.postgres.connection import Mart
from finops_assets.sources import SourceFile
from finops_assets_tests.factories import JANUARY, line, price, price_view, publish, refresh, weight

FEBRUARY = JANUARY.next
SHARES = ("0.333333333334", "0.333333333333", "0.333333333333")
FILE = SourceFile("open/2024-01.csv", "ab" * 32, 120, 3)


def enable(mart: Mart, *domain_ids: str, month: Period = JANUARY) -> None:
    with mart.connect("finops_admin") as connection:
        for domain_id in domain_ids:
            catalog.set_enabled(connection, domain_id, is_enabled=True, available_from=month)


def make_company(mart: Mart, folder: Path) -> None:
    price_view(mart, folder)
    price_view(mart, folder, "yen", currency="JPY")
    for view in ("internal", "yen"):
        price(mart, folder, "0.333", pricing_view_id=view)
        price(mart, folder, "100.01", "*", "SUPPORT", pricing_view_id=view)
    enable(mart, "OPEN", "SUPPORT")
    load(mart)


def load(mart: Mart, month: Period = JANUARY, quantity: int = 10) -> None:
    """Applications a, b and c: so many CPU each, and a third of the support."""
    used = publish(
        mart,
        *[line(application_id=name, quantity=Decimal(quantity)) for name in "abc"],
        month=month,
        files=[FILE],
    )
    weights = [weight(name, share) for name, share in zip("abc", SHARES, strict=True)]
    publish(mart, *weights, domain="SUPPORT", month=month, drivers={"OPEN": used.version})
    refresh(mart)


def assert_sound(mart: Mart) -> None:
    with mart.connect("finops_api") as connection:
        assert [(one.name, one.rows) for one in verify.run_checks(connection) if not one.passed] == []
