"""Who may do what is what is committed to be read; nobody but the owner may make or change anything else."""

# ruff: noqa: S608 - the statements are the tests

from __future__ import annotations

import pytest

from finops_assets.postgres.migrations import migrate
from finops_assets.postgres.queries import SQL
from finops_assets_tests.database.grants_dump import ROLES, dump
from finops_assets_tests.factories import ask, line, publish

REGENERATE = "run: python -m finops_assets_tests.database.grants_dump > sql/grants.txt"
APPLICATION_ROLES = [role for role in ROLES if role != "PUBLIC"]
OURS = "pronamespace IN (SELECT oid FROM pg_namespace WHERE nspname LIKE 'finops%%')"


def matrix(mart):
    with mart.connect("") as connection:
        return dump(connection)


def test_grants_are_the_committed_ones(mart):
    made, written = matrix(mart).splitlines(), (SQL / "grants.txt").read_text("utf-8").splitlines()
    new, gone = ([line for line in one if line not in other] for one, other in ((made, written), (written, made)))
    assert (new, gone) == ([], []), REGENERATE
    assert made == written, REGENERATE


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE finops.forgotten (id INTEGER)",
        "CREATE VIEW finops.forgotten AS SELECT 1 AS one",
        "CREATE SEQUENCE finops.forgotten",
        "CREATE FUNCTION finops.forgotten() RETURNS INTEGER LANGUAGE sql AS 'SELECT 1'",
        "GRANT INSERT ON slice_version TO finops_api",
        "GRANT UPDATE (quantity) ON fact_archive TO finops_admin",
        "GRANT SELECT ON dim_domain TO PUBLIC",
        "GRANT SELECT ON dim_domain TO finops_api WITH GRANT OPTION",
        "GRANT CREATE ON SCHEMA finops TO finops_admin",
        "GRANT EXECUTE ON FUNCTION ensure_slice(DATE, TEXT) TO pg_monitor",
        "REVOKE SELECT ON unit_price FROM finops_api",
        "ALTER FUNCTION stale_slices() OWNER TO pg_monitor",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA finops GRANT SELECT ON TABLES TO PUBLIC",
    ],
)
def test_whatever_is_granted_or_made_shows(mart, statement):
    before = matrix(mart)
    ask(mart, statement)
    assert matrix(mart) != before


def test_partitions_made_before_the_grants_are_as_those_made_after(mart):
    publish(mart, line())
    before = matrix(mart)
    # as a version of the mart did that granted on all tables
    ask(mart, "GRANT SELECT ON ALL TABLES IN SCHEMA finops TO finops_batch, finops_admin, finops_api")
    ask(mart, "UPDATE schema_migration SET sha256 = 'older' WHERE name = '90_grants.sql'")
    migrate(mart)
    assert matrix(mart).splitlines() == before.splitlines()


def test_no_function_is_anybody_s(mart):
    opened = f"SELECT proname FROM pg_proc WHERE {OURS} AND has_function_privilege('public', oid, 'EXECUTE')"
    assert ask(mart, opened) == []


def test_new_function_is_nobody_s(mart):
    with mart.connect("finops_owner") as connection:
        connection.execute("CREATE FUNCTION later() RETURNS INTEGER LANGUAGE sql AS 'SELECT 1'")
    callers = [
        role
        for role in [*APPLICATION_ROLES, "public"]
        if ask(mart, "SELECT has_function_privilege(%s, 'finops.later()', 'EXECUTE') AS may", role)[0]["may"]
    ]
    assert callers == []


def test_functions_with_the_owner_s_rights_and_guards_fix_their_search_path(mart):
    loose = f"""
    SELECT proname FROM pg_proc
    WHERE {OURS} AND (prosecdef OR prorettype = 'trigger'::REGTYPE)
      AND NOT 'search_path=finops, pg_temp' = ANY(coalesce(proconfig, '{{}}'))"""
    assert ask(mart, loose) == []


@pytest.mark.parametrize("role", APPLICATION_ROLES)
def test_role_may_make_no_object(mart, role):
    schemas = "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND has_schema_privilege(%s, oid, 'CREATE')"
    database = "SELECT has_database_privilege(%s, current_database(), 'CREATE') AS may"
    assert ask(mart, schemas, role) == []
    assert ask(mart, database, role) == [{"may": False}]


@pytest.mark.parametrize("role", APPLICATION_ROLES)
def test_role_is_no_other_role_and_no_superuser(mart, role):
    above = "SELECT rolname FROM pg_roles WHERE rolname <> %s AND pg_has_role(%s, oid, 'MEMBER')"
    powers = "rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls OR rolcanlogin"
    assert ask(mart, above, role, role) == []
    assert ask(mart, f"SELECT FROM pg_roles WHERE rolname = %s AND ({powers})", role) == []
