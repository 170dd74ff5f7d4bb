"""Two hundred random changes by a superuser with the triggers off: every one is seen, and its month and domain named.

Each is made and taken back in one transaction, with every check of ``sql/checks`` run in between.
"""

# ruff: noqa: S608 - the statements are the tests

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from finops_assets import verify
from finops_assets.postgres.connection import Mart
from finops_assets_tests.database.signed_company import build
from finops_assets_tests.factories import ask, new_mart

SEED = int(os.environ.get("FINOPS_TEST_SEED", "20240101"))
TAMPERS = 200

FACT = "family_id product_id application_id quantity consumption_type consumption_metric run_id product_label_snapshot"
STATEMENT_KEY = "period_month close_number pricing_view_id domain_id"
# what is tampered with: every column that says what a number is, what it is of, or where it comes from
TARGETS = {
    "fact_2024_01_open": FACT,
    "fact_2024_02_open": FACT,
    "fact_2024_03_open": FACT,
    "fact_2024_01_cloud": FACT,
    "fact_2024_01_support": FACT,
    "fact_2024_02_workplace": FACT,
    "fact_archive": f"{FACT.replace('consumption_type ', '')} version domain_id period_month",
    "slice_version": "domain_id version run_id row_count sum_quantity content_sha256 source_sha256 previous_sha256 "
    "entry_sha256 period_month published_at",
    "slice_source": "period_month domain_id version file_name sha256 bytes rows",
    "slice_lines": "period_month domain_id version chunk row_count first_application_id last_application_id "
    "lines sha256",
    "slice_driver": "period_month domain_id version driver_domain_id driver_version",
    "allocation_detail": "period_month domain_id version application_id driver_quantity basis_quantity method_key",
    "allocation_component": "period_month domain_id version application_id component driver part driver_quantity "
    "basis_quantity weight_part",
    "slice_seal": "period_month domain_id version lineage_sha256",
    "quarantine_line": "quarantine_id period_month domain_id run_id file_name line_number column_name found_value "
    "reason source_line is_current decision decided_by decided_at decision_reason line_key is_landed",
    "quarantine_seal": "quarantine_id period_month domain_id line_sha256",
    "quarantine_decision": "decision_id quarantine_id period_month domain_id line_key verdict correction decided_by "
    "decided_at decision_reason",
    "unit_price": "price_id pricing_view_id domain_id product_id effective_from revision unit_price source_name "
    "published_at published_by",
    "pricing_view": "pricing_view_id pricing_view_label currency kind is_default is_draft focus_cost created_at "
    "based_on",
    "cost_app_2024_01": "pricing_view_id domain_id application_id cost line_count unpriced_count",
    "cost_app_2024_03": "pricing_view_id domain_id application_id cost line_count unpriced_count",
    "cost_total_month": "period_month pricing_view_id application_id cost line_count unpriced_count",
    "cost_product_month": "period_month pricing_view_id domain_id family_id product_id quantity unit_price cost "
    "line_count unpriced_count product_label",
    "cost_family_month": "period_month pricing_view_id domain_id family_id cost line_count unpriced_count",
    "mart_slice": "period_month domain_id version price_id pricing_views",
    "dim_domain": "domain_id domain_label domain_mode indirect_method_key indirect_label is_enabled available_from "
    "created_at",
    "dim_family": "domain_id family_id",
    "dim_product": "domain_id product_id product_label family_id consumption_metric is_active decommissioned_at "
    "held_by described_by",
    "dim_application": "application_id owner is_active held_by described_by",
    "period": "period_month status",
    "period_close": "period_month close_number act person reason acted_at facts_sha256 prices_sha256 statement_sha256 "
    "previous_sha256 entry_sha256",
    "statement": f"{STATEMENT_KEY} application_id original_month cost rounded_cost currency decimals line_count "
    "unpriced_count",
    "statement_price": f"{STATEMENT_KEY} product_id priced_as effective_from revision price_id unit_price",
    "statement_seal": "period_month close_number domain_id statement_sha256 prices_sha256",
    "invoice": "period_month domain_id pricing_view_id revision amount currency reference recorded_by recorded_at",
    "adjustment": "adjustment_id period_month original_month domain_id application_id product_id quantity person "
    "reason booked_at",
    "adjustment_amount": "adjustment_id period_month pricing_view_id amount unit_price price_id",
    "audit_log": "audit_id acted_at login person reason act relation key before after",
    "audit_seal": "audit_id line_sha256",
    "application_access": "principal application_id granted_at",
    "api_key": "key_id name secret_sha256 role principals created_at expires_at revoked_at",
}
# what is left out, and why
NEITHER_NUMBER_NOR_SOURCE = {
    "fact_consumption": {"period_month", "domain_id"},  # the leaf's own: a row of another is refused
    "cost_app_month": {"period_month"},  # the same
    "slice_seal": {"sealed_at"},
    "quarantine_seal": {"sealed_at"},
    "mart_slice": {"refreshed_at"},
    # a member that facts brought has no act until a person or a list describes it
    "dim_family": {"family_label", "described_in"},
    "dim_product": {"created_at", "is_inferred", "in_referential", "described_in"},
    "dim_application": {"application_label", "created_at", "is_inferred"},
}
NOT_THE_MART = {
    "draft_price": "proposed, and nobody's number until it is published",
    "mart_state": "counts refreshes for caches",
    "schema_migration": "finops migrate compares it with the files",
    "slice_publication": "empty outside a transaction",
    "change_notice": "empty outside a transaction",
    "slice_run": "attempts: what came of one is in the ledger",
}
ENUMERATED = {
    "consumption_type": ["DIRECT", "INDIRECT"],
    "domain_mode": ["DIRECT", "INDIRECT"],
    "status": ["OPEN", "CLOSED"],
    "kind": ["list", "internal", "billed"],
    "focus_cost": ["ListCost", "BilledCost"],
    "act": ["CLOSE", "REOPEN", "DELETE", "INSERT"],
    "verdict": ["ACCEPT", "FIX", "REJECT"],
    "decision": ["REPLAYED", "REJECTED"],
}
# what another row of the table says
OF_ANOTHER = "(SELECT other.{0} FROM {1} AS other WHERE other.{0} IS DISTINCT FROM line.{0} ORDER BY ctid LIMIT 1)"
CHANGES = {
    "numeric": ["coalesce({0}, 0) + 0.000000000001", "coalesce({0}, 0) + 1", "coalesce({0}, 1) * 2", "-{0}", "NULL"],
    "integer": ["coalesce({0}, 0) + 1", "coalesce({0}, 0) - 1", "coalesce({0}, 0) + 1000003"],
    "bigint": ["coalesce({0}, 0) + 1", "coalesce({0}, 0) - 1", "coalesce({0}, 0) + 1000003"],
    "text": ["coalesce({0}, '') || 'x'", "upper({0})", "NULL", OF_ANOTHER, OF_ANOTHER],
    "uuid": ["gen_random_uuid()", OF_ANOTHER],
    "bytea": ["sha256(coalesce({0}, ''))", OF_ANOTHER],
    "timestamp with time zone": ["{0} + INTERVAL '1 microsecond'", "{0} - INTERVAL '1 day'", "NULL"],
    "date": ["({0} + INTERVAL '1 month')::DATE", "({0} - INTERVAL '1 month')::DATE"],
    "boolean": ["NOT {0}"],
    "jsonb": ['{0} || \'{{"tampered": "yes"}}\''],
    "text[]": ["{0} || 'x'::TEXT", "{0}[2:]"],
}
TYPES = """
SELECT format_type(atttypid, NULL) AS type FROM pg_attribute
WHERE attrelid = to_regclass(%s) AND attname = %s
"""


