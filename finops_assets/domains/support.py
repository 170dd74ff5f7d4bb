"""SUPPORT: the platform support team, spread by what each application used of OPEN's processors."""

from __future__ import annotations

import pandas as pd

from finops_assets.allocation.indirect import METHODS
from finops_assets.domain import Consumption, Domain, Example, Inputs, Mode
from finops_assets.period import Period

DOMAIN = Domain(
    domain_id="SUPPORT",
    label="Platform support",
    mode=Mode.INDIRECT,
    description="One row per application: its share of the month's support cost.",
    reads={"open": Consumption(of="OPEN", metric="CPU")},
    owner="team:platform",
    indirect_method_key="open_weight",
    indirect_label="Share of OPEN's processor hours",
)


def compute(period: Period, inputs: Inputs) -> pd.DataFrame:
    """One line per application: its part of OPEN's processor hours."""
    return METHODS["open_weight"].weights(inputs["open"])


EXAMPLE = Example(
    period="2025-01",
    inputs={
        "open": [
            {"application_id": "billing", "quantity": "300"},
            {"application_id": "portal", "quantity": "100"},
        ]
    },
    lines=[
        {"application_id": "billing", "quantity": "0.75", "consumption_metric": "OPEN_WEIGHT"},
        {"application_id": "portal", "quantity": "0.25", "consumption_metric": "OPEN_WEIGHT"},
    ],
)
