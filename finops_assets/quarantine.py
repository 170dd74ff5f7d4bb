"""Well-formed source lines that break a business rule: set aside, visible, the rest of the slice lands."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from finops_assets.contract import QUANTITY
from finops_assets.domain import Domain
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query


@dataclass(frozen=True)
class QuarantinedLine:
    """One source line set aside: where it stands, what is wrong with it, and the line itself."""

    file: str
    line: int
    column: str
    value: str | None
    reason: str
    source_line: Mapping[str, str | None]


def screen(
    lines: pd.DataFrame, period: Period, decommissioned: Mapping[str, date]
) -> tuple[pd.DataFrame, list[QuarantinedLine]]:
    """The lines that may be computed with, and those that break a rule, each by its first breach.

    ``lines`` has one row per source line. ``decommissioned`` gives the date of products gone before the month;
    the month of the decommission itself is accepted whole.
    """
    late = lines["product_id"].isin(list(decommissioned))
    negative = pc.less(pa.array(lines["quantity"], QUANTITY), pa.scalar(0, QUANTITY)).to_numpy(zero_copy_only=False)
    unexplained = negative.astype(bool) & lines["charge_class"].isna().to_numpy()
    strayed = _of_another_month(lines, period)
    aside = late.to_numpy(dtype=bool) | unexplained | strayed
    if not aside.any():
        return lines, []
    set_aside = [
        _quarantined(lines.iloc[place], bool(late.iloc[place]), bool(unexplained[place]), decommissioned, period)
        for place in aside.nonzero()[0]
    ]
    return lines[~aside].reset_index(drop=True), set_aside


def _of_another_month(lines: pd.DataFrame, period: Period) -> pd.Series:
    if "charge_month" not in lines:
        return pd.Series(False, index=lines.index).to_numpy()
    months = pa.array(lines["charge_month"], pa.date32())
    return pc.not_equal(months, pa.scalar(period.first_day)).to_numpy(zero_copy_only=False).astype(bool)


def _quarantined(
    line: pd.Series, late: bool, unexplained: bool, decommissioned: Mapping[str, date], period: Period
) -> QuarantinedLine:
    if late:
        gone = decommissioned[line["product_id"]]
        column, reason = "product_id", f"the product was decommissioned on {gone}, before {period}"
    elif unexplained:
        column, reason = "quantity", "negative, and no credit or correction explains it"
    else:
        column, reason = "charge_month", f"the charge is of another month than {period}"
    texts = {str(name): None if pd.isna(value) else str(value) for name, value in line.items()}
    return QuarantinedLine(str(line["file"]), int(line["line"]), column, texts[column], reason, texts)


def keep(
    connection: Connection, domain: Domain, period: Period, run_id: UUID, lines: Sequence[QuarantinedLine]
) -> None:
    """Make these the slice's quarantined lines; lines already there, and decisions on them, stay as they are."""
    found = {
        "month": period.first_day,
        "domain": domain.domain_id,
        "run": run_id,
        "files": [line.file for line in lines],
        "lines": [line.line for line in lines],
        "columns": [line.column for line in lines],
        "values": [line.value for line in lines],
        "reasons": [line.reason for line in lines],
        "rows": [json.dumps(dict(line.source_line), sort_keys=True) for line in lines],
    }
    connection.execute(query("slices/retire_quarantine"), found)
    connection.execute(query("slices/add_quarantine"), found)
