"""WORKPLACE: desks and laptops, the same share for every active application."""

from __future__ import annotations

import pandas as pd

from finops_assets.allocation.indirect import METHODS
from finops_assets.domain import ActiveApplications, Domain, Example, Inputs, Mode
from finops_assets.period import Period

DOMAIN = Domain(
    domain_id="WORKPLACE",
    label="Workplace",
    mode=Mode.INDIRECT,
    description="One row per active application: an even share of the month's workplace bill.",
    reads={"applications": ActiveApplications()},
    owner="team:workplace",
    indirect_method_key="even",
    indirect_label="Even share per active application",
)


def compute(period: Period, inputs: Inputs) -> pd.DataFrame:
    """One line per application: one part for each."""
    return METHODS["even"].weights(inputs["applications"])


EXAMPLE = Example(
    period="2025-01",
    inputs={
        "applications": [
            {"application_id": "billing", "quantity": "1"},
            {"application_id": "portal", "quantity": "1"},
        ]
    },
    lines=[
        {"application_id": "billing", "quantity": "0.5", "consumption_metric": "APPLICATION"},
        {"application_id": "portal", "quantity": "0.5", "consumption_metric": "APPLICATION"},
    ],
)
