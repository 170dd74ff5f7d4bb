"""``python -m benchmarks.volume``: publish, refresh and verify at 1, 3, 12 and 36 months of a million facts.

Prints what each stage takes, as ratios to the least that it could, taken in the same run, and how that grows with
history. ``--keep FOLDER`` leaves the mart there: a later call goes on from its months, and ``benchmarks.api`` reads it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from dataclasses import asdict
from pathlib import Path

from benchmarks.volume import report
from benchmarks.volume.company import Company
from benchmarks.volume.growing import grow
from benchmarks.volume.place import found, months_published, standing
from benchmarks.volume.publishing import Spent
from benchmarks.volume.report import Measured
from benchmarks.volume.stages import changed_slice, check_seconds, memory_of_publishing, verified

MEBIBYTE = 2**20


def measured(asked: argparse.Namespace) -> list[Measured]:
    """Grow a mart, and measure it at every history asked for that it has not passed."""
    company, rows = Company(asked.facts), []
    with standing(asked.keep) as mart:
        found(mart, company)
        for history in sorted(asked.at):
            if history < months_published(mart):
                _say(f"{history} months: the mart has more")
                continue
            month = grow(mart, company, history, compares_last=True)
            rounds = changed_slice(mart, company, history, asked.rounds)
            rows.append(Measured(history, month, rounds, {} if asked.no_verify else verified(mart)))
            for told, by in {"clock": _clock, "processors": _cpu}.items():
                _say(f"{history} months, {told}: {report.cells(rows[-1], by)}")
        grow(mart, company, asked.months)
        if asked.checks:
            for name, seconds in sorted(check_seconds(mart), key=lambda one: -one[1])[:10]:
                _say(f"{seconds:8.2f} s {name}")
    return rows


def memory(rows: int) -> str:
    """A sentence about the memory of publishing one slice of so many rows, in a mart of its own."""
    with standing(None) as mart:
        found(mart, Company(rows * 100 // 32))
        told = memory_of_publishing(mart, rows)
    most = max(told[stage] for stage in ("published", "replaced", "unchanged"))
    return (
        f"A process that publishes a slice of {told['rows']} rows holds {most / MEBIBYTE:.0f} MiB at most, "
        f"{most / told['rows'] * 10**6 / 2**30:.2f} GiB a million rows; {told['prepared'] / MEBIBYTE:.0f} MiB when the "
        f"rows stand ready, {told['started'] / MEBIBYTE:.0f} MiB before; its server process "
        f"{told['server'] / MEBIBYTE:.0f} MiB."
    )


def main() -> None:
    """Measure, and write tables and one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.volume", description=__doc__)
    parser.add_argument("--facts", type=int, default=1_000_000, help="DIRECT facts a month")
    parser.add_argument("--at", type=int, nargs="*", default=[1, 3, 12, 36], help="months of history to measure at")
    parser.add_argument("--months", type=int, default=0, help="grow to so many afterwards")
    parser.add_argument("--rounds", type=int, default=5, help="of a changed slice")
    parser.add_argument("--keep", type=Path, help="the folder that holds the mart")
    parser.add_argument("--no-verify", action="store_true")
    parser.add_argument("--checks", action="store_true", help="tell the ten checks that take longest")
    parser.add_argument("--memory", type=int, nargs="*", default=[1_000_000], help="rows of a slice to publish")
    asked = parser.parse_args()
    rows = measured(asked)
    sys.stdout.write(f"Seconds on the clock:\n\n{report.table(rows, _clock)}\n")
    sys.stdout.write(f"Processor seconds, of client and server:\n\n{report.table(rows, _cpu)}\n")
    for size in asked.memory:
        sys.stdout.write(memory(size) + "\n")
    where = {"cores": os.cpu_count(), "python": platform.python_version(), "load_at_end": os.getloadavg()}
    sys.stdout.write(json.dumps(where | {"facts": asked.facts, "rows": [asdict(one) for one in rows]}) + "\n")


def _clock(taken: Spent) -> float:
    return taken.seconds


def _cpu(taken: Spent) -> float:
    # a clock of ten milliseconds may have seen nothing
    return max(taken.cpu, 0.001)


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


if __name__ == "__main__":
    main()
