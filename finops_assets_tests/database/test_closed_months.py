"""What a closed month refuses, to every role, the owner and a superuser whose triggers are on."""

# ruff: noqa: S608 - the statements are the tests

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import psycopg
import pytest

from finops_assets.errors import MartRefused
from finops_assets.postgres.connection import open_connection
from finops_assets.settings import Settings
from finops_assets_tests.database.closable import FEBRUARY, assert_sound, load, make_company
from finops_assets_tests.factories import JANUARY, ask, close, line, new_mart, price, price_view, publish, refresh

QUARANTINED = (
    "INSERT INTO quarantine_line (period_month, domain_id, run_id, file_name, line_number, column_name, reason, "
    "source_line, line_key, decision, decided_by, decided_at, decision_reason) VALUES ('{month}', 'OPEN', "
    "gen_random_uuid(), 'open/2024-01.csv', 3, 'quantity', 'negative', '{{}}', 'key', 'REJECTED', 'ada', now(), "
    "'a test meter')"
)
CLOSED_TABLES = (
    "fact_consumption",
    "fact_archive",
    "slice_version",
    "slice_source",
    "slice_driver",
    "allocation_detail",
    "allocation_component",
    "unit_price",
    "quarantine_line",
    "period",
    "period_close",
    "statement",
    "statement_price",
    "adjustment",
    "adjustment_amount",
)


class Closed:
    """A mart with two closed months and late data of the first in the second; the attacks change nothing of it."""

    def __init__(self, attacker: psycopg.Connection, witness: psycopg.Connection) -> None:
        self.attacker = attacker
        self.witness = witness

    def state(self) -> str:
        digest = hashlib.sha256()
        for table in CLOSED_TABLES:
            for row in self.witness.execute(f"SELECT xmin::TEXT, * FROM {table} ORDER BY tableoid, ctid"):
                digest.update(repr(row).encode())
        return digest.hexdigest()

    def refused(self, statement: str, role: str) -> str | None:
        before = self.state()
        self.attacker.execute(f"SET ROLE {role}" if role else "RESET ROLE")
        with pytest.raises(psycopg.Error) as error:
            self.attacker.execute(statement)
        assert self.state() == before
        return error.value.sqlstate


@pytest.fixture(scope="module")
def closed(server_url, template, tmp_path_factory) -> Iterator[Closed]:
    folder = tmp_path_factory.mktemp("prices")
    with new_mart(server_url, template) as mart:
        make_company(mart, folder)
        load(mart, quantity=11)
        ask(mart, QUARANTINED.format(month="2024-01-01"))
        close(mart, Settings.from_environment({}))
        ask(
            mart,
            "SELECT book_adjustment('2024-01-01', 'OPEN', 'a', 'vm-small', 3, '{}', '{}', 'ada', 'a late meter')",
        )
        price(mart, folder, "100.01", "*", "SUPPORT", effective_from="2024-02")
        load(mart, FEBRUARY)
        close(mart, Settings.from_environment({}), FEBRUARY)
        price_view(mart, folder, "listed")
        ask(mart, "INSERT INTO period VALUES ('2024-03-01')")
        with open_connection(mart.url) as attacker, open_connection(mart.url) as witness:
            for connection in (attacker, witness):
                connection.execute("SET search_path TO finops, pg_temp")
            yield Closed(attacker, witness)


def changed(table: str, changes: str) -> str:
    """Insert a row of a table once more, with some columns changed."""
    return f"INSERT INTO {table} SELECT (jsonb_populate_record(kept, '{changes}')).* FROM {table} AS kept LIMIT 1"


