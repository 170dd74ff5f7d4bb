"""How months and domains stand: signed, computed, or something not there yet, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

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

    def of_month(self, month: Period) -> Status:
        """Closed; incomplete while an enabled domain has no data that it should have; else provisional."""
        if month in self.closed:
            return Status.CLOSED
        if month >= self.current:
            return Status.INCOMPLETE
        return worst(self.of_slice(month, domain_id) for domain_id in self.domains)

    def of_slice(self, month: Period, domain_id: str) -> Status:
        """How one domain stands in one month."""
        if month in self.closed:
            return Status.CLOSED
        known = self.slices.get((month, domain_id))
        awaited = known is not None and (known.state in AWAITED or known.is_outdated or month >= self.current)
        domain = self.domains.get(domain_id)
        return Status.INCOMPLETE if awaited and domain and domain.is_enabled else Status.PROVISIONAL

    def of(self, months: Iterable[Period], domain_id: str | None = None, cost: Cost | None = None) -> Status:
        """The worst of the months, of one domain or of all; what is partly without a price is incomplete."""
        if cost is not None and cost.unpriced_count > 0:
            return Status.INCOMPLETE
        return worst(self.of_slice(month, domain_id) if domain_id else self.of_month(month) for month in months)

    def has_begun(self, months: Iterable[Period], domain_id: str | None = None) -> bool:
        """Whether a domain, or any, had begun in every one of the months: what began since cannot be compared."""
        begun = {
            month
            for (month, of), one in self.slices.items()
            if one.state != "NOT_AVAILABLE" and domain_id in (None, of)
        }
        return begun.issuperset(months)

    def told(self, months: Iterable[Period]) -> list[SliceRow]:
        """What has no data, failed, is outdated, or what the marts do not show yet, by month and domain."""
        wanted = set(months)
        return [
            one
            for one in self.slices.values()
            if one.month in wanted and (one.state in WITHOUT_DATA or one.is_outdated or not one.is_current)
        ]


def worst(statuses: Iterable[Status]) -> Status:
    """The least final of them; provisional when there is none."""
    found = set(statuses)
    return next((status for status in _WORST if status in found), Status.PROVISIONAL)


def standing(connection: Connection, scope: Scope, earliest: Period) -> Standing:
    """How everything stands from a month to the last of the scope."""
    domains = {row["domain_id"]: DomainRow(**row) for row in connection.execute(query("costs/domains"))}
    asked = {"earliest": earliest.first_day, "last": scope.last.first_day, "current": scope.current.first_day}
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
    return Standing(domains, frozenset(closed), slices, scope.current)
