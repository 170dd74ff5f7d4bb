"""Who acts, and what was done: the administrative acts that the database's triggers keep in ``audit_log``.

``login`` is who the database knows; ``person`` is who the caller says acts, so that people who share a login, or
use a service, are told apart.
"""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from finops_assets.errors import SettingsError
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query

_SAY_WHO = "say who acts: --person NAME, or FINOPS_PERSON"


@dataclass(frozen=True)
class Act:
    """One administrative act; ``before`` is None of what came to be, ``after`` of what was deleted."""

    audit_id: int
    acted_at: datetime
    login: str
    person: str
    reason: str | None
    act: str
    relation: str
    key: Mapping[str, Any]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    @property
    def changes(self) -> dict[str, tuple[Any, Any]]:
        """Before and after of each column that changed; of a whole row, every column that says something."""
        before, after = self.before or {}, self.after or {}
        columns = [*before, *(name for name in after if name not in before)]
        found = {name: (before.get(name), after.get(name)) for name in columns if name not in self.key}
        return {name: values for name, values in found.items() if values[0] != values[1]}


@contextmanager
def acting(connection: Connection, person: str, reason: str | None = None) -> Iterator[None]:
    """One transaction whose administrative acts are the person's, for that reason; SettingsError without a person.

    Inside a transaction of the caller's, what follows in it is the person's too.
    """
    if not person.strip():
        raise SettingsError(_SAY_WHO)
    with connection.transaction():
        connection.execute(query("audit/act_as"), {"person": person.strip(), "reason": reason})
        yield


@contextmanager
def because(connection: Connection, reason: str) -> Iterator[None]:
    """One transaction whose acts are for that reason, unless the caller gave one; who acts stays who it is."""
    with connection.transaction():
        connection.execute(query("audit/because"), {"reason": reason})
        yield


def default_person(environment: Mapping[str, str] = os.environ) -> str:
    """FINOPS_PERSON, else the operating system's user; SettingsError when it has no name."""
    named = environment.get("FINOPS_PERSON", "").strip()
    if named:
        return named
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:
        raise SettingsError(f"this user has no name: {_SAY_WHO}") from error


def acts(
    connection: Connection,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    relation: str | None = None,
    person: str | None = None,
    key: Mapping[str, str] | None = None,
    before: int | None = None,
    limit: int | None = None,
) -> list[Act]:
    """The acts from ``since`` to before ``until``, newest first; ``key`` names one row. Numbers in them are exact.

    ``before`` is the id of the last act of the page before.
    """
    wanted: dict[str, object] = {"since": since, "until": until, "relation": relation, "person": person, "limit": limit}
    wanted["before"] = before
    wanted["key"] = None if key is None else json.dumps(dict(key))
    return [Act(**row | _read(row)) for row in connection.execute(query("audit/acts"), wanted)]


def _read(row: Mapping[str, Any]) -> dict[str, Any]:
    texts = {name: row[name] for name in ("key", "before", "after")}
    return {name: None if text is None else json.loads(text, parse_float=Decimal) for name, text in texts.items()}
