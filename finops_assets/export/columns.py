"""A column of an export: its name, its type in Parquet, and how it is made of what was read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

Batch: TypeAlias = pa.RecordBatch
Values: TypeAlias = Callable[[Batch], pa.Array]

TEXT: Final = pa.string()
QUANTITY: Final = pa.decimal128(38, 12)
COST: Final = pa.decimal128(38, 24)
INSTANT: Final = pa.timestamp("us", tz="UTC")
DAY: Final = pa.date32()
WHOLE: Final = pa.int32()
# what a spreadsheet takes for a number is one; all else is a text
NUMBERS = (QUANTITY, COST, WHOLE)


@dataclass(frozen=True)
class Column:
    """A column of a file; ``of`` gives its values as text, NULL where there is none."""

    name: str
    kind: Any
    of: Values

    @property
    def is_number(self) -> bool:
        """Whether its values are numbers."""
        return self.kind in NUMBERS


@dataclass(frozen=True)
class Lines:
    """Some lines: as they were read, and in the columns of the file, both as text."""

    read: Batch
    columns: Mapping[str, pa.Array]


def read(name: str) -> Values:
    """A column as it was read."""
    return lambda batch: batch[name]


def constant(value: str | None) -> Values:
    """The same value in every line."""
    return lambda batch: pa.array([value] * batch.num_rows, TEXT)


def by_mode(direct: Values, indirect: Values) -> Values:
    """One value in lines of DIRECT domains, another in those of INDIRECT ones."""
    return lambda batch: pc.if_else(pc.equal(batch["domain_mode"], "DIRECT"), direct(batch), indirect(batch))


def none(batch: Batch) -> pa.Array:
    """No value."""
    return pa.nulls(batch.num_rows, TEXT)


def first_of(*values: Values) -> Values:
    """The first of several that is there."""
    return lambda batch: pc.coalesce(*(value(batch) for value in values))


def where(condition: Values, value: Values, otherwise: Values = none) -> Values:
    """One value where a condition holds, another elsewhere."""
    return lambda batch: pc.if_else(pc.fill_null(condition(batch), False), value(batch), otherwise(batch))


def mapped(value: Values, to: Callable[[str], str | None]) -> Values:
    """Each distinct value in another form."""

    def found(batch: Batch) -> pa.Array:
        coded = pc.dictionary_encode(value(batch))
        return pa.array([to(text) for text in coded.dictionary.to_pylist()], TEXT).take(coded.indices)

    return found
