"""Domains: the list, and one of them in full."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from finops_assets.api import problems
from finops_assets.api.asking import Asking, Top
from finops_assets.api.schemas.amounts import SliceState
from finops_assets.api.schemas.pages import Distribution, DomainInList, DomainList, DomainPage, Weight
from finops_assets.api.shaping import Shaper, domain_ref, sent
from finops_assets.costs import Cost, together
from finops_assets.costs.domain_pages import Distribution as Spread
from finops_assets.costs.domain_pages import DomainCosts, domain_costs
from finops_assets.costs.overview import Monthly, by_month_and_domain
from finops_assets.costs.standing import DomainRow
from finops_assets.period import Period

router = APIRouter(tags=["figures"], responses=problems.answers(404))


@router.get("/domains", response_model=DomainList)
def domains(asked: Asking, response: Response) -> Response:
    """Every domain there is, by id, with what it comes to in the months asked for."""
    standing, monthly = by_month_and_domain(asked.reading.connection, asked.scope)
    shape = Shaper(asked, standing)
    total = monthly.of(asked.scope.months, standing.domains)
    answer = DomainList.model_construct(
        **shape.answer(total),
        total=shape.now(total),
        domains=[_in_list(shape, monthly, one) for one in standing.domains.values()],
    )
    return sent(asked.reading, response, answer)


@router.get("/domains/{domainId}", response_model=DomainPage)
def domain(
    asked: Asking,
    response: Response,
    domain_id: Annotated[str, Path(alias="domainId", max_length=100)],
    top: Top = 10,
    products: Top = 50,
) -> Response:
    """One domain: families, products and applications, or how its amount is spread."""
    found = domain_costs(
        asked.reading.connection, asked.scope, domain_id, families=500, products=products, applications=top
    )
    return sent(asked.reading, response, _page(Shaper(asked, found.standing), found, domain_id))


def _in_list(shape: Shaper, monthly: Monthly, known: DomainRow) -> DomainInList:
    one = known.domain_id
    cost = monthly.of(shape.scope.months, [one])
    last = shape.standing.slices.get((shape.scope.last, one))
    return DomainInList.model_construct(
        **domain_ref(known),
        is_enabled=known.is_enabled,
        available_from=Period.of(known.available_from),
        state=SliceState(last.state) if last else None,
        amount=shape.now(cost, one),
        change=shape.change(cost, monthly.of(shape.scope.before, [one]), one),
    )


def _page(shape: Shaper, found: DomainCosts, one: str) -> DomainPage:
    total = found.monthly.of(shape.scope.months, [one])
    families, products, people = found.families, found.products, found.applications
    return DomainPage.model_construct(
        **shape.answer(total, one),
        domain=_in_list(shape, found.monthly, found.domain),
        total=shape.now(total, one),
        change=shape.change(total, found.monthly.of(shape.scope.before, [one]), one),
        trend=shape.months_of(found.monthly, [one]),
        families=[shape.family(each) for each in families.listed] if families else [],
        other_families=shape.remainder(families, one) if families else shape.none_left(),
        products=[shape.product(each) for each in products.listed] if products else [],
        other_products=shape.remainder(products, one) if products else shape.none_left(),
        top_applications=[shape.application(each, total, one) for each in people.listed],
        other_applications=shape.remainder(people, one),
        distributions=[_distribution(shape, found.domain, each) for each in found.distributions],
    )


def _distribution(shape: Shaper, domain: DomainRow, one: Spread) -> Distribution:
    listed = together(each.cost for each in one.borne)
    left: Cost = one.cost.less(listed)
    sees_all = shape.scope.sees_all
    return Distribution.model_construct(
        month=one.month,
        amount_to_distribute=shape.amount(one.cost, [one.month], domain.domain_id),
        method_key=one.method_key or domain.indirect_method_key,
        method_label=domain.indirect_label,
        basis_quantity=one.basis_quantity,
        metric=one.metric,
        weights=[
            Weight.model_construct(
                application_id=each.application_id,
                application_label=each.application_label,
                owner=each.owner,
                weight=each.weight,
                driver_quantity=each.driver_quantity,
                amount=shape.amount(each.cost, [one.month], domain.domain_id),
            )
            for each in one.borne
        ],
        others=shape.left(left, left.line_count if sees_all else None, [one.month], domain.domain_id),
    )
