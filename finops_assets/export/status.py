"""How final a line is: closed, provisional, or incomplete while a price is missing."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from finops_assets.export.columns import Batch, Values
from finops_assets.export.views import COSTS
from finops_assets.pricing import PricingView


def status(views: Mapping[str, PricingView]) -> Values:
    """``incomplete`` without a price in a view, else ``closed`` or ``provisional`` as its month is."""

    def found(batch: Batch) -> pa.Array:
        settled = pc.if_else(pc.equal(batch["period_status"], "CLOSED"), "closed", "provisional")
        for cost in views:
            settled = pc.if_else(pc.is_null(batch[COSTS[cost]]), "incomplete", settled)
        return settled

    return found
