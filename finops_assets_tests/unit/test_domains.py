"""The conformance suite, what holds of every domain there is or will be; and how domains are discovered."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from types import ModuleType
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from finops_assets import contract
from finops_assets.allocation.indirect import METHODS
from finops_assets.contract import QUANTITY, frame
from finops_assets.domain import (
    ActiveApplications,
    CoefficientFiles,
    Consumption,
    Domain,
    FixedShares,
    FocusFiles,
    Mode,
    Products,
    SqlQuery,
    UsageFiles,
)
from finops_assets.domains import discover, in_order, plugin_of
from finops_assets.errors import ContractBroken, DomainError
from finops_assets.slices.inputs import DRIVERS, PRODUCTS
from finops_assets.source_lines import declared, derived, matched
from finops_assets.sources.coefficients import COEFFICIENT_COLUMNS
from finops_assets.sources.focus import RESULT
from finops_assets.sources.usage import usage_columns

FOUND = discover()
DIRECT = [domain_id for domain_id, plugin in FOUND.items() if plugin.domain.mode is Mode.DIRECT]
INDIRECT = [domain_id for domain_id, plugin in FOUND.items() if plugin.domain.mode is Mode.INDIRECT]
INPUTS = [(domain_id, name) for domain_id, plugin in FOUND.items() for name in plugin.domain.reads]
ROWS = [
    (domain_id, name, place)
    for domain_id, name in INPUTS
    for place, row in enumerate(FOUND[domain_id].example.inputs[name])
    if "application_id" in row
]
COMPARED = ["application_id", "product_id", "family_id", "quantity", "consumption_metric"]
DECIMALS = ("quantity", "coefficient")
USAGE = [column.name for column in usage_columns(ZoneInfo("UTC")) if not column.name.startswith("usage_")]
COEFFICIENTS = [column.name for column in COEFFICIENT_COLUMNS]


def schema_of(source):
    """The columns and types in which the source's reader gives its rows."""
    match source:
        case UsageFiles() | SqlQuery(kind="usage"):
            names = [*USAGE, "file", "line"]
        case FocusFiles():
            names = RESULT
        case CoefficientFiles() | FixedShares() | SqlQuery():
            names = [*COEFFICIENTS, "file", "line"]
        case Products():
            return PRODUCTS
        case Consumption() | ActiveApplications():
            return DRIVERS
    return pa.schema([(name, type_of(name)) for name in names])


def type_of(name):
    if name in DECIMALS or name.endswith(("_cost", "_unit_price")):
        return QUANTITY
    return {"line": pa.int64(), "charge_month": pa.date32()}.get(name, pa.string())


def input_frame(source, rows, month):
    schema = schema_of(source)
    settled = []
    for place, row in enumerate(rows):
        assert set(row) <= set(schema.names), "an example gives the columns that the reader gives"
        read = {"file": "example/2025-01.csv", "line": place + 2, "charge_month": month.first_day} | row
        numbers = {name: Decimal(read[name]) for name in read if type_of(name) == QUANTITY and read[name] is not None}
        settled.append({name: value for name, value in (read | numbers).items() if name in schema.names})
    return frame(settled, schema)


def inputs_of(plugin, **changed_rows):
    rows = dict(plugin.example.inputs) | changed_rows
    return {name: input_frame(source, rows[name], plugin.example.month) for name, source in plugin.domain.reads.items()}


def checked(plugin, inputs):
    month = plugin.example.month
    return contract.check(plugin.domain, month, plugin.compute(month, inputs))


def compared(lines):
    return contract.canonical(lines).select(COMPARED)


def totals(rows):
    """Quantity of each product."""
    total = Counter()
    for product, quantity in zip(rows["product_id"], rows["quantity"], strict=True):
        total[product] += quantity
    return total


@pytest.mark.parametrize("domain_id", FOUND)
def test_the_example_gives_a_row_for_each_input(domain_id):
    plugin = FOUND[domain_id]
    assert set(plugin.example.inputs) == set(plugin.domain.reads)
    assert all(plugin.example.inputs.values())


@pytest.mark.parametrize("domain_id", FOUND)
def test_the_example_becomes_exactly_its_lines(domain_id):
    plugin = FOUND[domain_id]
    expected = [dict(line) | {"quantity": Decimal(line["quantity"])} for line in plugin.example.lines]
    assert compared(checked(plugin, inputs_of(plugin))).to_pylist() == [
        {name: line.get(name) for name in COMPARED} for line in expected
    ]


@pytest.mark.parametrize("domain_id", FOUND)
def test_the_inputs_are_left_as_they_were(domain_id):
    plugin = FOUND[domain_id]
    inputs = inputs_of(plugin)
    plugin.compute(plugin.example.month, inputs)
    untouched = inputs_of(plugin)
    assert set(inputs) == set(untouched)
    assert all(inputs[name].equals(untouched[name]) for name in inputs)


