"""The dashboard: everything at a glance."""

from __future__ import annotations

from fastapi import APIRouter, Response

from finops_assets.api import problems
from finops_assets.api.asking import Asking, Top
from finops_assets.api.schemas.amounts import DomainAmount, DomainMonths
from finops_assets.api.schemas.pages import Adjusted, Dashboard, Mover
from finops_assets.api.shaping import Shaper, domain_ref, sent
from finops_assets.costs import NOTHING
from finops_assets.costs.overview import Overview, overview

router = APIRouter(tags=["figures"], responses=problems.answers(404))


@router.get("/dashboard", response_model=Dashboard)
def dashboard(asked: Asking, response: Response, top: Top = 10) -> Response:
    """Costs of the months asked for at a glance: domains, the largest families and applications, and the trend."""
    found = overview(asked.reading.connection, asked.scope, families=top, applications=top)
    return sent(asked.reading, response, _dashboard(Shaper(asked, found.standing), found))


def _dashboard(shape: Shaper, found: Overview) -> Dashboard:
    ids = list(found.standing.domains)
    total = found.monthly.of(shape.scope.months, ids)
    indirect = [one for one in ids if found.standing.domains[one].domain_mode == "INDIRECT"]
    families = found.families
    return Dashboard.model_construct(
        **shape.answer(total),
        total=shape.now(total),
        change=shape.change(total, found.monthly.of(shape.scope.before, ids)),
        domains=_domains(shape, found),
        families=[shape.family(one) for one in families.listed] if families else [],
        other_families=shape.none_left() if families is None else shape.remainder(families),
        indirect=shape.now(found.monthly.of(shape.scope.months, indirect)),
        trend=shape.scope.once(shape.scope.alike("trends"), lambda: _trends(shape, found)),
        trend_total=shape.months_of(found.monthly, ids),
        top_movers=_movers(shape, found),
        top_applications=[shape.application(one, total) for one in found.applications.listed],
        other_applications=shape.remainder(found.applications),
        adjustments=Adjusted.model_construct(count=found.adjusted.line_count, amount=shape.now(found.adjusted)),
    )


def _domains(shape: Shaper, found: Overview) -> list[DomainAmount]:
    domains = []
    for one, known in found.standing.domains.items():
        cost = found.monthly.of(shape.scope.months, [one])
        before = found.monthly.of(shape.scope.before, [one])
        if known.is_enabled or cost != NOTHING or before != NOTHING:
            domains.append(
                DomainAmount.model_construct(
                    **domain_ref(known), amount=shape.now(cost, one), change=shape.change(cost, before, one)
                )
            )
    return domains


def _trends(shape: Shaper, found: Overview) -> list[DomainMonths]:
    return [
        DomainMonths.model_construct(**domain_ref(known), months=shape.months_of(found.monthly, [one]))
        for one, known in found.standing.domains.items()
        if known.is_enabled or any(found.monthly.has(month, [one]) for month in found.monthly.trend)
    ]


def _movers(shape: Shaper, found: Overview) -> list[Mover]:
    movers = []
    for one in found.movers:
        domain = one.id if one.kind == "domain" else None
        # what began since cannot be compared, and has not moved
        if change := shape.change(one.cost, one.previous, domain):
            amount = shape.now(one.cost, domain)
            movers.append(
                Mover.model_construct(kind=one.kind, id=one.id, label=one.label, amount=amount, change=change)
            )
    return movers
