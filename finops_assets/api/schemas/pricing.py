"""Pricing views, their prices, and what another view would cost."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from finops_assets.api.schemas.amounts import Amount, Months, PricingViewRef, Why
from finops_assets.api.schemas.asking import Paged, SomeMonths
from finops_assets.api.schemas.values import Dto, Exact, Month, Name


class PricingViewInList(PricingViewRef):
    """One pricing view, or a draft of one."""

    is_draft: bool
    based_on: str | None = Field(description="Of a draft: the view that says what the draft does not.")
    line_count: int | None = Field(description="Prices of its own, superseded ones too; null for who sees only his.")
    last_at: datetime | None = Field(description="When a price of it was last written.")


class PricingViewList(Dto):
    """Every pricing view, published ones first; drafts for those who see every application."""

    items: list[PricingViewInList]


class PriceOfView(Dto):
    """One price. It holds from its month until the next one of its product, or of the domain, takes effect."""

    domain_id: str
    product_id: str = Field(description="`*` is what holds for every product of the domain without a price of its own.")
    product_label: str | None = Field(description="Null of `*`, and of a product that nothing has named yet.")
    consumption_metric: str | None = Field(description="What a unit is.")
    effective_from: Month
    revision: int | None = Field(description="The highest of a month holds; null in a draft.")
    unit_price: Exact
    source_name: str
    source_line: int | None
    published_at: datetime
    published_by: str
    is_drafted: bool = Field(description="Of a draft: whether the draft says it, and not the view it is based on.")


class PriceList(Dto):
    """One page of the prices of a view."""

    pricing_view: PricingViewRef
    month: Month | None = Field(description="The month in which these hold, when it was asked for.")
    items: list[PriceOfView]
    next_cursor: str | None


class ComparedBy(StrEnum):
    """What a comparison has one line for."""

    DOMAIN = "domain"
    APPLICATION = "application"
    PRODUCT = "product"
    MONTH = "month"


class OneSided(Dto):
    """Facts that have a price in one of the views only: they cannot be compared, and are in no `moved`."""

    count: int
    amount: Exact | None


class ComparedLine(Dto):
    """The same quantities in two pricing views: `after` − `before` is `moved` + `onlyAfter` − `onlyBefore`."""

    key: str | None = Field(description="The id; null of what an INDIRECT domain spreads, which has no product.")
    label: str | None
    domain_id: str | None
    before: Amount
    after: Amount
    moved: Exact | None = Field(description="Of the facts that have a price in both views; null when none has.")
    only_before: OneSided
    only_after: OneSided


class OtherLines(Dto):
    """The lines that are not listed, added up."""

    count: int
    before: Amount
    after: Amount
    moved: Exact | None
    only_before: OneSided
    only_after: OneSided


class Comparison(Dto):
    """What months cost in one pricing view, and would in another: lines and others add up to the total."""

    before: PricingViewInList
    after: PricingViewInList
    months: Months
    reasons: list[Why] = Field(description="Why its amounts are not closed.")
    by: ComparedBy
    total: ComparedLine
    lines: list[ComparedLine] = Field(description="Those that move most first.")
    others: OtherLines


class PricesAsked(Paged):
    """Prices of a view or a draft."""

    domain: Name | None = None
    product: Name | None = None
    search: Name | None = Field(default=None, description="A part of the id or the label, small or large letters.")
    month: Month | None = Field(default=None, description="What holds in it.")
    drafted: bool = Field(default=False, description="Of a draft: only what it says itself.")
    revisions: bool = Field(default=False, description="The superseded ones too: of a published view, not by month.")


class ComparisonAsked(SomeMonths):
    """The same quantities in two views."""

    before: Name = Field(description="A pricing view.")
    after: Name = Field(description="Another one, or a draft, in the same currency.")
    by: ComparedBy = ComparedBy.DOMAIN
    domain: list[Name] = Field(default=[], max_length=100, description="Only these.")
    limit: int = Field(default=200, ge=1, le=5_000)
