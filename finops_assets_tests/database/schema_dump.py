"""The schema of a migrated mart as readable statements: what ``sql/schema.sql`` holds.

    python -m finops_assets_tests.database.schema_dump > sql/schema.sql

It is read from the system catalogs so that PostgreSQL 15 and later give the same text; partitions, which runs
make, and the bodies of views and functions, which stand in ``sql/repeatable``, are left out.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from finops_assets.postgres.connection import Connection, Mart
from finops_assets.postgres.embedded import EmbeddedServer
from finops_assets.postgres.migrations import migrate
from finops_assets_tests.factories import new_mart

HEADING = (
    "-- The schema after every migration, to be read and compared. Made by finops_assets_tests.database.schema_dump."
)

RELATIONS = """
SELECT oid, relname AS name, relkind::TEXT AS kind, pg_get_partkeydef(oid) AS partition_key,
  obj_description(oid, 'pg_class') AS comment
FROM pg_class
WHERE relnamespace = 'finops'::REGNAMESPACE AND relkind::TEXT = ANY(%s) AND NOT relispartition
ORDER BY relname COLLATE "C"
"""
COLUMNS = """
SELECT attname AS name, format_type(atttypid, atttypmod) AS type, attnotnull AS is_required,
  attidentity::TEXT AS identity, pg_get_expr(adbin, adrelid) AS default_value
FROM pg_attribute
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE attrelid = %s AND attnum > 0 AND NOT attisdropped
ORDER BY attnum
"""
# PostgreSQL 18 lists NOT NULL among the constraints ('n'); constraint triggers ('t') are listed as triggers
CONSTRAINTS = """
SELECT conname AS name, pg_get_constraintdef(oid) AS definition
FROM pg_constraint
WHERE conrelid = %s AND contype NOT IN ('n', 't')
ORDER BY conname COLLATE "C"
"""
INDEXES = """
SELECT pg_get_indexdef(indexrelid) AS definition
FROM pg_index
JOIN pg_class ON pg_class.oid = indexrelid
WHERE indrelid = %s AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND conrelid = indrelid)
ORDER BY relname COLLATE "C"
"""
TRIGGERS = """
SELECT pg_get_triggerdef(oid) AS definition
FROM pg_trigger
WHERE tgrelid = %s AND NOT tgisinternal
ORDER BY tgname COLLATE "C"
"""
FUNCTIONS = """
SELECT proname AS name, pg_get_function_identity_arguments(oid) AS arguments, pg_get_function_result(oid) AS result,
  CASE provolatile WHEN 'i' THEN 'IMMUTABLE' WHEN 's' THEN 'STABLE' ELSE 'VOLATILE' END AS volatility,
  CASE WHEN prosecdef THEN ' SECURITY DEFINER' ELSE '' END AS security,
  coalesce(' SET ' || array_to_string(proconfig, ' SET '), '') AS settings
FROM pg_proc
WHERE pronamespace = 'finops'::REGNAMESPACE
ORDER BY proname COLLATE "C", pg_get_function_identity_arguments(oid) COLLATE "C"
"""
GRANTS = """
WITH granted AS (
  SELECT 'SCHEMA finops'::TEXT AS object, 1 AS place, acl.*, NULL::TEXT AS column_name
  FROM pg_namespace, aclexplode(nspacl) AS acl WHERE nspname = 'finops'
  UNION ALL
  SELECT relname::TEXT, 2, acl.*, NULL
  FROM pg_class, aclexplode(relacl) AS acl
  WHERE relnamespace = 'finops'::REGNAMESPACE AND NOT relispartition
  UNION ALL
  SELECT relname::TEXT, 2, acl.*, attname::TEXT
  FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid, aclexplode(attacl) AS acl
  WHERE relnamespace = 'finops'::REGNAMESPACE AND NOT relispartition
  UNION ALL
  SELECT 'FUNCTION ' || proname || '(' || pg_get_function_identity_arguments(pg_proc.oid) || ')', 3, acl.*, NULL
  FROM pg_proc, aclexplode(coalesce(proacl, acldefault('f', proowner))) AS acl
  WHERE pronamespace = 'finops'::REGNAMESPACE
),
by_privilege AS (
  SELECT coalesce(rolname, 'PUBLIC') AS role, place, object,
    privilege_type || coalesce(
      ' (' || string_agg(column_name, ', ' ORDER BY column_name COLLATE "C") || ')', '') AS privilege
  FROM granted
  LEFT JOIN pg_roles ON pg_roles.oid = grantee
  WHERE grantee <> 'finops_owner'::REGROLE
  GROUP BY rolname, place, object, privilege_type, column_name IS NULL
)
SELECT role, object, string_agg(privilege, ', ' ORDER BY privilege COLLATE "C") AS privileges
FROM by_privilege
GROUP BY role, place, object
ORDER BY role COLLATE "C", place, object COLLATE "C"
"""


def dump(connection: Connection) -> str:
    """The schema of the connection's mart, the same text for the same schema."""
    # names in definitions are written out in full only when the path does not lead to them
    connection.execute("SET search_path TO finops, pg_temp")
    parts = [HEADING, *_tables(connection), *_views(connection), *_functions(connection), *_grants(connection)]
    return "\n".join(parts) + "\n"


