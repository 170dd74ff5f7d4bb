"""Parquet to text columns with row numbers, without ever passing through a binary float."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from finops_assets.errors import Fault
from finops_assets.sources.content import Content
from finops_assets.sources.faults import Faults, refused
from finops_assets.sources.header import Header

ROWS_AT_ONCE = 50_000


def read_parquet(content: Content, header: Header, max_bytes: int) -> tuple[dict[str, pa.ChunkedArray], Any]:
    """The wanted columns of a Parquet file as text ('' for null), and row numbers from 1.

    SourceRefused when it is damaged, too big once decoded, or a wanted column is a float.
    """
    file = content.name
    try:
        parquet = pq.ParquetFile(pa.BufferReader(content.data))
        found = parquet.schema_arrow.names
        header.check(file, found)
        wanted = header.wanted(found)
        _check_types(file, parquet.schema_arrow, wanted)
        pieces: dict[str, list[pa.Array]] = {name: [] for name in wanted}
        for batch in _batches(file, parquet, wanted, max_bytes):
            for name in wanted:
                pieces[name].append(_as_text(batch.column(name)))
    except (pa.ArrowException, OSError) as error:
        reason = f"is not a whole Parquet file: {str(error).splitlines()[0]}"
        raise refused(file, reason, "write and deliver it again") from error
    columns = {name: pa.chunked_array(parts, pa.string()) for name, parts in pieces.items()}
    rows = len(next(iter(columns.values())))
    return columns, pa.chunked_array([pa.array(range(1, rows + 1), pa.int64())])


def parquet_header(path: Path) -> tuple[str, ...] | None:
    """The column names of a Parquet file, or None when they cannot be told."""
    try:
        return tuple(pq.read_schema(path).names)
    except (pa.ArrowException, OSError):
        return None


def _batches(file: str, parquet: Any, wanted: list[str], max_bytes: int) -> Any:
    size = 0
    for batch in parquet.iter_batches(ROWS_AT_ONCE, columns=wanted):
        size += batch.nbytes
        if size > max_bytes:
            reason = f"holds more than {max_bytes} bytes once decoded"
            raise refused(file, reason, "deliver it in several files, or raise FINOPS_MAX_SOURCE_BYTES")
        yield batch


def _check_types(file: str, schema: Any, wanted: list[str]) -> None:
    faults = Faults()
    for name in wanted:
        kind = schema.field(name).type
        if pa.types.is_floating(kind):
            reason = f"is a binary float ({kind}), which cannot hold a decimal exactly"
            faults.add(Fault(file, reason, "write it as decimal or string", column=name))
        elif _converter(kind) is None:
            reason = f"is of type {kind}, which is not read"
            faults.add(Fault(file, reason, "write it as string, decimal, integer or timestamp", column=name))
    faults.refuse()


def _as_text(column: pa.Array) -> pa.Array:
    convert = _converter(column.type)
    assert convert is not None  # _check_types has refused the others
    return pc.fill_null(convert(column), "")


def _converter(kind: Any) -> Callable[[pa.Array], pa.Array] | None:
    """How a column of an Arrow type becomes text; None when it does not."""
    types = pa.types
    if types.is_dictionary(kind):
        return _converter(kind.value_type)
    if types.is_decimal(kind):
        return _decimal_text
    if types.is_map(kind):
        return _json_text
    plain = (types.is_string, types.is_large_string, types.is_string_view, types.is_integer)
    others = (types.is_boolean, types.is_timestamp, types.is_date32, types.is_null)
    return _plain_text if any(test(kind) for test in plain + others) else None


def _plain_text(column: pa.Array) -> pa.Array:
    return column.cast(pa.string())


def _decimal_text(column: pa.Array) -> pa.Array:
    """Decimals as text; Arrow writes small ones with an exponent, those are written out."""
    text = column.cast(pa.string())
    short = pc.fill_null(pc.match_substring(text, "E"), False)
    written = [format(Decimal(value), "f") for value in text.filter(short).to_pylist()]
    return pc.replace_with_mask(text, short, pa.array(written, pa.string()))


def _json_text(column: pa.Array) -> pa.Array:
    texts = [None if tags is None else json.dumps(dict(tags)) for tags in column.to_pylist()]
    return pa.array(texts, pa.string())
