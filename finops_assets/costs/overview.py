"""Everything at a glance: domains month by month, the largest families and applications, what moved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from finops_assets.costs import NOTHING, Cost, Dimension, delta, together
from finops_assets.costs.groups import Group, Groups, Wanted, group
from finops_assets.costs.scopes import Scope, months_before
from finops_assets.costs.standing import Standing, standing_of
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query

TREND_MONTHS = 12
MOVERS = 8
ALL = 1_000_000


@dataclass(frozen=True)
class Monthly:
    """Costs by month and domain, from a month on; what is not there has no lines."""

    costs: dict[tuple[Period, str], Cost]
    trend: tuple[Period, ...]

    def of(self, months: Iterable[Period], domain_ids: Iterable[str]) -> Cost:
        """The sum of some domains in some months."""
        ids = list(domain_ids)
        return together(self.costs.get((month, one), NOTHING) for month in months for one in ids)

    def has(self, month: Period, domain_ids: Iterable[str]) -> bool:
        """Whether any of the domains has lines in a month."""
        return any((month, one) in self.costs for one in domain_ids)


@dataclass(frozen=True)
class Mover:
    """A domain or an application that moved."""

    kind: str
    id: str
    label: str
    cost: Cost
    previous: Cost

    @property
    def size(self) -> Decimal:
        """How much, whichever way."""
        moved = delta(self.cost, self.previous)
        return moved.copy_abs() if moved is not None else Decimal(0)


@dataclass(frozen=True)
class Overview:
    """What the dashboard shows."""

    standing: Standing
    monthly: Monthly
    families: Groups | None
    applications: Groups
    movers: tuple[Mover, ...]
    adjusted: Cost


def overview(connection: Connection, scope: Scope, *, families: int, applications: int) -> Overview:
    """The dashboard of a scope, with so many families and applications listed."""
    how, monthly = by_month_and_domain(connection, scope)
    dearest = Wanted(applications, compares=True, movers=MOVERS)
    people = group(connection, scope, (Dimension.APPLICATION,), dearest)
    return Overview(
        standing=how,
        monthly=monthly,
        families=of_families(connection, scope, how, families),
        applications=people,
        movers=_movers(scope, how, monthly, people.movers),
        adjusted=adjusted(connection, scope),
    )


def by_month_and_domain(connection: Connection, scope: Scope) -> tuple[Standing, Monthly]:
    """How everything stands, and costs by month and domain, as far back as trends and comparisons reach."""
    earliest = min(scope.earlier, months_before(scope.last, TREND_MONTHS - 1))
    monthly = scope.once(scope.alike("costs by month and domain"), lambda: _monthly(connection, scope, earliest))
    return standing_of(connection, scope, earliest), monthly


def _monthly(connection: Connection, scope: Scope, earliest: Period) -> Monthly:
    found = group(connection, replace(scope, first=earliest), (Dimension.MONTH, Dimension.DOMAIN), Wanted(ALL, True))
    costs = {(one.month, one.domain_id): one.cost for one in found.listed if one.month and one.domain_id}
    first = min(scope.first, months_before(scope.last, TREND_MONTHS - 1))
    return Monthly(costs, tuple(first.through(scope.last)))


def of_families(connection: Connection, scope: Scope, how: Standing, top: int) -> Groups | None:
    """The largest families of the DIRECT domains in the scope; None when there is no such domain."""
    asked = scope.filters.get("domains", ()) or tuple(how.domains)
    direct = tuple(one for one in asked if how.domains[one].domain_mode == "DIRECT")
    if not direct:
        return None
    narrowed = replace(scope, filters={**scope.filters, "domains": direct})
    return group(connection, narrowed, (Dimension.FAMILY,), Wanted(top, compares=True))


def adjusted(connection: Connection, scope: Scope) -> Cost:
    """Late data of closed months booked in the scope's months; part of none of its costs."""
    asked = {
        "view": scope.view.pricing_view_id,
        "first": scope.first.first_day,
        "last": scope.last.first_day,
        "domains": list(scope.filters.get("domains", ())) or None,
        "applications": list(scope.filters.get("applications", ())) or None,
    }
    row = connection.execute(query("costs/adjusted"), asked).fetchone()
    assert row is not None
    return Cost(**row)


def _movers(scope: Scope, how: Standing, monthly: Monthly, people: Sequence[Group]) -> tuple[Mover, ...]:
    movers = [
        Mover("domain", one, known.domain_label, monthly.of(scope.months, [one]), monthly.of(scope.before, [one]))
        for one, known in how.domains.items()
    ]
    movers += [
        Mover("application", one.application_id or "", one.application_label or "", one.cost, one.previous)
        for one in people
    ]
    moved = [one for one in movers if one.size]
    return tuple(sorted(moved, key=lambda one: (-one.size, one.kind, one.id))[:MOVERS])
