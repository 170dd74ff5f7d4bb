"""Ways round the guards that a role might try: other verbs, other doors, borrowed rights, hidden names, locks.

What each role may do directly is in ``sql/grants.txt``; what nobody may do, in ``test_guards.py``; what is hidden from
a person, in ``test_access.py``; and that no guard is decoration, in ``test_guard_mutation.py``.
"""

# ruff: noqa: S608 - the statements are the tests

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from finops_assets.postgres.connection import Mart, open_connection
from finops_assets_tests.database.signed_company import build
from finops_assets_tests.factories import JANUARY, ask, line, new_mart, publish

ROLES = ("finops_batch", "finops_admin", "finops_api", "finops_reader")
MARCH = JANUARY.shift(2)
TABLES = """
SELECT relname AS name, (SELECT attname FROM pg_attribute WHERE attrelid = pg_class.oid AND attnum = 1) AS first_column
FROM pg_class WHERE relnamespace = 'finops'::REGNAMESPACE AND relkind IN ('r', 'p') ORDER BY relname COLLATE "C"
"""


@pytest.fixture(scope="module")
def signed(server_url, template, tmp_path_factory) -> Iterator[Mart]:
    """A mart with two closed months; whatever is tried, its tables are at the end what they were."""
    with new_mart(server_url, template) as mart:
        build(mart, tmp_path_factory.mktemp("prices"))
        before = state(mart)
        yield mart
        assert state(mart) == before


def state(mart: Mart) -> str:
    digest = hashlib.sha256()
    with mart.connect("") as connection:
        for table in connection.execute(TABLES).fetchall():
            for row in connection.execute(f"SELECT xmin::TEXT, * FROM {table['name']} ORDER BY tableoid, ctid"):
                digest.update(repr(row).encode())
    return digest.hexdigest()


def refusal(mart: Mart, role: str, *statements: str) -> str | None:
    """The SQLSTATE of the first statement that the role is refused; None when none is."""
    with open_connection(mart.url) as connection:
        connection.execute(f"SET search_path TO finops, pg_temp; SET ROLE {role}")
        return first_refusal(connection, *statements)


def first_refusal(connection: psycopg.Connection, *statements: str) -> str | None:
    for statement in statements:
        try:
            connection.execute(statement)
        except psycopg.Error as error:
            return error.sqlstate
    return None


REFUSED = {"42501", "UF002", "UF003", "UF006"}


