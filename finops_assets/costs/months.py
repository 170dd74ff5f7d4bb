"""Months: which there are, what each came to, and its slices one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from finops_assets.costs import Cost
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query


@dataclass(frozen=True)
class MonthRow:
    """What a month came to in a view, and how often it was closed; the last closing while it stands."""

    month: Period
    cost: Cost
    closings: int
    closed_at: datetime | None
    closed_by: str | None


@dataclass(frozen=True)
class MonthSlice:
    """A domain in a month: what is known of it, and its cost in a view."""

    domain_id: str
    domain_label: str
    domain_mode: str
    is_enabled: bool
    state: str
    version: int | None
    shown_version: int | None
    run_id: UUID | None
    row_count: int | None
    reason: str | None
    quarantined_count: int
    changed_at: datetime | None
    cost: Cost


def known(connection: Connection, current: Period) -> tuple[Period, Period]:
    """The first and the last month of which anything is known or awaited."""
    row = connection.execute(query("costs/known_months"), {"current": current.first_day}).fetchone()
    assert row is not None
    return Period.of(row["first_month"]), Period.of(row["last_month"])


def months(connection: Connection, first: Period, last: Period, pricing_view_id: str) -> list[MonthRow]:
    """Every month of a range, the latest first."""
    asked = {"first": first.first_day, "last": last.first_day, "view": pricing_view_id}
    return [
        MonthRow(Period.of(row["period_month"]), _cost(row), row["closings"], row["closed_at"], row["closed_by"])
        for row in connection.execute(query("costs/months"), asked)
    ]


def slices(connection: Connection, month: Period, current: Period, pricing_view_id: str) -> list[MonthSlice]:
    """The domains of a month, by id."""
    asked = {"month": month.first_day, "current": current.first_day, "view": pricing_view_id}
    names = [name for name in MonthSlice.__dataclass_fields__ if name != "cost"]
    rows = connection.execute(query("costs/slices_of_month"), asked)
    return [MonthSlice(**{name: row[name] for name in names}, cost=_cost(row)) for row in rows]


def _cost(row: Mapping[str, Any]) -> Cost:
    return Cost(row["cost"], row["line_count"], row["unpriced_count"])
