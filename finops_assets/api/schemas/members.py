"""Products, applications and domains as people see and change them, and who changed what."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self

from pydantic import Field, model_validator

from finops_assets.api.schemas.amounts import Amount, DomainRef, PricingViewRef, Why
from finops_assets.api.schemas.asking import InQuery, Paged
from finops_assets.api.schemas.values import Asked, Dto, Exact, Month, Name, Reason
from finops_assets.catalog import applications, products


class Product(Dto):
    """One product as it is now."""

    domain_id: str
    product_id: str
    product_label: str
    family_id: str
    family_label: str
    consumption_metric: str
    state: products.ProductState
    decommissioned_at: date | None = Field(description="Lines of later months are quarantined.")
    held_by: str | None = Field(description="Who holds its state: lists do not undo it until it is released.")
    described_by: str | None = Field(description="Who holds its label and family.")
    described_in: Month | None = Field(description="The month from which on slices take what a person has said.")
    in_referential: bool
    created_at: datetime


class ProductList(Dto):
    """One page of products, by domain and id."""

    counts: dict[products.ProductState, int] = Field(
        description="Of all that match but for their state, on every page."
    )
    items: list[Product]
    next_cursor: str | None


class ProductsAsked(Paged):
    """Products."""

    domain: Name | None = None
    state: products.ProductState | None = None
    search: Name | None = Field(default=None, description="A part of the id or the label, small or large letters.")


class ProductHistoryAsked(InQuery):
    """One product, and the view its costs are in."""

    domain: Name
    product: Name
    pricing_view: Name | None = Field(default=None, description="By default the default view.")


class ProductMonth(Dto):
    """What a product came to in a month, in a family of then."""

    month: Month
    quantity: Exact
    application_count: int
    label_then: str | None
    family_then: str
    unit_price: Exact | None = Field(description="Its own that holds in the month, else the domain's; null of neither.")
    amount: Amount | None = Field(description="Null without a pricing view.")


class Citation(Dto):
    """What names a product, and so keeps it from being deleted."""

    kind: str
    row_count: int
    first_month: Month | None
    last_month: Month | None
    text: str


class Changed(Dto):
    """A column before and after; null of what was, or is, not there. Numbers are exact."""

    column: str
    before: str | None
    after: str | None


class Act(Dto):
    """One administrative act."""

    audit_id: int
    acted_at: datetime
    login: str = Field(description="Whom the database knows.")
    person: str = Field(description="Who acted.")
    reason: str | None
    act: str
    relation: str
    key: dict[str, str]
    changes: list[Changed]


class ActList(Dto):
    """One page of acts, the newest first."""

    items: list[Act]
    next_cursor: str | None


class ActsAsked(Paged):
    """Acts from an instant to before another."""

    since: datetime | None = None
    until: datetime | None = None
    relation: Name | None = Field(default=None, description="A table, for instance `dim_product`.")
    person: Name | None = None


class ProductHistory(Dto):
    """A product month by month, who changed it, and what cites it."""

    product: Product
    pricing_view: PricingViewRef | None = Field(description="Null without a default view: no amount is known.")
    months: list[ProductMonth]
    reasons: list[Why] = Field(description="Why not all amounts are closed.")
    acts: list[Act] = Field(description="The newest hundred.")
    citations: list[Citation] = Field(description="Empty of a product that may be deleted.")


class ProductAct(Asked):
    """What is done to a product; ids may hold slashes, so they are in the body."""

    domain_id: Name
    product_id: Name
    reason: Reason | None = None


class Decommission(ProductAct):
    """A product ends on a day, which may be to come."""

    on: date = Field(description="The last day.")


class ProductRelabel(ProductAct):
    """A product is called otherwise from a month on."""

    label: Name
    from_month: Month


class ProductMove(ProductAct):
    """A product goes into another family of its domain from a month on."""

    family_id: Name
    from_month: Month
    new_family_label: Name | None = Field(default=None, description="Of a family that is made for it.")


class Decommissioned(Dto):
    """A product that ends, and the later months that have published lines of it already."""

    product: Product
    later_months: list[Month]


class Deletion(InQuery):
    """A product that was inferred by mistake."""

    domain: Name
    product: Name
    reason: Reason | None = None


class Application(Dto):
    """One application as people change it."""

    application_id: str
    application_label: str
    owner: str | None
    state: applications.ApplicationState
    held_by: str | None = Field(description="Who holds its state: the list does not undo it until it is released.")
    described_by: str | None = Field(description="Who holds its label and owner.")
    is_inferred: bool
    created_at: datetime


class ApplicationAct(Asked):
    """What is done to an application."""

    application_id: Name
    reason: Reason | None = None


class ApplicationRelabel(ApplicationAct):
    """An application is called otherwise."""

    label: Name


class ApplicationGift(ApplicationAct):
    """An application has another owner, or with null none."""

    owner: Name | None


class DomainChange(Asked):
    """What of a domain is to change; what is left out stays."""

    is_enabled: bool | None = None
    available_from: Month | None = Field(default=None, description="Its first month.")
    reason: Reason | None = None

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.is_enabled is None and self.available_from is None:
            raise ValueError("isEnabled, availableFrom: give one of them at least")
        return self


class DomainAdministered(DomainRef):
    """A domain as it is now."""

    is_enabled: bool
    available_from: Month


class ChecklistItem(Dto):
    """What a domain should have before it goes live: a warning where it has not, never a wall."""

    title: str
    is_met: bool
    text: str = Field(description="What was found, or what to do.")


class Checklist(Dto):
    """The checklist of a domain."""

    domain_id: str
    items: list[ChecklistItem]
