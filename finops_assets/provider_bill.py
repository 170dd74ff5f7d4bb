"""A provider's bill (FOCUS charges) as quantities and unit prices that give its costs back exactly. Pure.

A bill states four costs per charge, and none of them is exactly quantity × one unit price per product:
providers round, price in blocks and discount line by line. So each product keeps its real quantity and the
provider's unit price, and what that leaves of a cost is a quantity of money of its own: the *difference*
product of its family, in the bill's currency at price 1, and in 1e-12 of it for what 12 decimals cannot hold
(docs/decisions/0003). Costs agree to the last digit by application, family and domain; nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from finops_assets.consumption import by_application_and_product
from finops_assets.contract import LINES, QUANTITY, frame, in_units
from finops_assets.money import EXACT, ONE, SCALE, from_units

# FOCUS cost → the unit prices of the provider that may explain it, the first one preferred
COSTS = {
    "ListCost": ("list_cost", ("list_unit_price",)),
    "ContractedCost": ("contracted_cost", ("contracted_unit_price", "list_unit_price")),
    "BilledCost": ("billed_cost", ("contracted_unit_price", "list_unit_price")),
    "EffectiveCost": ("effective_cost", ("contracted_unit_price", "list_unit_price")),
}
PRICES = pa.schema(
    [("focus_cost", pa.string()), ("currency", pa.string()), ("product_id", pa.string()), ("unit_price", QUANTITY)]
)
LINEAGE = pa.schema(
    [
        ("application_id", pa.string()),
        ("product_id", pa.string()),
        ("quantity", QUANTITY),
        ("file", pa.string()),
        ("line", pa.int64()),
    ]
)
_PLACE = ["application_id", "file", "line"]
# so wide that two of them multiply without rounding
_WIDE = pa.decimal256(37, 12)
_PICO = Decimal("0.000000000001")


@dataclass(frozen=True)
class _Total:
    """What one application was charged for one product: quantity and costs in units of 1e-12."""

    application_id: str
    product_id: str
    family_id: str
    quantity: int
    costs: dict[str, int]


def lines_of(charges: pd.DataFrame) -> pd.DataFrame:
    """One line per (application, product), and one per (application, difference product) where there is one."""
    usage = by_application_and_product(charges)
    return pd.concat([usage, frame(list(_differences(charges)), LINES)], ignore_index=True)


def lineage_of(charges: pd.DataFrame) -> pd.DataFrame:
    """One row per (charge, product it counts in): what it gives each quantity of ``lines_of``, with its file and line.

    A charge counts in its product, and in the differences of its family with what the price leaves of its own costs:
    at the prices of a cost its rows are that cost, to the last digit.
    """
    own = charges[LINEAGE.names]
    return pd.concat([own, _parts_of_differences(charges)], ignore_index=True)


def prices_of(charges: pd.DataFrame) -> pd.DataFrame:
    """One row per (FOCUS cost, product): the unit price at which the lines give that cost of the bill."""
    currency = charges["currency"].iloc[0] if len(charges) else None
    differences = sorted({(row["product_id"], row["consumption_metric"]) for row in _differences(charges)})
    rows = []
    for cost, chosen in _chosen_prices(charges).items():
        rows += [(cost, currency, product, from_units(price)) for product, price in sorted(chosen.items())]
        for product, metric in differences:
            own = product.startswith(f"difference:{cost}:")
            worth = _PICO if str(metric).startswith("1e-12") else Decimal(1)
            rows.append((cost, currency, product, worth if own else Decimal(0)))
    columns = zip(*rows, strict=True) if rows else ([], [], [], [])
    return frame(dict(zip(PRICES.names, map(list, columns), strict=True)), PRICES)


def _differences(charges: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The lines that make up for what quantity × unit price leaves of each cost, as rows of LINES."""
    if len(charges) == 0:
        return
    prices, labels = _chosen_prices(charges), _family_labels(charges)
    currency, totals = str(charges["currency"].iloc[0]), _totals(charges)
    for cost, chosen in prices.items():
        left: dict[tuple[str, str], int] = {}
        for total in totals:
            key = (total.application_id, total.family_id)
            explained = total.quantity * chosen[total.product_id]
            left[key] = left.get(key, 0) + total.costs[cost] * ONE - explained
        for (application, family), difference in left.items():
            whole, rest = _split(difference)
            base = {"application_id": application, "family_id": family, "family_label": labels[family]}
            if whole:
                yield base | _difference(f"difference:{cost}:{family}", currency, cost, whole)
            if rest:
                yield base | _difference(f"difference:{cost}:{family}:1e-12", f"1e-12 {currency}", cost, rest)


def _parts_of_differences(charges: pd.DataFrame) -> pd.DataFrame:
    """What each charge gives the difference products, as LINEAGE."""
    places: list[int] = []
    products: list[str] = []
    units: list[int] = []
    for cost, chosen in _chosen_prices(charges).items() if len(charges) else ():
        for place, product, given in _steps(charges, cost, chosen):
            places.append(place)
            products.append(product)
            units.append(given)
    whole = pa.array(units, pa.decimal128(38, 0))
    quantity = pa.Array.from_buffers(QUANTITY, len(whole), whole.buffers())
    taken = {name: pa.array(charges[name]).take(pa.array(places, pa.int64())) for name in _PLACE}
    return frame({"product_id": pa.array(products, pa.string()), "quantity": quantity} | taken, LINEAGE)


