"""``finops versions | diff``: what was published of a slice, and what moved from one version to another."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from finops_assets.cli.running import ready_mart
from finops_assets.cli.terminal import Format, Row, err, escape, out, table, write
from finops_assets.money import in_full
from finops_assets.period import Period
from finops_assets.settings import Settings
from finops_assets.slices import changes
from finops_assets.slices import restatement as service
from finops_assets.slices.restatement import Restatement, Version

ROWS_SHOWN = 20
_NUMBERS = ["version", "rows", "sum", "before", "after", "moved", "unpriced_before", "unpriced_after"]
Month = Annotated[str, typer.Argument(metavar="MONTH", help="A month, written YYYY-MM.")]
Domain = Annotated[str, typer.Option("--domain", help="The domain.")]
Form = Annotated[Format, typer.Option("--format", help="How to write it; csv has the lines only.")]


def add_to(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command()(versions)
    app.command()(diff)


def versions(month: Month, domain: Domain, form: Annotated[Format, typer.Option("--format")] = Format.TABLE) -> None:
    """Every published version of a slice: run, rows, sum, when, and its source files; the last one stands."""
    settings, period = Settings.from_environment(), Period.parse(month)
    with ready_mart(settings).connect("finops_api") as connection:
        found = service.versions(connection, domain, period)
    rows = [_version(version, settings.time_zone) for version in found]
    write(rows, form, f"{domain} {period}: published versions", _NUMBERS)


def diff(
    month: Month,
    domain: Domain,
    older: Annotated[int | None, typer.Option("--from", help="A version; by default the one before the other.")] = None,
    newer: Annotated[int | None, typer.Option("--to", help="A version; by default the current one.")] = None,
    form: Form = Format.TABLE,
) -> None:
    """What moved between two versions of a slice: lines, and money per view and application at today's prices."""
    settings, period = Settings.from_environment(), Period.parse(month)
    with ready_mart(settings).connect("finops_api") as connection:
        found = service.restatement(connection, domain, period, older, newer)
    if form is Format.JSON:
        sys.stdout.write(json.dumps(_whole(found, settings.time_zone), ensure_ascii=False, indent=2) + "\n")
    elif form is Format.CSV:
        write(changes.told(found.lines), form, "")
    else:
        _print(found, settings.time_zone)
    err.print("both versions at the prices in force now, not at those of the time", soft_wrap=True)


def _print(found: Restatement, zone: ZoneInfo) -> None:
    compared = [_version(version, zone) for version in (found.older, found.newer)]
    out.print(table(compared, f"{found.domain_id} {found.period}: the two versions", _NUMBERS))
    counts = ", ".join(f"{number} {name}" for name, number in _counts(found).items())
    if any(move.moved for move in found.totals):
        out.print(table([move.told() for move in found.totals], "Cost in each pricing view", _NUMBERS))
    _first([_application(one) for one in found.applications], "Applications whose cost moved")
    _first(changes.told(found.lines.slice(0, ROWS_SHOWN)), f"Lines: {counts}", len(found.lines))


def _first(rows: list[Row], title: str, count: int | None = None) -> None:
    total = len(rows) if count is None else count
    if rows:
        more = f", the first {ROWS_SHOWN} of {total}" if total > ROWS_SHOWN else ""
        out.print(table(rows[:ROWS_SHOWN], title + more, _NUMBERS))
    else:
        out.print(escape(f"{title}: none"))


def _counts(found: Restatement) -> dict[str, int]:
    return {name: changes.counted(found.lines, name) for name in ("added", "removed", "changed")}


def _application(one: service.ApplicationMove) -> Row:
    return {"application": one.application_id} | one.move.told()


def _version(version: Version, zone: ZoneInfo) -> Row:
    return {
        "version": version.version,
        "published": f"{version.published_at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
        "run": str(version.run_id),
        "rows": version.row_count,
        "sum": in_full(version.sum_quantity),
        "files": "\n".join(f"{file.name} {file.sha256[:12]}" for file in version.files) or None,
    }


def _whole(found: Restatement, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "domain": found.domain_id,
        "month": str(found.period),
        "from": _version(found.older, zone),
        "to": _version(found.newer, zone),
        "prices": "in force now",
        **_counts(found),
        "money": [move.told() for move in found.totals],
        "applications": [_application(one) for one in found.applications],
        "lines": changes.told(found.lines),
    }
