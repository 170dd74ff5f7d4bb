"""``finops faults``: what is lost when something fails, tried for real on a private installation."""

from __future__ import annotations

import json
import random
import signal
import sys
from dataclasses import dataclass
from typing import Annotated

import typer

from finops_assets.cli.faults import installation
from finops_assets.cli.faults.strikes import Fault, strike
from finops_assets.cli.faults.watch import Step
from finops_assets.cli.terminal import Format, Row, err, escape, write
from finops_assets.errors import FinopsError

app = typer.Typer(help="Fail on purpose, on a private installation, and see what becomes of it.", no_args_is_help=True)


@dataclass(frozen=True)
class Tried:
    """A fault that was tried: the parts of its recovery, and what is wrong after it."""

    fault: Fault
    steps: tuple[Step, ...]
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether everything came back in time, and nothing is wrong."""
        return bool(self.steps) and not self.problems and all(step.ok for step in self.steps)

    @property
    def last(self) -> Step | None:
        """The part that decides: the first that was missed, else the last one."""
        missed = [step for step in self.steps if not step.ok]
        return next(iter([*missed, *reversed(self.steps)]), None)


@app.callback()
def faults() -> None:
    """Fail on purpose, on a private installation, and see what becomes of it."""


@app.command()
def dagster(
    only: Annotated[list[Fault] | None, typer.Option("--only", help="Only this fault; may be given again.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="Decides when it strikes, and which domain comes late.")] = 1,
) -> None:
    """Kill a worker, the code servers, PostgreSQL, the daemon, each mid-run; exit 1 if a recovery is late or wrong."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    tried = []
    for fault in only or list(Fault):
        err.print(f"[bold]{fault}[/]: starting a private `finops up`, then striking it")
        tried.append(_try(fault, random.Random(f"{fault} {seed}")))
        sys.stdout.write(json.dumps(line(tried[-1])) + "\n")
        sys.stdout.flush()
    write([row for one in tried for row in rows(one)], Format.TABLE, "Recoveries", ["seconds", "limit"])
    if not all(one.ok for one in tried):
        raise typer.Exit(1)


def line(tried: Tried) -> dict[str, object]:
    """What came of a fault, for a program to read."""
    last = tried.last
    return {
        "fault": tried.fault,
        "outcome": "; ".join(tried.problems) or ("recovered" if tried.ok else f"late: {last.what if last else ''}"),
        "seconds": last.seconds if last else None,
        "limit": last.limit if last else None,
        "ok": tried.ok,
        "steps": {step.what: step.seconds for step in tried.steps},
    }


def rows(tried: Tried) -> list[Row]:
    """What came of a fault, for a person to read: a row for each part of the recovery."""
    parts: list[Row] = [
        _row(tried.fault, step.what, "never" if step.seconds is None else f"{step.seconds:.1f}", step.limit, step.ok)
        for step in tried.steps
    ]
    return parts + [_row(tried.fault, problem, None, None, False) for problem in tried.problems]


def _row(fault: Fault, what: str, seconds: str | None, limit: int | None, is_ok: bool) -> Row:
    return {"fault": fault, "what": what, "seconds": seconds, "limit": limit, "verdict": "ok" if is_ok else "FAIL"}


def _try(fault: Fault, chance: random.Random) -> Tried:
    try:
        with installation.served() as place:
            watch = strike(fault, place, chance)
            return Tried(fault, tuple(watch.steps), (*watch.problems, *place.contradictions()))
    except FinopsError as error:
        err.print(f"[red]{fault}[/] {escape(str(error))}", soft_wrap=True)
        return Tried(fault, (), (str(error),))
