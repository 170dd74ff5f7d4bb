"""When things happen in the demonstration's history, in months after its first one."""

from __future__ import annotations

MONTHS = 30
LAST = MONTHS - 1

WORKPLACE_STARTS = 6
CORRECTED_MONTHS = (7, 15, 23)
PRICES_CHANGE = 12
DECOMMISSIONED = 13
SECOND_EDITION = 14
LATE_LINE = 16
EMPTY_BILL = 17
THIRD_EDITION = 20
UNLISTED_STARTS = LAST - 1

# January to December, in thousandths of an ordinary month: quiet in August, busy before Christmas
_SEASON = (960, 940, 990, 1000, 985, 1020, 970, 880, 1010, 1040, 1110, 1150)


def season(calendar_month: int) -> int:
    """How busy a calendar month is, in thousandths."""
    return _SEASON[calendar_month - 1]
