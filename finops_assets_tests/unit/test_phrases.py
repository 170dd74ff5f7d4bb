"""Everything that keeps something from being done has words in every language."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from string import Formatter

import pytest

from finops_assets import closing
from finops_assets.api import french, phrases
from finops_assets.closing import Blocker
from finops_assets.errors import Citation
from finops_assets.period import Period
from finops_assets.postgres.queries import SQL
from finops_assets.quarantine import screening

MONTH = Period(2024, 1)
KINDS = tuple(closing._TOLD)


@pytest.mark.parametrize("kind", KINDS)
def test_every_blocker_is_told_in_french_with_what_it_is_about(kind):
    one = Blocker(MONTH, kind, "OPEN", "january.csv", 2)
    english, french = (" | ".join(phrases.of_blocker(one, language)) for language in ("en", "fr"))
    assert english != french
    for named in ("OPEN", "january.csv", "2024-01"):
        assert (named in english) == (named in french), named
    assert "{" not in french


def test_french_agrees_with_how_many_there_are():
    told = [phrases.of_blocker(Blocker(MONTH, "QUARANTINE_DECIDED", "OPEN", "a.csv", n), "fr")[0] for n in (1, 2)]
    assert told == [
        "OPEN a 1 ligne décidée de a.csv en attente d'une exécution",
        "OPEN a 2 lignes décidées de a.csv en attente d'une exécution",
    ]


def test_every_kind_of_citation_of_the_database_is_told_in_french():
    guards = (SQL / "repeatable" / "10_guards.sql").read_text("utf-8")
    body = guards[guards.index("FUNCTION citations(") : guards.index("END CASE;")]
    kinds = set(re.findall(r"SELECT '([a-z ]+)'", body))
    assert kinds == set(french.CITING)
    one, several = (Citation("replaced line", n, date(2024, 1, 1), date(2024, 3, 1)) for n in (1, 2))
    assert phrases.of_citation(one, "fr") == "1 ligne remplacée (2024-01 à 2024-03)"
    assert phrases.citing(several, "fr") == "2 lignes remplacées (2024-01 à 2024-03) le citent."
    assert phrases.citing(one, "en") == "1 replaced line (2024-01 to 2024-03) cites it."


@pytest.mark.parametrize(
    ("reason", "french"),
    [
        ("negative, and no credit or correction explains it", "négative, sans avoir ni correction qui l'explique"),
        ("the charge is of another month than 2024-01", "la charge est d'un autre mois que 2024-01"),
        (
            "as corrected: the product was decommissioned on 2023-12-31, before 2024-01",
            "une fois corrigée : le produit a été mis hors service le 2023-12-31, avant 2024-01",
        ),
        ("other lines count the product in 'GB'", "d'autres lignes comptent le produit en 'GB'"),
        ("a reason of long ago", "a reason of long ago"),
    ],
)
def test_why_a_line_was_set_aside_is_told_in_french_and_kept_in_english(reason, french):
    assert (phrases.of_set_aside(reason, "en"), phrases.of_set_aside(reason, "fr")) == (reason, french)


def test_every_rule_of_screening_has_words():
    source = Path(screening.__file__).read_text("utf-8")
    reasons = re.findall(r'\("(?:\w+)", f?"([^"]+)"\)', source)
    assert len(reasons) == 4
    for reason in reasons:
        said = "".join(text + ("2024-01" if name else "") for text, name, _, _ in Formatter().parse(reason))
        assert phrases.of_set_aside(said, "fr") != said
