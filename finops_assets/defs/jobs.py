"""Jobs: one month from sources to marts, and the marts alone."""

from __future__ import annotations

import dagster as dg

MARTS = dg.AssetSelection.groups("marts")
REFERENTIAL = dg.AssetSelection.groups("referential")
CONSUMPTION = dg.AssetSelection.groups("direct", "indirect", "facts")

month = dg.define_asset_job(
    "month", selection=CONSUMPTION | MARTS, description="One month: every domain, the facts, then the marts."
)
refresh_marts = dg.define_asset_job("refresh_marts", selection=MARTS, description="Price what is stale again.")
import_referential = dg.define_asset_job(
    "import_referential", selection=REFERENTIAL, description="Members and prices from their files."
)
