"""Run a slice: gather, compute, check, publish, and remember the attempt whatever came of it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import pandas as pd
import psycopg

from finops_assets import catalog, contract, source_lines
from finops_assets.catalog import descriptions
from finops_assets.domain import UNALLOCATED, Domain
from finops_assets.domains import Plugin, in_order
from finops_assets.errors import DomainError, FinopsError, NotAvailable, ServerError, SourceMissing, SourceRefused
from finops_assets.events import Event, emit
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection, Mart
from finops_assets.postgres.queries import query
from finops_assets.postgres.transient import RETRIES, Retries, is_transient, reason_of, retried
from finops_assets.settings import Settings
from finops_assets.slices import facts, inputs

ROLE = "finops_batch"
PREVIEW_LINES = 5
PREVIEW_COLUMNS = ["application_id", "product_id", "quantity", "consumption_metric"]


@dataclass(frozen=True)
class SliceResult:
    """What a run did to one slice, for people, logs and Dagster's metadata."""

    domain_id: str
    period: Period
    published: facts.Published
    quarantined: int
    # an amount whose basis is zero: it stands with UNALLOCATED
    is_unallocated: bool
    seconds: float
    preview: list[dict[str, str]]


def run_slice(
    mart: Mart, settings: Settings, plugin: Plugin, period: Period, run_id: UUID, *, retries: Retries = RETRIES
) -> SliceResult:
    """Compute and publish one (month, domain); the ledger of attempts keeps how it ended.

    After a transient error of the database the whole attempt is made again, on a new connection and with the same
    run_id: what was committed is found. The error that stops it is recorded and raised again: SourceMissing,
    SourceRefused, ContractBroken, MartRefused, or whatever a domain's own code raises; the slice is then as it was
    before. NotAvailable, for a month before the domain's first one, is no attempt and leaves no record.
    """
    told: list[str] = []
    what, started = _named(plugin, period, run_id), time.monotonic()

    def again(error: Exception, wait: float) -> None:
        told.append(reason_of(error))
        emit(Event.SLICE_RETRIED, **what, attempt=len(told) + 1, wait_seconds=wait, reason=told[-1])

    try:
        return retried(lambda: _attempt(mart, settings, plugin, period, run_id, told), retries, again)
    except Exception as error:
        if is_transient(error):
            _give_up(mart, _key(plugin, period, run_id), error)
        _tell(error, what | {"seconds": time.monotonic() - started})
        raise


def _attempt(
    mart: Mart, settings: Settings, plugin: Plugin, period: Period, run_id: UUID, told: Sequence[str]
) -> SliceResult:
    key = _key(plugin, period, run_id)
    with mart.connect(ROLE) as connection:
        refuse_unavailable(connection, plugin.domain, period)
        after = f"try {len(told) + 1}, after: {told[-1]}" if told else None
        connection.execute(query("slices/begin"), key | {"reason": after})
        if not told:
            emit(Event.SLICE_STARTED, **_named(plugin, period, run_id))
        try:
            return _run(connection, settings, plugin, period, run_id)
        except Exception as error:
            if not is_transient(error):
                _end(connection, key, _outcome(error), reason=reason_of(error), refused=_refused(error))
            raise


def skip(mart: Mart, domain: Domain, period: Period, run_id: UUID, failed: Sequence[str]) -> str:
    """Why a slice is not tried: the failed domains that it is spread by. Recorded as its attempt, MISSING.

    What was published before still stands. NotAvailable before the domain's first month.
    """
    why = f"{', '.join(failed)} did not land, and {domain.domain_id} is spread by it"
    key = {"run": run_id, "month": period.first_day, "domain": domain.domain_id}
    with suppress(ServerError, psycopg.Error), mart.connect(ROLE) as connection, connection.transaction():
        refuse_unavailable(connection, domain, period)
        connection.execute(query("slices/begin"), key | {"reason": None})
        _end(connection, key, "MISSING", reason=f"skipped: {why}")
    emit(Event.SLICE_SKIPPED, run_id=run_id, month=period, domain=domain.domain_id, reason=why)
    return f"skipped: {why}"


def _give_up(mart: Mart, key: Mapping[str, object], error: Exception) -> None:
    """Record the failure if the database can be reached at all; it may be what is down."""
    with suppress(ServerError, psycopg.Error), mart.connect(ROLE) as connection:
        _end(connection, key, "FAILED", reason=reason_of(error))


def _tell(error: Exception, what: Mapping[str, object]) -> None:
    """One event for the error that stopped a slice; a month before the domain's first one is none."""
    if isinstance(error, NotAvailable):
        return
    refused = isinstance(error, FinopsError) and not isinstance(error, ServerError)
    event = Event.SLICE_REFUSED if refused else Event.SLICE_FAILED
    if isinstance(error, SourceMissing):
        event = Event.SLICE_MISSING
    emit(event, **what, refused_lines=_refused(error) or None, error=type(error).__name__, reason=reason_of(error))


def _tell_published(result: SliceResult, outcome: str, what: Mapping[str, object]) -> None:
    done = result.published
    measured = {"rows": done.row_count, "quantity": done.sum_quantity, "version": done.version}
    aside = {"quarantined": result.quarantined, "seconds": result.seconds}
    emit(Event.SLICE_PUBLISHED, **what, outcome=outcome, **measured, **aside)


