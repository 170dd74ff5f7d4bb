"""``finops up``: from nothing to a served mart, and nothing done twice."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from finops_assets import catalog, demo, marts, slices
from finops_assets.cli import metrics, overview, serving
from finops_assets.cli.running import computable, import_members_and_prices, now_in, run_months
from finops_assets.cli.terminal import err, escape
from finops_assets.domains import discover
from finops_assets.period import Period
from finops_assets.postgres.connection import Mart, dagster_url, mart_of
from finops_assets.postgres.migrations import migrate
from finops_assets.settings import CHECKOUT, Settings

Port = Annotated[int | None, typer.Option(help="The web server's port; by default 3000, or the next free one.")]
ApiPort = Annotated[int | None, typer.Option(help="The API's port; by default 3100, or the next free one.")]


def add_to(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command()(up)


def up(
    once: Annotated[bool, typer.Option("--once", help="Stop when the months are there.")] = False,
    port: Port = None,
    api_port: ApiPort = None,
) -> None:
    """Bring the mart up: database, schema, months; then serve Dagster's pages and the API until Ctrl-C."""
    settings = Settings.from_environment()
    settings.home.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("DAGSTER_HOME", str(CHECKOUT))
    with serving.one_at_a_time(settings.home):
        mart = mart_of(settings)
        migrate(mart, announce=lambda name: err.print(f"[dim]{name}[/]"))
        prepare(settings, mart)
        say_when_nothing_is_enabled(mart)
        landed = fill(settings, mart)
    overview.show(mart, now_in(settings))
    if not once:
        dagster_url(settings)  # before its own processes look for it
        with metrics.served(settings, mart) as address:
            err.print(f"[bold green]Metrics[/] {address}")
            serving.serve(settings, port, api_port)
    if not landed:
        raise typer.Exit(1)


def prepare(settings: Settings, mart: Mart) -> None:
    """Register the domains; give an empty mart without sources the demonstration company."""
    plugins = discover().values()
    with mart.connect("finops_admin") as connection:
        catalog.register_domains(connection, [plugin.domain for plugin in plugins], now_in(settings))
        if settings.sources.exists() and any(settings.sources.iterdir()):
            return
        if slices.any_published(connection):
            return
        company = demo.generate(settings.sources, now_in(settings))
        for domain_id, available_from in company.enabled.items():
            catalog.set_enabled(connection, domain_id, is_enabled=True, available_from=available_from)
    err.print(
        f"[yellow]Demonstration data:[/] a fictional company, generated in {escape(str(settings.sources))} "
        f"({company.files} files, {company.first} to {company.last})"
    )


def say_when_nothing_is_enabled(mart: Mart) -> None:
    """Tell a company with sources of its own how its first domain goes live."""
    with mart.connect("finops_api") as connection:
        if not any(row.is_enabled for row in catalog.domains(connection).values()):
            err.print("No domain is enabled yet: `finops domain enable ID --from MONTH`, then `finops up` again")


def fill(settings: Settings, mart: Mart) -> bool:
    """Run what is missing of the enabled domains, all of it through Dagster; True when nothing failed."""
    missing = missing_months(settings, mart)
    if not missing:
        with mart.connect("finops_batch") as connection:
            marts.refresh(connection)
        return True
    err.print("Importing applications, products and prices")
    landed = import_members_and_prices()
    for domain_ids, first, last in missing:
        landed &= run_months(mart, domain_ids, first, last)
    return landed


def missing_months(settings: Settings, mart: Mart) -> list[tuple[list[str], Period, Period]]:
    """Ranges of months in which the same enabled domains were never published, as (domains, first, last)."""
    current = now_in(settings)
    with mart.connect("finops_batch") as connection:
        enabled = computable(catalog.domains(connection))
        found = slices.status(connection, settings.first_month, current, current)
    wanted: dict[Period, list[str]] = {}
    for row in found:
        if row["domain_id"] in enabled and row["version"] is None and row["status"] != "NOT_AVAILABLE":
            wanted.setdefault(Period.of(row["period_month"]), []).append(row["domain_id"])
    ranges: list[tuple[list[str], Period, Period]] = []
    for month, domain_ids in sorted(wanted.items()):
        if ranges and ranges[-1][0] == domain_ids and ranges[-1][2].next == month:
            ranges[-1] = (domain_ids, ranges[-1][1], month)
        else:
            ranges.append((domain_ids, month, month))
    return ranges
