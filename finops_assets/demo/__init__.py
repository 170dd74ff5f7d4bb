"""Demonstration sources: thirty months of a company that does not exist, as files a real one would deliver.

The same last month gives the same bytes, always. The history holds on purpose what a mart must answer for: a
product decommissioned, renamed, dropped from its list or in none, a late line, an empty month, a missing price.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from finops_assets.demo.cloud_bill import bill_tables
from finops_assets.demo.coefficients import coefficient_tables
from finops_assets.demo.company import application_tables
from finops_assets.demo.files import Table, write_table
from finops_assets.demo.open_usage import usage_tables
from finops_assets.demo.platform import product_tables
from finops_assets.demo.story import MONTHS, WORKPLACE_STARTS
from finops_assets.demo.tariff import price_tables
from finops_assets.errors import FinopsError
from finops_assets.period import Period

__all__ = ["MONTHS", "Demo", "generate"]

_NOTICE = """\
EN  Everything in this folder is generated demonstration data, written by `finops up`.
    "Atelier Démonstration" is a fictional company: no person, product, price or bill in it is real.

FR  Tout ce que contient ce dossier est constitué de données de démonstration générées par `finops up`.
    « Atelier Démonstration » est une entreprise fictive : aucune personne, aucun produit, aucun prix et
    aucune facture n'y est réel.
"""


@dataclass(frozen=True)
class Demo:
    """What was written: the months covered, the domains to enable and since when, and how many files."""

    first: Period
    last: Period
    enabled: Mapping[str, Period]
    files: int


def generate(sources: Path, last: Period) -> Demo:
    """Write every source file of the demonstration into a folder that is empty or absent.

    FinopsError when it holds anything or cannot be written. The folder appears complete or not at all.
    """
    target = sources.resolve()
    first = last.shift(1 - MONTHS)
    try:
        _refuse_occupied(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as workshop:
            written = Path(workshop) / "sources"
            files = _write(written, first)
            # only an empty folder can be replaced: nothing put there meanwhile is lost
            written.rename(target)
    except OSError as error:
        raise FinopsError(f"the demonstration cannot be written to {target}: {error}") from error
    return Demo(first, last, _enabled(first), files)


def _refuse_occupied(target: Path) -> None:
    if target.exists() and not target.is_dir():
        raise FinopsError(f"{target} is a file: the demonstration needs a folder that is empty or absent")
    if target.exists() and any(target.iterdir()):
        raise FinopsError(
            f"{target} is not empty: the demonstration is never mixed with other files, name another folder"
        )


def _write(folder: Path, first: Period) -> int:
    folder.mkdir()
    (folder / "GENERATED.txt").write_text(_NOTICE, encoding="utf-8", newline="\n")
    tables = list(_tables(first))
    for table in tables:
        write_table(folder, table)
    return len(tables) + 1


def _tables(first: Period) -> Iterator[Table]:
    yield from application_tables()
    yield from product_tables(first)
    yield from usage_tables(first)
    yield from bill_tables(first)
    yield from coefficient_tables(first)
    yield from price_tables(first)


def _enabled(first: Period) -> dict[str, Period]:
    since_first = dict.fromkeys(("OPEN", "CLOUD", "LICENCES", "SUPPORT"), first)
    return since_first | {"WORKPLACE": first.shift(WORKPLACE_STARTS)}
