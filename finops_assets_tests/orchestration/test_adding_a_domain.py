"""docs/adding-a-domain.md, followed word for word in a copy of the package."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from finops_assets.domains import discover
from finops_assets.settings import CHECKOUT
from finops_assets_tests.documents import Command, File, steps
from finops_assets_tests.factories import new_mart

DOCUMENT = (CHECKOUT / "docs/adding-a-domain.md").read_text("utf-8")
COPIED = ("finops_assets", "finops_assets_tests", "sql", "dagster.yaml", "workspace.yaml", "pyproject.toml")
# what a reader types, and what it is in a copy that has no environment of its own
PROGRAMS = {"finops": [sys.executable, "-m", "finops_assets"], ".venv/bin/python": [sys.executable]}

STEPS = steps(DOCUMENT)
FILES = {step.path: step.body for step in STEPS if isinstance(step, File) and step.path != "pyproject.toml"}
COMMANDS = [step for step in STEPS if isinstance(step, Command)]
ENTRY_POINT = tomllib.loads(re.search(r"^```toml\n(.*?)^```$", DOCUMENT, re.M | re.S)[1])


@pytest.fixture
def copy(tmp_path):
    """A copy of the checkout."""
    for name in COPIED:
        source = CHECKOUT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path / name)
    return tmp_path


def written(copy, file):
    """A file of the document, in its place in the copy; the entry point is another package's."""
    if file.path in FILES:
        (copy / file.path).parent.mkdir(parents=True, exist_ok=True)
        (copy / file.path).write_text(file.body, "utf-8")


def typed(copy, places, command):
    """A command of the document, typed in the copy."""
    program, *arguments = shlex.split(command)
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FINOPS_", "DAGSTER_", "PYTEST_")) and name != "PYTHONDONTWRITEBYTECODE"
    }
    return subprocess.run(
        [*PROGRAMS[program], *arguments],
        cwd=copy,
        env=inherited | places,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_document_is_read_whole():
    assert len(FILES) == 6
    assert len(COMMANDS) == 14
    assert DOCUMENT.count("```") == 2 * (len(FILES) + 1 + DOCUMENT.count("```console"))


# one test: the commands stand on one another, and each costs seconds
def test_the_document_works_word_for_word(server_url, copy):
    with new_mart(server_url) as mart, new_mart(server_url) as dagster:
        places = {"FINOPS_DATABASE_URL": mart.url, "FINOPS_DAGSTER_DATABASE_URL": dagster.url, "PYTHONPATH": str(copy)}
        where = typed(copy, places, ".venv/bin/python -c 'import finops_assets; print(finops_assets.__file__)'")
        assert Path(where.stdout.strip()).is_relative_to(copy), "the installed package was run, not the copy"
        for command in STEPS:
            if isinstance(command, File):
                written(copy, command)
                continue
            answer = typed(copy, places, command.words)
            assert answer.returncode == command.exit_code, f"$ {command.words}\n{answer.stdout}{answer.stderr}"
            assert command.is_answered_by(answer.stdout), f"$ {command.words}\n{answer.stdout}"
            if "pytest" in command.words:
                assert int(re.search(r"(\d+) passed", answer.stdout)[1]) >= 4, answer.stdout


def test_a_package_of_ones_own_adds_the_same_file(tmp_path, monkeypatch):
    group = "finops_assets.domains"
    (name, module), *others = ENTRY_POINT["project"]["entry-points"][group].items()
    assert not others
    package, _, file = module.partition(".")
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").touch()
    (tmp_path / package / f"{file}.py").write_text(FILES["finops_assets/domains/network.py"], "utf-8")
    installed = tmp_path / f"{package}-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n", "utf-8")
    (installed / "entry_points.txt").write_text(f"[{group}]\n{name} = {module}\n", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "NETWORK" in discover()
