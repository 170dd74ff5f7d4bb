"""Usage of a month from its files, one row per source line, cut at the month's end.

A line may reach into the following month, so month M is read from its own files and from those lines
of the files of M-1 that reach into it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from finops_assets.errors import SourceMissing
from finops_assets.money import EXACT, SCALE, from_units
from finops_assets.period import Period
from finops_assets.sources import Reading
from finops_assets.sources.columns import DECIMAL, Column, Decimals, Texts, frame, header, report, typed
from finops_assets.sources.drop_folder import files_of
from finops_assets.sources.faults import Faults
from finops_assets.sources.instants import cut, instant_in, month_start
from finops_assets.sources.keys import report_duplicates, report_several
from finops_assets.sources.tables import TextTable, header_of, read_tables
from finops_assets.sources.values import Problem, application, identifier, label, one_of, product

SINGLE_KEY = ("application_id", "product_id", "usage_start", "usage_end", "charge_class")
ONE_PER_PRODUCT = ("metric", "family_id", "product_label", "family_label")

_NAMED = Problem("is empty: a usage line must name an application", "name it, or leave the line out")
_COLUMNS = (
    Column("application_id", Texts(application), when_empty=_NAMED),
    Column("product_id", Texts(product)),
    Column("quantity", Decimals()),
    Column("family_id", Texts(identifier), required=False),
    Column("product_label", Texts(label), required=False),
    Column("family_label", Texts(label), required=False),
    Column("metric", Texts(identifier), required=False),
    Column("charge_class", Texts(one_of("CREDIT", "CORRECTION")), required=False),
    Column("application_label", Texts(label), required=False),
)
_ALONE = Problem("only one of usage_start and usage_end is given", "give both or neither")
_BACKWARDS = Problem("usage_end is not after usage_start", "check both times and their offsets")
_ELSEWHERE = Problem("usage_start lies in another month than the file's", "put the line in its own month's file")
_TOO_LONG = Problem("usage_end lies beyond the end of the following month", "give one line per month")


def read_usage(folder: Path, period: Period, *, zone: ZoneInfo, max_bytes: int) -> Reading:
    """Usage of a month, one row per source line; SourceMissing or SourceRefused when it cannot be had."""
    faults = Faults()
    expected = header(usage_columns(zone))
    own = read_tables(files_of(folder, period), expected, max_bytes=max_bytes, faults=faults)
    reaching = [path for path in _files_before(folder, period) if _may_reach(path)]
    before = read_tables(reaching, expected, max_bytes=max_bytes, faults=faults)
    return usage_of(own, before, period, zone=zone, faults=faults)


def usage_columns(zone: ZoneInfo) -> tuple[Column, ...]:
    """The columns of a usage source."""
    instant = Texts(instant_in(zone), pa.int64())
    return (
        *_COLUMNS,
        Column("usage_start", instant, required=False),
        Column("usage_end", instant, required=False),
    )


def usage_of(
    own: Sequence[TextTable], before: Sequence[TextTable], period: Period, *, zone: ZoneInfo, faults: Faults
) -> Reading:
    """Usage of a month from its own tables and those of the month before; SourceRefused on any fault."""
    lines = _lines_of(own, period, zone, faults)
    earlier = _lines_of(before, period.previous, zone, faults)
    faults.refuse()
    carried = _reaching_lines(earlier, month_start(period, zone))
    report_several(pa.concat_tables([lines, carried]), "product_id", "metric", faults)
    faults.refuse()
    contributing = set(pc.unique(carried["file"]).to_pylist())
    files = [table.source for table in own]
    files += [table.source for table in before if table.file in contributing]
    kept = _part(lines, month_start(period.next, zone), first=True)
    added = _labelled_as(_part(carried, month_start(period, zone), first=False), lines)
    rows = pa.concat_tables([kept, added]).drop_columns(["usage_start", "usage_end"])
    return Reading(frame(rows), tuple(files))


def _files_before(folder: Path, period: Period) -> list[Path]:
    try:
        return files_of(folder, period.previous)
    except SourceMissing:
        return []


def _may_reach(path: Path) -> bool:
    found = header_of(path)
    return found is None or "usage_end" in found


def _lines_of(tables: Sequence[TextTable], period: Period, zone: ZoneInfo, faults: Faults) -> pa.Table:
    """The typed lines of a month's tables, every rule of the month checked."""
    columns = usage_columns(zone)
    read = []
    for table in tables:
        lines = typed(table, columns, faults)
        _check_times(table, lines, period, zone, faults)
        read.append(lines)
    if not read:
        return _no_lines(columns)
    together = pa.concat_tables(read)
    report_duplicates(together, SINGLE_KEY, faults)
    for column in ONE_PER_PRODUCT:
        report_several(together, "product_id", column, faults)
    return together


def _no_lines(columns: Sequence[Column]) -> pa.Table:
    fields = [(column.name, column.reader.kind) for column in columns]
    return pa.schema([*fields, ("file", pa.string()), ("line", pa.int64())]).empty_table()


def _check_times(table: TextTable, lines: pa.Table, period: Period, zone: ZoneInfo, faults: Faults) -> None:
    shown = [name for name in ("usage_start", "usage_end") if name in table.columns]
    if not shown:
        return
    written = [pc.not_equal(table.columns[name], "") for name in shown]
    alone = pc.xor(*written) if len(written) == 2 else written[0]
    start, end = lines["usage_start"], lines["usage_end"]
    first, last = month_start(period, zone), month_start(period.next, zone)
    report(table, shown[-1], alone, _ALONE, faults)
    report(table, shown[-1], pc.less_equal(end, start), _BACKWARDS, faults)
    report(table, shown[0], pc.or_(pc.less(start, first), pc.greater_equal(start, last)), _ELSEWHERE, faults)
    report(table, shown[-1], pc.greater(end, month_start(period.next.next, zone)), _TOO_LONG, faults)


def _reaching_lines(lines: pa.Table, instant: int) -> pa.Table:
    return lines.filter(pc.greater(lines["usage_end"], instant))


def _part(lines: pa.Table, instant: int, *, first: bool) -> pa.Table:
    """The lines with the part of their quantity before the instant, or after it; parts add up exactly."""
    across = pc.fill_null(pc.greater(lines["usage_end"], instant), False)
    if not pc.any(across).as_py():
        return lines
    crossing = lines.filter(across).select(["quantity", "usage_start", "usage_end"]).to_pydict()
    spans = zip(crossing["quantity"], crossing["usage_start"], crossing["usage_end"], strict=True)
    parts = [cut(int(whole.scaleb(SCALE, EXACT)), start=start, end=end, at=instant) for whole, start, end in spans]
    numbers = pa.array([from_units(part[0 if first else 1]) for part in parts], DECIMAL)
    whole = lines["quantity"].combine_chunks()
    quantities = pc.replace_with_mask(whole, across.combine_chunks(), numbers)
    return lines.set_column(lines.column_names.index("quantity"), "quantity", quantities)


def _labelled_as(carried: pa.Table, lines: pa.Table) -> pa.Table:
    """Lines of the month before with this month's family and labels, where the month has that product."""
    for column in ("family_id", "product_label", "family_label"):
        known = lines.select(["product_id", column]).drop_null()
        if carried.num_rows and known.num_rows:
            place = pc.index_in(carried["product_id"], value_set=known["product_id"].combine_chunks())
            newer = pc.coalesce(known[column].take(place), carried[column])
            carried = carried.set_column(carried.column_names.index(column), column, newer)
    return carried
