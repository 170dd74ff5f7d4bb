"""Applications: the list that is searched, and one of them in full."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from finops_assets.costs import Cost, Dimension
from finops_assets.costs.groups import Groups, Wanted, group
from finops_assets.costs.overview import Monthly, adjusted, by_month_and_domain
from finops_assets.costs.scopes import Scope
from finops_assets.costs.standing import Standing
from finops_assets.errors import NothingToExplain
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query


@dataclass(frozen=True)
class ApplicationRow:
    """An application as it is now; ``state`` is active, inactive or unmapped."""

    application_id: str
    application_label: str
    owner: str | None
    state: str


@dataclass(frozen=True)
class Listed:
    """An application in the list."""

    application: ApplicationRow
    cost: Cost
    previous: Cost


@dataclass(frozen=True)
class Search:
    """A text in id, label or owner, the order, and where the page begins."""

    text: str | None
    by_key: bool
    limit: int
    after_id: str | None = None
    after_cost: Decimal | None = None


@dataclass(frozen=True)
class Found:
    """One page, and of all pages: how many match, and what they come to."""

    listed: tuple[Listed, ...]
    count: int
    total: Cost


@dataclass(frozen=True)
class ApplicationCosts:
    """One application in a scope; ``weights`` are those of INDIRECT domains, of one month."""

    application: ApplicationRow
    standing: Standing
    monthly: Monthly
    products: Groups | None
    weights: dict[str, Decimal]
    adjusted: Cost


def find_applications(connection: Connection, scope: Scope, search: Search) -> Found:
    """The applications that match, one more than the page holds when there are more."""
    asked = {
        "view": scope.view.pricing_view_id,
        "earliest": scope.earlier.first_day,
        "first": scope.first.first_day,
        "last": scope.last.first_day,
        "applications": list(scope.filters.get("applications", ())) or None,
        "search": search.text,
        "by_key": search.by_key,
        "after_id": search.after_id,
        "after_cost": search.after_cost,
        "limit": search.limit + 1,
    }
    rows = connection.execute(query("costs/applications"), asked).fetchall()
    whole = rows[0]
    total = Cost(whole["total_cost"], whole["total_line_count"], whole["total_unpriced_count"])
    return Found(tuple(_listed(rows)), whole["match_count"], total)


def application_costs(connection: Connection, scope: Scope, application_id: str, *, products: int) -> ApplicationCosts:
    """An application's costs; NothingToExplain when it is unknown, or the caller may not see it."""
    row = connection.execute(query("costs/application"), {"application": application_id}).fetchone()
    if row is None:
        raise NothingToExplain(f"no application {application_id!r}")
    only = replace(scope, filters={"applications": (application_id,)})
    how, monthly = by_month_and_domain(connection, only)
    direct = tuple(one for one, known in how.domains.items() if known.domain_mode == "DIRECT")
    bought = replace(only, filters={**only.filters, "domains": direct})
    found = group(connection, bought, (Dimension.PRODUCT,), Wanted(products, compares=True)) if direct else None
    weights = _weights(connection, scope, application_id) if scope.first == scope.last else {}
    return ApplicationCosts(ApplicationRow(**row), how, monthly, found, weights, adjusted(connection, only))


def _weights(connection: Connection, scope: Scope, application_id: str) -> dict[str, Decimal]:
    asked = {"month": scope.last.first_day, "application": application_id}
    return {row["domain_id"]: row["quantity"] for row in connection.execute(query("costs/weights"), asked)}


def _listed(rows: list[dict[str, Any]]) -> Iterator[Listed]:
    for row in rows:
        if row["application_id"] is not None:
            yield Listed(
                ApplicationRow(row["application_id"], row["application_label"], row["owner"], row["state"]),
                Cost(row["cost"], row["line_count"], row["unpriced_count"]),
                Cost(row["previous_cost"], row["previous_line_count"], row["previous_unpriced_count"]),
            )
