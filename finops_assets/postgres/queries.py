"""The text of the statements in ``sql/``. Nothing else in the package holds SQL."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import LiteralString

_INSTALLED = Path(__file__).resolve().parent.parent / "sql"
SQL = _INSTALLED if _INSTALLED.is_dir() else _INSTALLED.parent.parent / "sql"


@cache
def query(name: str) -> LiteralString:
    """The statement of ``sql/queries/<name>.sql``; psycopg binds its parameters."""
    return (SQL / "queries" / f"{name}.sql").read_text("utf-8")


def files_in(folder: str) -> list[Path]:
    """The .sql files of one folder of ``sql/``, in the order of their names."""
    return sorted((SQL / folder).glob("*.sql"))
