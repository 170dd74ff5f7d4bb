"""Published versions of a slice, and what moved from one to another."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from pydantic import Field

from finops_assets.api.schemas.amounts import PricingViewRef, Status, Why
from finops_assets.api.schemas.asking import OfASlice, Paged
from finops_assets.api.schemas.values import Dto, Exact, Month, Name
from finops_assets.slices.changes import LineChange

LAST_VERSION = 2**31 - 1


class SourceFile(Dto):
    """A source file of a version, as it was delivered."""

    name: str
    sha256: str
    bytes: int
    rows: int


class Version(Dto):
    """One published version of a slice."""

    version: int
    run_id: UUID
    row_count: int
    sum_quantity: Exact = Field(description="A check sum where quantities are in several metrics.")
    published_at: datetime
    files: list[SourceFile]


class Versions(Dto):
    """Every published version of a slice, the current one last."""

    domain_id: str
    month: Month
    items: list[Version]


class VersionsAsked(OfASlice):
    """The versions of a slice."""


class Move(Dto):
    """An amount in the older and the newer version, both at the prices in force now."""

    before: Exact | None
    after: Exact | None
    moved: Exact | None = Field(description="After less before, of what has a price; null when nothing has one.")
    currency: str
    unpriced_before: int
    unpriced_after: int
    status: Status = Field(description="Of the newer amount.")


class ViewMove(Move):
    """What moved in a pricing view."""

    pricing_view_id: str
    pricing_view_label: str
    is_default: bool


class ApplicationMove(Move):
    """What moved of an application."""

    application_id: str
    application_label: str


class OtherMoves(Dto):
    """The applications that are not listed, and what they move together."""

    count: int
    before: Exact | None
    after: Exact | None
    moved: Exact | None


class LineCounts(Dto):
    """How many lines differ, and how."""

    added: int
    removed: int
    changed: int


class MovedLine(Dto):
    """A line that is not the same in both versions."""

    change: LineChange
    application_id: str
    application_label: str
    product_id: str | None
    product_label: str | None
    quantity_before: Exact | None
    quantity_after: Exact | None
    metric_before: str | None
    metric_after: str | None
    family_before: str | None
    family_after: str | None


class Diff(Dto):
    """What changed between two versions of a slice: applications and others add up to what their view moves."""

    domain_id: str
    month: Month
    older: Version
    newer: Version
    totals: list[ViewMove] = Field(description="One per published pricing view.")
    reasons: list[Why] = Field(description="Why its amounts are not closed.")
    pricing_view: PricingViewRef | None = Field(description="Of the applications; null when there is none.")
    applications: list[ApplicationMove] = Field(description="Those whose cost moves most first.")
    other_applications: OtherMoves
    line_counts: LineCounts
    lines: list[MovedLine] = Field(description="One page of them, by application and product.")
    next_cursor: str | None = Field(description="Of the lines.")


class DiffAsked(OfASlice, Paged):
    """Two versions of a slice."""

    older: int | None = Field(default=None, ge=1, le=LAST_VERSION, description="By default the one before the newer.")
    newer: int | None = Field(default=None, ge=1, le=LAST_VERSION, description="By default the current one.")
    pricing_view: Name | None = Field(default=None, description="By default the default view.")
    change: LineChange | None = Field(default=None, description="Of which lines; by default of all that differ.")
    applications: int = Field(default=50, ge=0, le=5_000, description="How many applications at most.")
