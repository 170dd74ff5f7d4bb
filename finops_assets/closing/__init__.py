"""Close a month and reopen it: what blocks it, the statement that is stored, who did it and why.

The database decides (sql/repeatable/60_closing.sql): it holds the month still, looks at everything that would block it,
stores prices, rounded statement and hashes, and refuses every later write. Months close in order, and only the last
closed one is reopened.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import psycopg

from finops_assets.audit import acting
from finops_assets.closing.statements import WHOLE, Part
from finops_assets.errors import MonthBlocked, NotThere, counted
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query
from finops_assets.settings import Settings

BLOCKED = "UF010"

# what blocks, told with {domain}, {subject} and {lines} or {decided} lines, and what to do about it with {month} too
_TOLD = {
    "UNKNOWN_MONTH": ("nothing was ever published in it", "finops run {month}"),
    "CLOSED": ("it is closed already", "finops statement {month}"),
    "NOT_OVER": ("it is not over: the current month is {subject}", "wait for its end"),
    "EARLIER_MONTH": ("{subject} before it is open", "close {subject} first: finops close {subject}"),
    "SLICE": ("{domain} is {subject}", "deliver its source and run it: finops run {month} --domain {domain}"),
    "DRIVER": (
        "{domain} was spread by what {subject} no longer is",
        "finops run {month} --domain {domain}",
    ),
    "QUARANTINE": (
        "{domain} has {lines} of {subject} in quarantine that nobody has decided",
        "finops quarantine list, then fix, accept or reject; or correct the source and run it again",
    ),
    "QUARANTINE_DECIDED": (
        "{domain} has {decided} of {subject} waiting for a run",
        "finops run {month} --domain {domain}",
    ),
    "NO_DEFAULT_VIEW": ("no pricing view is the default one", "finops price import a file of views"),
    "UNPRICED": (
        "{domain} has {lines} of {subject} without a price in the default pricing view",
        "finops price import a price that takes effect in or before {month}",
    ),
    "UNPRICED_ADJUSTMENT": (
        "adjustment {subject} of {domain} has no amount in the default pricing view",
        "finops adjust add an opposite one in the views it has, then one with an amount in every view",
    ),
    "STALE_MARTS": ("the marts do not show {domain} as it is now", "finops refresh"),
    "INVOICE": (
        "the invoice of {domain} differs by {subject}, more than is tolerated",
        "finops reconcile {month}, then correct the invoice or the source",
    ),
}


@dataclass(frozen=True)
class Blocker:
    """One thing that keeps a month from being closed; ``blocker`` names its kind."""

    period: Period
    blocker: str
    domain_id: str | None
    subject: str | None
    line_count: int | None

    @property
    def told(self) -> str:
        """What is wrong, in words."""
        return self._filled(_TOLD[self.blocker][0])

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return self._filled(_TOLD[self.blocker][1])

    def __str__(self) -> str:
        return f"{self.told}; {self.remedy}"

    def _filled(self, text: str) -> str:
        values = {"domain": self.domain_id, "subject": self.subject, "month": self.period}
        if self.line_count is not None:
            values |= {"lines": counted(self.line_count, "line"), "decided": counted(self.line_count, "decided line")}
        return text.format_map({name: "" if value is None else value for name, value in values.items()})


@dataclass(frozen=True)
class PeriodAct:
    """One closing or reopening of a month; the hashes are of what the closing stands on."""

    close_number: int
    act: str
    person: str
    reason: str | None
    acted_at: datetime
    facts_sha256: bytes
    prices_sha256: bytes
    statement_sha256: bytes
    entry_sha256: bytes


@dataclass(frozen=True)
class StatementLine:
    """What one application owes in one domain: exact, and rounded to the minor unit of the currency.

    ``original_month`` is an earlier one for adjustments booked in this month. Costs are None when nothing is priced.
    """

    domain_id: str
    application_id: str
    application_label: str | None
    original_month: date
    cost: Decimal | None
    rounded_cost: Decimal | None
    currency: str
    line_count: int
    unpriced_count: int


@dataclass(frozen=True)
class StatementTotal:
    """What a closed month came to in one pricing view, rounded to its currency's minor unit."""

    pricing_view_id: str
    currency: str
    rounded_cost: Decimal | None
    unpriced_count: int


