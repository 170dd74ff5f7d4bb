"""What cites a member, and so keeps it from being deleted. The database's guard goes by the same list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from finops_assets.errors import Cited, counted
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query


@dataclass(frozen=True)
class Citation:
    """So many facts, prices, adjustments … name a member, from the first of these months to the last."""

    kind: str
    row_count: int
    first_month: date | None
    last_month: date | None

    def __str__(self) -> str:
        told = counted(self.row_count, self.kind)
        if self.first_month is None or self.last_month is None:
            return told
        months = sorted({f"{self.first_month:%Y-%m}", f"{self.last_month:%Y-%m}"})
        return f"{told} ({' to '.join(months)})"


def of_product(connection: Connection, domain_id: str, product_id: str) -> list[Citation]:
    """What cites a product; nothing of one that may be deleted."""
    return _found(connection, "dim_product", domain_id, product_id)


def of_application(connection: Connection, application_id: str) -> list[Citation]:
    """What cites an application; nothing of one that may be deleted."""
    return _found(connection, "dim_application", None, application_id)


def refuse(named: str, found: Sequence[Citation]) -> None:
    """Cited, naming everything that cites a member, when anything does."""
    if found:
        raise Cited(named, found)


def _found(connection: Connection, relation: str, domain_id: str | None, member: str) -> list[Citation]:
    key = {"relation": relation, "domain": domain_id, "member": member}
    return [Citation(**row) for row in connection.execute(query("catalog/citations"), key)]
