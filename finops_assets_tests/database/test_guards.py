"""What no role, and no superuser without switching triggers off, can do to the mart."""

# ruff: noqa: S608 - the statements are the tests

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest

from finops_assets.errors import MartRefused
from finops_assets.postgres.connection import open_connection
from finops_assets.sources import SourceFile
from finops_assets_tests.factories import JANUARY, ask, line, new_mart, price, price_view, publish, weight

ROLES = ("finops_batch", "finops_admin", "finops_api")
FACT_TABLES = ("fact_consumption", "fact_2024_01", "fact_2024_01_open")
KEPT_TABLES = (
    "audit_log",
    "slice_version",
    "fact_archive",
    "unit_price",
    "slice_source",
    "slice_driver",
    "allocation_detail",
    "slice_publication",
)
# what publishing itself needs
MAY_INSERT = {
    ("finops_batch", "fact_2024_01_open"),
    ("finops_batch", "unit_price"),
    ("finops_admin", "unit_price"),
    ("finops_batch", "slice_source"),
    ("finops_batch", "slice_driver"),
    ("finops_batch", "allocation_detail"),
}
FACT = (
    "INSERT INTO {} VALUES ('2024-01-01', 'OPEN', 'compute', 'vm-small', 'intruder', 1, 'DIRECT', 'CPU', "
    "gen_random_uuid(), 'x')"
)
BY_HAND = "open_publication('2024-01-01', 'OPEN', gen_random_uuid(), sha256('other'))"
REFUSED = {"42501", "UF003", "UF006"}


class Guarded:
    """A mart with a row in every table that the statements attack; they change nothing, so they share it."""

    def __init__(self, attacker: psycopg.Connection, witness: psycopg.Connection) -> None:
        self.attacker = attacker
        self.witness = witness

    def state(self) -> str:
        """A hash over every row of every guarded table."""
        digest = hashlib.sha256()
        for table in ("fact_consumption", *KEPT_TABLES):
            for row in self.witness.execute(f"SELECT xmin::TEXT, * FROM {table} ORDER BY tableoid, ctid"):
                digest.update(repr(row).encode())
        return digest.hexdigest()

    def refused(self, statement: str, role: str) -> str | None:
        """How the database refuses a statement; a failure when it does not."""
        before = self.state()
        self.attacker.execute(f"SET ROLE {role}" if role else "RESET ROLE")
        with pytest.raises(psycopg.Error) as error:
            self.attacker.execute(statement)
        assert self.state() == before
        return error.value.sqlstate


@pytest.fixture(scope="module")
def guarded(server_url, template, tmp_path_factory) -> Iterator[Guarded]:
    folder = tmp_path_factory.mktemp("prices")
    with new_mart(server_url, template) as mart:
        price_view(mart, folder)
        price(mart, folder, "2")
        file = SourceFile("open/2024-01.csv", "ab" * 32, 120, 3)
        publish(mart, line(), files=[file])
        publish(mart, line(quantity=11), files=[file])
        publish(mart, weight("billing", "1"), domain="SUPPORT", drivers={"OPEN": 2})
        with open_connection(mart.url) as attacker, open_connection(mart.url) as witness:
            for connection in (attacker, witness):
                connection.execute("SET search_path TO finops, pg_temp")
            yield Guarded(attacker, witness)


