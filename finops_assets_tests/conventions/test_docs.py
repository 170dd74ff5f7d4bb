"""What the documents name is what there is, and the other way round."""

from __future__ import annotations

import re
import tomllib
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest
import typer

from finops_assets import __version__, contract
from finops_assets.cli import app
from finops_assets.domains import discover
from finops_assets.errors import ContractBroken, Fault, SourceRefused
from finops_assets.settings import CHECKOUT
from finops_assets.sources.values import decimal_problem
from finops_assets_tests.factories import JANUARY, ask, line, lines

DOCS = CHECKOUT / "docs"
DECISIONS = sorted((DOCS / "decisions").glob("[0-9]*.md"))
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))
CONTRACT = (DOCS / "contract.md").read_text("utf-8")
OPERATING = (DOCS / "operating.md").read_text("utf-8")
PAGES = sorted([*DOCS.rglob("*.md"), *CHECKOUT.glob("*.md")])

# the contract describes relations, not their partitions
COLUMNS = """
SELECT relation.relname AS relation, attribute.attname AS name
FROM pg_class AS relation
JOIN pg_attribute AS attribute ON attribute.attrelid = relation.oid
WHERE relation.relnamespace = 'finops'::REGNAMESPACE
  AND relation.relkind IN ('r', 'p', 'v', 'm')
  AND NOT relation.relispartition
  AND attribute.attnum > 0
  AND NOT attribute.attisdropped
"""


def section(page, title):
    """The text below a heading, up to the next one of its level or above."""
    level = title.split(" ")[0]
    found = re.search(rf"^{re.escape(title)}\n(.*?)(?=^#{{1,{len(level)}}} |\Z)", page, re.M | re.S)
    assert found, f"no section {title!r}"
    return found[1]


def first_cells(text):
    """What the first column of the tables of a text names in backquotes."""
    return set(re.findall(r"^\| `([^`]+)`", text, re.M))


def sql_files():
    return "".join(path.read_text("utf-8") for path in sorted((CHECKOUT / "sql").rglob("*.sql")))


def test_contract_names_every_table_and_column_and_no_other(mart):
    documented = {
        (relation, column)
        for relation in re.findall(r"^### `(\w+)`$", CONTRACT, re.M)
        for column in first_cells(section(CONTRACT, f"### `{relation}`"))
    }
    there = {(row["relation"], row["name"]) for row in ask(mart, COLUMNS)}
    assert documented == there


def test_contract_names_every_sqlstate():
    raised = set(re.findall(r"ERRCODE = '(UF\d{3})'", sql_files()))
    assert first_cells(section(CONTRACT, "## Refusals of the database")) == raised


def test_contract_names_every_lock():
    taken = set(re.findall(r"hashtextextended\('(finops \w+)", sql_files()))
    assert set(re.findall(r"hashtextextended\('(finops \w+)", section(CONTRACT, "## Locks"))) == taken
    assert str(import_module("finops_assets.postgres.migrations")._LOCK) in section(CONTRACT, "## Locks")


@pytest.mark.parametrize("kind", ["usage", "coefficients", "focus", "prices", "referential"])
def test_contract_names_every_column_of_a_source(kind):
    source = (CHECKOUT / "finops_assets" / "sources" / f"{kind}.py").read_text("utf-8")
    read = set(re.findall(r'Column\(\s*"(\w+)"', source))
    named = set(re.findall(r"`(\w+)`", section(CONTRACT, "## Source files")))
    assert read
    assert read <= named


def test_contract_shows_errors_as_they_read():
    problem = decimal_problem("12,5", exponent_allowed=False)
    fault = Fault("network/2025-01-meters.csv", problem.reason, problem.remedy, 3, "quantity", "12,5")
    broken = line(application_id="portal", product_id="transit", family_id=None)
    with pytest.raises(ContractBroken) as raised:
        contract.check(discover()["OPEN"].domain, JANUARY, lines(line(), broken))
    told = str(raised.value).replace(f"OPEN {JANUARY}", "NETWORK 2025-01")
    shown = re.findall(r"^```text\n(.*?)\n```$", section(CONTRACT, "## Errors"), re.M | re.S)
    assert shown == [str(SourceRefused([fault])), told]


