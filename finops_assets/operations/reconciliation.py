"""What the slice ledger says is still to be done, whatever ticks, files or runs were missed.

A slice of an enabled domain is due when it is missing or failed, when its last run never said how it ended, when
what it is spread by has a newer version, and when it was last run before its month was over. It is asked for
once, and again when its files or its drivers have changed, when the run came to nothing, or on another day.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from finops_assets.domains import Plugin
from finops_assets.operations.planning import MonthsRequest
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query
from finops_assets.settings import Settings

MONTHS_A_REQUEST = 12
TIMES_A_DAY = 3

Slice = tuple[Period, str]

_OF_A_MONTH = re.compile(r"(\d{4}-\d{2})(?!\d)", re.ASCII)


class Due(StrEnum):
    """Why a slice is run again."""

    UNENDED = "its last run never ended"
    FAILED = "its last run failed"
    MISSING = "nothing is published"
    OUTDATED = "what it is spread by has a newer version, or waits for one"
    EARLY = "it was last run before its month was over"


@dataclass(frozen=True)
class DueSlice:
    """A slice to run again: why, a fingerprint of what it is computed from, and the last run that tried."""

    period: Period
    domain_id: str
    why: Due
    fingerprint: str
    # None when it waits for a domain that has published nothing
    attempt: str | None

    @property
    def name(self) -> str:
        """How the slice is called in a cursor."""
        return f"{self.period} {self.domain_id}"


@dataclass(frozen=True)
class Ask:
    """That a slice was asked for: with which fingerprint, how often, and which run had tried before."""

    fingerprint: str
    times: int
    attempt: str | None


@dataclass(frozen=True)
class Asked:
    """What a look has left behind: what was due, and what has been asked for on that day."""

    day: str = ""
    due: Mapping[str, str] = field(default_factory=dict)
    asks: Mapping[str, Ask] = field(default_factory=dict)

    @classmethod
    def parse(cls, cursor: str | None) -> Asked:
        """What ``str`` wrote; nothing asked when it cannot be read."""
        try:
            held = json.loads(cursor or "")
            asks = {
                name: Ask(fingerprint, times, attempt) for name, (fingerprint, times, attempt) in held["asks"].items()
            }
            return cls(held["day"], dict(held["due"]), asks)
        except (ValueError, TypeError, KeyError, AttributeError):
            return cls()

    def __str__(self) -> str:
        asks = {name: (ask.fingerprint, ask.times, ask.attempt) for name, ask in self.asks.items()}
        return json.dumps({"day": self.day, "due": dict(self.due), "asks": asks}, sort_keys=True)


def due_slices(
    connection: Connection, settings: Settings, plugins: Mapping[str, Plugin], now: datetime
) -> list[DueSlice]:
    """Every slice of the plugins that is due at an instant, by month, in the order of the plugins."""
    current = Period.containing(now, settings.time_zone)
    key = {"first_month": settings.first_month.first_day, "current_month": current.first_day}
    rows = connection.execute(query("reconciliation/slices"), key).fetchall()
    known = {(Period.of(row["period_month"]), row["domain_id"]): row for row in rows}
    listed = {domain_id: _files(settings.sources / plugin.domain.folder) for domain_id, plugin in plugins.items()}
    found: dict[Slice, DueSlice] = {}
    for period in sorted({period for period, _ in known}):
        for domain_id, plugin in plugins.items():
            drivers = {d: known.get((period, d), {}).get("version") for d in plugin.domain.depends_on}
            late = {d for d, version in drivers.items() if version is None}
            row = known.get((period, domain_id))
            why = reason(row, settings, now) if row else None
            if row and why is None and drivers and all((period, d) in found for d in late):
                why = _waited_for_driver(row)
            if row and why:
                fingerprint = _digest([*_of_month(listed[domain_id], period), *drivers.items()])
                attempt = None if late else str(row["run_id"] or "")
                found[period, domain_id] = DueSlice(period, domain_id, why, fingerprint, attempt)
    return list(found.values())


def _waited_for_driver(row: Mapping[str, Any]) -> Due | None:
    """OUTDATED for a slice of the open month that came to nothing for want of a driver."""
    is_waiting = row["is_enabled"] and row["is_tried"] and row["status"] == "EXPECTED"
    return Due.OUTDATED if is_waiting else None


def reason(row: Mapping[str, Any], settings: Settings, now: datetime) -> Due | None:
    """Why a slice of the ledger is due at an instant; None when it is not, or must not be run."""
    period = Period.of(row["period_month"])
    if not row["is_enabled"] or row["is_closed"] or row["period_month"] < row["available_from"]:
        return None
    if row["is_unended"]:
        return Due.UNENDED
    if row["status"] in ("FAILED", "MISSING"):
        return Due[row["status"]]
    if row["is_outdated"]:
        return Due.OUTDATED
    # the night runs the month before until a day; after it nobody else would
    left_alone = period.next.first_day + timedelta(days=settings.previous_month_until_day)
    is_over = now.astimezone(settings.time_zone).date() >= left_alone
    if is_over and row["version"] is not None and row["changed_at"] < period.next.starts_at(settings.time_zone):
        return Due.EARLY
    return None


def ask(
    before: Asked, due: Iterable[DueSlice], under_way: Collection[Slice], day: date
) -> tuple[list[MonthsRequest], Asked]:
    """What to run of what is due, and what this look has seen.

    Nothing is asked for that a run is busy with, nor at first sight: a file may still be arriving, and another
    sensor may be about to ask.
    """
    asks = dict(before.asks) if before.day == str(day) else {}
    seen = {one.name: one for one in due if (one.period, one.domain_id) not in under_way}
    wanted = []
    for name, one in seen.items():
        if before.due.get(name) == one.fingerprint and _is_to_be_asked(one, asks.get(name)):
            asked = asks.get(name)
            times = asked.times + 1 if asked and asked.fingerprint == one.fingerprint else 1
            asks[name] = Ask(one.fingerprint, times, one.attempt)
            wanted.append((one, times))
    due_now = {name: one.fingerprint for name, one in seen.items()}
    return _requests(wanted, day), Asked(str(day), due_now, asks)


def _is_to_be_asked(one: DueSlice, previous: Ask | None) -> bool:
    if previous is None or previous.fingerprint != one.fingerprint:
        return True
    # a run that was killed has not tried the slice, or left it without an end
    came_to_nothing = one.attempt is not None and (one.why is Due.UNENDED or one.attempt == previous.attempt)
    return came_to_nothing and previous.times < TIMES_A_DAY


def _requests(wanted: Iterable[tuple[DueSlice, int]], day: date) -> list[MonthsRequest]:
    """Few requests: consecutive months of the same domains as one, up to a year."""
    months: dict[Period, list[tuple[DueSlice, int]]] = {}
    for one, times in wanted:
        months.setdefault(one.period, []).append((one, times))
    ranges: list[list[tuple[DueSlice, int]]] = []
    for period, slices in months.items():
        last = ranges[-1] if ranges else []
        domains = [one.domain_id for one, _ in slices]
        follows = last and last[-1][0].period.next == period and domains == _domains(last)
        if follows and len(last) < MONTHS_A_REQUEST * len(domains):
            last.extend(slices)
        else:
            ranges.append(list(slices))
    return [_request(slices, day) for slices in ranges]


def _request(slices: list[tuple[DueSlice, int]], day: date) -> MonthsRequest:
    first, last = slices[0][0].period, slices[-1][0].period
    what = _digest([(one.name, one.fingerprint, times) for one, times in slices])
    return MonthsRequest(tuple(_domains(slices)), first, last, f"reconcile:{first}:{last}:{day}:{what}")


def _domains(slices: list[tuple[DueSlice, int]]) -> list[str]:
    return list(dict.fromkeys(one.domain_id for one, _ in slices))


def _files(folder: Path) -> list[tuple[str, int, int]]:
    """Name, size and time of each file of a folder; a folder that cannot be read holds nothing."""
    try:
        found = [(path.name, path.stat()) for path in sorted(folder.iterdir()) if path.is_file()]
    except OSError:
        return []
    return [(name, state.st_size, state.st_mtime_ns) for name, state in found]


def _of_month(files: Iterable[tuple[str, int, int]], period: Period) -> list[tuple[str, int, int]]:
    """The files a month may be computed from: its own, those of the month before, and those of no month."""
    months = {str(period), str(period.previous)}
    return [file for file in files if (of := _OF_A_MONTH.match(file[0])) is None or of[1] in months]


def _digest(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]
