"""What an amount comes from, as a tree of values: amounts and quantities of parts add up to that of the whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from finops_assets.closing import PeriodAct
from finops_assets.closing.adjustments import AdjustmentLine
from finops_assets.period import Period
from finops_assets.pricing import PricingView


@dataclass(frozen=True)
class File:
    """A source file of a version, as it was delivered."""

    name: str
    sha256: str
    bytes: int
    rows: int


@dataclass(frozen=True)
class Line:
    """What one line of a source file gives a fact; ``cost`` is None without a price."""

    file: str
    line: int
    quantity: Decimal
    cost: Decimal | None


@dataclass(frozen=True)
class Decision:
    """A source line that was set aside and that a person let in: as it is (``ACCEPT``) or corrected (``FIX``)."""

    quarantine_id: int
    verdict: str
    person: str
    reason: str


@dataclass(frozen=True)
class Price:
    """The price revision in force; ``product_id`` is ``*`` when the product has none of its own."""

    unit_price: Decimal
    product_id: str
    effective_from: date
    revision: int
    source_name: str
    published_by: str
    published_at: datetime


@dataclass(frozen=True)
class Slice:
    """A published version of a (month, domain), the run that published it and the files it was computed from."""

    period_month: date
    domain_id: str
    domain_label: str
    domain_mode: str
    version: int
    newest_version: int
    run_id: UUID
    published_at: datetime
    files: tuple[File, ...]


@dataclass(frozen=True)
class Figures:
    """What the application, and all applications, have of a driver in one version of its slice."""

    version: int
    quantity: Decimal
    basis: Decimal


@dataclass(frozen=True)
class Driver:
    """What a weight, or a part of it, was computed from: so much of a basis.

    ``quantity`` is what the facts of ``origin`` add up to, or ``lines``. Without either, ``gap`` says why. With what
    the others have it adds up to ``basis``.
    """

    name: str
    # in a blend, the part of the amount it spreads, as the method names it
    part: Decimal | None
    quantity: Decimal
    basis: Decimal
    others_count: int
    others_quantity: Decimal
    weight: Decimal
    cost: Decimal | None
    # the version of the driver's slice whose figures these are
    of_version: int | None = None
    # other versions of it that the weight was computed from again, and came out the same
    same_weight_from: tuple[Figures, ...] = ()
    origin: Holding | None = None
    lines: tuple[Line, ...] = ()
    gap: str | None = None


@dataclass(frozen=True)
class Share:
    """How a weight came about: its method, and what of it each driver gives."""

    method_key: str
    drivers: tuple[Driver, ...]


@dataclass(frozen=True)
class Fact:
    """One line of ``fact_consumption``: the sum of its source lines, or a weight.

    Inside a driver nothing has a price: weights come from quantities. ``gap`` says why the source lines, or the
    share, are not there. ``decisions`` are on lines of the version that stands.
    """

    product_id: str | None
    product_label: str | None
    family_id: str | None
    metric: str
    quantity: Decimal
    price: Price | None
    cost: Decimal | None
    lines: tuple[Line, ...]
    share: Share | None
    decisions: tuple[Decision, ...]
    gap: str | None


@dataclass(frozen=True)
class Holding:
    """What one application has in one slice; ``cost`` and ``quantity`` are the sums of its facts'.

    ``cost`` is None when no fact has a price, ``quantity`` when the facts are counted in several metrics.
    """

    slice: Slice
    facts: tuple[Fact, ...]
    quantity: Decimal | None
    cost: Decimal | None
    unpriced_count: int


@dataclass(frozen=True)
class Explanation:
    """What an application cost in a month in one pricing view, by slice; ``cost`` is the sum of theirs.

    ``closed`` is the act that closed the month, while it is closed. ``adjustments`` are what was booked in the month
    for earlier ones, and no part of the cost.
    """

    period: Period
    application_id: str
    application_label: str
    view: PricingView
    holdings: tuple[Holding, ...]
    cost: Decimal | None
    unpriced_count: int
    closed: PeriodAct | None
    adjustments: tuple[AdjustmentLine, ...]
