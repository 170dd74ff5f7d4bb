"""Closing a month, and opening it again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from finops_assets import closing
from finops_assets.api.acting import Acting
from finops_assets.api.problems import answers
from finops_assets.api.schemas.closing import (
    CloseAsked,
    ClosedMonth,
    PeriodAct,
    ReopenAsked,
    ReopenedMonth,
    StatementTotal,
)
from finops_assets.api.schemas.values import MonthText
from finops_assets.closing import adjustments
from finops_assets.period import Period

router = APIRouter(prefix="/months/{month}", tags=["months"], responses=answers(409))
OneMonth = Annotated[MonthText, Path(description="A calendar month, `YYYY-MM`.")]


@router.post("/close")
def close_month(desk: Acting, month: OneMonth, asked: CloseAsked) -> ClosedMonth:
    """Close a month: store its rounded statement and refuse every later change; 409 with everything in the way."""
    period = Period.parse(month)
    with desk.open() as connection:
        done = closing.close(connection, desk.settings, period, desk.current, desk.person, asked.reason)
        totals = closing.totals(connection, period, done.close_number)
    return ClosedMonth(
        act=PeriodAct.model_validate(done), totals=[StatementTotal.model_validate(one) for one in totals]
    )


@router.post("/reopen")
def reopen_month(desk: Acting, month: OneMonth, asked: ReopenAsked) -> ReopenedMonth:
    """Open the last closed month again; its statement is kept."""
    period = Period.parse(month)
    with desk.open() as connection:
        done = closing.reopen(connection, period, desk.person, asked.reason)
        booked = adjustments.booked(connection, period)
    late = {line.adjustment_id for line in booked if line.original_month == period.first_day}
    return ReopenedMonth(act=PeriodAct.model_validate(done), adjustment_ids=sorted(late))
