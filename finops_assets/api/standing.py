"""How final an amount is, and why it is no more than that."""

from __future__ import annotations

from collections.abc import Iterable

from finops_assets.api import words
from finops_assets.api.schemas.amounts import Amount, Months, Status, Why
from finops_assets.costs import Cost
from finops_assets.costs import reasons as service
from finops_assets.costs import standing as rule
from finops_assets.period import Period


def amount(cost: Cost, currency: str, status: rule.Status) -> Amount:
    """An amount, and how it stands."""
    return Amount(
        amount=cost.cost,
        currency=currency,
        status=Status(status),
        line_count=cost.line_count,
        unpriced_count=cost.unpriced_count,
    )


def told(found: Iterable[service.Reason], language: str) -> list[Why]:
    """Why an answer is not final, in words."""
    return [
        Why(
            kind=one.kind,
            months=list(one.months),
            domain_ids=list(one.domain_ids),
            count=one.count,
            text=words.of_reason(one, language),
            remedy=words.remedy_of(one, language),
        )
        for one in found
    ]


def months(first: Period, last: Period) -> Months:
    """A range of months, both included."""
    return Months.model_validate({"from": first, "to": last})
