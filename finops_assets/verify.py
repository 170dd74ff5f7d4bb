"""Prove the mart: every statement of ``sql/checks`` must return no row, and what SQL cannot read is proved here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import Any

from psycopg.pq import TransactionStatus

from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import files_in, query
from finops_assets.source_lines import kept_lines

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
    """One state of the mart for every statement of the block, which may only read.

    Inside of a transaction that is such a state already the block takes part in it; in any other one it is refused
    by the database.
    """
    if connection.info.transaction_status is not TransactionStatus.IDLE and _is_snapshot(connection):
        yield
        return
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def _is_snapshot(connection: Connection) -> bool:
    row = connection.execute(query("connection/is_snapshot")).fetchone()
    return row is not None and bool(row["is_snapshot"])


def run_checks(connection: Connection) -> Iterator[CheckResult]:
    """Run every check in one snapshot, in the order of their names; one result per file."""
    with snapshot(connection):
        yield from results(connection)


def results(connection: Connection) -> Iterator[CheckResult]:
    """Run every check in the caller's transaction, in the order of their names; one result per file."""
    connection.execute(query("verify/plan_for_all_facts"))
    for file in files_in("checks"):
        text = file.read_text("utf-8")
        rows = connection.execute(text).fetchmany(ROWS_SHOWN)
        yield CheckResult(file.stem, text.partition("\n")[0].removeprefix("-- "), tuple(rows))


def run_proofs(connection: Connection) -> Iterator[CheckResult]:
    """What no statement can check, in one snapshot; one result per proof."""
    with snapshot(connection):
        rows = tuple(islice(kept_lines.breaches(connection), ROWS_SHOWN))
        yield CheckResult("source_lines_sum_to_facts", "Kept source lines sum exactly to the facts they are of", rows)
