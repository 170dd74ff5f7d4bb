"""What people call products, and where they put them, in the lines of a slice."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from finops_assets.domain import Domain, Mode
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query


def as_described(connection: Connection, domain: Domain, period: Period, lines: pd.DataFrame) -> pd.DataFrame:
    """The lines of a slice with the label and family that people have given its products, where they have."""
    if domain.mode is Mode.INDIRECT or lines.empty:
        return lines
    slice_ = {"domain": domain.domain_id, "month": period.first_day}
    held = {row["product_id"]: row for row in connection.execute(query("catalog/held_descriptions"), slice_)}
    chosen = lines["product_id"].isin(list(held)).to_numpy(dtype=bool)
    if not chosen.any():
        return lines
    described, products_of = lines.copy(), lines.loc[chosen, "product_id"].tolist()
    for column in ("product_label", "family_id"):
        told: Sequence[str] = [held[product_id][column] for product_id in products_of]
        described.loc[chosen, column] = pd.array(told, dtype=lines[column].dtype)
    # the label that goes with it is that of the member
    described.loc[chosen, "family_label"] = None
    return described
