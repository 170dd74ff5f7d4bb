"""What commands print: tables, exact amounts, progress. Facts on stdout, the rest on stderr."""

from __future__ import annotations

import csv
import json
import sys
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.tree import Tree

from finops_assets import slices
from finops_assets.errors import FinopsError
from finops_assets.postgres.connection import Mart

# a pipe has no width: nothing is folded for it
out = Console(highlight=False, emoji=False, width=None if sys.stdout.isatty() else 180)
err = Console(stderr=True, highlight=False, emoji=False)

Row = dict[str, str | int | None]

_POLL_SECONDS = 0.3
_UNFOLDED = 100_000


class Format(StrEnum):
    """How a report is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def complain(error: FinopsError) -> None:
    """Show what is wrong and what to do, without a traceback."""
    err.print(f"[bold red]finops:[/] {escape(str(error))}", soft_wrap=True)


def short(amount: Decimal | None) -> str:
    """An amount for an overview, to the cent, thousands apart; a dot where there is none."""
    return "·" if amount is None else f"{amount:,.2f}".replace(",", " ")


def escape(text: str) -> str:
    """Text as it is, with nothing in it taken for markup."""
    return text.replace("[", r"\[")


def write(rows: Sequence[Row], form: Format, title: str, numbers: Iterable[str] = ()) -> None:
    """Print rows in the asked form; amounts are strings already, so that JSON carries every digit."""
    if form is Format.JSON:
        sys.stdout.write(json.dumps(list(rows), ensure_ascii=False, indent=2) + "\n")
    elif form is Format.CSV:
        writer = csv.DictWriter(sys.stdout, list(rows[0]) if rows else [], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    elif rows:
        out.print(table(rows, title, numbers))
    else:
        out.print(f"{title}: none")


def draw(tree: Tree) -> None:
    """Print a tree; in a pipe nothing of it is folded."""
    console = out if out.is_terminal else Console(highlight=False, emoji=False, width=_UNFOLDED)
    console.print(tree)


def table(rows: Sequence[Row], title: str, numbers: Iterable[str] = ()) -> Table:
    """Rows as a table, the named columns to the right."""
    drawn = Table(title=title, title_justify="left", header_style="bold")
    right = set(numbers)
    for name in rows[0] if rows else []:
        number = name in right
        drawn.add_column(name.replace("_", " "), justify="right" if number else "left", overflow="fold", no_wrap=number)
    for row in rows:
        drawn.add_row(*("" if value is None else escape(str(value)) for value in row.values()))
    return drawn


@contextmanager
def progress_of(mart: Mart, total: int) -> Iterator[list[UUID]]:
    """A bar that follows the slices of the runs whose ids the caller adds to the list, until the block ends."""
    runs: list[UUID] = []
    done = threading.Event()
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=err) as bar:
        task = bar.add_task("slices", total=total)
        follower = threading.Thread(target=_follow, args=(mart, runs, done, bar, task), daemon=True)
        follower.start()
        try:
            yield runs
        finally:
            done.set()
            follower.join()


def _follow(mart: Mart, runs: list[UUID], done: threading.Event, bar: Progress, task: object) -> None:
    with mart.connect("finops_batch") as connection:
        last = False
        while True:
            ended = slices.ended_since(connection, list(runs))
            latest = f"{ended[-1][0]:%Y-%m} {ended[-1][1]}" if ended else "slices"
            bar.update(task, completed=len(ended), description=f"{latest:<20}")  # type: ignore[arg-type]
            if last:
                return
            last = done.wait(_POLL_SECONDS)
