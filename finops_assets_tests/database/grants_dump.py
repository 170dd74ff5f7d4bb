"""Who may do what in a migrated mart, as a readable matrix: what ``sql/grants.txt`` holds.

    python -m finops_assets_tests.database.grants_dump > sql/grants.txt

It is read from the system catalogs. A slice is made first, so that the partitions a run makes are in it too.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any

from finops_assets.postgres.connection import Connection
from finops_assets.postgres.migrations import migrate
from finops_assets_tests.database.schema_dump import scratch_mart

HEADING = """\
# Who may do what, to be read and compared. Made by finops_assets_tests.database.grants_dump.
# A dot is nothing; every object is finops_owner's, whose own rights are not listed.
# UPDATE* is for some columns only: they are named at the end. fact_2024_01, its leaf fact_2024_01_open and
# cost_app_2024_01 stand for the partitions that publishing makes.
"""
ROLES = ["PUBLIC", "finops_batch", "finops_admin", "finops_api", "finops_reader"]
ORDER = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "EXECUTE", "USAGE", "CREATE"]

ATTRIBUTES = """
SELECT rolname AS name,
  concat_ws(' ',
    CASE WHEN rolcanlogin THEN 'LOGIN' ELSE 'NOLOGIN' END,
    CASE WHEN rolsuper THEN 'SUPERUSER' END,
    CASE WHEN rolcreatedb THEN 'CREATEDB' END,
    CASE WHEN rolcreaterole THEN 'CREATEROLE' END,
    CASE WHEN rolreplication THEN 'REPLICATION' END,
    CASE WHEN rolbypassrls THEN 'BYPASSRLS' END,
    (SELECT 'SET ' || string_agg(setting, ' SET ' ORDER BY setting COLLATE "C") FROM unnest(rolconfig) AS setting),
    (SELECT 'IN ROLE ' || string_agg(above.rolname, ', ' ORDER BY above.rolname COLLATE "C")
     FROM pg_auth_members
     JOIN pg_roles AS above ON above.oid = roleid
     WHERE member = pg_roles.oid)) AS attributes
FROM pg_roles
WHERE rolname = ANY(%s) OR rolname = 'finops_owner'
ORDER BY rolname COLLATE "C"
"""
OBJECTS = """
WITH object AS (
  SELECT 'SCHEMA' AS kind, nspname::TEXT AS name, nspowner AS owner, nspacl AS acl, 'n' AS type
  FROM pg_namespace
  WHERE nspname LIKE 'finops%'
  UNION ALL
  SELECT
    CASE WHEN relispartition THEN 'PARTITION' WHEN relkind = 'S' THEN 'SEQUENCE' WHEN relkind = 'v' THEN 'VIEW'
         WHEN relkind = 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END,
    CASE WHEN nspname = 'finops' THEN relname ELSE nspname || '.' || relname END,
    relowner, relacl, CASE WHEN relkind = 'S' THEN 's' ELSE 'r' END
  FROM pg_class
  JOIN pg_namespace ON pg_namespace.oid = relnamespace
  WHERE nspname LIKE 'finops%' AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
  UNION ALL
  SELECT
    'FUNCTION',
    CASE WHEN nspname = 'finops' THEN '' ELSE nspname || '.' END
      || proname || '(' || pg_get_function_identity_arguments(pg_proc.oid) || ')',
    proowner, proacl, 'f'
  FROM pg_proc
  JOIN pg_namespace ON pg_namespace.oid = pronamespace
  WHERE nspname LIKE 'finops%'
  UNION ALL
  SELECT
    'DEFAULT', coalesce('IN SCHEMA ' || nspname || ' ', '') || 'ON ' ||
      CASE defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS'
                         WHEN 'T' THEN 'TYPES' ELSE 'SCHEMAS' END,
    defaclrole, defaclacl, NULL
  FROM pg_default_acl
  LEFT JOIN pg_namespace ON pg_namespace.oid = defaclnamespace
)
SELECT
  object.kind, object.name, pg_get_userbyid(object.owner) AS owner,
  coalesce(grantee.rolname, CASE WHEN acl.grantee = 0 THEN 'PUBLIC' END) AS grantee,
  acl.privilege_type || CASE WHEN acl.is_grantable THEN '!' ELSE '' END AS privilege
FROM object
LEFT JOIN LATERAL aclexplode(coalesce(object.acl, acldefault(object.type::"char", object.owner))) AS acl
  ON acl.grantee <> object.owner