@pytest.mark.parametrize("domain_id", FOUND)
def test_computing_twice_gives_the_same_lines(domain_id):
    plugin = FOUND[domain_id]
    once, twice = (plugin.compute(plugin.example.month, inputs_of(plugin)) for _ in range(2))
    assert once.equals(twice)


@pytest.mark.parametrize(("domain_id", "name"), INPUTS)
def test_the_order_of_an_input_s_rows_does_not_matter(domain_id, name):
    plugin = FOUND[domain_id]
    expected = compared(checked(plugin, inputs_of(plugin)))
    rows = plugin.example.inputs[name]
    for turn in range(len(rows)):
        for order in ([*rows[turn:], *rows[:turn]], [*rows[turn:], *rows[:turn]][::-1]):
            assert compared(checked(plugin, inputs_of(plugin, **{name: order}))).equals(expected)


@pytest.mark.parametrize(("domain_id", "name", "place"), ROWS)
def test_a_row_without_an_application_is_refused_and_not_dropped(domain_id, name, place):
    plugin = FOUND[domain_id]
    rows = [dict(row) for row in plugin.example.inputs[name]]
    rows[place]["application_id"] = None
    with pytest.raises(ContractBroken, match=r"\(no application.*application_id is missing"):
        checked(plugin, inputs_of(plugin, **{name: rows}))


@pytest.mark.parametrize(("domain_id", "name", "place"), [key for key in ROWS if key[0] in DIRECT])
def test_a_row_without_a_product_is_refused_and_not_dropped(domain_id, name, place):
    plugin = FOUND[domain_id]
    rows = [dict(row) for row in plugin.example.inputs[name]]
    rows[place]["product_id"] = None
    with pytest.raises(ContractBroken, match="product_id is missing"):
        checked(plugin, inputs_of(plugin, **{name: rows}))


@pytest.mark.parametrize("domain_id", DIRECT)
def test_a_direct_domain_loses_no_quantity_of_any_product(domain_id):
    plugin = FOUND[domain_id]
    inputs = inputs_of(plugin)
    delivered = Counter()
    for rows in inputs.values():
        if {"application_id", "product_id", "quantity"} <= set(rows):
            delivered.update(totals(rows))
    lines = checked(plugin, inputs)
    of_products = lines[~lines["product_id"].str.startswith("difference:")]
    assert totals(of_products) == delivered


@pytest.mark.parametrize("domain_id", DIRECT)
def test_each_line_of_a_direct_domain_is_the_sum_of_its_source_lines(domain_id):
    plugin = FOUND[domain_id]
    inputs, month = inputs_of(plugin), plugin.example.month
    told = declared(plugin.lineage(month, inputs)) if plugin.lineage else derived(Mode.DIRECT, inputs)
    facts = contract.canonical(checked(plugin, inputs)).select(["application_id", "product_id", "quantity"])
    kept, others = matched(told, facts, ["example/2025-01.csv"])
    explained = kept.group_by(["application_id", "product_id"]).aggregate([]).num_rows
    assert (explained, others) == (facts.num_rows, [])


@pytest.mark.parametrize("domain_id", DIRECT)
def test_a_direct_domain_makes_no_line_of_nothing(domain_id):
    plugin = FOUND[domain_id]
    nothing = dict.fromkeys(plugin.domain.reads, ())
    assert len(checked(plugin, inputs_of(plugin, **nothing))) == 0


@pytest.mark.parametrize("domain_id", INDIRECT)
def test_the_weights_of_an_indirect_domain_sum_to_exactly_1(domain_id):
    plugin = FOUND[domain_id]
    assert sum(plugin.compute(plugin.example.month, inputs_of(plugin))["quantity"]) == 1


@pytest.mark.parametrize("domain_id", INDIRECT)
def test_an_indirect_domain_without_drivers_allocates_nothing_and_loses_nothing(domain_id):
    plugin = FOUND[domain_id]
    nothing = dict.fromkeys(plugin.domain.reads, ())
    lines = checked(plugin, inputs_of(plugin, **nothing))
    assert lines[["application_id", "quantity"]].to_numpy().tolist() == [["UNALLOCATED", Decimal(1)]]


@pytest.mark.parametrize("domain_id", INDIRECT)
def test_an_indirect_domain_names_a_method_there_is(domain_id):
    assert FOUND[domain_id].domain.indirect_method_key in METHODS


@pytest.mark.parametrize("domain_id", [domain_id for domain_id, plugin in FOUND.items() if plugin.prices])
def test_provider_prices_name_each_product_of_the_lines_once_per_cost(domain_id):
    plugin = FOUND[domain_id]
    prices = plugin.prices(plugin.example.month, inputs_of(plugin))
    assert not prices.duplicated(["focus_cost", "product_id"]).any()
    products = set(checked(plugin, inputs_of(plugin))["product_id"])
    assert all(set(offered["product_id"]) == products for _, offered in prices.groupby("focus_cost"))


