"""Sensors: a domain that was turned on, and whatever the slice ledger says is still to be done."""

from collections.abc import Mapping
from datetime import UTC, datetime

import dagster as dg
import psycopg

from finops_assets import catalog, closing, events
from finops_assets.catalog import DomainRow, known_domains
from finops_assets.defs import jobs
from finops_assets.defs.consumption import loaded, unloaded_domain_ids
from finops_assets.defs.reload import reload_definitions
from finops_assets.defs.requests import is_backfilling, run_request, slices_under_way
from finops_assets.defs.resources import MartResource
from finops_assets.errors import FinopsError, counted
from finops_assets.operations import activation, reconciliation
from finops_assets.operations.planning import MonthsRequest
from finops_assets.postgres.connection import Connection
from finops_assets.slices import current_period

SKIPPED_BY = (FinopsError, psycopg.Error)

Evaluation = dg.SensorResult | dg.SkipReason


@dg.sensor(
    name="activation",
    job=jobs.month,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Runs a domain from its first month on when dim_domain turns it on or gives it another method.",
)
def activation_sensor(context: dg.SensorEvaluationContext, mart: MartResource) -> Evaluation:
    """Request the months of the domains that were turned on, or given another method, since the last tick."""
    now = datetime.now(UTC)
    try:
        with mart.mart.connect("finops_batch") as connection:
            told = _register(connection, mart)
            # before the rows: what changes in between is counted at the next tick
            times = catalog.times_asked_for(connection)
            rows = catalog.domains(connection)
            first_month = closing.first_open(connection, mart.settings.first_month)
    except SKIPPED_BY as error:
        return _skipped(error)
    before, absent = activation.Seen.parse(context.cursor), unloaded_domain_ids(rows.values())
    drivers = {name: plugin.domain.depends_on for name, plugin in loaded().plugins.items() if name not in absent}
    current = current_period(mart.settings, now)
    requests, seen = activation.look(before, rows, drivers, times=times, first_month=first_month, current=current)
    is_due, seen = activation.reload(before, seen, absent, now)
    told += _computed_by_nothing(rows)
    told += [f"definitions changed: {reload_definitions(mart.settings.dagster_url)}"] if is_due else []
    return _result(context, requests, told, str(seen), quiet="no domain was turned on")


@dg.sensor(
    name="reconcile",
    job=jobs.month,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Runs every month of an enabled domain that is missing, failed or outdated.",
)
def reconcile_sensor(context: dg.SensorEvaluationContext, mart: MartResource) -> Evaluation:
    """Request what is due of the enabled domains, and no run is busy with."""
    if is_backfilling(context.instance):
        return dg.SkipReason("a backfill is under way: what it leaves is asked for after it")
    now, plugins = datetime.now(UTC), loaded().plugins
    # before the ledger: a run that ends in between has then written it
    under_way = slices_under_way(context.instance, plugins, now)
    try:
        with mart.mart.connect("finops_api") as connection:
            due = reconciliation.due_slices(connection, mart.settings, plugins, now)
    except SKIPPED_BY as error:
        return _skipped(error)
    today = now.astimezone(mart.settings.time_zone).date()
    requests, asked = reconciliation.ask(reconciliation.Asked.parse(context.cursor), due, under_way, today)
    return _result(context, requests, [], str(asked), quiet=_nothing_to_ask(due))


def _register(connection: Connection, mart: MartResource) -> list[str]:
    """Give every module without a row in ``dim_domain`` one, disabled; what was done, for people."""
    rows = catalog.domains(connection)
    modules = [plugin.domain for plugin in loaded().plugins.values() if not plugin.is_data_alone]
    new = [domain for domain in modules if domain.domain_id not in rows]
    if new:
        catalog.register_domains(connection, new, current_period(mart.settings, datetime.now(UTC)))
    return [f"{domain.domain_id} is registered, disabled" for domain in new]


def _computed_by_nothing(rows: Mapping[str, DomainRow]) -> list[str]:
    problems = known_domains.of_rows(rows.values()).problems
    return [f"{domain_id} cannot be computed: {why}" for domain_id, why in problems.items()]


def _result(
    context: dg.SensorEvaluationContext, requests: list[MonthsRequest], told: list[str], cursor: str, *, quiet: str
) -> dg.SensorResult:
    """What to run, or why nothing; what is told beside a request goes to the log of the tick."""
    for line in told if requests else []:
        context.log.warning(line)
    runs = [run_request(request) for request in requests]
    return dg.SensorResult(runs, skip_reason=None if runs else "; ".join(told) or quiet, cursor=cursor)


def _nothing_to_ask(due: list[reconciliation.DueSlice]) -> str:
    if not due:
        return "every slice is as it should be"
    first = due[0]
    return f"{counted(len(due), 'slice')} due and asked for, now or soon: {first.name}, {first.why}"


def _skipped(error: Exception) -> dg.SkipReason:
    return dg.SkipReason(events.without_secrets(f"the mart cannot be asked: {error}"))