LEFT JOIN pg_roles AS grantee ON grantee.oid = acl.grantee
ORDER BY object.name COLLATE "C"
"""
COLUMNS = """
SELECT CASE WHEN nspname = 'finops' THEN relname ELSE nspname || '.' || relname END AS name,
  coalesce(rolname, 'PUBLIC') AS grantee,
  acl.privilege_type || CASE WHEN acl.is_grantable THEN '!' ELSE '' END AS privilege,
  string_agg(attname, ', ' ORDER BY attname COLLATE "C") AS columns
FROM pg_attribute
JOIN pg_class ON pg_class.oid = attrelid
JOIN pg_namespace ON pg_namespace.oid = relnamespace
CROSS JOIN LATERAL aclexplode(attacl) AS acl
LEFT JOIN pg_roles ON pg_roles.oid = acl.grantee
WHERE nspname LIKE 'finops%' AND acl.grantee <> relowner
GROUP BY nspname, relname, rolname, privilege_type, is_grantable
ORDER BY 1, rolname COLLATE "C", privilege
"""
KINDS = ["SCHEMA", "TABLE", "PARTITION", "VIEW", "MATERIALIZED VIEW", "SEQUENCE", "FUNCTION", "DEFAULT"]
Matrix = dict[tuple[str, str], dict[str, list[str]]]


def dump(connection: Connection) -> str:
    """The matrix of the connection's mart, in which one slice is made if it is not there."""
    connection.execute("SET search_path TO finops, pg_temp")
    connection.execute(
        "INSERT INTO dim_domain (domain_id, domain_label, domain_mode, available_from) "
        "VALUES ('OPEN', 'Open', 'DIRECT', '2024-01-01') ON CONFLICT DO NOTHING"
    )
    connection.execute("SELECT ensure_slice('2024-01-01', 'OPEN')")
    columns = connection.execute(COLUMNS).fetchall()
    granted = _granted(connection.execute(OBJECTS).fetchall(), columns)
    roles = ROLES + sorted({role for row in granted.values() for role in row} - set(ROLES))
    parts = [HEADING, *_attributes(connection, roles)]
    for kind in KINDS:
        parts += ["", *_table(kind, {name: row for (of, name), row in granted.items() if of == kind}, roles)]
    named = [f"{row['grantee']:<14}{row['privilege']} {row['name']} ({row['columns']})" for row in columns]
    return "\n".join([*parts, "", "COLUMNS", *named]) + "\n"


def _granted(objects: Iterable[dict[str, Any]], columns: Iterable[dict[str, Any]]) -> Matrix:
    granted: Matrix = {}
    kinds = {}
    for row in objects:
        name = row["name"] if row["owner"] == "finops_owner" else f"{row['name']} OF {row['owner']}"
        kinds[row["name"]] = (row["kind"], name)
        cells = granted.setdefault((row["kind"], name), {})
        if row["grantee"]:
            cells.setdefault(row["grantee"], []).append(row["privilege"])
    for row in columns:
        granted[kinds[row["name"]]].setdefault(row["grantee"], []).append(f"{row['privilege']}*")
    return granted


def _attributes(connection: Connection, roles: list[str]) -> Iterator[str]:
    yield "ROLES"
    for row in connection.execute(ATTRIBUTES, [roles]):
        yield f"{row['name']:<14}{row['attributes']}"


def _table(kind: str, rows: dict[str, dict[str, list[str]]], roles: list[str]) -> Iterator[str]:
    """Lines of fixed widths with the name at the end: a new object is one new line."""
    width = 10 if kind in ("SCHEMA", "FUNCTION", "DEFAULT", "SEQUENCE") else 29
    yield _line(roles, kind, width)
    for name, row in rows.items():
        yield _line([_told(row.get(role, [])) for role in roles], name, width)


def _line(cells: list[str], name: str, width: int) -> str:
    return "".join(f"{cell:<{9 if place == 0 else max(width, 14)}}" for place, cell in enumerate(cells)) + name


def _told(privileges: list[str]) -> str:
    known = sorted(privileges, key=lambda name: ORDER.index(name.rstrip("!*")))
    return " ".join(known) or "."


if __name__ == "__main__":
    with scratch_mart() as fresh:
        migrate(fresh)
        with fresh.connect("") as connected:
            sys.stdout.write(dump(connected))
