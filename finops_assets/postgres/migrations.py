"""Bring a database to the schema of ``sql/``: migrations once and in order, repeatables when changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import LiteralString

import psycopg

from finops_assets.errors import MartRefused, ServerError
from finops_assets.postgres.connection import Connection, Mart
from finops_assets.postgres.queries import SQL, files_in, query

# Any two migrators of one database meet on this number; the lock goes with its connection.
_LOCK = 4_604_936_702


def migrate(mart: Mart, announce: Callable[[str], None] = lambda line: None) -> list[str]:
    """Apply what is new and return the names applied, none when the schema is as ``sql/`` says.

    Each file and its ledger row are one transaction. MartRefused when an applied migration was
    changed or a new one would come before it.
    """
    with mart.connect(role="") as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        _bootstrap(connection)
        connection.execute("SET ROLE finops_owner")
        connection.execute(query("migrations/create_ledger"))
        return _apply_migrations(connection, announce) + _apply_repeatables(connection, announce)


def _bootstrap(connection: Connection) -> None:
    try:
        with connection.transaction():
            connection.execute(_text(SQL / "bootstrap.sql"))
    except psycopg.errors.InsufficientPrivilege as error:
        raise ServerError(
            f"this login may not prepare the database ({error.diag.message_primary}): give it CREATE on the database, "
            "and have a superuser run sql/bootstrap.sql in it once and then "
            f"GRANT finops_owner, finops_batch, finops_admin, finops_api, finops_reader TO {connection.info.user}"
        ) from error


def _apply_migrations(connection: Connection, announce: Callable[[str], None]) -> list[str]:
    applied = _applied(connection, is_repeatable=False)
    files = files_in("migrations")
    known = {file.name for file in files}
    last = max(applied, default="")
    for gone in sorted(set(applied) - known):
        raise MartRefused(f"this database has migration {gone}, which this version of the mart does not know")
    new = [file for file in files if file.name not in applied]
    for file in files:
        if file.name in applied and applied[file.name] != _sha256(file):
            raise MartRefused(f"migration {file.name} was changed after it was applied: add a new one instead")
    for file in new:
        if file.name < last:
            raise MartRefused(f"migration {file.name} comes before {last}, which is applied: number it higher")
        _apply(connection, [file], is_repeatable=False)
        announce(f"migration {file.name}")
    return [file.name for file in new]


def _apply_repeatables(connection: Connection, announce: Callable[[str], None]) -> list[str]:
    applied = _applied(connection, is_repeatable=True)
    files = files_in("repeatable")
    changed = [place for place, file in enumerate(files) if applied.get(file.name) != _sha256(file)]
    if not changed:
        return []
    # later files may stand on what an earlier one rebuilds
    again = files[changed[0] :]
    _apply(connection, again, is_repeatable=True)
    for file in again:
        announce(f"repeatable {file.name}")
    return [file.name for file in again]


def _apply(connection: Connection, files: list[Path], *, is_repeatable: bool) -> None:
    with connection.transaction():
        connection.execute("SET LOCAL search_path TO finops, pg_temp")
        for file in files:
            connection.execute(_text(file))
            row = {"name": file.name, "sha256": _sha256(file), "is_repeatable": is_repeatable}
            connection.execute(query("migrations/record"), row)


def _applied(connection: Connection, *, is_repeatable: bool) -> dict[str, str]:
    rows = connection.execute(query("migrations/applied"), {"is_repeatable": is_repeatable})
    return {row["name"]: row["sha256"] for row in rows}


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _text(file: Path) -> LiteralString:
    return file.read_text("utf-8")
