"""What the mart says in English, said in the language that is asked for: blockers, citations, lines set aside, titles.

What has no words here, an error of the database among it, is told as it is.
"""

from __future__ import annotations

import re

from finops_assets.api import french
from finops_assets.closing import Blocker
from finops_assets.errors import Citation

LONGEST = 2_000


def of_blocker(one: Blocker, language: str) -> tuple[str, str]:
    """What keeps a month from being closed, and what to do about it."""
    if language == "en":
        return one.told, one.remedy
    several = "" if one.line_count == 1 else "s"
    values = {
        "domain": one.domain_id or "",
        "subject": one.subject or "",
        "month": one.period,
        "lines": f"{one.line_count} ligne{several}",
        "decided": f"{one.line_count} ligne{several} décidée{several}",
    }
    text, remedy = french.BLOCKERS[one.blocker]
    return text.format_map(values), remedy.format_map(values)


def of_citation(one: Citation, language: str) -> str:
    """How much of what names a member, and in which months."""
    if language == "en":
        return str(one)
    kind = french.CITING[one.kind][one.row_count > 1]
    return f"{one.row_count} {kind} ({' à '.join(one.months)})" if one.months else f"{one.row_count} {kind}"


def citing(one: Citation, language: str) -> str:
    """The same as a sentence."""
    verbs = {"en": ("cites it", "cite it"), "fr": ("le cite", "le citent")}
    return f"{of_citation(one, language)} {verbs[language][one.row_count > 1]}."


def of_set_aside(reason: str, language: str) -> str:
    """Why a line was set aside."""
    return reason if language == "en" else _said(reason, french.ASIDE)


def of_check(told: str, language: str) -> str:
    """What a domain should have before it goes live, and what to do about it."""
    return told if language == "en" else _said(told, french.CHECKED)


def wrong(told: str, language: str) -> str:
    """What is wrong with a request, and what to do about it."""
    if language == "en":
        return told
    said = "; ".join(_said(part, french.WRONG) for part in told.split("; "))
    # one sentence may have a semicolon of its own
    return said if said != told else _said(told, french.WRONG)


def _said(told: str, words: tuple[tuple[str, str], ...]) -> str:
    # a name that somebody made up may be as long as an address: no pattern is tried on it
    if len(told) > LONGEST:
        return told
    for pattern, text in words:
        if found := re.fullmatch(pattern, told):
            return text.format(*(_said(part, words) for part in found.groups() if part is not None))
    return told


def title(kind: str, language: str) -> str:
    """What a kind of problem is called."""
    told = kind.replace("-", " ").capitalize()
    return told if language == "en" else french.TITLES.get(kind, told)
