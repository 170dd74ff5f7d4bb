"""CLOUD: the cloud providers' bills, as the FOCUS exports they deliver each month.

The application is a tag (FINOPS_APPLICATION_TAG), the product the provider's price id, the family its
service. A pricing view with a ``focus_cost`` shows that cost of the bill to the last digit.
"""

from __future__ import annotations

import pandas as pd

from finops_assets.domain import Domain, Example, FocusFiles, Inputs, Mode
from finops_assets.period import Period
from finops_assets.provider_bill import lineage_of, lines_of, prices_of

DOMAIN = Domain(
    domain_id="CLOUD",
    label="Public cloud",
    mode=Mode.DIRECT,
    description="One row per (application, provider price id), and per difference from the provider's cost.",
    reads={"charges": FocusFiles()},
    owner="team:cloud",
)


def compute(period: Period, inputs: Inputs) -> pd.DataFrame:
    """One line per (application, price id) with the charged quantity."""
    return lines_of(inputs["charges"])


def prices(period: Period, inputs: Inputs) -> pd.DataFrame:
    """One row per (FOCUS cost, price id): the provider's own unit price."""
    return prices_of(inputs["charges"])


def lineage(period: Period, inputs: Inputs) -> pd.DataFrame:
    """One row per (charge, product it counts in): the price id, and the differences it has a part in."""
    return lineage_of(inputs["charges"])


_CHARGE = {
    "product_id": "gp-storage",
    "family_id": "Storage",
    "family_label": "Storage",
    "metric": "GB",
    "currency": "EUR",
    "list_unit_price": "0.02",
    "contracted_unit_price": None,
    "contracted_cost": None,
}

EXAMPLE = Example(
    period="2025-01",
    inputs={
        "charges": [
            # 100 × 0.02 is the list cost; nothing of it is left over
            _CHARGE
            | {
                "application_id": "billing",
                "quantity": "100",
                "list_cost": "2",
                "billed_cost": "2",
                "effective_cost": "2",
            },
            # the provider rounded 0.66666 up to 0.67: 0.00334 is left in each cost
            _CHARGE
            | {
                "application_id": "portal",
                "quantity": "33.333",
                "list_cost": "0.67",
                "billed_cost": "0.67",
                "effective_cost": "0.67",
            },
        ]
    },
    lines=[
        {
            "application_id": "billing",
            "product_id": "gp-storage",
            "family_id": "Storage",
            "quantity": "100",
            "consumption_metric": "GB",
        },
        {
            "application_id": "portal",
            "product_id": "difference:BilledCost:Storage",
            "family_id": "Storage",
            "quantity": "0.00334",
            "consumption_metric": "EUR",
        },
        {
            "application_id": "portal",
            "product_id": "difference:EffectiveCost:Storage",
            "family_id": "Storage",
            "quantity": "0.00334",
            "consumption_metric": "EUR",
        },
        {
            "application_id": "portal",
            "product_id": "difference:ListCost:Storage",
            "family_id": "Storage",
            "quantity": "0.00334",
            "consumption_metric": "EUR",
        },
        {
            "application_id": "portal",
            "product_id": "gp-storage",
            "family_id": "Storage",
            "quantity": "33.333",
            "consumption_metric": "GB",
        },
    ],
)
