"""Jobs: one month from sources to facts, the marts alone, the imports."""

from __future__ import annotations

import dagster as dg

MARTS = dg.AssetSelection.groups("marts")
REFERENTIAL = dg.AssetSelection.groups("referential")
CONSUMPTION = dg.AssetSelection.groups("direct", "indirect", "facts")

# without the marts: a backfill of this job would refresh them with each of its runs, and they follow by themselves
month = dg.define_asset_job(
    "month", selection=CONSUMPTION, description="One month: every domain, then the facts. The marts follow."
)
refresh_marts = dg.define_asset_job("refresh_marts", selection=MARTS, description="Price what is stale again.")
import_referential = dg.define_asset_job(
    "import_referential", selection=REFERENTIAL, description="Members and prices from their files."
)
