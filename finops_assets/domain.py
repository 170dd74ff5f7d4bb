"""What a domain is: its identity in ``dim_domain``, what it reads, and the example that tests it.

A domain plugin is one module with ``DOMAIN``, ``compute(period, inputs)`` and ``EXAMPLE``; see
``domains/``. Nothing here reads anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

import pandas as pd

from finops_assets.errors import DomainError
from finops_assets.period import Period

UNALLOCATED = "UNALLOCATED"
UNASSIGNED = "UNASSIGNED"
RESERVED_APPLICATIONS = (UNALLOCATED, UNASSIGNED)
UNMAPPED_FAMILY = "UNMAPPED"

DOMAIN_ID = re.compile(r"[A-Z][A-Z0-9_]{0,39}")

Inputs = Mapping[str, pd.DataFrame]


class Mode(StrEnum):
    """DIRECT domains hold real consumption, INDIRECT ones weights that sum to 1."""

    DIRECT = "DIRECT"
    INDIRECT = "INDIRECT"


@dataclass(frozen=True)
class UsageFiles:
    """Usage of the month, one row per source line, from the domain's folder."""


@dataclass(frozen=True)
class FocusFiles:
    """A FOCUS export of the month, one row per charge, from the domain's folder."""


@dataclass(frozen=True)
class CoefficientFiles:
    """Coefficients of the month, one row per application, from the domain's folder."""


@dataclass(frozen=True)
class FixedShares:
    """Shares agreed once, one row per application, from ``shares.csv`` of the domain's folder."""


@dataclass(frozen=True)
class SqlQuery:
    """The rows of a query on any SQLAlchemy URL, as usage or coefficient lines.

    ``url_variable`` names the environment variable that holds the URL, so that no secret stands in
    code; the query may use ``:period_month`` (the first day) and ``:next_month``.
    """

    url_variable: str
    query: str
    kind: Literal["usage", "coefficients"] = "usage"


@dataclass(frozen=True)
class Products:
    """The domain's product referential, one row per product, from ``products*.csv`` of its folder."""


@dataclass(frozen=True)
class Consumption:
    """Published quantities of another domain in the month, one row per application.

    ``metric`` names the one metric to share by; it is not needed of an INDIRECT domain.
    """

    of: str
    metric: str | None = None


@dataclass(frozen=True)
class ActiveApplications:
    """The active applications of the referential, one row per application."""


Source = (
    UsageFiles | FocusFiles | CoefficientFiles | FixedShares | SqlQuery | Products | Consumption | ActiveApplications
)


@dataclass(frozen=True)
class Domain:
    """A domain's identity and what its compute function is given."""

    domain_id: str
    label: str
    mode: Mode
    description: str
    reads: Mapping[str, Source]
    owner: str = "team:finops"
    indirect_method_key: str | None = None
    indirect_label: str | None = None

    def __post_init__(self) -> None:
        if not DOMAIN_ID.fullmatch(self.domain_id):
            raise DomainError(f"domain id {self.domain_id!r}: use A-Z, 0-9 and _, at most 40, a letter first")
        if not self.description.startswith("One row per"):
            raise DomainError(f"{self.domain_id}: its description must begin with 'One row per'")
        indirect = self.mode is Mode.INDIRECT
        if indirect != (self.indirect_method_key is not None) or indirect != (self.indirect_label is not None):
            raise DomainError(f"{self.domain_id}: method key and label belong to INDIRECT domains, and to all of them")

    @property
    def folder(self) -> str:
        """The name of the domain's folder under FINOPS_SOURCES."""
        return self.domain_id.lower()

    @property
    def depends_on(self) -> tuple[str, ...]:
        """The domains whose published quantities this one reads."""
        return tuple(sorted({read.of for read in self.reads.values() if isinstance(read, Consumption)}))


Row = Mapping[str, str | None]


@dataclass(frozen=True)
class Example:
    """Inputs as a source would give them, as text, and the lines they must become."""

    period: str
    inputs: Mapping[str, Sequence[Row]]
    lines: Sequence[Row] = field(default_factory=tuple)

    @property
    def month(self) -> Period:
        """The month the example is about."""
        return Period.parse(self.period)
