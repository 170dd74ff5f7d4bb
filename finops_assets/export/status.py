"""How final a line is, by the one rule there is: that of its month and domain, incomplete while a price is missing."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from finops_assets.costs.standing import Standing, Status
from finops_assets.export.columns import Batch, Values, mapped
from finops_assets.export.views import COSTS
from finops_assets.period import Period
from finops_assets.pricing import PricingView


def status(views: Mapping[str, PricingView], how: Standing) -> Values:
    """How the month and domain of a line stand; ``incomplete`` without a price in a view."""

    def stands(key: str) -> str:
        month, _, domain_id = key.partition(" ")
        return how.of([Period.parse(month[:7])], domain_id)

    settled = mapped(lambda batch: pc.binary_join_element_wise(batch["period_month"], batch["domain_id"], " "), stands)

    def found(batch: Batch) -> pa.Array:
        told = settled(batch)
        for cost in views:
            told = pc.if_else(pc.is_null(batch[COSTS[cost]]), Status.INCOMPLETE.value, told)
        return told

    return found
