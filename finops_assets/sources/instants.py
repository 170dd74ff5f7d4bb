"""Instants of usage, as whole microseconds since 1970 in UTC, and usage cut at a month's end."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from finops_assets.period import Period
from finops_assets.sources.values import Rule, Unfit

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_ISO = re.compile(r"[12]\d{3}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6}0*)?)?(Z|[-+]\d{2}:?\d{2})?)?", re.ASCII)


def instant_in(zone: ZoneInfo) -> Rule:
    """The rule of ISO 8601 times: those without an offset are on the clocks of the zone."""

    def instant(text: str) -> int:
        return _microseconds(_aware(text, zone))

    return instant


def utc_month(text: str) -> date:
    """The first day of the UTC month an ISO 8601 time lies in; without an offset it is UTC."""
    moment = _parsed(text)
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.date().replace(day=1)


def month_start(period: Period, zone: ZoneInfo) -> int:
    """The instant a month begins in a zone."""
    return _microseconds(period.starts_at(zone))


def cut(units: int, *, start: int, end: int, at: int) -> tuple[int, int]:
    """An integer quantity cut in proportion to time before and after an instant.

    The first part is rounded towards zero and the second is what remains, so they add up exactly.
    """
    sign = -1 if units < 0 else 1
    first = sign * (abs(units) * (at - start) // (end - start))
    return first, units - first


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _parsed(text: str) -> datetime:
    try:
        if not _ISO.fullmatch(text):
            raise ValueError(text)
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise Unfit("is not an ISO 8601 time", "write for instance 2025-03-31T14:00:00+02:00") from error


def _aware(text: str, zone: ZoneInfo) -> datetime:
    """The moment, its offset known; a clock time that a DST change skips or repeats is refused."""
    moment = _parsed(text)
    if moment.tzinfo is not None:
        return moment
    early, late = (moment.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    before, after = early.utcoffset(), late.utcoffset()
    if before != after:
        skipped = before is not None and after is not None and before < after
        happens = "does not exist" if skipped else "happens twice"
        raise Unfit(f"{happens} on the clocks of {zone}", "write its offset, for instance +02:00")
    return early.astimezone(UTC)
