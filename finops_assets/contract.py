"""What every domain hands over to ``fact_consumption``: one frame, checked once, every breach named.

After this check the lines are trusted. ``canonical`` puts them in the one order and text that is
stored and hashed, so that the same lines are the same bytes whoever computes them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import numpy as np
import pandas as pd
import pandera.pandas as pa_check
import pyarrow as pa
import pyarrow.compute as pc
from pandera.errors import SchemaErrors

from finops_assets.domain import Domain, Mode
from finops_assets.errors import ContractBroken
from finops_assets.money import ONE, from_units, to_units
from finops_assets.period import Period

QUANTITY = pa.decimal128(38, 12)
LINES = pa.schema(
    [
        ("application_id", pa.string()),
        ("product_id", pa.string()),
        ("family_id", pa.string()),
        ("quantity", QUANTITY),
        ("consumption_metric", pa.string()),
        ("product_label", pa.string()),
        ("family_label", pa.string()),
        ("application_label", pa.string()),
        ("charge_class", pa.string()),
        ("driver_quantity", QUANTITY),
    ]
)
_WHOLE = pa.decimal128(38, 0)
_LINES_AT_ONCE = 20_000
_UNEXPLAINED = "is negative and no credit or correction"
_LIMIT = pa.scalar(10**30 - 1, _WHOLE)


def frame(rows: Iterable[dict[str, object]] | dict[str, object], schema: pa.Schema) -> pd.DataFrame:
    """Rows or columns as an Arrow-backed frame of a schema; columns that are not given are NULL."""
    if isinstance(rows, dict):
        size = max((len(values) for values in rows.values()), default=0)  # type: ignore[arg-type]
        arrays = [pa.array(rows[f.name], f.type) if f.name in rows else pa.nulls(size, f.type) for f in schema]
        table = pa.table(arrays, schema=schema)
    else:
        table = pa.Table.from_pylist(list(rows), schema=schema)
    return table.to_pandas(types_mapper=pd.ArrowDtype)


def check(domain: Domain, period: Period, lines: pd.DataFrame) -> pd.DataFrame:
    """The lines in the contract's columns and types; ContractBroken lists every breach by line."""
    missing = [name for name in ("application_id", "quantity", "consumption_metric") if name not in lines]
    unknown = [name for name in lines if name not in LINES.names]
    twice = lines.columns[lines.columns.duplicated()]
    if missing or unknown or len(twice) > 0:
        raise ContractBroken(
            domain.domain_id,
            str(period),
            [f"column {n} is missing" for n in missing]
            + [f"column {n} is unknown" for n in unknown]
            + [f"column {n} stands twice" for n in twice],
        )
    typed = _typed(domain, period, lines)
    try:
        _schema(domain.mode).validate(typed, lazy=True)
    except SchemaErrors as error:
        raise ContractBroken(domain.domain_id, str(period), _breaches(typed, error.failure_cases)) from error
    _check_sum(domain, period, typed)
    return typed


def canonical(lines: pd.DataFrame) -> pa.Table:
    """The lines sorted by application then product in byte order: the order they are stored in."""
    table = pa.Table.from_pandas(lines, schema=LINES, preserve_index=False)
    application, product = (ranked(table[name]) for name in ("application_id", "product_id"))
    # no product comes before any
    places = [column.indices.fill_null(-1).to_numpy().astype(np.int64) for column in (application, product)]
    keys = places[0] * (len(product.dictionary) + 1) + places[1]
    is_sorted = bool(np.all(keys[:-1] <= keys[1:]))
    return table if is_sorted else table.take(pa.array(np.argsort(keys, kind="stable")))


def ranked(texts: pa.ChunkedArray) -> pa.DictionaryArray:
    """The texts as places in a dictionary that is in byte order, as PostgreSQL's is under COLLATE "C"."""
    encoded = texts.combine_chunks().dictionary_encode()
    order = pc.sort_indices(encoded.dictionary)
    rank = np.empty(len(order), np.int32)
    rank[order.to_numpy()] = np.arange(len(order), dtype=np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(rank).take(encoded.indices), encoded.dictionary.take(order))


def content_hash(lines: pa.Table) -> bytes:
    """sha256 of canonical lines: the text that ``slice_content_hash`` gives for a stored slice."""
    digest = hashlib.sha256()
    # two threads: nothing else of a publication can go on before its hash is known
    with ThreadPoolExecutor(2) as writers:
        for text in writers.map(_canonical_text, lines.to_batches(max_chunksize=_LINES_AT_ONCE)):
            digest.update(text)
    return digest.digest()


def _canonical_text(batch: pa.RecordBatch) -> memoryview:
    texts = [
        pc.fill_null(batch["application_id"], ""),
        pc.fill_null(batch["product_id"], ""),
        pc.fill_null(batch["family_id"], ""),
        pc.cast(_whole(batch["quantity"]), pa.string()),
        batch["consumption_metric"],
    ]
    ended = pc.binary_join_element_wise(pc.binary_join_element_wise(*texts, "\x1f"), "", "\n")
    # the texts of a new array follow each other in its last buffer: that is the text to hash
    return memoryview(ended.buffers()[2])[: pc.sum(pc.binary_length(ended)).as_py()]


def in_units(quantities: pa.ChunkedArray) -> pa.ChunkedArray:
    """Decimals of scale 12 as whole numbers of 1e-12, the digits untouched."""
    return pa.chunked_array([_whole(chunk) for chunk in quantities.cast(QUANTITY).chunks], _WHOLE)