def _tables(connection: Connection) -> Iterator[str]:
    for table in connection.execute(RELATIONS, [["r", "p"]]).fetchall():
        inside = [_column(row) for row in connection.execute(COLUMNS, [table["oid"]])]
        inside += [
            f"CONSTRAINT {row['name']} {row['definition']}" for row in connection.execute(CONSTRAINTS, [table["oid"]])
        ]
        partition = f" PARTITION BY {table['partition_key']}" if table["partition_key"] else ""
        yield f"\nCREATE TABLE {table['name']} (\n  " + ",\n  ".join(inside) + f"\n){partition};"
        for question in (INDEXES, TRIGGERS):
            yield from (f"{row['definition']};" for row in connection.execute(question, [table["oid"]]))


def _column(row: dict[str, object]) -> str:
    text = f"{row['name']} {row['type']}"
    if row["default_value"]:
        text += f" DEFAULT {row['default_value']}"
    if row["identity"]:
        text += " GENERATED ALWAYS AS IDENTITY"
    return text + (" NOT NULL" if row["is_required"] else "")


def _views(connection: Connection) -> Iterator[str]:
    for view in connection.execute(RELATIONS, [["v", "m"]]).fetchall():
        kind = "MATERIALIZED VIEW" if view["kind"] == "m" else "VIEW"
        columns = [f"{row['name']} {row['type']}" for row in connection.execute(COLUMNS, [view["oid"]])]
        yield f"\n-- {view['comment']}\n{kind} {view['name']} (\n  " + ",\n  ".join(columns) + "\n);"
        yield from (f"{row['definition']};" for row in connection.execute(INDEXES, [view["oid"]]))


def _functions(connection: Connection) -> Iterator[str]:
    yield ""
    for row in connection.execute(FUNCTIONS):
        attributes = f"{row['volatility']}{row['security']}{row['settings']}"
        yield f"FUNCTION {row['name']}({row['arguments']}) RETURNS {row['result']} {attributes};"


def _grants(connection: Connection) -> Iterator[str]:
    role = None
    for row in connection.execute(GRANTS).fetchall():
        if row["role"] != role:
            yield ""
        role = row["role"]
        yield f"GRANT {row['privileges']} ON {row['object']} TO {role};"


@contextmanager
def scratch_mart() -> Iterator[Mart]:
    """An empty mart on a server of its own, gone with the block."""
    with tempfile.TemporaryDirectory(prefix="finops-schema-") as place:
        Path(place).chmod(0o755)
        server = EmbeddedServer(Path(place) / "postgres", durable=False)
        running = server.start()
        try:
            with new_mart(running.url("postgres")) as fresh:
                yield fresh
        finally:
            running.release()
            server.stop()


if __name__ == "__main__":
    with scratch_mart() as empty:
        migrate(empty)
        with empty.connect("") as connected:
            sys.stdout.write(dump(connected))
