"""Methods of INDIRECT domains: what each reads, and the weights it makes of that. Pure.

A domain's ``indirect_method_key`` names its method. Where the method is all there is to a domain, its row in
``dim_domain`` is enough and it has no module.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

import pandas as pd

from finops_assets import allocation
from finops_assets.domain import (
    DOMAIN_ID,
    ActiveApplications,
    CoefficientFiles,
    Consumption,
    FixedShares,
    Inputs,
    Source,
)
from finops_assets.errors import DomainError
from finops_assets.money import to_units

COMPOSITE: Final = "composite"
_FORM = "composite:PART*DOMAIN/METRIC+PART*DOMAIN/METRIC, for instance composite:70*OPEN/CPU+30*CLOUD/core_hours"
_PART = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?", re.ASCII)


@dataclass(frozen=True)
class Method:
    """A way to spread an amount: where its drivers come from, and what its lines are counted in."""

    description: str
    reads: Source
    metric: str

    @property
    def sources(self) -> Mapping[str, Source]:
        """What a domain of this method reads, by name."""
        return {"drivers": self.reads}

    def lines(self, inputs: Inputs) -> pd.DataFrame:
        """``weights`` of what ``sources`` gave."""
        return self.weights(inputs["drivers"])

    def weights(self, drivers: pd.DataFrame) -> pd.DataFrame:
        """One line per application: its part of the drivers or coefficients, summing to exactly 1."""
        return allocation.weights(_as_drivers(drivers), metric=self.metric)


@dataclass(frozen=True)
class Part:
    """One driver of a composite: how much of the amount it spreads, what it is called, and where it comes from."""

    part: Decimal
    driver: str
    reads: Source


@dataclass(frozen=True)
class Composite:
    """An amount spread by several drivers, so much of it by each."""

    parts: Sequence[Part]
    metric: str = "COMPOSITE"

    @property
    def description(self) -> str:
        """The parts in words."""
        return "blend of " + " and ".join(f"{part.part:f} by {part.driver}" for part in self.parts)

    @property
    def sources(self) -> Mapping[str, Source]:
        """What a domain of this method reads, by the name of the driver."""
        return {part.driver: part.reads for part in self.parts}

    def lines(self, inputs: Inputs) -> pd.DataFrame:
        """One line per application: its shares blended, summing to exactly 1."""
        return allocation.blend(self._components(inputs), metric=self.metric)

    def components(self, inputs: Inputs) -> pd.DataFrame:
        """One row per (application, driver): what each weight was blended of."""
        return allocation.components(self._components(inputs))

    def _components(self, inputs: Inputs) -> list[allocation.Component]:
        return [
            allocation.Component(part.driver, to_units(part.part), _as_drivers(inputs[part.driver]))
            for part in self.parts
        ]


METHODS: Final[Mapping[str, Method]] = {
    "external_coefficients": Method("coefficients delivered each month", CoefficientFiles(), "COEFFICIENT"),
    "open_weight": Method(
        "share of another domain's quantity of one metric", Consumption(of="OPEN", metric="CPU"), "OPEN_WEIGHT"
    ),
    "even": Method("the same share for every active application", ActiveApplications(), "APPLICATION"),
    "fixed": Method("shares agreed once and kept until changed", FixedShares(), "AGREED_SHARE"),
}


def method_of(key: str) -> Method | Composite:
    """The method a key names: one of METHODS, ``open_weight:DOMAIN/METRIC`` or ``composite:PART*DRIVER+PART*DRIVER``.

    DomainError when there is none, or when a part of a composite cannot be read.
    """
    if key in METHODS:
        return METHODS[key]
    name, _, driver = key.partition(":")
    if name == COMPOSITE:
        return _composite(key, driver)
    of, _, metric = driver.partition("/")
    if name != "open_weight" or not of:
        there = f"{', '.join(METHODS)}, open_weight:DOMAIN/METRIC and composite:PART*DOMAIN/METRIC+PART*DOMAIN/METRIC"
        raise DomainError(f"method {key!r} is unknown: there are {there}")
    described = f"share of {of}'s {metric}" if metric else f"share by what {of} became"
    return replace(METHODS[name], description=described, reads=Consumption(of, metric or None))


def _composite(key: str, text: str) -> Composite:
    terms = text.split("+")
    if len(terms) < 2:
        raise DomainError(f"method {key!r} names fewer than two drivers: write {_FORM}")
    parts = [_part(key, term) for term in terms]
    drivers = [part.driver for part in parts]
    if twice := sorted({driver for driver in drivers if drivers.count(driver) > 1}):
        raise DomainError(f"method {key!r} names {', '.join(twice)} more than once: add its parts up")
    return Composite(parts)


def _part(key: str, term: str) -> Part:
    number, star, driver = term.partition("*")
    if not star or "*" in driver:
        why = f"{term!r} is no part and driver, and a metric with + or * in its name cannot be one"
        raise DomainError(f"method {key!r}: {why}; write {_FORM}")
    if not _PART.fullmatch(number) or not Decimal(number):
        raise DomainError(f"method {key!r}: the part {number!r} of {driver} is no number above 0; write {_FORM}")
    of, _, metric = driver.partition("/")
    if driver in METHODS:
        return Part(Decimal(number), driver, METHODS[driver].reads)
    if not DOMAIN_ID.fullmatch(of):
        raise DomainError(f"method {key!r}: {driver!r} is neither a domain nor one of {', '.join(METHODS)}")
    return Part(Decimal(number), driver, Consumption(of, metric or None))


def _as_drivers(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.rename(columns={"coefficient": "quantity"})
