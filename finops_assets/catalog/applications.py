"""The life of an application, as people see and change it: in service or not, what it is called, who owns it.

What a person says is held: the list does not undo it until ``release``. Nothing of this touches a fact.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import LiteralString

from finops_assets import audit
from finops_assets.catalog import citations
from finops_assets.domain import UNALLOCATED, UNASSIGNED
from finops_assets.errors import MartRefused, NotThere
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query

PAGE = 100


class ApplicationState(StrEnum):
    """Where an application stands; ``unmapped`` is one in service that no referential lists."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    UNMAPPED = "unmapped"


@dataclass(frozen=True)
class Application:
    """One application as it is now; ``held_by`` holds its state, ``described_by`` its label and owner."""

    application_id: str
    application_label: str
    owner: str | None
    state: ApplicationState
    held_by: str | None
    described_by: str | None
    is_inferred: bool
    created_at: datetime


@dataclass(frozen=True)
class ApplicationMonth:
    """What an application used of a domain in a month; no cost where the marts show none."""

    period_month: date
    domain_id: str
    products: int
    cost: Decimal | None
    unpriced_count: int | None


def applications(
    connection: Connection, *, state: ApplicationState | None = None, after: str | None = None, limit: int | None = PAGE
) -> list[Application]:
    """One page of the applications, by id; ``after`` is the last of the page before."""
    return _read(connection, {"application": None, "state": state, "after": after, "limit": limit})


def counts(connection: Connection) -> dict[ApplicationState, int]:
    """How many applications are in each state; together they are all there are, the reserved ones too."""
    rows = connection.execute(query("catalog/application_counts"))
    return dict.fromkeys(ApplicationState, 0) | {ApplicationState(row["state"]): row["members"] for row in rows}


def application(connection: Connection, application_id: str) -> Application:
    """One application; NotThere when there is none."""
    found = _read(connection, {"application": application_id, "state": None, "after": None, "limit": 1})
    if not found:
        raise NotThere(_none(application_id))
    return found[0]


def history(connection: Connection, application_id: str, pricing_view_id: str | None) -> list[ApplicationMonth]:
    """The application by month and domain, oldest first; costs are those of a pricing view, None without one."""
    wanted = {"application": application_id, "view": pricing_view_id}
    return [ApplicationMonth(**row) for row in connection.execute(query("catalog/application_history"), wanted)]


def acts(connection: Connection, application_id: str, limit: int | None = None) -> list[audit.Act]:
    """Who changed the application, newest first."""
    named = {"application_id": application_id}
    return audit.acts(connection, relation="dim_application", key=named, limit=limit)


def activate(connection: Connection, application_id: str, *, person: str, reason: str | None) -> None:
    """Put an application into service: what is spread evenly counts it. MartRefused when there is none."""
    _change(connection, query("catalog/hold_application"), application_id, person, reason, is_active=True)


def deactivate(connection: Connection, application_id: str, *, person: str, reason: str | None) -> None:
    """Take an application out of service: what is spread evenly leaves it out; what it still uses counts.

    MartRefused when there is none, or it is a reserved one.
    """
    if application_id in (UNALLOCATED, UNASSIGNED):
        raise MartRefused(f"{application_id} is reserved: amounts that are nobody's stand with it")
    _change(connection, query("catalog/hold_application"), application_id, person, reason, is_active=False)


def relabel(connection: Connection, application_id: str, label: str, *, person: str, reason: str | None) -> None:
    """Call an application otherwise; MartRefused when there is none, or the label is empty."""
    if not label.strip():
        raise MartRefused(f"{application_id} needs a label")
    said = {"label": label.strip(), "changes_owner": False, "owner": None}
    _change(connection, query("catalog/describe_application_by_hand"), application_id, person, reason, **said)


def give_to(connection: Connection, application_id: str, owner: str | None, *, person: str, reason: str | None) -> None:
    """Say who owns an application, or with None that nobody does; MartRefused when there is none."""
    said = {"label": None, "changes_owner": True, "owner": (owner or "").strip() or None}
    _change(connection, query("catalog/describe_application_by_hand"), application_id, person, reason, **said)


def release(connection: Connection, application_id: str, *, person: str, reason: str | None) -> None:
    """Give an application back to the list; MartRefused when nobody holds it."""
    with audit.acting(connection, person, reason):
        key = {"application": application_id}
        if connection.execute(query("catalog/release_application"), key).rowcount == 0:
            raise MartRefused(f"nobody holds application {application_id!r}, or there is no such application")


def delete(connection: Connection, application_id: str, *, person: str, reason: str | None) -> None:
    """Delete an application that was inferred by mistake; MartRefused names what cites it, or says there is none."""
    citations.refuse(f"application {application_id}", citations.of_application(connection, application_id))
    # the database has the last word: something may have come to cite it since
    _change(connection, query("catalog/delete_application"), application_id, person, reason)


def _read(connection: Connection, wanted: dict[str, object]) -> list[Application]:
    rows = connection.execute(query("catalog/applications"), wanted)
    return [Application(**row | {"state": ApplicationState(row["state"])}) for row in rows]


def _change(
    connection: Connection,
    statement: LiteralString,
    application_id: str,
    person: str,
    reason: str | None,
    **said: object,
) -> None:
    row = {"application": application_id, "person": person.strip()} | said
    with audit.acting(connection, person, reason):
        if connection.execute(statement, row).rowcount == 0:
            raise NotThere(_none(application_id))


def _none(application_id: str) -> str:
    return f"there is no application {application_id!r}: `finops application list` shows them"
