"""OPEN: metered use of the internal platform, by product and family.

The month's usage files say how much each application used; the product referential (``products*.csv``)
says what each product is called, which family it is in and in which unit it is counted.
"""

from __future__ import annotations

import pandas as pd

from finops_assets.consumption import by_application_and_product, with_products
from finops_assets.domain import Domain, Example, Inputs, Mode, Products, UsageFiles
from finops_assets.period import Period

DOMAIN = Domain(
    domain_id="OPEN",
    label="Open platform",
    mode=Mode.DIRECT,
    description="One row per (application, product): metered use of the internal platform.",
    reads={"usage": UsageFiles(), "products": Products()},
    owner="team:platform",
)


def compute(period: Period, inputs: Inputs) -> pd.DataFrame:
    """One line per (application, product): the month's quantity."""
    return by_application_and_product(with_products(inputs["usage"], inputs["products"]))


EXAMPLE = Example(
    period="2025-01",
    inputs={
        "usage": [
            {"application_id": "billing", "product_id": "vm-small", "quantity": "100.5"},
            {"application_id": "billing", "product_id": "vm-small", "quantity": "-0.5", "charge_class": "CORRECTION"},
            {"application_id": "portal", "product_id": "vm-small", "quantity": "20"},
            {"application_id": "portal", "product_id": "new-thing", "quantity": "3", "metric": "call"},
        ],
        "products": [
            {
                "product_id": "vm-small",
                "product_label": "Small virtual machine",
                "family_id": "compute",
                "family_label": "Compute",
                "metric": "CPU",
            },
        ],
    },
    lines=[
        {
            "application_id": "billing",
            "product_id": "vm-small",
            "family_id": "compute",
            "quantity": "100",
            "consumption_metric": "CPU",
        },
        {
            "application_id": "portal",
            "product_id": "new-thing",
            "family_id": "UNMAPPED",
            "quantity": "3",
            "consumption_metric": "call",
        },
        {
            "application_id": "portal",
            "product_id": "vm-small",
            "family_id": "compute",
            "quantity": "20",
            "consumption_metric": "CPU",
        },
    ],
)
