"""Prove the mart: every statement of ``sql/checks`` must return no row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import files_in

ROWS_SHOWN = 20


@dataclass(frozen=True)
class CheckResult:
    """One check: its title and the rows that contradict it, the first twenty of them."""

    name: str
    title: str
    rows: tuple[dict[str, Any], ...]

    @property
    def passed(self) -> bool:
        """Whether nothing contradicts the check."""
        return not self.rows


@contextmanager
def snapshot(connection: Connection) -> Iterator[None]:
    """One state of the mart for every statement of the block, which may only read."""
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def run_checks(connection: Connection) -> Iterator[CheckResult]:
    """Run every check in one snapshot, in the order of their names; one result per file."""
    with snapshot(connection):
        for file in files_in("checks"):
            text = file.read_text("utf-8")
            rows = connection.execute(text).fetchmany(ROWS_SHOWN)
            yield CheckResult(file.stem, text.partition("\n")[0].removeprefix("-- "), tuple(rows))
