"""Months asked for by a sensor or a schedule, as Dagster's run requests, and the slices a run is busy with."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta

import dagster as dg
from dagster._core.execution.backfill import BulkActionsFilter, BulkActionStatus
from dagster._core.storage.tags import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
    PARTITION_NAME_TAG,
)

from finops_assets.defs.consumption import FACT, domain_key
from finops_assets.errors import SettingsError
from finops_assets.operations.planning import MonthsRequest
from finops_assets.operations.reconciliation import Slice
from finops_assets.period import Period

# a run that has said nothing for so long is not busy any more, whatever its record says
FORGOTTEN_AFTER = timedelta(days=1)

_UNFINISHED = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


def run_request(request: MonthsRequest) -> dg.RunRequest:
    """One run over the request's months; the marts follow when it has ended."""
    keys = [*map(domain_key, request.domain_ids), FACT]
    if request.first == request.last:
        return dg.RunRequest(request.run_key, partition_key=str(request.first), asset_selection=keys)
    tags = {ASSET_PARTITION_RANGE_START_TAG: str(request.first), ASSET_PARTITION_RANGE_END_TAG: str(request.last)}
    return dg.RunRequest(request.run_key, tags=tags, asset_selection=keys)


def slices_under_way(instance: dg.DagsterInstance, domain_ids: Collection[str], now: datetime) -> set[Slice]:
    """The slices of the domains that an unfinished run is going to publish."""
    unfinished = dg.RunsFilter(statuses=_UNFINISHED, updated_after=now - FORGOTTEN_AFTER)
    return {slice_ for run in instance.get_runs(unfinished) for slice_ in _slices(run, domain_ids)}


def is_backfilling(instance: dg.DagsterInstance) -> bool:
    """Whether a backfill still has runs to launch."""
    return bool(instance.get_backfills(BulkActionsFilter(statuses=[BulkActionStatus.REQUESTED]), limit=1))


def _slices(run: dg.DagsterRun, domain_ids: Iterable[str]) -> Iterator[Slice]:
    months = list(_months(run))
    for domain_id in domain_ids:
        if run.asset_selection is None or domain_key(domain_id) in run.asset_selection:
            yield from ((month, domain_id) for month in months)


def _months(run: dg.DagsterRun) -> Iterator[Period]:
    first = run.tags.get(ASSET_PARTITION_RANGE_START_TAG) or run.tags.get(PARTITION_NAME_TAG)
    last = run.tags.get(ASSET_PARTITION_RANGE_END_TAG) or first
    if first and last:
        try:
            yield from Period.parse(first).through(Period.parse(last))
        except SettingsError:
            return  # a run of somebody else's partitions
