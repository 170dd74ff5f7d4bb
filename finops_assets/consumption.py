"""Source lines of a DIRECT domain → one line per (application, product). Pure."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from finops_assets.contract import LINES, frame
from finops_assets.domain import UNMAPPED_FAMILY

_DESCRIPTION = ("family_id", "metric", "product_label", "family_label", "application_label", "charge_class")


def by_application_and_product(usage: pd.DataFrame) -> pd.DataFrame:
    """One line per (application, product): quantities summed exactly, texts as the source gives them.

    ``usage`` has one row per source line. Rows without an application or product are kept as they are,
    for the contract to refuse by name: a group-by that drops them would lose consumption.
    """
    keys = ["application_id", "product_id"]
    described = {name: (name, "first") for name in _DESCRIPTION if name in usage}
    grouped = usage.groupby(keys, as_index=False, dropna=False, sort=False).agg(
        quantity=("quantity", "sum"), **described
    )
    columns = {name: pa.array(grouped[name], LINES.field(_line_name(name)).type) for name in grouped}
    return frame({_line_name(name): values for name, values in columns.items()}, LINES)


def with_products(usage: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    """The usage with family, labels and metric of the product referential where it knows the product.

    What the referential does not know keeps what the usage file says of it; a product without a family
    gets the family UNMAPPED, one without a metric is counted in ``unit``.
    """
    known = products.rename(columns={name: f"known_{name}" for name in products if name != "product_id"})
    merged = usage.merge(known, on="product_id", how="left", validate="many_to_one")
    for name in ("family_id", "product_label", "family_label", "metric"):
        merged[name] = merged[f"known_{name}"].fillna(merged[name])
    merged["family_id"] = merged["family_id"].fillna(UNMAPPED_FAMILY)
    merged["metric"] = merged["metric"].fillna("unit")
    return merged[list(usage.columns)]


def _line_name(name: str) -> str:
    return "consumption_metric" if name == "metric" else name
