"""Parts of the stored statement of a closed month: a page of its lines, and what those of a part come to."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query


@dataclass(frozen=True)
class Part:
    """Of a statement: one domain or application, and so many lines after one, by domain, application and month."""

    domain_id: str | None = None
    application_id: str | None = None
    after: tuple[str, str, str] | None = None
    limit: int | None = None

    @property
    def row(self) -> dict[str, object]:
        """The part as parameters of a statement."""
        names = ("after_domain", "after_application", "after_month")
        place = dict(zip(names, self.after or (None,) * 3, strict=True))
        return place | {"domain": self.domain_id, "application": self.application_id, "limit": self.limit}


WHOLE = Part()


@dataclass(frozen=True)
class StatementSum:
    """What some lines of a statement come to; ``entry_count`` is how many lines of the statement they are."""

    cost: Decimal | None
    rounded_cost: Decimal | None
    line_count: int
    unpriced_count: int
    entry_count: int


def summed(connection: Connection, period: Period, number: int, pricing_view_id: str, part: Part) -> StatementSum:
    """What all lines of a part come to in one pricing view, whichever page is asked for."""
    key = {"month": period.first_day, "number": number, "view": pricing_view_id}
    row = connection.execute(query("closing/statement_sum"), key | part.row).fetchone()
    assert row is not None
    return StatementSum(**row)
