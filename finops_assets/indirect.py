"""Methods of INDIRECT domains: what each reads, and the weights it makes of that. Pure.

A domain's ``indirect_method_key`` names its method. Where the method is all there is to a domain, its row in
``dim_domain`` is enough and it has no module.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from finops_assets import allocation
from finops_assets.domain import ActiveApplications, CoefficientFiles, Consumption, FixedShares, Source
from finops_assets.errors import DomainError


@dataclass(frozen=True)
class Method:
    """A way to spread an amount: where its drivers come from, and what its lines are counted in."""

    description: str
    reads: Source
    metric: str

    def weights(self, drivers: pd.DataFrame) -> pd.DataFrame:
        """One line per application: its part of the drivers or coefficients, summing to exactly 1."""
        return allocation.weights(drivers.rename(columns={"coefficient": "quantity"}), metric=self.metric)


METHODS: Final[Mapping[str, Method]] = {
    "external_coefficients": Method("coefficients delivered each month", CoefficientFiles(), "COEFFICIENT"),
    "open_weight": Method(
        "share of another domain's quantity of one metric", Consumption(of="OPEN", metric="CPU"), "OPEN_WEIGHT"
    ),
    "even": Method("the same share for every active application", ActiveApplications(), "APPLICATION"),
    "fixed": Method("shares agreed once and kept until changed", FixedShares(), "AGREED_SHARE"),
}


def method_of(key: str) -> Method:
    """The method a key names: one of METHODS, or ``open_weight:DOMAIN/METRIC``; DomainError when there is none."""
    if key in METHODS:
        return METHODS[key]
    name, _, driver = key.partition(":")
    of, _, metric = driver.partition("/")
    if name != "open_weight" or not of:
        raise DomainError(f"method {key!r} is unknown: there are {', '.join(METHODS)} and open_weight:DOMAIN/METRIC")
    described = f"share of {of}'s {metric}" if metric else f"share by what {of} became"
    return replace(METHODS[name], description=described, reads=Consumption(of, metric or None))
