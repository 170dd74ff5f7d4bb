"""What Dagster costs: seconds per published slice, against the same slices published in a plain loop.

Every way runs in processes of its own, started and imported within its time, on fresh databases of one durable
server. The ways take turns; ratios are taken within a round, and the median over the rounds is reported.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.ground import LAST, TEMPLATES, Ground, prepared
from benchmarks.worker import DOMAIN_IDS
from finops_assets import slices
from finops_assets.period import Period
from finops_assets.postgres.connection import Mart
from finops_assets.settings import CHECKOUT

LIMIT = "plain loop"
RANGE = "one run"
TWO_PLAIN = "two plain loops at once"
TWO_RANGES = "two runs at once"
FEW = 2

Command = list[str]


@dataclass(frozen=True)
class Way:
    """Processes, one after the other or all at once, that together publish some months."""

    name: str
    commands: list[Command]
    months: list[Period]
    is_at_once: bool = False

    @property
    def slice_count(self) -> int:
        """How many (month, domain) it publishes."""
        return len(self.months) * len(DOMAIN_IDS)


@dataclass(frozen=True)
class Spent:
    """What a way took: seconds on the clock, and of the processors in its own processes."""

    seconds: float
    cpu_seconds: float


Round = dict[str, Spent]


def ways(months: list[Period]) -> list[Way]:
    """Every way that is compared, the limit first; those with a run per month on the last months only."""
    half = len(months) // 2
    halves = (months[:half], months[half:])
    few = months[-FEW:]
    return [
        Way("start without Dagster", [_worker("plain", [])], []),
        Way("start with Dagster", [_worker("dagster", [])], []),
        Way(TWO_PLAIN, [_worker("plain", part) for part in halves], months, is_at_once=True),
        Way(LIMIT, [_worker("plain", months)], months),
        Way(RANGE, [_worker("dagster", months, len(months))], months),
        Way(TWO_RANGES, [_worker("dagster", part, len(part)) for part in halves], months, is_at_once=True),
        Way("one run, no checks", [_worker("bare", months, len(months))], months),
        Way("runs of 12 months", [_worker("dagster", months, 12)], months),
        Way("runs of 1 month, one process", [_worker("dagster", few, 1)], few),
        Way("runs of 1 month, one process, no checks", [_worker("bare", few, 1)], few),
        Way("runs of 1 month, a process each", _materialize("finops_assets.definitions", few), few),
        Way("a process each, no checks", _materialize("benchmarks.in_process", few), few),
        Way("a process each, no checks, multiprocess", _materialize("benchmarks.multiprocess", few), few),
    ]


def _worker(kind: str, months: Sequence[Period], months_a_run: int = 1) -> Command:
    asked = [str(months[0]), str(months[-1]), str(months_a_run)] if months else []
    return [sys.executable, "-m", "benchmarks.worker", kind, *(asked[:2] if kind == "plain" else asked)]


def _materialize(module: str, months: list[Period]) -> list[Command]:
    keys = ",".join([*(f"domain/{domain_id.lower()}" for domain_id in DOMAIN_IDS), "fact_consumption"])
    command = [sys.executable, "-m", "dagster", "asset", "materialize", "--select", keys, "-m", module, "--partition"]
    return [[*command, str(month)] for month in months]


def measure(ground: Ground, way: Way, expected: dict[tuple[str, str], int]) -> Spent:
    """Run a way on fresh databases; RuntimeError when it did not publish what the ways before it have."""
    with ground.fresh() as mart:
        spent = run(way, ground.environment(), ground.home / "output.log")
        found = published(mart, way.months)
    if len(found) != way.slice_count or any(expected.setdefault(key, rows) != rows for key, rows in found.items()):
        raise RuntimeError(f"{way.name} published {len(found)} slices, or other lines than the ways before")
    return spent


def run(way: Way, environment: dict[str, str], log: Path) -> Spent:
    """Start the processes and wait for them; RuntimeError with what one said when it fails."""
    before, started = _cpu_seconds(), time.monotonic()
    with log.open("w") as output:
        running: list[subprocess.Popen[bytes]] = []
        for command in way.commands:
            running.append(subprocess.Popen(command, env=environment, cwd=CHECKOUT, stdout=output, stderr=output))
            if not way.is_at_once:
                running[-1].wait()
        codes = [process.wait() for process in running]
    seconds = time.monotonic() - started
    if any(codes):
        raise RuntimeError(f"{way.name}: exit codes {codes}\n{log.read_text('utf-8', 'replace')[-4000:]}")
    return Spent(seconds, _cpu_seconds() - before)


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def published(mart: Mart, months: list[Period]) -> dict[tuple[str, str], int]:
    """The lines of each (domain, month) that has a version."""
    if not months:
        return {}
    with mart.connect("finops_batch") as connection:
        rows = slices.status(connection, months[0], months[-1], LAST)
    return {(r["domain_id"], f"{r['period_month']:%Y-%m}"): r["row_count"] for r in rows if r["version"] is not None}


def compared(found: list[Way], rounds: list[Round]) -> list[dict[str, Any]]:
    """One row per way: medians over the rounds, the ratios each taken within a round."""
    limit = next(way for way in found if way.name == LIMIT)
    rows = []
    for way in found:
        seconds = median(one[way.name].seconds for one in rounds)
        row: dict[str, Any] = {"way": way.name, "slices": way.slice_count, "seconds": round(seconds, 2)}
        row["cpu_seconds"] = round(median(one[way.name].cpu_seconds for one in rounds), 2)
        if way.slice_count:
            share = limit.slice_count / way.slice_count
            row["seconds_per_slice"] = round(seconds / way.slice_count, 4)
            ratios = [share * one[way.name].seconds / one[LIMIT].seconds for one in rounds]
            row["ratio"], row["lowest"], row["highest"] = _spread(ratios)
        rows.append(row)
    return rows


def speed_up(rounds: list[Round], one_worker: str, two_workers: str) -> tuple[float, float, float]:
    """How many times sooner two workers are done than one with the same slices: median, lowest, highest round."""
    return _spread([one[one_worker].seconds / one[two_workers].seconds for one in rounds])


def _spread(ratios: list[float]) -> tuple[float, float, float]:
    return round(median(ratios), 2), round(min(ratios), 2), round(max(ratios), 2)


def table(rows: list[dict[str, Any]]) -> str:
    """The rows as a Markdown table, as docs/benchmarks.md has it."""
    names = ("way", "slices", "seconds", "cpu_seconds", "seconds_per_slice", "ratio", "lowest", "highest")
    lines = [" | ".join(name.replace("_", " ") for name in names), "---" + "|---:" * (len(names) - 1)]
    lines += [" | ".join(str(row.get(name, "")) for name in names) for row in rows]
    return "".join(f"| {line} |\n" if "---" not in line else f"|{line}|\n" for line in lines)


def main() -> None:
    """Measure, and write a table and one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.orchestration", description=__doc__)
    parser.add_argument("--months", type=int, default=36)
    parser.add_argument("--rounds", type=int, default=2)
    asked = parser.parse_args()
    with prepared(asked.months) as ground:
        found = ways(list(ground.first.through(LAST)))
        rounds = _take_turns(ground, found, asked.rounds)
    rows = compared(found, rounds)
    gained = {"plain": speed_up(rounds, LIMIT, TWO_PLAIN), "dagster": speed_up(rounds, RANGE, TWO_RANGES)}
    sys.stdout.write(f"{table(rows)}\nTwo workers against one, times as fast:\n")
    for name, (middle, lowest, highest) in gained.items():
        sys.stdout.write(f"{name}: {middle} ({lowest} to {highest})\n")
    sys.stdout.write("\n")
    where = {"cores": os.cpu_count(), "python": platform.python_version()}
    load = [round(one, 1) for one in os.getloadavg()]
    known = {"benchmark": "orchestration", "months": asked.months, "domains": len(DOMAIN_IDS), "rounds": asked.rounds}
    sys.stdout.write(
        json.dumps(known | where | {"load_at_end": load, "ways": rows, "speed_up_of_2_workers": gained}) + "\n"
    )


def _take_turns(ground: Ground, found: list[Way], count: int) -> list[Round]:
    # not measured: Dagster makes its tables, and every module is compiled and in the page cache
    run(found[1], ground.environment(*TEMPLATES), ground.home / "output.log")
    expected: dict[tuple[str, str], int] = {}
    rounds: list[Round] = []
    for number in range(count):
        spent: Round = {}
        # there and back: a machine that slows down meanwhile slows no way more than another
        for way in found if number % 2 == 0 else reversed(found):
            spent[way.name] = measure(ground, way, expected)
            sys.stderr.write(f"{number + 1}/{count} {way.name}: {spent[way.name].seconds:.1f} s\n")
        rounds.append(spent)
    return rounds


if __name__ == "__main__":
    main()
