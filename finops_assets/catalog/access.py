"""Who sees which applications: a principal is a user or a group, as whoever authenticates him names it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from finops_assets.errors import MartRefused
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query

EVERY_APPLICATION = "*"


@dataclass(frozen=True)
class Access:
    """What one principal sees: one application, or ``*`` for all of them."""

    principal: str
    application_id: str
    granted_at: datetime


def grant(connection: Connection, principal: str, application_id: str) -> bool:
    """Let a principal see an application, or ``*``; False when he does already.

    MartRefused when the application is unknown, or the principal is no name.
    """
    key = {"principal": principal, "application": application_id}
    refuse_unless_principal(principal)
    known = application_id == EVERY_APPLICATION or connection.execute(query("access/is_application"), key).fetchone()
    if known is None:
        raise MartRefused(
            f"application {application_id!r} is unknown: import it first, or write * for every application"
        )
    return connection.execute(query("access/grant"), key).fetchone() is not None


def refuse_unless_principal(principal: str) -> None:
    """MartRefused when a text cannot be the name of a user or a group."""
    is_bare = principal.strip() and principal == principal.strip()
    if not is_bare or principal == EVERY_APPLICATION or len(principal) > 300:
        raise MartRefused(
            f"{principal!r} is no principal: give the name of a user or a group, without spaces around it"
        )


def revoke(connection: Connection, principal: str, application_id: str) -> None:
    """Take it back; MartRefused when the principal has no such access of his own."""
    key = {"principal": principal, "application": application_id}
    if connection.execute(query("access/revoke"), key).fetchone() is None:
        raise MartRefused(f"{principal!r} has no access to {application_id!r}: `finops access list` shows who has")


def accesses(connection: Connection, principal: str | None = None) -> list[Access]:
    """Every access, or those of one principal, by principal and application."""
    return [Access(**row) for row in connection.execute(query("access/list"), {"principal": principal})]


@contextmanager
def seeing_as(connection: Connection, principals: Sequence[str]) -> Iterator[None]:
    """One snapshot of what a person sees, who is these principals: the user and his groups.

    The connection is one of ``finops_reader``; outside of the block, and without principals, it shows nothing.
    """
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        connection.execute(query("access/see_as"), {"principals": json.dumps(list(principals))})
        yield
