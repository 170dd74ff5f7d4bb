"""Months: how each stands, what keeps it from being closed, and its statement."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query

from finops_assets import closing
from finops_assets.api import cursors
from finops_assets.api.asking import in_order, refuse_unknown_names, scope_of
from finops_assets.api.month_pages import month_page
from finops_assets.api.problems import Refused, answers
from finops_assets.api.reading import Reading, Snapshot
from finops_assets.api.schemas.amounts import PricingViewRef, SliceState
from finops_assets.api.schemas.closing import (
    MonthAsked,
    MonthInList,
    MonthList,
    MonthPage,
    MonthsAsked,
    PeriodAct,
    Statement,
    StatementAsked,
    StatementLine,
    StatementSum,
)
from finops_assets.api.schemas.groupings import MOST_MONTHS
from finops_assets.api.schemas.values import MonthText
from finops_assets.api.standing import amount, told
from finops_assets.closing import statements
from finops_assets.closing.statements import Part
from finops_assets.costs import Cost
from finops_assets.costs import months as service
from finops_assets.costs.reasons import NOT_SIGNED, reasons, unpriced
from finops_assets.costs.scopes import months_before
from finops_assets.costs.standing import Standing, standing_of, stored
from finops_assets.period import Period

router = APIRouter(prefix="/months", tags=["months"], responses=answers(404))
OneMonth = Annotated[MonthText, Path(description="A calendar month, `YYYY-MM`.")]


@router.get("")
def list_months(reading: Snapshot, asked: Annotated[MonthsAsked, Query()]) -> MonthList:
    """Every month: how it stands, its domains by state, what waits in quarantine, and its total."""
    months = _months(reading, asked)
    scope = scope_of(reading, months, asked.pricing_view, now=False)
    found = service.months(reading.connection, *months, scope.view.pricing_view_id)
    known = standing_of(reading.connection, scope)
    items = [_in_list(row, known, scope.view.currency, reading.language) for row in found]
    return MonthList(pricing_view=PricingViewRef.model_validate(scope.view), items=items)


@router.get("/{month}")
def show_month(reading: Snapshot, month: OneMonth, asked: Annotated[MonthAsked, Query()]) -> MonthPage:
    """One month: its domains, who closed it and when; for those who see all, what keeps it from being closed."""
    period = Period.parse(month)
    first, last = service.known(reading.connection, reading.current)
    if not first <= period <= last:
        raise Refused(404, "not-found", f"nothing is known of {month}: there are months from {first} to {last}")
    return month_page(reading, scope_of(reading, (period, period), asked.pricing_view, now=False))


@router.get("/{month}/statement")
def month_statement(reading: Snapshot, month: OneMonth, asked: Annotated[StatementAsked, Query()]) -> Statement:
    """What a closed month came to, line by line, rounded so that the lines add up; of an owner's, his own."""
    period = Period.parse(month)
    one = {"domains": asked.domain, "applications": asked.application}
    refuse_unknown_names(reading, **{name: (given,) for name, given in one.items() if given})
    done = closing.closing(reading.connection, period, asked.closing)
    view = scope_of(reading, (period, period), asked.pricing_view, now=False).view
    last = closing.acts(reading.connection, period)[-1]
    is_standing = (last.act, last.close_number) == ("CLOSE", done.close_number)
    key = (period, done.close_number, view.pricing_view_id)
    part = _part(asked)
    shown, following = cursors.page(closing.statement(reading.connection, *key, part), asked.limit, _key)
    summed = statements.summed(reading.connection, *key, part)
    return Statement(
        month=period,
        closing=PeriodAct.model_validate(done),
        is_standing=is_standing,
        reasons=told([*([] if is_standing else [NOT_SIGNED]), *unpriced(_cost(summed))], reading.language),
        pricing_view=PricingViewRef.model_validate(view),
        total=_sum(summed, view.currency, is_standing),
        items=[_line(line, is_standing) for line in shown],
        next_cursor=following,
    )


def _months(reading: Reading, asked: MonthsAsked) -> tuple[Period, Period]:
    """The months asked for; by default all that are known, and no more than are answered, the last ones."""
    first, last = service.known(reading.connection, reading.current)
    end = asked.last or last
    earliest = min(end, max(first, months_before(end, MOST_MONTHS - 1)))
    return in_order(asked.first or earliest, end)


def _in_list(row: service.MonthRow, known: Standing, currency: str, language: str) -> MonthInList:
    own = [one for (month, _), one in known.slices.items() if month == row.month]
    total = amount(row.cost, currency, known.of([row.month], cost=row.cost))
    return MonthInList(
        month=row.month,
        status=total.status,
        reasons=told(reasons(known, [row.month], row.cost), language),
        closings=row.closings,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        states={SliceState(state): count for state, count in sorted(Counter(one.state for one in own).items())},
        quarantined_count=sum(one.quarantined_count for one in own),
        total=total,
    )


def _part(asked: StatementAsked) -> Part:
    key = cursors.place(asked.cursor, str, str, date)
    return Part(asked.domain, asked.application, None if key is None else (key[0], key[1], key[2]), asked.limit + 1)


def _key(line: closing.StatementLine) -> tuple[str, str, str]:
    return line.domain_id, line.application_id, line.original_month.isoformat()


def _line(line: closing.StatementLine, is_standing: bool) -> StatementLine:
    return StatementLine(
        domain_id=line.domain_id,
        application_id=line.application_id,
        application_label=line.application_label,
        original_month=Period.of(line.original_month),
        rounded_cost=line.rounded_cost,
        amount=amount(_cost(line), line.currency, stored(_cost(line), stands=is_standing)),
    )


def _sum(found: statements.StatementSum, currency: str, is_standing: bool) -> StatementSum:
    exact = amount(_cost(found), currency, stored(_cost(found), stands=is_standing))
    return StatementSum(entry_count=found.entry_count, rounded_cost=found.rounded_cost, amount=exact)


def _cost(found: closing.StatementLine | statements.StatementSum) -> Cost:
    return Cost(found.cost, found.line_count, found.unpriced_count)
