"""Which pricing view gives which FOCUS cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from finops_assets.errors import ExportRefused
from finops_assets.postgres.connection import Connection
from finops_assets.pricing import PricingView, view_or_default

# FOCUS cost → the column of sql/queries/export/lines.sql that holds it
COSTS: Final[Mapping[str, str]] = {
    "ListCost": "list_cost",
    "ContractedCost": "contracted_cost",
    "BilledCost": "billed_cost",
    "EffectiveCost": "effective_cost",
}
_COST_OF_KIND = {
    "list": "ListCost",
    "contracted": "ContractedCost",
    "billed": "BilledCost",
    "effective": "EffectiveCost",
}


def views_of(connection: Connection, names: Sequence[str], *, is_focus: bool) -> dict[str, PricingView]:
    """The view that gives each FOCUS cost; outside FOCUS one view gives them all.

    A view of a provider's kind gives its own cost, an internal or what-if one every cost that no other gives.
    ExportRefused when views differ in currency, give the same cost or are drafts; MartRefused when one is unknown.
    """
    chosen = [view_or_default(connection, name) for name in dict.fromkeys(names)] or [view_or_default(connection, None)]
    if drafts := [view.pricing_view_id for view in chosen if view.is_draft]:
        raise ExportRefused(f"pricing view {', '.join(drafts)} is a draft, which no mart shows: publish it first")
    if len({view.currency for view in chosen}) > 1:
        told = ", ".join(f"{view.pricing_view_id} is in {view.currency}" for view in chosen)
        raise ExportRefused(f"{told}: currencies are never mixed in one file, export each on its own")
    if not is_focus:
        if len(chosen) > 1:
            raise ExportRefused("this format shows one cost: name one --view, or export as FOCUS")
        return dict.fromkeys(COSTS, chosen[0])
    return _by_cost(chosen)


def _by_cost(chosen: Sequence[PricingView]) -> dict[str, PricingView]:
    given: dict[str, PricingView] = {}
    ours = [view for view in chosen if view.kind not in _COST_OF_KIND]
    for view in [view for view in chosen if view.kind in _COST_OF_KIND]:
        cost = _COST_OF_KIND[view.kind]
        _refuse_twice(cost, given.get(cost), view)
        given[cost] = view
    for view in ours[1:]:
        _refuse_twice("every other cost", ours[0], view)
    if ours:
        given |= {cost: ours[0] for cost in COSTS if cost not in given}
    return {cost: given[cost] for cost in COSTS if cost in given}


def _refuse_twice(cost: str, first: PricingView | None, second: PricingView) -> None:
    if first is not None:
        both = f"{first.pricing_view_id} and {second.pricing_view_id}"
        raise ExportRefused(f"pricing views {both} would both give {cost}: export one of them")
