"""Where a benchmark runs: a company's files, a durable PostgreSQL of its own, fresh databases for each measurement."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from benchmarks.worker import DOMAIN_IDS
from finops_assets import catalog, demo
from finops_assets.catalog import referential
from finops_assets.domains import discover
from finops_assets.period import Period
from finops_assets.postgres.connection import Mart, open_connection
from finops_assets.postgres.embedded import EmbeddedServer, RunningServer
from finops_assets.postgres.migrations import migrate
from finops_assets.settings import CHECKOUT, Settings

LAST = Period(2025, 12)
TEMPLATES = ("mart_template", "dagster_template")
CLONES = ("mart_clone", "dagster_clone")


@dataclass(frozen=True)
class Ground:
    """A home with sources and a server, for as long as ``prepared`` holds it."""

    home: Path
    server: RunningServer
    first: Period

    @contextmanager
    def fresh(self) -> Iterator[Mart]:
        """An empty mart and an empty Dagster storage, which ``environment`` names, for the time of a block."""
        self._drop()
        with open_connection(self.server.url("postgres")) as connection:
            for clone, template in zip(CLONES, TEMPLATES, strict=True):
                statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
                connection.execute(statement.format(sql.Identifier(clone), sql.Identifier(template)))
        yield Mart(self.server.url(CLONES[0]))

    def environment(self, mart: str = CLONES[0], dagster: str = CLONES[1]) -> dict[str, str]:
        """The environment of a process on these databases, on nobody else's settings."""
        given = {name: value for name, value in os.environ.items() if not name.startswith(("FINOPS_", "DAGSTER_"))}
        given.pop("PYTHONDONTWRITEBYTECODE", None)
        return given | {
            "FINOPS_HOME": str(self.home),
            "FINOPS_FIRST_MONTH": str(self.first),
            "FINOPS_DATABASE_URL": self.server.url(mart),
            "FINOPS_DAGSTER_DATABASE_URL": self.server.url(dagster),
            "DAGSTER_HOME": str(CHECKOUT),
        }

    def _drop(self) -> None:
        with open_connection(self.server.url("postgres")) as connection:
            for clone in CLONES:
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(clone)))


@contextmanager
def prepared(months: int) -> Iterator[Ground]:
    """Files of so many months up to LAST and a server with the two templates, gone when the block ends."""
    with tempfile.TemporaryDirectory(prefix="finops-benchmark-") as folder:
        home = Path(folder)
        home.chmod(0o755)  # root's server runs as another account
        first = LAST.shift(1 - months)
        _write_sources(home, first)
        embedded = EmbeddedServer(home / "postgres", durable=True)
        server = embedded.start()
        try:
            ground = Ground(home, server, first)
            with open_connection(server.url("postgres")) as connection:
                _make_templates(connection)
            _fill_mart_template(Mart(server.url(TEMPLATES[0])), ground.environment(), first)
            yield ground
        finally:
            server.release()
            embedded.stop()


def _write_sources(home: Path, first: Period) -> None:
    """The demonstration company, and before its first month another history of it, as far back as asked."""
    written = demo.generate(home / "sources", LAST)
    while written.first > first:
        written = demo.generate(home / "earlier", written.first.previous)
        for file in sorted((home / "earlier").rglob("*.csv")):
            target = home / "sources" / file.relative_to(home / "earlier")
            if not target.exists():
                file.rename(target)
        shutil.rmtree(home / "earlier")


def _make_templates(connection: psycopg.Connection[dict[str, object]]) -> None:
    for template in TEMPLATES:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(template)))


def _fill_mart_template(mart: Mart, environment: Mapping[str, str], first: Period) -> None:
    migrate(mart)
    domains = [discover()[domain_id].domain for domain_id in DOMAIN_IDS]
    with mart.connect("finops_admin") as connection:
        catalog.register_domains(connection, domains, first)
        for domain in domains:
            catalog.set_enabled(connection, domain.domain_id, is_enabled=True, available_from=first)
    with mart.connect("finops_batch") as connection:
        referential.import_all(connection, Settings.from_environment(environment), domains, LAST.first_day)
