"""docs/tutorial.md, followed word for word in an empty folder."""

from __future__ import annotations

import shlex
import sys

import pytest

from finops_assets import cli
from finops_assets.settings import CHECKOUT
from finops_assets_tests.documents import Command, File, steps
from finops_assets_tests.factories import new_mart

PAGE = (CHECKOUT / "docs/tutorial.md").read_text("utf-8")
STEPS = steps(PAGE)
# what the page walks through
VERBS = {"run", "quarantine", "price", "invoice", "reconcile", "close", "statement", "reopen", "diff", "explain"}
VERBS |= {"adjust", "export", "audit", "verify"}


@pytest.fixture
def reader(server_url, tmp_path, monkeypatch, capsys):
    """Follow a step in an empty folder, on databases of its own; gives the exit code and what is printed."""
    with new_mart(server_url) as mart, new_mart(server_url) as dagster:
        monkeypatch.chdir(tmp_path)
        monkeypatch.delenv("FINOPS_HOME", raising=False)
        monkeypatch.setenv("FINOPS_DATABASE_URL", mart.url)
        monkeypatch.setenv("FINOPS_DAGSTER_DATABASE_URL", dagster.url)

        def follow(step: File | Command) -> tuple[int, str]:
            if isinstance(step, File):
                (tmp_path / step.path).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / step.path).write_text(step.body, "utf-8")
                return 0, ""
            program, *words = shlex.split(step.words)
            if program == "export":
                monkeypatch.setenv(*words[0].split("=", 1))
                return 0, ""
            monkeypatch.setattr(sys, "argv", [program, *words])
            with pytest.raises(SystemExit) as ended:
                cli.main()
            return int(ended.value.code or 0), capsys.readouterr().out

        yield follow


def test_the_page_is_read_whole():
    assert {step.words.split()[1] for step in STEPS if isinstance(step, Command)} >= VERBS
    assert PAGE.count("```") == 2 * (sum(isinstance(step, File) for step in STEPS) + PAGE.count("```console"))


# one test: the commands stand on one another
def test_the_page_works_word_for_word(reader):
    for step in STEPS:
        code, printed = reader(step)
        if isinstance(step, Command):
            assert code == step.exit_code, f"$ {step.words}\n{printed}"
            assert step.is_answered_by(printed), f"$ {step.words}\n{printed}"
