"""Late data of a closed month, booked in the first open month after it: no fact, a line of that month's statement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from finops_assets.audit import acting
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query


@dataclass(frozen=True)
class LateData:
    """What came late for a closed month: a quantity of a DIRECT product, or amounts by pricing view."""

    original: Period
    domain_id: str
    application_id: str
    product_id: str | None = None
    quantity: Decimal | None = None
    amounts: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Booked:
    """Where late data went."""

    adjustment_id: int
    period_month: date


@dataclass(frozen=True)
class AdjustmentLine:
    """An adjustment in one pricing view; it belongs to ``original_month`` and stands in ``period_month``."""

    adjustment_id: int
    period_month: date
    original_month: date
    domain_id: str
    application_id: str
    product_id: str | None
    quantity: Decimal | None
    pricing_view_id: str | None
    amount: Decimal | None
    currency: str | None
    person: str
    reason: str
    booked_at: datetime


@dataclass(frozen=True)
class Adjusted:
    """The adjustments booked in a month: how many, and what they come to in one view; None when none has an amount."""

    line_count: int
    amount: Decimal | None


def book(connection: Connection, late: LateData, person: str, reason: str) -> Booked:
    """Book late data; MartRefused when its month is open, or without an amount in the default pricing view.

    A quantity without amounts is priced at what was in force in its own month.
    """
    told = {
        "month": late.original.first_day,
        "domain": late.domain_id,
        "application": late.application_id,
        "product": late.product_id,
        "quantity": late.quantity,
        "views": list(late.amounts),
        "amounts": list(late.amounts.values()),
        "person": person,
        "reason": reason,
    }
    with acting(connection, person, reason):
        row = connection.execute(query("adjustments/book"), told).fetchone()
    assert row is not None
    return Booked(**row)


def booked(connection: Connection, period: Period | None = None) -> list[AdjustmentLine]:
    """One line per (adjustment, pricing view): all of them, or those booked in a month or belonging to it."""
    key = {"month": period.first_day if period else None}
    return [AdjustmentLine(**row) for row in connection.execute(query("adjustments/booked"), key)]


def total(connection: Connection, period: Period, pricing_view_id: str) -> Adjusted:
    """What the adjustments booked in a month come to in a pricing view."""
    key = {"month": period.first_day, "view": pricing_view_id}
    row = connection.execute(query("adjustments/total"), key).fetchone()
    assert row is not None
    return Adjusted(**row)
