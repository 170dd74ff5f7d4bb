"""Amounts, and what is known of the months and slices behind them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from finops_assets.api.schemas.values import Dto, Exact, Month, Percent
from finops_assets.costs.reasons import ReasonKind


class Status(StrEnum):
    """Whether an amount may still change: signed, computed but open, or something of it not there yet."""

    CLOSED = "closed"
    PROVISIONAL = "provisional"
    INCOMPLETE = "incomplete"


class SliceState(StrEnum):
    """What is known of a domain in a month."""

    LOADED = "LOADED"
    EMPTY_CONFIRMED = "EMPTY_CONFIRMED"
    EXPECTED = "EXPECTED"
    MISSING = "MISSING"
    FAILED = "FAILED"
    NOT_AVAILABLE = "NOT_AVAILABLE"


class DomainMode(StrEnum):
    """Whether quantities are consumption, or weights an amount is spread by."""

    DIRECT = "DIRECT"
    INDIRECT = "INDIRECT"


class Amount(Dto):
    """A sum of money, exact. Null is not zero: nothing of it has a price, or there is nothing."""

    amount: Exact | None
    currency: str = Field(description="ISO 4217 code of the pricing view. Currencies are never converted or added up.")
    status: Status
    line_count: int = Field(description="Facts in it.")
    unpriced_count: int = Field(description="Of these, facts without a price: the amount is partial while it is not 0.")


class Change(Dto):
    """An amount against that of as many months before; absent where there was nothing, or the data begin among them."""

    previous: Amount
    delta: Exact | None = Field(description="The amount less the previous one; null when either is.")
    percent: Percent | None = Field(
        description="The delta in percent of the previous amount's size, to one decimal; null when that is 0 or null."
    )


class PricingViewRef(Dto):
    """The pricing view that amounts are in."""

    pricing_view_id: str
    pricing_view_label: str
    currency: str
    kind: str
    is_default: bool


class Months(Dto):
    """The months that an answer is about, both included."""

    first: Month = Field(alias="from")
    last: Month = Field(alias="to")


class State(Dto):
    """Why a domain has, or has not, data in a month."""

    month: Month
    domain_id: str
    state: SliceState
    text: str = Field(description="The state in words, in the language asked for, with what to do.")
    reason: str | None = Field(description="What the last attempt said, in full, for those who may run the domain.")
    changed_at: datetime | None
    quarantined_count: int = Field(description="Lines in quarantine that nobody has decided.")


class Why(Dto):
    """Why an amount is not final, and what to do about it."""

    kind: ReasonKind
    months: list[Month]
    domain_ids: list[str]
    count: int | None = Field(description="Of `UNPRICED`: lines without a price.")
    text: str = Field(description="In the language asked for.")
    remedy: str = Field(description="What to do about it.")


class Answer(Dto):
    """What every answer with amounts says of itself."""

    months: Months
    pricing_view: PricingViewRef
    status: Status = Field(description="That of its total: the worst of its months and lines.")
    reasons: list[Why] = Field(description="Why it is not closed; `incomplete` and `provisional` always have one.")
    applications: list[str] | None = Field(description="The applications it is limited to; null is all of them.")
    states: list[State] = Field(
        description="What has no data, failed, is outdated or not priced yet, by month and domain; text says why."
    )
    refreshed_at: datetime = Field(description="When amounts were last computed.")


class DomainRef(Dto):
    """A domain, and how its amounts come about."""

    domain_id: str
    domain_label: str
    domain_mode: DomainMode
    indirect_method_key: str | None
    indirect_label: str | None
    place: int = Field(description="Among all domains by id, from 0: it gives a domain the same colour everywhere.")


class Remainder(Dto):
    """What is not listed: so many more, and their sum."""

    count: int | None = Field(description="How many are not listed; null where some of them may not be seen.")
    amount: Amount


class MonthAmount(Dto):
    """An amount of one month; null where there are no data, and ``state`` says why where one domain is asked for."""

    month: Month
    status: Status
    has_data: bool
    amount: Amount
    state: SliceState | None = None


class DomainAmount(DomainRef):
    """A domain's amount."""

    amount: Amount
    change: Change | None


class DomainMonths(DomainRef):
    """A domain's amounts, month by month, every month of the range in order."""

    months: list[MonthAmount]


class ApplicationAmount(Dto):
    """An application's amount, and its part of the whole."""

    application_id: str
    application_label: str
    owner: str | None
    amount: Amount
    share: Exact | None = Field(description="In percent of the total, to two decimals; null when that is 0 or null.")
    change: Change | None


class FamilyAmount(Dto):
    """A family's amount. INDIRECT domains have no families."""

    domain_id: str
    family_id: str
    family_label: str
    amount: Amount
    change: Change | None


class ProductAmount(Dto):
    """A product's quantity and amount."""

    domain_id: str
    product_id: str
    product_label: str
    family_id: str
    family_label: str
    metric: str
    quantity: Exact
    amount: Amount
    change: Change | None
