"""The mart's own columns, one row per fact line."""

from __future__ import annotations

from collections.abc import Mapping

from finops_assets.costs.standing import Standing
from finops_assets.export.columns import COST, DAY, QUANTITY, TEXT, WHOLE, Column, constant, read
from finops_assets.export.status import status
from finops_assets.pricing import PricingView
from finops_assets.settings import Settings


def columns(settings: Settings, views: Mapping[str, PricingView], how: Standing) -> list[Column]:
    """The columns in their order; the cost is that of the one view there is."""
    view = views["EffectiveCost"]
    texts = (
        *("domain_id", "domain_label", "domain_mode", "application_id", "application_label", "product_id"),
        *("product_label", "family_id", "family_label"),
    )
    return [
        Column("period_month", DAY, read("period_month")),
        *(Column(name, TEXT, read(name)) for name in texts),
        Column("quantity", QUANTITY, read("quantity")),
        Column("consumption_metric", TEXT, read("consumption_metric")),
        Column("unit_price", QUANTITY, read("effective_price")),
        Column("cost", COST, read("effective_cost")),
        Column("currency", TEXT, constant(view.currency)),
        Column("pricing_view_id", TEXT, constant(view.pricing_view_id)),
        Column("method_key", TEXT, read("method_key")),
        Column("driver_quantity", QUANTITY, read("driver_quantity")),
        Column("basis_quantity", QUANTITY, read("basis_quantity")),
        Column("run_id", TEXT, read("run_id")),
        Column("slice_version", WHOLE, read("version")),
        Column("status", TEXT, status(views, how)),
    ]