FACT = "VALUES ('2024-01-01', 'OPEN', 'compute', 'vm-small', 'x', 1, 'DIRECT', 'CPU', gen_random_uuid(), 'x')"
ON_FACTS = [
    statement
    for place in ("fact_2024_01_open", "fact_2024_01_support", "fact_2024_01")
    for statement in (
        f"INSERT INTO {place} {FACT}",
        f"INSERT INTO {place} SELECT * FROM {place} WHERE FALSE",
        f"UPDATE {place} SET quantity = quantity",
        f"DELETE FROM {place}",
        f"DELETE FROM {place} WHERE FALSE",
        f"TRUNCATE {place}",
        f"TRUNCATE ONLY {place} CASCADE" if place != "fact_2024_01" else f"TRUNCATE {place} CASCADE",
        f"MERGE INTO {place} USING (SELECT 1) AS x ON TRUE WHEN MATCHED THEN DELETE",
    )
]
PRICE = (
    "INSERT INTO unit_price (pricing_view_id, domain_id, product_id, effective_from, revision, unit_price, "
    "source_name) VALUES ('internal', '{domain}', '{product}', '{month}', 9, 1, 'x')"
)
ON_PRICES = [
    PRICE.format(domain="OPEN", product="vm-small", month="2024-01-01"),
    PRICE.format(domain="OPEN", product="vm-small", month="2023-06-01"),
    PRICE.format(domain="OPEN", product="*", month="2024-01-01"),
    PRICE.format(domain="SUPPORT", product="*", month="2024-01-01"),
]
ON_WHAT_COMES_WITH_THEM = [
    changed("slice_version", '{"version": 9, "run_id": "00000000-0000-0000-0000-000000000001"}'),
    changed("slice_source", '{"file_name": "other.csv"}'),
    changed("slice_driver", '{"driver_version": 9}'),
    changed("allocation_detail", '{"application_id": "x"}'),
    "INSERT INTO allocation_component SELECT period_month, domain_id, version, application_id, 1, 'OPEN/CPU', "
    "1, 1, 1, 1 FROM allocation_detail",
    changed("fact_archive", '{"version": 9}'),
    changed("statement", '{"application_id": "UNASSIGNED"}'),
    changed("statement_price", '{"product_id": "x"}'),
    "INSERT INTO adjustment (period_month, original_month, domain_id, application_id, person, reason) "
    "VALUES ('2024-02-01', '2024-01-01', 'OPEN', 'a', 'x', 'x')",
    changed("adjustment_amount", '{"pricing_view_id": "listed"}'),
    QUARANTINED.format(month="2024-01-01"),
    "UPDATE quarantine_line SET decision = NULL, decided_at = NULL, decided_by = NULL, decision_reason = NULL",
    "UPDATE quarantine_line SET is_current = FALSE",
    "UPDATE quarantine_line SET source_line = source_line",
    "INSERT INTO period VALUES ('2023-12-01')",
]
BY_FUNCTION = [
    "SELECT open_publication('2024-01-01', 'OPEN', gen_random_uuid(), sha256('other'))",
    "SELECT ensure_slice('2024-01-01', 'CLOUD')",
    "SELECT ensure_slice('2023-12-01', 'CLOUD')",
]
MERELY_IMMUTABLE = [
    f"{verb} {table}{tail}"
    for table, column in (
        ("slice_version", "run_id"),
        ("fact_archive", "quantity"),
        ("allocation_detail", "driver_quantity"),
        ("unit_price", "unit_price"),
        ("statement", "rounded_cost"),
        ("statement_price", "unit_price"),
        ("period_close", "person"),
        ("adjustment", "reason"),
        ("adjustment_amount", "amount"),
    )
    for verb, tail in (("UPDATE", f" SET {column} = {column}"), ("DELETE FROM", ""), ("TRUNCATE", " CASCADE"))
] + [
    "TRUNCATE fact_consumption",
    "DELETE FROM fact_consumption WHERE period_month = '2024-01-01'",
    "DELETE FROM period",
    "UPDATE quarantine_line SET period_month = '2024-02-01'",
    "DELETE FROM quarantine_line",
    "TRUNCATE period CASCADE",
    "TRUNCATE quarantine_line CASCADE",
    "UPDATE period SET period_month = '2025-01-01' WHERE period_month = '2024-01-01'",
]
REFUSED_TO_EVERYBODY = ON_FACTS + ON_PRICES + ON_WHAT_COMES_WITH_THEM


@pytest.mark.parametrize("role", ["", "finops_owner"])
@pytest.mark.parametrize("statement", REFUSED_TO_EVERYBODY + BY_FUNCTION)
def test_closed_month_refuses_the_owner_and_a_superuser(closed, role, statement):
    assert closed.refused(statement, role) == "UF002"


@pytest.mark.parametrize("role", ["", "finops_owner"])
@pytest.mark.parametrize("statement", MERELY_IMMUTABLE)
def test_what_is_immutable_in_any_month_keeps_its_own_refusal(closed, role, statement):
    # of a month that versions and statements refer to, the foreign key is quicker
    assert closed.refused(statement, role) in ({"UF006", "23503"} if "period" in statement else {"UF006"})


@pytest.mark.parametrize("role", ["finops_batch", "finops_admin", "finops_api"])
@pytest.mark.parametrize("statement", REFUSED_TO_EVERYBODY + BY_FUNCTION + MERELY_IMMUTABLE)
def test_closed_month_refuses_the_roles(closed, role, statement):
    assert closed.refused(statement, role) in {"42501", "UF002"}


@pytest.mark.parametrize("role", ["", "finops_owner"])
@pytest.mark.parametrize(
    ("statement", "sqlstate"),
    [
        ("UPDATE period SET status = 'OPEN' WHERE status = 'CLOSED'", "UF003"),
        ("UPDATE period SET status = 'CLOSED' WHERE status = 'OPEN'", "UF003"),
        ("INSERT INTO period VALUES ('2030-01-01', 'CLOSED')", "UF003"),
    ],
)
def test_only_closing_and_reopening_change_a_month(closed, role, statement, sqlstate):
    assert closed.refused(statement, role) == sqlstate


