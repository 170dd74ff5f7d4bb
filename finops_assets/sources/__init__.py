"""Strict readers: the only modules that open a source file or query a source table.

A file that cannot be trusted is refused whole, with every fault named (``SourceRefused``); nothing is
repaired, guessed or rounded. Business rules live in the domains and in the quarantine, not here.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class SourceFile:
    """A delivered file as it was read; ``rows`` counts its lines of data, ``bytes`` its size on disk."""

    name: str
    sha256: str
    bytes: int
    rows: int


@dataclass(frozen=True)
class Reading:
    """The checked rows of a source, one row per source line, and the files they come from."""

    rows: pd.DataFrame
    files: tuple[SourceFile, ...]
