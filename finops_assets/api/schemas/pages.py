"""What the pages show: the dashboard, domains and applications."""

from __future__ import annotations

from pydantic import Field

from finops_assets.api.schemas.amounts import (
    Amount,
    Answer,
    ApplicationAmount,
    Change,
    DomainAmount,
    DomainMonths,
    FamilyAmount,
    MonthAmount,
    ProductAmount,
    Remainder,
    SliceState,
)
from finops_assets.api.schemas.values import Dto, Exact, Month
from finops_assets.catalog.applications import ApplicationState


class Mover(Dto):
    """What moved most against the months before."""

    kind: str = Field(description="`domain` or `application`.")
    id: str
    label: str
    amount: Amount
    change: Change


class Adjusted(Dto):
    """Late data of closed months, booked in these months; no part of any total."""

    count: int
    amount: Amount


class Dashboard(Answer):
    """Everything at a glance. Domains add up to the total; so do families and ``indirect``."""

    total: Amount
    change: Change | None
    domains: list[DomainAmount]
    families: list[FamilyAmount] = Field(description="The largest families; the others are in `otherFamilies`.")
    other_families: Remainder
    indirect: Amount = Field(description="The amounts of INDIRECT domains, which have no families.")
    trend: list[DomainMonths] = Field(description="By domain, the months up to the last one asked for.")
    trend_total: list[MonthAmount]
    top_movers: list[Mover]
    top_applications: list[ApplicationAmount]
    other_applications: Remainder
    adjustments: Adjusted


class DomainInList(DomainAmount):
    """One domain: how it stands in the last month asked for, and what it comes to."""

    is_enabled: bool
    available_from: Month | None
    state: SliceState | None = Field(description="Null when it was never enabled and never published.")


class DomainList(Answer):
    """Every domain there is, by id; their amounts add up to the total."""

    total: Amount
    domains: list[DomainInList]


class Weight(Dto):
    """What an application bears of an INDIRECT amount, and of what share of the basis."""

    application_id: str
    application_label: str
    owner: str | None
    weight: Exact = Field(description="Of one month: between 0 and 1, together exactly 1.")
    driver_quantity: Exact | None
    amount: Amount


class Distribution(Dto):
    """How an INDIRECT domain's amount of a month is spread."""

    month: Month
    amount_to_distribute: Amount
    method_key: str
    method_label: str | None
    basis_quantity: Exact | None = Field(description="What the drivers of all applications add up to.")
    metric: str | None = Field(description="What the weights are shares of.")
    weights: list[Weight]
    others: Remainder


class DomainPage(Answer):
    """One domain. DIRECT: families, products and applications, each of which adds up to the total with its others.

    INDIRECT: ``distributions``, one per month asked for, the latest first; and applications.
    """

    domain: DomainInList
    total: Amount
    change: Change | None
    trend: list[MonthAmount]
    families: list[FamilyAmount]
    other_families: Remainder
    products: list[ProductAmount]
    other_products: Remainder
    top_applications: list[ApplicationAmount]
    other_applications: Remainder
    distributions: list[Distribution]


class ApplicationInList(ApplicationAmount):
    """One application."""

    state: ApplicationState


class ApplicationList(Answer):
    """One page of applications, dearest first or by id."""

    total: Amount = Field(description="Of all applications that match, on every page.")
    count: int = Field(description="How many match.")
    items: list[ApplicationInList]
    next_cursor: str | None = Field(description="Ask again with `cursor` for the next page; null on the last.")


class ApplicationDomain(DomainAmount):
    """What an application bears of a domain."""

    weight: Exact | None = Field(description="Of an INDIRECT domain and one month: the application's weight.")


class ApplicationPage(Answer):
    """One application: direct and indirect add up to the total; so do its domains."""

    application_id: str
    application_label: str
    owner: str | None
    state: ApplicationState
    total: Amount
    change: Change | None
    direct: Amount
    indirect: Amount
    domains: list[ApplicationDomain]
    products: list[ProductAmount]
    other_products: Remainder
    trend: list[DomainMonths]
    trend_total: list[MonthAmount]
    adjustments: Adjusted