def domain(domain_id, *drivers):
    reads = {driver.lower(): Consumption(driver, "CPU") for driver in drivers} or {"usage": UsageFiles()}
    return Domain(domain_id, domain_id, Mode.DIRECT, "One row per line.", reads)


def module_of(text, name="made_by_hand"):
    module = ModuleType(name)
    exec(text, vars(module))
    return module


COMPANY_DOMAIN = """
from finops_assets.domain import Domain, Example, Mode, UsageFiles
DOMAIN = Domain("{domain_id}", "Mainframe", Mode.DIRECT, "One row per job.", {{"usage": UsageFiles()}})
EXAMPLE = Example("2025-01", {{}})
def compute(period, inputs): return inputs["usage"]
"""


@pytest.fixture
def company(tmp_path, monkeypatch):
    """A function that installs a company's own package with one domain in the entry-point group."""

    def install(domain_id, name):
        (tmp_path / f"{name}.py").write_text(COMPANY_DOMAIN.format(domain_id=domain_id))
        metadata = tmp_path / f"{name}-1.0.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (metadata / "entry_points.txt").write_text(f"[finops_assets.domains]\n{name} = {name}\n")
        monkeypatch.syspath_prepend(tmp_path)

    return install


def test_drivers_come_before_the_domains_they_spread():
    place = {domain_id: position for position, domain_id in enumerate(FOUND)}
    waits = [(driver, plugin.domain.domain_id) for plugin in FOUND.values() for driver in plugin.domain.depends_on]
    assert ("OPEN", "SUPPORT") in waits
    assert all(place[driver] < place[dependant] for driver, dependant in waits)


def test_a_company_s_own_package_adds_a_domain(company):
    company("MAINFRAME", "company_mainframe")
    assert set(discover()) == {*FOUND, "MAINFRAME"}


def test_a_domain_declared_twice_is_refused(company):
    company("OPEN", "company_open")
    with pytest.raises(DomainError, match="domain OPEN is declared twice, again in company_open"):
        discover()


def test_order_does_not_depend_on_how_domains_are_listed():
    domains = [domain("C", "B"), domain("B", "A"), domain("A"), domain("D", "A", "C")]
    assert in_order(domains) == in_order(domains[::-1]) == ["A", "B", "C", "D"]


def test_a_cycle_is_refused_with_its_path():
    with pytest.raises(DomainError) as refusal:
        in_order([domain("A", "C"), domain("B", "A"), domain("C", "B"), domain("D", "A")])
    path = str(refusal.value).removeprefix("domains wait on each other: ").split(" → ")
    assert path[0] == path[-1]
    assert set(zip(path, path[1:], strict=False)) == {("A", "C"), ("C", "B"), ("B", "A")}


def test_a_domain_that_waits_on_itself_is_refused():
    with pytest.raises(DomainError, match="A → A"):
        in_order([domain("A", "A")])


def test_a_driver_that_no_plugin_declares_is_refused_by_name():
    with pytest.raises(DomainError, match="domain B depends on GONE, which no plugin declares"):
        in_order([domain("A"), domain("B", "A", "GONE")])


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        ("", "DOMAIN, compute, EXAMPLE"),
        ("DOMAIN = 1", "compute, EXAMPLE"),
        ("DOMAIN = EXAMPLE = 1", "compute"),
        ("compute = EXAMPLE = 1", "DOMAIN"),
    ],
)
def test_a_module_that_lacks_a_part_is_refused_by_the_part(text, lacking):
    with pytest.raises(DomainError, match=f"made_by_hand lacks {lacking}: see"):
        plugin_of(module_of(text))


def test_prices_are_a_part_that_a_module_may_lack():
    assert plugin_of(module_of("DOMAIN = compute = EXAMPLE = 1")).prices is None


@pytest.mark.parametrize("domain_id", ["", "open", "1OPEN", "OPEN-2", "OPEN 2", "ÉTÉ", "A" * 41, "OPEN\n"])
def test_a_domain_id_that_cannot_name_a_folder_and_a_partition_is_refused(domain_id):
    with pytest.raises(DomainError, match="domain id"):
        domain(domain_id)


@pytest.mark.parametrize("description", ["", "one row per line.", "Metered use."])
def test_a_description_that_does_not_say_the_grain_is_refused(description):
    with pytest.raises(DomainError, match="must begin with 'One row per'"):
        Domain("A", "A", Mode.DIRECT, description, {})


@pytest.mark.parametrize(
    ("mode", "method", "label"),
    [
        (Mode.INDIRECT, None, None),
        (Mode.INDIRECT, "even", None),
        (Mode.INDIRECT, None, "Even"),
        (Mode.DIRECT, "even", "Even"),
        (Mode.DIRECT, None, "Even"),
    ],
)
def test_a_method_and_its_label_belong_to_indirect_domains(mode, method, label):
    with pytest.raises(DomainError, match="belong to INDIRECT domains"):
        Domain("A", "A", mode, "One row per line.", {}, indirect_method_key=method, indirect_label=label)
