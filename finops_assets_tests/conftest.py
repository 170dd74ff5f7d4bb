"""A real PostgreSQL once per session, one migrated template, one cheap clone per test that writes."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from finops_assets import catalog
from finops_assets.domains import discover
from finops_assets.period import Period
from finops_assets.postgres.connection import Mart, create_database, open_connection
from finops_assets.postgres.embedded import EmbeddedServer
from finops_assets.postgres.migrations import migrate
from finops_assets.postgres.queries import SQL
from finops_assets.settings import Settings

FIRST_MONTH = Period(2024, 1)


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The URL of a server to make databases in: FINOPS_TEST_DATABASE_URL's, or an embedded one of this session."""
    given = os.environ.get("FINOPS_TEST_DATABASE_URL")
    if given:
        yield given
        return
    # not pytest's own tmp_path: as root it is closed to the account that runs PostgreSQL
    home = Path(tempfile.gettempdir()) / f"finops-tests-{os.getuid()}"
    server = EmbeddedServer(home, durable=False).start()
    yield server.url("postgres")
    server.release()


@pytest.fixture(scope="session")
def template(server_url: str) -> str:
    """The name of a migrated database with every domain registered, made once per state of SQL and domains."""
    digest = hashlib.sha256()
    for file in sorted([*SQL.rglob("*.sql"), *Path(discover.__code__.co_filename).parent.glob("*.py")]):
        digest.update(file.name.encode() + file.read_bytes())
    name = f"template_{digest.hexdigest()[:12]}"
    # workers of one session, or two sessions, meet here
    with open_connection(server_url) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [name])
        create_database(server_url, name)
        mart = Mart(on_database(server_url, name))
        migrate(mart)
        with mart.connect("finops_batch") as batch:
            catalog.register_domains(batch, [plugin.domain for plugin in discover().values()], FIRST_MONTH)
        connection.execute("SELECT pg_advisory_unlock(hashtext(%s))", [name])
    return name


@pytest.fixture
def mart(server_url: str, template: str) -> Iterator[Mart]:
    """A mart of the test's own: migrated, every domain registered and disabled from 2024-01, no facts."""
    name = f"clone_{uuid4().hex[:16]}"
    with open_connection(server_url) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [template])
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        connection.execute("SELECT pg_advisory_unlock(hashtext(%s))", [template])
    yield Mart(on_database(server_url, name))
    with open_connection(server_url) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def settings(tmp_path: Path, mart: Mart) -> Settings:
    """Settings of a home in the test's own directory, on the test's own mart; sources are under it, empty."""
    (tmp_path / "sources").mkdir()
    environment = {"FINOPS_HOME": str(tmp_path), "FINOPS_DATABASE_URL": mart.url, "FINOPS_FIRST_MONTH": "2024-01"}
    return Settings.from_environment(environment)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real bills and price histories beside the checkout; the test is skipped, aloud, without it."""
    beside = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
    folder = Path(os.environ.get("FINOPS_REAL_DATA") or beside)
    if not folder.is_dir():
        pytest.skip(f"no real data: {folder} is not there (set FINOPS_REAL_DATA)")
    return folder


def on_database(url: str, name: str) -> str:
    """The same server's URL for another database."""
    place = conninfo_to_dict(url)
    user = place.get("user", "postgres")
    password = f":{place['password']}" if place.get("password") else ""
    return f"postgresql://{user}{password}@{place.get('host', 'localhost')}:{place.get('port', 5432)}/{name}"
