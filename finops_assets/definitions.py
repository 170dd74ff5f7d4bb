"""``defs``: the one place where the Dagster edge is put together."""

from __future__ import annotations

import dagster as dg

from finops_assets import events
from finops_assets.defs import (
    activation_check,
    checks,
    jobs,
    mart_assets,
    referential,
    schedules,
    sensors,
    standing_checks,
)
from finops_assets.defs.consumption import consumption_assets, loaded
from finops_assets.defs.resources import MartResource
from finops_assets.settings import Settings

events.configure(Settings.from_environment().log_format)

# a step that reports its failures at the end still lets the marts run on what it landed
_EXECUTOR = dg.in_process_executor.configured({"step_dependency_config": {"require_upstream_step_success": False}})

_CHECKS = checks.month_checks(loaded(), Settings.from_environment())
_ACTIVATION = activation_check.activation_checks(loaded(), Settings.from_environment())

defs = dg.Definitions(
    assets=[referential.referential, referential.unit_price, consumption_assets(loaded()), mart_assets.refresh],
    asset_checks=[_CHECKS, _ACTIVATION],
    jobs=[jobs.month, jobs.refresh_marts, jobs.import_referential, standing_checks.job_of(_CHECKS, _ACTIVATION)],
    sensors=[
        dg.AutomationConditionSensorDefinition(
            "refresh_marts_when_facts_settle",
            target=jobs.MARTS | dg.AssetSelection.checks(_CHECKS, _ACTIVATION),
            default_status=dg.DefaultSensorStatus.RUNNING,
        ),
        sensors.activation_sensor,
        sensors.reconcile_sensor,
    ],
    schedules=[
        schedules.imports_schedule(Settings.from_environment()),
        schedules.nightly_schedule(Settings.from_environment()),
        schedules.monthly_schedule(Settings.from_environment()),
    ],
    resources={"mart": MartResource()},
    executor=_EXECUTOR,
)
