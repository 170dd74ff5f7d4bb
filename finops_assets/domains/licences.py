"""LICENCES: the software licence bill, spread by coefficients that procurement delivers each month."""

from __future__ import annotations

import pandas as pd

from finops_assets.allocation.indirect import METHODS
from finops_assets.domain import CoefficientFiles, Domain, Example, Inputs, Mode
from finops_assets.period import Period

DOMAIN = Domain(
    domain_id="LICENCES",
    label="Software licences",
    mode=Mode.INDIRECT,
    description="One row per application: its share of the month's licence bill.",
    reads={"coefficients": CoefficientFiles()},
    owner="team:procurement",
    indirect_method_key="external_coefficients",
    indirect_label="Coefficients delivered by procurement",
)


def compute(period: Period, inputs: Inputs) -> pd.DataFrame:
    """One line per application: its coefficient over the sum of all, so that they sum to 1."""
    return METHODS["external_coefficients"].weights(inputs["coefficients"])


EXAMPLE = Example(
    period="2025-01",
    inputs={
        "coefficients": [
            {"application_id": "billing", "coefficient": "2"},
            {"application_id": "portal", "coefficient": "2"},
            {"application_id": "search", "coefficient": "2"},
        ]
    },
    lines=[
        {"application_id": "billing", "quantity": "0.333333333334", "consumption_metric": "COEFFICIENT"},
        {"application_id": "portal", "quantity": "0.333333333333", "consumption_metric": "COEFFICIENT"},
        {"application_id": "search", "quantity": "0.333333333333", "consumption_metric": "COEFFICIENT"},
    ],
)
