"""How final an amount is."""

from __future__ import annotations

from decimal import Decimal

from finops_assets.api.schemas.amounts import Amount, Months, Status
from finops_assets.period import Period


def amount(cost: Decimal | None, currency: str, lines: int, unpriced: int, *, is_closed: bool) -> Amount:
    """An amount with its status: closed, incomplete while lines of it have no price, else provisional."""
    open_status = Status.INCOMPLETE if unpriced else Status.PROVISIONAL
    return Amount(
        amount=cost,
        currency=currency,
        status=Status.CLOSED if is_closed else open_status,
        line_count=lines,
        unpriced_count=unpriced,
    )


def months(first: Period, last: Period) -> Months:
    """A range of months, both included."""
    return Months.model_validate({"from": first, "to": last})
