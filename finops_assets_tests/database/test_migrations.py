"""Migrations: once, in order, whole or not at all, however many migrators there are and whoever is killed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from finops_assets.errors import MartRefused, ServerError
from finops_assets.postgres import migrations, queries
from finops_assets.postgres.connection import Mart, open_connection
from finops_assets.postgres.embedded import EmbeddedServer
from finops_assets.postgres.migrations import migrate
from finops_assets.postgres.queries import SQL
from finops_assets_tests.factories import JANUARY, ask, line, new_mart, price, price_view, publish, refresh

MIGRATIONS = [file.name for file in sorted((SQL / "migrations").glob("*.sql"))]
REPEATABLES = [file.name for file in sorted((SQL / "repeatable").glob("*.sql"))]
LAST = MIGRATIONS[-1]

MIGRATOR = """
import sys
from pathlib import Path
from finops_assets.postgres import migrations, queries
from finops_assets.postgres.connection import Mart
queries.SQL = migrations.SQL = Path(sys.argv[2])
migrations.migrate(Mart(sys.argv[1]), lambda line: print(line, flush=True))
"""


@pytest.fixture
def empty(server_url: str) -> Iterator[Mart]:
    with new_mart(server_url) as mart:
        yield mart


@pytest.fixture
def tree(tmp_path, monkeypatch) -> Path:
    """A copy of sql/ in its place, for the test to change."""
    copy = shutil.copytree(SQL, tmp_path / "sql")
    monkeypatch.setattr(queries, "SQL", copy)
    monkeypatch.setattr(migrations, "SQL", copy)
    return copy


def append(file: Path, text: str) -> None:
    file.write_text(file.read_text("utf-8") + text, "utf-8")


def ledger(mart: Mart) -> list[str]:
    return [row["name"] for row in ask(mart, "SELECT name FROM schema_migration ORDER BY is_repeatable, name")]


def tables(mart: Mart) -> list[str]:
    found = "SELECT relname FROM pg_class WHERE relnamespace = to_regnamespace('finops') ORDER BY oid"
    return [row["relname"] for row in ask(mart, found)]


def test_empty_database_gets_every_file_in_order(empty):
    said: list[str] = []
    assert migrate(empty, said.append) == MIGRATIONS + REPEATABLES
    assert said == [f"migration {name}" for name in MIGRATIONS] + [f"repeatable {name}" for name in REPEATABLES]
    assert ledger(empty) == MIGRATIONS + REPEATABLES


def test_second_migrate_applies_nothing_and_rebuilds_nothing(empty):
    migrate(empty)
    before = ask(empty, "SELECT oid, relname FROM pg_class WHERE relnamespace = 'finops'::REGNAMESPACE ORDER BY oid")
    assert migrate(empty) == []
    after = ask(empty, "SELECT oid, relname FROM pg_class WHERE relnamespace = 'finops'::REGNAMESPACE ORDER BY oid")
    assert after == before


@pytest.mark.parametrize("migrators", [2, 8])
def test_concurrent_migrators_of_an_empty_database_all_succeed_and_one_applies(empty, migrators):
    with ThreadPoolExecutor(migrators) as pool:
        applied = list(pool.map(migrate, [empty] * migrators))
    assert sorted(applied, key=len) == [[]] * (migrators - 1) + [MIGRATIONS + REPEATABLES]
    assert ledger(empty) == MIGRATIONS + REPEATABLES


def test_two_databases_of_one_server_migrate_at_once(server_url):
    with new_mart(server_url) as one, new_mart(server_url) as other, ThreadPoolExecutor(2) as pool:
        assert list(pool.map(migrate, [one, other])) == [MIGRATIONS + REPEATABLES] * 2


def test_changed_applied_migration_is_refused_and_nothing_is_applied(mart, tree):
    append(tree / "migrations" / MIGRATIONS[1], "\n-- one word more\n")
    (tree / "migrations" / "9999_later.sql").write_text("CREATE TABLE later (id INTEGER);\n")
    with pytest.raises(MartRefused, match=f"{MIGRATIONS[1]} was changed after it was applied: add a new one"):
        migrate(mart)
    assert "later" not in tables(mart)


def test_migration_numbered_before_an_applied_one_is_refused(mart, tree):
    (tree / "migrations" / "0000_late.sql").write_text("CREATE TABLE late (id INTEGER);\n")
    with pytest.raises(MartRefused, match=f"0000_late.sql comes before {LAST}, which is applied: number it higher"):
        migrate(mart)
    assert "late" not in tables(mart)


def test_applied_migration_that_this_version_does_not_know_is_refused(mart, tree):
    (tree / "migrations" / LAST).unlink()
    with pytest.raises(MartRefused, match=f"has migration {LAST}, which this version of the mart does not know"):
        migrate(mart)


def test_failing_migration_rolls_back_whole_and_applies_once_mended(mart, tree):
    before = tables(mart), ledger(mart)
    broken = tree / "migrations" / "9999_broken.sql"
    broken.write_text("CREATE TABLE half (id INTEGER);\nINSERT INTO half VALUES (1);\nSELECT 1 / 0;\n")
    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate(mart)
    assert (tables(mart), ledger(mart)) == before

    broken.write_text("CREATE TABLE half (id INTEGER);\n")
    assert migrate(mart) == ["9999_broken.sql"]
    assert "half" in tables(mart)


def test_migrations_before_a_failing_one_stay_applied(empty, tree):
    whole = (tree / "migrations" / MIGRATIONS[2]).read_text("utf-8")
    append(tree / "migrations" / MIGRATIONS[2], "\nSELECT no_such_function();\n")
    with pytest.raises(psycopg.errors.UndefinedFunction):
        migrate(empty)
    assert ledger(empty) == MIGRATIONS[:2]

    (tree / "migrations" / MIGRATIONS[2]).write_text(whole, "utf-8")
    assert migrate(empty) == MIGRATIONS[2:] + REPEATABLES


def test_failing_repeatable_leaves_the_old_ones_whole(mart, tree):
    before = ask(
        mart, "SELECT proname, md5(prosrc) FROM pg_proc WHERE pronamespace = 'finops'::REGNAMESPACE ORDER BY 1, 2"
    )
    append(tree / "repeatable" / REPEATABLES[0], "\nDROP FUNCTION refresh_marts();\n")
    append(tree / "repeatable" / REPEATABLES[-1], "\nSELECT 1 / 0;\n")
    with pytest.raises(psycopg.errors.DivisionByZero):
        migrate(mart)
    after = ask(
        mart, "SELECT proname, md5(prosrc) FROM pg_proc WHERE pronamespace = 'finops'::REGNAMESPACE ORDER BY 1, 2"
    )
    assert after == before
    assert ledger(mart) == MIGRATIONS + REPEATABLES


@pytest.mark.parametrize("name", REPEATABLES)
def test_changed_repeatable_applies_again_with_those_after_it(mart, tree, tmp_path, name):
    price_view(mart, tmp_path)
    price(mart, tmp_path, "2")
    publish(mart, line())
    refresh(mart)
    append(tree / "repeatable" / name, "\n-- one word more\n")

    assert migrate(mart) == REPEATABLES[REPEATABLES.index(name) :]
    assert migrate(mart) == []
    assert ask(mart, "SELECT cost FROM mv_cost_domain_month", role="finops_api") == [{"cost": Decimal(20)}]
    assert publish(mart, line(quantity=Decimal(11))).version == 2
    assert refresh(mart).slices == ((JANUARY.first_day, "OPEN"),)


def test_migrator_killed_midway_leaves_whole_migrations_and_the_next_one_goes_on(empty, tree):
    append(tree / "migrations" / MIGRATIONS[2], "\nSELECT pg_advisory_xact_lock(42);\n")
    with open_connection(empty.url) as gate:
        gate.execute("SELECT pg_advisory_lock(42)")
        with subprocess.Popen(
            [sys.executable, "-c", MIGRATOR, empty.url, str(tree)],
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(SQL.parent), *sys.path[1:]])},
            stdout=subprocess.PIPE,
            text=True,
        ) as killed:
            assert [killed.stdout.readline() for _ in range(2)] == [f"migration {name}\n" for name in MIGRATIONS[:2]]
            killed.kill()
    # another migrator waits for the dead one's lock
    shutil.copy(SQL / "migrations" / MIGRATIONS[2], tree / "migrations")
    assert migrate(empty) == MIGRATIONS[2:] + REPEATABLES
    assert publish(empty_with_domain(empty), line()).outcome == "LOADED"


def empty_with_domain(mart: Mart) -> Mart:
    ask(
        mart,
        "INSERT INTO dim_domain (domain_id, domain_label, domain_mode, available_from) "
        "VALUES ('OPEN', 'Open', 'DIRECT', '2024-01-01')",
    )
    return mart


# Logins that are no superuser


@pytest.fixture
def untouched_server() -> Iterator[str]:
    """A server no mart has been on, so that none of its roles exist."""
    parent = Path(tempfile.mkdtemp(prefix="finops-roles-"))
    parent.chmod(0o755)
    server = EmbeddedServer(parent / "postgres", durable=False)
    running = server.start()
    yield running.url("postgres")
    running.release()
    server.stop()
    shutil.rmtree(parent)


def as_login(mart: Mart, login: str) -> Mart:
    place = conninfo_to_dict(mart.url)
    return Mart(f"postgresql://{login}:secret@{place['host']}:{place['port']}/{place['dbname']}")


def make_login(server_url: str, login: str, attributes: str = "") -> None:
    statement = sql.SQL("CREATE ROLE {} LOGIN PASSWORD 'secret' " + attributes).format(sql.Identifier(login))
    with open_connection(server_url) as connection:
        connection.execute(statement)


def test_login_with_createrole_that_owns_the_database_can_migrate_and_publish(untouched_server, tmp_path):
    make_login(untouched_server, "keeper", "CREATEROLE")
    with new_mart(untouched_server, owner="keeper") as mart:
        kept = as_login(mart, "keeper")
        assert migrate(kept) == MIGRATIONS + REPEATABLES
        assert migrate(kept) == []
        with kept.connect("finops_admin") as connection:
            connection.execute(
                "INSERT INTO dim_domain (domain_id, domain_label, domain_mode, available_from) "
                "VALUES ('OPEN', 'Open', 'DIRECT', '2024-01-01')"
            )
        price_view(kept, tmp_path)
        assert publish(kept, line()).outcome == "LOADED"
        assert refresh(kept).version == 1
        assert ask(kept, "SELECT cost FROM mv_cost_app_month", role="finops_api") == [{"cost": None}]


def test_login_without_createrole_is_told_what_to_do_and_can_migrate_once_it_is_done(server_url):
    login = f"plain_{uuid4().hex[:8]}"
    make_login(server_url, login)
    try:
        with new_mart(server_url, owner=login) as mart:
            plain = as_login(mart, login)
            with pytest.raises(ServerError) as told:
                migrate(plain)
            assert tables(mart) == []
            assert "sql/bootstrap.sql" in str(told.value)
            remedy = f"GRANT finops_owner, finops_batch, finops_admin, finops_api, finops_reader TO {login}"
            assert remedy in str(told.value)

            ask(mart, (SQL / "bootstrap.sql").read_text("utf-8"))
            ask(mart, remedy)
            assert migrate(plain) == MIGRATIONS + REPEATABLES
    finally:
        with open_connection(server_url) as connection:
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(login)))
