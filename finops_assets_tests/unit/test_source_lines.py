"""Source lines: matched with the facts they sum, packed and read back."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finops_assets import source_lines
from finops_assets.domain import Mode
from finops_assets.money import from_units, to_units
from finops_assets.source_lines import ROWS, Lineage, declared, derived, matched, packed, unpacked

FEW = settings(max_examples=60, deadline=None)
FILES = ["open/a.csv", "open/b.csv"]


def source_line(application="billing", product="vm", quantity="1", file=FILES[0], line=2):
    return {
        "application_id": application,
        "product_id": product,
        "quantity": Decimal(quantity),
        "file": file,
        "line": line,
    }


def lineage(*rows):
    return Lineage(pa.Table.from_pylist(list(rows), schema=ROWS))


def facts(*rows):
    return pa.Table.from_pylist(
        [dict(zip(["application_id", "product_id", "quantity"], row, strict=True)) for row in rows],
        schema=pa.schema([ROWS.field(0), ROWS.field(1), ROWS.field(2)]),
    )


def places(lines):
    return list(zip(*(lines[name].to_pylist() for name in ("application_id", "file", "line")), strict=True))


def summed(rows):
    total = Counter()
    for row in rows:
        total[row["application_id"], row["product_id"]] += to_units(row["quantity"])
    return [(*key, from_units(units)) for key, units in sorted(total.items())]


def test_lines_are_sorted_by_application_and_product_and_keep_the_order_of_the_source():
    written = [("b", "vm", 3), ("a", "z", 4), ("a", "é", 5), ("b", "vm", 2)]
    rows = [source_line(application, product, line=line) for application, product, line in written]
    kept, others = matched(lineage(*rows), facts(*summed(rows)), FILES)
    assert places(kept) == [("a", 0, 4), ("a", 0, 5), ("b", 0, 3), ("b", 0, 2)]
    assert others == []


def test_a_fact_that_is_not_the_sum_of_its_lines_has_none():
    rows = [source_line("a"), source_line("b", quantity="2")]
    kept, others = matched(lineage(*rows), facts(("a", "vm", Decimal(1)), ("b", "vm", Decimal(3))), FILES)
    assert (places(kept), others) == ([("a", 0, 2)], [("b", "vm")])


def test_a_product_that_the_domain_renamed_has_no_lines():
    kept, others = matched(lineage(source_line()), facts(("billing", "server", Decimal(1))), FILES)
    assert (len(kept), others) == (0, [("billing", "vm")])


def test_lines_that_cancel_out_and_have_no_fact_are_left_out_in_silence():
    rows = [source_line(quantity="3"), source_line(quantity="-3", line=3)]
    kept, others = matched(lineage(*rows), facts(), FILES)
    assert (len(kept), others) == (0, [])


def test_lines_that_cancel_out_to_a_fact_of_0_are_kept():
    rows = [source_line(quantity="3"), source_line(quantity="-3", line=3)]
    kept, others = matched(lineage(*rows), facts(("billing", "vm", Decimal(0))), FILES)
    assert (len(kept), others) == (2, [])


def test_a_fact_without_any_line_takes_none_from_the_others():
    kept, others = matched(lineage(source_line()), facts(("billing", "vm", Decimal(1)), ("x", "y", Decimal(1))), FILES)
    assert (len(kept), others) == (1, [])


def test_a_file_that_is_not_among_the_files_has_no_number():
    kept, _ = matched(lineage(source_line(file="elsewhere.csv")), facts(("billing", "vm", Decimal(1))), FILES)
    assert kept["file"].to_pylist() == [None]


def test_inputs_without_a_file_or_line_give_no_lineage():
    drivers = pd.DataFrame({"application_id": ["a"], "product_id": ["vm"], "quantity": [Decimal(1)]})
    assert len(derived(Mode.DIRECT, {"drivers": drivers}).rows) == 0


def test_coefficients_are_the_lines_of_an_indirect_domain():
    row = {"application_id": "a", "coefficient": Decimal(3), "file": "l/x.csv", "line": 2}
    coefficients = pd.DataFrame([row])
    rows = derived(Mode.INDIRECT, {"coefficients": coefficients}).rows.to_pylist()
    assert rows == [source_line("a", "", "3", "l/x.csv")]


def test_a_line_that_names_no_application_is_no_part_of_a_fact():
    usage = pd.DataFrame([source_line(), source_line() | {"application_id": None}])
    assert len(declared(usage).rows) == 1


def test_a_version_without_lines_has_one_empty_chunk():
    kept, _ = matched(lineage(), facts(), FILES)
    (chunk,) = packed(kept)
    assert (chunk.row_count, chunk.first_application_id, len(unpacked(chunk.lines))) == (0, None, 0)


def test_one_application_is_read_alone():
    rows = [source_line(f"app-{place:03d}", line=place) for place in range(300)]
    kept, _ = matched(lineage(*rows), facts(*summed(rows)), FILES)
    (chunk,) = packed(kept)
    assert places(unpacked(chunk.lines, "app-123")) == [("app-123", 0, 123)]


@pytest.fixture
def small_chunks(monkeypatch):
    monkeypatch.setattr(source_lines, "ROWS_PER_CHUNK", 10)
    monkeypatch.setattr(source_lines, "ROWS_PER_GROUP", 4)


def test_chunks_say_their_first_and_last_application(small_chunks):
    rows = [source_line(f"app-{place:02d}", line=place) for place in range(25)]
    kept, _ = matched(lineage(*rows), facts(*summed(rows)), FILES)
    ends = [(chunk.row_count, chunk.first_application_id, chunk.last_application_id) for chunk in packed(kept)]
    assert ends == [(10, "app-00", "app-09"), (10, "app-10", "app-19"), (5, "app-20", "app-24")]


quantities = st.integers(-(10**29), 10**29).map(from_units)
source_rows = st.lists(
    st.builds(
        source_line,
        st.sampled_from(["a", "b", "é", "B", "zz"]),
        st.sampled_from(["vm", "disk", "é"]),
        quantities,
        st.sampled_from(FILES),
        st.integers(2, 10**12),
    ),
    max_size=40,
)


@FEW
@given(source_rows)
def test_every_line_comes_back_with_its_quantity_and_place(rows):
    kept, others = matched(lineage(*rows), facts(*summed(rows)), FILES)
    back = [row for chunk in packed(kept) for row in unpacked(chunk.lines).to_pylist()]
    expected = [row | {"file": FILES.index(row["file"])} for row in rows]
    assert Counter(map(repr, map(sorted, map(dict.items, back)))) == Counter(
        map(repr, map(sorted, map(dict.items, expected)))
    )
    assert others == []