def blockers(connection: Connection, settings: Settings, period: Period, current: Period) -> list[Blocker]:
    """Everything that keeps the month from being closed now; nothing when it can be."""
    found = connection.execute(query("closing/blockers"), _asked(settings, period, current))
    return _in_order(period, found)


def require_closable(connection: Connection, settings: Settings, period: Period, current: Period) -> None:
    """Nothing when the month can be closed now; MonthBlocked names everything that keeps it from being closed."""
    if found := blockers(connection, settings, period, current):
        raise MonthBlocked(str(period), found)


def close(
    connection: Connection, settings: Settings, period: Period, current: Period, person: str, reason: str | None = None
) -> PeriodAct:
    """Close a month in one transaction; MonthBlocked names everything that keeps it from being closed."""
    asked = _asked(settings, period, current) | {"person": person, "reason": reason}
    try:
        with acting(connection, person, reason):
            row = connection.execute(query("closing/close"), asked).fetchone()
    except psycopg.DatabaseError as error:
        if error.sqlstate != BLOCKED or error.diag.message_detail is None:
            raise
        raise MonthBlocked(str(period), _in_order(period, json.loads(error.diag.message_detail))) from error
    return _act(row)


def reopen(connection: Connection, period: Period, person: str, reason: str) -> PeriodAct:
    """Open the last closed month again; MartRefused when it is not that, or without a person and a reason."""
    asked = {"month": period.first_day, "person": person, "reason": reason}
    with acting(connection, person, reason):
        return _act(connection.execute(query("closing/reopen"), asked).fetchone())


def acts(connection: Connection, period: Period) -> list[PeriodAct]:
    """What was done to a month, in order; nothing when it was never closed."""
    return [_act(row) for row in connection.execute(query("closing/acts"), {"month": period.first_day})]


def first_open(connection: Connection, first: Period) -> Period:
    """The first month from ``first`` on that is not closed: months close in order."""
    row = connection.execute(query("closing/first_open")).fetchone()
    assert row is not None
    return max(first, Period.of(row["month"])) if row["month"] else first


def closed_months(connection: Connection, first: Period, last: Period) -> set[Period]:
    """The closed months of a range, both ends included."""
    range_ = {"first": first.first_day, "last": last.first_day}
    return {Period.of(row["period_month"]) for row in connection.execute(query("closing/closed_months"), range_)}


def closing(connection: Connection, period: Period, number: int | None = None) -> PeriodAct:
    """The last closing of a month, or the numbered one; NotThere when there is none."""
    found = [done for done in acts(connection, period) if done.act == "CLOSE" and number in (None, done.close_number)]
    if not found:
        named = "was never closed" if number is None else f"has no closing {number}"
        raise NotThere(f"{period} {named}: there is no statement; `finops report {period}` shows what it costs now")
    return found[-1]


def statement(
    connection: Connection, period: Period, number: int, pricing_view_id: str, part: Part = WHOLE
) -> list[StatementLine]:
    """The stored lines of a closing in one pricing view, by domain, application and original month."""
    key = {"month": period.first_day, "number": number, "view": pricing_view_id}
    return [StatementLine(**row) for row in connection.execute(query("closing/statement"), key | part.row)]


def totals(connection: Connection, period: Period, number: int) -> list[StatementTotal]:
    """What a closing came to, one row per pricing view."""
    key = {"month": period.first_day, "number": number}
    return [StatementTotal(**row) for row in connection.execute(query("closing/statement_totals"), key)]


def _asked(settings: Settings, period: Period, current: Period) -> dict[str, Any]:
    tolerance, strict = settings.reconciliation_tolerance, settings.reconciliation_blocks_close
    return {
        "month": period.first_day,
        "current_month": current.first_day,
        "tolerated_amount": tolerance.amount if strict else None,
        "tolerated_share": tolerance.share,
    }


def _in_order(period: Period, rows: Iterable[Mapping[str, Any]]) -> list[Blocker]:
    kinds = list(_TOLD)
    found = [Blocker(period, **row) for row in rows]
    return sorted(found, key=lambda one: (kinds.index(one.blocker), one.domain_id or "", one.subject or ""))


def _act(row: Mapping[str, Any] | None) -> PeriodAct:
    assert row is not None
    return PeriodAct(**row)
