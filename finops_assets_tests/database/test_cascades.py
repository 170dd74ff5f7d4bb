"""Spread by what is itself spread: real runs, to any depth; restated drivers; blends, explained and proved."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finops_assets import catalog
from finops_assets.catalog import known_domains
from finops_assets.errors import DomainError, DriverRefused, SourceMissing
from finops_assets_tests.database.spread import Company, focus_charge
from finops_assets_tests.factories import ask, price, price_view, refresh, write_csv

CHAIN = ["NET", "DESK", "FLOOR"]
COMPOSITE = "composite:70*OPEN/CPU+30*CLOUD/core_hours"


@pytest.fixture
def company(mart, settings):
    made = Company(mart, settings)
    made.enable("OPEN", "SUPPORT")
    made.uses(billing=1, portal=2)
    return made


@pytest.fixture
def chain(company):
    """SUPPORT spread by OPEN, NET by SUPPORT, DESK by NET, FLOOR by DESK."""
    for domain_id, driver in zip(CHAIN, ["SUPPORT", *CHAIN], strict=False):
        company.add(domain_id, f"open_weight:{driver}")
    company.enable(*CHAIN)
    company.run("SUPPORT", *CHAIN)
    return company


# Depth


def test_a_cascade_hands_weights_down_unchanged_to_any_depth(chain):
    for depth in range(6):
        chain.add(f"DEEP{depth}", f"open_weight:{f'DEEP{depth - 1}' if depth else 'FLOOR'}")
        chain.run(f"DEEP{depth}")
    expected = {"billing": Decimal("0.333333333333"), "portal": Decimal("0.666666666667")}
    assert chain.weights("DEEP5") == chain.weights("NET") == chain.weights("SUPPORT") == expected


def test_a_diamond_blends_what_its_two_sides_became(chain):
    chain.add("EVEN", "even")
    chain.add("BOTTOM", "composite:50*FLOOR+50*EVEN")
    # of the applications that facts have named so far
    chain.run("EVEN", "BOTTOM")
    assert chain.weights("EVEN") == {"billing": Decimal("0.5"), "portal": Decimal("0.5")}
    assert sum(chain.weights("BOTTOM").values()) == 1
    assert chain.weights("BOTTOM") == {"billing": Decimal("0.416666666667"), "portal": Decimal("0.583333333333")}
    drivers = ask(chain.mart, "SELECT driver_domain_id, driver_version FROM slice_driver WHERE domain_id = 'BOTTOM'")
    assert {(row["driver_domain_id"], row["driver_version"]) for row in drivers} == {("FLOOR", 1), ("EVEN", 1)}


def test_what_has_no_basis_is_unallocated_all_the_way_down_and_told(company):
    company.uses(billing=0)
    company.add("NET", "open_weight:SUPPORT")
    company.run("SUPPORT", "NET")
    assert company.weights("SUPPORT") == company.weights("NET") == {"UNALLOCATED": Decimal(1)}
    assert company.failing() == {"basis": {"SUPPORT", "NET"}}


def test_a_metric_that_nobody_used_is_no_basis(company):
    company.add("NET", "open_weight:OPEN/GB")
    company.run("NET")
    assert company.weights("NET") == {"UNALLOCATED": Decimal(1)}


def test_a_driver_without_a_slice_is_waited_for_by_name(company):
    company.add("NET", "open_weight:SUPPORT")
    with pytest.raises(SourceMissing, match="NET 2024-01 is spread by SUPPORT, which has no slice for that month yet"):
        company.run("NET")
    assert company.weights("NET") == {}


@pytest.mark.parametrize("method", ["open_weight:OPEN/CPU", "composite:70*OPEN/CPU+30*SUPPORT"])
def test_credits_above_use_are_refused_by_name_and_what_stands_is_kept(company, method):
    company.add("NET", method)
    company.enable("NET")
    company.run("SUPPORT", "NET")
    before = company.weights("NET")
    company.uses(billing=-3, portal=2)
    with pytest.raises(DriverRefused, match="of billing is negative: its credits exceed its use"):
        company.run("NET")
    assert company.weights("NET") == before
    assert company.due()["NET"] == "FAILED"


@pytest.mark.parametrize(
    ("method", "path"),
    [("open_weight:FLOOR", "NET → FLOOR → DESK → NET"), ("composite:1*OPEN/CPU+9*FLOOR", "NET → FLOOR → DESK → NET")],
)
def test_a_cycle_that_a_changed_row_makes_is_told_with_its_path(chain, method, path):
    change = "UPDATE dim_domain SET indirect_method_key = %s WHERE domain_id = 'NET'"
    ask(chain.mart, change, method, role="finops_admin")
    assert set(CHAIN).isdisjoint(chain.plugins)
    with chain.mart.connect("finops_api") as connection:
        problems = known_domains.of_rows(catalog.domains(connection).values()).problems
    assert problems["NET"] == f"domains wait on each other: {path}"
    assert set(problems) == set(CHAIN)


def test_a_domain_that_would_close_a_cycle_is_not_added(chain):
    with pytest.raises(DomainError, match="domains wait on each other: LOOP → LOOP"):
        chain.add("LOOP", "composite:70*LOOP+30*FLOOR")
    assert "LOOP" not in chain.plugins


# Restated drivers


def test_a_restated_driver_marks_every_slice_behind_it_until_each_was_run_again(chain):
    assert (chain.due(), chain.failing()) == ({}, {})
    chain.uses(billing=2, portal=2)
    behind = ["SUPPORT", *CHAIN]
    while behind:
        outdated = set(behind)
        assert chain.failing() == {"drivers_current": outdated, "drivers_are_current": outdated}
        assert chain.due() == dict.fromkeys(behind, "OUTDATED")
        chain.run(behind.pop(0))
    assert (chain.due(), chain.failing()) == ({}, {})
    assert chain.weights("FLOOR") == {"billing": Decimal("0.5"), "portal": Decimal("0.5")}


def test_the_restated_domain_is_named_however_far_it_is(chain):
    chain.uses(billing=2, portal=2)
    rows = ask(chain.mart, "SELECT * FROM outdated_slices() ORDER BY domain_id", role="finops_api")
    assert [(row["domain_id"], row["driver_domain_id"], row["restated_domain_id"]) for row in rows] == [
        ("DESK", "NET", "OPEN"),
        ("FLOOR", "DESK", "OPEN"),
        ("NET", "SUPPORT", "OPEN"),
        ("SUPPORT", "OPEN", "OPEN"),
    ]


def test_a_restatement_that_changes_no_weight_is_settled_by_the_first_of_them(chain):
    chain.uses(billing=10, portal=20)
    assert chain.due() == dict.fromkeys(["SUPPORT", *CHAIN], "OUTDATED")
    [support] = chain.run("SUPPORT")
    assert support.published.outcome == "UNCHANGED"
    assert (chain.due(), chain.failing()) == ({}, {})


def test_one_reading_of_a_due_list_in_its_order_settles_everything(chain):
    chain.uses(billing=2, portal=2)
    chain.run(*chain.due())
    assert (chain.due(), chain.failing()) == ({}, {})


def test_a_blend_is_outdated_by_any_of_its_drivers(company):
    company.add("EVEN", "even")
    company.add("BLEND", "composite:70*OPEN/CPU+30*EVEN")
    company.enable("EVEN", "BLEND")
    company.run("SUPPORT", "EVEN", "BLEND")
    company.uses(billing=1, portal=1, search=2)
    assert company.due() == {"SUPPORT": "OUTDATED", "BLEND": "OUTDATED"}
    company.run("SUPPORT", "BLEND")
    assert company.due() == {}
    company.run("EVEN")
    assert company.due() == {"BLEND": "OUTDATED"}


# Blends


@pytest.fixture
def blended(company):
    """BLEND: 70 parts by OPEN's CPU, 30 by the cloud's core hours."""
    charges = [focus_charge("billing", "30"), focus_charge("search", "10")]
    write_csv(company.settings.sources / "cloud" / "2024-01.csv", charges)
    company.add("BLEND", COMPOSITE)
    company.enable("BLEND")
    company.run("SUPPORT", "CLOUD", "BLEND")
    return company


def test_a_blend_of_two_domains_sums_to_1_and_is_explained_by_driver(blended):
    assert blended.weights("BLEND") == {
        "billing": Decimal("0.458333333333"),
        "portal": Decimal("0.466666666667"),
        "search": Decimal("0.075"),
    }
    assert blended.components("BLEND") == [
        (1, "billing", "OPEN/CPU", Decimal(1), Decimal(3), Decimal("0.233333333333")),
        (1, "billing", "CLOUD/core_hours", Decimal(30), Decimal(40), Decimal("0.225")),
        (1, "portal", "OPEN/CPU", Decimal(2), Decimal(3), Decimal("0.466666666667")),
        (1, "search", "CLOUD/core_hours", Decimal(10), Decimal(40), Decimal("0.075")),
    ]
    [method] = ask(
        blended.mart,
        "SELECT DISTINCT method_key, basis_quantity FROM allocation_detail WHERE version = 1 AND domain_id = 'BLEND'",
    )
    assert method == {"method_key": COMPOSITE, "basis_quantity": Decimal(1)}
    assert blended.failing() == {}


def test_a_blend_distributes_its_amount_to_the_last_digit(blended, tmp_path):
    price_view(blended.mart, tmp_path)
    price(blended.mart, tmp_path, "100000.01", "*", "BLEND")
    refresh(blended.mart)
    costs = ask(blended.mart, "SELECT sum(cost) AS cost FROM mv_cost_app_month WHERE domain_id = 'BLEND'")
    assert costs == [{"cost": Decimal("100000.01")}]


def test_the_part_of_a_driver_without_a_basis_is_unallocated_and_told(blended):
    write_csv(blended.settings.sources / "cloud" / "2024-01.csv", [focus_charge("billing", "0")])
    blended.run("CLOUD", "BLEND")
    assert blended.weights("BLEND") == {
        "billing": Decimal("0.233333333333"),
        "portal": Decimal("0.466666666667"),
        "UNALLOCATED": Decimal("0.3"),
    }
    assert (2, "UNALLOCATED", "CLOUD/core_hours", Decimal(0), Decimal(0), Decimal("0.3")) in blended.components("BLEND")
    assert blended.failing() == {"basis": {"BLEND"}}


def test_what_a_blend_was_made_of_is_never_changed(blended):
    for statement in ("DELETE FROM allocation_component", "UPDATE allocation_component SET part = 1"):
        with pytest.raises(Exception, match="allocation_component only grows"):
            ask(blended.mart, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE allocation_component SET weight_part = weight_part + 0.000000000001 WHERE application_id = 'portal'",
        "UPDATE allocation_component SET part = 71 WHERE driver = 'OPEN/CPU'",
        "UPDATE allocation_component SET driver_quantity = 9 WHERE application_id = 'portal'",
        "UPDATE allocation_component SET basis_quantity = basis_quantity * 2",
        "UPDATE allocation_component SET application_id = 'ghost' WHERE application_id = 'portal'",
        "DELETE FROM allocation_component WHERE application_id = 'billing' AND component = 1",
        "DELETE FROM allocation_component",
        "UPDATE fact_2024_01_blend SET quantity = 0.5 WHERE application_id = 'portal'",
    ],
)
def test_a_blend_that_was_tampered_with_is_seen(blended, statement):
    with blended.mart.connect("") as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(statement)
    assert blended.failing()["allocation_components_match_weights"] == {"BLEND"}
