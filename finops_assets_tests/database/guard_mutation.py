"""Is every guard needed? Take each one away, alone, and look what then comes out otherwise.

A guard is a trigger, a constraint, a unique index, a refusal (``RAISE``) of a function, or the condition of a view that
people read. Run as a command it prints, for each, the statement that it alone refuses or that leaves its trace:

    python -m finops_assets_tests.database.guard_mutation
"""

# ruff: noqa: S608, T201 - the statements are the tests; it prints

from __future__ import annotations

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from finops_assets import catalog
from finops_assets.domains import discover
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.embedded import EmbeddedServer
from finops_assets.postgres.migrations import migrate
from finops_assets_tests.conftest import FIRST_MONTH
from finops_assets_tests.database.probes import PROBES, WITHOUT_TRIGGERS, Probe
from finops_assets_tests.database.signed_company import build
from finops_assets_tests.factories import new_mart

# said by the primary key already; foreign keys may need them as their target
IMPLIED_BY_THE_KEY = {"dim_domain_domain_id_domain_mode_key", "adjustment_adjustment_id_period_month_key"}
TRIGGERS = """
SELECT tgname AS name, relname AS place, format('DROP TRIGGER %I ON %I', tgname, relname) AS removal
FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
WHERE relnamespace = 'finops'::REGNAMESPACE AND NOT tgisinternal AND tgparentid = 0
  AND (NOT relispartition OR relname IN ('fact_2024_03', 'fact_2024_03_open', 'fact_2024_01', 'fact_2024_01_open'))
ORDER BY relname COLLATE "C", tgname COLLATE "C"
"""
CONSTRAINTS = """
SELECT conname AS name, relname AS place, contype::TEXT AS kind,
  format('ALTER TABLE %I DROP CONSTRAINT %I CASCADE', relname, conname) AS removal,
  ARRAY(SELECT attname::TEXT FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY(conkey)) AS columns
FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
WHERE relnamespace = 'finops'::REGNAMESPACE AND NOT relispartition AND contype IN ('c', 'p', 'u', 'f')
UNION ALL
SELECT index.relname, held.relname, 'u', format('DROP INDEX %I', index.relname),
  ARRAY(SELECT attname::TEXT FROM pg_attribute WHERE attrelid = held.oid AND attnum = ANY(indkey::SMALLINT[]))
FROM pg_index
JOIN pg_class AS index ON index.oid = indexrelid
JOIN pg_class AS held ON held.oid = indrelid
WHERE held.relnamespace = 'finops'::REGNAMESPACE AND held.relkind IN ('r', 'p') AND NOT held.relispartition
  AND indisunique AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
ORDER BY 2, 1
"""
FUNCTIONS = """
SELECT proname AS name, pg_get_functiondef(pg_proc.oid) AS text
FROM pg_proc JOIN pg_language ON pg_language.oid = prolang
WHERE pronamespace = 'finops'::REGNAMESPACE AND lanname = 'plpgsql' AND prosrc LIKE '%RAISE EXCEPTION%'
ORDER BY proname COLLATE "C"
"""
VIEWS = """
SELECT relname AS name, pg_get_viewdef(oid) AS text FROM pg_class
WHERE relnamespace = 'finops_visible'::REGNAMESPACE AND relkind = 'v' ORDER BY relname COLLATE "C"
"""
# what a statement that is not refused has done besides: acts, seals, and the locks that make others wait
TRACE = """
SELECT
  (SELECT count(*) FROM audit_log) AS acts,
  (SELECT count(*) FROM audit_seal) AS sealed_acts,
  (SELECT count(*) FROM change_notice) AS notices,
  (SELECT sum(change_number) FROM mart_state) AS change_number,
  (SELECT count(*) FROM quarantine_line AS kept JOIN quarantine_seal AS sealed USING (quarantine_id)
   WHERE sealed.line_sha256 = quarantine_line_hash(kept)) AS sealed_lines,
  (SELECT string_agg(DISTINCT format('%s %s %s', mode, relation::REGCLASS, objid), ',') FROM pg_locks
   WHERE pid = pg_backend_pid() AND (locktype = 'advisory' OR mode = 'ShareLock')) AS locks
"""
COLUMN_TYPES = """
SELECT attname AS name, format_type(atttypid, NULL) AS type
FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0 AND NOT attisdropped
"""
# values that some CHECK or foreign key of a column of the type refuses
STRANGE = {
    "text": ["''", "'*'", "' x'", "repeat('x', 400)", "'nowhere'", "'NOWHERE'", "NULL", "'CLOSED'", "'x'"],
    "numeric": ["'NaN'", "-1", "0", "5", "NULL"],
    "integer": ["-1", "0", "9", "999999", "NULL"],
    "bigint": ["-1", "0", "999999", "NULL"],
    "date": ["'2024-03-15'", "'2099-01-01'", "'1999-01-01'", "NULL"],
    "bytea": ["'x'"],
    "jsonb": ["'{}'", "NULL"],
    "boolean": ["NOT {0}"],
    "text[]": ["'{\"\"}'", "'{NULL}'", "NULL"],
    "timestamp with time zone": ["NULL", "now()"],
}
ONE_ROW = "ctid = (SELECT ctid FROM {0} WHERE {1} ORDER BY ctid {2} LIMIT 1)"
# a row where no row is
ROWS = {
    "change_notice": "INSERT INTO change_notice DEFAULT VALUES",
    "slice_publication": "INSERT INTO slice_publication VALUES (pg_current_xact_id(), '2024-03-01', 'OPEN')",
    "slice_run": "INSERT INTO slice_run (run_id, period_month, domain_id, outcome, ended_at) "
    "SELECT run_id, period_month, domain_id, 'LOADED', now() FROM slice_version",
    "draft_price": "INSERT INTO draft_price SELECT pricing_view_id, domain_id, product_id, effective_from, unit_price, "
    "source_name, 1 FROM unit_price WHERE revision = 1",
}


