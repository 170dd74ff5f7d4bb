"""Connections to the mart, each in one role, and where its server is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from finops_assets.errors import MartRefused, ServerError, SettingsError
from finops_assets.postgres.embedded import EmbeddedServer
from finops_assets.postgres.queries import query
from finops_assets.settings import Settings

MART_DATABASE = "finops"
DAGSTER_DATABASE = "dagster"
READER = "finops_reader"
CONNECT_SECONDS = 10

Connection = psycopg.Connection[dict[str, Any]]


@dataclass(frozen=True)
class Mart:
    """The mart's database; services are given connections to it, each in one role."""

    url: str = field(repr=False)

    @contextmanager
    def connect(self, role: str, *, within: int = CONNECT_SECONDS) -> Iterator[Connection]:
        """A connection in autocommit, as ``finops_batch``, ``finops_admin``, ``finops_api``, READER or the login.

        READER has the views of one person only (``access.seeing_as``). A refusal of the database's own guards
        (SQLSTATE class UF) becomes MartRefused.
        """
        with open_connection(self.url, within=within) as connection:
            if role:
                connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
                connection.execute(query("connection/take_settings"), {"role": role})
            schema = sql.Identifier("finops_visible" if role == READER else "finops")
            connection.execute(sql.SQL("SET search_path TO {}, pg_temp").format(schema))
            try:
                yield connection
            except psycopg.Error as error:
                if (error.sqlstate or "").startswith("UF"):
                    raise MartRefused(error.diag.message_primary or str(error)) from error
                raise


def open_connection(url: str, *, within: int = CONNECT_SECONDS) -> Connection:
    """A plain connection; ServerError without the password when the server cannot be reached."""
    place = place_of(url)
    try:
        return psycopg.connect(url, autocommit=True, row_factory=dict_row, connect_timeout=within)
    except psycopg.OperationalError as error:
        raise ServerError(
            f"PostgreSQL at {place.get('host', 'localhost')}:{place.get('port', 5432)} "
            f"database {place.get('dbname', '')!r} cannot be reached: {error}"
        ) from error


def place_of(url: str) -> Mapping[str, Any]:
    """The parts of a URL; SettingsError, which quotes nothing of it, when it cannot be read."""
    with suppress(psycopg.ProgrammingError):
        place = psycopg.conninfo.conninfo_to_dict(url)
        # a password with an unescaped / or @ ends up in the other parts
        others = f"{place.get('host')} {place.get('dbname')}"
        if re.fullmatch(r"[0-9,]*", str(place.get("port", ""))) and "@" not in others:
            return place
    # outside of the block: the driver's error quotes the password
    raise SettingsError(
        "the URL of a database cannot be read: write postgresql://user:password@host:5432/database, with the "
        "characters : / @ % and spaces of the password %-encoded"
    )


def mart_of(settings: Settings) -> Mart:
    """The configured mart, or the embedded server's, which is started when it is not running."""
    return Mart(settings.database_url or _embedded(settings, MART_DATABASE))


def running_mart(settings: Settings) -> Mart | None:
    """The configured mart, or the embedded server's when it runs; nothing is started and nothing is held."""
    if settings.database_url:
        return Mart(settings.database_url)
    server = EmbeddedServer(settings.home / "postgres").running()
    return Mart(server.url(MART_DATABASE)) if server else None


def dagster_url(settings: Settings) -> str:
    """The URL of Dagster's own storage, on the driver it needs.

    dagster-postgres notifies with a statement only psycopg2 accepts, and a bare postgresql:// means
    psycopg 3 since SQLAlchemy 2.1.
    """
    url = settings.dagster_database_url or _embedded(settings, DAGSTER_DATABASE)
    scheme, _, rest = url.partition("://")
    if scheme.split("+")[0] not in ("postgresql", "postgres"):
        raise ServerError("FINOPS_DAGSTER_DATABASE_URL must begin with postgresql://")
    return f"postgresql+psycopg2://{rest}"


def _embedded(settings: Settings, database: str) -> str:
    server = EmbeddedServer(settings.home / "postgres").start()
    create_database(server.url("postgres"), database)
    return server.url(database)


def create_database(maintenance_url: str, database: str) -> None:
    """Create a database unless it is there, whoever else is creating it at this moment."""
    with open_connection(maintenance_url) as connection:
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", [database]).fetchone() is not None:
            return
        with suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
