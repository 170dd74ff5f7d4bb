"""Every error of the mart.

    FinopsError
    ├── SettingsError          a FINOPS_* value cannot be used
    ├── SourceError
    │   ├── SourceMissing      no file for this month yet
    │   └── SourceRefused      a file cannot be trusted: every fault is named
    ├── ContractBroken         a domain handed over lines the contract refuses
    ├── DriverRefused          a weight would be shared by a negative quantity
    ├── DomainError            a domain is unknown, doubled, or waits on itself
    ├── NotAvailable           a domain has no slice in a month before its first one
    ├── NothingToExplain       no such application, version or product in the month
    ├── MartRefused            the database refused: closed month, immutable price, …
    │   ├── Cited              what cites a member keeps it from being deleted
    │   ├── MonthBlocked       a month cannot be closed yet: everything that blocks it is named
    │   └── NotThere           no such pricing view, product, application, version, statement or line
    ├── ExportRefused          what was asked for cannot be one file, or does not add up
    └── ServerError            the embedded PostgreSQL cannot be started

The message of an error is written for the person who must act on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

FAULTS_SHOWN = 20


class FinopsError(Exception):
    """Base of all errors that a person can act on; the command line shows only their message."""


class SettingsError(FinopsError):
    """A FINOPS_* environment variable cannot be used as it is."""


class SourceError(FinopsError):
    """A source cannot give this month's lines."""


class SourceMissing(SourceError):
    """No file has been delivered for this month; nothing is published and nothing is emptied."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong in one place of a source: where, what, why, and what to do about it."""

    file: str
    reason: str
    remedy: str
    line: int | None = None
    column: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        place = self.file
        if self.line is not None:
            place += f", line {self.line}"
        if self.column is not None:
            place += f", column {self.column}"
        found = "" if self.value is None else f" {shorten(self.value)!r}:"
        return f"{place}:{found} {self.reason}; {self.remedy}"


class SourceRefused(SourceError):
    """A source file cannot be trusted. It is refused whole and nothing changes."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(listing("source refused", self.faults))


class ContractBroken(FinopsError):
    """A domain handed over lines that break the data contract; its slice is left as it was."""

    def __init__(self, domain_id: str, month: str, breaches: Sequence[str]) -> None:
        self.breaches = tuple(breaches)
        super().__init__(listing(f"{domain_id} {month} breaks the data contract", self.breaches))


class DriverRefused(FinopsError):
    """An application's driver is negative: its credits exceed its use, and no share can be made of it."""


class DomainError(FinopsError):
    """A domain is unknown, declared twice, or depends on itself."""


class NotAvailable(FinopsError):
    """The month is before the domain's ``available_from``: there is nothing to compute, and nothing is late."""


class NothingToExplain(FinopsError):
    """There is no such amount: the application, domain, version or product has nothing in the month."""


class MartRefused(FinopsError):
    """The mart's database refused the change, and nothing was written."""


class MonthBlocked(MartRefused):
    """A month cannot be closed yet; each blocker says what is wrong and what to do, and nothing was written."""

    def __init__(self, month: str, blockers: Sequence[object]) -> None:
        self.month, self.blockers = month, tuple(blockers)
        super().__init__(listing(f"{month} cannot be closed", self.blockers))


@dataclass(frozen=True)
class Citation:
    """So many facts, prices, adjustments … name a member, from the first of these months to the last."""

    kind: str
    row_count: int
    first_month: date | None
    last_month: date | None

    @property
    def months(self) -> tuple[str, ...]:
        """The first month and the last, once when they are one; nothing of what has no months."""
        if self.first_month is None or self.last_month is None:
            return ()
        return tuple(sorted({f"{self.first_month:%Y-%m}", f"{self.last_month:%Y-%m}"}))

    def __str__(self) -> str:
        told = counted(self.row_count, self.kind)
        return f"{told} ({' to '.join(self.months)})" if self.months else told


class Cited(MartRefused):
    """A member is never deleted while something cites it; each citation says what, and nothing was written."""

    def __init__(self, named: str, citations: Sequence[Citation]) -> None:
        self.citations = tuple(citations)
        cited = ", ".join(map(str, self.citations))
        super().__init__(f"{named} is never deleted: {cited} cite it; deactivate it instead")


class NotThere(MartRefused):
    """There is no such pricing view, product, application, version, statement or quarantined line."""


class ExportRefused(FinopsError):
    """An export cannot be one file, or does not add up to the marts; no file was written."""


class ServerError(FinopsError):
    """The embedded PostgreSQL server cannot be found or started."""


def listing(title: str, items: Sequence[object]) -> str:
    """Title, then one line per item, the first twenty of them, and how many more there are."""
    shown = [f"  - {item}" for item in items[:FAULTS_SHOWN]]
    if len(items) > FAULTS_SHOWN:
        shown.append(f"  … and {len(items) - FAULTS_SHOWN} more")
    return "\n".join([f"{title} ({len(items)}):", *shown])


def counted(number: int, thing: str) -> str:
    """A number of things in words that agree: ``1 line``, ``2 lines``."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def shorten(value: str, limit: int = 60) -> str:
    """The value as it can be shown in a message: whole, or its beginning."""
    return value if len(value) <= limit else value[:limit] + "…"
