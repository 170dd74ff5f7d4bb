"""Whether somebody watches: Dagster's daemon ticks, and nobody has stopped a sensor or a schedule."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import dagster as dg
from dagster._core.scheduler.instigation import InstigatorStatus

from finops_assets.operations.checklist import Item

TITLE = "monitoring"
# the daemon writes every half minute
SILENT_AFTER = timedelta(minutes=2)
# what ticks sensors, and what ticks schedules
_WATCHED = ("SENSOR", "SCHEDULER")


def monitoring(instance: dg.DagsterInstance, now: datetime) -> Item:
    """The line of the activation checklist that Dagster knows of."""
    beats = instance.get_daemon_heartbeats()
    last = min((beats[kind].timestamp if kind in beats else 0 for kind in _WATCHED), default=0)
    heard = datetime.fromtimestamp(last, UTC)
    if now - heard > SILENT_AFTER:
        since = f"since {heard:%Y-%m-%d %H:%M} UTC" if last else "and never has"
        return Item(TITLE, False, f"Dagster's daemon does not tick {since}: `finops up`, or `dagster-daemon run`")
    stopped = sorted(s.name for s in instance.all_instigator_state() if s.status is InstigatorStatus.STOPPED)
    if stopped:
        return Item(TITLE, False, f"{', '.join(stopped)} was stopped: start it on the Automation page")
    return Item(TITLE, True, "Dagster's daemon ticks, and every sensor and schedule is on")
