"""Run months as commands do: through Dagster, with progress, then the marts once."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from uuid import uuid4

from finops_assets import catalog, marts, slices
from finops_assets.catalog import DomainRow, known_domains
from finops_assets.cli.terminal import err, escape, progress_of
from finops_assets.errors import DomainError, MartRefused, counted
from finops_assets.period import Period
from finops_assets.postgres.connection import Mart, mart_of
from finops_assets.settings import Settings

MONTHS_A_RUN = 12


def ready_mart(settings: Settings) -> Mart:
    """The mart, migrated; MartRefused when it has never been."""
    mart = mart_of(settings)
    with mart.connect("") as connection:
        row = connection.execute("SELECT to_regclass('finops.slice_version') IS NULL AS is_new").fetchone()
    if row is None or row["is_new"]:
        raise MartRefused("this mart has no tables yet: run `finops migrate`, or `finops up` which does it all")
    return mart


def now_in(settings: Settings) -> Period:
    """The current month on the configured clock."""
    return slices.current_period(settings, datetime.now(UTC))


def today_in(settings: Settings) -> date:
    """The current day on the configured clock."""
    return datetime.now(UTC).astimezone(settings.time_zone).date()


def chosen_domains(mart: Mart, wanted: Sequence[str]) -> list[str]:
    """The wanted domains, or every enabled one; DomainError when one cannot run or none is enabled."""
    with mart.connect("finops_batch") as connection:
        known = catalog.domains(connection)
    if unknown := [domain_id for domain_id in wanted if domain_id not in known]:
        raise DomainError(f"domain {', '.join(unknown)} is unknown: there are {', '.join(known) or 'none yet'}")
    problems = known_domains.of_rows(known.values()).problems
    if refused := [f"{domain_id}: {problems[domain_id]}" for domain_id in wanted if domain_id in problems]:
        raise DomainError(f"domain {'; '.join(refused)}")
    chosen = list(wanted) or computable(known)
    if not chosen:
        raise DomainError("no domain is enabled: `finops domain enable ID`, or name one with --domain")
    return chosen


def computable(rows: Mapping[str, DomainRow]) -> list[str]:
    """The enabled domains that can be computed; the others are told, with the reason."""
    problems = known_domains.of_rows(rows.values()).problems
    enabled = [row.domain_id for row in rows.values() if row.is_enabled]
    for domain_id in enabled:
        if domain_id in problems:
            err.print(f"[yellow]{domain_id} is left out:[/] {escape(problems[domain_id])}", soft_wrap=True)
    return [domain_id for domain_id in enabled if domain_id not in problems]


def import_members_and_prices() -> bool:
    """Import the lists of members and the prices from their files; what is refused is told. True when nothing was."""
    from finops_assets.definitions import defs
    from finops_assets.defs.launch import Launcher  # Dagster takes seconds to import: only for those who run

    imported = Launcher.of(defs).import_referential()
    for step, why in imported.failures.items():
        err.print(f"[red]{step}[/] {escape(why)}", soft_wrap=True)
    return imported.success


def run_months(mart: Mart, domain_ids: Sequence[str], first: Period, last: Period) -> bool:
    """Run the domains over the months and refresh the marts; what did not land is told. True when all landed."""
    from finops_assets.definitions import defs
    from finops_assets.defs.launch import Launcher  # Dagster takes seconds to import: only for those who run

    launcher, started = Launcher.of(defs), time.monotonic()
    months = list(first.through(last))
    failures: dict[str, str] = {}
    with progress_of(mart, len(months) * len(domain_ids)) as runs:
        for start in range(0, len(months), MONTHS_A_RUN):
            part = months[start : start + MONTHS_A_RUN]
            runs.append(uuid4())
            failures |= launcher.publish_months(domain_ids, part[0], part[-1], runs[-1]).failures
    for slice_, why in failures.items():
        err.print(f"[red]{slice_}[/] {escape(why)}", soft_wrap=True)
    refreshed = launcher.refresh_marts()
    for step, why in refreshed.failures.items():
        err.print(f"[red]{step}[/] {escape(why)}", soft_wrap=True)
    done = f"{counted(len(months), 'month')} × {counted(len(domain_ids), 'domain')}"
    err.print(f"{done} in {time.monotonic() - started:.1f} s")
    return refreshed.success and not failures


def refresh_stale(mart: Mart) -> int:
    """Refresh the marts here and now; returns how many slices were priced again."""
    with mart.connect("finops_batch") as connection:
        return len(marts.refresh(connection).slices)
