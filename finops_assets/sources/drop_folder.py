"""Which files of a drop folder belong to a month: the name begins with ``YYYY-MM``."""

from __future__ import annotations

from pathlib import Path

from finops_assets.errors import SourceMissing
from finops_assets.period import Period

ENDINGS = (".csv", ".csv.gz", ".parquet")


def files_of(folder: Path, period: Period) -> list[Path]:
    """The files of a month directly in the folder, sorted; SourceMissing when there is none."""
    named = _named(folder, period)
    files = [path for path in named if path.name.endswith(ENDINGS)]
    if not files:
        looked_for = ", ".join(f"{period}*{ending}" for ending in ENDINGS)
        others = "".join(f"; {path.name} is there but is none of these" for path in named[:1])
        raise SourceMissing(f"no file for {period}: looked for {looked_for} in {folder}{others}")
    return files


def _named(folder: Path, period: Period) -> list[Path]:
    if not folder.is_dir():
        return []
    month = str(period)
    paths = (path for path in folder.iterdir() if path.name.startswith(month) and path.is_file())
    return sorted(path for path in paths if not path.name[len(month) : len(month) + 1].isdigit())
