"""The consumption step as a dry run: what would become of each slice, in the log and in the checks."""

import logging
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import dagster as dg
from pydantic import Field

from finops_assets import slices
from finops_assets.defs import reporting
from finops_assets.defs.resources import MartResource
from finops_assets.domain import Mode
from finops_assets.domains import Plugin
from finops_assets.errors import counted
from finops_assets.period import Period
from finops_assets.slices import dry_run
from finops_assets.slices.changes import Change, Row, Verdict

LINES_SHOWN = 20

Report = dict[str, dg.MetadataValue]
_YES = dg.MetadataValue.bool(True)


class ConsumptionConfig(dg.Config):
    """How the step runs."""

    dry_run: bool = Field(default=False, description="Report what would change, write and materialize nothing.")


def changes_of(
    context: dg.AssetExecutionContext,
    mart: MartResource,
    plugins: Sequence[Plugin],
    periods: Sequence[Period],
    *,
    lost: Sequence[str],
) -> list[Change]:
    """What the run would change, told in the log slice by slice; the lost domains cannot be computed any more."""
    found = [
        Change(domain_id, period, Verdict.REFUSED, f"it cannot be computed: {mart.known.problem(domain_id)}")
        for period in periods
        for domain_id in lost
    ]
    current = slices.current_period(mart.settings, datetime.now(UTC))
    for change in dry_run.rehearse(mart.mart, mart.settings, plugins, periods, current):
        shown = change.shortened(LINES_SHOWN)
        context.log.log(logging.ERROR if change.would_fail else logging.INFO, _told(shown))
        found.append(shown)
    return found


def check_results(
    plugins: Sequence[Plugin],
    changes: Sequence[Change],
    key_of: Callable[[str], dg.AssetKey],
    *,
    names: tuple[str, str],
) -> Iterator[dg.AssetCheckResult]:
    """The contract check of each domain, the report in its metadata, and the basis check of the INDIRECT ones.

    ``names`` are those of the two checks. Failure at the end names every slice that would not land.
    """
    contract, basis = names
    for plugin in plugins:
        key, mine = key_of(plugin.domain.domain_id), [c for c in changes if c.domain_id == plugin.domain.domain_id]
        passed = not any(change.would_fail for change in mine)
        yield dg.AssetCheckResult(asset_key=key, check_name=contract, passed=passed, metadata=report(mine))
        if plugin.domain.mode is Mode.INDIRECT:
            without = [str(change.period) for change in mine if change.is_unallocated]
            metadata: Report = {"dry_run": _YES, "months_without_basis": dg.MetadataValue.json(without)}
            yield dg.AssetCheckResult(asset_key=key, check_name=basis, passed=not without, metadata=metadata)
    failing = {f"{c.domain_id} {c.period}": dg.MetadataValue.text(c.reason or "") for c in changes if c.would_fail}
    if failing:
        raise dg.Failure(f"{counted(len(failing), 'slice')} would not land", metadata=failing, allow_retries=False)


def report(changes: Sequence[Change]) -> Report:
    """Changes as tables: the slices, what they cost in each view, and the first lines that differ."""
    broken = {str(change.period): change.reason for change in changes if change.would_fail}
    lines: list[Row] = [{"month": str(change.period), **row} for change in changes for row in change.differing()]
    return {
        "dry_run": _YES,
        "broken": dg.MetadataValue.json(broken),
        "refused_lines": dg.MetadataValue.int(sum(change.refused for change in changes)),
        "slices": _table([change.summary() for change in changes]),
        "money": _table([row for change in changes for row in change.money()]),
        "lines": _table(lines[:LINES_SHOWN]),
    }


def _told(change: Change) -> str:
    """The report of one slice, as the log can show it."""
    parts = [[change.summary()], change.money(), change.differing()]
    tables = [_table(rows).value for rows in parts if rows]
    return "\n\n".join([f"dry run: {change.domain_id} {change.period} {change.verdict}", *map(str, tables)])


def _table(rows: Sequence[Row]) -> dg.MarkdownMetadataValue:
    texts = [{name: "" if value is None else _cell(str(value)) for name, value in row.items()} for row in rows]
    return dg.MetadataValue.md(reporting.table(texts))


def _cell(text: str) -> str:
    """Text that neither ends its cell nor its line."""
    return text.replace("|", "\\|").replace("\n", " ")