@pytest.mark.parametrize("role", ["finops_batch", "finops_api"])
@pytest.mark.parametrize(
    "call",
    [
        "close_period('2024-01-01', '2030-01-01', 'x', 'x', NULL, 0)",
        "reopen_period('2024-01-01', 'x', 'x')",
        "record_invoice('2024-01-01', 'OPEN', 'internal', 1, 'EUR', 'x', 'x')",
        "book_adjustment('2024-01-01', 'OPEN', 'a', NULL, NULL, '{internal}', '{1}', 'x', 'x')",
        "hold_period('2024-01-01')",
        "store_statement('2024-01-01', 9)",
    ],
)
def test_closing_is_for_the_administrator(closed, role, call):
    assert closed.refused(f"SELECT {call}", role) == "42501"


@pytest.mark.parametrize("call", ["hold_period('2024-01-01')", "store_statement('2024-01-01', 9)"])
def test_steps_of_closing_are_for_nobody_alone(closed, call):
    assert closed.refused(f"SELECT {call}", "finops_admin") == "42501"


def test_copy_into_a_leaf_of_a_closed_month_is_refused(closed):
    before = closed.state()
    closed.attacker.execute("SET ROLE finops_batch")
    with pytest.raises(psycopg.Error) as error, closed.attacker.cursor().copy("COPY fact_2024_01_open FROM STDIN") as c:
        c.write(b"")
    assert error.value.sqlstate == "UF002"
    assert closed.state() == before


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
@pytest.mark.parametrize("statement", ON_PRICES[:1] + [QUARANTINED.format(month="2024-01-01")])
def test_old_snapshot_does_not_write_into_a_month_closed_since(mart, settings, tmp_path, level, statement):
    make_company(mart, tmp_path)
    with mart.connect("") as late:
        late.execute(f"BEGIN ISOLATION LEVEL {level}")
        late.execute("SELECT status FROM period")
        close(mart, settings)
        with pytest.raises(psycopg.Error) as error:
            late.execute(statement)
        assert error.value.sqlstate in {"40001", "UF009"}
        late.execute("ROLLBACK")
    assert_sound(mart)


def test_open_month_after_a_closed_one_stays_open_to_everything(mart, settings, tmp_path):
    make_company(mart, tmp_path)
    close(mart, settings)
    price(mart, tmp_path, "100.01", "*", "SUPPORT", effective_from="2024-02")
    price(mart, tmp_path, "0.4", effective_from="2024-02")
    load(mart, FEBRUARY)
    load(mart, FEBRUARY, quantity=12)
    ask(mart, QUARANTINED.format(month="2024-02-01"))
    ask(mart, "UPDATE quarantine_line SET is_current = FALSE")
    close(mart, settings, FEBRUARY)
    assert_sound(mart)


def test_same_content_of_a_closed_month_is_refused_too(mart, settings, tmp_path):
    make_company(mart, tmp_path)
    close(mart, settings)
    with pytest.raises(MartRefused, match="month 2024-01 is closed"):
        load(mart)


# Marts


COSTS = (
    "SELECT * FROM cost_app_month WHERE pricing_view_id <> 'listed' ORDER BY pricing_view_id, domain_id, application_id"
)


def test_marts_of_a_closed_month_come_out_the_same_when_priced_again(mart, settings, tmp_path):
    make_company(mart, tmp_path)
    close(mart, settings)
    shown = ask(mart, COSTS)
    price(mart, tmp_path, "9", effective_from="2024-02")
    price_view(mart, tmp_path, "listed")
    assert len(refresh(mart).slices) == 2
    assert ask(mart, COSTS) == shown
    assert_sound(mart)


def test_statement_stands_when_the_marts_are_changed(mart, settings, tmp_path):
    make_company(mart, tmp_path)
    done = close(mart, settings)
    ask(mart, "UPDATE cost_app_month SET cost = 0; DELETE FROM cost_product_month")
    [row] = ask(mart, "SELECT statement_hash('2024-01-01', 1) AS hash, sum(rounded_cost) AS total FROM statement")
    assert row["hash"] == done.statement_sha256


def test_marts_that_differ_from_the_facts_are_not_signed(mart, settings, tmp_path):
    make_company(mart, tmp_path)
    ask(mart, "UPDATE cost_app_month SET cost = cost + 0.000000000000000000000001 WHERE application_id = 'a'")
    with pytest.raises(MartRefused, match="differ from its facts × prices"):
        close(mart, settings)
    assert ask(mart, "SELECT FROM statement") == []


def test_labels_and_lifecycles_stay_free(mart, settings, tmp_path):
    make_company(mart, tmp_path)
    close(mart, settings)
    ask(mart, "UPDATE dim_application SET application_label = 'New'", role="finops_admin")
    ask(mart, "UPDATE dim_product SET is_active = FALSE, decommissioned_at = '2024-02-01'", role="finops_admin")
    publish(mart, line(), month=JANUARY.shift(2))
    refresh(mart)
    assert_sound(mart)
