"""Price files: pricing views, and unit prices by view, domain, product and month."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pyarrow as pa

from finops_assets.sources import Reading
from finops_assets.sources.columns import Column, Decimals, Texts
from finops_assets.sources.faults import refused
from finops_assets.sources.referential import read_members
from finops_assets.sources.tables import header_of
from finops_assets.sources.values import currency, identifier, label, month, one_of, true_or_false

KINDS = ("list", "contracted", "billed", "effective", "internal", "what_if")
PRICE_KEYS = ("pricing_view_id", "domain_id", "product_id", "effective_from")
FOCUS_COSTS = ("ListCost", "ContractedCost", "BilledCost", "EffectiveCost")

_PRICES = (
    Column("pricing_view_id", Texts(identifier)),
    Column("domain_id", Texts(identifier)),
    Column("product_id", Texts(identifier)),
    Column("effective_from", Texts(month, pa.date32())),
    Column("unit_price", Decimals()),
    Column("currency", Texts(currency), required=False),
)
_VIEWS = (
    Column("pricing_view_id", Texts(identifier)),
    Column("pricing_view_label", Texts(label)),
    Column("currency", Texts(currency)),
    Column("kind", Texts(one_of(*KINDS))),
    Column("is_default", Texts(true_or_false, pa.bool_())),
    Column("focus_cost", Texts(one_of(*FOCUS_COSTS)), required=False),
    Column("is_draft", Texts(true_or_false, pa.bool_()), required=False),
    Column("based_on", Texts(identifier), required=False),
)


def read_prices(path: Path, *, max_bytes: int, name: str | None = None) -> Reading:
    """Unit prices, one row per view, domain, product (or '*') and month; SourceRefused on any fault."""
    return read_members(path, _PRICES, PRICE_KEYS, max_bytes=max_bytes, name=name)


def read_pricing_views(path: Path, *, max_bytes: int, name: str | None = None) -> Reading:
    """Pricing views, one row per view; SourceRefused when the file cannot be trusted."""
    return read_members(path, _VIEWS, ["pricing_view_id"], max_bytes=max_bytes, name=name)


def kind_of_price_file(path: Path) -> Literal["prices", "views"]:
    """Whether a file holds prices or pricing views, by its header; SourceRefused when neither."""
    found = header_of(path) or ()
    if "unit_price" in found:
        return "prices"
    if "pricing_view_label" in found:
        return "views"
    reason = "is neither a price file (no column unit_price) nor one of pricing views (no pricing_view_label)"
    raise refused(f"{path.parent.name}/{path.name}", reason, "check its header line")
