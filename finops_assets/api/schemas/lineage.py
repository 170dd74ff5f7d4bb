"""What an amount comes from, as a tree: the parts of everything add up to it, with what is not listed."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from finops_assets.api.schemas.amounts import Amount, DomainMode, PricingViewRef, Why
from finops_assets.api.schemas.asking import InQuery, Paged
from finops_assets.api.schemas.values import Dto, Exact, Month, Name
from finops_assets.api.schemas.versions import LAST_VERSION, SourceFile


class LineageAsked(InQuery):
    """All that an application cost in a month, or what of it is of one domain, version or product."""

    application: Name
    month: Month
    domain: Name | None = None
    product: Name | None = Field(default=None, description="With its domain: two domains may use one id.")
    pricing_view: Name | None = Field(default=None, description="By default the default view.")
    version: int | None = Field(default=None, ge=1, le=LAST_VERSION, description="By default the one that stands.")
    depth: int = Field(default=1, ge=0, le=8, description="How many drivers behind each other are followed.")
    lines: int = Field(default=20, ge=0, le=1_000, description="How many source lines of a fact are listed at most.")


class LineageLinesAsked(Paged):
    """The source lines of one fact, or of the coefficient of a weight."""

    application: Name
    month: Month
    domain: Name
    product: Name | None = Field(default=None, description="Of a DIRECT domain.")
    pricing_view: Name | None = None
    version: int | None = Field(
        default=None, ge=1, le=LAST_VERSION, description="Name it to page a version that stays."
    )


class LineageLine(Dto):
    """What one line of a source file gives."""

    file: str
    line: int
    quantity: Exact
    cost: Exact | None


class OtherLineageLines(Dto):
    """The lines that are not listed, added up; ask for them at `/lineage/lines`."""

    count: int
    quantity: Exact
    cost: Exact | None


class LineageLines(Dto):
    """One page of source lines, by file and line."""

    domain_id: str
    version: int
    count: int
    quantity: Exact | None = Field(description="Of all of them.")
    cost: Exact | None = Field(description="Of all of them.")
    items: list[LineageLine]
    next_cursor: str | None


class LineageDecision(Dto):
    """A source line that was set aside and that a person let in: as it is (`ACCEPT`) or corrected (`FIX`)."""

    quarantine_id: int
    verdict: str
    person: str
    reason: str


class LineagePrice(Dto):
    """The price revision in force."""

    unit_price: Exact
    product_id: str = Field(description="`*` when the product has no price of its own.")
    effective_from: Month
    revision: int
    source_name: str
    published_by: str
    published_at: datetime


class LineageSlice(Dto):
    """A published version of a domain in a month, the run that published it and the files it was computed from."""

    month: Month = Field(validation_alias="period_month")
    domain_id: str
    domain_label: str
    domain_mode: DomainMode
    version: int
    newest_version: int
    run_id: UUID
    published_at: datetime
    files: list[SourceFile]


class LineageFigures(Dto):
    """What the application, and all applications, have of a driver in one version of its slice."""

    version: int
    quantity: Exact
    basis: Exact


class LineageDriver(Dto):
    """What a weight, or a part of it, was computed from: so much of a basis. Its own and the others' add up to it."""

    name: str
    part: Exact | None = Field(description="In a blend: the part of the amount that it spreads.")
    quantity: Exact
    basis: Exact
    others_count: int
    others_quantity: Exact
    weight: Exact
    cost: Exact | None
    of_version: int | None
    same_weight_from: list[LineageFigures]
    origin: LineageHolding | None = Field(description="The facts that the quantity is the sum of; they have no price.")
    lines: list[LineageLine]
    other_lines: OtherLineageLines | None
    gap: str | None = Field(description="Why there is nothing behind it.")


class LineageShare(Dto):
    """How a weight came about."""

    method_key: str
    drivers: list[LineageDriver]


class LineageFact(Dto):
    """One line of the mart: the sum of its source lines, or a weight, at a price."""

    product_id: str | None
    product_label: str | None
    family_id: str | None
    metric: str
    quantity: Exact
    price: LineagePrice | None
    cost: Exact | None
    lines: list[LineageLine]
    other_lines: OtherLineageLines | None
    share: LineageShare | None
    decisions: list[LineageDecision]
    gap: str | None = Field(description="Why the source lines, or the share, are not there.")


class LineageHolding(Dto):
    """What the application has in one slice: its facts add up to it."""

    slice: LineageSlice
    quantity: Exact | None = Field(description="Null where the facts are in several metrics.")
    amount: Amount
    facts: list[LineageFact]


class LineageAdjustment(Dto):
    """What was booked in the month for an earlier one; no part of the amount."""

    adjustment_id: int
    original_month: Month
    domain_id: str
    product_id: str | None
    quantity: Exact | None
    amount: Exact | None
    currency: str | None
    person: str
    reason: str
    booked_at: datetime


class Closed(Dto):
    """Who closed a month."""

    person: str
    at: datetime
    number: int


class Lineage(Dto):
    """What an application cost in a month, and where it comes from; holdings add up to it, the largest first."""

    month: Month
    application_id: str
    application_label: str
    pricing_view: PricingViewRef
    amount: Amount
    reasons: list[Why] = Field(description="Why it is not closed.")
    closed: Closed | None
    holdings: list[LineageHolding]
    adjustments: list[LineageAdjustment]
