"""What cites a member, and so keeps it from being deleted. The database's guard goes by the same list."""

from __future__ import annotations

from collections.abc import Sequence

from finops_assets.errors import Citation, Cited
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query


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
