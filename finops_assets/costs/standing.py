"""How months and domains stand: signed, computed, or something not there yet, and why.

Whatever tells how final an amount is takes it from here: every answer of the API, exports, ``finops explain``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from finops_assets.costs import Cost
from finops_assets.costs.scopes import Scope
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query

WITHOUT_DATA = frozenset({"EXPECTED", "MISSING", "FAILED", "NOT_AVAILABLE", "EMPTY_CONFIRMED"})
AWAITED = frozenset({"EXPECTED", "MISSING", "FAILED"})


class Status(StrEnum):
    """Whether an amount may still change: signed, computed but open, or something of it not there yet."""

    CLOSED = "closed"
    PROVISIONAL = "provisional"
    INCOMPLETE = "incomplete"


_WORST = (Status.INCOMPLETE, Status.PROVISIONAL, Status.CLOSED)


@dataclass(frozen=True)
class DomainRow:
    """A domain as it is now, and its place among all of them by id, from 0."""

    domain_id: str
    domain_label: str
    domain_mode: str
    indirect_method_key: str | None
    indirect_label: str | None
    is_enabled: bool
    available_from: date
    place: int


@dataclass(frozen=True)
class SliceRow:
    """What is known of a domain in a month; ``is_shown`` when the marts have a version of it, ``is_current`` the last.

    It is outdated when its driver was restated after it was computed.
    """

    month: Period
    domain_id: str
    state: str
    is_shown: bool
    is_current: bool
    is_outdated: bool
    reason: str | None
    quarantined_count: int
    changed_at: datetime | None


@dataclass(frozen=True)
class Standing:
    """The domains, and how each of them and each month stands in a range."""

    domains: dict[str, DomainRow]
    closed: frozenset[Period]
    slices: dict[tuple[Period, str], SliceRow]
    current: Period
    _known: dict[tuple[Period, str | None], Status | None] = field(default_factory=dict, init=False, compare=False)

    def limited_to(self, domain_ids: Collection[str]) -> Standing:
        """The same of some domains only; of all when none is named."""
        if not domain_ids:
            return self
        domains = {one: known for one, known in self.domains.items() if one in domain_ids}
        slices = {key: known for key, known in self.slices.items() if key[1] in domain_ids}
        return replace(self, domains=domains, slices=slices)

    def of(self, months: Iterable[Period], domain_id: str | None = None, cost: Cost | None = None) -> Status:
        """How an amount of some months, of one domain or of all, stands: as the worst of its parts.

        Incomplete while a line of it has no price, a month is not over, or an enabled domain lacks data that it should
        have; else closed, or provisional. Months before any data change nothing, and alone they are incomplete.
        """
        if cost is not None and cost.unpriced_count > 0:
            return Status.INCOMPLETE
        found = {self._of_month(month, domain_id) for month in months}
        return worst(status for status in found if status is not None)

    def _of_month(self, month: Period, domain_id: str | None) -> Status | None:
        """How a month stands, in one domain or in all; looked at once, and not for each of many amounts."""
        key = month, domain_id
        if key not in self._known:
            ids = list(self.domains) if domain_id is None else [domain_id]
            self._known[key] = self._month(month) or self._worst_of(month, ids)
        return self._known[key]

    def _month(self, month: Period) -> Status | None:
        """What the month alone says; None when it is over and open."""
        if month in self.closed:
            return Status.CLOSED
        return Status.INCOMPLETE if month >= self.current else None

    def _worst_of(self, month: Period, ids: Iterable[str]) -> Status | None:
        """How domains stand in a month that is over and open; None before any of them begins."""
        known = [self.slices.get((month, one)) for one in ids]
        begun = [one for one in known if one is not None and one.state != "NOT_AVAILABLE"]
        return worst(Status.INCOMPLETE if self.lacks(one) else Status.PROVISIONAL for one in begun) if begun else None

    def lacks(self, known: SliceRow) -> bool:
        """Whether a domain should have data in a month and has none, or others."""
        domain = self.domains.get(known.domain_id)
        return domain is not None and domain.is_enabled and (known.state in AWAITED or known.is_outdated)

    def has_begun(self, months: Iterable[Period], domain_id: str | None = None) -> bool:
        """Whether a domain, or any, had begun in every one of the months: what began since cannot be compared."""
        return self._begun.get(domain_id, frozenset()) >= set(months)

    @cached_property
    def _begun(self) -> dict[str | None, set[Period]]:
        """The months since each domain begins; of None, since any of them does."""
        begun: dict[str | None, set[Period]] = {}
        for (month, domain_id), one in self.slices.items():
            if one.state != "NOT_AVAILABLE":
                begun.setdefault(domain_id, set()).add(month)
                begun.setdefault(None, set()).add(month)
        return begun

    def told(self, months: Iterable[Period]) -> list[SliceRow]:
        """What has no data, failed, is outdated, or what the marts do not show yet, by month and domain."""
        wanted = set(months)
        return [
            one
            for one in self.slices.values()
            if one.month in wanted and (one.state in WITHOUT_DATA or one.is_outdated or not one.is_current)
        ]


def worst(statuses: Iterable[Status]) -> Status:
    """The least final of them; incomplete when there is none."""
    found = set(statuses)
    return next((status for status in _WORST if status in found), Status.INCOMPLETE)


def unsigned(status: Status, *, stands: bool) -> Status:
    """The status of an amount of a draft, an older version or an undone closing, which nobody signed: never closed."""
    return Status.PROVISIONAL if status is Status.CLOSED and not stands else status


def stored(cost: Cost, *, stands: bool) -> Status:
    """How an amount stands that a closing stored: closed as long as the closing stands and all of it has a price."""
    return Status.INCOMPLETE if cost.unpriced_count > 0 else unsigned(Status.CLOSED, stands=stands)


def standing_of(connection: Connection, scope: Scope, earliest: Period | None = None) -> Standing:
    """How everything stands in the months of a scope, or from an earlier one on."""
    first = scope.first if earliest is None else min(earliest, scope.first)
    question = ("standing", first, scope.last, scope.current)
    found = scope.once(question, lambda: standing(connection, first, scope.last, scope.current))
    assert isinstance(found, Standing)
    return found


def standing(connection: Connection, earliest: Period, last: Period, current: Period) -> Standing:
    """How everything stands from a month to another; ``current`` is the month that the clock is in."""
    domains = {row["domain_id"]: DomainRow(**row) for row in connection.execute(query("costs/domains"))}
    asked = {"earliest": earliest.first_day, "last": last.first_day, "current": current.first_day}
    closed, slices = set(), {}
    for row in connection.execute(query("costs/standing"), asked):
        month = Period.of(row["period_month"])
        if row["is_closed"]:
            closed.add(month)
        if row["domain_id"] is not None:
            slices[month, row["domain_id"]] = SliceRow(
                month=month,
                domain_id=row["domain_id"],
                state=row["status"],
                is_shown=row["shown_version"] is not None,
                is_current=row["shown_version"] == row["version"],
                is_outdated=row["is_outdated"],
                reason=row["reason"],
                quarantined_count=row["quarantined_count"],
                changed_at=row["changed_at"],
            )
    return Standing(domains, frozenset(closed), slices, current)
