"""``defs``: the one place where the Dagster edge is put together."""

from __future__ import annotations

import dagster as dg

from finops_assets.defs import jobs, mart_assets, referential
from finops_assets.defs.consumption import consumption_assets
from finops_assets.defs.resources import MartResource

# a step that reports its failures at the end still lets the marts run on what it landed
_EXECUTOR = dg.in_process_executor.configured({"step_dependency_config": {"require_upstream_step_success": False}})

defs = dg.Definitions(
    assets=[referential.referential, referential.unit_price, consumption_assets(), mart_assets.refresh],
    jobs=[jobs.month, jobs.refresh_marts, jobs.import_referential],
    sensors=[
        dg.AutomationConditionSensorDefinition(
            "refresh_marts_when_facts_settle", target=jobs.MARTS, default_status=dg.DefaultSensorStatus.RUNNING
        )
    ],
    resources={"mart": MartResource()},
    executor=_EXECUTOR,
)
