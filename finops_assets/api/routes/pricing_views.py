"""Pricing views: which there are, what they say, and what another one would cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query

from finops_assets import pricing
from finops_assets.api import cursors
from finops_assets.api.asking import refuse_unknown_names
from finops_assets.api.problems import Refused, answers
from finops_assets.api.reading import Reading, Snapshot, viewer_of
from finops_assets.api.schemas.amounts import Amount, PricingViewRef
from finops_assets.api.schemas.pricing import (
    ComparedBy,
    ComparedLine,
    Comparison,
    ComparisonAsked,
    OneSided,
    OtherLines,
    PriceList,
    PriceOfView,
    PricesAsked,
    PricingViewInList,
    PricingViewList,
)
from finops_assets.api.schemas.values import Name
from finops_assets.api.standing import amount, months, told
from finops_assets.costs import Cost
from finops_assets.costs.reasons import NOT_SIGNED, Reason, reasons
from finops_assets.costs.standing import Standing, standing, unsigned
from finops_assets.period import Period
from finops_assets.pricing import PricingView, price_books, what_if
from finops_assets.pricing.editions import Edition, Page
from finops_assets.pricing.what_if import Compared

router = APIRouter(prefix="/pricing-views", tags=["pricing"])
VIEWERS = [Depends(viewer_of)]


@router.get("")
def pricing_views(reading: Snapshot) -> PricingViewList:
    """Every pricing view; drafts and what they hold for those who see every application."""
    if reading.caller.sees_every_application:
        books = price_books.books(reading.connection)
        return PricingViewList(items=[PricingViewInList.model_validate(book) for book in books])
    return PricingViewList(items=[_listed(view) for view in pricing.views(reading.connection).values()])


@router.get("/{pricingViewId}/prices", responses=answers(404), dependencies=VIEWERS)
def prices(
    reading: Snapshot, view: Annotated[Name, Path(alias="pricingViewId")], asked: Annotated[PricesAsked, Query()]
) -> PriceList:
    """The prices of a view or a draft, by domain, product and month of effect; with `month`, those that hold in it."""
    known = pricing.view_or_default(reading.connection, view)
    if asked.revisions and (asked.month or known.is_draft):
        raise Refused(422, "invalid-request", "revisions: only a published view has them, and not by month")
    shown, following = cursors.page(_prices(reading, view, asked), asked.limit, _key)
    return PriceList(
        pricing_view=PricingViewRef.model_validate(known),
        month=asked.month,
        items=[PriceOfView.model_validate(line) for line in shown],
        next_cursor=following,
    )


@router.get("/compare", responses=answers(404, 409), dependencies=VIEWERS)
def compare_pricing_views(reading: Snapshot, asked: Annotated[ComparisonAsked, Query()]) -> Comparison:
    """What the months cost in one pricing view, and would in another, from the same quantities; nothing is changed."""
    refuse_unknown_names(reading, domains=tuple(asked.domain))
    sides = _sides(reading, asked)
    found = _compared(reading, asked)
    total = what_if.total(found)
    return Comparison(
        before=sides.before,
        after=sides.after,
        months=months(asked.first, asked.last),
        by=asked.by,
        reasons=told(sides.reasons(total), reading.language),
        total=sides.line(total, asked.by),
        lines=[sides.line(line, asked.by) for line in found[: asked.limit]],
        others=sides.others(found[asked.limit :]),
    )


def _compared(reading: Reading, asked: ComparisonAsked) -> list[Compared]:
    """Every line, those that move most first."""
    found = what_if.compare(
        reading.connection,
        asked.after,
        view=asked.before,
        first=asked.first,
        last=asked.last,
        grain=what_if.Grain(asked.by),
        domains=asked.domain,
    )
    return what_if.by_move(found)


@dataclass(frozen=True)
class _Sides:
    """The two views of a comparison, its months, and how they stand."""

    before: PricingViewInList
    after: PricingViewInList
    months: Sequence[Period]
    how: Standing

    def line(self, line: Compared, by: ComparedBy) -> ComparedLine:
        months = [Period.parse(line.key)] if by is ComparedBy.MONTH and line.key else self.months
        amounts = self._amounts(line, months, line.domain_id)
        return ComparedLine(key=line.key, label=line.label, domain_id=line.domain_id, **amounts)

    def others(self, lines: list[Compared]) -> OtherLines:
        return OtherLines(count=len(lines), **self._amounts(what_if.total(lines), self.months, None))

    def reasons(self, total: Compared) -> Iterator[Reason]:
        """Why amounts are not closed: a draft's never are."""
        partial = max((_before(total), _after(total)), key=lambda cost: cost.unpriced_count)
        yield from reasons(self.how, self.months, partial)
        if self.before.is_draft or self.after.is_draft:
            yield NOT_SIGNED

    def _amounts(self, line: Compared, months: Sequence[Period], domain_id: str | None) -> dict[str, Any]:
        return {
            "before": self._amount(self.before, _before(line), months, domain_id),
            "after": self._amount(self.after, _after(line), months, domain_id),
            "moved": line.moved,
            "only_before": OneSided(count=line.only_before_count, amount=line.only_before),
            "only_after": OneSided(count=line.only_after_count, amount=line.only_after),
        }

    def _amount(self, view: PricingViewInList, cost: Cost, months: Sequence[Period], domain_id: str | None) -> Amount:
        status = unsigned(self.how.of(months, domain_id, cost), stands=not view.is_draft)
        return amount(cost, view.currency, status)


def _before(line: Compared) -> Cost:
    return Cost(line.before, line.line_count, line.unpriced_before)


def _after(line: Compared) -> Cost:
    return Cost(line.after, line.line_count, line.unpriced_after)


def _sides(reading: Reading, asked: ComparisonAsked) -> _Sides:
    connection = reading.connection
    before, after = (_listed(pricing.view_or_default(connection, one)) for one in (asked.before, asked.after))
    how = standing(connection, asked.first, asked.last, reading.current).limited_to(asked.domain)
    return _Sides(before, after, list(asked.first.through(asked.last)), how)


def _prices(reading: Reading, view: str, asked: PricesAsked) -> list[price_books.BookLine]:
    key = cursors.place(asked.cursor, str, str, date, int)
    page = Page(None if key is None else (key[0], key[1], key[2], key[3]), asked.limit + 1)
    of: dict[str, Any] = {"domain_id": asked.domain, "product_id": asked.product, "search": asked.search, "page": page}
    if asked.revisions:
        return price_books.revisions(reading.connection, Edition(view), **of)
    return price_books.lines(reading.connection, Edition(view), month=asked.month, drafted=asked.drafted, **of)


def _key(line: price_books.BookLine) -> tuple[str, str, str, int]:
    return line.domain_id, line.product_id, line.effective_from.isoformat(), line.revision or 0


def _listed(view: PricingView) -> PricingViewInList:
    named = PricingViewRef.model_validate(view).model_dump()
    return PricingViewInList(**named, is_draft=view.is_draft, based_on=view.based_on, line_count=None, last_at=None)
