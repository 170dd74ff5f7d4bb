"""Real bills and real usage through the whole mart: files in, totals out, to the last digit of independent figures."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from decimal import Decimal
from fractions import Fraction
from uuid import uuid4

import pytest

from finops_assets import catalog, marts, slices
from finops_assets.domains import discover
from finops_assets.marts import Grain
from finops_assets.money import ONE, from_units, largest_remainder
from finops_assets.period import Period
from finops_assets.sources.focus import read_focus
from finops_assets_tests.factories import price, price_view, write_csv

SEPTEMBER = Period(2024, 9)
TOTALS = {
    "list": ("ListCost", Decimal("20.39090575119")),
    "billed": ("BilledCost", Decimal("20.52022672899")),
    "effective": ("EffectiveCost", Decimal("14.97651418586")),
}
CORE_HOURS = {Period(2013, 8): Decimal("83807.665000"), Period(2013, 9): Decimal("43874.661667")}


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def run(mart, settings, domain_id, month):
    with mart.connect("finops_admin") as connection:
        catalog.set_enabled(connection, domain_id, is_enabled=True, available_from=Period(2013, 1))
    return slices.run_slice(mart, settings, discover()[domain_id], month, uuid4())


def facts(mart, domain_id, month):
    statement = """
        SELECT application_id, product_id, quantity FROM fact_consumption
        WHERE domain_id = %(domain)s AND period_month = %(month)s
    """
    with mart.connect("finops_api") as connection:
        return connection.execute(statement, {"domain": domain_id, "month": month.first_day}).fetchall()


def cost(mart, month, grain, view):
    """The report's lines, and their total, once every stale slice is priced."""
    with mart.connect("finops_batch") as connection:
        marts.refresh(connection)
    with mart.connect("finops_api") as connection:
        lines = marts.report(connection, month, grain, view)
    return lines, marts.total(lines)


@pytest.fixture
def cloud(mart, settings, tmp_path, real_data):
    """The mart after the FOCUS sample, with a pricing view for each of three costs of the bill."""
    for view, (focus_cost, _) in TOTALS.items():
        price_view(mart, tmp_path, view, currency="USD", kind=view, focus_cost=focus_cost)
    folder = settings.sources / "cloud"
    folder.mkdir()
    shutil.copy(real_data / "focus_sample_1000.csv", folder / "2024-09.csv")
    run(mart, settings, "CLOUD", SEPTEMBER)
    return mart


def test_the_bill_costs_what_it_says_by_every_grain_and_cost(cloud):
    found = {(view, grain): cost(cloud, SEPTEMBER, grain, view)[1] for view in TOTALS for grain in Grain}
    assert {key: line.cost for key, line in found.items()} == {
        (view, grain): total for view, (_, total) in TOTALS.items() for grain in Grain
    }
    assert {line.unpriced_count for line in found.values()} == {0}


def test_each_application_costs_what_its_charges_say(cloud, settings):
    charges = read_focus(settings.sources / "cloud", SEPTEMBER, application_tag="application", max_bytes=10**8).rows
    for view, column in (("list", "list_cost"), ("billed", "billed_cost"), ("effective", "effective_cost")):
        charged = Counter()
        for application, amount in zip(charges["application_id"], charges[column], strict=True):
            charged[application] += Fraction(amount)
        lines, _ = cost(cloud, SEPTEMBER, Grain.APPLICATION, view)
        assert {line.key: Fraction(line.cost) for line in lines} == dict(charged)


def test_untagged_charges_are_kept_under_unassigned(cloud, settings):
    charges = read_focus(settings.sources / "cloud", SEPTEMBER, application_tag="application", max_bytes=10**8).rows
    untagged = charges[charges["application_id"] == "UNASSIGNED"]
    assert len(untagged) == 340
    stored = Counter()
    for fact in facts(cloud, "CLOUD", SEPTEMBER):
        if fact["application_id"] == "UNASSIGNED" and not fact["product_id"].startswith("difference:"):
            stored[fact["product_id"]] += Fraction(fact["quantity"])
    delivered = Counter()
    for product, quantity in zip(untagged["product_id"], untagged["quantity"], strict=True):
        delivered[product] += Fraction(quantity)
    assert dict(stored) == dict(delivered)


def test_the_bill_s_products_are_its_price_ids(cloud):
    products = {fact["product_id"] for fact in facts(cloud, "CLOUD", SEPTEMBER)}
    assert len([product for product in products if not product.startswith("difference:")]) == 270


def test_a_price_id_costs_its_list_unit_price(cloud, real_data):
    """Where the bill shows exactly one: that price is published, or 0 where it explains less of the cost than 0 does."""
    shown, charged = {}, {}
    for row in rows_of(real_data / "focus_sample_1000.csv"):
        if row["SkuPriceId"] != "NULL":
            charged.setdefault(row["SkuPriceId"], []).append(row)
            if row["ListUnitPrice"] != "NULL":
                shown.setdefault(row["SkuPriceId"], set()).add(Decimal(row["ListUnitPrice"]))
    single = {product: found.pop() for product, found in shown.items() if len(found) == 1}
    statement = "SELECT product_id, unit_price FROM unit_price WHERE pricing_view_id = 'list'"
    with cloud.connect("finops_api") as connection:
        published = {row["product_id"]: row["unit_price"] for row in connection.execute(statement)}
    priced = {product: published[product] for product in single}
    other = {product: unit_price for product, unit_price in priced.items() if unit_price != single[product]}
    assert len(single) > 200
    print(
        len(single),
        len(other),
        other,
        {p: [(r["PricingQuantity"], r["ListUnitPrice"], r["ListCost"]) for r in charged[p]] for p in other},
    )
    assert priced == single
