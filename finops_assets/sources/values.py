"""What one value of a source must look like: identifiers, labels, choices, months, days, decimals.

A rule takes a non-empty text and gives its value, or raises Unfit. Nothing is repaired on the way.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from finops_assets.domain import RESERVED_APPLICATIONS
from finops_assets.errors import SettingsError
from finops_assets.money import MAX_INTEGER_DIGITS, SCALE
from finops_assets.period import Period

IDENTIFIER_AT_MOST = 200
LABEL_AT_MOST = 500

Rule = Callable[[str], object]

_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*", re.ASCII)
_NEVER = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
_ONE_SCRIPT = {"HIRAGANA": "CJK", "KATAKANA": "CJK", "KATAKANA-HIRAGANA": "CJK", "HANGUL": "CJK", "BOPOMOFO": "CJK"}
_ANY_SCRIPT = {"MICRO", "FEMININE", "MASCULINE"}


class Problem(NamedTuple):
    """Why a value is refused, and what to do about it."""

    reason: str
    remedy: str


class Unfit(Exception):
    """A value breaks its rule."""

    def __init__(self, reason: str, remedy: str) -> None:
        """Keep the problem, for the caller to say where it is."""
        self.problem = Problem(reason, remedy)
        super().__init__(reason)


def identifier(text: str) -> str:
    """An id as it is written: no odd spaces, nothing invisible, letters of one script, NFC already."""
    if len(text) > IDENTIFIER_AT_MOST:
        raise Unfit(f"{len(text)} characters, more than {IDENTIFIER_AT_MOST}", "shorten the id")
    if _PLAIN.fullmatch(text):
        return text
    _refuse_spaces(text)
    _refuse_invisible(text, allowed="")
    _refuse_denormal(text)
    _refuse_mixed_scripts(text)
    return text


def application(text: str) -> str:
    """An application id a source may name: any but the reserved ones."""
    if text in RESERVED_APPLICATIONS:
        raise Unfit("is reserved: the mart itself gives it", "name the real application")
    return identifier(text)


def product(text: str) -> str:
    """A product id a source may name: any but the '*' of price files."""
    if text == "*":
        raise Unfit("'*' stands for every product in price files", "name the real product")
    return identifier(text)


def label(text: str) -> str:
    """A text that is shown; it may hold line breaks but no other control character."""
    if len(text) > LABEL_AT_MOST:
        raise Unfit(f"{len(text)} characters, more than {LABEL_AT_MOST}", "shorten the label")
    return long_label(text)


def long_label(text: str) -> str:
    """A label whose length the source does not limit."""
    if not text.isascii() or not text.isprintable():
        _refuse_invisible(text, allowed="\r\n")
        _refuse_denormal(text)
    return text


def one_of(*allowed: str) -> Rule:
    """The rule of a column that takes a few words only."""

    def choice(text: str) -> str:
        if text not in allowed:
            raise Unfit("is not a known word here", f"write one of {', '.join(allowed)}")
        return text

    return choice


def true_or_false(text: str) -> bool:
    """``true`` or ``false``."""
    if text not in ("true", "false"):
        raise Unfit("is neither true nor false", "write true or false")
    return text == "true"


def currency(text: str) -> str:
    """An ISO 4217 code."""
    if not re.fullmatch(r"[A-Z]{3}", text, re.ASCII):
        raise Unfit("is not a currency code", "write the three ISO letters, for instance EUR")
    return text


def month(text: str) -> date:
    """The first day of a month written ``YYYY-MM``."""
    try:
        return Period.parse(text).first_day
    except SettingsError as error:
        raise Unfit("is not a month", "write YYYY-MM, for instance 2025-03") from error


def day(text: str) -> date:
    """A calendar day written ``YYYY-MM-DD``."""
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError as error:
        raise Unfit("is not a day", "write YYYY-MM-DD, for instance 2025-03-31") from error


def exact_decimal(text: str) -> Decimal:
    """The number a person wrote; Unfit when the mart cannot hold it exactly."""
    whole, _, decimals = text.lstrip("-").partition(".")
    fits = len(whole.lstrip("0")) <= MAX_INTEGER_DIGITS and len(decimals.rstrip("0")) <= SCALE
    if not fits or not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        problem = decimal_problem(text, exponent_allowed=False)
        raise Unfit(problem.reason, problem.remedy)
    return Decimal(text)


def decimal_problem(text: str, exponent_allowed: bool) -> Problem:
    """Why a text that is not a decimal the mart can hold exactly is none."""
    if not text.isascii():
        return Problem("holds a character that is no ASCII digit", "write the digits 0-9 and a point")
    if "," in text:
        return Problem("holds a comma", "use a point before the decimals, and nothing between thousands")
    if any(character.isspace() for character in text):
        return Problem("holds a space", "remove it")
    if text.startswith("+"):
        return Problem("begins with a plus sign", "remove it")
    if not exponent_allowed and re.fullmatch(r"-?[0-9.]+[eE][-+]?[0-9]+", text):
        return Problem("is written with an exponent", "write all its digits")
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
        return Problem("is not a number", "write digits, and a point before the decimals, for instance 12.5")
    if len(text.lstrip("-").partition(".")[0].lstrip("0")) > MAX_INTEGER_DIGITS:
        return Problem("has more than 18 digits before the point", "check its unit")
    return Problem("has more than 12 decimals that are not zero", "round it at its source, nothing is rounded here")


def _refuse_spaces(text: str) -> None:
    for character in text:
        if character != " " and unicodedata.category(character) == "Zs":
            raise Unfit(f"holds the character {_named(character)}", "write a plain space")
    if text != text.strip(" "):
        raise Unfit("begins or ends with a space", "remove it")
    if "  " in text:
        raise Unfit("holds two spaces in a row", "write one")


def _refuse_invisible(text: str, allowed: str) -> None:
    for character in text:
        if unicodedata.category(character) in _NEVER and character not in allowed:
            raise Unfit(f"holds the character {_named(character)}", "remove it")


def _refuse_denormal(text: str) -> None:
    if not unicodedata.is_normalized("NFC", text):
        raise Unfit("is not in Unicode normal form NFC: its accents are separate characters", "export it as NFC")


def _refuse_mixed_scripts(text: str) -> None:
    scripts = {_script(letter) for letter in text if unicodedata.category(letter).startswith("L")} - {""}
    if len(scripts) > 1:
        mixed = " and ".join(sorted(name.capitalize() for name in scripts))
        raise Unfit(f"mixes {mixed} letters, which look alike", "write it with one alphabet")


def _named(character: str) -> str:
    return f"U+{ord(character):04X} ({unicodedata.name(character, 'control character')})"


def _script(letter: str) -> str:
    word = unicodedata.name(letter, "unnamed").split(" ")[0]
    return "" if word in _ANY_SCRIPT else _ONE_SCRIPT.get(word, word)
