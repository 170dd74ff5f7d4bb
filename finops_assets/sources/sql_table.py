"""Rows of a query on any SQLAlchemy URL, judged by the same rules as a delivered file.

The URL holds secrets: it is never part of a message, nor is a driver's own error, which may quote it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

import pyarrow as pa
from sqlalchemy import Date, Engine, bindparam, create_engine, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from finops_assets.errors import Fault, SourceError
from finops_assets.period import Period
from finops_assets.sources import Reading, SourceFile
from finops_assets.sources.coefficients import COEFFICIENT_COLUMNS, coefficients_of
from finops_assets.sources.columns import header
from finops_assets.sources.faults import Faults
from finops_assets.sources.header import Header
from finops_assets.sources.tables import TextTable
from finops_assets.sources.usage import usage_columns, usage_of

ROWS_AT_ONCE = 50_000


def read_query(
    url: str, query: str, *, kind: Literal["usage", "coefficients"], name: str, period: Period, zone: ZoneInfo
) -> Reading:
    """The rows of a query as usage or coefficients of a month, one row per row, numbered from 1.

    SourceRefused when a row breaks a rule, SourceError when the database does not answer. A usage query
    with a column usage_end is also asked for the month before, whose lines may reach into this one.
    """
    faults = Faults()
    if kind == "coefficients":
        return coefficients_of(_tables(url, query, name, header(COEFFICIENT_COLUMNS), period, faults), faults)
    expected = header(usage_columns(zone))
    own = _tables(url, query, name, expected, period, faults)
    before = []
    if own and "usage_end" in own[0].columns:
        before = _tables(url, query, f"{name} for {period.previous}", expected, period.previous, faults)
    return usage_of(own, before, period, zone=zone, faults=faults)


def _tables(url: str, query: str, name: str, expected: Header, period: Period, faults: Faults) -> list[TextTable]:
    """The one table of a query, or none when its faults stand in the way."""
    with faults.gathering():
        try:
            return [_table(url, query, name, expected, period, faults)]
        except (SQLAlchemyError, ImportError) as error:
            cause = type(getattr(error, "orig", None) or error).__name__
            reason = f"{name}: the database did not answer the query ({cause})"
            # The chained error could quote the URL in a log.
            raise SourceError(f"{reason}; check the URL, its driver and the query by hand") from None
    return []


def _table(url: str, query: str, name: str, expected: Header, period: Period, faults: Faults) -> TextTable:
    months = {"period_month": period.first_day, "next_month": period.next.first_day}
    used = [key for key in months if key in text(query).compile().params]
    statement = text(query).bindparams(*[bindparam(key, months[key], type_=Date()) for key in used])
    engine = _engine(url)
    try:
        with engine.connect().execution_options(stream_results=True) as connection:
            result = connection.execute(statement)
            found = list(result.keys())
            expected.check(name, found)
            return _text_table(name, found, result.partitions(ROWS_AT_ONCE), faults)
    finally:
        engine.dispose()


def _engine(url: str) -> Engine:
    try:
        return create_engine(url, poolclass=NullPool, hide_parameters=True)
    except ValueError:
        # its message quotes the part of the URL that is no number
        raise ArgumentError("the URL cannot be read") from None


def _text_table(name: str, found: list[str], partitions: Iterator[Sequence[Any]], faults: Faults) -> TextTable:
    pieces: dict[str, list[pa.Array]] = {column: [] for column in found}
    digests: list[bytes] = []
    for rows in partitions:
        first = len(digests) + 1
        texts = [
            [_as_text(name, column, value, line, faults) for column, value in zip(found, row, strict=True)]
            for line, row in enumerate(rows, first)
        ]
        digests += [_digest(found, row) for row in texts]
        for column, values in zip(found, zip(*texts, strict=True), strict=True):
            pieces[column].append(pa.array(values, pa.string()))
    sha256 = hashlib.sha256(b"".join(sorted(digests))).hexdigest()
    columns = {column: pa.chunked_array(parts, pa.string()) for column, parts in pieces.items()}
    size = sum(len(part) for part in pieces[found[0]])
    lines = pa.chunked_array([pa.array(range(1, size + 1), pa.int64())])
    return TextTable(SourceFile(name, sha256, 0, size), columns, lines, sha256)


def _digest(found: list[str], row: list[str]) -> bytes:
    """The digest of a row whatever the order of its columns; sorted, they say whatever the order of rows."""
    canonical = json.dumps(sorted(zip(found, row, strict=True)), ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).digest()


def _as_text(name: str, column: str, value: Any, line: int, faults: Faults) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    reason = f"is of type {type(value).__name__}, which cannot be read exactly"
    remedy = "cast the column to numeric or text in the query"
    faults.add(Fault(name, reason, remedy, line=line, column=column, value=str(value)))
    return ""