@dataclass(frozen=True)
class Tamper:
    """One change, the row before and after it, and what the checks said."""

    table: str
    what: str
    rows: tuple[dict[str, Any], ...]
    found: dict[str, tuple[dict[str, Any], ...]]

    def is_named(self, key: str) -> bool:
        """Whether a failing check shows the month or the domain of the row."""
        wanted = {str(row[key]) for row in self.rows}
        return any(wanted & named(row, key) for rows in self.found.values() for row in rows)


def named(row: dict[str, Any], key: str) -> set[str]:
    """The months or domains that a row of a check shows, those of a key or a list included."""
    of_key, several = row.get("key") or {}, row.get(f"{key}s") or []
    return {str(value) for value in (row.get(key), of_key.get(key), *several)}


@pytest.fixture(scope="module")
def rich(server_url, template, tmp_path_factory) -> Iterator[Mart]:
    with new_mart(server_url, template) as mart:
        build(mart, tmp_path_factory.mktemp("prices"))
        yield mart


@pytest.fixture(scope="module")
def tampers(rich) -> list[Tamper]:
    """What was changed and what the checks saw, two hundred times, always the same."""
    dice = random.Random(SEED)
    with rich.connect("") as connection:
        made: list[Tamper] = []
        while len(made) < TAMPERS:
            # every table in turn, so that none is left to chance
            table = list(TARGETS)[len(made) % len(TARGETS)]
            tamper = attempt(connection, dice, table)
            if tamper:
                made.append(tamper)
        return made


