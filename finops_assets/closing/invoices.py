"""Invoices, and what the mart makes of the same month: every amount of the difference is named, or is the variance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from finops_assets.audit import acting
from finops_assets.money import EXACT
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query


@dataclass(frozen=True)
class Invoice:
    """One revision of what a domain's invoice of a month came to; no amount withdraws it."""

    period_month: date
    domain_id: str
    pricing_view_id: str
    revision: int
    amount: Decimal | None
    currency: str
    reference: str
    recorded_by: str
    recorded_at: datetime


@dataclass(frozen=True)
class ReconciliationLine:
    """A domain's invoice and what the mart makes of the same month, exactly.

    invoice = allocated + unassigned + unallocated + adjusted + quarantined + variance. Quarantined is what undecided
    lines would cost at the prices in force; ``unvalued_count`` of them have none. Unpriced lines have no amount.
    """

    pricing_view_id: str
    currency: str
    domain_id: str | None
    invoice: Decimal | None
    reference: str | None
    allocated: Decimal
    unassigned: Decimal
    unallocated: Decimal
    adjusted: Decimal
    quarantined: Decimal
    variance: Decimal | None
    unpriced_count: int
    quarantined_count: int
    unvalued_count: int


def record(
    connection: Connection,
    period: Period,
    domain_id: str,
    pricing_view_id: str,
    *,
    amount: Decimal | None,
    currency: str,
    reference: str,
    person: str,
) -> Invoice:
    """Record an invoice's total, without an amount withdraw it; MartRefused in another currency than the view's."""
    told = {"month": period.first_day, "domain": domain_id, "view": pricing_view_id, "amount": amount}
    told |= {"currency": currency, "reference": reference, "person": person}
    with acting(connection, person, reference):
        row = connection.execute(query("invoices/record"), told).fetchone()
    assert row is not None
    return Invoice(**row)


def recorded(connection: Connection, period: Period | None = None) -> list[Invoice]:
    """Every revision of every invoice, of one month or of all."""
    key = {"month": period.first_day if period else None}
    return [Invoice(**row) for row in connection.execute(query("invoices/recorded"), key)]


def reconcile(connection: Connection, period: Period, pricing_view_id: str) -> list[ReconciliationLine]:
    """One line per domain that has a cost, an invoice, an adjustment or quarantined lines in the month."""
    key = {"month": period.first_day, "view": pricing_view_id}
    return [ReconciliationLine(**row) for row in connection.execute(query("invoices/reconcile"), key)]


def total(lines: Sequence[ReconciliationLine]) -> ReconciliationLine | None:
    """The lines of one view added up, of domains that have an invoice; None when none has."""
    invoiced = [line for line in lines if line.invoice is not None]
    if not invoiced:
        return None
    amounts = ("invoice", "allocated", "unassigned", "unallocated", "adjusted", "quarantined", "variance")
    counts = ("unpriced_count", "quarantined_count", "unvalued_count")
    summed: dict[str, Any] = {name: _sum([getattr(line, name) for line in invoiced]) for name in amounts}
    summed |= {name: sum(getattr(line, name) for line in invoiced) for name in counts}
    return replace(invoiced[0], domain_id=None, reference=None, **summed)


def _sum(amounts: Sequence[Decimal]) -> Decimal:
    whole = Decimal(0)
    for amount in amounts:
        whole = EXACT.add(whole, amount)
    return whole
