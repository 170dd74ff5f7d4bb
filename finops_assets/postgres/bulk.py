"""Many rows at once: Arrow → CSV → COPY into a table, and COPY → Arrow out of a query."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import LiteralString

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
from psycopg import sql

from finops_assets.postgres.connection import Connection

_ROWS_AT_ONCE = 200_000
_ROWS_READ = 20_000


def copy_in(connection: Connection, table: str, rows: pa.Table) -> None:
    """COPY the rows into a table, columns by name, in the order they come; NULL stays NULL."""
    target = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, rows.column_names))
    )
    # without quotes an empty string would arrive as NULL; no column of the mart accepts one
    options = pyarrow.csv.WriteOptions(include_header=False, quoting_style="needed")
    with connection.cursor() as cursor, cursor.copy(target) as copy:
        for batch in rows.to_batches(max_chunksize=_ROWS_AT_ONCE):
            text = pa.table({name: _as_text(batch[name]) for name in batch.schema.names})
            sink = io.BytesIO()
            pyarrow.csv.write_csv(text, sink, options)
            copy.write(sink.getbuffer())


def copy_out(
    connection: Connection, statement: LiteralString, parameters: dict[str, object], schema: pa.Schema
) -> pa.Table:
    """The rows of a query as Arrow, decimals exact; the schema names and types its columns."""
    wrapped = _out_of(statement)
    read = pyarrow.csv.ConvertOptions(
        column_types=schema, include_columns=schema.names, strings_can_be_null=True, quoted_strings_can_be_null=False
    )
    with connection.cursor() as cursor, cursor.copy(wrapped, parameters) as copy:
        payload = b"".join(bytes(chunk) for chunk in copy)
    return pyarrow.csv.read_csv(io.BytesIO(payload), convert_options=read)


def copy_out_in_batches(
    connection: Connection, statement: LiteralString, parameters: dict[str, object], rows_at_once: int = _ROWS_READ
) -> Iterator[pa.RecordBatch]:
    """The rows of a query as Arrow, every column as text, so many at once: the answer is never held as a whole."""
    with connection.cursor() as cursor, cursor.copy(_out_of(statement), parameters) as copy:
        # the server sends one row a message, its line ends included
        header, rows = b"", []
        for message in copy:
            if header:
                rows.append(bytes(message))
            else:
                header = bytes(message)
            if len(rows) == rows_at_once:
                yield _texts(header, rows)
                rows = []
        if rows:
            yield _texts(header, rows)


def _texts(header: bytes, rows: list[bytes]) -> pa.RecordBatch:
    names = header.decode().rstrip("\n").split(",")
    read = pyarrow.csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, quoted_strings_can_be_null=False
    )
    whole = pyarrow.csv.ParseOptions(newlines_in_values=True)
    table = pyarrow.csv.read_csv(io.BytesIO(header + b"".join(rows)), parse_options=whole, convert_options=read)
    return table.combine_chunks().to_batches()[0]


def _out_of(statement: LiteralString) -> sql.Composed:
    return sql.SQL("COPY ({}) TO STDOUT (FORMAT csv, HEADER)").format(sql.SQL(statement.rstrip().rstrip(";")))


def _as_text(column: pa.Array) -> pa.Array:
    kind = column.type
    is_written = pa.types.is_decimal(kind) or pa.types.is_date(kind) or pa.types.is_dictionary(kind)
    return pc.cast(column, pa.string()) if is_written else column
