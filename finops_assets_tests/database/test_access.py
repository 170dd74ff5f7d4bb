"""A person sees the rows of his applications, and no sign of the others."""

# ruff: noqa: S608 - the statements are the tests

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal

import psycopg
import pytest

from finops_assets import audit, marts
from finops_assets.catalog import access
from finops_assets.errors import MartRefused
from finops_assets.postgres.connection import Mart, open_connection
from finops_assets_tests.factories import (
    JANUARY,
    ask,
    line,
    new_mart,
    price,
    price_view,
    publish,
    refresh,
    weight,
)

APPLICATIONS = ["billing", "portal", "o'brien", "100%", "UNASSIGNED", "USER:ANA"]
GRANTED = {
    "user:ana": ["billing"],
    "user:ben": ["portal", "o'brien"],
    "group:web": ["portal", "100%"],
    "user:all": ["*"],
    "group:rest": ["UNASSIGNED"],
}
BY_APPLICATION = [
    "fact_consumption",
    "fact_archive",
    "allocation_detail",
    "allocation_component",
    "mv_cost_app_month",
    "cost_total_month",
    "dim_application",
    "shown_fact",
    "adjustment_line",
    "statement",
]
OF_NO_APPLICATION = [
    "mv_cost_domain_month",
    "mv_cost_family_month",
    "mv_history_trend",
    "cost_product_month",
    "cost_family_month",
    "mart_slice",
    "dim_domain",
    "dim_family",
    "dim_product",
    "pricing_view",
    "period",
    "period_close",
    "slice_version",
    "mart_state",
]
# what finops.principals is set to, and the applications that are then seen; None of "nobody"
NOBODY: list[str] = []
PRINCIPALS: list[tuple[str | None, list[str] | None]] = [
    (None, None),
    ("", None),
    (" ", None),
    ("[]", None),
    ("null", None),
    ("true", None),
    ("0", None),
    ('"user:ana"', None),
    ('{"user:ana": "user:ana"}', None),
    ("user:ana", None),
    ("{user:ana}", None),
    ('["user:ana"', None),
    ("['user:ana']", None),
    ('["user:ana",]', None),
    ('["user:ana"] -- ', None),
    ("[null]", None),
    ("[1]", None),
    ('[""]', None),
    ('["user:ana", null]', None),
    ('["user:ana", 1]', None),
    ('["user:ana", ""]', None),
    ('[["user:ana"]]', None),
    ('[{"user:ana": 1}]', None),
    ('["user:ana\\u0000"]', None),
    ('["user:ana\\ud800"]', None),
    ("[" * 100_000, None),
    ('["*"]', NOBODY),
    ('["user:nobody"]', NOBODY),
    ('["billing"]', NOBODY),
    ('["USER:ANA"]', NOBODY),
    ('["user:ana "]', NOBODY),
    ('[" user:ana"]', NOBODY),
    ('["user:an\\u0430"]', NOBODY),
    ('["user:%"]', NOBODY),
    ('["user:an_"]', NOBODY),
    ('["user:gone"]', NOBODY),
    (json.dumps(["' OR TRUE --"]), NOBODY),
    (json.dumps(["'; RESET ROLE; --"]), NOBODY),
    (json.dumps(["user:ana') OR application_id IN (SELECT application_id FROM dim_application) --"]), NOBODY),
    (json.dumps(["$$user:all$$", "{user:all}", "user:ana,user:all"]), NOBODY),
    (json.dumps([f"group:{place}" for place in range(20_000)]), NOBODY),
    ('["user:ana"]', ["billing"]),
    ('["user:ben"]', ["portal", "o'brien"]),
    ('["user:\\u0061na"]', ["billing"]),
    ('["user:ana", "user:ana"]', ["billing"]),
    ('["user:ana", "group:web", "group:unknown"]', ["billing", "portal", "100%"]),
    ('["group:rest"]', ["UNASSIGNED"]),
    (json.dumps([f"group:{place}" for place in range(20_000)] + ["user:ana"]), ["billing"]),
    ('["user:all"]', APPLICATIONS),
    ('["user:ana", "user:all"]', APPLICATIONS),
]


