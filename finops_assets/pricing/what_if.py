"""What if: the same quantities in two pricing books, a draft or a published one each, over any months.

Computed from the facts as they are, in one statement that only reads; no mart is asked or touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import reduce

from finops_assets.errors import SettingsError
from finops_assets.money import EXACT
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query
from finops_assets.pricing import refuse_two_currencies


class Grain(StrEnum):
    """What a comparison has one line for."""

    DOMAIN = "domain"
    APPLICATION = "application"
    PRODUCT = "product"
    MONTH = "month"


@dataclass(frozen=True)
class Compared:
    """One line of a comparison; amounts are exact, None when nothing of the line has a price in that book.

    ``moved`` is after less before of the facts that have a price in both. Facts that have one in only one book cannot
    be compared: they are in ``only_before`` or ``only_after``, and after − before = moved + only_after − only_before.
    """

    key: str | None
    label: str | None
    domain_id: str | None
    before: Decimal | None
    after: Decimal | None
    line_count: int
    unpriced_before: int
    unpriced_after: int
    moved: Decimal | None
    only_before: Decimal | None
    only_after: Decimal | None
    only_before_count: int
    only_after_count: int


def compare(
    connection: Connection,
    draft: str,
    *,
    view: str,
    first: Period,
    last: Period,
    grain: Grain = Grain.DOMAIN,
    domains: Sequence[str] = (),
) -> list[Compared]:
    """What the months cost in ``view`` (before) and in ``draft`` (after), one line per domain, application, product
    or month; only ``domains`` when any are named.

    MartRefused when a view is unknown or the two are in different currencies; SettingsError when the months end
    before they begin.
    """
    if last < first:
        raise SettingsError(f"{first} to {last} is no range of months: write the earlier one first")
    refuse_two_currencies(connection, view, draft)
    asked = {"before": view, "after": draft, "first": first.first_day, "last": last.first_day}
    rows = connection.execute(query(f"what_if/by_{grain}"), asked | {"domains": list(domains) or None})
    return [Compared(**row) for row in rows]


def total(lines: Sequence[Compared]) -> Compared:
    """The lines added up exactly; partial while lines are unpriced."""
    return Compared(
        None,
        "total",
        None,
        before=_sum([line.before for line in lines]),
        after=_sum([line.after for line in lines]),
        line_count=sum(line.line_count for line in lines),
        unpriced_before=sum(line.unpriced_before for line in lines),
        unpriced_after=sum(line.unpriced_after for line in lines),
        moved=_sum([line.moved for line in lines]),
        only_before=_sum([line.only_before for line in lines]),
        only_after=_sum([line.only_after for line in lines]),
        only_before_count=sum(line.only_before_count for line in lines),
        only_after_count=sum(line.only_after_count for line in lines),
    )


def by_move(lines: Sequence[Compared]) -> list[Compared]:
    """The lines that move most first; those that cannot be compared come last."""
    return sorted(lines, key=lambda line: (line.moved is None, -abs(line.moved or Decimal(0)), line.key or ""))


def _sum(amounts: Sequence[Decimal | None]) -> Decimal | None:
    known = [amount for amount in amounts if amount is not None]
    return reduce(EXACT.add, known) if known else None
