"""Months as Dagster partitions, the current month included."""

from __future__ import annotations

import dagster as dg

from finops_assets.period import Period
from finops_assets.settings import Settings


def months_of(settings: Settings) -> dg.MonthlyPartitionsDefinition:
    """One partition per month from FINOPS_FIRST_MONTH to the current one, in the configured zone."""
    return dg.MonthlyPartitionsDefinition(
        start_date=str(settings.first_month),
        fmt="%Y-%m",
        timezone=settings.time_zone.key,
        end_offset=1,
    )


def periods_of(context: dg.AssetExecutionContext) -> list[Period]:
    """The months a run is asked for, oldest first."""
    return sorted(Period.parse(key) for key in context.partition_keys)