def _steps(charges: pd.DataFrame, cost: str, chosen: dict[str, int]) -> Iterator[tuple[int, str, int]]:
    """The place of a charge, a difference product, and what the charge gives it in 1e-12.

    Parts are the steps of a running total, cut as the total is, so that they add up to what is cut of it.
    """
    places, amounts = _left_of(charges, COSTS[cost][0], chosen)
    keys = [pa.array(charges[name], pa.string()).take(places).to_pylist() for name in ("application_id", "family_id")]
    running: dict[tuple[str, str], int] = {}
    for place, application, family, left in zip(places.to_pylist(), *keys, amounts, strict=True):
        before = running.get((application, family), 0)
        after = running[application, family] = before + left
        (whole, rest), (whole_before, rest_before) = _split(after), _split(before)
        product = f"difference:{cost}:{family}"
        if whole != whole_before:
            yield place, product, whole - whole_before
        if rest != rest_before:
            yield place, f"{product}:1e-12", rest - rest_before


def _left_of(charges: pd.DataFrame, column: str, chosen: dict[str, int]) -> tuple[pa.Array, list[int]]:
    """The places of the charges whose cost is not quantity × price, and what is left of each, in 1e-24."""
    product = pc.index_in(pa.array(charges["product_id"], pa.string()), value_set=pa.array(chosen, pa.string()))
    prices = pa.array([from_units(price) for price in chosen.values()], _WIDE).take(product)
    quantity = pa.array(charges["quantity"], QUANTITY).fill_null(0).cast(_WIDE)
    cost = pc.multiply(pa.array(charges[column], QUANTITY).cast(_WIDE), pa.scalar(Decimal(1), _WIDE))
    left = pc.subtract(cost, pc.multiply(quantity, prices))
    places = pc.indices_nonzero(pc.not_equal(left, pa.scalar(Decimal(0), left.type)))
    return places, [int(amount.scaleb(2 * SCALE, EXACT)) for amount in left.take(places).to_pylist()]


def _difference(product_id: str, metric: str, cost: str, units: int) -> dict[str, Any]:
    return {
        "product_id": product_id,
        "product_label": f"{cost} that quantity × unit price leaves",
        "consumption_metric": metric,
        "quantity": from_units(units),
        "charge_class": "CORRECTION",
    }


def _split(difference: int) -> tuple[int, int]:
    """A difference in 1e-24 as whole units of 1e-12 and the rest, both towards zero."""
    sign = -1 if difference < 0 else 1
    whole, rest = divmod(abs(difference), ONE)
    return sign * whole, sign * rest


def _chosen_prices(charges: pd.DataFrame) -> dict[str, dict[str, int]]:
    """For each cost the bill has, the price of each product (1e-12): the provider's that leaves least, or 0."""
    offered = {name: _one_price(charges, name) for name in ("list_unit_price", "contracted_unit_price")}
    totals = _totals(charges)
    chosen: dict[str, dict[str, int]] = {}
    for cost in _costs(charges):
        by_product: dict[str, list[_Total]] = {}
        for total in totals:
            by_product.setdefault(total.product_id, []).append(total)
        chosen[cost] = {
            product: _best([*(offered[name].get(product) for name in COSTS[cost][1]), 0], cost, charged)
            for product, charged in by_product.items()
        }
    return chosen


def _best(candidates: Iterable[int | None], cost: str, charged: list[_Total]) -> int:
    known = [price for price in candidates if price is not None]
    return min(known, key=lambda price: sum(abs(t.costs[cost] * ONE - t.quantity * price) for t in charged))


def _one_price(charges: pd.DataFrame, name: str) -> dict[str, int]:
    """The unit price of the products that show exactly one, and it not negative."""
    shown: dict[str, set[int]] = {}
    for product, price in zip(charges["product_id"], _units(charges[name]), strict=True):
        if price is not None:
            shown.setdefault(product, set()).add(price)
    return {product: min(prices) for product, prices in shown.items() if len(prices) == 1 and min(prices) >= 0}


def _costs(charges: pd.DataFrame) -> list[str]:
    return [cost for cost, (column, _) in COSTS.items() if not charges[column].isna().any()]


def _totals(charges: pd.DataFrame) -> list[_Total]:
    costs = _costs(charges)
    names = ["quantity", *(COSTS[cost][0] for cost in costs)]
    keys = ["application_id", "product_id", "family_id"]
    grouped = charges.groupby(keys, as_index=False, dropna=False, sort=True)[names].sum()
    # a missing id stays None, for the contract to refuse by name
    texts = [pa.array(grouped[key], pa.string()).to_pylist() for key in keys]
    numbers = [_units(grouped[name]) for name in names]
    return [
        _Total(application, product, family, int(quantity or 0), dict(zip(costs, map(int, amounts), strict=True)))
        for application, product, family, quantity, *amounts in zip(*texts, *numbers, strict=True)
    ]


def _family_labels(charges: pd.DataFrame) -> dict[str, str | None]:
    families, labels = (pa.array(charges[name], pa.string()).to_pylist() for name in ("family_id", "family_label"))
    return dict(zip(families, labels, strict=True))


def _units(values: pd.Series) -> list[int | None]:
    units = in_units(pa.chunked_array([pa.array(values, QUANTITY)])).to_pylist()
    return [None if unit is None else int(unit) for unit in units]
