"""From an amount of an INDIRECT domain to method, driver, basis and weight, and to what the driver is the sum of."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from finops_assets.cli.amount_tree import Words, drawn
from finops_assets.lineage import reading
from finops_assets.lineage.finality import finality
from finops_assets.lineage.nodes import Figures
from finops_assets.verify import snapshot
from finops_assets_tests.database.explained import explained, lines_of
from finops_assets_tests.database.spread import Company, focus_charge
from finops_assets_tests.factories import JANUARY, ask, price, price_view, write_csv
from finops_assets_tests.printed_tree import read

BLEND = "composite:70*OPEN/CPU+30*CLOUD/core_hours"


@pytest.fixture
def company(mart, settings, tmp_path):
    """OPEN used 1 to 2 by billing and portal, SUPPORT spread by it; 300 to distribute."""
    made = Company(mart, settings)
    made.enable("OPEN", "SUPPORT")
    price_view(mart, tmp_path)
    price(mart, tmp_path, "300", "*", "SUPPORT")
    made.uses(billing=10, portal=20)
    return made


def distributes(company, domain, amount):
    price(company.mart, company.settings.home, amount, "*", domain)


def coefficients(company, domain="licences", name="2024-01.csv", **shares):
    rows = [{"application_id": application, "coefficient": share} for application, share in shares.items()]
    write_csv(company.settings.sources / domain / name, rows)


def share(company, domain, application="billing", **asked):
    """The one amount of an application in an INDIRECT domain, and how its weight came about."""
    told = explained(company.mart, application, domain_id=domain, **asked)
    [fact] = told.holdings[0].facts
    return fact, fact.share


def on_screen(company, application="billing", width=200, **asked):
    """The tree as it is printed, read back; its sums are true."""
    told = explained(company.mart, application, **asked)
    with company.mart.connect("finops_api") as connection, snapshot(connection):
        known = finality(connection, told, asked.get("domain_id"), current=JANUARY.next)
    console = Console(width=width, file=StringIO())
    console.print(drawn(Words(ZoneInfo("UTC"), "EUR", known).branch(told), 0), soft_wrap=True)
    text = console.file.getvalue()
    return text, read(text)


def test_a_weight_leads_to_method_driver_basis_and_amount(company):
    company.run("SUPPORT")
    fact, found = share(company, "SUPPORT")
    [driver] = found.drivers
    assert (fact.quantity, fact.price.unit_price, fact.price.effective_from) == (
        Decimal("0.333333333333"),
        300,
        JANUARY.first_day,
    )
    assert (fact.cost, fact.product_id, fact.gap) == (Decimal("99.9999999999"), None, None)
    assert (found.method_key, driver.name, driver.part) == ("open_weight", "OPEN/CPU", None)
    assert (driver.quantity, driver.basis, driver.weight, driver.cost) == (10, 30, fact.quantity, fact.cost)
    assert (driver.others_count, driver.others_quantity) == (1, 20)


def test_the_driver_is_followed_to_the_source_lines_of_its_facts_and_only_of_its_metric(company):
    used = {"application_id": "billing", "product_id": "vm", "quantity": "4", "metric": "CPU"}
    disk = used | {"product_id": "disk", "quantity": "900", "metric": "GB"}
    write_csv(company.settings.sources / "open" / "2024-01.csv", [disk, used, used | {"application_id": "portal"}])
    company.run("OPEN", "SUPPORT")
    _, found = share(company, "SUPPORT")
    [driver] = found.drivers
    [fact] = driver.origin.facts
    assert (driver.origin.slice.domain_id, driver.origin.slice.version, driver.of_version) == ("OPEN", 2, 2)
    assert (fact.product_id, fact.metric, fact.price, fact.cost) == ("vm", "CPU", None, None)
    assert lines_of(fact) == [("open/2024-01.csv", 3, Decimal(4))]
    assert driver.origin.slice.files[0].name == "open/2024-01.csv"


def test_a_weight_without_an_amount_to_distribute_is_unpriced(company):
    coefficients(company, billing=1, portal=3)
    company.run("LICENCES")
    fact, found = share(company, "LICENCES")
    assert (fact.quantity, fact.cost, found.drivers[0].cost) == (Decimal("0.25"), None, None)


def test_a_coefficient_leads_to_its_line(company):
    coefficients(company, portal=3, billing=1)
    company.run("LICENCES")
    distributes(company, "LICENCES", "100")
    fact, found = share(company, "LICENCES")
    [driver] = found.drivers
    assert (fact.cost, driver.name, driver.quantity, driver.basis) == (25, "coefficients", 1, 4)
    assert lines_of(driver) == [("licences/2024-01.csv", 3, Decimal(1))]


def test_an_agreed_share_leads_to_its_line(company):
    coefficients(company, "audit", "shares.csv", billing=70, portal=30)
    company.run("AUDIT")
    _, found = share(company, "AUDIT")
    assert (found.method_key, found.drivers[0].name) == ("fixed", "agreed shares")
    assert lines_of(found.drivers[0]) == [("audit/shares.csv", 2, Decimal(70))]


def test_an_even_share_is_one_of_the_active_applications(company):
    company.run("WORKPLACE")
    _, found = share(company, "WORKPLACE")
    [driver] = found.drivers
    assert (driver.name, driver.quantity, driver.basis, driver.others_count) == ("active applications", 1, 2, 1)
    assert (driver.lines, driver.origin) == ((), None)


# Cascades


@pytest.fixture
def chain(company):
    """FLOOR spread by DESK, DESK by SUPPORT, SUPPORT by OPEN."""
    company.add("DESK", "open_weight:SUPPORT")
    company.add("FLOOR", "open_weight:DESK")
    company.run("SUPPORT", "DESK", "FLOOR")
    distributes(company, "FLOOR", "90")
    return company


def drivers_behind(driver):
    """The domains that a driver was followed to, in order, and the gap at the end."""
    found = []
    while driver.origin is not None:
        found.append(driver.origin.slice.domain_id)
        [fact] = driver.origin.facts
        if fact.share is None:
            return found, driver.gap
        [driver] = fact.share.drivers
    return found, driver.gap


@pytest.mark.parametrize(
    ("depth", "path", "gap"),
    [
        (0, [], reading.NOT_FOLLOWED),
        (1, ["DESK"], reading.NOT_FOLLOWED),
        (2, ["DESK", "SUPPORT"], reading.NOT_FOLLOWED),
        (3, ["DESK", "SUPPORT", "OPEN"], None),
        (9, ["DESK", "SUPPORT", "OPEN"], None),
    ],
)
def test_drivers_behind_drivers_are_followed_as_deep_as_asked(chain, depth, path, gap):
    _, found = share(chain, "FLOOR", depth=depth)
    assert drivers_behind(found.drivers[0]) == (path, gap)


def test_a_cascade_ends_at_the_source_lines(chain):
    _, found = share(chain, "FLOOR", depth=3)
    [desk] = found.drivers
    [support] = desk.origin.facts[0].share.drivers
    [open_] = support.origin.facts[0].share.drivers
    assert (desk.quantity, desk.basis) == (Decimal("0.333333333333"), 1)
    assert lines_of(open_.origin.facts[0]) == [("open/2024-01.csv", 2, Decimal(10))]


# Blends


@pytest.fixture
def blended(company):
    """BLEND: 70 parts by OPEN's CPU, 30 by the cloud's core hours."""
    charges = [focus_charge("billing", "30"), focus_charge("search", "10")]
    write_csv(company.settings.sources / "cloud" / "2024-01.csv", charges)
    company.add("BLEND", BLEND)
    company.run("CLOUD", "BLEND")
    distributes(company, "BLEND", "1000")
    return company


def test_a_blend_is_told_by_driver_and_each_leads_to_its_lines(blended):
    fact, found = share(blended, "BLEND")
    cpu, hours = found.drivers
    assert (fact.quantity, found.method_key) == (Decimal("0.458333333333"), BLEND)
    assert [(driver.name, driver.part) for driver in found.drivers] == [("OPEN/CPU", 70), ("CLOUD/core_hours", 30)]
    assert [(driver.quantity, driver.basis) for driver in found.drivers] == [(10, 30), (30, 40)]
    assert [driver.cost for driver in found.drivers] == [Decimal("233.333333333"), Decimal(225)]
    assert lines_of(cpu.origin.facts[0]) == [("open/2024-01.csv", 2, Decimal(10))]
    assert lines_of(hours.origin.facts[0]) == [("cloud/2024-01.csv", 2, Decimal(30))]


def test_an_application_of_one_driver_of_a_blend_has_that_one(blended):
    _, found = share(blended, "BLEND", "search")
    assert [(driver.name, driver.quantity) for driver in found.drivers] == [("CLOUD/core_hours", 10)]


def test_a_coefficient_in_a_blend_says_that_its_lines_are_not_kept(company):
    coefficients(company, "mix", billing=1, portal=3)
    company.add("MIX", "composite:50*external_coefficients+50*even")
    company.run("MIX")
    _, found = share(company, "MIX")
    assert [(driver.name, driver.gap) for driver in found.drivers] == [
        ("external_coefficients", reading.IN_A_BLEND),
        ("even", None),
    ]


# No basis


def test_what_has_no_basis_is_unallocated_and_says_so(company):
    company.uses(billing=0, portal=0)
    company.run("SUPPORT")
    fact, found = share(company, "SUPPORT", "UNALLOCATED")
    [driver] = found.drivers
    assert (fact.quantity, fact.cost, driver.gap) == (1, 300, reading.NO_BASIS)
    assert (driver.quantity, driver.basis, driver.origin, driver.lines) == (0, 0, None, ())


def test_the_part_of_a_blend_without_a_basis_is_unallocated_and_the_other_is_not(blended):
    write_csv(blended.settings.sources / "cloud" / "2024-01.csv", [focus_charge("billing", "0")])
    blended.run("CLOUD", "BLEND")
    fact, found = share(blended, "BLEND", "UNALLOCATED")
    assert [(driver.name, driver.cost, driver.gap) for driver in found.drivers] == [
        ("CLOUD/core_hours", 300, reading.NO_BASIS)
    ]
    _, found = share(blended, "BLEND")
    assert [(driver.name, driver.weight, driver.gap) for driver in found.drivers] == [
        ("OPEN/CPU", Decimal("0.233333333333"), None),
        ("CLOUD/core_hours", 0, None),
    ]


# Restated drivers


def test_a_version_is_told_with_the_driver_it_was_computed_from_not_the_one_that_stands(company):
    company.run("SUPPORT")
    company.uses(billing=50, portal=50)
    _, found = share(company, "SUPPORT")
    origin = found.drivers[0].origin
    assert (found.drivers[0].quantity, found.drivers[0].basis) == (10, 30)
    assert (origin.slice.version, origin.slice.newest_version, origin.quantity) == (1, 2, 10)
    assert lines_of(origin.facts[0]) == [("open/2024-01.csv", 2, Decimal(10))]


def test_a_replaced_weight_leads_to_the_replaced_driver(company):
    company.run("SUPPORT")
    company.uses(billing=50, portal=50)
    company.run("SUPPORT")
    told = [share(company, "SUPPORT", version=version)[1].drivers[0] for version in (1, 2)]
    assert [(driver.quantity, driver.basis, driver.of_version) for driver in told] == [(10, 30, 1), (50, 100, 2)]


def test_the_same_weight_of_a_restated_driver_is_told_with_the_figures_of_both(company):
    company.run("SUPPORT")
    company.uses(billing=100, portal=200)
    [again] = company.run("SUPPORT")
    assert again.published.outcome == "UNCHANGED"
    _, found = share(company, "SUPPORT")
    [driver] = found.drivers
    assert (driver.quantity, driver.basis, driver.of_version) == (10, 30, 1)
    assert driver.same_weight_from == (Figures(2, Decimal(100), Decimal(300)),)
    assert lines_of(driver.origin.facts[0]) == [("open/2024-01.csv", 2, Decimal(10))]


def test_the_same_weight_of_a_restated_driver_is_true_on_the_screen(company):
    company.run("SUPPORT")
    company.uses(billing=100, portal=200)
    company.run("SUPPORT")
    text, tree = on_screen(company, domain_id="SUPPORT")
    assert "the same weight from version 2: 100.00 of 300.00" in text
    assert "version 1 (version 2 stands now), published" in text
    shown = {branch.text: branch.amount for branch in tree.walk()}
    assert shown["OPEN/CPU, the basis"] == 30
    assert (shown["its own in OPEN Open platform"], shown["1 other application"]) == (10, 20)
    assert shown["open/2024-01.csv line 2"] == 10


def test_a_driver_restated_in_another_metric_is_followed_to_the_version_that_stands(company):
    company.run("SUPPORT")
    used = {"product_id": "vm-small", "family_id": "compute", "metric": "CPU"}
    rows = [used | {"application_id": name, "quantity": count} for name, count in (("portal", 20), ("billing", 10))]
    disk = used | {"product_id": "disk", "metric": "GB", "application_id": "billing", "quantity": 5}
    write_csv(company.settings.sources / "open" / "2024-01.csv", [*rows, disk])
    company.run("OPEN", "SUPPORT")
    _, found = share(company, "SUPPORT")
    [driver] = found.drivers
    assert (driver.of_version, driver.same_weight_from, driver.origin.slice.newest_version) == (2, (), 2)
    assert lines_of(driver.origin.facts[0]) == [("open/2024-01.csv", 3, Decimal(10))]


def test_a_blend_that_came_out_the_same_keeps_its_parts_and_tells_the_newer_figures(blended):
    charges = [focus_charge("billing", "60"), focus_charge("search", "20")]
    write_csv(blended.settings.sources / "cloud" / "2024-01.csv", charges)
    blended.run("CLOUD")
    [again] = blended.run("BLEND")
    assert again.published.outcome == "UNCHANGED"
    _, found = share(blended, "BLEND")
    assert [(driver.quantity, driver.of_version, driver.same_weight_from) for driver in found.drivers] == [
        (10, 1, ()),
        (30, 1, (Figures(2, Decimal(60), Decimal(80)),)),
    ]
    on_screen(blended, domain_id="BLEND")


def test_a_driver_that_no_noted_version_gives_is_not_made_up(company):
    company.run("SUPPORT")
    with company.mart.connect("") as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE fact_2024_01_open SET quantity = 11 WHERE application_id = 'billing'")
    _, found = share(company, "SUPPORT")
    assert (found.drivers[0].gap, found.drivers[0].origin) == (reading.UNKNOWN_DRIVER, None)


def test_a_weight_without_detail_says_so(company):
    company.run("SUPPORT")
    with company.mart.connect("") as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("DELETE FROM allocation_detail")
    fact, found = share(company, "SUPPORT")
    assert (found, fact.gap) == (None, reading.NO_DETAIL)


# On the screen


def test_the_amounts_of_every_domain_add_up_on_the_screen_to_what_the_application_cost(blended):
    blended.run("SUPPORT", "WORKPLACE")
    distributes(blended, "WORKPLACE", "77.01")
    price(blended.mart, blended.settings.home, "0.5", "*")
    price(blended.mart, blended.settings.home, "0.1234", "*", "CLOUD")
    for application in ("billing", "portal", "search"):
        text, tree = on_screen(blended, application, depth=3)
        assert tree.parts[-1].text == "sum"
        [known] = ask(blended.mart, COST, application)
        assert tree.amount == known["cost"]


COST = """
SELECT sum(quantity * (
  SELECT unit_price FROM prices_in_force(period_month, domain_id) AS price WHERE price.product_id = '*'
)) AS cost
FROM fact_consumption
WHERE application_id = %s
"""
