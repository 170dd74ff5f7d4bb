"""What things cost: months, views and filters resolved, groups of any dimensions, and how each month stands.

Plain functions on a connection. The same statements do for ``finops_api``, which sees everything, and for
``finops_reader``, which sees totals of everybody and rows of some applications.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from finops_assets.money import EXACT


class Dimension(StrEnum):
    """What costs are grouped by."""

    MONTH = "month"
    DOMAIN = "domain"
    FAMILY = "family"
    PRODUCT = "product"
    APPLICATION = "application"
    OWNER = "owner"


@dataclass(frozen=True)
class Cost:
    """A sum, exact; None when nothing of it has a price. Without lines there is nothing."""

    cost: Decimal | None
    line_count: int
    unpriced_count: int

    def less(self, part: Cost) -> Cost:
        """What is left without a part of it; None when the part is all that has a price and lines are left."""
        lines, unpriced = self.line_count - part.line_count, self.unpriced_count - part.unpriced_count
        left = None
        if self.cost is not None and lines > unpriced:
            left = self.cost if part.cost is None else EXACT.subtract(self.cost, part.cost)
        return Cost(left, lines, unpriced)


NOTHING = Cost(None, 0, 0)


def together(costs: Iterable[Cost]) -> Cost:
    """The exact sum; its cost is None when none of them has one."""
    total, lines, unpriced = None, 0, 0
    for one in costs:
        if one.cost is not None:
            total = one.cost if total is None else EXACT.add(total, one.cost)
        lines += one.line_count
        unpriced += one.unpriced_count
    return Cost(total, lines, unpriced)


def delta(now: Cost, before: Cost) -> Decimal | None:
    """How much more it is now, exactly; None when either has no cost."""
    if now.cost is None or before.cost is None:
        return None
    return EXACT.subtract(now.cost, before.cost)


def percent(part: Decimal | None, whole: Decimal | None, decimals: int) -> Decimal | None:
    """A part in percent of a whole's size, rounded half up; None when either is None or the whole is 0."""
    if part is None or not whole:
        return None
    exact = EXACT.multiply(EXACT.divide(part, whole.copy_abs()), Decimal(100))
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, EXACT)
