"""What a query may hold: a parameter that is not known is refused, so that no filter is left out by a slip."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, model_validator

from finops_assets.api.schemas.groupings import MOST_MONTHS
from finops_assets.api.schemas.values import Asked, Month, Name

MOST_ROWS = 1_000


class InQuery(Asked):
    """The parameters of a query."""

    lang: Annotated[str, Field(max_length=35)] | None = Field(
        default=None, description="`en` or `fr`, before `Accept-Language`; another is passed over."
    )


class Paged(InQuery):
    """One page of a list."""

    cursor: Annotated[str, Field(max_length=4_000)] | None = Field(
        default=None, description="`nextCursor` of the page before."
    )
    limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = Field(default=100, description="How many at most.")


class SomeMonths(InQuery):
    """A range of months, both included."""

    first: Month = Field(alias="from")
    last: Month = Field(alias="to")

    @model_validator(mode="after")
    def _is_a_range(self) -> Self:
        if not self.first <= self.last < self.first.shift(MOST_MONTHS):
            raise ValueError(f"from, to: no range of 1 to {MOST_MONTHS} months: write the earlier one first")
        return self


class OfASlice(InQuery):
    """A domain in a month."""

    domain: Name
    month: Month
