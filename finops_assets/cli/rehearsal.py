"""``--dry-run``: what a run would change, printed; straight from the service, without Dagster."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from typing import Any

from finops_assets import catalog, slices
from finops_assets.catalog import known_domains
from finops_assets.cli.running import now_in
from finops_assets.cli.terminal import Format, err, escape, out, table, write
from finops_assets.errors import counted
from finops_assets.period import Period
from finops_assets.postgres.connection import Mart
from finops_assets.settings import Settings
from finops_assets.slices import dry_run
from finops_assets.slices.changes import Change

LINES_SHOWN = 20
_LINES = ["lines_before", "lines_after", "added", "removed", "changed"]
_NUMBERS = ["version", *_LINES, "quarantined", "moved", "before", "after", "unpriced_before", "unpriced_after"]


def show(settings: Settings, mart: Mart, domain_ids: Sequence[str], first: Period, last: Period, form: Format) -> bool:
    """Print what a run would change, and what of it would not land; True when all would."""
    started, kept, whole = time.monotonic(), [], []
    for change in _changes(settings, mart, domain_ids, first, last):
        kept.append(change.shortened(LINES_SHOWN))
        if form is Format.JSON:
            whole.append(_whole(change))
    if form is Format.JSON:
        sys.stdout.write(json.dumps(whole, ensure_ascii=False, indent=2) + "\n")
    else:
        months = str(first) if first == last else f"{first} to {last}"
        _tables(kept, form, f"What a run of {months} would change")
    failing = [change for change in kept if change.would_fail]
    for change in failing:
        err.print(f"[red]{change.domain_id} {change.period}[/] {escape(change.reason or '')}", soft_wrap=True)
    told = f"{counted(len(failing), 'slice')} would not land; " if failing else ""
    err.print(
        f"dry run of {counted(len(kept), 'slice')} in {time.monotonic() - started:.1f} s: {told}nothing was written"
    )
    return not failing


def _changes(
    settings: Settings, mart: Mart, domain_ids: Sequence[str], first: Period, last: Period
) -> Iterator[Change]:
    with mart.connect(slices.ROLE) as connection:
        plugins = known_domains.of_rows(catalog.domains(connection).values()).plugins
    months = list(first.through(last))
    return dry_run.rehearse(mart, settings, slices.ordered(plugins, domain_ids), months, now_in(settings))


def _tables(changes: Sequence[Change], form: Format, title: str) -> None:
    """One row per slice; on a terminal, and of one month, also what it costs and the first lines that differ."""
    rows = [change.summary() for change in changes]
    if form is Format.TABLE:
        rows = [row | {"reason": str(row["reason"] or "").partition("\n")[0]} for row in rows]
    write(rows, form, title, _NUMBERS)
    if form is Format.TABLE and len({change.period for change in changes}) == 1:
        for change in changes:
            _detail(change)


def _detail(change: Change) -> None:
    slice_ = f"{change.domain_id} {change.period}"
    if any(move.moved or move.unpriced_before != move.unpriced_after for move in change.moves):
        out.print(table(change.money(), f"{slice_}: cost in each pricing view", _NUMBERS))
    if lines := change.differing():
        count = sum(number or 0 for number in (change.added, change.removed, change.changed))
        more = f", the first {len(lines)}" if count > len(lines) else ""
        out.print(table(lines, f"{slice_}: {count} lines differ{more}", _NUMBERS))


def _whole(change: Change) -> dict[str, Any]:
    return {**change.summary(), "money": change.money(), "lines": change.differing()}
