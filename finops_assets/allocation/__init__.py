"""Weights of INDIRECT domains: drivers → shares that sum to exactly 1. Pure.

A method (``indirect``) says where its drivers come from; all of them end here. Drivers are quantities, never
prices, so that facts stay price-free.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

import pandas as pd
import pyarrow as pa

from finops_assets.contract import LINES, QUANTITY, frame, in_units
from finops_assets.domain import UNALLOCATED
from finops_assets.errors import DriverRefused
from finops_assets.money import ONE, from_units, largest_remainder

COMPONENTS = pa.schema(
    [
        ("application_id", pa.string()),
        ("component", pa.int32()),
        ("driver", pa.string()),
        ("part", QUANTITY),
        ("driver_quantity", QUANTITY),
        ("basis_quantity", QUANTITY),
        ("weight_part", QUANTITY),
    ]
)


@dataclass(frozen=True)
class Component:
    """One driver of a blend: its name, its part in units of 1e-12, and one row of drivers per application."""

    driver: str
    part: int
    drivers: pd.DataFrame


def weights(drivers: pd.DataFrame, metric: str) -> pd.DataFrame:
    """One line per application: its share of the drivers' sum, 12 decimals, summing to exactly 1.

    ``drivers`` has one row per application: ``application_id`` and ``quantity``, 0 or more. The last units go
    to the largest remainders, a tie to the first application_id in byte order. Without a positive driver
    the whole amount goes to UNALLOCATED: it is shown, never guessed and never lost. DriverRefused names every
    application whose driver is negative.
    """
    ordered = drivers.sort_values("application_id", kind="stable")
    quantities = pa.chunked_array([pa.array(ordered["quantity"], QUANTITY)])
    units = _units(ordered, "driver")
    if not any(units):
        return _lines(pa.array([UNALLOCATED]), [ONE], metric, pa.array([0], QUANTITY))
    return _lines(pa.array(ordered["application_id"], pa.string()), largest_remainder(ONE, units), metric, quantities)


def blend(components: Sequence[Component], metric: str) -> pd.DataFrame:
    """One line per application: its share of each driver, blended by their parts, summing to exactly 1.

    Shares are blended exactly and rounded once, at 12 decimals, as ``weights`` does. The part of a driver without a
    basis goes to UNALLOCATED and never to the other drivers. A line's ``driver_quantity`` is its weight, of a basis of
    1; ``components`` tells what it was blended of. DriverRefused as for ``weights``, with the driver's name.
    """
    shares = _blended(components)
    parts = _weights(shares)
    weights_ = pa.array([from_units(sum(of_each)) for of_each in parts], QUANTITY)
    return _lines(pa.array(list(shares), pa.string()), [sum(of_each) for of_each in parts], metric, weights_)


def components(components: Sequence[Component]) -> pd.DataFrame:
    """One row per (application, driver) of a blend: quantity, basis, and its part of the weight; parts add up to it."""
    shares = _blended(components)
    parts = dict(zip(shares, _weights(shares), strict=True))
    return frame(list(_component_rows(components, parts)), COMPONENTS)


def _component_rows(components: Sequence[Component], parts: dict[str, list[int]]) -> Iterator[dict[str, object]]:
    for place, component in enumerate(components):
        used = _quantities(component)
        basis = sum(used.values())
        # what has no basis stands with UNALLOCATED, which need not be among the drivers
        for application in sorted({*used, *(() if basis else (UNALLOCATED,))}, key=str.encode):
            yield {
                "application_id": application,
                "component": place + 1,
                "driver": component.driver,
                "part": from_units(component.part),
                "driver_quantity": from_units(used.get(application, 0)),
                "basis_quantity": from_units(basis),
                "weight_part": from_units(parts[application][place]),
            }


def _blended(components: Sequence[Component]) -> dict[str, list[int]]:
    """What each driver gives each application, over one common denominator, by application in byte order."""
    used = [_quantities(component) for component in components]
    bases = [sum(quantities.values()) for quantities in used]
    common = prod(basis for basis in bases if basis)
    shares: dict[str, list[int]] = {}
    for place, (component, quantities, basis) in enumerate(zip(components, used, bases, strict=True)):
        counted = quantities if basis else dict.fromkeys(quantities, 0) | {UNALLOCATED: 1}
        for application, quantity in counted.items():
            given = shares.setdefault(application, [0] * len(components))
            given[place] = component.part * quantity * common // (basis or 1)
    return {application: shares[application] for application in sorted(shares, key=str.encode)}


def _weights(shares: dict[str, list[int]]) -> list[list[int]]:
    """Each application's weight in units of 1e-12, as what each driver gives of it."""
    weights_ = largest_remainder(ONE, [sum(given) for given in shares.values()])
    return [
        largest_remainder(weight, given) if any(given) else given
        for weight, given in zip(weights_, shares.values(), strict=True)
    ]


def _quantities(component: Component) -> dict[str, int]:
    units = _units(component.drivers, f"driver {component.driver}")
    found: dict[str, int] = {}
    for application, quantity in zip(component.drivers["application_id"].tolist(), units, strict=True):
        found[application] = found.get(application, 0) + quantity
    return found


def _units(drivers: pd.DataFrame, name: str) -> list[int]:
    """The drivers in units of 1e-12; DriverRefused names every application below 0."""
    quantities = pa.chunked_array([pa.array(drivers["quantity"], QUANTITY)])
    units = [int(quantity) for quantity in in_units(quantities).to_pylist()]
    if negative := [str(app) for app, unit in zip(drivers["application_id"], units, strict=True) if unit < 0]:
        raise DriverRefused(
            f"the {name} of {', '.join(negative)} is negative: its credits exceed its use of the month; "
            "correct the source it comes from, a share is never below 0"
        )
    return units


def _lines(applications: pa.Array, shares: list[int], metric: str, drivers: pa.Array) -> pd.DataFrame:
    whole = pa.array(shares, pa.decimal128(38, 0))
    columns = {
        "application_id": applications,
        "quantity": pa.Array.from_buffers(QUANTITY, len(whole), whole.buffers()),
        "consumption_metric": [metric] * len(shares),
        "driver_quantity": drivers,
    }
    return frame(columns, LINES)
