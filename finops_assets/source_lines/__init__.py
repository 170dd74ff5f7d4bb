"""Which source lines each fact sums: found, matched with the facts, and packed as Parquet. Pure.

Packed lines are sorted by application and product, so that those of one application are read without the others.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from finops_assets.contract import QUANTITY, ranked
from finops_assets.domain import Mode

ROWS = pa.schema(
    [
        ("application_id", pa.string()),
        ("product_id", pa.string()),
        ("quantity", QUANTITY),
        ("file", pa.string()),
        ("line", pa.int64()),
    ]
)
KEPT = pa.schema(
    [
        ("application_id", pa.string()),
        ("product_id", pa.string()),
        ("file", pa.int32()),
        ("line", pa.int64()),
        ("quantity", QUANTITY),
    ]
)
ROWS_PER_CHUNK = 1_000_000
ROWS_PER_GROUP = 65_536
_SUMMED = {Mode.DIRECT: "quantity", Mode.INDIRECT: "coefficient"}


@dataclass(frozen=True)
class Lineage:
    """One row per (source line, product it counts in), as ROWS; declared when the domain's own module says so."""

    rows: pa.Table
    is_declared: bool = False


@dataclass(frozen=True)
class Chunk:
    """A part of a version's lines: Parquet, and the first and last application in it."""

    row_count: int
    first_application_id: str | None
    last_application_id: str | None
    lines: bytes


def derived(mode: Mode, frames: Mapping[str, pd.DataFrame]) -> Lineage:
    """The source lines among a domain's inputs: what names an application, a quantity, a file and a line of it.

    Of a DIRECT domain they also name a product; of an INDIRECT one the quantity is a coefficient.
    """
    summed = _SUMMED[mode]
    needed = {"application_id", summed, "file", "line"} | ({"product_id"} if mode is Mode.DIRECT else set())
    found = [
        _rows(frame.rename(columns={summed: "quantity"}) if summed != "quantity" else frame, mode)
        for frame in frames.values()
        if needed <= set(frame.columns)
    ]
    return Lineage(pa.concat_tables([ROWS.empty_table(), *found]))


def declared(rows: pd.DataFrame) -> Lineage:
    """What a domain's ``lineage`` gave."""
    return Lineage(_rows(rows, Mode.DIRECT), is_declared=True)


def matched(lineage: Lineage, facts: pa.Table, files: Sequence[str]) -> tuple[pa.Table, list[tuple[str, str]]]:
    """The lines, as KEPT, of every (application, product) whose fact is exactly their sum; and the keys of the others.

    ``facts`` has one row per (application_id, product_id), with its quantity; ``files`` gives each file its number.
    A domain that makes its quantities in another way has no lines here: nothing is guessed. Lines that cancel out and
    have no fact are left out.
    """
    rows = _sorted(lineage.rows, files)
    # groups come in an order of their own
    totals = rows.group_by("key").aggregate([("quantity", "sum"), ([], "count_all")]).sort_by("key")
    sizes = totals["count_all"].to_numpy()
    first = np.cumsum(sizes) - sizes
    keys = rows.select(["application_id", "product_id"]).take(pa.array(first))
    agreed, has_fact = _compared(keys.append_column("quantity", totals["quantity_sum"]), facts)
    counts = pc.not_equal(totals["quantity_sum"], pa.scalar(0, QUANTITY)).to_numpy()
    others = keys.filter(pa.array(~agreed & (has_fact | counts)))
    kept = rows if agreed.all() else rows.filter(pa.array(np.repeat(agreed, sizes)))
    texts = [[text or "" for text in others[name].to_pylist()] for name in ("application_id", "product_id")]
    return kept.select(KEPT.names), list(zip(*texts, strict=True))


