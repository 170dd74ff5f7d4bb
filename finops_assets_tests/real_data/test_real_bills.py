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


def test_a_price_id_has_the_list_unit_price_of_the_bill_where_it_shows_exactly_one(cloud, real_data):
    shown = {}
    for row in rows_of(real_data / "focus_sample_1000.csv"):
        if row["SkuPriceId"] != "NULL" and row["ListUnitPrice"] != "NULL":
            shown.setdefault(row["SkuPriceId"], set()).add(Decimal(row["ListUnitPrice"]))
    single = {product: found.pop() for product, found in shown.items() if len(found) == 1}
    assert len(single) > 200
    statement = "SELECT product_id, unit_price FROM unit_price WHERE pricing_view_id = 'list'"
    with cloud.connect("finops_api") as connection:
        published = {row["product_id"]: row["unit_price"] for row in connection.execute(statement)}
    assert {product: published[product] for product in single} == single


@pytest.fixture(scope="module")
def core_seconds(real_data):
    """Core-seconds of each month's (VM, number of cores).

    The file's core_hours are binary floats written out, with up to 15 decimals: 465.91305555555556 stands for
    465.913055…, that is 1677287 core-seconds. Whole core-seconds are what was metered (times 3600 every value of the
    file is one, to 3e-9), and no 12 decimals of an hour can hold a third of a second.
    """
    used = {month: {} for month in CORE_HOURS}
    for row in rows_of(real_data / "bitbrains_small_vm_month.csv"):
        seconds = Fraction(row["core_hours"]) * 3600
        assert abs(seconds - round(seconds)) < Fraction(3, 10**9)
        used[Period.parse(row["period_month"])][row["application_id"], row["cpu_count"]] = round(seconds)
    return used


@pytest.fixture
def vms(mart, settings, tmp_path, core_seconds):
    """The mart after the two months of virtual machines, at one euro for each core-hour.

    The month's exact core-hours, at 12 decimals, are split over its lines by largest remainder, as a supplier who must
    deliver 12 decimals would: the lines then add up to the month, not to the month and some rounding.
    """
    price_view(mart, tmp_path)
    price(mart, tmp_path, "1", product="*", effective_from="2013-01")
    for month, used in core_seconds.items():
        hours = largest_remainder(round(Fraction(sum(used.values()) * ONE, 3600)), list(used.values()))
        rows = [
            {
                "application_id": vm,
                "product_id": f"vcpu-core-hours-{cores}",
                "metric": "CPU",
                "quantity": format(from_units(share), "f"),
            }
            for (vm, cores), share in zip(used, hours, strict=True)
        ]
        write_csv(settings.sources / "open" / f"{month}.csv", rows)
        run(mart, settings, "OPEN", month)
    return mart


@pytest.mark.parametrize(("month", "vms_there", "lines"), [(Period(2013, 8), 49, 52), (Period(2013, 9), 50, 54)])
def test_every_vm_has_a_line_per_size_it_had(vms, month, vms_there, lines):
    found = facts(vms, "OPEN", month)
    assert (len({fact["application_id"] for fact in found}), len(found)) == (vms_there, lines)


@pytest.mark.parametrize(("month", "hours"), CORE_HOURS.items(), ids=str)
def test_core_hours_add_up_to_the_figures_of_the_data(vms, core_seconds, month, hours):
    """The figures have 6 decimals: all that August has, and what September's two thirds at the 6th round to."""
    _, total = cost(vms, month, Grain.APPLICATION, "internal")
    assert abs(Fraction(total.cost) - Fraction(sum(core_seconds[month].values()), 3600)) <= Fraction(1, 2 * ONE)
    assert total.cost.quantize(Decimal("0.000001")) == hours
    assert total.unpriced_count == 0


def test_august_is_met_without_any_rounding(vms):
    total = sum(fact["quantity"] for fact in facts(vms, "OPEN", Period(2013, 8)))
    assert total == CORE_HOURS[Period(2013, 8)]


@pytest.mark.parametrize("month", CORE_HOURS, ids=str)
def test_support_follows_the_core_hours_of_each_vm(vms, settings, core_seconds, month):
    run(vms, settings, "SUPPORT", month)
    weights = {fact["application_id"]: Fraction(fact["quantity"]) for fact in facts(vms, "SUPPORT", month)}
    used = Counter()
    for fact in facts(vms, "OPEN", month):
        used[fact["application_id"]] += Fraction(fact["quantity"])
    assert sum(weights.values()) == 1
    assert weights.keys() == used.keys()
    assert all(abs(weights[vm] - hours / used.total()) < Fraction(1, ONE) for vm, hours in used.items())
    seconds = Counter()
    for (vm, _), metered in core_seconds[month].items():
        seconds[vm] += metered
    in_order = sorted(seconds, key=seconds.__getitem__)
    assert [weights[vm] for vm in in_order] == sorted(weights.values())


def test_a_real_bill_is_spread_over_its_projects_and_comes_back(mart, settings, tmp_path, real_data):
    """mybinder.org, January 2019: the costs of its projects as coefficients share their own sum out again."""
    month, projects = Period(2019, 1), Counter()
    for row in rows_of(real_data / "mybinder_daily_cost_by_project.csv"):
        if row["date"].startswith(str(month)):
            projects[row["application_id"]] += Decimal(row["cost_usd"])
    amount = projects.total()
    coefficients = [{"application_id": project, "coefficient": str(spent)} for project, spent in projects.items()]
    write_csv(settings.sources / "licences" / f"{month}.csv", coefficients)
    price_view(mart, tmp_path, currency="USD")
    price(mart, tmp_path, str(amount), product="*", domain="LICENCES", effective_from=str(month))
    run(mart, settings, "LICENCES", month)
    lines, total = cost(mart, month, Grain.APPLICATION, "internal")
    assert sum(fact["quantity"] for fact in facts(mart, "LICENCES", month)) == 1
    assert total.cost == amount
    assert {line.key for line in lines} == set(projects)
    assert all(abs(line.cost - projects[line.key]) < amount.scaleb(-12) for line in lines)