COPIED = (
    "INSERT INTO {0} OVERRIDING SYSTEM VALUE "
    "SELECT (jsonb_populate_record(kept, jsonb_build_object({1}))).* FROM {0} AS kept"
)
COPIES = (COPIED, f"{COPIED} ORDER BY ctid DESC LIMIT 1")
NUMBERS = {"integer", "bigint"}
# a value of a key that nothing has
OTHER = {
    "integer": "999",
    "bigint": "999999",
    "text": "'other'",
    "uuid": "gen_random_uuid()",
    "date": "'2024-06-01'::DATE",
}


@dataclass(frozen=True)
class Guard:
    """One guard, how to take it away, and the statements that might need it first."""

    kind: str
    place: str
    name: str
    removal: str
    probes: tuple[Probe, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind} {self.place}.{self.name}"


@dataclass(frozen=True)
class Kill:
    """A guard, and what it alone keeps from happening; no probe when nothing comes out otherwise without it."""

    guard: Guard
    probe: Probe | None
    with_it: tuple[object, ...] = ()
    without_it: tuple[object, ...] = ()


def guards(connection: Connection) -> list[Guard]:
    """Every guard of the schema."""
    found = [Guard("trigger", row["place"], row["name"], row["removal"]) for row in connection.execute(TRIGGERS)]
    for row in connection.execute(CONSTRAINTS).fetchall():
        if row["name"] not in IMPLIED_BY_THE_KEY:
            probes = tuple(against(connection, row["kind"], row["place"], row["columns"]))
            found.append(Guard("constraint", row["place"], row["name"], row["removal"], probes))
    for row in connection.execute(FUNCTIONS):
        found += refusals(row["name"], row["text"])
    for row in connection.execute(VIEWS):
        whole = re.sub(r"\n\s+WHERE .*", "", row["text"], flags=re.S)
        found.append(
            Guard(
                "condition",
                "finops_visible",
                row["name"],
                f"CREATE OR REPLACE VIEW finops_visible.{row['name']} WITH (security_barrier) AS {whole}",
            )
        )
    return found


def refusals(name: str, text: str) -> Iterator[Guard]:
    """The function without each of its refusals in turn."""
    for place, match in enumerate(re.finditer(r"RAISE EXCEPTION .*?;", text, re.S), 1):
        yield Guard("refusal", name, str(place), text[: match.start()] + "NULL;" + text[match.end() :])


