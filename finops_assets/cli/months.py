"""``finops run | backfill | refresh | status | report | verify``: months and what they cost."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import Annotated, Any

import typer

from finops_assets import marts, pricing, slices, verify
from finops_assets.cli import rehearsal
from finops_assets.cli.running import (
    chosen_domains,
    import_members_and_prices,
    now_in,
    ready_mart,
    refresh_stale,
    run_months,
)
from finops_assets.cli.terminal import Format, Row, err, escape, out, write
from finops_assets.errors import counted
from finops_assets.money import in_full
from finops_assets.period import Period
from finops_assets.settings import Settings

Month = Annotated[str, typer.Argument(metavar="MONTH", help="A month, written YYYY-MM.")]
Domains = Annotated[list[str] | None, typer.Option("--domain", help="Only this domain; may be given again.")]
Form = Annotated[Format, typer.Option("--format", help="How to write it.")]
DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run",
        help="Report what would change and write nothing. A domain spread by another one is computed from what is "
        "published of that one. Exit 1 when a slice would not land.",
    ),
]
DryForm = Annotated[Format, typer.Option("--format", help="How to write a dry run.")]


def add_to(app: typer.Typer) -> None:
    """Add this module's commands."""
    for command in (run, backfill, refresh, status, report):
        app.command()(command)
    app.command("verify")(verify_mart)


def run(month: Month, domain: Domains = None, dry_run: DryRun = False, form: DryForm = Format.TABLE) -> None:
    """Run one month: members and prices, the enabled domains or those named, then the marts."""
    backfill(month, month, domain, dry_run, form)


def backfill(
    first: Annotated[str, typer.Argument(metavar="FROM", help="The first month, YYYY-MM.")],
    last: Annotated[str, typer.Argument(metavar="TO", help="The last month, YYYY-MM.")],
    domain: Domains = None,
    dry_run: DryRun = False,
    form: DryForm = Format.TABLE,
) -> None:
    """Run a range of months: members and prices, the enabled domains or those named, then the marts once."""
    settings = Settings.from_environment()
    start, end = Period.parse(first), Period.parse(last)
    if not settings.first_month <= start <= end <= now_in(settings):
        months = f"{settings.first_month} to {now_in(settings)}"
        raise typer.BadParameter(f"months run from {months} (FINOPS_FIRST_MONTH), the first one first")
    mart = ready_mart(settings)
    domain_ids = chosen_domains(mart, domain or [])
    if dry_run:
        landed = rehearsal.show(settings, mart, domain_ids, start, end, form)
    else:
        # a list or price file that is refused keeps no month from being run
        landed = import_members_and_prices()
        landed &= run_months(mart, domain_ids, start, end)
    if not landed:
        raise typer.Exit(1)


def refresh() -> None:
    """Price every slice again whose facts or prices changed."""
    again = refresh_stale(ready_mart(Settings.from_environment()))
    err.print(f"{counted(again, 'slice')} priced again")


def status(
    first: Annotated[str | None, typer.Option("--from", help="The first month; by default a year ago.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="The last month; by default the current one.")] = None,
    form: Form = Format.TABLE,
) -> None:
    """What is known of each (month, domain): loaded, empty, missing, failed and why."""
    settings = Settings.from_environment()
    current = now_in(settings)
    start = Period.parse(first) if first else current.shift(-11)
    end = Period.parse(last) if last else current
    with ready_mart(settings).connect("finops_api") as connection:
        found = slices.status(connection, start, end, current)
    write([_slice(row) for row in found], form, "Slices", ["version", "lines", "quarantined"])


def report(
    month: Month,
    by: Annotated[marts.Grain, typer.Option("--by", help="One line per …")] = marts.Grain.DOMAIN,
    view: Annotated[str | None, typer.Option("--view", help="Pricing view; by default the default one.")] = None,
    labels: Annotated[
        marts.Labels, typer.Option("--labels", help="Families and product labels as they were then, or are now.")
    ] = marts.Labels.THEN,
    form: Form = Format.TABLE,
) -> None:
    """What a month cost, exactly, from the marts."""
    period = Period.parse(month)
    with ready_mart(Settings.from_environment()).connect("finops_api") as connection:
        chosen = pricing.view_or_default(connection, view)
        lines = marts.report(connection, period, by, chosen.pricing_view_id, labels=labels)
        stale = marts.stale_count(connection)
    total = marts.total(lines)
    rows = [_cost(line, by, chosen.currency) for line in [*lines, total]]
    title = f"{period} by {by.value}, {chosen.pricing_view_label}"
    write(rows, form, escape(title), ["cost", "lines", "unpriced"])
    if total.unpriced_count:
        err.print(f"[yellow]incomplete:[/] {counted(total.unpriced_count, 'line')} without a price in this view")
    if stale:
        err.print(f"[yellow]stale:[/] {counted(stale, 'slice')} changed since the last refresh; run `finops refresh`")


def _slice(row: Mapping[str, Any]) -> Row:
    return {
        "month": f"{row['period_month']:%Y-%m}",
        "domain": row["domain_id"],
        "status": row["status"],
        "version": row["version"],
        "lines": row["row_count"],
        "quarantined": row["quarantined_count"] or None,
        "reason": row["reason"],
    }


def _cost(line: marts.CostLine, by: marts.Grain, currency: str) -> Row:
    return {
        by.value: line.key,
        "label": line.label,
        "domain": line.domain_id,
        "cost": in_full(line.cost) or None,
        "currency": currency,
        "lines": line.line_count,
        "unpriced": line.unpriced_count,
    }


def verify_mart() -> None:
    """Prove the mart: every check must return no row, and kept source lines must sum to their facts."""
    failed = 0
    with ready_mart(Settings.from_environment()).connect("finops_batch") as connection:
        for result in chain(verify.run_checks(connection), verify.run_proofs(connection)):
            out.print(f"{'[green]ok[/]  ' if result.passed else '[red]FAIL[/]'} {escape(result.title)}")
            failed += not result.passed
            for row in result.rows:
                out.print(
                    "       " + escape(", ".join(f"{name}={value}" for name, value in row.items())), soft_wrap=True
                )
    if failed:
        raise typer.Exit(1)
