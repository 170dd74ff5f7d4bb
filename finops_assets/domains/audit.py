"""AUDIT: the yearly security audits, spread by shares agreed once with the application owners."""

from __future__ import annotations

import pandas as pd

from finops_assets.allocation.indirect import METHODS
from finops_assets.domain import Domain, Example, FixedShares, Inputs, Mode
from finops_assets.period import Period

DOMAIN = Domain(
    domain_id="AUDIT",
    label="Security audits",
    mode=Mode.INDIRECT,
    description="One row per application: its agreed share of the month's audit bill.",
    reads={"shares": FixedShares()},
    owner="team:security",
    indirect_method_key="fixed",
    indirect_label="Shares agreed with the owners",
)


def compute(period: Period, inputs: Inputs) -> pd.DataFrame:
    """One line per application: its agreed share over the sum of all."""
    return METHODS["fixed"].weights(inputs["shares"])


EXAMPLE = Example(
    period="2025-01",
    inputs={
        "shares": [
            {"application_id": "billing", "coefficient": "70"},
            {"application_id": "portal", "coefficient": "30"},
        ]
    },
    lines=[
        {"application_id": "billing", "quantity": "0.7", "consumption_metric": "AGREED_SHARE"},
        {"application_id": "portal", "quantity": "0.3", "consumption_metric": "AGREED_SHARE"},
    ],
)