@pytest.fixture(scope="module")
def shared(server_url, template, tmp_path_factory) -> Iterator[Mart]:
    """A mart with lines, replaced lines, weights and costs of every application; it is only read."""
    folder = tmp_path_factory.mktemp("prices")
    with new_mart(server_url, template) as mart:
        price_view(mart, folder)
        price(mart, folder, "2.5", "*")
        price(mart, folder, "-100", "*", "SUPPORT")
        for factor in (1, 2):
            for month in (JANUARY, JANUARY.next):
                rows = [
                    line(application_id=name, quantity=Decimal(place * factor))
                    for place, name in enumerate(APPLICATIONS, 1)
                ]
                publish(mart, *rows, month=month)
        shares = [weight(name, "0.2") for name in APPLICATIONS[:5]]
        publish(mart, *shares, domain="SUPPORT", drivers={"OPEN": 2})
        with open_connection(mart.url) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(
                "INSERT INTO finops.allocation_component SELECT period_month, domain_id, version, application_id, 1, "
                "'OPEN', 1, driver_quantity, basis_quantity, 0.2 FROM finops.allocation_detail"
            )
            connection.execute(
                "INSERT INTO finops.period_close (period_month, close_number, act, person, facts_sha256, "
                "prices_sha256, statement_sha256, entry_sha256) "
                "SELECT '2024-01-01', 1, 'CLOSE', 'ada', sha256(''), sha256(''), sha256(''), sha256('')"
            )
            connection.execute(
                "INSERT INTO finops.adjustment "
                "(period_month, original_month, domain_id, application_id, person, reason) "
                "SELECT '2024-02-01', '2024-01-01', 'OPEN', application_id, 'ada', 'late' FROM finops.allocation_detail"
            )
            connection.execute(
                "INSERT INTO finops.statement (period_month, close_number, pricing_view_id, domain_id, application_id, "
                "original_month, currency, decimals, line_count, unpriced_count) "
                "SELECT period_month, 1, 'internal', domain_id, application_id, period_month, 'EUR', 2, 1, 1 "
                "FROM finops.allocation_detail"
            )
        refresh(mart)
        with mart.connect("finops_admin") as connection:
            for principal, names in GRANTED.items():
                for name in names:
                    access.grant(connection, principal, name)
            access.grant(connection, "user:gone", "billing")
            access.revoke(connection, "user:gone", "billing")
        ask(mart, "ANALYZE")
        yield mart


@pytest.fixture
def reader(shared) -> Iterator[psycopg.Connection]:
    with shared.connect("finops_reader") as connection:
        yield connection


def be(connection, principals):
    if principals is not None:
        connection.execute("SELECT set_config('finops.principals', %s, TRUE)", [principals])


def counted(connection, relation):
    rows = connection.execute(f"SELECT application_id, count(*) AS n FROM {relation} GROUP BY application_id")
    return {row["application_id"]: row["n"] for row in rows}


def short(principals):
    return repr(principals)[:40]


@pytest.mark.parametrize(("principals", "seen"), PRINCIPALS, ids=[short(one) for one, _ in PRINCIPALS])
def test_only_rows_of_one_s_applications_are_there(shared, reader, principals, seen):
    with shared.connect("finops_api") as whole:
        there = {relation: counted(whole, relation) for relation in BY_APPLICATION}
    with reader.transaction():
        be(reader, principals)
        found = {relation: counted(reader, relation) for relation in BY_APPLICATION}
    # UNALLOCATED is a member from the start: whoever sees all sees it
    names = {*(seen or []), *(["UNALLOCATED"] if seen is APPLICATIONS else [])}
    expected = {
        relation: {name: count for name, count in rows.items() if name in names} for relation, rows in there.items()
    }
    assert found == expected
    assert all(set(APPLICATIONS[:5]) <= set(rows) for rows in there.values())


def test_the_matrix_has_five_hundred_cells():
    assert len(PRINCIPALS) * len(BY_APPLICATION) * len(APPLICATIONS) >= 500


@pytest.mark.parametrize(("principals", "seen"), PRINCIPALS, ids=[short(one) for one, _ in PRINCIPALS])
def test_totals_are_for_every_principal_and_for_nobody_else(shared, reader, principals, seen):
    with shared.connect("finops_api") as whole:
        there = {name: whole.execute(f"SELECT count(*) AS n FROM {name}").fetchone()["n"] for name in OF_NO_APPLICATION}
    with reader.transaction():
        be(reader, principals)
        found = {
            name: reader.execute(f"SELECT count(*) AS n FROM {name}").fetchone()["n"] for name in OF_NO_APPLICATION
        }
    assert found == (dict.fromkeys(there, 0) if seen is None else there)
    assert 0 not in there.values()


