"""The marts: refreshed where they are stale, and what a month cost, read from them."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import reduce
from itertools import pairwise
from typing import Any
from uuid import UUID

from finops_assets.events import Event, emit
from finops_assets.money import EXACT
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query


class Grain(StrEnum):
    """What a report has one line for."""

    DOMAIN = "domain"
    APPLICATION = "application"
    FAMILY = "family"
    PRODUCT = "product"


class Labels(StrEnum):
    """Which family a product is in and what it is called: as it was when its month was computed, or as it is now."""

    THEN = "then"
    NOW = "now"


@dataclass(frozen=True)
class Refreshed:
    """Which (month, domain) were priced again, the version the marts have reached, and how long it took.

    ``slice_seconds`` has one entry per slice; ``seconds`` is all of it, the views on top included.
    """

    slices: tuple[tuple[date, str], ...]
    version: int
    slice_seconds: tuple[float, ...] = field(default=(), compare=False)
    seconds: float = field(default=0, compare=False)


@dataclass(frozen=True)
class CostLine:
    """One line of a report; ``cost`` is exact and NULL when nothing of it has a price."""

    key: str | None
    label: str | None
    domain_id: str | None
    cost: Decimal | None
    line_count: int
    unpriced_count: int


def refresh(
    connection: Connection, progress: Callable[[int, int], None] = lambda done, total: None, run_id: UUID | None = None
) -> Refreshed:
    """Price every stale slice again and refresh the views on top, in one transaction; nothing when none is stale."""
    started = time.monotonic()
    marks: list[float] = []
    with connection.transaction():
        stale = connection.execute(query("marts/stale_slices")).fetchall()
        for done, slice_ in enumerate(stale, start=1):
            marks.append(time.monotonic())
            key = {"month": slice_["period_month"], "domain": slice_["domain_id"]}
            connection.execute(query("marts/refresh_slice"), key)
            progress(done, len(stale))
        marks.append(time.monotonic())
        statement = query("marts/refresh_views") if stale else query("marts/version")
        row = connection.execute(statement).fetchone()
        assert row is not None
    seconds = time.monotonic() - started
    emit(Event.MARTS_REFRESHED, run_id=run_id, slices=len(stale), version=row["version"], seconds=seconds)
    each = tuple(after - before for before, after in pairwise(marks))
    return Refreshed(tuple((s["period_month"], s["domain_id"]) for s in stale), row["version"], each, seconds)


def stale_count(connection: Connection) -> int:
    """How many slices the marts do not show as they are now."""
    return len(connection.execute(query("marts/stale_slices")).fetchall())


def report(
    connection: Connection, period: Period, grain: Grain, pricing_view_id: str, *, labels: Labels = Labels.THEN
) -> list[CostLine]:
    """What a month cost in a pricing view, one line per domain, application, family or product, dearest first.

    Lines are by key, never by label. ``labels`` says which family and product label count; a family has no label
    but that of now.
    """
    key = {"month": period.first_day, "view": pricing_view_id}
    name = f"{grain}_{labels}" if grain in (Grain.FAMILY, Grain.PRODUCT) else grain.value
    return [CostLine(**row) for row in connection.execute(query(f"marts/cost_by_{name}"), key)]


def total(lines: list[CostLine]) -> CostLine:
    """The lines added up exactly; the cost is NULL when none has one, and partial while ``unpriced_count`` is not 0."""
    lines_counted = sum(line.line_count for line in lines)
    unpriced = sum(line.unpriced_count for line in lines)
    cost = add([line.cost for line in lines if line.cost is not None])
    return CostLine(None, "total", None, cost, lines_counted, unpriced)


def add(amounts: Sequence[Decimal]) -> Decimal | None:
    """The exact sum, or None of no amount: nothing priced is not zero."""
    return reduce(EXACT.add, amounts) if amounts else None


def by_month(connection: Connection, first: Period, last: Period, pricing_view_id: str) -> list[dict[str, Any]]:
    """One row per (month, domain) of the trend, months without data included: cost, unpriced_count, currency."""
    key = {"view": pricing_view_id, "first": first.first_day, "last": last.first_day}
    return connection.execute(query("marts/cost_by_month"), key).fetchall()
