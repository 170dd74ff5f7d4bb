"""Costs grouped by any dimensions, exactly: the one engine of every page.

It reads the smallest source that has every dimension used, and cuts to the dearest in the database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from finops_assets.costs import NOTHING, Cost, Dimension, together
from finops_assets.costs.scopes import FILTERS, Scope
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query

_FILTERED = {
    "domains": Dimension.DOMAIN,
    "families": Dimension.FAMILY,
    "products": Dimension.PRODUCT,
    "applications": Dimension.APPLICATION,
    "owners": Dimension.OWNER,
}
_PEOPLE = frozenset({Dimension.APPLICATION, Dimension.OWNER})
_THINGS = frozenset({Dimension.FAMILY, Dimension.PRODUCT})


@dataclass(frozen=True)
class Wanted:
    """How many groups after how many, and beside them: the months before, what moved most, and the ranks of before."""

    top: int
    by_key: bool = False
    compares: bool = False
    movers: int = 0
    ranks: bool = False
    skip: int = 0


@dataclass(frozen=True)
class Group:
    """One group; a key is None where it is not grouped by it, or has none. ``quantity`` is of products."""

    month: Period | None
    domain_id: str | None
    family_id: str | None
    product_id: str | None
    application_id: str | None
    owner: str | None
    cost: Cost
    previous: Cost
    previous_rank: int | None
    quantity: Decimal | None
    metric: str | None
    domain_label: str | None
    indirect_label: str | None
    family_label: str | None
    product_label: str | None
    product_family_id: str | None
    product_family_label: str | None
    application_label: str | None
    application_owner: str | None


@dataclass(frozen=True)
class Groups:
    """The groups asked for and what is left: together they are the total.

    ``left_count`` is None where some of what is left may not be seen. ``has_more`` says whether groups come after.
    """

    total: Cost
    previous: Cost
    listed: tuple[Group, ...]
    movers: tuple[Group, ...]
    left: Cost
    left_count: int | None
    has_more: bool


def group(connection: Connection, scope: Scope, by: Collection[Dimension], wanted: Wanted) -> Groups:
    """The dearest groups of a scope, or the first by key; families and products are told apart by domain."""
    rows = connection.execute(query(f"costs/{_statement(scope, by, wanted)}"), _asked(scope, by, wanted)).fetchall()
    whole = next(row for row in rows if row["kind"] == "total")
    total, previous, count = _cost(whole), _previous(whole), whole["previous_rank"]
    hides = not scope.sees_all and not scope.by_person and bool(_PEOPLE & set(by))
    if hides:
        seen = group(connection, scope, (), Wanted(0, compares=wanted.compares))
        total, previous = seen.total, seen.previous
    listed = tuple(_groups(rows, "listed"))
    left = total.less(together(one.cost for one in listed))
    left_count = None if hides else count - len(listed)
    has_more = count > wanted.skip + len(listed)
    return Groups(total, previous, listed, tuple(_groups(rows, "mover")), left, left_count, has_more)


def _statement(scope: Scope, by: Collection[Dimension], wanted: Wanted) -> str:
    """What groups these; the dearest applications of one domain in one month are told without grouping."""
    one_each = set(by) == {Dimension.APPLICATION} and scope.first == scope.last
    one_domain = len(scope.filters.get("domains", ())) == 1 and not scope.filters.get("owners")
    dearest = not (wanted.by_key or wanted.movers or wanted.ranks)
    source = source_of(scope, by)
    return "dearest_of_month" if source == "application" and one_each and one_domain and dearest else f"by_{source}"


def source_of(scope: Scope, by: Collection[Dimension]) -> str:
    """The smallest source with every dimension used: domain, family, product, total, application, or fact."""
    used = {*by, *(_FILTERED[name] for name in FILTERS if scope.filters.get(name))}
    people, things = used & _PEOPLE, used & _THINGS
    if people:
        return "fact" if things else "application" if Dimension.DOMAIN in used else "total"
    if Dimension.PRODUCT in things or (things and scope.now):
        return "product"
    return "family" if things else "domain"


def _asked(scope: Scope, by: Collection[Dimension], wanted: Wanted) -> dict[str, Any]:
    filters = {name: list(scope.filters.get(name, ())) or None for name in FILTERS}
    grouped = {f"by_{one}": one in by for one in Dimension}
    grouped["by_domain"] |= bool(_THINGS & set(by))
    return {
        **filters,
        **grouped,
        "view": scope.view.pricing_view_id,
        "earliest": (scope.earlier if wanted.compares else scope.first).first_day,
        "first": scope.first.first_day,
        "last": scope.last.first_day,
        "now": scope.now,
        "top": wanted.top,
        "skip": wanted.skip,
        "by_key": wanted.by_key,
        "movers": wanted.movers,
        "ranks": wanted.ranks,
    }


def _groups(rows: list[dict[str, Any]], kind: str) -> Iterator[Group]:
    for row in rows:
        if row["kind"] == kind:
            yield Group(
                month=Period.of(row["period_month"]) if row["period_month"] else None,
                cost=_cost(row),
                previous=_previous(row),
                **{name: row[name] for name in _AS_THEY_ARE},
            )


def _cost(row: dict[str, Any]) -> Cost:
    return Cost(row["cost"], row["line_count"], row["unpriced_count"]) if row["line_count"] else NOTHING


def _previous(row: dict[str, Any]) -> Cost:
    lines = row["previous_line_count"]
    return Cost(row["previous_cost"], lines, row["previous_unpriced_count"]) if lines else NOTHING


_AS_THEY_ARE = tuple(name for name in Group.__dataclass_fields__ if name not in ("month", "cost", "previous"))