def test_the_next_transaction_of_a_connection_sees_nothing_of_the_one_before(reader):
    with access.seeing_as(reader, ["user:all"]):
        assert counted(reader, "mv_cost_app_month")
    for relation in BY_APPLICATION:
        assert counted(reader, relation) == {}
    for relation in OF_NO_APPLICATION:
        assert reader.execute(f"SELECT FROM {relation}").fetchall() == []
    with access.seeing_as(reader, ["user:ana"]):
        assert set(counted(reader, "mv_cost_app_month")) == {"billing"}


def test_a_transaction_that_failed_leaves_no_principals(reader):
    with suppress(psycopg.errors.DivisionByZero), access.seeing_as(reader, ["user:all"]):
        reader.execute("SELECT 1 / 0")
    assert counted(reader, "dim_application") == {}


def test_a_snapshot_of_a_person_is_one_and_takes_no_write(reader):
    with access.seeing_as(reader, ["user:ana"]):
        shown = (
            "SELECT current_setting('transaction_isolation') AS level, current_setting('transaction_read_only') AS ro"
        )
        assert reader.execute(shown).fetchone() == {"level": "repeatable read", "ro": "on"}


def test_reports_read_for_a_person_are_the_lines_of_his_applications(shared, reader):
    with shared.connect("finops_api") as whole:
        lines = {
            grain: marts.report(whole, JANUARY, grain, "internal")
            for grain in (marts.Grain.APPLICATION, marts.Grain.DOMAIN)
        }
    with access.seeing_as(reader, ["user:ben"]):
        mine = marts.report(reader, JANUARY, marts.Grain.APPLICATION, "internal")
        assert marts.report(reader, JANUARY, marts.Grain.DOMAIN, "internal") == lines[marts.Grain.DOMAIN]
    with access.seeing_as(reader, ["user:all"]):
        assert marts.report(reader, JANUARY, marts.Grain.APPLICATION, "internal") == lines[marts.Grain.APPLICATION]
    assert mine == [row for row in lines[marts.Grain.APPLICATION] if row.key in GRANTED["user:ben"]]
    assert len(mine) == 2


# Side channels: the hidden rows must not be evaluated, named or estimated by anything the reader writes.

LEAKS = [
    "application_id::INTEGER = 1",
    "1 / (CASE WHEN application_id = 'portal' THEN 0 ELSE 1 END) = 1",
    "ln(CASE WHEN application_id = 'portal' THEN -1 ELSE 1 END) = 0",
    "application_id ~ (CASE WHEN application_id = 'portal' THEN '(' ELSE 'x' END)",
    "(application_id || '{')::JSONB IS NULL",
    "pg_temp.tell(application_id)",
]
TELL = """
CREATE FUNCTION pg_temp.tell(found TEXT) RETURNS BOOLEAN LANGUAGE plpgsql COST 0.0000001 AS
$$ BEGIN RAISE NOTICE 'told %', found; RETURN TRUE; END $$
"""


def tell(connection):
    told: list[str] = []
    connection.add_notice_handler(lambda notice: told.append(notice.message_primary))
    connection.execute("SET default_transaction_read_only = off")
    connection.execute(TELL)
    return told


def leaked(connection, relation, leak):
    """What a condition that errs or tells lets out of a relation: error text and notices."""
    told = tell(connection)
    with connection.transaction(force_rollback=True):
        be(connection, '["user:ana"]')
        # the row that is seen is left out: an error about it is no leak
        statement = f"SELECT * FROM {relation} WHERE {leak} AND application_id <> 'billing'"
        try:
            connection.execute(statement)
        except psycopg.DataError as error:
            told.append(str(error))
    return told


@pytest.mark.parametrize("relation", BY_APPLICATION)
@pytest.mark.parametrize("leak", LEAKS)
def test_no_condition_of_the_reader_s_meets_a_hidden_row(reader, relation, leak):
    told = leaked(reader, relation, leak)
    assert not [text for text in told if any(name in text for name in APPLICATIONS[1:])]
    assert not [text for text in told if "division" in text or "logarithm" in text or "regular" in text]


@pytest.mark.parametrize("leak", LEAKS[1:4] + LEAKS[5:])
def test_without_the_barrier_the_same_conditions_do_meet_them(shared, leak):
    open_view = (
        "CREATE OR REPLACE VIEW finops_visible.unguarded AS SELECT * FROM finops.fact_consumption "
        "WHERE application_id IN (SELECT finops.seen_applications())"
    )
    with shared.connect("") as connection, connection.transaction(force_rollback=True):
        connection.execute(open_view)
        connection.execute("GRANT SELECT ON finops_visible.unguarded TO finops_reader")
        connection.execute("SET LOCAL ROLE finops_reader")
        connection.execute("SET LOCAL search_path TO finops_visible, pg_temp")
        assert leaked(connection, "unguarded", leak)


