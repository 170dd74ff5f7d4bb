"""Blends of several drivers: exact shares, rounded once, summing to exactly 1, and explained to the last digit."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finops_assets import contract
from finops_assets.allocation import Component, blend, components, weights
from finops_assets.allocation.indirect import METHODS, Composite, method_of
from finops_assets.catalog.known_domains import of_rows, plugin_of_row
from finops_assets.contract import frame
from finops_assets.domain import ActiveApplications, CoefficientFiles, Consumption
from finops_assets.errors import DomainError, DriverRefused
from finops_assets.money import ONE, from_units, to_units
from finops_assets.slices.inputs import DRIVERS
from finops_assets_tests.factories import JANUARY
from finops_assets_tests.unit.test_indirect import row

MANY = settings(deadline=None, max_examples=400)
applications = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=4)
quantities = st.integers(0, 10**30 - 1) | st.integers(0, 3) | st.just(0)
parts = st.integers(1, 10**24 - 1) | st.sampled_from([ONE, 30 * ONE, 70 * ONE])
delivered = st.lists(st.tuples(parts, st.dictionaries(applications, quantities, max_size=8)), min_size=2, max_size=4)


def drivers(units_of):
    columns = {"application_id": list(units_of), "quantity": [from_units(units) for units in units_of.values()]}
    return frame(columns, DRIVERS)


def blended_of(given):
    return [Component(f"D{place}", part, drivers(units_of)) for place, (part, units_of) in enumerate(given)]


def shares(given):
    lines = blend(blended_of(given), metric="COMPOSITE")
    return dict(zip(lines["application_id"], lines["quantity"], strict=True))


def exact(given):
    """Each application's share as a fraction; what has no basis is UNALLOCATED's."""
    total, found = sum(part for part, _ in given), defaultdict(Fraction)
    for part, units_of in given:
        basis = sum(units_of.values())
        for application, units in units_of.items():
            found[application] += Fraction(part, total) * Fraction(units, basis) if basis else 0
        if not basis:
            found["UNALLOCATED"] += Fraction(part, total)
    return found


# Properties


@MANY
@given(delivered)
def test_a_blend_sums_to_exactly_1_each_within_1e_12_of_its_exact_share(given):
    found, expected = shares(given), exact(given)
    assert sum(map(Fraction, found.values())) == 1
    assert set(found) == set(expected)
    assert all(abs(Fraction(found[name]) - share) < Fraction(1, ONE) for name, share in expected.items())


@MANY
@given(delivered, st.integers(-(10**30) + 1, 10**30 - 1).map(from_units))
def test_an_amount_is_given_out_to_the_last_digit(given, amount):
    assert sum(Fraction(amount) * Fraction(share) for share in shares(given).values()) == Fraction(amount)


@MANY
@given(delivered, st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_that_of_drivers_changes_a_weight(given, random):
    shuffled = [(part, dict(random.sample(list(units.items()), len(units)))) for part, units in given]
    random.shuffle(shuffled)
    assert shares(shuffled) == shares(given)


@MANY
@given(delivered)
def test_who_has_the_larger_exact_share_never_has_the_smaller_weight(given):
    expected, found = exact(given), shares(given)
    ranked = sorted(expected, key=lambda name: expected[name])
    assert all(
        found[low] <= found[high]
        for low, high in zip(ranked, ranked[1:], strict=False)
        if expected[low] < expected[high]
    )


@MANY
@given(delivered)
def test_the_parts_of_a_weight_add_up_to_it_and_drivers_to_their_basis(given):
    rows = components(blended_of(given)).to_dict("records")
    parts_of, used = defaultdict(Fraction), defaultdict(Fraction)
    for line in rows:
        parts_of[line["application_id"]] += Fraction(line["weight_part"])
        used[line["component"]] += Fraction(line["driver_quantity"])
    assert {name: share for name, share in parts_of.items() if share} == {
        name: share for name, share in shares(given).items() if share
    }
    assert all(used[line["component"]] == line["basis_quantity"] for line in rows)


@MANY
@given(st.dictionaries(applications, quantities, min_size=1, max_size=30), parts)
def test_a_blend_of_a_driver_with_itself_is_that_driver(units_of, part):
    once = weights(drivers(units_of), metric="X")
    assert shares([(part, units_of), (part, units_of)]) == dict(
        zip(once["application_id"], once["quantity"], strict=True)
    ) | ({} if any(units_of.values()) else dict.fromkeys(units_of, Decimal(0)) | {"UNALLOCATED": Decimal(1)})


@MANY
@given(st.dictionaries(applications, quantities, min_size=2, max_size=30), st.integers(-(10**30) + 1, 10**30 - 1))
def test_one_driver_conserves_and_ranks_as_its_quantities_do(units_of, amount):
    lines = weights(drivers(units_of), metric="X")
    found = dict(zip(lines["application_id"], lines["quantity"], strict=True))
    assert sum(amount * to_units(share) for share in found.values()) == amount * ONE
    if any(units_of.values()):
        ranked = sorted(units_of, key=lambda name: units_of[name])
        assert all(
            found[low] <= found[high]
            for low, high in zip(ranked, ranked[1:], strict=False)
            if units_of[low] < units_of[high]
        )


# Examples


def test_70_30_by_hand():
    # billing 0.7 × 3/4 + 0.3 × 1/5, portal 0.7 × 1/4, search 0.3 × 4/5
    given = [(70, {"billing": 3, "portal": 1}), (30, {"billing": 1, "search": 4})]
    assert shares(given) == {
        "billing": Decimal("0.585"),
        "portal": Decimal("0.175"),
        "search": Decimal("0.24"),
    }


def test_the_part_of_a_driver_without_a_basis_is_unallocated_and_nobody_elses():
    found = shares([(70, {"billing": 3, "portal": 1}), (30, {"billing": 0})])
    assert found == {"billing": Decimal("0.525"), "portal": Decimal("0.175"), "UNALLOCATED": Decimal("0.3")}


@pytest.mark.parametrize("nothing", [{}, {"billing": 0}])
def test_without_any_basis_the_whole_amount_is_unallocated(nothing):
    found = shares([(70, nothing), (30, nothing)])
    assert found.pop("UNALLOCATED") == 1
    assert not any(found.values())


def test_a_negative_driver_is_refused_with_application_and_driver():
    given = blended_of([(70, {"billing": 3}), (30, {"billing": -1, "portal": 5})])
    with pytest.raises(DriverRefused, match="the driver D1 of billing is negative: its credits exceed its use"):
        blend(given, metric="COMPOSITE")


# Keys


def test_a_key_names_parts_and_drivers():
    method = method_of("composite:70*OPEN/CPU+29.5*SUPPORT+0.5*even+1*external_coefficients")
    assert isinstance(method, Composite)
    assert [(part.part, part.driver, part.reads) for part in method.parts] == [
        (Decimal(70), "OPEN/CPU", Consumption("OPEN", "CPU")),
        (Decimal("29.5"), "SUPPORT", Consumption("SUPPORT", None)),
        (Decimal("0.5"), "even", ActiveApplications()),
        (Decimal(1), "external_coefficients", CoefficientFiles()),
    ]
    assert (
        method.description
        == "blend of 70 by OPEN/CPU and 29.5 by SUPPORT and 0.5 by even and 1 by external_coefficients"
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "names fewer than two drivers: write composite:PART"),
        ("70*OPEN/CPU", "names fewer than two drivers"),
        ("70*OPEN/CPU+30*OPEN/CPU", "names OPEN/CPU more than once: add its parts up"),
        ("70*OPEN/CPU+", "'' is no part and driver"),
        ("70*OPEN/CPU+CLOUD/GB", "'CLOUD/GB' is no part and driver"),
        ("70*OPEN/C*PU+30*CLOUD/GB", "a metric with + or * in its name cannot be one"),
        ("0*OPEN/CPU+30*CLOUD/GB", "the part '0' of OPEN/CPU is no number above 0"),
        ("-1*OPEN/CPU+30*CLOUD/GB", "the part '-1'"),
        ("70%*OPEN/CPU+30*CLOUD/GB", "the part '70%'"),
        ("1e3*OPEN/CPU+30*CLOUD/GB", "the part '1e3'"),
        ("0.0000000000001*OPEN/CPU+30*CLOUD/GB", "is no number above 0"),
        ("٧*OPEN/CPU+30*CLOUD/GB", "is no number above 0"),
        ("70*open/CPU+30*CLOUD/GB", "'open/CPU' is neither a domain nor one of external_coefficients, open_weight"),
        ("70* OPEN/CPU+30*CLOUD/GB", "' OPEN/CPU' is neither a domain"),
        ("70*OPEN/CPU+30*evn", "'evn' is neither a domain nor one of"),
    ],
)
def test_a_key_that_cannot_be_read_is_refused_with_what_is_wrong(text, why):
    with pytest.raises(DomainError) as refusal:
        method_of(f"composite:{text}")
    assert why in str(refusal.value)
    assert f"composite:{text}" in str(refusal.value)


def test_a_composite_counts_in_a_metric_of_its_own():
    assert Composite(()).metric not in {method.metric for method in METHODS.values()}


# Domains


def test_a_row_with_a_composite_is_a_domain_that_waits_for_each_driver():
    known = of_rows(
        [
            row("BLEND", "composite:70*NET+30*OPEN/CPU"),
            row("NET", "open_weight:SUPPORT"),
            row("LAST", "open_weight:BLEND"),
        ]
    )
    assert known.problems == {}
    assert known.plugins["BLEND"].domain.depends_on == ("NET", "OPEN")
    order = list(known.plugins)
    assert order.index("SUPPORT") < order.index("NET") < order.index("BLEND") < order.index("LAST")


def test_a_row_computes_and_explains_its_blend():
    plugin = plugin_of_row(row(method="composite:70*OPEN/CPU+30*external_coefficients"))
    by_hand = drivers({"portal": 2 * ONE}).rename(columns={"quantity": "coefficient"})
    inputs = {"OPEN/CPU": drivers({"billing": ONE, "portal": 3 * ONE}), "external_coefficients": by_hand}
    lines = contract.check(plugin.domain, JANUARY, plugin.compute(JANUARY, inputs))
    assert lines[["application_id", "quantity", "consumption_metric"]].to_numpy().tolist() == [
        ["billing", Decimal("0.175"), "COMPOSITE"],
        ["portal", Decimal("0.825"), "COMPOSITE"],
    ]
    told = plugin.components(JANUARY, inputs)
    assert told[["application_id", "driver", "part", "weight_part"]].to_numpy().tolist() == [
        ["billing", "OPEN/CPU", Decimal(70), Decimal("0.175")],
        ["portal", "OPEN/CPU", Decimal(70), Decimal("0.525")],
        ["portal", "external_coefficients", Decimal(30), Decimal("0.3")],
    ]


@pytest.mark.parametrize(
    ("method", "why"),
    [
        ("composite:70*GONE/GB+30*OPEN/CPU", "it is spread by GONE, which cannot be computed itself"),
        ("composite:70*OPEN+30*SUPPORT", "OPEN counts in several metrics: name one, OPEN/METRIC"),
        ("composite:70*SAAS+30*OPEN/CPU", "domains wait on each other: SAAS → SAAS"),
    ],
)
def test_a_composite_that_could_not_be_computed_is_told(method, why):
    assert why in of_rows([row(method=method)]).problems["SAAS"]


def test_rows_that_wait_on_each_other_are_each_told_their_own_path():
    known = of_rows(
        [
            row("A", "composite:1*OPEN/CPU+1*B"),
            row("B", "open_weight:C"),
            row("C", "open_weight:A"),
            row("X", "open_weight:Y"),
            row("Y", "composite:1*X+1*OPEN/CPU"),
            row("BEHIND", "open_weight:Y"),
        ]
    )
    assert known.problems == {
        "A": "domains wait on each other: A → B → C → A",
        "B": "domains wait on each other: B → C → A → B",
        "C": "domains wait on each other: C → A → B → C",
        "X": "domains wait on each other: X → Y → X",
        "Y": "domains wait on each other: Y → X → Y",
        "BEHIND": "it waits on Y: domains wait on each other: Y → X → Y",
    }


def test_a_cascade_of_fifty_and_a_diamond_are_in_order_however_they_are_listed():
    chain = [row(f"L{depth:02}", f"open_weight:L{depth - 1:02}" if depth else "even") for depth in range(50)]
    diamond = [
        row("TOP", "even"),
        row("LEFT", "open_weight:TOP"),
        row("RIGHT", "open_weight:TOP"),
        row("BOTTOM", "composite:60*LEFT+40*RIGHT"),
    ]
    known = of_rows([*chain, *diamond][::-1])
    order = list(known.plugins)
    assert known.problems == {}
    assert [name for name in order if name.startswith("L") and name[1:].isdigit()] == [one.domain_id for one in chain]
    assert order.index("TOP") < order.index("LEFT") < order.index("BOTTOM")
    assert order.index("RIGHT") < order.index("BOTTOM")