def attempt(connection, dice, table) -> Tamper | None:
    """Change one row and look; None when the database itself refuses the value or nothing has changed."""
    with connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL session_replication_role = replica")
        row = dice.choice(connection.execute(f"SELECT ctid::TEXT AS place, * FROM {table} ORDER BY ctid").fetchall())
        what, statement = change(connection, dice, table)
        try:
            with connection.transaction():
                changed = connection.execute(statement, {"place": row["place"]}).fetchall()
        except psycopg.errors.Error:
            return None
        if not changed:
            return None
        connection.execute("SET LOCAL ROLE finops_api")
        found = {result.name: result.rows for result in verify.results(connection) if not result.passed}
        rows = tuple(changed) if what.startswith("INSERT") else (row, *changed)
        return Tamper(table, f"{what} in {table} of {row}", rows, found)


def change(connection, dice, table):
    """A random statement on one row: delete it, change a column, or add a copy with another column."""
    column = dice.choice(TARGETS[table].split())
    kind = dice.choice(["DELETE", "UPDATE", "UPDATE", "UPDATE", "INSERT"])
    if kind == "DELETE":
        return "DELETE", f"DELETE FROM {table} WHERE ctid = %(place)s::TID RETURNING *"
    type_ = connection.execute(TYPES, [table, column]).fetchone()["type"]
    choices = [f"'{value}'" for value in ENUMERATED.get(column, [])] or CHANGES[type_]
    value = dice.choice(choices).format(column, table)
    if kind == "UPDATE":
        return (
            f"{column} = {value}",
            f"UPDATE {table} AS line SET {column} = {value} "
            f"WHERE ctid = %(place)s::TID AND {column} IS DISTINCT FROM {value} RETURNING *",
        )
    copy = f"jsonb_populate_record(line, jsonb_build_object('{column}', to_jsonb({value})))"
    added = f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT ({copy}).* FROM {table} AS line"
    return f"INSERT with {column} = {value}", f"{added} WHERE ctid = %(place)s::TID RETURNING *"


def test_a_sound_mart_fails_no_check(rich):
    with rich.connect("finops_api") as connection:
        assert [result.name for result in verify.run_checks(connection) if not result.passed] == []


def test_there_are_twenty_checks(rich):
    with rich.connect("finops_api") as connection:
        assert len(list(verify.run_checks(connection))) >= 20


def test_every_tamper_is_seen(tampers):
    assert len(tampers) == TAMPERS
    assert [tamper.what for tamper in tampers if not tamper.found] == []


def test_the_month_of_what_was_tampered_with_is_named(tampers):
    unnamed = [tamper for tamper in tampers if "period_month" in tamper.rows[0] and not tamper.is_named("period_month")]
    assert [(tamper.what, sorted(tamper.found)) for tamper in unnamed] == []


def test_the_domain_of_what_was_tampered_with_is_named(tampers):
    unnamed = [tamper for tamper in tampers if "domain_id" in tamper.rows[0] and not tamper.is_named("domain_id")]
    assert [(tamper.what, sorted(tamper.found)) for tamper in unnamed] == []


def test_every_kind_of_change_and_every_table_is_among_them(tampers):
    kinds = Counter(
        tamper.what.split(" ")[0] if " = " not in tamper.what.split(" in ")[0] else "UPDATE" for tamper in tampers
    )
    assert {tamper.table for tamper in tampers} == set(TARGETS)
    assert min(kinds["DELETE"], kinds["UPDATE"]) >= 20


COLUMNS = """
SELECT relname AS name, array_agg(attname::TEXT) AS columns
FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
WHERE relnamespace = 'finops'::REGNAMESPACE AND relkind IN ('r', 'p') AND NOT relispartition
  AND attnum > 0 AND NOT attisdropped
GROUP BY relname
"""
LEAVES = {"fact_consumption": "fact_2024_01_open", "cost_app_month": "cost_app_2024_01"}


def test_every_column_of_every_table_is_tampered_with_or_left_out_for_a_reason(rich):
    left = {
        row["name"]: set(row["columns"])
        - set(TARGETS.get(LEAVES.get(row["name"], row["name"]), "").split())
        - NEITHER_NUMBER_NOR_SOURCE.get(row["name"], set())
        for row in ask(rich, COLUMNS)
        if row["name"] not in NOT_THE_MART
    }
    assert {name: columns for name, columns in left.items() if columns} == {}