@pytest.mark.parametrize("relation", BY_APPLICATION)
@pytest.mark.parametrize("options", ["VERBOSE", "ANALYZE, VERBOSE, BUFFERS, FORMAT JSON"])
def test_a_plan_names_no_hidden_application_and_no_amount(reader, relation, options):
    with access.seeing_as(reader, ["user:ana"]):
        plan = str(reader.execute(f"EXPLAIN ({options}) SELECT * FROM {relation}").fetchall())
    assert not [name for name in APPLICATIONS[1:] if name in plan]


def test_statistics_of_the_tables_are_closed(reader):
    assert reader.execute("SELECT FROM pg_stats WHERE schemaname LIKE 'finops%'").fetchall() == []
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        reader.execute("SELECT FROM pg_statistic")


EVERYTHING = """
SELECT 'SELECT * FROM finops.' || quote_ident(relname) AS statement
FROM pg_class WHERE relnamespace = 'finops'::REGNAMESPACE AND relkind IN ('r', 'p', 'v', 'm', 'S')
UNION ALL
SELECT format('SELECT finops.%I(%s)', proname, array_to_string(
  ARRAY(SELECT 'NULL::' || CASE WHEN typnamespace = 'finops'::REGNAMESPACE THEN 'finops.' ELSE '' END
          || format_type(pg_type.oid, NULL) FROM unnest(proargtypes) AS one JOIN pg_type ON pg_type.oid = one), ', '))
FROM pg_proc WHERE pronamespace = 'finops'::REGNAMESPACE AND prorettype <> 'trigger'::REGTYPE
ORDER BY 1
"""


def test_nothing_of_the_schema_finops_is_open_to_the_reader(shared, reader):
    statements = [row["statement"] for row in ask(shared, EVERYTHING)]
    assert len(statements) > 40
    opened = []
    with access.seeing_as(reader, ["user:all"]):
        for statement in statements:
            try:
                with reader.transaction():
                    reader.execute(statement)
            except psycopg.errors.InsufficientPrivilege:
                continue
            opened.append(statement)
    assert opened == []


HOLDS_PEOPLE_S_ROWS = """
SELECT relname AS name FROM pg_class
JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relnamespace = 'finops_visible'::REGNAMESPACE AND attname = 'application_id'
ORDER BY relname COLLATE "C"
"""
BARRIERS = """
SELECT relname AS name, 'security_barrier=true' = ANY(reloptions) AS is_barrier
FROM pg_class WHERE relnamespace = 'finops_visible'::REGNAMESPACE ORDER BY relname COLLATE "C"
"""


def test_every_visible_relation_is_a_barrier_and_is_in_this_matrix(shared):
    views = ask(shared, BARRIERS)
    assert [row["name"] for row in views] == sorted(BY_APPLICATION + OF_NO_APPLICATION)
    assert all(row["is_barrier"] for row in views)
    assert [row["name"] for row in ask(shared, HOLDS_PEOPLE_S_ROWS)] == sorted(BY_APPLICATION)


@pytest.mark.parametrize(("role", "timeout"), [("finops_api", "30min"), ("finops_reader", "15s")])
def test_a_reading_role_starts_read_only_and_with_a_time_limit(mart, role, timeout):
    settings = (
        "SELECT current_setting('default_transaction_read_only') AS ro, current_setting('statement_timeout') AS t"
    )
    assert ask(mart, settings, role=role) == [{"ro": "on", "t": timeout}]
    assert ask(mart, settings, role="finops_batch") == [{"ro": "off", "t": "0"}]


@pytest.mark.parametrize("role", ["finops_api", "finops_reader"])
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO application_access VALUES ('user:eve', '*')",
        "UPDATE dim_application SET owner = 'eve'",
        "DELETE FROM fact_archive",
        "CREATE TABLE pg_temp.mine (id INTEGER)",
        "CREATE TABLE mine (id INTEGER)",
    ],
)
def test_a_reading_role_writes_nothing(shared, role, statement):
    with shared.connect(role) as connection, pytest.raises(psycopg.Error) as error:
        connection.execute(statement)
    assert error.value.sqlstate in {"25006", "42501", "42P01"}


# Granting


