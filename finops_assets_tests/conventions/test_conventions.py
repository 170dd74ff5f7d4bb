"""The rules of CONTRIBUTING.md that no linter holds."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

from finops_assets.settings import CHECKOUT

PACKAGE = CHECKOUT / "finops_assets"
SQL = CHECKOUT / "sql"
MODULES = sorted(PACKAGE.rglob("*.py"))
TREES = {path: ast.parse(path.read_text("utf-8")) for path in MODULES}

FUNCTION_LINES_BELOW = 25
MODULE_LINES_BELOW = 250
NAMELESS = {"utils", "helpers", "common", "base", "manager"}
TEXTS = {".py", ".sql", ".md", ".toml", ".yaml", ".lock"}

# statements on the session or the server itself, which belong to no file of sql/
SESSION_STATEMENTS = {
    "catalog/access.py": {"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"},
    "cli/running.py": {"SELECT to_regclass('finops.slice_version') IS NULL AS is_new"},
    "postgres/bulk.py": {"COPY {} ({}) FROM STDIN (FORMAT csv)", "COPY ({}) TO STDOUT (FORMAT csv, HEADER)"},
    "postgres/connection.py": {
        "SET ROLE {}",
        "SET search_path TO {}, pg_temp",
        "SELECT FROM pg_database WHERE datname = %s",
        "CREATE DATABASE {}",
    },
    "postgres/migrations.py": {
        "SELECT pg_advisory_lock(%s)",
        "SET ROLE finops_owner",
        "SET LOCAL search_path TO finops, pg_temp",
    },
    "verify.py": {"SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"},
}
STATEMENT = re.compile(
    r"\s*(?:(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|TRUNCATE|COPY|REFRESH|GRANT|REVOKE|LOCK)\b"
    r"|WITH \w+ AS|SET (?:ROLE|LOCAL|SESSION|TRANSACTION|search_path)\b|(?:CREATE|DROP|ALTER) [A-Z]+ )"
)

# file: the reason a binary float may be there
FLOATS: dict[str, str] = {}


def relative(path):
    return path.relative_to(PACKAGE).as_posix()


def docstrings(tree):
    """The string nodes that are docstrings."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, owners) and node.body]
    return {
        body[0].value for body in bodies if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    }


def statements(tree):
    """The SQL texts of a module, docstrings left out; of an f-string, its first text."""
    told = docstrings(tree)
    texts = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return {node.value for node in texts if node not in told and STATEMENT.match(node.value)}


def calls(tree, name):
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [node for node in nodes if isinstance(node.func, ast.Name) and node.func.id == name]


def asked(call):
    """The name a query() call asks for, as a pattern: what an f-string fills in may be any word."""
    argument = call.args[0]
    if isinstance(argument, ast.Constant):
        return re.escape(argument.value)
    parts = argument.values
    return "".join(re.escape(part.value) if isinstance(part, ast.Constant) else r"\w+" for part in parts)


def test_sql_is_in_sql_only():
    found = {relative(path): statements(tree) for path, tree in TREES.items()}
    assert {name: texts for name, texts in found.items() if texts} == SESSION_STATEMENTS


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1",
        "\n  WITH x AS (SELECT 1) SELECT * FROM x",
        "INSERT INTO t VALUES (1)",
        "DELETE FROM t",
        "UPDATE t SET x = 1",
        "CREATE TABLE t ()",
    ],
)
def test_sql_in_python_would_be_seen(text):
    assert statements(ast.parse(f"run({text!r})")) == {text}
    assert statements(ast.parse(f"run(f{text + ' {x}'!r})"))


def test_every_query_is_read_and_every_name_has_its_file():
    files = {path.relative_to(SQL / "queries").with_suffix("").as_posix() for path in (SQL / "queries").rglob("*.sql")}
    patterns = {asked(call) for tree in TREES.values() for call in calls(tree, "query") if call.args}
    unread = {name for name in files if not any(re.fullmatch(pattern, name) for pattern in patterns)}
    absent = {pattern for pattern in patterns if not any(re.fullmatch(pattern, name) for name in files)}
    assert (unread, absent) == (set(), set())


def test_every_check_begins_with_what_it_proves():
    untold = [path.name for path in (SQL / "checks").glob("*.sql") if not path.read_text("utf-8").startswith("-- ")]
    assert not untold


def test_functions_are_short():
    functions = [
        (relative(path), node.name, node.end_lineno - node.lineno + 1)
        for path, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    long = [found for found in functions if found[2] >= FUNCTION_LINES_BELOW]
    assert not long


def test_modules_are_short():
    sizes = {relative(path): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert not {name: size for name, size in sizes.items() if size >= MODULE_LINES_BELOW}


def test_modules_have_a_name_in_the_field_and_say_what_they_hold():
    assert not [relative(path) for path in MODULES if NAMELESS & {path.stem, path.parent.name}]
    assert not [relative(path) for path, tree in TREES.items() if not ast.get_docstring(tree)]


def test_marts_never_look_at_is_active():
    files = [SQL / "repeatable/30_rollups.sql", SQL / "repeatable/40_marts.sql", *(SQL / "queries/marts").glob("*.sql")]
    statements_only = {path.name: re.sub(r"--.*", "", path.read_text("utf-8")) for path in files}
    assert not [name for name, text in statements_only.items() if "is_active" in text]


def test_no_binary_float():
    found = {relative(path) for path, tree in TREES.items() if calls(tree, "float")}
    assert found == set(FLOATS)


def test_lock_holds_no_address_and_a_hash_for_everything():
    lock = (CHECKOUT / "requirements.lock").read_text("utf-8")
    assert not re.findall(r"\S+://\S+|^\s*--(?:index|extra-index|find-links)\S*|(?<![\w.])/\w\S*", lock, re.M)
    pinned = re.split(r"\n(?=[a-z0-9])", lock)
    assert not [entry.splitlines()[0] for entry in pinned if "==" not in entry or "--hash=sha256:" not in entry]


@pytest.mark.parametrize("name", ["ui/package-lock.json", "ui/backstage/package-lock.json"])
def test_lock_of_the_pages_holds_no_address_and_a_hash_for_everything(name):
    lock = (CHECKOUT / name).read_text("utf-8")
    assert "://" not in lock, "make lock-ui"
    packages = json.loads(lock)["packages"]
    ours = {path for path, one in packages.items() if "node_modules/" not in path or one.get("link")}
    assert not [path for path, one in packages.items() if path not in ours and "integrity" not in one]


@pytest.mark.parametrize("name", ["pyproject.toml", "Makefile", "dagster.yaml", "workspace.yaml", "docs", "sql"])
def test_nothing_names_a_machine(name):
    place = CHECKOUT / name
    files = [place] if place.is_file() else [path for path in place.rglob("*") if path.suffix in TEXTS]
    absolute = re.compile(r"(?<![\w.<>*-])/(?:home|root|work|tmp|Users|mnt)/")
    assert not [str(Path(path).relative_to(CHECKOUT)) for path in files if absolute.search(path.read_text("utf-8"))]
