"""What a run would change, told before it is done: everything up to the contract, and nothing written.

A slice is computed and compared with what stands in one read-only snapshot of the mart; the database itself
refuses whatever would write in it. A domain spread by another one is computed from that one's published slice,
as it stands before the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
from psycopg import IsolationLevel

from finops_assets import catalog, pricing, slices
from finops_assets.contract import canonical, content_hash
from finops_assets.domain import UNALLOCATED
from finops_assets.domains import Plugin
from finops_assets.errors import (
    ContractBroken,
    DomainError,
    FinopsError,
    MartRefused,
    NotAvailable,
    ServerError,
    SourceMissing,
    SourceRefused,
)
from finops_assets.events import without_secrets
from finops_assets.period import Period
from finops_assets.postgres.bulk import copy_out
from finops_assets.postgres.connection import Connection, Mart
from finops_assets.postgres.queries import query
from finops_assets.settings import Settings
from finops_assets.slices import facts
from finops_assets.slices.changes import COMPARED, Change, Move, Verdict, by_product, counted, differences


def rehearse(
    mart: Mart, settings: Settings, plugins: Sequence[Plugin], periods: Sequence[Period], current: Period
) -> Iterator[Change]:
    """What a run of the domains, drivers first, over the months would change, slice by slice in the run's order."""
    for period in periods:
        found: dict[str, Change] = {}
        for plugin in plugins:
            drivers = [found[driver] for driver in plugin.domain.depends_on if driver in found]
            try:
                change = _rehearse_slice(mart, settings, plugin, period, drivers)
            except (psycopg.Error, ServerError):
                raise
            except Exception as error:  # whatever stops this slice is what a dry run is to tell
                change = _stopped(plugin.domain.domain_id, period, error, drivers, is_over=period < current)
            found[change.domain_id] = change
            yield change


def preview(connection: Connection, publication: facts.Publication) -> Change:
    """What publishing would do to the slice; a closed month, an early one and the like are told, not raised.

    Costs are those of the prices in force in the month. A bill's own prices, in the views that take them, count in
    what would stand. The caller's transaction is the snapshot that both sides are read in.
    """
    key = {"month": publication.period.first_day, "domain": publication.domain.domain_id}
    standing = connection.execute(query("dry_run/standing"), key).fetchone()
    if standing is None:
        raise DomainError(f"domain {publication.domain.domain_id} is not registered yet")
    offered = canonical(publication.lines)
    bill, bill_refused = _bill(connection, publication)
    verdict = _verdict(standing, offered)
    refusals = _refusals(connection, publication, standing, None if verdict is Verdict.UNCHANGED else offered)
    reason = next(refusals, bill_refused)
    change = _compared(connection, publication, offered, bill)
    return replace(change, verdict=Verdict.REFUSED if reason else verdict, reason=reason, version=standing["version"])


def _compared(
    connection: Connection, publication: facts.Publication, offered: pa.Table, bill: dict[str, list[Any]]
) -> Change:
    """Lines and costs on both sides, before anything is said of how publishing would end."""
    key: dict[str, object] = {"month": publication.period.first_day, "domain": publication.domain.domain_id}
    stored = copy_out(connection, query("dry_run/lines"), key, COMPARED)
    costs = connection.execute(query("dry_run/costs"), key | bill | by_product(offered))
    lines = differences(stored, offered)
    return Change(
        publication.domain.domain_id,
        publication.period,
        Verdict.UNKNOWN,
        lines_before=len(stored),
        lines_after=len(offered),
        lines=lines,
        added=counted(lines, "added"),
        removed=counted(lines, "removed"),
        changed=counted(lines, "changed"),
        moves=tuple(Move(**row) for row in costs),
        quarantined=len(publication.settled.waiting),
        is_unallocated=UNALLOCATED in set(publication.lines["application_id"]),
    )


