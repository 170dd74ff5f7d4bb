"""How the generated files are written: CSV in UTF-8, one line end, exact numbers."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from finops_assets.money import EXACT


class Table(NamedTuple):
    """One CSV file: its path under the sources folder, its header and its rows."""

    path: str
    header: Sequence[str]
    rows: Iterable[Sequence[str]]


def write_table(folder: Path, table: Table) -> None:
    """Write one file below the folder, making its own folder where needed."""
    path = folder / table.path
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(table.header)
        writer.writerows(table.rows)


def fixed(units: int, decimals: int) -> str:
    """An integer of 10^-decimals with all its decimals: (1250, 2) is 12.50."""
    return format(Decimal(units).scaleb(-decimals, EXACT), "f")


def plain(units: int, decimals: int) -> str:
    """The same without the zeros that say nothing: (1250, 2) is 12.5."""
    text = fixed(units, decimals)
    return text.rstrip("0").rstrip(".") if "." in text else text


def shifted(units: int, digits: int) -> int:
    """The integer divided by 10^digits, rounded half away from zero."""
    step: int = 10**digits
    rounded = (abs(units) + step // 2) // step
    return -rounded if units < 0 else rounded