def how(connection: psycopg.Connection, statement: str) -> str | None:
    """The SQLSTATE that a statement is refused with, None when it is done; undone either way."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement)
    except psycopg.Error as error:
        return error.sqlstate
    return None


def direct(table: str, column: str) -> list[str]:
    """Every verb that changes a table; the column is of its key, which no role may update."""
    on = f"USING (SELECT 1) AS one ON FALSE WHEN MATCHED THEN UPDATE SET {column} = DEFAULT"
    return [
        f"UPDATE {table} SET {column} = DEFAULT",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
        f"MERGE INTO {table} {on}",
        f"MERGE INTO {table} USING (SELECT 1) AS one ON FALSE WHEN MATCHED THEN DELETE",
        f"SELECT FROM {table} FOR UPDATE",
        f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE",
    ]


@pytest.mark.parametrize("role", ROLES)
def test_no_table_or_partition_is_changed_by_any_verb(signed, role):
    done = []
    with open_connection(signed.url) as connection:
        connection.execute("SET search_path TO finops, pg_temp")
        connection.execute("SET lock_timeout = '1s'")
        tables = connection.execute(TABLES).fetchall()
        connection.execute(f"SET ROLE {role}")
        kept = [row for row in tables if row["name"] not in KEPT_BY_PEOPLE.get(role, ())]
        for statement in [one for row in kept for one in direct(f"finops.{row['name']}", row["first_column"])]:
            told = how(connection, statement)
            if told not in REFUSED:
                done.append((statement, told))
    assert len(kept) > 40
    assert [one for one in done if one[0] not in HARMLESS.get(role, ())] == []


# what the role is there to write; its guards are tested by the statements of test_guards.py and probes.py
KEPT_BY_PEOPLE = {
    "finops_admin": (
        *("dim_domain", "dim_family", "dim_product", "dim_application", "pricing_view", "draft_price"),
        "application_access",
    )
}
# a role that may update columns of a table may also lock its rows
HARMLESS = {
    "finops_batch": [
        f"SELECT FROM finops.{table} FOR UPDATE"
        for table in ("dim_application", "dim_family", "dim_product", "slice_run")
    ],
    "finops_admin": ["SELECT FROM finops.api_key FOR UPDATE"],
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "target",
    [
        "fact_consumption",
        "fact_2024_03",
        "fact_2024_03_open",
        "fact_2024_01_open",
        "fact_archive",
        "slice_version",
        "period",
    ],
)
def test_nothing_is_copied_in(signed, role, target):
    with open_connection(signed.url) as connection:
        connection.execute("SET search_path TO finops, pg_temp")
        connection.execute(f"SET ROLE {role}")
        with (
            pytest.raises(psycopg.Error) as error,
            connection.cursor().copy(f"COPY finops.{target} FROM STDIN") as copied,
        ):
            copied.write(b"")
    assert error.value.sqlstate in REFUSED


DOORS = [
    # partitions
    "ALTER TABLE finops.fact_2024_03 DETACH PARTITION finops.fact_2024_03_open",
    "ALTER TABLE finops.fact_2024_03 DETACH PARTITION finops.fact_2024_03_open CONCURRENTLY",
    "ALTER TABLE finops.fact_consumption ATTACH PARTITION finops.fact_archive DEFAULT",
    "CREATE TABLE public.leaf PARTITION OF finops.fact_2024_03 FOR VALUES IN ('AUDIT')",
    "DROP TABLE finops.fact_2024_03_open",
    "DROP TABLE finops.fact_consumption CASCADE",
    "ALTER TABLE finops.fact_2024_03_open SET SCHEMA public",
    "ALTER TABLE finops.fact_2024_03_open RENAME TO elsewhere",
    "CREATE TABLE pg_temp.child () INHERITS (finops.slice_version)",
    # guards
    "ALTER TABLE finops.fact_2024_03_open DISABLE TRIGGER ALL",
    "ALTER TABLE finops.slice_version DISABLE TRIGGER USER",
    "ALTER TABLE finops.slice_version DROP CONSTRAINT slice_version_row_count_check",
    "DROP TRIGGER facts_change_by_publication ON finops.fact_2024_03_open",
    "CREATE TRIGGER mine BEFORE INSERT ON finops.slice_version EXECUTE FUNCTION finops.refuse_statement('x')",
    "CREATE RULE mine AS ON INSERT TO finops.unit_price DO INSTEAD NOTHING",
    "CREATE POLICY mine ON finops.fact_consumption USING (TRUE)",
    "ALTER TABLE finops.fact_consumption ENABLE ROW LEVEL SECURITY",
    "SET session_replication_role = replica",
    "SELECT set_config('session_replication_role', 'replica', FALSE)",
    "CREATE EVENT TRIGGER mine ON ddl_command_start EXECUTE FUNCTION finops.refuse_statement()",
    "SET allow_system_table_mods = on",
    "UPDATE pg_trigger SET tgenabled = 'D'",
    "UPDATE pg_class SET relowner = (SELECT oid FROM pg_roles WHERE rolname = CURRENT_USER)",
    # rights
    "ALTER DEFAULT PRIVILEGES FOR ROLE finops_owner GRANT ALL ON TABLES TO PUBLIC",
    "ALTER FUNCTION finops.open_publication(DATE, TEXT, UUID, BYTEA, BIGINT, NUMERIC) SECURITY INVOKER",
    "ALTER FUNCTION finops.guard_slice() RESET search_path",
    "REASSIGN OWNED BY finops_owner TO CURRENT_USER",
    "DROP OWNED BY finops_owner CASCADE",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "CREATE ROLE intruder",
    "SET SESSION AUTHORIZATION finops_owner; ALTER TABLE finops.slice_version DISABLE TRIGGER ALL",
    # objects of the schema
    "CREATE TABLE finops.mine (id INTEGER)",
    "CREATE VIEW finops.mine AS SELECT 1 AS one",
    "CREATE FUNCTION finops.mine() RETURNS INTEGER LANGUAGE sql AS 'SELECT 1'",
    "CREATE OPERATOR finops.= (LEFTARG = TEXT, RIGHTARG = TEXT, FUNCTION = texteq)",
    "CREATE TYPE finops.mine AS (one INTEGER)",
    "CREATE TABLE finops_visible.mine (id INTEGER)",
    "CREATE TABLE public.mine (id INTEGER)",
    "CREATE SCHEMA mine",
    "CREATE INDEX ON finops.slice_version ((finops.refuse_statement(version)))",
    "CREATE STATISTICS mine ON version, run_id FROM finops.slice_version",
    "COMMENT ON TABLE finops.slice_version IS 'mine'",
    "REFRESH MATERIALIZED VIEW finops.mv_cost_domain_month",
    "SELECT setval(pg_get_serial_sequence('finops.audit_log', 'audit_id'), 1)",
    "SELECT nextval(pg_get_serial_sequence('finops.unit_price', 'price_id'))",
    # the server behind the database
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "COPY (SELECT 1) TO '/tmp/mine'",
    "CREATE TABLE pg_temp.file (line TEXT); COPY pg_temp.file FROM '/etc/hostname'",
    "SELECT pg_read_file('postgresql.conf')",
    "SELECT pg_ls_dir('.')",
    "SELECT lo_import('/etc/hostname')",
    "SELECT lo_export(1, '/tmp/mine')",
    "ALTER SYSTEM SET fsync = off",
    "CREATE EXTENSION file_fdw",
    "CREATE LANGUAGE plpython3u",
    "CREATE PUBLICATION mine FOR TABLE finops.slice_version",
    "SELECT pg_create_logical_replication_slot('mine', 'test_decoding')",
    "SELECT rolpassword FROM pg_authid",
    "SELECT FROM pg_statistic",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> CURRENT_USER",
]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("door", DOORS)
def test_no_other_door_is_open(signed, role, door):
    with stranger(signed, role) as connection:
        assert first_refusal(connection, *door.split("; ")) in SHUT


# no right; or no such place for whoever has no right to look
SHUT = {"42501", "0A000", "42704", "58P01", "42P01", "3F000", "55000", "42P17"}


@contextmanager
def stranger(mart: Mart, role: str) -> Iterator[psycopg.Connection]:
    """A session of a login that is a member of one role and of nothing else, with that role taken."""
    login = f"login_{uuid4().hex[:12]}"
    with open_connection(mart.url) as owner:
        owner.execute(sql.SQL("CREATE ROLE {} LOGIN NOINHERIT IN ROLE {}").format(*map(sql.Identifier, (login, role))))
        try:
            with open_connection(mart.url) as connection:
                connection.execute(sql.SQL("SET SESSION AUTHORIZATION {}").format(sql.Identifier(login)))
                connection.execute(f"SET ROLE {role}")
                connection.execute("SET search_path TO finops, pg_temp")
                yield connection
        finally:
            owner.execute(sql.SQL("DROP OWNED BY {0}; DROP ROLE {0}").format(sql.Identifier(login)))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("other", ["finops_owner", "pg_execute_server_program", *ROLES])
def test_no_role_leads_to_another(signed, role, other):
    if other == role:
        other = "pg_write_all_data"
    with stranger(signed, role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(f"SET ROLE {other}")


SHADOWS = [
    "CREATE TEMP TABLE period (period_month DATE, status TEXT)",
    "INSERT INTO pg_temp.period VALUES ('2024-01-01', 'OPEN'), ('2024-03-01', 'OPEN')",
    "CREATE TEMP TABLE slice_publication (transaction_id XID8, period_month DATE, domain_id TEXT, step TEXT)",
    "ALTER TABLE pg_temp.slice_publication ADD COLUMN version INTEGER",
    "INSERT INTO pg_temp.slice_publication VALUES (pg_current_xact_id(), '2024-03-01', 'OPEN', 'OPEN', 2)",
    "INSERT INTO pg_temp.slice_publication VALUES (pg_current_xact_id(), '2024-03-01', 'OPEN', 'SEALED', 2)",
    "CREATE TEMP TABLE dim_domain (domain_id TEXT, domain_mode TEXT, available_from DATE)",
    "CREATE TEMP TABLE fact_consumption (domain_id TEXT, product_id TEXT, family_id TEXT, application_id TEXT)",
    "CREATE TEMP TABLE fact_archive (domain_id TEXT, product_id TEXT, family_id TEXT, application_id TEXT)",
    "CREATE FUNCTION pg_temp.pg_current_xact_id() RETURNS XID8 LANGUAGE sql AS $$ SELECT '1'::XID8 $$",
    "CREATE FUNCTION pg_temp.period_close_hash(TEXT) RETURNS BYTEA LANGUAGE sql AS $$ SELECT NULL::BYTEA $$",
]
PAST_THE_SHADOWS = {
    "finops_batch": [
        ("SELECT finops.open_publication('2024-01-01', 'OPEN', gen_random_uuid(), sha256('x'))", "UF002"),
        ("SELECT finops.ensure_slice('2024-01-01', 'AUDIT')", "UF002"),
        ("DELETE FROM finops.fact_2024_03_open WHERE FALSE", "42501"),
        ("INSERT INTO finops.fact_2024_03_open SELECT * FROM finops.fact_consumption WHERE FALSE", "UF003"),
        ("INSERT INTO finops.slice_source VALUES ('2024-03-01', 'OPEN', 2, 'late.csv', sha256('x'), 1, 1)", "UF003"),
        (
            "SELECT finops.seal_publication('2024-03-01', 'OPEN', gen_random_uuid(), 0, 0, sha256('a'), sha256('b'))",
            "UF003",
        ),
    ],
    "finops_admin": [
        ("DELETE FROM finops.dim_product WHERE product_id = 'vm-small'", "UF007"),
        ("DELETE FROM finops.dim_application WHERE application_id = 'portal'", "UF007"),
        ("SELECT finops.reopen_period('2024-01-01', 'eve', 'x')", "UF010"),
        (
            "INSERT INTO finops.unit_price (pricing_view_id, domain_id, product_id, effective_from, revision, "
            "unit_price, source_name) VALUES ('internal', 'OPEN', 'vm-small', '2024-01-01', 99, 1, 'x')",
            "UF002",
        ),
    ],
}


@pytest.mark.parametrize("path", ["pg_temp, finops", "finops, pg_temp", "pg_temp, pg_catalog, finops", "public"])
@pytest.mark.parametrize(
    ("role", "statement", "sqlstate"),
    [(role, *attack) for role, attacks in PAST_THE_SHADOWS.items() for attack in attacks],
)
def test_names_of_the_caller_s_hide_nothing_from_the_mart(signed, path, role, statement, sqlstate):
    with stranger(signed, role) as connection, connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL search_path TO pg_catalog, pg_temp")
        for shadow in SHADOWS:
            connection.execute(shadow)
        connection.execute(f"SET LOCAL search_path TO {path}")
        with pytest.raises(psycopg.Error) as refused, connection.transaction():
            connection.execute(statement)
    assert refused.value.sqlstate == sqlstate


@pytest.mark.parametrize("role", ROLES[:3])
def test_a_right_that_one_has_is_not_passed_on(signed, role):
    with stranger(signed, role) as connection:
        # PostgreSQL warns, and grants nothing
        connection.execute("GRANT SELECT, INSERT ON finops.slice_version TO finops_reader WITH GRANT OPTION")
        [row] = connection.execute(
            "SELECT has_table_privilege('finops_reader', 'finops.slice_version', 'SELECT') AS may"
        )
    assert row == {"may": False}


LOCKS = [
    "SELECT pg_advisory_lock(finops.slice_lock('2024-03-01', 'OPEN'))",
    "SELECT pg_advisory_lock(hashtextextended('finops marts', 0))",
    "SELECT pg_advisory_lock(hashtextextended('finops partitions', 0))",
    "SELECT pg_advisory_lock(hashtextextended('finops prices', 0))",
]


def test_a_lock_that_somebody_sits_on_delays_and_changes_nothing(signed):
    with stranger(signed, "finops_batch") as sitting:
        for lock in LOCKS:
            sitting.execute(lock)
        for attempt in (
            "SELECT open_publication('2024-03-01', 'OPEN', gen_random_uuid(), sha256('x'))",
            "SELECT refresh_slice('2024-03-01', 'OPEN')",
            "SELECT ensure_slice('2024-03-01', 'AUDIT')",
        ):
            assert refusal(signed, "finops_batch", "SET lock_timeout = '100ms'", attempt) == "55P03"
        # another slice goes on
        other = "BEGIN", "SELECT open_publication('2024-03-01', 'CLOUD', gen_random_uuid(), sha256('x'))", "ROLLBACK"
        assert refusal(signed, "finops_batch", "SET lock_timeout = '100ms'", *other) is None


def test_a_lock_ends_with_its_session(mart):
    with stranger(mart, "finops_api") as sitting:
        sitting.execute("SELECT pg_advisory_lock(hashtextextended('finops slice 2024-01 OPEN', 0))")
    assert publish(mart, line()).version == 1


def test_a_reading_role_that_makes_itself_a_writer_writes_nothing(signed):
    for role in ("finops_api", "finops_reader"):
        attempts = ("INSERT INTO finops.period VALUES ('2030-01-01')", "SELECT finops.refresh_marts()")
        for attempt in attempts:
            assert refusal(signed, role, "SET default_transaction_read_only = off", attempt) == "42501"


def test_acts_are_the_login_s_whatever_person_is_claimed(mart):
    with stranger(mart, "finops_admin") as connection:
        [login] = connection.execute("SELECT session_user AS login").fetchall()
        connection.execute("SELECT set_config('finops.person', 'somebody else', FALSE)")
        connection.execute("INSERT INTO application_access (principal, application_id) VALUES ('user:eve', '*')")
    [act] = ask(mart, "SELECT login, person FROM audit_log WHERE relation = 'application_access'")
    assert act == {"login": login["login"], "person": "somebody else"}


@pytest.mark.parametrize("nonsense", ["NaN", "Infinity", "-Infinity"])
def test_a_nan_or_an_infinity_is_no_quantity(mart, nonsense):
    ask(mart, "SELECT ensure_slice('2024-01-01', 'OPEN')", role="finops_batch")
    with mart.connect("finops_batch") as connection, connection.transaction(force_rollback=True):
        connection.execute("SELECT open_publication('2024-01-01', 'OPEN', gen_random_uuid(), sha256('x'))")
        with pytest.raises(psycopg.DatabaseError) as refused:
            connection.execute(
                "INSERT INTO fact_2024_01_open VALUES ('2024-01-01', 'OPEN', 'compute', 'vm-small', 'billing', "
                "%s::NUMERIC, 'DIRECT', 'CPU', gen_random_uuid(), 'x')",
                [nonsense],
            )
    # a check, or more digits than a quantity has
    assert refused.value.sqlstate in {"23514", "22003"}
