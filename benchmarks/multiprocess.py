"""The definitions with Dagster's multiprocess executor: what ``benchmarks.orchestration`` compares ours with."""

from __future__ import annotations

import dagster as dg

from finops_assets import definitions

# by its module: Dagster refuses a second Definitions among the names of this one
defs = dg.Definitions(
    assets=definitions.defs.assets, resources=definitions.defs.resources, executor=dg.multiprocess_executor
)