def attacks_on(table: str, column: str) -> list[str]:
    return [f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"]


COLUMN = {"audit_log": "person", "slice_publication": "domain_id", "slice_source": "bytes", "unit_price": "unit_price"}
BY_ROLES = [
    (role, attack)
    for role in ROLES
    for table in FACT_TABLES + KEPT_TABLES
    for attack in attacks_on(table, COLUMN.get(table, "domain_id"))
]
INSERTS = [
    (role, f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM {table}")
    for role in ROLES
    for table in FACT_TABLES + KEPT_TABLES
    if (role, table) not in MAY_INSERT
]
OUTSIDE_A_PUBLICATION = [
    ("finops_batch", FACT.format("fact_2024_01_open")),
    ("finops_batch", "INSERT INTO fact_2024_01_open SELECT * FROM fact_consumption WHERE FALSE"),
    ("finops_batch", f"SELECT {BY_HAND}"),
    ("finops_batch", f"DO $$ BEGIN PERFORM {BY_HAND}; {FACT.format('fact_2024_01_open')}; END $$"),
    ("finops_batch", f"DO $$ BEGIN PERFORM {BY_HAND}; SET CONSTRAINTS ALL IMMEDIATE; END $$"),
    (
        "finops_batch",
        "SELECT seal_publication('2024-01-01', 'OPEN', gen_random_uuid(), 1, 11, sha256('a'), sha256('b'))",
    ),
    ("finops_admin", f"SELECT {BY_HAND}"),
    ("finops_api", f"SELECT {BY_HAND}"),
    ("finops_api", "SELECT ensure_slice('2024-02-01', 'OPEN')"),
    ("finops_api", "SELECT refresh_marts()"),
]
DEFINITIONS = [
    (role, attack)
    for role in ROLES
    for attack in (
        "ALTER TABLE fact_consumption DISABLE TRIGGER ALL",
        "ALTER TABLE fact_2024_01_open DISABLE TRIGGER facts_change_by_publication",
        "DROP TRIGGER append_only ON slice_version",
        "ALTER TABLE slice_version ENABLE REPLICA TRIGGER append_only",
        "DROP TABLE fact_2024_01_open",
        "DROP TABLE fact_archive",
        "ALTER TABLE fact_2024_01 DETACH PARTITION fact_2024_01_open",
        "CREATE TABLE fact_1999_01 PARTITION OF fact_consumption FOR VALUES FROM ('1999-01-01') TO ('1999-02-01')",
        "ALTER TABLE fact_consumption OWNER TO CURRENT_USER",
        "ALTER TABLE fact_consumption ALTER COLUMN quantity TYPE NUMERIC(30, 2)",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION guard_slice() RETURNS TRIGGER LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "ALTER FUNCTION open_publication(DATE, TEXT, UUID, BYTEA, BIGINT, NUMERIC) SET search_path TO public",
        "ALTER FUNCTION guard_slice() SECURITY INVOKER",
        "DROP FUNCTION guard_slice() CASCADE",
        "CREATE TABLE finops.intruder (id INTEGER)",
        "CREATE RULE silent AS ON INSERT TO slice_version DO INSTEAD NOTHING",
        "DO $$ BEGIN LOCK TABLE slice_version IN ACCESS EXCLUSIVE MODE; END $$",
        "UPDATE period SET status = 'OPEN'",
        "INSERT INTO period VALUES ('2030-01-01', 'CLOSED')",
        "DELETE FROM mart_slice",
        "UPDATE cost_app_month SET cost = 0",
        "DELETE FROM schema_migration",
    )
]


@pytest.mark.parametrize(("role", "statement"), BY_ROLES + INSERTS + OUTSIDE_A_PUBLICATION + DEFINITIONS)
def test_statement_of_an_application_role_is_refused(guarded, role, statement):
    assert guarded.refused(statement, role) in REFUSED


SUPERUSER = [attack for table in FACT_TABLES for attack in attacks_on(table, "quantity")]
SUPERUSER += [
    attack
    for table in KEPT_TABLES
    if table != "slice_publication"
    for attack in attacks_on(table, COLUMN.get(table, "version"))
]
SUPERUSER += [FACT.format(table) for table in FACT_TABLES]
SUPERUSER += ["INSERT INTO slice_publication VALUES (pg_current_xact_id(), '2024-01-01', 'OPEN')"]


@pytest.mark.parametrize("role", ["", "finops_owner"])
@pytest.mark.parametrize("statement", SUPERUSER)
def test_statement_of_a_superuser_or_the_owner_is_refused_while_triggers_are_on(guarded, role, statement):
    assert guarded.refused(statement, role) in {"UF003", "UF006"}


SOURCE = "INSERT INTO slice_source VALUES ('2024-01-01', 'OPEN', {}, 'late.csv', sha256('x'), 1, 1)"
DRIVER = "INSERT INTO slice_driver VALUES ('2024-01-01', '{}', {}, 'CLOUD', 1)"
DETAIL = "INSERT INTO allocation_detail VALUES ('2024-01-01', 'SUPPORT', 1, 'intruder', 1, 1, 'even')"
STANDING = (
    "open_publication('2024-01-01', 'OPEN', gen_random_uuid(), "
    "(SELECT content_sha256 FROM slice_version WHERE domain_id = 'OPEN' AND version = 2))"
)
LATE_LINEAGE = [
    *(SOURCE.format(version) for version in (1, 2)),
    *(DRIVER.format(*of) for of in (("OPEN", 1), ("OPEN", 2), ("SUPPORT", 1))),
    DETAIL,
    # another version than the one that this transaction publishes or finds unchanged
    f"DO $$ BEGIN PERFORM {BY_HAND}; {SOURCE.format(2)}; END $$",
    f"DO $$ BEGIN PERFORM {BY_HAND}; {DRIVER.format('OPEN', 2)}; END $$",
    f"DO $$ BEGIN PERFORM {STANDING}; {DRIVER.format('OPEN', 1)}; END $$",
    f"DO $$ BEGIN PERFORM {STANDING}; {DRIVER.format('SUPPORT', 1)}; END $$",
    # unchanged lines have the sources and details they had
    f"DO $$ BEGIN PERFORM {STANDING}; {SOURCE.format(2)}; END $$",
    f"DO $$ BEGIN PERFORM {STANDING}; {FACT.format('fact_2024_01_open')}; END $$",
    # the rest of the publication is over once its constraints are checked
    f"DO $$ BEGIN PERFORM {STANDING}; SET CONSTRAINTS ALL IMMEDIATE; {DRIVER.format('OPEN', 2)}; END $$",
]


@pytest.mark.parametrize("role", ["", "finops_owner", "finops_batch"])
@pytest.mark.parametrize("statement", LATE_LINEAGE)
def test_a_version_takes_no_lineage_once_its_publication_is_over(guarded, role, statement):
    assert guarded.refused(statement, role) == "UF003"


def test_sealed_slice_takes_no_more_lines_of_its_transaction(mart):
    publish(mart, line())
    run = uuid4()
    refused = pytest.raises(MartRefused, match="outside its publication")
    with refused, mart.connect("finops_batch") as connection, connection.transaction():
        connection.execute("SELECT open_publication('2024-01-01', 'OPEN', %s, sha256('empty'))", [run])
        connection.execute(
            "SELECT seal_publication('2024-01-01', 'OPEN', %s, 0, 0, sha256('empty'), sha256('x'))", [run]
        )
        connection.execute(SOURCE.format(2))
        connection.execute(FACT.format("fact_2024_01_open"))
    assert ask(mart, "SELECT max(version) AS version FROM slice_version") == [{"version": 1}]


def test_copy_outside_a_publication_is_refused(guarded):
    before = guarded.state()
    guarded.attacker.execute("SET ROLE finops_batch")
    statement = "COPY fact_2024_01_open FROM STDIN"
    with pytest.raises(psycopg.Error) as error, guarded.attacker.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(b"")
    assert error.value.sqlstate == "UF003"
    assert guarded.state() == before


def test_two_slices_are_not_published_in_one_transaction(guarded):
    statement = f"DO $$ BEGIN PERFORM {BY_HAND}; PERFORM {BY_HAND.replace('OPEN', 'SUPPORT')}; END $$"
    assert guarded.refused(statement, "finops_batch") == "23505"


# Identity


IDENTITY = [
    "UPDATE dim_domain SET domain_id = 'OTHER' WHERE domain_id = 'AUDIT'",
    "UPDATE dim_family SET family_id = 'other'",
    "UPDATE dim_family SET domain_id = 'CLOUD'",
    "UPDATE dim_product SET product_id = 'other'",
    "UPDATE dim_product SET domain_id = 'CLOUD'",
    "UPDATE dim_product SET consumption_metric = 'GB'",
    "UPDATE dim_application SET application_id = 'other' WHERE application_id = 'billing'",
    "UPDATE pricing_view SET pricing_view_id = 'other'",
    "UPDATE pricing_view SET currency = 'USD'",
]


@pytest.mark.parametrize("role", ["", "finops_owner", "finops_admin"])
@pytest.mark.parametrize("statement", IDENTITY)
def test_identity_of_a_member_is_frozen(guarded, role, statement):
    assert guarded.refused(statement, role) == "UF006"


TO_DIRECT = "UPDATE dim_domain SET domain_mode = 'DIRECT', indirect_method_key = NULL, indirect_label = NULL"


def test_mode_is_frozen_once_the_domain_has_facts(guarded):
    assert guarded.refused(f"{TO_DIRECT} WHERE domain_id = 'SUPPORT'", "finops_admin") == "UF006"


def test_mode_may_change_before_the_domain_has_facts(mart):
    ask(mart, f"{TO_DIRECT} WHERE domain_id = 'AUDIT'", role="finops_admin")
    assert ask(mart, "SELECT domain_mode FROM dim_domain WHERE domain_id = 'AUDIT'") == [{"domain_mode": "DIRECT"}]


def test_a_domain_stays_available_in_the_months_of_its_facts(mart):
    publish(mart, line(), month=JANUARY)
    later = "UPDATE dim_domain SET available_from = %s WHERE domain_id = 'OPEN'"
    ask(mart, later, "2023-01-01", role="finops_admin")
    with pytest.raises(MartRefused, match="OPEN has facts from 2024-01 on: it cannot be available from 2024-02 only"):
        ask(mart, later, "2024-02-01", role="finops_admin")
    ask(mart, later, "2024-01-01", role="finops_admin")
    ask(mart, later.replace("OPEN", "AUDIT"), "2030-01-01", role="finops_admin")


def test_labels_stay_free(mart):
    publish(mart, line())
    for statement in (
        "UPDATE dim_domain SET domain_label = 'x'",
        "UPDATE dim_family SET family_label = 'x'",
        "UPDATE dim_product SET product_label = 'x', is_active = FALSE, decommissioned_at = '2024-02-01'",
        "UPDATE dim_application SET application_label = 'x', owner = 'y', is_active = FALSE",
    ):
        ask(mart, statement, role="finops_admin")


# Deleting members


CITED = [
    ("dim_product", "product_id = 'vm-small'"),
    ("dim_family", "family_id = 'compute'"),
    ("dim_application", "application_id = 'billing'"),
    ("dim_domain", "domain_id = 'OPEN'"),
]


@pytest.mark.parametrize("role", ["", "finops_owner", "finops_admin"])
@pytest.mark.parametrize(("table", "condition"), CITED)
def test_member_that_facts_cite_is_not_deleted(guarded, role, table, condition):
    assert guarded.refused(f"DELETE FROM {table} WHERE {condition}", role) == "UF007"


@pytest.mark.parametrize(("table", "condition"), CITED[:3])
def test_member_that_only_archived_facts_cite_is_not_deleted(mart, table, condition):
    publish(mart, line())
    publish(mart)
    with pytest.raises(MartRefused, match="is never deleted while 1 replaced line cite it: deactivate it instead"):
        ask(mart, f"DELETE FROM {table} WHERE {condition}", role="finops_admin")


def test_domain_that_published_nothing_but_an_empty_slice_is_not_deleted(mart):
    publish(mart)
    with pytest.raises(MartRefused, match="deactivate it instead"):
        ask(mart, "DELETE FROM dim_domain WHERE domain_id = 'OPEN'", role="finops_admin")


def test_member_that_no_fact_cites_may_be_deleted(mart):
    publish(mart, line())
    for statement in (
        "INSERT INTO dim_family VALUES ('OPEN', 'spare', 'Spare')",
        "INSERT INTO dim_product (domain_id, product_id, product_label, family_id, consumption_metric) "
        "VALUES ('OPEN', 'spare', 'Spare', 'spare', 'CPU')",
        "INSERT INTO dim_application (application_id, application_label) VALUES ('spare', 'Spare')",
    ):
        ask(mart, statement, role="finops_admin")
    for table, condition in (
        ("dim_product", "product_id = 'spare'"),
        ("dim_family", "family_id = 'spare'"),
        ("dim_application", "application_id = 'spare'"),
        ("dim_domain", "domain_id = 'AUDIT'"),
    ):
        ask(mart, f"DELETE FROM {table} WHERE {condition}", role="finops_admin")
        assert ask(mart, f"SELECT FROM {table} WHERE {condition}") == []


def test_same_product_id_of_another_domain_is_not_the_cited_one(mart):
    publish(mart, line())
    ask(mart, "INSERT INTO dim_family VALUES ('CLOUD', 'compute', 'Compute')", role="finops_admin")
    ask(
        mart,
        "INSERT INTO dim_product (domain_id, product_id, product_label, family_id, consumption_metric) "
        "VALUES ('CLOUD', 'vm-small', 'Small', 'compute', 'CPU')",
        role="finops_admin",
    )
    ask(mart, "DELETE FROM dim_product WHERE domain_id = 'CLOUD'", role="finops_admin")


@pytest.mark.parametrize("reserved", ["UNALLOCATED", "UNASSIGNED"])
def test_reserved_application_is_never_deleted(mart, reserved):
    with pytest.raises(MartRefused, match="deactivate it instead"):
        ask(mart, "DELETE FROM dim_application WHERE application_id = %s", reserved)


@pytest.mark.parametrize("dimension", ["dim_domain", "dim_family", "dim_product", "dim_application"])
@pytest.mark.parametrize("role", ["", "finops_owner", "finops_admin"])
def test_dimension_is_never_truncated(guarded, dimension, role):
    assert guarded.refused(f"TRUNCATE {dimension} CASCADE", role) in {"UF006", "42501"}


@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_member_is_not_deleted_on_an_old_snapshot(mart, level):
    publish(mart, line(), month=JANUARY)
    ask(mart, f"ALTER DATABASE {mart.url.rpartition('/')[2]} SET default_transaction_isolation = '{level}'")
    with pytest.raises(MartRefused, match="needs READ COMMITTED"):
        ask(mart, "DELETE FROM dim_product", role="finops_admin")
