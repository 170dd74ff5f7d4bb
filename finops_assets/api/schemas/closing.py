"""Months: how they stand, what keeps one from being closed, and what a closed one came to."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BeforeValidator, Field

from finops_assets.api.schemas.amounts import Amount, DomainMode, PricingViewRef, SliceState, Status, Why
from finops_assets.api.schemas.asking import InQuery, Paged
from finops_assets.api.schemas.pages import Adjusted
from finops_assets.api.schemas.values import Asked, Dto, Exact, Month, Name, Reason

Sha256 = Annotated[str, BeforeValidator(lambda value: value.hex() if isinstance(value, bytes) else value)]


class MonthsAsked(InQuery):
    """Months, both included; by default all that anything is known of."""

    first: Month | None = Field(default=None, alias="from")
    last: Month | None = Field(default=None, alias="to")
    pricing_view: Name | None = Field(default=None, description="By default the default view.")


class MonthAsked(InQuery):
    """One month."""

    pricing_view: Name | None = Field(default=None, description="By default the default view.")


class MonthInList(Dto):
    """One month at a glance."""

    month: Month
    status: Status
    reasons: list[Why] = Field(description="Why it is not closed.")
    closings: int = Field(description="How often it was closed.")
    closed_at: datetime | None = Field(description="While it is closed.")
    closed_by: str | None
    states: dict[SliceState, int] = Field(description="How many domains stand how.")
    quarantined_count: int = Field(description="Lines that nobody has decided.")
    total: Amount


class MonthList(Dto):
    """Every month, the latest first."""

    pricing_view: PricingViewRef
    items: list[MonthInList]


class MonthSlice(Dto):
    """A domain in the month."""

    domain_id: str
    domain_label: str
    domain_mode: DomainMode
    is_enabled: bool
    state: SliceState
    version: int | None
    is_shown: bool = Field(description="Whether amounts are of this version; else they follow with the next refresh.")
    run_id: UUID | None
    row_count: int | None
    reason: str | None = Field(description="What the last attempt said, for those who see every application.")
    quarantined_count: int = Field(description="Lines that nobody has decided.")
    changed_at: datetime | None
    amount: Amount


class Blocker(Dto):
    """One thing that keeps a month from being closed."""

    kind: str = Field(description="For instance `SLICE`, `QUARANTINE`, `QUARANTINE_DECIDED`, `UNPRICED`, `NOT_OVER`.")
    domain_id: str | None
    subject: str | None
    line_count: int | None
    text: str
    remedy: str = Field(description="What to do about it.")


class PeriodAct(Dto):
    """One closing or reopening of a month."""

    close_number: int
    act: str = Field(description="`CLOSE` or `REOPEN`.")
    person: str
    reason: str | None
    acted_at: datetime
    facts_sha256: Sha256
    prices_sha256: Sha256
    statement_sha256: Sha256
    entry_sha256: Sha256


class StatementTotal(Dto):
    """What a closing came to in one pricing view, rounded to its currency's minor unit; an owner's: his part."""

    pricing_view_id: str
    currency: str
    rounded_cost: Exact | None
    unpriced_count: int


class Invoice(Dto):
    """One revision of what a domain's invoice of the month came to; no amount withdraws it."""

    domain_id: str
    pricing_view_id: str
    revision: int
    amount: Exact | None
    currency: str
    reference: str
    recorded_by: str
    recorded_at: datetime


class ReconciliationLine(Dto):
    """A domain's invoice, and what the mart makes of the month.

    invoice = allocated + unassigned + unallocated + adjusted + quarantined + variance.
    """

    domain_id: str | None = Field(description="Null in the total.")
    currency: str
    invoice: Exact | None
    reference: str | None
    allocated: Exact
    unassigned: Exact
    unallocated: Exact
    adjusted: Exact
    quarantined: Exact = Field(description="What lines that wait, for a decision or a run, would cost.")
    variance: Exact | None
    unpriced_count: int
    quarantined_count: int = Field(description="Lines that wait for a decision or a run.")
    unvalued_count: int = Field(description="Quarantined lines that have no price.")


class MonthPage(Dto):
    """One month; slices add up to the total."""

    month: Month
    status: Status
    reasons: list[Why] = Field(description="Why it is not closed.")
    pricing_view: PricingViewRef
    total: Amount
    adjustments: Adjusted
    slices: list[MonthSlice]
    acts: list[PeriodAct]
    statement_totals: list[StatementTotal] = Field(description="Of the last closing.")
    can_be_closed: bool | None = Field(description="Null for those who see some applications only; so is what follows.")
    checklist: list[Blocker] | None = Field(description="What keeps it from being closed now.")
    invoices: list[Invoice] | None
    reconciliation: list[ReconciliationLine] | None
    reconciliation_total: ReconciliationLine | None = Field(description="Of domains that have an invoice.")


class StatementAsked(Paged):
    """Lines of a statement."""

    pricing_view: Name | None = Field(default=None, description="By default the default view.")
    closing: int | None = Field(default=None, ge=1, lt=2**31, description="By default the last one.")
    domain: Name | None = None
    application: Name | None = None


class StatementLine(Dto):
    """What one application owes in one domain."""

    domain_id: str
    application_id: str
    application_label: str | None
    original_month: Month = Field(description="An earlier one for adjustments.")
    rounded_cost: Exact | None = Field(description="To the minor unit; rounded lines add up to the rounded total.")
    amount: Amount = Field(description="Exact.")


class StatementSum(Dto):
    """What all lines that match come to, on every page; an owner's: his."""

    entry_count: int
    rounded_cost: Exact | None
    amount: Amount


class Statement(Dto):
    """A page of a closing's statement: sums never change; amounts say by status whether the closing stands."""

    month: Month
    closing: PeriodAct
    is_standing: bool = Field(description="Whether the month is still closed by it.")
    reasons: list[Why] = Field(description="Why its amounts are not closed.")
    pricing_view: PricingViewRef
    total: StatementSum
    items: list[StatementLine]
    next_cursor: str | None


class CloseAsked(Asked):
    """Why a month is closed, if there is anything to say."""

    reason: Reason | None = None


class ReopenAsked(Asked):
    """Why a month is opened again."""

    reason: Reason


class ClosedMonth(Dto):
    """A month that is closed, and what it came to."""

    act: PeriodAct
    totals: list[StatementTotal]


class ReopenedMonth(Dto):
    """A month that is open again; its statement is kept."""

    act: PeriodAct
    adjustment_ids: list[int] = Field(description="Late data of it booked later: book opposites if you load it now.")
