"""Lines, publications and price files with defaults: a test names only what it is about."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pandas as pd
from psycopg import sql

from finops_assets import closing, contract, marts, pricing, slices
from finops_assets.contract import LINES, frame
from finops_assets.domains import discover
from finops_assets.period import Period
from finops_assets.postgres.connection import Mart, open_connection
from finops_assets.quarantine import decisions
from finops_assets.settings import Settings
from finops_assets.slices import facts
from finops_assets_tests.conftest import on_database

JANUARY = Period(2024, 1)

# line number, source line as JSON
SET_ASIDE = (
    "INSERT INTO quarantine_line (period_month, domain_id, run_id, file_name, line_number, column_name, reason, "
    "source_line, line_key) VALUES ('2024-01-01', 'OPEN', gen_random_uuid(), 'open/2024-01.csv', %s, 'quantity', "
    "'negative', %s, gen_random_uuid()::TEXT)"
)


def line(**changes: Any) -> dict[str, Any]:
    """One DIRECT line of the contract: 10 CPU of vm-small used by billing."""
    return {
        "application_id": "billing",
        "product_id": "vm-small",
        "family_id": "compute",
        "quantity": Decimal(10),
        "consumption_metric": "CPU",
        "product_label": "Small VM",
        "family_label": "Compute",
    } | changes


def weight(application_id: str, quantity: str, driver: str = "1") -> dict[str, Any]:
    """One INDIRECT line of the contract."""
    return {
        "application_id": application_id,
        "quantity": Decimal(quantity),
        "consumption_metric": "COEFFICIENT",
        "driver_quantity": Decimal(driver),
    }


def lines(*rows: Mapping[str, Any]) -> pd.DataFrame:
    """Rows as the frame a domain hands over."""
    return frame([dict(row) for row in rows], LINES)


def publish(
    mart: Mart,
    *rows: Mapping[str, Any],
    domain: str = "OPEN",
    month: Period = JANUARY,
    run: UUID | None = None,
    **more: Any,
) -> facts.Published:
    """Publish rows as a slice of a real domain, by default OPEN of January 2024, through the contract."""
    plugin = discover()[domain]
    checked = contract.check(plugin.domain, month, lines(*rows))
    publication = facts.Publication(plugin.domain, month, run or uuid4(), checked, **more)
    with mart.connect("finops_batch") as connection:
        return facts.publish_slice(connection, publication)


def write_csv(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    """Write rows as a source file, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def price_view(mart: Mart, folder: Path, view: str = "internal", **changes: object) -> None:
    """A pricing view in EUR, the default one unless told otherwise."""
    row = {
        "pricing_view_id": view,
        "pricing_view_label": view.capitalize(),
        "currency": "EUR",
        "kind": "internal",
        "is_default": "true" if view == "internal" else "false",
        "focus_cost": "",
    } | changes
    with mart.connect("finops_admin") as connection:
        pricing.import_file(connection, write_csv(folder / f"{view}-view.csv", [row]), max_bytes=10**9)


def price(
    mart: Mart, folder: Path, unit_price: str, product: str = "vm-small", domain: str = "OPEN", **changes: object
) -> int:
    """Publish one unit price from January 2024 in the internal view; returns how many rows were new."""
    row = {
        "pricing_view_id": "internal",
        "domain_id": domain,
        "product_id": product,
        "effective_from": "2024-01",
        "unit_price": unit_price,
    } | changes
    with mart.connect("finops_admin") as connection:
        file = write_csv(folder / f"{uuid4().hex}.csv", [row])
        return pricing.import_file(connection, file, max_bytes=10**9, allow_unknown=True).new


@contextmanager
def new_mart(server_url: str, template: str | None = None, owner: str | None = None) -> Iterator[Mart]:
    """A database of its own, empty or cloned, for the time of a block."""
    name = f"made_{uuid4().hex[:16]}"
    statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    if template:
        statement += sql.SQL(" TEMPLATE {} STRATEGY file_copy").format(sql.Identifier(template))
    if owner:
        statement += sql.SQL(" OWNER {}").format(sql.Identifier(owner))
    with open_connection(server_url) as connection:
        connection.execute("SELECT pg_advisory_lock(hashtext(%s))", [template or name])
        connection.execute(statement)
    try:
        yield Mart(on_database(server_url, name))
    finally:
        with open_connection(server_url) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def ask(mart: Mart, statement: str, *values: object, role: str = "") -> list[dict[str, Any]]:
    """The rows a statement returns, as the superuser that tests log in as, or in a role."""
    with mart.connect(role) as connection:
        cursor = connection.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


def refresh(mart: Mart) -> marts.Refreshed:
    """Refresh what is stale, as the batch does."""
    with mart.connect("finops_batch") as connection:
        return marts.refresh(connection)


def run(
    mart: Mart, settings: Settings, domain: str = "OPEN", month: Period = JANUARY, run_id: UUID | None = None
) -> slices.SliceResult:
    """Run a slice of a real domain from the files in the settings' sources."""
    return slices.run_slice(mart, settings, discover()[domain], month, run_id or uuid4())


def close(mart: Mart, settings: Settings, month: Period = JANUARY, person: str = "ada") -> closing.PeriodAct:
    """Close a month as a person, whatever the day is today; MonthBlocked when something is in the way."""
    with mart.connect("finops_admin") as connection:
        return closing.close(connection, settings, month, Period(2030, 1), person)


def reopen(mart: Mart, month: Period = JANUARY, person: str = "ada", reason: str = "late data") -> closing.PeriodAct:
    """Open a closed month again."""
    with mart.connect("finops_admin") as connection:
        return closing.reopen(connection, month, person, reason)


def reject_all(mart: Mart, month: Period = JANUARY) -> None:
    """Leave out every quarantined line of a month that waits."""
    with mart.connect("finops_admin") as connection:
        waiting = [line.quarantine_id for line in decisions.lines(connection, period=month)]
        decisions.reject(connection, waiting, person="ada", reason="a test meter")


def force_closed(mart: Mart, month: Period | None = None) -> None:
    """Make a month, or every month, closed whatever stands in it: no statement, no record, no guard."""
    with mart.connect("") as connection:
        connection.execute("SET session_replication_role = replica")
        if month is not None:
            connection.execute("INSERT INTO period VALUES (%s) ON CONFLICT DO NOTHING", [month.first_day])
        chosen = [month.first_day if month else None] * 2
        connection.execute("UPDATE period SET status = 'CLOSED' WHERE %s::DATE IS NULL OR period_month = %s", chosen)
