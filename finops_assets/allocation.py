"""Weights of INDIRECT domains: drivers → shares that sum to exactly 1. Pure.

A method (``indirect``) says where its drivers come from; all of them end here. Drivers are quantities, never
prices, so that facts stay price-free.
"""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from finops_assets.contract import LINES, QUANTITY, frame, in_units
from finops_assets.domain import UNALLOCATED
from finops_assets.errors import DriverRefused
from finops_assets.money import ONE, largest_remainder


def weights(drivers: pd.DataFrame, metric: str) -> pd.DataFrame:
    """One line per application: its share of the drivers' sum, 12 decimals, summing to exactly 1.

    ``drivers`` has one row per application: ``application_id`` and ``quantity``, 0 or more. The last units go
    to the largest remainders, a tie to the first application_id in byte order. Without a positive driver
    the whole amount goes to UNALLOCATED: it is shown, never guessed and never lost. DriverRefused names every
    application whose driver is negative.
    """
    ordered = drivers.sort_values("application_id", kind="stable")
    quantities = pa.chunked_array([pa.array(ordered["quantity"], QUANTITY)])
    units = [int(quantity) for quantity in in_units(quantities).to_pylist()]
    if negative := [name for name, unit in zip(ordered["application_id"], units, strict=True) if unit < 0]:
        raise DriverRefused(
            f"the driver of {', '.join(map(str, negative))} is negative: its credits exceed its use of the month; "
            "correct the source it comes from, a share is never below 0"
        )
    if not any(units):
        return _lines(pa.array([UNALLOCATED]), [ONE], metric, pa.array([0], QUANTITY))
    return _lines(pa.array(ordered["application_id"], pa.string()), largest_remainder(ONE, units), metric, quantities)


def _lines(applications: pa.Array, shares: list[int], metric: str, drivers: pa.Array) -> pd.DataFrame:
    whole = pa.array(shares, pa.decimal128(38, 0))
    columns = {
        "application_id": applications,
        "quantity": pa.Array.from_buffers(QUANTITY, len(whole), whole.buffers()),
        "consumption_metric": [metric] * len(shares),
        "driver_quantity": drivers,
    }
    return frame(columns, LINES)