def against(connection: Connection, kind: str, table: str, columns: Sequence[str]) -> Iterator[Probe]:
    """Statements that a constraint of the table on these columns might refuse, with the triggers of the table off."""
    types = {row["name"]: row["type"] for row in connection.execute(COLUMN_TYPES, [f"finops.{table}"])}
    held = {"fact_consumption": "fact_2024_03_open", "cost_app_month": "cost_app_2024_03"}.get(table, table)
    before = WITHOUT_TRIGGERS.format(held) + (f"; {ROWS[table]}" if table in ROWS else "")
    if kind in "puf":
        others = {name: OTHER[types[name]] for name in types if name not in columns and types[name] in OTHER}
        strange = [{name: value} for name in columns for value in STRANGE.get(types[name], []) if "{" not in value]
        for changed in strange if kind == "f" else [{}, *({name: value} for name, value in others.items()), others]:
            for more in ({}, {name: value for name, value in others.items() if kind == "f" and types[name] in NUMBERS}):
                yield from (Probe(copied.format(held, pairs(changed | more)), before) for copied in COPIES)
    known = " AND ".join(f"{name} IS NOT NULL" for name in columns) if kind == "f" else "TRUE"
    for where in (ONE_ROW.format(held, known, "ASC"), ONE_ROW.format(held, known, "DESC"), "TRUE"):
        for name in columns:
            for value in STRANGE.get(types[name], []):
                yield Probe(f"UPDATE {held} SET {name} = {value.replace('{0}', name)} WHERE {where}", before)


def pairs(changed: dict[str, str]) -> str:
    return ", ".join(f"'{name}', {value}" for name, value in changed.items())


def outcome(connection: Connection, probe: Probe, removal: str = "") -> tuple[object, ...]:
    """How a statement comes out with a guard away: how it is refused, or what it returned and left behind."""
    connection.execute(f"BEGIN ISOLATION LEVEL {probe.isolation}")
    try:
        for statement in (removal, probe.before):
            if statement:
                connection.execute(statement)
        try:
            cursor = connection.execute(probe.statement)
        except psycopg.Error as error:
            return "refused", error.sqlstate, error.diag.message_primary
        rows: list[Any] = cursor.fetchall() if cursor.description else []
        return "done", str(rows), str(connection.execute(TRACE).fetchone())
    finally:
        connection.execute("ROLLBACK")


def kills(connection: Connection) -> Iterator[Kill]:
    """Each guard with the first statement that comes out otherwise without it."""
    usual: dict[Probe, tuple[object, ...]] = {}
    for guard in guards(connection):
        for probe in [*guard.probes, *sorted(PROBES, key=lambda one: not about(one, guard))]:
            if probe not in usual:
                usual[probe] = outcome(connection, probe)
                assert usual[probe] == outcome(connection, probe), f"comes out otherwise each time: {probe}"
            without = outcome(connection, probe, guard.removal)
            if without != usual[probe]:
                yield Kill(guard, probe, usual[probe], without)
                break
        else:
            yield Kill(guard, None)


def about(probe: Probe, guard: Guard) -> bool:
    """Whether the statement names the place of the guard: such ones are tried first."""
    return re.search(rf"\b{guard.place}\b", probe.statement + probe.before) is not None


def main() -> int:
    """Print a row per guard; 1 when one of them is not needed."""
    server = EmbeddedServer(Path(tempfile.gettempdir()) / "finops-guards", durable=False).start()
    try:
        with new_mart(server.url("postgres")) as mart, tempfile.TemporaryDirectory() as folder:
            migrate(mart)
            with mart.connect("finops_batch") as batch:
                catalog.register_domains(batch, [plugin.domain for plugin in discover().values()], FIRST_MONTH)
            build(mart, Path(folder))
            with mart.connect("") as connection:
                found = list(kills(connection))
    finally:
        server.release()
    for kill in found:
        told = (
            f"{kill.probe.statement}\n    {kill.with_it}\n    {kill.without_it}" if kill.probe else "NEEDED BY NOTHING"
        )
        print(f"{kill.guard}\n    {told}")
    for kind, count in Counter(kill.guard.kind for kill in found).items():
        alone = sum(kill.without_it[0] == "done" for kill in found if kill.guard.kind == kind and kill.probe)
        print(f"{kind}: {count}, of which {alone} stand alone: without one of them the statement is done")
    left = [kill for kill in found if kill.probe is None]
    print(f"{len(found)} guards, {len(left)} needed by nothing")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
