"""What a domain should have before it goes live, and still after: a warning where it has not, never a wall."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from finops_assets import catalog
from finops_assets.errors import DomainError, counted
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query

MONTHS_SHOWN = 3


@dataclass(frozen=True)
class Item:
    """One line of the checklist: what it is about, whether it is met, and what was found or is to be done."""

    title: str
    is_met: bool
    told: str


def checklist(connection: Connection, domain_id: str) -> list[Item]:
    """The lines that the mart knows of; DomainError when ``dim_domain`` does not know the domain."""
    if domain_id not in catalog.domains(connection):
        raise DomainError(f"domain {domain_id} is unknown: `finops domain list` shows those there are")
    row = connection.execute(query("checklist/domain"), {"domain": domain_id}).fetchone()
    assert row is not None
    return list(_items(domain_id, row))


def _items(domain_id: str, row: Mapping[str, Any]) -> Iterator[Item]:
    published, stale = row["published_months"], row["stale_months"]
    by_hand = f"run a month by hand and look at it: `finops run MONTH --domain {domain_id}`"
    yield Item("acceptance run", published > 0, f"{counted(published, 'month')} published" if published else by_hand)
    problem = _pricing_problem(domain_id, row)
    yield Item("pricing view", problem is None, problem or f"it has prices in {row['pricing_view_id']}")
    if not published:
        yield Item("marts", False, "they have nothing to show yet: after the acceptance run")
    elif stale:
        yield Item("marts", False, f"{counted(stale, 'month')} not shown as published: `finops refresh`")
    else:
        yield Item("marts", True, "they show every month as it is")


def _pricing_problem(domain_id: str, row: Mapping[str, Any]) -> str | None:
    view, months = row["pricing_view_id"], [f"{month:%Y-%m}" for month in row["unpriced_months"]]
    if view is None:
        return "none is the default: `finops price import` a file of views with is_default=true"
    if not row["has_price"]:
        return f"{view} has no price of {domain_id}: `finops price import` one"
    if months:
        more = f" and {len(months) - MONTHS_SHOWN} more" if len(months) > MONTHS_SHOWN else ""
        return f"{view} lacks prices in {', '.join(months[:MONTHS_SHOWN])}{more}: `finops report MONTH --by product`"
    return None