def packed(lines: pa.Table) -> Iterator[Chunk]:
    """Chunks of at most ROWS_PER_CHUNK lines, at least one: none at all would say that nobody kept any."""
    for start in range(0, max(len(lines), 1), ROWS_PER_CHUNK):
        rows = lines.slice(start, ROWS_PER_CHUNK)
        applications = rows["application_id"]
        first, last = (applications[place].as_py() if len(rows) else None for place in (0, len(rows) - 1))
        yield Chunk(len(rows), first, last, _parquet(rows))


def unpacked(lines: bytes, application_id: str | None = None) -> pa.Table:
    """The lines of a chunk, as KEPT; only those of one application when it is named."""
    only = None if application_id is None else [("application_id", "=", application_id)]
    return pq.read_table(pa.BufferReader(lines), schema=KEPT, filters=only)


def _rows(frame: pd.DataFrame, mode: Mode) -> pa.Table:
    given = frame[["application_id", "quantity", "file", "line"]].assign(
        product_id=frame["product_id"] if mode is Mode.DIRECT else ""
    )
    rows = pa.Table.from_pandas(given, schema=ROWS, preserve_index=False)
    # what names no application or product is no part of a fact
    return rows.filter(pc.and_(pc.is_valid(rows["application_id"]), pc.is_valid(rows["product_id"])))


def _sorted(rows: pa.Table, files: Sequence[str]) -> pa.Table:
    """The rows by application and product in byte order, each with the number of its key; files as numbers."""
    application, product = (ranked(rows[name]) for name in ("application_id", "product_id"))
    ranks = [np.asarray(column.indices).astype(np.int64) for column in (application, product)]
    key = ranks[0] * max(len(product.dictionary), 1) + ranks[1]
    order = pa.array(np.argsort(key, kind="stable"))
    number = pc.index_in(rows["file"], value_set=pa.array(files, pa.string()))
    columns = {
        "application_id": application,
        "product_id": product,
        "file": number,
        "line": rows["line"],
        "quantity": rows["quantity"],
        "key": pa.array(key),
    }
    return pa.table(columns).take(order)


def _compared(totals: pa.Table, facts: pa.Table) -> tuple[np.ndarray, np.ndarray]:
    """Which totals are exactly the quantity of their fact, and which have one at all."""
    texts = {name: totals[name].cast(pa.string()) for name in ("application_id", "product_id")}
    ours = pa.table({**texts, "quantity": totals["quantity"]})
    product = pc.fill_null(facts["product_id"].cast(pa.string()), "")
    theirs = pa.table({"application_id": facts["application_id"], "product_id": product, "quantity": facts["quantity"]})
    if ours.equals(theirs):
        return np.ones(len(ours), bool), np.ones(len(ours), bool)
    numbered = ours.append_column("place", pa.array(range(len(ours)), pa.int64()))
    found = numbered.join(theirs, ["application_id", "product_id"], join_type="inner", right_suffix="_of_fact")
    same = found.filter(pc.equal(found["quantity"], found["quantity_of_fact"]))
    agreed, has_fact = np.isin(np.arange(len(ours)), same["place"]), np.isin(np.arange(len(ours)), found["place"])
    return agreed, has_fact


def _parquet(rows: pa.Table) -> bytes:
    sink = io.BytesIO()
    texts = ["application_id", "product_id"]
    encoding = {"line": "DELTA_BINARY_PACKED", "quantity": "BYTE_STREAM_SPLIT", "file": "PLAIN"}
    written = {"compression": "zstd", "use_dictionary": texts, "column_encoding": encoding, "store_schema": False}
    with pq.ParquetWriter(sink, rows.schema, **written) as writer:
        for start in range(0, len(rows), ROWS_PER_GROUP):
            group = rows.slice(start, ROWS_PER_GROUP)
            # a dictionary is written whole: each group gets one with its own texts only
            short = [ranked(group[name].cast(pa.string())) for name in texts]
            columns = [*short, *(group[name] for name in KEPT.names[len(texts) :])]
            writer.write_table(pa.table(columns, schema=rows.schema), ROWS_PER_GROUP)
    return sink.getvalue()
