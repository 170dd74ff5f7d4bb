"""Costs by any dimensions: what may be asked, rankings, and histories."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from finops_assets.api.schemas.amounts import Amount, Answer, Change, MonthAmount, Remainder
from finops_assets.api.schemas.values import Asked, Dto, Exact, Month
from finops_assets.costs import Dimension
from finops_assets.costs.histories import Thing

MOST_MONTHS = 120
MOST_GROUPS = 5_000
MOST_NAMED = 2_000
Text = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00]+$")]


class Labels(StrEnum):
    """What families and products are called, and which family counts: of then, or of now."""

    THEN = "then"
    NOW = "now"


class Ranking(StrEnum):
    """What is ranked."""

    APPLICATION = "application"
    OWNER = "owner"
    DOMAIN = "domain"
    FAMILY = "family"
    PRODUCT = "product"


class Filters(Asked):
    """Only what is named, all of it where nothing is."""

    domains: list[Text] = Field(default=[], max_length=MOST_NAMED)
    families: list[Text] = Field(default=[], max_length=MOST_NAMED)
    products: list[Text] = Field(default=[], max_length=MOST_NAMED)
    applications: list[Text] = Field(default=[], max_length=MOST_NAMED)
    owners: list[Text] = Field(default=[], max_length=MOST_NAMED)


class OrderBy(StrEnum):
    """Dearest first, or by what the groups are called."""

    COST = "cost"
    KEY = "key"


class AggregateAsked(Asked):
    """Costs grouped by any dimensions, exactly."""

    first: Month = Field(alias="from")
    last: Month = Field(alias="to")
    pricing_view: Text | None = Field(default=None, description="By default the default view.")
    group_by: list[Dimension] = Field(default=[], max_length=6)
    filters: Filters = Filters()
    labels: Labels = Labels.THEN
    order_by: OrderBy = OrderBy.COST
    top: Annotated[int, Field(ge=1, le=MOST_GROUPS, description="How many groups a page has at most.")] = 1_000
    cursor: Annotated[str, Field(max_length=4_000)] | None = Field(
        default=None, description="`nextCursor` of the page before; ask for the same otherwise."
    )


class Group(Dto):
    """One group. A family or product names its domain too; other keys are null unless asked for and there."""

    month: Month | None = None
    domain_id: str | None = None
    family_id: str | None = None
    product_id: str | None = None
    application_id: str | None = None
    owner: str | None = None
    label: str = Field(description="The label of the last dimension asked for.")
    labels: dict[Dimension, str] = Field(description="The label of each dimension asked for.")
    is_reserved: bool = Field(
        description="Whether it is of `UNASSIGNED`, which no source names an application for, or `UNALLOCATED`."
    )
    quantity: Exact | None = Field(description="Of a product.")
    metric: str | None
    amount: Amount


class Aggregate(Answer):
    """The groups of a page and their remainder, which is all else, add up to the total; so do those of all pages."""

    group_by: list[Dimension]
    total: Amount
    groups: list[Group]
    remainder: Remainder
    next_cursor: str | None = Field(description="Ask again with `cursor` for the next page; null on the last.")


class Ranked(Dto):
    """One place of a ranking."""

    rank: int | None = Field(description="Null of what moved and is not among the dearest.")
    previous_rank: int | None = Field(description="In the months before; null when it had no cost there.")
    domain_id: str | None
    id: str | None = Field(
        description="Null: of no owner, or of an INDIRECT domain, which has no families or products."
    )
    label: str
    owner: str | None
    amount: Amount
    share: Exact | None
    change: Change | None


class Rankings(Answer):
    """The dearest of a dimension, what moved most, and the rest; ranks and remainder add up to the total."""

    dimension: Ranking
    total: Amount
    change: Change | None
    items: list[Ranked]
    remainder: Remainder
    movers: list[Ranked]


class HistoryMonth(MonthAmount):
    """A month of a history, with how what is asked for was called then."""

    closed_at: datetime | None
    label_then: str | None
    quantity: Exact | None
    reason: str | None = Field(description="Why there are no data, in words.")


class History(Answer):
    """One thing month by month, months without data included."""

    dimension: Thing
    id: str | None
    domain_id: str | None
    label: str = Field(description="What it is called now.")
    series: list[HistoryMonth]
    total: Amount
