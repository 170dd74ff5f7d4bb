"""Source lines set aside: what they are, and what they are known by. Pure.

A line is known again by what it says, wherever it is delivered: by its content without file, line number and
labels, and by how many lines of the slice said the same before it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

Texts = Mapping[str, str | None]

PLACE = ("file", "line")


class Verdict(StrEnum):
    """What a person decides about a line: take it as it is, take it as corrected, leave it out for good."""

    ACCEPT = "ACCEPT"
    FIX = "FIX"
    REJECT = "REJECT"


@dataclass(frozen=True)
class QuarantinedLine:
    """One source line set aside: where it stands, what is wrong with it, and the line itself."""

    file: str
    line: int
    column: str
    value: str | None
    reason: str
    source_line: Texts
    # 2 for the second line of the slice that says the same
    occurrence: int = 1

    @property
    def key(self) -> str:
        """What the line is known by."""
        return line_key(content(self.source_line), self.occurrence)


@dataclass(frozen=True)
class KnownLine:
    """A line of the slice that was set aside before, and the verdict in force on it."""

    key: str
    source_line: Texts
    verdict: Verdict | None = None
    correction: Texts = field(default_factory=dict)


@dataclass
class Screened:
    """What screening the sources of a slice has found so far: lines that wait, and keys of known ones."""

    known: Mapping[str, KnownLine] = field(default_factory=dict)
    waiting: list[QuarantinedLine] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    landed: list[str] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)


def content(texts: Texts) -> str:
    """What the line says, in byte order of its columns; labels describe it and are no part of it."""
    said = {name: text for name, text in texts.items() if text is not None and not name.endswith("_label")}
    return "".join(f"{name}\x1f{said[name]}\n" for name in sorted(said) if name not in PLACE)


def line_key(said: str, occurrence: int) -> str:
    """What the line is known by: a sha256, in hexadecimal, of its content and occurrence."""
    return hashlib.sha256(f"{said}{occurrence}".encode()).hexdigest()
