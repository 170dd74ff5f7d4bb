"""Write lines to a file, whole or not at all: CSV that no spreadsheet takes for formulas, and Parquet."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from finops_assets.errors import ExportRefused
from finops_assets.export.cells import quoted
from finops_assets.export.columns import Column, Lines

Write = Callable[[Lines], None]


class Kind(StrEnum):
    """A kind of file."""

    CSV = "csv"
    PARQUET = "parquet"


@contextmanager
def written(path: Path, kind: Kind, columns: Sequence[Column]) -> Iterator[Write]:
    """A function that writes lines; the file is there, whole, once the block has ended, and is not when it failed.

    ExportRefused when the file cannot be written.
    """
    beside = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        with beside.open("xb") as file:
            yield from _WRITERS[kind](file, columns)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        raise ExportRefused(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def growing(file: BinaryIO, kind: Kind, columns: Sequence[Column]) -> Iterator[Write]:
    """A function that writes lines to an open file; whoever reads it has each of them as soon as they are written."""
    for write in _WRITERS[kind](file, columns):

        def flushed(lines: Lines, write: Write = write) -> None:
            write(lines)
            file.flush()

        yield flushed
    file.flush()


def _csv(file: BinaryIO, columns: Sequence[Column]) -> Iterator[Write]:
    file.write((",".join(column.name for column in columns) + "\n").encode())

    def write(lines: Lines) -> None:
        cells = [_cells(column, lines.columns) for column in columns]
        for line in pc.binary_join_element_wise(*cells, ",").to_pylist():
            file.write(f"{line}\n".encode())

    yield write


def _cells(column: Column, values: Mapping[str, pa.Array]) -> pa.Array:
    return pc.fill_null(values[column.name] if column.is_number else quoted(values[column.name]), "")


def _parquet(file: BinaryIO, columns: Sequence[Column]) -> Iterator[Write]:
    schema = pa.schema([(column.name, column.kind) for column in columns])
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:

        def write(lines: Lines) -> None:
            arrays = [_typed(column, lines.columns[column.name]) for column in columns]
            writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=schema))

        yield write


def _typed(column: Column, texts: pa.Array) -> pa.Array:
    try:
        # from text to decimal128 Arrow lets a number wrap around that is too long; from decimal256 it refuses
        wide = pc.cast(texts, pa.decimal256(76, column.kind.scale)) if pa.types.is_decimal(column.kind) else texts
        return pc.cast(wide, column.kind)
    except pa.ArrowInvalid as error:
        told = f"a value of {column.name} does not fit {column.kind}, and nothing is rounded: export as CSV"
        raise ExportRefused(told) from error


_WRITERS = {Kind.CSV: _csv, Kind.PARQUET: _parquet}