def test_access_is_granted_once_listed_and_revoked(mart):
    publish(mart, line())
    with mart.connect("finops_admin") as connection:
        assert [access.grant(connection, "group:web", "billing") for _ in range(2)] == [True, False]
        access.grant(connection, "user:all", "*")
        assert [(row.principal, row.application_id) for row in access.accesses(connection)] == [
            ("group:web", "billing"),
            ("user:all", "*"),
        ]
        access.revoke(connection, "user:all", "*")
        assert [row.principal for row in access.accesses(connection)] == ["group:web"]
        assert access.accesses(connection, "user:all") == []


@pytest.mark.parametrize("principal", ["", " ", "*", " user:ana", "user:ana\n", "x" * 301])
def test_what_is_no_principal_is_refused(mart, principal):
    with mart.connect("finops_admin") as connection, pytest.raises(MartRefused, match="is no principal"):
        access.grant(connection, principal, "*")
    with mart.connect("finops_admin") as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute("INSERT INTO application_access (principal, application_id) VALUES (%s, '*')", [principal])


def test_access_to_an_unknown_application_is_refused_by_name(mart):
    with mart.connect("finops_admin") as connection, pytest.raises(MartRefused, match="'biling' is unknown"):
        access.grant(connection, "user:ana", "biling")


def test_access_that_is_not_there_is_not_revoked(mart):
    with mart.connect("finops_admin") as connection, pytest.raises(MartRefused, match="has no access to 'billing'"):
        access.revoke(connection, "user:ana", "billing")


def test_granting_and_revoking_are_acts(mart):
    with mart.connect("finops_admin") as connection:
        with audit.acting(connection, "erin", "new in the team"):
            access.grant(connection, "user:ana", "*")
        with audit.acting(connection, "erin", "left"):
            access.revoke(connection, "user:ana", "*")
        acts = audit.acts(connection, relation="application_access")
    key = {"principal": "user:ana", "application_id": "*"}
    assert [(act.act, act.person, act.reason, act.key) for act in acts] == [
        ("DELETE", "erin", "left", key),
        ("INSERT", "erin", "new in the team", key),
    ]


@pytest.mark.parametrize("role", ["finops_batch", "finops_api", "finops_reader"])
@pytest.mark.parametrize(
    "statement",
    ["INSERT INTO finops.application_access VALUES ('user:eve', '*')", "DELETE FROM finops.application_access"],
)
def test_access_is_given_and_taken_by_the_admin_only(shared, role, statement):
    with open_connection(shared.url) as connection:
        connection.execute(f"SET ROLE {role}")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)


@pytest.mark.parametrize("role", ["", "finops_owner", "finops_admin"])
@pytest.mark.parametrize(
    "statement", ["UPDATE application_access SET principal = 'user:eve'", "TRUNCATE application_access"]
)
def test_access_is_never_rewritten_or_truncated(shared, role, statement):
    with open_connection(shared.url) as connection:
        connection.execute("SET search_path TO finops, pg_temp")
        connection.execute(f"SET ROLE {role}" if role else "RESET ROLE")
        with pytest.raises(psycopg.Error) as refused:
            connection.execute(statement)
    assert refused.value.sqlstate == ("42501" if role == "finops_admin" else "UF006")


# Owning


def test_an_owner_sees_what_he_owns_and_what_his_groups_own_without_a_grant(mart):
    publish(mart, *[line(application_id=name) for name in APPLICATIONS[:4]])
    refresh(mart)
    for name, owner in {"billing": "user:ana", "portal": "group:web", "o'brien": "Ana", "100%": "user:ana2"}.items():
        ask(mart, "UPDATE dim_application SET owner = %s WHERE application_id = %s", owner, name)
    with mart.connect("finops_reader") as connection:
        for principals, seen in (
            (["user:ana"], {"billing"}),
            (["user:ana", "group:web"], {"billing", "portal"}),
            (["group:web"], {"portal"}),
            (["USER:ANA", "user:ana "], set()),
        ):
            with access.seeing_as(connection, principals):
                assert set(counted(connection, "fact_consumption")) == seen
                assert set(counted(connection, "dim_application")) == seen


def test_who_is_no_longer_the_owner_sees_it_no_longer(mart):
    publish(mart, line())
    refresh(mart)
    with mart.connect("finops_reader") as connection:
        for owner, seen in (("user:ana", {"billing"}), ("user:ben", set()), (None, set())):
            ask(mart, "UPDATE dim_application SET owner = %s WHERE application_id = 'billing'", owner)
            with access.seeing_as(connection, ["user:ana"]):
                assert set(counted(connection, "fact_consumption")) == seen
