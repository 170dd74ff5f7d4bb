"""Check one month: is it whole, in proportion and priced, and do the marts show it. One statement a check.

``verify`` proves the whole mart from its own rules; these look at a month as the person who answers for it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query
from finops_assets.settings import Settings
from finops_assets.verify import snapshot

# a month is compared with those of the year before it, once there are enough to speak of an average
HISTORY_MONTHS = 12
LEAST_HISTORY_MONTHS = 3


Row = Mapping[str, str | int | None]


class Severity(StrEnum):
    """How bad a failed check is: a month that is wrong, or one that somebody should look at."""

    ERROR = "ERROR"
    WARN = "WARN"


CHECKS = {
    "freshness": Severity.ERROR,
    "contract": Severity.ERROR,
    "weights_sum_to_one": Severity.ERROR,
    "basis": Severity.ERROR,
    "drivers_current": Severity.ERROR,
    "conservation": Severity.ERROR,
    "marts_equal_facts": Severity.ERROR,
    "reconciliation": Severity.WARN,
    "volume_jump": Severity.WARN,
    "unpriced_lines": Severity.WARN,
    "unmapped_products": Severity.WARN,
    "unmapped_applications": Severity.WARN,
    "quarantine": Severity.WARN,
}


@dataclass(frozen=True)
class MonthCheck:
    """What one check found in one month: a row for each thing that contradicts its title."""

    name: str
    period: Period
    rows: tuple[Row, ...]

    @property
    def severity(self) -> Severity:
        """How bad it is that the check fails."""
        return CHECKS[self.name]

    @property
    def title(self) -> str:
        """The sentence that is true when the check passes."""
        return title_of(self.name)

    @property
    def passed(self) -> bool:
        """Whether nothing contradicts the check."""
        return not self.rows

    def of_domain(self, domain_id: str) -> MonthCheck:
        """What it found about one domain."""
        return replace(self, rows=tuple(row for row in self.rows if row["domain_id"] == domain_id))


def title_of(name: str) -> str:
    """The sentence that is true when a check passes: the first line of its statement."""
    return query(f"checks/{name}").partition("\n")[0].removeprefix("-- ")


def run_checks(
    connection: Connection,
    settings: Settings,
    periods: Iterable[Period],
    current: Period,
    names: Iterable[str] = CHECKS,
) -> Iterator[MonthCheck]:
    """Run the named checks over the months in one snapshot, month by month, in the order of the names."""
    thresholds = {
        "current_month": current.first_day,
        "factor": settings.volume_factor,
        "history": HISTORY_MONTHS,
        "least_history": LEAST_HISTORY_MONTHS,
        "tolerated_amount": settings.reconciliation_tolerance.amount,
        "tolerated_share": settings.reconciliation_tolerance.share,
    }
    wanted = list(names)
    with snapshot(connection):
        for period in periods:
            for name in wanted:
                found = connection.execute(query(f"checks/{name}"), thresholds | {"month": period.first_day})
                yield MonthCheck(name, period, tuple(map(_told, found)))


def _told(row: Mapping[str, Any]) -> Row:
    """A row as it is shown: a number with every digit it has and no zero after them."""
    return {name: _digits(value) if isinstance(value, Decimal) else value for name, value in row.items()}


def _digits(number: Decimal) -> str:
    whole, _, decimals = f"{number:f}".partition(".")
    return f"{whole}.{decimals}".rstrip("0").rstrip(".") if decimals else whole
