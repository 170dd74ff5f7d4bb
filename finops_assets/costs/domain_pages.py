"""One domain: what it comes to, its families, products and applications, and how an INDIRECT amount is spread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from typing import Any

from finops_assets.costs import Cost, Dimension
from finops_assets.costs.groups import Groups, Wanted, group
from finops_assets.costs.overview import Monthly, by_month_and_domain, of_families
from finops_assets.costs.scopes import Scope
from finops_assets.costs.standing import DomainRow, Standing
from finops_assets.errors import NothingToExplain
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query


@dataclass(frozen=True)
class Borne:
    """What one application bears of an INDIRECT amount, and by which weight."""

    application_id: str
    application_label: str
    owner: str | None
    weight: Decimal
    driver_quantity: Decimal | None
    cost: Cost


@dataclass(frozen=True)
class Distribution:
    """How an INDIRECT amount of one month is spread; the others bear the rest."""

    month: Period
    cost: Cost
    method_key: str | None
    basis_quantity: Decimal | None
    metric: str | None
    borne: tuple[Borne, ...]


@dataclass(frozen=True)
class DomainCosts:
    """One domain in a scope; ``families`` and ``products`` are None when it is INDIRECT."""

    domain: DomainRow
    standing: Standing
    monthly: Monthly
    families: Groups | None
    products: Groups | None
    applications: Groups
    distributions: tuple[Distribution, ...]


def domain_costs(
    connection: Connection, scope: Scope, domain_id: str, *, families: int, products: int, applications: int
) -> DomainCosts:
    """A domain's costs, with so many families, products and applications listed; NothingToExplain when unknown."""
    only = replace(scope, filters={**scope.filters, "domains": (domain_id,)})
    # of every domain: other pages of the same months read the same
    how, monthly = by_month_and_domain(connection, scope)
    domain = how.domains.get(domain_id)
    if domain is None:
        raise NothingToExplain(f"no domain {domain_id!r}: there are {', '.join(how.domains) or 'none yet'}")
    direct = domain.domain_mode == "DIRECT"
    return DomainCosts(
        domain=domain,
        standing=how,
        monthly=monthly,
        families=of_families(connection, only, how, families),
        products=group(connection, only, (Dimension.PRODUCT,), Wanted(products, compares=True)) if direct else None,
        applications=group(connection, only, (Dimension.APPLICATION,), Wanted(applications, compares=True)),
        distributions=() if direct else distributions(connection, scope, domain_id, applications),
    )


def distributions(connection: Connection, scope: Scope, domain_id: str, top: int) -> tuple[Distribution, ...]:
    """How an INDIRECT domain's amounts are spread, the latest month first, so many applications of each listed."""
    asked = {
        "view": scope.view.pricing_view_id,
        "domain": domain_id,
        "first": scope.first.first_day,
        "last": scope.last.first_day,
        "applications": list(scope.filters.get("applications", ())) or None,
        "top": top,
    }
    rows = connection.execute(query("costs/distributions"), asked).fetchall()
    return tuple(_distribution(list(of_month)) for _, of_month in groupby(rows, lambda row: row["period_month"]))


def _distribution(rows: list[dict[str, Any]]) -> Distribution:
    first = rows[0]
    known = [row for row in rows if row["application_id"] is not None]
    return Distribution(
        month=Period.of(first["period_month"]),
        cost=Cost(first["amount"], first["line_count"], first["unpriced_count"]),
        method_key=next((row["method_key"] for row in known if row["method_key"]), None),
        basis_quantity=next((row["basis_quantity"] for row in known if row["method_key"]), None),
        metric=next((row["metric"] for row in known if row["metric"]), None),
        borne=tuple(_borne(known)),
    )


def _borne(rows: list[dict[str, Any]]) -> Iterator[Borne]:
    for row in rows:
        yield Borne(
            application_id=row["application_id"],
            application_label=row["application_label"],
            owner=row["owner"],
            weight=row["weight"],
            driver_quantity=row["driver_quantity"],
            cost=Cost(row["cost"], 1, row["borne_unpriced_count"]),
        )
