"""A change of what is shown has a number, and has it when it is committed: no sooner, and no other's."""

import threading
from contextlib import contextmanager

import psycopg
import pytest

from finops_assets.postgres.connection import open_connection
from finops_assets_tests.database.probes import NOTHING, SHOWN
from finops_assets_tests.factories import ask

ENABLED = "UPDATE finops.dim_domain SET is_enabled = NOT is_enabled WHERE domain_id = 'OPEN'"
NAMED = "UPDATE finops.dim_domain SET domain_label = domain_label || '!' WHERE domain_id = 'CLOUD'"


def number(api):
    return api.get("/ready").json()["changeNumber"]


@contextmanager
def transaction(mart):
    """A connection in a transaction of the login's."""
    with open_connection(mart.url) as connection, connection.transaction():
        yield connection


def touch(mart, table):
    """Tell the database that the table may have changed, by the first statement that its guards let through."""
    for nothing in NOTHING:
        try:
            ask(mart, nothing.format(table))
        except psycopg.Error as error:
            if not error.sqlstate.startswith("UF"):
                raise
        else:
            return
    raise AssertionError(f"no statement reaches {table}")


@pytest.mark.parametrize("table", SHOWN)
def test_a_change_of_what_is_shown_has_a_number(api, mart, table):
    before = number(api)
    touch(mart, table)
    assert number(api) == before + 1


def test_a_transaction_has_one_number_however_much_it_changes(api, mart):
    before = number(api)
    with transaction(mart) as connection:
        for statement in (ENABLED, NAMED, ENABLED):
            connection.execute(statement)
    assert number(api) == before + 1


def test_what_is_not_committed_has_no_number(api, mart):
    before = number(api)
    with transaction(mart) as connection:
        connection.execute(ENABLED)
        assert number(api) == before
        raise psycopg.Rollback
    assert number(api) == before


def test_of_two_transactions_each_has_a_number_of_its_own_when_it_commits(api, mart):
    before = number(api)
    with open_connection(mart.url) as early:
        early.execute("BEGIN")
        early.execute(ENABLED)
        ask(mart, NAMED)
        assert number(api) == before + 1
        etag = api.get("/pricing-views").headers["ETag"]
        early.execute("COMMIT")
    assert number(api) == before + 2
    # what was answered between the two is no longer good, although it began later
    assert api.get("/pricing-views", headers={"If-None-Match": etag}).status_code == 200


def test_transactions_that_commit_together_each_have_a_number(api, mart):
    before, start = number(api), threading.Barrier(8)

    def change():
        with transaction(mart) as connection:
            connection.execute("INSERT INTO finops.period SELECT * FROM finops.period WHERE FALSE")
            start.wait(10)

    threads = [threading.Thread(target=change) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert number(api) == before + 8


def test_a_caller_is_told_who_he_is(api):
    assert api.get("/me").json() == {"name": "ada", "role": "admin", "seesEveryApplication": True}
