"""Lines that were set aside, and what people decide about them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from finops_assets.api.schemas.asking import Paged
from finops_assets.api.schemas.values import Asked, Dto, Month, Name, Reason
from finops_assets.quarantine.decisions import Stage
from finops_assets.quarantine.set_aside import Verdict

MOST_DECIDED = 1_000


class QuarantinedLine(Dto):
    """A line that was set aside, and what has become of it."""

    quarantine_id: int
    month: Month = Field(validation_alias="period_month")
    domain_id: str
    file_name: str
    line_number: int
    column_name: str
    found_value: str | None
    reason: str = Field(description="Why it was set aside.")
    source_line: dict[str, str | None] = Field(description="What the source says, by column.")
    is_landed: bool = Field(description="Whether the slice as it stands holds it, as delivered or as corrected.")
    state: Stage = Field(validation_alias="stage")
    text: str = Field(description="The state in words, in the language asked for.")
    verdict: Verdict | None = Field(description="The decision in force, whether a run has done it yet or not.")
    correction: dict[str, str | None] | None
    decided_by: str | None = Field(description="Who made it; the login of the run where a line left without one.")
    decided_at: datetime | None = Field(description="When it was made, not when a run did it.")
    decision_reason: str | None


class QuarantinedLines(Dto):
    """Lines by month, domain, file and line."""

    items: list[QuarantinedLine]


class Quarantine(QuarantinedLines):
    """One page of them."""

    counts: dict[Stage, int] = Field(description="Of the domain and month, on every page and in every state.")
    next_cursor: str | None


class QuarantineAsked(Paged):
    """Lines that were set aside."""

    domain: Name | None = None
    month: Month | None = None
    state: Stage | None = Field(default=None, description="By default every state.")


class DecisionAsked(Asked):
    """A decision on some lines: all of them are decided, or none. It is done by the next run of their slice."""

    ids: list[Annotated[int, Field(ge=1, lt=2**63)]] = Field(min_length=1, max_length=MOST_DECIDED)
    verdict: Verdict
    correction: dict[Name, Annotated[str, Field(max_length=2_000, pattern=r"^[^\x00]*$")]] | None = Field(
        default=None, max_length=100, description="For FIX, of one line: what columns should say."
    )
    reason: Reason
