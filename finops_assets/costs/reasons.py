"""Why an amount is not final: what of it is not there yet, or that nobody has signed it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from finops_assets.costs import NOTHING, Cost
from finops_assets.costs.standing import AWAITED, SliceRow, Standing, Status
from finops_assets.period import Period


class ReasonKind(StrEnum):
    """What keeps an amount from being final."""

    MONTH_NOT_OVER = "MONTH_NOT_OVER"
    MISSING = "MISSING"
    FAILED = "FAILED"
    OUTDATED = "OUTDATED"
    UNPRICED = "UNPRICED"
    NOT_BEGUN = "NOT_BEGUN"
    NOT_CLOSED = "NOT_CLOSED"
    NOT_SIGNED = "NOT_SIGNED"


@dataclass(frozen=True)
class Reason:
    """One kind of them: in which months, of which domains, of how many lines; ``begins`` is the first month of data."""

    kind: ReasonKind
    months: tuple[Period, ...] = ()
    domain_ids: tuple[str, ...] = ()
    count: int | None = None
    begins: Period | None = None


NOT_SIGNED = Reason(ReasonKind.NOT_SIGNED)


def reasons(how: Standing, months: Iterable[Period], cost: Cost = NOTHING) -> list[Reason]:
    """Why an amount of some months is not closed, of all domains of the standing; nothing of one that is."""
    asked = tuple(months)
    if how.of(asked, cost=cost) is Status.CLOSED:
        return []
    left = [month for month in asked if month not in how.closed]
    if found := [*_not_over(how, left), *_lacking(how, left), *unpriced(cost)]:
        return found
    computed = tuple(month for month in left if how.of([month]) is Status.PROVISIONAL)
    return [
        Reason(ReasonKind.NOT_CLOSED, computed)
        if computed
        else Reason(ReasonKind.NOT_BEGUN, asked, begins=_begins(how))
    ]


def unpriced(cost: Cost) -> Iterator[Reason]:
    """The reason when lines of a cost have no price."""
    if cost.unpriced_count > 0:
        yield Reason(ReasonKind.UNPRICED, count=cost.unpriced_count)


def _not_over(how: Standing, months: Sequence[Period]) -> Iterator[Reason]:
    if running := tuple(month for month in months if month >= how.current):
        yield Reason(ReasonKind.MONTH_NOT_OVER, running)


def _lacking(how: Standing, months: Sequence[Period]) -> Iterator[Reason]:
    wanted = set(months)
    rows = [row for row in how.slices.values() if row.month in wanted and how.lacks(row)]
    for kind in (ReasonKind.MISSING, ReasonKind.FAILED, ReasonKind.OUTDATED):
        own = [row for row in rows if _kind(row) == kind]
        if own:
            yield Reason(kind, tuple(sorted({row.month for row in own})), tuple(sorted({row.domain_id for row in own})))


def _kind(row: SliceRow) -> str:
    return row.state if row.state in AWAITED else ReasonKind.OUTDATED


def _begins(how: Standing) -> Period | None:
    known = {domain_id for _, domain_id in how.slices}
    return min((Period.of(how.domains[one].available_from) for one in known if one in how.domains), default=None)