def _whole(quantities: pa.Array) -> pa.Array:
    size, buffers = len(quantities), quantities.buffers()
    return pa.Array.from_buffers(_WHOLE, size, buffers, quantities.null_count, quantities.offset)


def _typed(domain: Domain, period: Period, lines: pd.DataFrame) -> pd.DataFrame:
    columns: dict[str, object] = {}
    breaches: list[str] = []
    for column in LINES:
        if column.name not in lines:
            continue
        values = lines[column.name]
        # Arrow would round a binary float to 12 decimals without a word
        if column.type == QUANTITY and len(values) > 0 and values.dtype.kind not in "OU":
            breaches.append(f"column {column.name} is {values.dtype}: hand over decimals, which are exact")
            continue
        try:
            columns[column.name] = pa.array(values, column.type)
        except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError) as error:
            breaches += _unfit(lines, column.name) or [f"column {column.name}: {error}"]
    if breaches:
        raise ContractBroken(domain.domain_id, str(period), breaches)
    return frame(columns, LINES)


def _unfit(lines: pd.DataFrame, name: str) -> list[str]:
    """One sentence per decimal of a column that 12 decimals or 18 digits before the point cannot hold."""
    said = []
    described = lines.reindex(columns=LINES.names)
    for place, value in enumerate(lines[name].tolist()):
        try:
            if isinstance(value, Decimal):
                to_units(value)
        except ValueError as error:
            said.append(f"{_place(described, place)}{name} {error}")
    return said


def _schema(mode: Mode) -> pa_check.DataFrameSchema:
    direct = mode is Mode.DIRECT
    key = pa_check.Column(_TEXT, _KEY)
    of_product = key if direct else pa_check.Column(_TEXT, _ABSENT, nullable=True)
    return pa_check.DataFrameSchema(
        {
            "application_id": key,
            "product_id": of_product,
            "family_id": of_product,
            "quantity": pa_check.Column(pd.ArrowDtype(QUANTITY), [_SIZED] if direct else [_SIZED, _WEIGHT]),
            "consumption_metric": key,
        },
        checks=pa_check.Check(_credited, error=_UNEXPLAINED) if direct else None,
        unique=["application_id", "product_id"],
        report_duplicates="exclude_first",
    )


def _units(values: pd.Series) -> np.ndarray:
    return np.array([int(u) for u in in_units(pa.chunked_array([pa.array(values)])).to_pylist()], dtype=object)


def _fits(values: pd.Series) -> pd.Series:
    units = in_units(pa.chunked_array([pa.array(values, QUANTITY)]))
    return pd.Series(pc.less_equal(pc.abs(units), _LIMIT).to_numpy(zero_copy_only=False), index=values.index)


def _is_weight(values: pd.Series) -> pd.Series:
    units = _units(values)
    return pd.Series((units >= 0) & (units <= ONE), index=values.index)


def _credited(lines: pd.DataFrame) -> pd.Series:
    explained = lines["charge_class"].isin(["CREDIT", "CORRECTION"])
    zero = pa.scalar(0, QUANTITY)
    negative = pc.less(pa.array(lines["quantity"], QUANTITY), zero).to_numpy(zero_copy_only=False)
    return pd.Series(~negative.astype(bool) | explained.to_numpy(dtype=bool), index=lines.index)


_TEXT = pd.ArrowDtype(pa.string())
_KEY = [
    pa_check.Check(lambda values: values.str.len() > 0, error="is empty"),
    # the canonical text sets keys apart by such a character
    pa_check.Check(lambda values: ~values.str.contains(r"[\x00-\x1f]"), error="holds a control character"),
]
_ABSENT = pa_check.Check(lambda values: values.isna(), error="must be empty in an INDIRECT domain", ignore_na=False)
_SIZED = pa_check.Check(_fits, error="has more than 18 digits before the point")
_WEIGHT = pa_check.Check(_is_weight, error="is not between 0 and 1")


def _check_sum(domain: Domain, period: Period, lines: pd.DataFrame) -> None:
    if domain.mode is Mode.INDIRECT:
        total = sum(_units(lines["quantity"]))
        if total != ONE:
            told = (
                f"weights sum to {from_units(int(total)):f}, not to 1 (an amount without a basis goes to UNALLOCATED)"
            )
            raise ContractBroken(domain.domain_id, str(period), [told])


def _breaches(lines: pd.DataFrame, cases: pd.DataFrame) -> list[str]:
    """One sentence per failing cell, naming the application and product of its line."""
    said = []
    for case in cases.to_dict("records"):
        column, place = case["column"], case["index"]
        where = "" if place is None or pd.isna(place) else _place(lines, int(place))
        reason = "is missing" if case["check"] == "not_nullable" else str(case["check"])
        if reason == _UNEXPLAINED:
            # a check of the whole line, which pandera reports once per column
            column = "quantity"
        if "unique" in reason:
            reason, column = "stands more than once", "application_id, product_id"
        sentence = f"{where}{column} {reason}"
        if sentence not in said:
            said.append(sentence)
    return said


def _place(lines: pd.DataFrame, place: int) -> str:
    line = lines.iloc[place]
    product = "" if pd.isna(line["product_id"]) else f" product {line['product_id']!r}"
    application = "no application" if pd.isna(line["application_id"]) else f"application {line['application_id']!r}"
    return f"line {place + 1} ({application}{product}): "
