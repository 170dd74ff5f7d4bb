"""Which months and domains an unattended run is asked for. Pure: the clock and the database are their callers'."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from finops_assets.period import Period


@dataclass(frozen=True)
class MonthsRequest:
    """Domains to run over a range of months, drivers first, and the key by which that is asked for once."""

    domain_ids: tuple[str, ...]
    first: Period
    last: Period
    run_key: str


def months_of_a_night(day: date, previous_until_day: int) -> list[Period]:
    """The months a night runs: the one before as long as it is the custom, then the open one."""
    current = Period.of(day)
    return [current.previous, current] if day.day <= previous_until_day else [current]


def nightly(
    zone: ZoneInfo, previous_until_day: int, moment: datetime, enabled: Mapping[str, Period]
) -> list[MonthsRequest]:
    """One request per month of the night that begins at an instant; ``enabled`` gives each domain's first month."""
    day = moment.astimezone(zone).date()
    months = months_of_a_night(day, previous_until_day)
    return [request for month in months if (request := _of_one_month(month, day, enabled))]


def monthly(zone: ZoneInfo, moment: datetime, enabled: Mapping[str, Period]) -> list[MonthsRequest]:
    """The request for the month before the one an instant lies in."""
    day = moment.astimezone(zone).date()
    request = _of_one_month(Period.of(day).previous, day, enabled)
    return [request] if request else []


def _of_one_month(month: Period, day: date, enabled: Mapping[str, Period]) -> MonthsRequest | None:
    domain_ids = tuple(domain_id for domain_id, first in enabled.items() if first <= month)
    return MonthsRequest(domain_ids, month, month, f"{month}:{day}") if domain_ids else None
