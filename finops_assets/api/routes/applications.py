"""Applications: the list that is searched, and one of them in full."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from finops_assets.api import cursors, problems
from finops_assets.api.asking import Asking, AskingAll, Top
from finops_assets.api.problems import Refused
from finops_assets.api.schemas.amounts import DomainMonths
from finops_assets.api.schemas.groupings import Text
from finops_assets.api.schemas.pages import (
    Adjusted,
    ApplicationDomain,
    ApplicationInList,
    ApplicationList,
    ApplicationPage,
)
from finops_assets.api.shaping import Shaper, domain_ref, sent
from finops_assets.catalog.applications import ApplicationState
from finops_assets.costs import Cost, percent
from finops_assets.costs.application_pages import (
    ApplicationCosts,
    Found,
    Listed,
    Search,
    application_costs,
    find_applications,
)
from finops_assets.costs.standing import standing_of

router = APIRouter(tags=["figures"], responses=problems.answers(404))
NO_COST = "-"


class Order(StrEnum):
    """Dearest first, or by id."""

    COST = "cost"
    ID = "id"


@router.get("/applications", response_model=ApplicationList)
def applications(
    asked: Asking,
    response: Response,
    search: Annotated[Text | None, Query(description="In id, label or owner, in any case.")] = None,
    order_by: Annotated[Order, Query(alias="orderBy")] = Order.COST,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[str | None, Query(max_length=4_000, description="`nextCursor` of the page before.")] = None,
) -> Response:
    """Applications that match, a page at a time; those without cost come last."""
    wanted = Search(search, order_by is Order.ID, limit, *_place(cursor, order_by))
    found = find_applications(asked.reading.connection, asked.scope, wanted)
    shape = Shaper(asked, standing_of(asked.reading.connection, asked.scope, asked.scope.earlier))
    return sent(asked.reading, response, _list(shape, found, wanted, order_by))


@router.get("/applications/{applicationId:path}", response_model=ApplicationPage)
def application(
    asked: AskingAll,
    response: Response,
    application_id: Annotated[Text, Path(alias="applicationId")],
    products: Top = 50,
) -> Response:
    """One application: what it bears of every domain, and which products."""
    found = application_costs(asked.reading.connection, asked.scope, application_id, products=products)
    return sent(asked.reading, response, _page(Shaper(asked, found.standing), found))


def _place(cursor: str | None, order: Order) -> tuple[str | None, Decimal | None]:
    found = cursors.place(cursor, str, str, str)
    if found is None:
        return None, None
    ordered, cost, after = found
    try:
        known = None if cost == NO_COST else Decimal(cost)
    except InvalidOperation as error:
        raise Refused(422, "invalid-cursor", "cursor: it is none that was given out: ask without one") from error
    if ordered != order or (known is not None and not known.is_finite()):
        raise Refused(422, "invalid-cursor", "cursor: it is of a list in another order: ask without one")
    return after, known


def _list(shape: Shaper, found: Found, wanted: Search, order: Order) -> ApplicationList:
    def key(one: Listed) -> tuple[str, str, str]:
        cost = NO_COST if one.cost.cost is None else f"{one.cost.cost:f}"
        return order, cost, one.application.application_id

    page, following = cursors.page(found.listed, wanted.limit, key)
    return ApplicationList.model_construct(
        **shape.answer(found.total),
        total=shape.now(found.total),
        count=found.count,
        items=[_in_list(shape, one, found.total) for one in page],
        next_cursor=following,
    )


def _in_list(shape: Shaper, one: Listed, total: Cost) -> ApplicationInList:
    known = one.application
    return ApplicationInList.model_construct(
        application_id=known.application_id,
        application_label=known.application_label,
        owner=known.owner,
        state=ApplicationState(known.state),
        amount=shape.now(one.cost),
        share=percent(one.cost.cost, total.cost, 2),
        change=shape.change(one.cost, one.previous),
    )


def _page(shape: Shaper, found: ApplicationCosts) -> ApplicationPage:
    known, ids, months = found.application, list(found.standing.domains), shape.scope.months
    modes = {mode: [one for one in ids if found.standing.domains[one].domain_mode == mode] for mode in _MODES}
    total = found.monthly.of(months, ids)
    return ApplicationPage.model_construct(
        **shape.answer(total),
        application_id=known.application_id,
        application_label=known.application_label,
        owner=known.owner,
        state=ApplicationState(known.state),
        total=shape.now(total),
        change=shape.change(total, found.monthly.of(shape.scope.before, ids)),
        direct=shape.now(found.monthly.of(months, modes["DIRECT"])),
        indirect=shape.now(found.monthly.of(months, modes["INDIRECT"])),
        domains=_domains(shape, found),
        products=[shape.product(one) for one in found.products.listed] if found.products else [],
        other_products=shape.remainder(found.products) if found.products else shape.none_left(),
        trend=_trends(shape, found),
        trend_total=shape.months_of(found.monthly, ids),
        adjustments=Adjusted.model_construct(count=found.adjusted.line_count, amount=shape.now(found.adjusted)),
    )


def _domains(shape: Shaper, found: ApplicationCosts) -> list[ApplicationDomain]:
    borne = []
    for one, known in found.standing.domains.items():
        cost = found.monthly.of(shape.scope.months, [one])
        before = found.monthly.of(shape.scope.before, [one])
        if cost.line_count or before.line_count:
            borne.append(
                ApplicationDomain.model_construct(
                    **domain_ref(known),
                    amount=shape.now(cost, one),
                    change=shape.change(cost, before, one),
                    weight=found.weights.get(one),
                )
            )
    return borne


def _trends(shape: Shaper, found: ApplicationCosts) -> list[DomainMonths]:
    return [
        DomainMonths.model_construct(**domain_ref(known), months=shape.months_of(found.monthly, [one]))
        for one, known in found.standing.domains.items()
        if any(found.monthly.has(month, [one]) for month in found.monthly.trend)
    ]


_MODES = ("DIRECT", "INDIRECT")
