"""INDIRECT methods: what a key names, and a domain that is nothing but its method."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from finops_assets import contract
from finops_assets.allocation.indirect import METHODS, method_of
from finops_assets.catalog import DomainRow
from finops_assets.catalog.known_domains import Source, of_rows, plugin_of_row
from finops_assets.contract import frame
from finops_assets.domain import ActiveApplications, CoefficientFiles, Consumption, FixedShares, Mode
from finops_assets.domains import discover
from finops_assets.errors import DomainError, DriverRefused
from finops_assets.slices.inputs import DRIVERS
from finops_assets_tests.factories import JANUARY
from finops_assets_tests.unit.test_domains import COMPARED, input_frame

MODULES = discover()
INDIRECT = {
    plugin.domain.indirect_method_key: plugin for plugin in MODULES.values() if plugin.domain.mode is Mode.INDIRECT
}


def row(domain_id="SAAS", method="external_coefficients", **changes):
    """A row of dim_domain: an INDIRECT domain that no module computes."""
    fields = {
        "domain_id": domain_id,
        "domain_label": f"Label of {domain_id}",
        "domain_mode": "INDIRECT",
        "indirect_method_key": method,
        "indirect_label": "Spread somehow",
        "is_enabled": True,
        "available_from": date(2024, 1, 1),
    }
    return DomainRow(**fields | changes)


def direct(domain_id):
    return row(domain_id, None, domain_mode="DIRECT", indirect_label=None)


# Methods


@pytest.mark.parametrize(
    ("key", "reads"),
    [
        ("external_coefficients", CoefficientFiles()),
        ("fixed", FixedShares()),
        ("even", ActiveApplications()),
        ("open_weight", Consumption(of="OPEN", metric="CPU")),
        ("open_weight:NETWORK/GB", Consumption(of="NETWORK", metric="GB")),
        ("open_weight:NETWORK/GB/s", Consumption(of="NETWORK", metric="GB/s")),
        ("open_weight:SUPPORT", Consumption(of="SUPPORT", metric=None)),
    ],
)
def test_a_key_names_where_the_drivers_come_from(key, reads):
    assert method_of(key).reads == reads


@pytest.mark.parametrize("key", ["", "EVEN", "even ", "even:OPEN", "open_weight:", "open_weight:/CPU", "random"])
def test_a_key_that_names_no_method_is_refused_with_those_there_are(key):
    with pytest.raises(
        DomainError, match="is unknown: there are external_coefficients, open_weight, even, fixed, open_weight:D"
    ):
        method_of(key)


@pytest.mark.parametrize("method", METHODS)
def test_a_method_weighs_quantities_and_counts_in_its_metric(method):
    drivers = frame({"application_id": ["billing", "portal"], "quantity": [Decimal(1), Decimal(3)]}, DRIVERS)
    lines = METHODS[method].weights(drivers)
    assert lines["quantity"].tolist() == [Decimal("0.25"), Decimal("0.75")]
    assert set(lines["consumption_metric"]) == {METHODS[method].metric}


def test_every_method_counts_in_a_metric_of_its_own():
    assert len({method.metric for method in METHODS.values()}) == len(METHODS)


def test_a_driver_below_0_is_refused_in_a_domain_that_is_data_alone_too():
    plugin = plugin_of_row(row(method="open_weight"))
    drivers = frame({"application_id": ["billing"], "quantity": [Decimal(-1)]}, DRIVERS)
    with pytest.raises(DriverRefused, match="billing"):
        plugin.compute(JANUARY, {"drivers": drivers})


# A row that is a domain


@pytest.mark.parametrize("method", INDIRECT)
def test_a_row_computes_what_the_module_of_its_method_computes(method):
    module = INDIRECT[method]
    [(name, source)] = module.domain.reads.items()
    inputs = {"drivers": input_frame(source, module.example.inputs[name], module.example.month)}
    made = plugin_of_row(row(method=method))
    lines = contract.check(made.domain, module.example.month, made.compute(module.example.month, inputs))
    expected = [dict(line) | {"quantity": Decimal(line["quantity"])} for line in module.example.lines]
    assert contract.canonical(lines).select(COMPARED).to_pylist() == [
        {column: line.get(column) for column in COMPARED} for line in expected
    ]


def test_every_method_has_a_module_that_shows_it():
    assert set(INDIRECT) == set(METHODS)


def test_a_row_gives_the_domain_its_identity():
    made = plugin_of_row(row())
    assert (made.domain.domain_id, made.domain.label, made.domain.mode) == ("SAAS", "Label of SAAS", Mode.INDIRECT)
    assert (made.domain.indirect_method_key, made.domain.indirect_label) == ("external_coefficients", "Spread somehow")
    assert made.domain.description.startswith("One row per application: ")
    assert (made.domain.folder, made.is_data_alone) == ("saas", True)


# Rows together


def test_without_rows_there_are_the_modules_in_their_order():
    known = of_rows([], Source.PLUGINS)
    assert list(known.plugins) == list(MODULES)
    assert known.problems == {}


def test_a_row_with_a_module_is_computed_by_it():
    known = of_rows([row("LICENCES", "even")])
    assert known.computed_by("LICENCES") == "module"
    assert known.plugins["LICENCES"].domain.indirect_method_key == "external_coefficients"


def test_a_row_with_a_method_is_a_domain():
    assert of_rows([row()]).computed_by("SAAS") == "method external_coefficients"


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (row(method="random"), "method 'random' is unknown: there are external_coefficients"),
        (direct("SAAS"), "it is DIRECT, and no module computes it"),
        (row(method="open_weight:GONE/GB"), "it is spread by GONE, which cannot be computed itself"),
        (row(method="open_weight:OPEN"), "OPEN counts in several metrics: name one, OPEN/METRIC"),
        (row(method="open_weight:SAAS"), "domains wait on each other: SAAS → SAAS"),
        (row("PRICES"), "its folder would be prices"),
    ],
)
def test_a_row_that_makes_no_domain_is_told_and_the_rest_stands(found, reason):
    known = of_rows([found, row("OTHER", "even")])
    assert set(known.plugins) == {*MODULES, "OTHER"}
    assert list(known.problems) == [found.domain_id]
    assert reason in known.problems[found.domain_id]
    assert reason in known.computed_by(found.domain_id)
    assert known.computed_by(found.domain_id).startswith("none: ")


def test_rows_come_after_their_drivers_however_they_are_listed():
    rows = [row("A", "open_weight:B"), row("B", "open_weight:C"), row("C", "open_weight:SUPPORT")]
    for listed in (rows, rows[::-1]):
        order = [domain_id for domain_id in of_rows(listed).plugins if domain_id in {"OPEN", "SUPPORT", "A", "B", "C"}]
        assert order == ["OPEN", "SUPPORT", "C", "B", "A"]


def test_a_cycle_is_told_with_its_path_and_takes_those_behind_it_along():
    rows = [row("A", "open_weight:B"), row("B", "open_weight:A"), row("BEHIND", "open_weight:A"), row("FREE", "even")]
    known = of_rows(rows)
    assert set(known.plugins) == {*MODULES, "FREE"}
    assert set(known.problems) == {"A", "B", "BEHIND"}
    assert "A → B → A" in known.problems["BEHIND"] or "B → A → B" in known.problems["BEHIND"]


def test_what_is_spread_by_a_row_that_makes_no_domain_is_told_too():
    known = of_rows([row("A", "random"), row("B", "open_weight:A"), row("C", "open_weight:B")])
    assert set(known.plugins) == set(MODULES)
    assert "B, which cannot be computed itself" in known.problems["C"]


def test_a_domain_that_no_row_names_is_computed_by_nothing():
    known = of_rows([], Source.SNAPSHOT)
    assert known.computed_by("NOPE") == "none: it has no module and no row (source: snapshot)"
