"""The page of one month."""

from __future__ import annotations

from typing import Any

from finops_assets import closing
from finops_assets.api import phrases
from finops_assets.api.reading import Reading
from finops_assets.api.schemas.amounts import Amount, PricingViewRef, Status
from finops_assets.api.schemas.closing import (
    Blocker,
    Invoice,
    MonthPage,
    MonthSlice,
    PeriodAct,
    ReconciliationLine,
    StatementTotal,
)
from finops_assets.api.schemas.pages import Adjusted
from finops_assets.api.standing import amount, told
from finops_assets.closing import invoices
from finops_assets.costs import Cost, months, overview, together
from finops_assets.costs.reasons import reasons
from finops_assets.costs.scopes import Scope
from finops_assets.costs.standing import Standing, standing_of
from finops_assets.period import Period


def month_page(reading: Reading, scope: Scope) -> MonthPage:
    """The one month of a scope; what keeps it from being closed, and invoices, for those who see everything."""
    month, connection, view = scope.first, reading.connection, scope.view
    known = standing_of(connection, scope)
    slices = months.slices(connection, month, scope.current, view.pricing_view_id)
    total = together(one.cost for one in slices)
    acts = closing.acts(connection, month)
    sums = closing.totals(connection, month, acts[-1].close_number) if acts else []
    return MonthPage(
        month=month,
        status=Status(known.of([month], cost=total)),
        reasons=told(reasons(known, [month], total), reading.language),
        pricing_view=PricingViewRef.model_validate(view),
        total=_amount(total, scope, known),
        adjustments=_adjusted(reading, scope, known),
        slices=[_slice(one, scope, known) for one in slices],
        acts=[PeriodAct.model_validate(act) for act in acts],
        statement_totals=[StatementTotal.model_validate(one) for one in sums],
        **_behind(reading, month, view.pricing_view_id),
    )


def _behind(reading: Reading, month: Period, view: str) -> dict[str, Any]:
    if not reading.caller.sees_every_application:
        names = ("can_be_closed", "checklist", "invoices", "reconciliation", "reconciliation_total")
        return dict.fromkeys(names)
    blockers = closing.blockers(reading.connection, reading.settings, month, reading.current)
    lines = invoices.reconcile(reading.connection, month, view)
    total = invoices.total(lines)
    return {
        "can_be_closed": not blockers,
        "checklist": [_blocker(one, reading.language) for one in blockers],
        "invoices": [Invoice.model_validate(one) for one in invoices.recorded(reading.connection, month)],
        "reconciliation": [ReconciliationLine.model_validate(line) for line in lines],
        "reconciliation_total": None if total is None else ReconciliationLine.model_validate(total),
    }


def _blocker(one: closing.Blocker, language: str) -> Blocker:
    text, remedy = phrases.of_blocker(one, language)
    return Blocker(
        kind=one.blocker,
        domain_id=one.domain_id,
        subject=one.subject,
        line_count=one.line_count,
        text=text,
        remedy=remedy,
    )


def _slice(one: months.MonthSlice, scope: Scope, known: Standing) -> MonthSlice:
    told = {name: getattr(one, name) for name in MonthSlice.model_fields if hasattr(one, name)}
    is_shown = one.version is not None and one.version == one.shown_version
    return MonthSlice(**told, is_shown=is_shown, amount=_amount(one.cost, scope, known, one.domain_id))


def _amount(cost: Cost, scope: Scope, known: Standing, domain_id: str | None = None) -> Amount:
    return amount(cost, scope.view.currency, known.of([scope.first], domain_id, cost))


def _adjusted(reading: Reading, scope: Scope, known: Standing) -> Adjusted:
    found = overview.adjusted(reading.connection, scope)
    return Adjusted(count=found.line_count, amount=_amount(found, scope, known))