def _rehearse_slice(
    mart: Mart, settings: Settings, plugin: Plugin, period: Period, drivers: Sequence[Change]
) -> Change:
    domain_id = plugin.domain.domain_id
    if failing := [driver.domain_id for driver in drivers if driver.would_fail]:
        why = f"skipped: {', '.join(failing)} would not land, and {domain_id} is spread by it"
        return Change(domain_id, period, Verdict.REFUSED, why)
    with mart.connect(slices.ROLE) as connection:
        connection.isolation_level, connection.read_only = IsolationLevel.REPEATABLE_READ, True
        with connection.transaction():
            slices.refuse_unavailable(connection, plugin.domain, period)
            change = preview(connection, slices.compute(connection, settings, plugin, period, uuid4()))
    replaced = [driver.domain_id for driver in drivers if driver.verdict in (Verdict.LOADED, Verdict.EMPTY)]
    if replaced and change.reason is None:
        why = f"computed from what stands of {', '.join(replaced)}, which the run would replace first"
        return replace(change, reason=why)
    return change


def _stopped(domain_id: str, period: Period, error: Exception, drivers: Sequence[Change], *, is_over: bool) -> Change:
    change = Change(domain_id, period, Verdict.REFUSED, without_secrets(str(error)))
    match error:
        case NotAvailable():
            return replace(change, verdict=Verdict.NOT_AVAILABLE)
        case SourceMissing():
            landing = (Verdict.LOADED, Verdict.EMPTY, Verdict.UNKNOWN)
            if any(driver.version is None and driver.verdict in landing for driver in drivers):
                return replace(change, verdict=Verdict.UNKNOWN)
            return replace(change, verdict=Verdict.MISSING if is_over else Verdict.EXPECTED)
        case SourceRefused():
            return replace(change, refused=len(error.faults))
        case FinopsError():
            return change
    return replace(change, reason=f"{type(error).__name__}: {change.reason}")


def _verdict(standing: dict[str, Any], offered: pa.Table) -> Verdict:
    if standing["content_sha256"] == content_hash(offered):
        return Verdict.UNCHANGED
    return Verdict.LOADED if len(offered) else Verdict.EMPTY


def _refusals(
    connection: Connection, publication: facts.Publication, standing: dict[str, Any], written: pa.Table | None
) -> Iterator[str]:
    """Why publishing would be refused, in its order and words; ``written`` are the lines, unless they stand already."""
    domain, period = publication.domain, publication.period
    if standing["month_status"] == "CLOSED":
        yield f"month {period} is closed"
    if standing["is_before_closed"]:
        yield f"month {period} is before a closed one: months are closed in order"
    if period.first_day < standing["available_from"]:
        yield f"domain {domain.domain_id} is available from {standing['available_from']:%Y-%m}, not in {period}"
    if written is not None:
        pairs = written.select(["product_id", "consumption_metric"]).filter(pc.is_valid(written["product_id"]))
        by_key = [(name, "ascending") for name in pairs.column_names]
        counted = pairs.group_by(pairs.column_names).aggregate([]).sort_by(by_key).to_pydict()
        try:
            catalog.refuse_other_metrics(connection, domain, str(period), *counted.values())
        except ContractBroken as broken:
            yield str(broken)


def _bill(connection: Connection, publication: facts.Publication) -> tuple[dict[str, list[Any]], str | None]:
    """What a bill's own prices say new, as the query of costs takes it, and why they would be refused."""
    domain, period, refused = publication.domain, publication.period, None
    columns = ("pricing_view_id", "product_id", "unit_price")
    bill: dict[str, list[Any]] = {"bill_views": [], "bill_products": [], "bill_prices": []}
    if publication.prices is not None:
        try:
            rows = pricing.provider_prices(connection, domain, period, publication.prices)
        except MartRefused as foreign:
            return bill, str(foreign)
        said = pricing.news(connection, rows, pricing.bill_name(domain, period))
        new = rows.iloc[list(said)]
        bill = dict(zip(bill, (new[name].tolist() for name in columns), strict=True))
        if any(said.values()):
            refused = "a price may not take effect in or before a closed month"
    return bill, refused
