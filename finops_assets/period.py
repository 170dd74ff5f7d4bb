"""The calendar month, the only period of the mart. Pure: the clock is read by the edges."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from finops_assets.errors import SettingsError

_LABEL = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, order=True)
class Period:
    """One calendar month, written ``YYYY-MM`` in files, commands and partition keys."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not (1970 <= self.year <= 9998 and 1 <= self.month <= 12):
            raise SettingsError(f"{self.year}-{self.month} is not a month: write YYYY-MM")

    @classmethod
    def parse(cls, label: str) -> Period:
        """The month a label names, ``2025-03`` and nothing looser."""
        match = _LABEL.fullmatch(label)
        if match is None:
            raise SettingsError(f"{label!r} is not a month: write YYYY-MM, for instance 2025-03")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> Period:
        """The month a calendar day lies in."""
        return cls(day.year, day.month)

    @classmethod
    def containing(cls, moment: datetime, zone: ZoneInfo) -> Period:
        """The month an instant lies in, on the clocks of a zone."""
        return cls.of(moment.astimezone(zone).date())

    @property
    def first_day(self) -> date:
        """The key of the month in the mart: ``period_month``."""
        return date(self.year, self.month, 1)

    @property
    def next(self) -> Period:
        """The month after."""
        return self.shift(1)

    @property
    def previous(self) -> Period:
        """The month before."""
        return self.shift(-1)

    def shift(self, months: int) -> Period:
        """The month so many months later (earlier when negative)."""
        index = self.year * 12 + self.month - 1 + months
        return Period(index // 12, index % 12 + 1)

    def through(self, last: Period) -> Iterator[Period]:
        """Every month from this one to the last, both included; none when last is earlier."""
        count = (last.year - self.year) * 12 + last.month - self.month + 1
        yield from (self.shift(months) for months in range(count))

    def starts_at(self, zone: ZoneInfo) -> datetime:
        """The instant the month begins in a zone, in UTC, so that hours are real hours."""
        return datetime(self.year, self.month, 1, tzinfo=zone).astimezone(UTC)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"
