"""Products: which there are, what became of them, and what people decide about them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from finops_assets import pricing
from finops_assets.api import cursors, phrases
from finops_assets.api.problems import answers
from finops_assets.api.reading import Reading, Snapshot, viewer_of
from finops_assets.api.routes.acts import told
from finops_assets.api.schemas import members
from finops_assets.api.schemas.amounts import Amount, PricingViewRef
from finops_assets.api.standing import amount
from finops_assets.api.standing import told as told_why
from finops_assets.catalog import citations, products
from finops_assets.catalog.products import Key
from finops_assets.costs import Cost, reasons, together
from finops_assets.costs.standing import Standing, standing
from finops_assets.errors import MartRefused, NotThere
from finops_assets.period import Period
from finops_assets.pricing import PricingView

router = APIRouter(prefix="/products", tags=["products"], dependencies=[Depends(viewer_of)])
ACTS_SHOWN = 100


@router.get("")
def list_products(reading: Snapshot, asked: Annotated[members.ProductsAsked, Query()]) -> members.ProductList:
    """Products by domain and id, with how many there are in each state."""
    after = cursors.place(asked.cursor, str, str)
    of = {"domain_id": asked.domain, "search": asked.search}
    found = products.products(
        reading.connection,
        reading.today,
        **of,
        state=asked.state,
        after=Key(*after) if after else None,
        limit=asked.limit + 1,
    )
    shown, following = cursors.page(found, asked.limit, lambda row: (row.domain_id, row.product_id))
    return members.ProductList(
        counts=products.counts(reading.connection, reading.today, **of),
        items=[members.Product.model_validate(row) for row in shown],
        next_cursor=following,
    )


@router.get("/history", responses=answers(404))
def product_history(
    reading: Snapshot, asked: Annotated[members.ProductHistoryAsked, Query()]
) -> members.ProductHistory:
    """A product month by month: what was used, its label and cost then; who changed it, and what cites it."""
    connection, key = reading.connection, Key(asked.domain, asked.product)
    product = products.product(connection, key, reading.today)
    view = _view(reading, asked.pricing_view)
    months, why = _months(reading, key, view)
    return members.ProductHistory(
        product=members.Product.model_validate(product),
        pricing_view=None if view is None else PricingViewRef.model_validate(view),
        months=months,
        reasons=told_why(why, reading.language),
        acts=[told(act) for act in products.acts(connection, key, ACTS_SHOWN)],
        citations=[
            members.Citation.model_validate({**vars(one), "text": phrases.of_citation(one, reading.language)})
            for one in citations.of_product(connection, asked.domain, asked.product)
        ],
    )


def _view(reading: Reading, named: str | None) -> PricingView | None:
    """The view that is asked for, or the default one if there is one."""
    try:
        view = pricing.view_or_default(reading.connection, named)
    except NotThere:
        raise
    except MartRefused:
        return None
    return view


def _months(
    reading: Reading, key: Key, view: PricingView | None
) -> tuple[list[members.ProductMonth], list[reasons.Reason]]:
    """The months, and why not all of their amounts are closed."""
    found = products.history(reading.connection, key, view.pricing_view_id if view else None)
    if not found:
        return [], []
    first, last = Period.of(found[0].period_month), Period.of(found[-1].period_month)
    how = standing(reading.connection, first, last, reading.current).limited_to([key.domain_id])
    total = together(map(_cost, found))
    why = reasons.reasons(how, dict.fromkeys(Period.of(row.period_month) for row in found), total) if view else []
    return [
        members.ProductMonth(
            month=Period.of(row.period_month),
            quantity=row.quantity,
            application_count=row.applications,
            label_then=row.label_then,
            family_then=row.family_then,
            unit_price=row.unit_price,
            amount=None if view is None else _amount(row, view, how),
        )
        for row in found
    ], why


def _amount(row: products.ProductMonth, view: PricingView, how: Standing) -> Amount:
    return amount(_cost(row), view.currency, how.of([Period.of(row.period_month)], cost=_cost(row)))


def _cost(row: products.ProductMonth) -> Cost:
    # what the marts do not show has no price that is known
    unpriced = row.applications if row.unpriced_count is None else row.unpriced_count
    return Cost(row.cost, row.applications, unpriced)
