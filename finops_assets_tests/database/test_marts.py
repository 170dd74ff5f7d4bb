"""The four marts: exact, in agreement, and with a row for the months that have nothing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from finops_assets import marts
from finops_assets.period import Period
from finops_assets.postgres.connection import Mart
from finops_assets.postgres.queries import SQL
from finops_assets_tests.factories import JANUARY, ask, line, price, price_view, publish, refresh, weight

FEBRUARY, MARCH, APRIL = (JANUARY.shift(months) for months in (1, 2, 3))


@pytest.fixture
def priced(mart: Mart, tmp_path: Path) -> Mart:
    price_view(mart, tmp_path)
    return mart


@pytest.fixture
def filled(priced: Mart, tmp_path: Path) -> Mart:
    """Two DIRECT domains, an INDIRECT one, two families, an unpriced product, two views, two months."""
    price_view(priced, tmp_path, "listed")
    for view in ("internal", "listed"):
        price(priced, tmp_path, "0.1", pricing_view_id=view)
        price(priced, tmp_path, "0.333333333333", "disk", pricing_view_id=view)
        for month in (JANUARY, FEBRUARY):
            price(priced, tmp_path, "100.01", "*", "LICENCES", pricing_view_id=view, effective_from=month)
        price(priced, tmp_path, "7", "*", "CLOUD", pricing_view_id=view)
    disk = {"product_id": "disk", "family_id": "storage", "product_label": "Disk", "family_label": "Storage"}
    for month in (JANUARY, FEBRUARY):
        publish(
            priced,
            line(quantity=Decimal("3.000000000001")),
            line(application_id="portal"),
            line(application_id="portal", quantity=Decimal("0.1"), **disk),
            line(application_id="portal", product_id="mystery", product_label=None),
            month=month,
        )
        publish(priced, line(application_id="search"), domain="CLOUD", month=month)
        shares = [weight("billing", "0.333333333333"), weight("portal", "0.666666666667")]
        publish(priced, *shares, domain="LICENCES", month=month)
    refresh(priced)
    return priced


def report(mart: Mart, grain: marts.Grain, month: Period = JANUARY, view: str = "internal") -> list[marts.CostLine]:
    with mart.connect("finops_api") as connection:
        return marts.report(connection, month, grain, view)


def test_totals_of_every_grain_agree_to_the_last_digit(filled):
    expected = (
        Decimal("3.000000000001") * Decimal("0.1")
        + 10 * Decimal("0.1")
        + Decimal("0.1") * Decimal("0.333333333333")
        + Decimal("100.01")
        + 70
    )
    for view in ("internal", "listed"):
        for month in (JANUARY, FEBRUARY):
            totals = {grain: marts.total(report(filled, grain, month, view)) for grain in marts.Grain}
            assert {str(each.cost) for each in totals.values()} == {f"{expected:.24f}"}
            assert {(each.line_count, each.unpriced_count) for each in totals.values()} == {(7, 1)}


def test_reports_have_one_line_per_key_dearest_first(filled):
    assert [(row.key, row.cost) for row in report(filled, marts.Grain.DOMAIN)] == [
        ("LICENCES", Decimal("100.01")),
        ("CLOUD", Decimal(70)),
        ("OPEN", Decimal("1.333333333333400000")),
    ]
    assert [row.key for row in report(filled, marts.Grain.APPLICATION)] == ["search", "portal", "billing"]
    by_family = report(filled, marts.Grain.FAMILY)
    assert [(row.domain_id, row.key, row.label) for row in by_family] == [
        ("LICENCES", None, "Coefficients delivered by procurement"),
        ("CLOUD", "compute", "Compute"),
        ("OPEN", "compute", "Compute"),
        ("OPEN", "storage", "Storage"),
    ]
    products = report(filled, marts.Grain.PRODUCT)
    assert [(row.domain_id, row.key, row.cost is None) for row in products] == [
        ("LICENCES", None, False),
        ("CLOUD", "vm-small", False),
        ("OPEN", "vm-small", False),
        ("OPEN", "disk", False),
        ("OPEN", "mystery", True),
    ]


def test_indirect_domain_has_no_family_in_the_family_mart(filled):
    assert ask(filled, "SELECT DISTINCT domain_id FROM mv_cost_family_month ORDER BY 1") == [
        {"domain_id": "CLOUD"},
        {"domain_id": "OPEN"},
    ]


@pytest.mark.parametrize("role", ["finops_batch", "finops_admin", "finops_api"])
def test_every_role_may_read_the_marts(filled, role):
    for name in ("mv_cost_domain_month", "mv_cost_app_month", "mv_cost_family_month", "mv_history_trend"):
        assert ask(filled, f"SELECT * FROM {name}", role=role)  # noqa: S608


@pytest.mark.parametrize(
    ("quantity", "unit_price", "cost"),
    [
        ("0.000000000001", "0.000000000001", "0.000000000000000000000001"),
        (
            "999999999999999999.999999999999",
            "999999999999999999.999999999999",
            "999999999999999999999999999998000000.000000000000000000000001",
        ),
        ("0.1", "0.2", "0.020000000000000000000000"),
        ("-3", "0.333333333333", "-0.999999999999000000000000"),
        ("123456789012345678.123456789012", "1", "123456789012345678.123456789012000000000000"),
    ],
)
def test_cost_is_the_exact_product_with_24_decimals(priced, tmp_path, quantity, unit_price, cost):
    price(priced, tmp_path, unit_price)
    publish(priced, line(quantity=Decimal(quantity), charge_class="CREDIT"))
    refresh(priced)
    for name in ("mv_cost_domain_month", "mv_cost_app_month", "mv_cost_family_month", "mv_history_trend"):
        assert ask(priced, f"SELECT cost::TEXT FROM {name}") == [{"cost": cost}]  # noqa: S608


def test_thirds_of_an_amount_add_up_to_it(priced, tmp_path):
    price(priced, tmp_path, "1000000000000", "*", "LICENCES")
    shares = ["0.333333333334", "0.333333333333", "0.333333333333"]
    publish(priced, *[weight(f"app-{i}", share) for i, share in enumerate(shares)], domain="LICENCES")
    refresh(priced)
    assert ask(priced, "SELECT sum(cost) FROM mv_cost_app_month") == [{"sum": Decimal(10**12)}]


def test_slice_that_was_emptied_leaves_the_marts(filled):
    publish(filled)
    refresh(filled)
    assert [row.key for row in report(filled, marts.Grain.DOMAIN)] == ["LICENCES", "CLOUD"]
    for name in ("mv_cost_family_month", "cost_product_month", "mv_cost_app_month", "mv_cost_domain_month"):
        rows = ask(filled, f"SELECT * FROM {name} WHERE domain_id = 'OPEN' AND period_month = '2024-01-01'")  # noqa: S608
        assert rows == []
    assert refresh(filled).slices == ()


def test_domain_without_any_price_is_there_without_a_cost(filled):
    publish(filled, weight("billing", "1"), domain="AUDIT")
    refresh(filled)
    [audit] = [row for row in report(filled, marts.Grain.DOMAIN) if row.key == "AUDIT"]
    assert (audit.cost, audit.line_count, audit.unpriced_count) == (None, 1, 1)
    assert marts.total(report(filled, marts.Grain.DOMAIN)).unpriced_count == 2


def test_progress_is_told_slice_by_slice(priced):
    publish(priced, line())
    publish(priced, line(), month=FEBRUARY)
    told = []
    with priced.connect("finops_batch") as connection:
        assert marts.stale_count(connection) == 2
        marts.refresh(connection, lambda done, total: told.append((done, total)))
        assert marts.stale_count(connection) == 0
    assert told == [(1, 2), (2, 2)]


def test_failed_refresh_leaves_the_marts_as_they_were(filled):
    before = ask(filled, "SELECT * FROM mv_cost_domain_month ORDER BY 1, 2, 4")
    publish(filled, line(quantity=Decimal(99)))

    def fail(done: int, total: int) -> None:
        raise ZeroDivisionError

    with filled.connect("finops_batch") as connection, pytest.raises(ZeroDivisionError):
        marts.refresh(connection, fail)
    assert ask(filled, "SELECT * FROM mv_cost_domain_month ORDER BY 1, 2, 4") == before
    assert len(refresh(filled).slices) == 1


def test_marts_from_before_labels_get_those_of_the_versions_they_show(filled):
    shown = "SELECT * FROM cost_product_month ORDER BY period_month, pricing_view_id, domain_id, product_id"
    before = ask(filled, shown)
    publish(filled, line(product_label="Renamed", quantity=Decimal(7)))
    ask(filled, "UPDATE cost_product_month SET product_label = NULL")
    ask(filled, (SQL / "migrations/0017_labels_in_the_mart.sql").read_text("utf-8").split(";\n", 1)[1])
    assert ask(filled, shown) == before
    assert {row["product_label"] for row in before} == {"Small VM", "Disk", "mystery", None}


# The trend


TREND = (
    "SELECT period_month, has_data, cost, previous_cost, delta_cost, rolling_3_cost, rolling_12_cost "
    "FROM mv_history_trend WHERE domain_id = %s ORDER BY period_month"
)


def test_trend_has_previous_delta_and_rolling_sums_and_a_row_for_months_without_data(priced, tmp_path):
    price(priced, tmp_path, "1")
    for month, quantity in ((FEBRUARY, 10), (MARCH, 14), (MARCH.shift(2), 5), (MARCH.shift(3), 6)):
        publish(priced, line(quantity=Decimal(quantity)), month=month)
    refresh(priced)
    rows = [tuple(row.values()) for row in ask(priced, TREND, "OPEN")]
    assert rows == [
        (date(2024, 1, 1), False, None, None, None, None, None),
        (date(2024, 2, 1), True, 10, None, None, 10, 10),
        (date(2024, 3, 1), True, 14, 10, 4, 24, 24),
        (date(2024, 4, 1), False, None, 14, None, 24, 24),
        (date(2024, 5, 1), True, 5, None, None, 19, 29),
        (date(2024, 6, 1), True, 6, 5, 1, 11, 35),
    ]


def test_rolling_year_forgets_the_thirteenth_month(priced, tmp_path):
    price(priced, tmp_path, "1")
    for month in JANUARY.through(JANUARY.shift(13)):
        publish(priced, line(quantity=Decimal(1)), month=month)
    refresh(priced)
    rows = ask(priced, TREND, "OPEN")
    assert [row["rolling_12_cost"] for row in rows] == [*range(1, 13), 12, 12]
    assert [row["rolling_3_cost"] for row in rows] == [1, 2, *[3] * 12]


def test_trend_reaches_from_the_first_month_to_the_last_of_any_domain(priced, tmp_path):
    price(priced, tmp_path, "1", "*")
    ask(priced, "UPDATE dim_domain SET available_from = '2024-02-01' WHERE domain_id = 'CLOUD'", role="finops_admin")
    publish(priced, line(), month=FEBRUARY, domain="CLOUD")
    publish(priced, line(), month=APRIL)
    refresh(priced)
    assert [row["period_month"].month for row in ask(priced, TREND, "CLOUD")] == [2, 3, 4]
    assert [row["has_data"] for row in ask(priced, TREND, "OPEN")] == [False, False, False, True]


def test_month_that_was_emptied_is_a_row_without_data(priced, tmp_path):
    price(priced, tmp_path, "1")
    for month in (JANUARY, FEBRUARY):
        publish(priced, line(), month=month)
    publish(priced)
    refresh(priced)
    assert [(row["has_data"], row["cost"]) for row in ask(priced, TREND, "OPEN")] == [(False, None), (True, 10)]


def test_costs_by_month_are_the_trend_of_a_view(filled):
    with filled.connect("finops_api") as connection:
        rows = marts.by_month(connection, JANUARY, MARCH, "listed")
    assert [(row["period_month"].month, row["domain_id"], row["currency"]) for row in rows] == [
        (month, domain, "EUR") for month in (1, 2) for domain in ("CLOUD", "LICENCES", "OPEN")
    ]
    assert {row["unpriced_count"] for row in rows if row["domain_id"] == "OPEN"} == {1}
