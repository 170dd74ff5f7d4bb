"""Schedules: every night members and prices, then the open month; once a month the one before. Enabled domains only."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

import dagster as dg
import psycopg

from finops_assets import catalog, events
from finops_assets.defs import jobs
from finops_assets.defs.consumption import loaded
from finops_assets.defs.requests import run_request
from finops_assets.defs.resources import MartResource
from finops_assets.errors import FinopsError
from finops_assets.operations import planning
from finops_assets.operations.planning import MonthsRequest
from finops_assets.period import Period
from finops_assets.settings import Settings

Enabled = Mapping[str, Period]


Plan = Callable[[datetime, Enabled], list[MonthsRequest]]


def imports_schedule(settings: Settings) -> dg.ScheduleDefinition:
    """Members and prices each night, before the months; what says nothing new changes nothing."""
    return dg.ScheduleDefinition(
        name="imports",
        job=jobs.import_referential,
        cron_schedule=f"{settings.imports_at.minute} {settings.imports_at.hour} * * *",
        execution_timezone=settings.time_zone.key,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Members and prices from their files.",
    )


def nightly_schedule(settings: Settings) -> dg.ScheduleDefinition:
    """The open month each night, and the month before in its first days."""
    zone, until_day = settings.time_zone, settings.previous_month_until_day
    description = f"The open month, and until day {until_day} the month before, of every enabled domain."
    cron = f"{settings.nightly_at.minute} {settings.nightly_at.hour} * * *"
    return _schedule("nightly", cron, description, settings, partial(planning.nightly, zone, until_day))


def monthly_schedule(settings: Settings) -> dg.ScheduleDefinition:
    """The month before, once a month."""
    zone, at = settings.time_zone, settings.monthly_at
    cron = f"{at.time.minute} {at.time.hour} {at.day} * *"
    description = "The month before, of every enabled domain, whatever the nights have done."
    return _schedule("monthly", cron, description, settings, partial(planning.monthly, zone))


def _schedule(name: str, cron: str, description: str, settings: Settings, plan: Plan) -> dg.ScheduleDefinition:
    @dg.schedule(
        cron,
        name=name,
        job=jobs.month,
        execution_timezone=settings.time_zone.key,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description=description,
    )
    def evaluate(context: dg.ScheduleEvaluationContext, mart: MartResource) -> list[dg.RunRequest] | dg.SkipReason:
        try:
            enabled = _enabled(mart)
        except (FinopsError, psycopg.Error) as error:
            return dg.SkipReason(events.without_secrets(f"the mart cannot be asked: {error}"))
        requests = [one for one in plan(context.scheduled_execution_time, enabled) if one.first >= settings.first_month]
        return [run_request(one) for one in requests] or dg.SkipReason("no enabled domain has such a month")

    return evaluate


def _enabled(mart: MartResource) -> dict[str, Period]:
    """The first month of each enabled domain that has an asset, drivers before the domains spread by them."""
    with mart.mart.connect("finops_api") as connection:
        rows = catalog.domains(connection)
    known = [rows[domain_id] for domain_id in loaded().plugins if domain_id in rows]
    return {row.domain_id: Period.of(row.available_from) for row in known if row.is_enabled}
