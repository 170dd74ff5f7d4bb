"""Text columns to typed columns, checked as vectors; lines are looked for only when something fails.

Texts are judged once per distinct value. Decimals go from text to decimal128(38,12) and never
through a float; Arrow's cast refuses to round, and the pattern before it refuses what Arrow would
take too kindly (``1e5``, ``+1``, ``1.``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from finops_assets.errors import Fault
from finops_assets.sources.faults import Faults
from finops_assets.sources.header import Header
from finops_assets.sources.tables import TextTable
from finops_assets.sources.values import Problem, Rule, Unfit, decimal_problem

TEXT = pa.string()
DECIMAL = pa.decimal128(38, 12)

_EMPTY = Problem("is empty", "fill it in")
_FITS = r"^-?0*[0-9]{1,18}(\.[0-9]{1,12}0*)?$"
_EXPONENT = r"^-?[0-9]+(\.[0-9]+)?[eE][-+]?[0-9]{1,3}$"
# Longer texts make Arrow's decimal parser give up although only zeros are too many.
_LONG = 32


class Reader(Protocol):
    """How the texts of a column become values of an Arrow type; an empty text becomes null."""

    @property
    def kind(self) -> Any:
        """The Arrow type of the values."""

    def read(self, table: TextTable, name: str, faults: Faults) -> pa.ChunkedArray:
        """The values of a column, one per line, null where there is a fault."""


@dataclass(frozen=True)
class Column:
    """A column of a source: its name, how it is read, and whether it may be empty or absent."""

    name: str
    reader: Reader
    required: bool = True
    when_empty: Problem = _EMPTY


def header(columns: Sequence[Column]) -> Header:
    """The header that a source with these columns has."""
    required = tuple(column.name for column in columns if column.required)
    return Header(required, tuple(column.name for column in columns if not column.required))


def typed(table: TextTable, columns: Sequence[Column], faults: Faults) -> pa.Table:
    """The typed columns, then file and line, one row per source line; null where a value is faulty."""
    size = len(table.lines)
    values = {}
    for column in columns:
        name = column.name
        if name not in table.columns:
            values[name] = pa.nulls(size, column.reader.kind)
            continue
        values[name] = column.reader.read(table, name, faults)
        if column.required:
            report(table, name, pc.equal(table.columns[name], ""), column.when_empty, faults)
    return pa.table({**values, "file": pa.repeat(pa.scalar(table.file, TEXT), size), "line": table.lines})


def frame(lines: pa.Table) -> pd.DataFrame:
    """The lines as pandas, every column of an Arrow type."""
    return lines.to_pandas(types_mapper=pd.ArrowDtype)


@dataclass(frozen=True)
class Texts:
    """Reads a column whose values obey a rule, judged once per distinct text."""

    rule: Rule
    kind: Any = TEXT

    def read(self, table: TextTable, name: str, faults: Faults) -> pa.ChunkedArray:
        """The rule's values; a text that breaks it is reported on every line that has it."""
        values = table.columns[name]
        distinct = pc.unique(values)
        converted: list[object] = []
        problems: dict[str, Problem] = {}
        for text in distinct.to_pylist():
            try:
                converted.append(self.rule(text) if text else None)
            except Unfit as unfit:
                converted.append(None)
                problems[text] = unfit.problem
        if problems:
            bad = pc.is_in(values, value_set=pa.array(list(problems), TEXT))
            report(table, name, bad, problems.__getitem__, faults)
        return pa.array(converted, self.kind).take(pc.index_in(values, value_set=distinct))


@dataclass(frozen=True)
class Decimals:
    """Reads a column of exact decimals, with exponents where the source's standard has them."""

    minimum: int | None = None
    exponent: bool = False
    kind: Any = DECIMAL

    def read(self, table: TextTable, name: str, faults: Faults) -> pa.ChunkedArray:
        """The decimals, every digit of them."""
        values = table.columns[name]
        written = _written_out(values) if self.exponent else values
        fits = pc.match_substring_regex(written, _FITS)
        bad = pc.and_not(pc.not_equal(written, ""), fits)
        if pc.any(bad).as_py():
            plain = dict(zip(values.filter(bad).to_pylist(), written.filter(bad).to_pylist(), strict=True))
            report(table, name, bad, lambda text: decimal_problem(plain[text], self.exponent), faults)
        numbers = _shortened(pc.if_else(fits, written, pa.scalar(None, TEXT))).cast(DECIMAL)
        if self.minimum is not None:
            low = pc.less(numbers, pa.scalar(Decimal(self.minimum), DECIMAL))
            problem = Problem(f"is less than {self.minimum}", f"write {self.minimum} or more")
            report(table, name, low, problem, faults)
        return numbers


def report(
    table: TextTable,
    column: str,
    bad: pa.ChunkedArray,
    problem: Problem | Callable[[str], Problem],
    faults: Faults,
) -> None:
    """Add a fault for every line marked in the mask (null marks none)."""
    if not pc.any(bad).as_py():
        return
    for place in pc.indices_nonzero(pc.fill_null(bad, False))[: faults.room].to_pylist():
        value = table.columns[column][place].as_py()
        found = problem if isinstance(problem, Problem) else problem(value)
        line = table.lines[place].as_py()
        fault = Fault(table.file, found.reason, found.remedy, line=line, column=column, value=value)
        faults.add(fault)


def _written_out(values: pa.ChunkedArray) -> pa.ChunkedArray:
    short = pc.match_substring_regex(values, _EXPONENT)
    if not pc.any(short).as_py():
        return values
    distinct = pc.unique(values.filter(short))
    plain = pa.array([format(Decimal(text), "f") for text in distinct.to_pylist()], TEXT)
    return pc.if_else(short, plain.take(pc.index_in(values, value_set=distinct)), values)


def _shortened(values: pa.ChunkedArray) -> pa.ChunkedArray:
    if (pc.max(pc.binary_length(values)).as_py() or 0) <= _LONG:
        return values
    values = pc.replace_substring_regex(values, r"^(-?)0+([0-9])", r"\1\2")
    return pc.replace_substring_regex(values, r"(\.[0-9]{12})0+$", r"\1")
