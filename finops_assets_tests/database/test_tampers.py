"""Two hundred random changes by a superuser with the triggers off: every one is seen, and its month and domain named.

Each is made and taken back in one transaction, with every check of ``sql/checks`` run in between.
"""

# ruff: noqa: S608 - the statements are the tests

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from finops_assets import allocation, facts, verify
from finops_assets.domains import discover
from finops_assets.period import Period
from finops_assets.postgres.connection import Mart
from finops_assets.quarantine import QuarantinedLine
from finops_assets.sources import SourceFile
from finops_assets_tests.factories import (
    JANUARY,
    ask,
    line,
    lines,
    new_mart,
    price,
    price_view,
    publish,
    refresh,
    weight,
)

SEED = int(os.environ.get("S", "20240101"))
TAMPERS = 200

# what is tampered with: every column that carries a number, a key or where one came from
FACT = "family_id product_id application_id quantity consumption_type consumption_metric run_id product_label_snapshot"
TARGETS = {
    "fact_2024_01_open": FACT,
    "fact_2024_02_open": FACT,
    "fact_2024_01_cloud": FACT,
    "fact_2024_01_support": FACT,
    "fact_2024_02_workplace": FACT,
    "fact_archive": f"{FACT.replace('consumption_type ', '')} version domain_id period_month",
    "slice_version": "domain_id version run_id row_count sum_quantity content_sha256 source_sha256 previous_sha256 "
    "entry_sha256 period_month",
    "slice_source": "period_month domain_id version file_name sha256 bytes rows",
    "slice_driver": "period_month domain_id version driver_domain_id driver_version",
    "allocation_detail": "period_month domain_id version application_id driver_quantity basis_quantity method_key",
    "allocation_component": "period_month domain_id version application_id component driver part driver_quantity "
    "basis_quantity weight_part",
    "slice_seal": "period_month domain_id version seal lineage_sha256",
    "quarantine_line": "period_month domain_id run_id file_name line_number column_name found_value reason source_line",
    "quarantine_seal": "period_month domain_id quarantine_ids lines_sha256",
    "unit_price": "price_id pricing_view_id domain_id product_id effective_from revision unit_price source_name",
    "pricing_view": "pricing_view_id currency kind is_default is_draft focus_cost",
    "cost_app_2024_01": "pricing_view_id domain_id application_id cost line_count unpriced_count",
    "cost_product_month": "period_month pricing_view_id domain_id family_id product_id quantity unit_price cost "
    "line_count unpriced_count",
    "cost_family_month": "period_month pricing_view_id domain_id family_id cost line_count unpriced_count",
    "mart_slice": "period_month domain_id version price_id pricing_views",
    "dim_domain": "domain_id domain_mode indirect_method_key is_enabled available_from",
    "dim_family": "domain_id family_id",
    "dim_product": "domain_id product_id family_id consumption_metric",
    "dim_application": "application_id",
    "period": "period_month status",
}
ENUMERATED = {
    "consumption_type": ["DIRECT", "INDIRECT"],
    "domain_mode": ["DIRECT", "INDIRECT"],
    "status": ["OPEN", "CLOSED"],
    "kind": ["list", "internal", "billed"],
    "focus_cost": ["ListCost", "BilledCost"],
}
CHANGES = {
    "numeric": ["coalesce({0}, 0) + 0.000000000001", "coalesce({0}, 0) + 1", "coalesce({0}, 1) * 2", "-{0}", "NULL"],
    "integer": ["coalesce({0}, 0) + 1", "coalesce({0}, 0) - 1", "coalesce({0}, 0) + 1000003"],
    "bigint": ["coalesce({0}, 0) + 1", "coalesce({0}, 0) - 1", "coalesce({0}, 0) + 1000003"],
    "text": ["coalesce({0}, '') || 'x'", "upper({0})", "NULL"],
    "uuid": ["gen_random_uuid()"],
    "bytea": ["sha256(coalesce({0}, ''))"],
    "date": ["({0} + INTERVAL '1 month')::DATE", "({0} - INTERVAL '1 month')::DATE"],
    "boolean": ["NOT {0}"],
    "jsonb": ['{0} || \'{{"tampered": "yes"}}\''],
    "text[]": ["{0} || 'x'::TEXT", "{0}[2:]"],
    "bigint[]": ["{0} || 1000003::BIGINT", "{0}[2:]"],
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


def blended(mart: Mart, month: Period, drivers: dict[str, str]) -> None:
    """WORKPLACE of a month, blended 70/30 of two drivers of the same applications."""
    rows = [{"application_id": name, "quantity": Decimal(quantity)} for name, quantity in drivers.items()]
    parts = [
        allocation.Component(name, part, lines(*rows)[["application_id", "quantity"]])
        for name, part in (("OPEN/CPU", 700_000_000_000), ("CLOUD/GB", 300_000_000_000))
    ]
    method = "composite:70*OPEN/CPU+30*CLOUD/GB"
    ask(
        mart,
        "UPDATE dim_domain SET indirect_method_key = %s WHERE domain_id = 'WORKPLACE'",
        method,
        role="finops_admin",
    )
    publication = facts.Publication(
        replace(discover()["WORKPLACE"].domain, indirect_method_key=method),
        month,
        uuid4(),
        allocation.blend(parts, "BLEND"),
        drivers={"OPEN": 2, "CLOUD": 1},
        components=allocation.components(parts),
    )
    with mart.connect("finops_batch") as connection:
        facts.publish_slice(connection, publication)


def quarantined(number: int) -> QuarantinedLine:
    return QuarantinedLine("open/2024-01.csv", number, "quantity", "-1", "negative", {"quantity": "-1"})


@pytest.fixture(scope="module")
def rich(server_url, template, tmp_path_factory) -> Iterator[Mart]:
    """Six applications, four domains, two months, replaced versions, blends, revisions and quarantined lines."""
    folder = tmp_path_factory.mktemp("prices")
    with new_mart(server_url, template) as mart:
        for view in ("internal", "listed"):
            price_view(mart, folder, view)
            for amount in ("2", "2.5"):
                price(mart, folder, amount, pricing_view_id=view)
            price(mart, folder, "9", "old", pricing_view_id=view, effective_from="2023-01")
            price(mart, folder, "1", "*", pricing_view_id=view)
            price(mart, folder, "7", "db", "CLOUD", pricing_view_id=view)
            for month in ("2024-01", "2024-02"):
                price(mart, folder, "-100", "*", "SUPPORT", pricing_view_id=view, effective_from=month)
                price(mart, folder, "600", "*", "WORKPLACE", pricing_view_id=view, effective_from=month)
        files = [SourceFile("open/2024-01.csv", "ab" * 32, 120, 3), SourceFile("open/2024-01b.csv", "cd" * 32, 60, 1)]
        for month in (JANUARY, JANUARY.next):
            usage = [
                line(application_id=name, quantity=Decimal(place))
                for place, name in enumerate(("portal", "search", "shop"), 2)
            ]
            runs = [uuid4(), uuid4()]
            aside = [quarantined(1), quarantined(2)]
            publish(mart, line(), line(application_id="gone"), month=month, files=files[:1], run=runs[0])
            publish(mart, line(), *usage, month=month, files=files, run=runs[1], quarantined=aside)
            publish(mart, line(), *usage, month=month, files=files, quarantined=[quarantined(3)])
            cloud = line(product_id="db", family_id="data", consumption_metric="GB", product_label="Database")
            publish(mart, cloud, line(product_id="unpriced"), month=month, domain="CLOUD", files=files[1:])
            shares = [weight("billing", "0.666666666667", "10"), weight("portal", "0.333333333333", "5")]
            publish(mart, *shares, month=month, domain="SUPPORT", drivers={"OPEN": 2})
            blended(mart, month, {"billing": "1", "portal": "2"})
            blended(mart, month, {"billing": "3", "portal": "2"})
            for place, run in enumerate(runs):
                attempt = (
                    "INSERT INTO slice_run (run_id, period_month, domain_id, outcome, row_count, ended_at) "
                    "VALUES (%s, %s, 'OPEN', 'LOADED', %s, now())"
                )
                ask(mart, attempt, run, month.first_day, (2, 4)[place])
        publish(mart, month=JANUARY.shift(2))
        refresh(mart)
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
    value = dice.choice(choices).format(column)
    if kind == "UPDATE":
        return (
            f"{column} = {value}",
            f"UPDATE {table} SET {column} = {value} WHERE ctid = %(place)s::TID AND {column} IS DISTINCT FROM {value} "
            "RETURNING *",
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


def test_print(tampers):
    sole = Counter(next(iter(t.found)) for t in tampers if len(t.found) == 1)
    print(sole)
    [print(t.what[:230], list(t.found)) for t in tampers if not t.found]
    print(Counter(name for t in tampers for name in t.found))