def _named(plugin: Plugin, period: Period, run_id: UUID) -> dict[str, object]:
    return {"run_id": run_id, "month": period, "domain": plugin.domain.domain_id}


def _key(plugin: Plugin, period: Period, run_id: UUID) -> dict[str, object]:
    return {"run": run_id, "month": period.first_day, "domain": plugin.domain.domain_id}


def _run(connection: Connection, settings: Settings, plugin: Plugin, period: Period, run_id: UUID) -> SliceResult:
    started = time.monotonic()
    publication = compute(connection, settings, plugin, period, run_id)
    published = facts.publish_slice(connection, publication)
    key = _key(plugin, period, run_id)
    outcome = "UNCHANGED" if published.outcome is facts.Outcome.ALREADY else published.outcome.value
    quarantined = len(publication.settled.waiting)
    _end(connection, key, outcome, rows=published.row_count, quarantined=quarantined)
    result = SliceResult(
        domain_id=plugin.domain.domain_id,
        period=period,
        published=published,
        quarantined=quarantined,
        is_unallocated=UNALLOCATED in set(publication.lines["application_id"]),
        seconds=time.monotonic() - started,
        preview=_preview(publication.lines),
    )
    _tell_published(result, outcome, _named(plugin, period, run_id))
    return result


def compute(
    connection: Connection, settings: Settings, plugin: Plugin, period: Period, run_id: UUID
) -> facts.Publication:
    """Everything up to the contract: what a run would publish for one (month, domain). Writes nothing."""
    gathered = inputs.gather(connection, settings, plugin.domain, period)
    declared = plugin.lineage(period, gathered.frames) if plugin.lineage else None
    checked = contract.check(plugin.domain, period, plugin.compute(period, gathered.frames))
    return facts.Publication(
        domain=plugin.domain,
        period=period,
        run_id=run_id,
        lines=descriptions.as_described(connection, plugin.domain, period, checked),
        files=gathered.files,
        drivers=gathered.drivers,
        settled=gathered.settled,
        prices=plugin.prices(period, gathered.frames) if plugin.prices else None,
        components=plugin.components(period, gathered.frames) if plugin.components else None,
        lineage=source_lines.declared(declared)
        if declared is not None
        else source_lines.derived(plugin.domain.mode, gathered.frames),
    )


def _preview(lines: pd.DataFrame) -> list[dict[str, str]]:
    """The first lines as text, what they do not have left out."""
    first = contract.canonical(lines).slice(0, PREVIEW_LINES).select(PREVIEW_COLUMNS)
    return [{name: str(value) for name, value in row.items() if value is not None} for row in first.to_pylist()]


def refuse_unavailable(connection: Connection, domain: Domain, period: Period) -> None:
    """DomainError for a domain that is not registered, NotAvailable for a month before its first one."""
    known = catalog.domains(connection).get(domain.domain_id)
    if known is None:
        raise DomainError(f"domain {domain.domain_id} is not registered yet: materialize `referential` first")
    if period.first_day < known.available_from:
        raise NotAvailable(f"{domain.domain_id} is available from {known.available_from:%Y-%m}, not in {period}")


def _end(
    connection: Connection,
    key: Mapping[str, object],
    outcome: str,
    *,
    reason: str | None = None,
    rows: int | None = None,
    quarantined: int = 0,
    refused: int = 0,
) -> None:
    ended = {"outcome": outcome, "reason": reason, "rows": rows, "quarantined": quarantined, "refused": refused}
    connection.execute(query("slices/end"), dict(key) | ended)


def _outcome(error: Exception) -> str:
    return "MISSING" if isinstance(error, SourceMissing) else "FAILED"


def _refused(error: Exception) -> int:
    return len(error.faults) if isinstance(error, SourceRefused) else 0


def ordered(plugins: Mapping[str, Plugin], wanted: Iterable[str]) -> list[Plugin]:
    """The wanted domains' plugins, drivers before the domains spread by them."""
    chosen = set(wanted)
    everything: list[Domain] = [plugin.domain for plugin in plugins.values()]
    return [plugins[domain_id] for domain_id in in_order(everything) if domain_id in chosen]


def status(connection: Connection, first: Period, last: Period, current: Period) -> list[dict[str, Any]]:
    """One row per (month, listed domain): status, version, row_count, reason, quarantined_count."""
    key = {"first": first.first_day, "last": last.first_day, "current_month": current.first_day}
    return connection.execute(query("slices/status"), key).fetchall()


def any_published(connection: Connection) -> bool:
    """Whether the mart holds any slice at all."""
    return connection.execute(query("slices/any_published")).fetchone() is not None


def current_period(settings: Settings, now: datetime) -> Period:
    """The month of an instant on the configured clock."""
    return Period.containing(now, settings.time_zone)


def ended_since(connection: Connection, run_ids: list[UUID]) -> list[tuple[date, str, str, int | None]]:
    """The slices these runs have ended, oldest first: month, domain, outcome, rows."""
    rows = connection.execute(query("slices/ended_since"), {"runs": run_ids})
    return [(row["period_month"], row["domain_id"], row["outcome"], row["row_count"]) for row in rows]
