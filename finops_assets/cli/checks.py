"""``finops checks``: is a month all right; made for a person and for a CI job."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Annotated, Literal

import typer

from finops_assets.cli.running import now_in, ready_mart
from finops_assets.cli.terminal import escape, out
from finops_assets.operations.month_checks import MonthCheck, Severity, run_checks
from finops_assets.period import Period
from finops_assets.settings import Settings
from finops_assets.verify import ROWS_SHOWN

_VERDICTS = {Severity.ERROR: "[red]FAIL[/]", Severity.WARN: "[yellow]warn[/]"}


def add_to(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command()(checks)


def checks(
    month: Annotated[str, typer.Argument(metavar="MONTH", help="A month, written YYYY-MM.")],
    form: Annotated[Literal["table", "json"], typer.Option("--format", help="How to write it.")] = "table",
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail too.")] = False,
) -> None:
    """Check one month: fresh, whole, priced, in proportion, and shown as it is; exit 1 when a check fails."""
    settings, period = Settings.from_environment(), Period.parse(month)
    current = now_in(settings)
    if not settings.first_month <= period <= current:
        raise typer.BadParameter(f"months run from {settings.first_month} to {current} (FINOPS_FIRST_MONTH)")
    with ready_mart(settings).connect("finops_api") as connection:
        found = list(run_checks(connection, settings, [period], current))
    failed = any(not one.passed and (strict or one.severity is Severity.ERROR) for one in found)
    if form == "json":
        _write_json(period, found, passed=not failed)
    else:
        _print(found)
    if failed:
        raise typer.Exit(1)


def _print(found: Sequence[MonthCheck]) -> None:
    for one in found:
        out.print(f"{'[green]ok[/]  ' if one.passed else _VERDICTS[one.severity]} {one.name}: {escape(one.title)}")
        for row in one.rows[:ROWS_SHOWN]:
            told = ", ".join(f"{name}={value}" for name, value in row.items() if value is not None)
            out.print("       " + escape(told), soft_wrap=True)
        if len(one.rows) > ROWS_SHOWN:
            out.print(f"       … and {len(one.rows) - ROWS_SHOWN} more")


def _write_json(period: Period, found: Sequence[MonthCheck], *, passed: bool) -> None:
    written = [
        {
            "check": one.name,
            "severity": one.severity.value,
            "passed": one.passed,
            "title": one.title,
            "rows": [dict(row) for row in one.rows],
        }
        for one in found
    ]
    answer = {"month": str(period), "passed": passed, "checks": written}
    sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2) + "\n")
