"""Strict CSV: clean bytes to text columns with their line numbers. Values are judged elsewhere."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import accumulate, islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from finops_assets.errors import Fault
from finops_assets.sources.faults import Faults, refused
from finops_assets.sources.header import Header

FIELDS_AT_ONCE = 400_000
FIELD_BYTES_AT_MOST = 100_000

_TEXT = pa.string()


def read_csv(file: str, data: bytes, header: Header, faults: Faults) -> tuple[dict[str, pa.ChunkedArray], Any]:
    """The wanted columns of a CSV as text, and the line on which each row begins.

    Rows with a wrong number of fields become faults and are left out; SourceRefused when the header or
    the quoting cannot be trusted.
    """
    reader = _reader(data)
    try:
        found: list[str] = next(reader, [])
        header.check(file, found)
        wanted = header.wanted(found)
        pieces: dict[str, list[pa.Array]] = {name: [] for name in wanted}
        lines: list[pa.Array] = []
        for rows, begun in _rows(reader, file, len(found), faults):
            fields = list(zip(*rows, strict=True))
            for name in wanted:
                pieces[name].append(_text(file, name, fields[found.index(name)], begun, faults))
            lines.append(pa.array(begun, pa.int64()))
    except csv.Error as error:
        raise _broken(file, data, error) from error
    return {name: pa.chunked_array(parts, _TEXT) for name, parts in pieces.items()}, pa.chunked_array(lines, pa.int64())


def csv_header(data: bytes) -> tuple[str, ...] | None:
    """The column names at the beginning of a CSV, or None when they cannot be told."""
    if b"\n" not in data:
        return None
    try:
        return tuple(next(_reader(data.removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0])))
    except (csv.Error, UnicodeDecodeError, StopIteration):
        return None


def _reader(data: bytes) -> Any:
    # newline="" leaves the line breaks inside quoted fields as they are.
    return csv.reader(io.TextIOWrapper(io.BytesIO(data), "utf-8", newline=""), strict=True)


def _rows(reader: Any, file: str, width: int, faults: Faults) -> Iterator[tuple[list[list[str]], Sequence[int]]]:
    """The rows of the right width, some thousands at once, each with the line it begins on."""
    while True:
        before = reader.line_num
        rows = list(islice(reader, FIELDS_AT_ONCE // width))
        if not rows:
            return
        begun: Sequence[int] = range(before + 1, before + 1 + len(rows))
        if reader.line_num - before != len(rows):
            begun = _first_lines(rows, before)
        if set(map(len, rows)) != {width}:
            _report_widths(file, rows, begun, width, faults)
            kept = [place for place, row in enumerate(rows) if len(row) == width]
            rows, begun = [rows[place] for place in kept], [begun[place] for place in kept]
        if rows:
            yield rows, begun


def _first_lines(rows: list[list[str]], before: int) -> list[int]:
    heights = [1 + sum(field.count("\n") for field in row) for row in rows]
    return list(accumulate(heights[:-1], initial=before + 1))


def _report_widths(file: str, rows: list[list[str]], begun: Sequence[int], width: int, faults: Faults) -> None:
    for row, line in zip(rows, begun, strict=True):
        if not row:
            faults.add(Fault(file, "blank line", "remove it", line=line))
        elif len(row) != width:
            reason = f"{len(row)} fields where the header has {width}"
            remedy = "quote a field that holds a comma, and check that the line is whole"
            faults.add(Fault(file, reason, remedy, line=line, value=",".join(row)))


def _text(file: str, name: str, fields: Sequence[str], begun: Sequence[int], faults: Faults) -> pa.Array:
    column = pa.array(fields, _TEXT)
    sizes = pc.binary_length(column)
    if pc.max(sizes).as_py() > FIELD_BYTES_AT_MOST:
        for place in pc.indices_nonzero(pc.greater(sizes, FIELD_BYTES_AT_MOST)).to_pylist():
            reason = f"a field of more than {FIELD_BYTES_AT_MOST} bytes"
            fault = Fault(file, reason, "shorten it", line=begun[place], column=name, value=fields[place])
            faults.add(fault)
    return column


def _broken(file: str, data: bytes, error: csv.Error) -> Exception:
    """The refusal of broken quoting, naming the line its row begins on, which takes a second pass."""
    reader = _reader(data)
    line = 1
    try:
        for _ in reader:
            line = reader.line_num + 1
    except csv.Error:
        pass
    reason = f"broken quoting or an endless field in the row that begins here ({error})"
    return refused(file, reason, 'close every quote, and write a quote inside a field as ""', line=line)
