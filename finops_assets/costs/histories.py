"""One thing month by month, months without data included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from finops_assets.costs import NOTHING, Cost, Dimension, together
from finops_assets.costs.groups import Wanted, group
from finops_assets.costs.overview import ALL
from finops_assets.costs.scopes import Scope
from finops_assets.costs.standing import Standing, standing_of
from finops_assets.errors import NothingToExplain
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query


class Thing(StrEnum):
    """What has a history."""

    TOTAL = "total"
    DOMAIN = "domain"
    FAMILY = "family"
    PRODUCT = "product"
    APPLICATION = "application"


_FILTERS = {
    Thing.DOMAIN: "domains",
    Thing.FAMILY: "families",
    Thing.PRODUCT: "products",
    Thing.APPLICATION: "applications",
}


@dataclass(frozen=True)
class Month:
    """One month of a history; ``label`` is a product's of then, ``quantity`` a product's."""

    month: Period
    cost: Cost
    closed_at: datetime | None
    label: str | None
    quantity: Decimal | None


@dataclass(frozen=True)
class History:
    """A thing's months in order, and how they stand."""

    label: str | None
    months: tuple[Month, ...]
    total: Cost
    standing: Standing


def history(connection: Connection, scope: Scope, thing: Thing, id_: str | None, domain_id: str | None) -> History:
    """The months of a thing, of families and products in their domain; NothingToExplain when it is unknown."""
    key = {
        "id": id_,
        "domain": domain_id,
        "view": scope.view.pricing_view_id,
        "first": scope.first.first_day,
        "last": scope.last.first_day,
    }
    label = None if thing is Thing.TOTAL else _label(connection, thing, key)
    narrowed = replace(scope, filters=_filters(scope, thing, id_, domain_id))
    by = (Dimension.MONTH, Dimension.PRODUCT) if thing is Thing.PRODUCT else (Dimension.MONTH,)
    found = {one.month: one for one in group(connection, narrowed, by, Wanted(ALL, by_key=True)).listed}
    names = _names(connection, key) if thing is Thing.PRODUCT else {}
    closed = _closed(connection, key)
    months = []
    for month in scope.months:
        one = found.get(month)
        cost, quantity = (one.cost, one.quantity) if one else (NOTHING, None)
        months.append(Month(month, cost, closed.get(month), names.get(month), quantity))
    how = standing_of(connection, scope)
    return History(label, tuple(months), together(one.cost for one in months), how)


def _filters(scope: Scope, thing: Thing, id_: str | None, domain_id: str | None) -> Mapping[str, tuple[str, ...]]:
    filters = dict(scope.filters)
    if domain_id is not None:
        filters["domains"] = (domain_id,)
    if id_ is not None and thing in _FILTERS:
        filters[_FILTERS[thing]] = (id_,)
    return filters


def _label(connection: Connection, thing: Thing, key: Mapping[str, object]) -> str:
    row = connection.execute(query(f"costs/label_of_{thing}"), key).fetchone()
    if row is None:
        place = f" in domain {key['domain']!r}" if key["domain"] is not None else ""
        raise NothingToExplain(f"no {thing} {key['id']!r}{place}")
    return str(row["label"])


def _names(connection: Connection, key: Mapping[str, object]) -> dict[Period, str]:
    rows = connection.execute(query("costs/product_names"), key)
    return {Period.of(row["period_month"]): row["product_label"] for row in rows}


def _closed(connection: Connection, key: Mapping[str, object]) -> dict[Period, datetime]:
    rows = connection.execute(query("costs/closed_at"), key)
    return {Period.of(row["period_month"]): row["closed_at"] for row in rows}
