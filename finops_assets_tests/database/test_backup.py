"""A backup restored as docs/operating.md says is the same mart, and as well guarded."""

from __future__ import annotations

import os
import subprocess

import psycopg
import pytest
from psycopg import sql

from finops_assets.postgres.binaries import binary_directory
from finops_assets.postgres.migrations import migrate
from finops_assets.verify import run_checks
from finops_assets_tests.factories import line, new_mart, price, price_view, publish, refresh

EVERYTHING = ("fact_consumption", "fact_archive", "slice_version", "unit_price", "mv_cost_app_month", "mart_state")


@pytest.fixture
def priced(mart, tmp_path):
    """OPEN in January, corrected once, priced and in the marts."""
    price_view(mart, tmp_path)
    price(mart, tmp_path, "2.5")
    publish(mart, line(quantity=10))
    publish(mart, line(quantity=11))
    refresh(mart)
    return mart


@pytest.fixture
def restored(priced, server_url, tmp_path):
    """The same mart after pg_dump, and pg_restore into an empty database."""
    dump = str(tmp_path / "finops.dump")
    with new_mart(server_url) as empty:
        _run("pg_dump", "--format=custom", f"--file={dump}", priced.url)
        _run("pg_restore", "--exit-on-error", f"--dbname={empty.url}", dump)
        yield empty


def _run(program, *arguments):
    subprocess.run([binary_directory(os.environ) / program, *arguments], check=True, capture_output=True, text=True)


def rows(mart, relation):
    statement = sql.SQL("SELECT * FROM {} AS one ORDER BY one::text").format(sql.Identifier(relation))
    with mart.connect("") as connection:
        return connection.execute(statement).fetchall()


def test_a_restored_mart_holds_what_was_backed_up(priced, restored):
    assert {name: rows(restored, name) for name in EVERYTHING} == {name: rows(priced, name) for name in EVERYTHING}


def test_a_restored_mart_is_up_to_date_and_proves_itself(restored):
    assert migrate(restored) == []
    with restored.connect("finops_api") as connection:
        assert [check.name for check in run_checks(connection) if not check.passed] == []


def test_a_restored_mart_is_guarded(restored):
    with restored.connect("finops_owner") as connection, pytest.raises(psycopg.Error) as refused:
        connection.execute("DELETE FROM fact_consumption")
    assert refused.value.sqlstate == "UF006"


def test_a_restored_mart_goes_on(restored):
    assert publish(restored, line(quantity=12)).version == 3