def test_operating_names_every_setting_and_no_other():
    tests = [
        CHECKOUT / "finops_assets_tests" / name for name in ("conftest.py", "live/story.py", "http/test_generated.py")
    ]
    sources = [*(CHECKOUT / "finops_assets").rglob("*.py"), *tests]
    read = set(re.findall(r"FINOPS_[A-Z_]+[A-Z]", "".join(path.read_text("utf-8") for path in sources)))
    assert set(re.findall(r"FINOPS_[A-Z_]+[A-Z]", section(OPERATING, "## Settings"))) == read


def test_operating_names_every_command_and_option():
    table = section(OPERATING, "## Commands")
    for command, options in commands(typer.main.get_command(app), "finops"):
        rows = [row for row in table.splitlines() if row.startswith(f"| `{command}")]
        assert rows, f"{command} is not in docs/operating.md"
        missing = [option for option in options if option not in rows[0] and "as above" not in rows[0]]
        assert not missing, f"{command} has {missing}"


def commands(group, path):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{path} {name}")
        else:
            options = [option for parameter in command.params for option in parameter.opts if option.startswith("--")]
            yield f"{path} {name}", options


@pytest.mark.parametrize("page", [CONTRACT, OPERATING], ids=["contract", "operating"])
def test_every_slice_status_is_explained(page):
    title = "## Slice statuses" if page is OPERATING else "## Slices, versions and statuses"
    function = (CHECKOUT / "sql/repeatable/50_status.sql").read_text("utf-8")
    given = set(re.findall(r"(?:THEN|ELSE) '([A-Z_]+)'", function))
    assert first_cells(section(page, title)) == given


def test_every_dependency_has_its_line():
    declared = [*PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"]["dev"]]
    names = {re.match(r"[\w-]+", requirement)[0] for requirement in declared}
    assert first_cells((DOCS / "dependencies.md").read_text("utf-8")) == names


def test_contributing_draws_the_layers_that_are_checked():
    drawn = section((CHECKOUT / "CONTRIBUTING.md").read_text("utf-8"), "## Layers")
    picture = re.search(r"^```text\n(.*?)^```$", drawn, re.M | re.S)[1].splitlines()
    layers = [re.split(r" {2,}", row)[0] for row in picture]
    assert layers == PROJECT["tool"]["importlinter"]["contracts"][0]["layers"]


def test_changelog_has_this_version():
    assert f"## [{__version__}]" in (CHECKOUT / "CHANGELOG.md").read_text("utf-8")
    assert PROJECT["project"]["version"] == __version__


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_begins_with_its_rule_and_ends_with_what_holds_it(page):
    rows = page.read_text("utf-8").rstrip("\n").split("\n")
    assert f"]({page.name}) | {rows[0]} |" in (DOCS / "decisions" / "README.md").read_text("utf-8")
    assert rows[-1].startswith("Held by ")
    held = re.findall(r"`([^`]*/[^`]*|\w+\.toml)`", rows[-1])
    assert held, "the last line names no test, check or file"
    for name in held:
        path, _, test = name.partition("::")
        assert (CHECKOUT / path).is_file(), f"{path} is not there"
        assert not test or f"def {test}(" in (CHECKOUT / path).read_text("utf-8"), f"{name} is not there"


def test_decisions_are_numbered_without_a_gap():
    numbers = [int(page.name[:4]) for page in DECISIONS]
    assert numbers[0] == 1
    assert all(later == earlier + 1 for earlier, later in pairwise(numbers))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_links_lead_somewhere(page):
    for target, anchor in re.findall(r"\]\((?!\w+:)([^)#]*)(?:#([^)]*))?\)", page.read_text("utf-8")):
        found = page.parent / target if target else page
        assert found.exists(), f"{target} is not there"
        if anchor:
            titles = re.findall(r"^#+ (.*)$", found.read_text("utf-8"), re.M)
            assert anchor in {slug(title) for title in titles}, f"{target}#{anchor} is not there"


def slug(title):
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_files_named_in_prose_are_there(page):
    for name in re.findall(r"`((?:finops_assets|finops_assets_tests|sql|docs)/[\w./-]+)`", page.read_text("utf-8")):
        # the domain that docs/adding-a-domain.md adds
        if name != "finops_assets/domains/network.py":
            assert Path(CHECKOUT / name).exists(), f"{name} is not there"
