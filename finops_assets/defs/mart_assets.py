"""The four marts: refreshed together, only where they are stale, once per backfill."""

from functools import partial
from uuid import UUID

import dagster as dg

from finops_assets import marts
from finops_assets.defs.consumption import FACT
from finops_assets.defs.resources import MartResource
from finops_assets.postgres.persistence import persistently

_ROWS = {
    "mv_cost_domain_month": "One row per (month, pricing view, domain): exact cost and unpriced lines.",
    "mv_cost_app_month": "One row per (month, pricing view, domain, application): exact cost and unpriced lines.",
    "mv_cost_family_month": "One row per (month, pricing view, domain, family) of the DIRECT domains.",
    "mv_history_trend": "One row per (month, pricing view, domain), months without data too: change and rolling sums.",
}

# not eager(): it waits for every month ever partitioned; the marts follow when a run or a backfill has ended
_WHEN_FACTS_SETTLE = (
    dg.AutomationCondition.any_deps_updated().since_last_handled()
    & ~dg.AutomationCondition.any_deps_in_progress()
    & ~dg.AutomationCondition.any_deps_match(dg.AutomationCondition.backfill_in_progress())
    & ~dg.AutomationCondition.in_progress()
)


@dg.multi_asset(
    specs=[
        dg.AssetSpec(
            name,
            deps=[FACT, dg.AssetKey("unit_price")],
            description=description,
            group_name="marts",
            kinds={"postgres", "view"},
            owners=["team:finops"],
            automation_condition=_WHEN_FACTS_SETTLE,
        )
        for name, description in _ROWS.items()
    ],
    pool="marts",
)
def refresh(context: dg.AssetExecutionContext, mart: MartResource):  # type: ignore[no-untyped-def]
    """Price the stale slices again and refresh the views on top, in one transaction."""
    once = partial(marts.refresh, run_id=UUID(context.run.run_id))
    refreshed = persistently(mart.mart, "finops_batch", once, name="refresh")
    for name in _ROWS:
        yield dg.MaterializeResult(
            name,
            metadata={
                "slices_priced_again": dg.MetadataValue.int(len(refreshed.slices)),
                "mart_version": dg.MetadataValue.int(refreshed.version),
            },
        )
