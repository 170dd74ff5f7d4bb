"""Cells of a CSV export: no text is a formula, every text comes back, numbers stay numbers."""

from __future__ import annotations

import csv
import io

import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from finops_assets.export.cells import FORMULA_BEGINS_WITH, original, quoted, safe
from finops_assets.export.columns import COST, TEXT, Column, Lines, read
from finops_assets.export.files import Kind, written

texts = st.text(st.characters(codec="utf-8"), max_size=12)
hostile = st.tuples(st.sampled_from([*FORMULA_BEGINS_WITH, "'", '"', ",", ";", "\n"]), texts).map("".join)


@settings(deadline=None, max_examples=1000)
@given(st.lists(texts | hostile, min_size=1, max_size=20))
@example(['=HYPERLINK("http://x","y")', "'=1", "''", "", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\0=1", "\n=1", "＝1"])
def test_no_cell_begins_as_a_formula_and_every_text_comes_back(values):
    cells = safe(pa.array(values, TEXT)).to_pylist()
    assert not [cell for cell in cells if cell.startswith(tuple(FORMULA_BEGINS_WITH))]
    assert [original(cell) for cell in cells] == values


@settings(deadline=None, max_examples=300)
@given(st.lists(texts | hostile, min_size=1, max_size=20))
def test_a_csv_reader_gives_every_text_back(values):
    # a NUL is no character of PostgreSQL's texts
    values = [value.replace("\0", "") for value in values]
    line = ",".join(quoted(pa.array(values, TEXT)).to_pylist())
    [row] = csv.reader(io.StringIO(line, newline=""), strict=True)
    assert [original(cell) for cell in row] == values


def test_what_is_not_there_is_an_empty_cell_and_an_empty_text_a_quoted_one():
    assert quoted(pa.array([None, ""], TEXT)).to_pylist() == [None, '""']


@pytest.mark.parametrize("number", ["-1.5", "0", "-0.000000000000000000000001", "123456789012345678.5"])
def test_a_number_is_a_number_also_below_0(tmp_path, number):
    columns = [Column("cost", COST, read("cost")), Column("label", TEXT, read("label"))]
    batch = pa.record_batch({"cost": pa.array([number, None]), "label": pa.array([number, None])})
    with written(tmp_path / "out.csv", Kind.CSV, columns) as write:
        write(Lines(batch, {name: batch[name] for name in ("cost", "label")}))
    cell = f'"\'{number}"' if number.startswith("-") else f'"{number}"'
    assert (tmp_path / "out.csv").read_text() == f"cost,label\n{number},{cell}\n,\n"
