"""The assets without the checks that read the mart: nothing runs but what the plain loop does too.

The contract and basis checks stay: they are part of the step that publishes.
"""

from __future__ import annotations

import dagster as dg

from finops_assets import definitions
from finops_assets.defs import jobs


def bare(executor: dg.ExecutorDefinition) -> dg.Definitions:
    """Our assets and the job over them, on an executor."""
    return dg.Definitions(
        assets=definitions.defs.assets,
        jobs=[dg.define_asset_job("month", selection=jobs.CONSUMPTION)],
        resources=definitions.defs.resources,
        executor=executor,
    )


defs = bare(dg.in_process_executor)
