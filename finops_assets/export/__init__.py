"""Export months line by line: one row per fact line, priced, as FOCUS or as the mart's own columns, CSV or Parquet.

One export reads one snapshot, and adds up to the marts to the last digit or is not written. Which columns there are is
in ``focus`` and ``plain``, how they are written in ``files``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from finops_assets.costs.standing import standing
from finops_assets.errors import ExportRefused
from finops_assets.export import focus, plain
from finops_assets.export.columns import Column, Lines
from finops_assets.export.files import Kind, growing, written
from finops_assets.export.views import COSTS, views_of
from finops_assets.money import EXACT
from finops_assets.period import Period
from finops_assets.postgres.bulk import copy_out_in_batches
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query
from finops_assets.pricing import PricingView
from finops_assets.settings import Settings
from finops_assets.verify import snapshot

# wide enough for any sum of products of two NUMERIC(30,12)
_SUMMED = pa.decimal256(76, 24)


class Form(StrEnum):
    """What an export is written as."""

    FOCUS_CSV = "focus-csv"
    FOCUS_PARQUET = "focus-parquet"
    CSV = "csv"
    PARQUET = "parquet"

    @property
    def kind(self) -> Kind:
        """The kind of file."""
        return Kind.CSV if self in (Form.FOCUS_CSV, Form.CSV) else Kind.PARQUET

    @property
    def is_focus(self) -> bool:
        """Whether the columns are those of FOCUS."""
        return self in (Form.FOCUS_CSV, Form.FOCUS_PARQUET)


@dataclass(frozen=True)
class Wanted:
    """What to export: the months, the views (none: the default one), one application or all of them."""

    first: Period
    last: Period
    form: Form
    views: Sequence[str] = ()
    application: str | None = None


@dataclass(frozen=True)
class Exported:
    """What was written: lines, those of them without a price in a view, the exact total of each view, stale slices."""

    lines: int
    unpriced: int
    totals: Mapping[str, Decimal | None]
    currency: str
    stale: int


@dataclass
class _Counted:
    """What has been written so far, by FOCUS cost."""

    lines: int = 0
    unpriced: int = 0
    totals: dict[str, Decimal] = field(default_factory=dict)
    priced: dict[str, int] = field(default_factory=dict)


def export(
    connection: Connection, settings: Settings, wanted: Wanted, out: Path | BinaryIO, current: Period
) -> Exported:
    """Write an export to a file, whole or not at all; a file of that name is replaced. ``current`` is this month.

    An open file grows month by month instead, and what it holds counts for nothing unless this returns. ExportRefused
    when the views cannot be exported together, the application is unknown, an amount does not fit Parquet's 38 digits,
    the file cannot be written, or the lines do not add up to marts that are up to date.
    """
    with snapshot(connection):
        views = views_of(connection, wanted.views, is_focus=wanted.form.is_focus)
        key = _key(connection, wanted, views)
        how = standing(connection, wanted.first, wanted.last, current)
        columns = (focus if wanted.form.is_focus else plain).columns(settings, views, how)
        counted = _Counted()
        kind = wanted.form.kind
        with written(out, kind, columns) if isinstance(out, Path) else growing(out, kind, columns) as write:
            for lines in _lines(connection, wanted, key, columns):
                _count(counted, lines, views)
                write(lines)
            return _compared(connection, key, views, counted)


def _key(connection: Connection, wanted: Wanted, views: Mapping[str, PricingView]) -> dict[str, object]:
    if wanted.last < wanted.first:
        raise ExportRefused(f"{wanted.first}..{wanted.last} holds no month: write the first one first")
    key: dict[str, object] = {
        "first": wanted.first.first_day,
        "last": wanted.last.first_day,
        "application": wanted.application,
    }
    if wanted.application is not None and connection.execute(query("export/application"), key).fetchone() is None:
        raise ExportRefused(f"application {wanted.application!r} is unknown")
    return key | {cost: views[cost].pricing_view_id if cost in views else None for cost in COSTS}


def _lines(
    connection: Connection, wanted: Wanted, key: dict[str, object], columns: Sequence[Column]
) -> Iterator[Lines]:
    """The lines in the columns of the file, month by month, so many at once; every value as text."""
    for month in wanted.first.through(wanted.last):
        own = key | {"first": month.first_day, "last": month.first_day}
        for batch in copy_out_in_batches(connection, query("export/lines"), own):
            yield Lines(batch, {column.name: column.of(batch) for column in columns})


def _count(counted: _Counted, lines: Lines, views: Mapping[str, PricingView]) -> None:
    counted.lines += lines.read.num_rows
    without = pa.array([False] * lines.read.num_rows)
    for cost in views:
        amounts = lines.read[COSTS[cost]]
        without = pc.or_(without, pc.is_null(amounts))
        total = pc.sum(pc.cast(amounts, _SUMMED)).as_py()
        counted.totals[cost] = EXACT.add(counted.totals.get(cost, Decimal(0)), total or Decimal(0))
        counted.priced[cost] = counted.priced.get(cost, 0) + len(amounts) - amounts.null_count
    counted.unpriced += pc.sum(without).as_py() or 0


def _compared(
    connection: Connection, key: dict[str, object], views: Mapping[str, PricingView], counted: _Counted
) -> Exported:
    """What was written, which is what the marts say where they are up to date."""
    row = connection.execute(query("export/stale_slices"), key).fetchone()
    assert row is not None
    by_id = {view.pricing_view_id: cost for cost, view in views.items()}
    rows = connection.execute(query("export/totals"), key | {"views": list(by_id)}).fetchall()
    marts = {row["pricing_view_id"]: (row["cost"], row["line_count"], row["unpriced_count"]) for row in rows}
    ours = {}
    for view, cost in by_id.items():
        priced = counted.priced.get(cost, 0)
        total = counted.totals[cost] if priced else None
        ours[view] = (total, counted.lines, counted.lines - priced)
        if not row["stale"] and ours[view] != marts.get(view, (None, 0, 0)):
            told = f"{ours[view]} of pricing view {view} were read, and the marts say {marts.get(view)}"
            raise ExportRefused(f"cost, lines and unpriced lines differ: {told}; run `finops verify`")
    totals = {view: total for view, (total, _, _) in ours.items()}
    currency = next(iter(views.values())).currency
    return Exported(counted.lines, counted.unpriced, totals, currency, row["stale"])
