"""What is measured of a mart of some months: one slice replaced, published again and refreshed; and verify."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from benchmarks.volume.company import DOMAINS, Company
from benchmarks.volume.growing import Stages, month_of
from benchmarks.volume.publishing import bare_copies, publication, publish, spent
from finops_assets import marts, verify
from finops_assets.postgres.connection import Connection, Mart
from finops_assets.slices.facts import Outcome

CHANGED = DOMAINS[1]
VERSION = "SELECT max(version) AS version FROM slice_version WHERE (period_month, domain_id) = (%(month)s, %(domain)s)"


def changed_slice(mart: Mart, company: Company, history: int, rounds: int) -> list[Stages]:
    """One slice of the last month in other editions, each published twice and refreshed; then as it was."""
    taken = []
    with mart.connect("finops_batch") as connection:
        for _ in range(rounds):
            edition = _version(connection, history)
            ready = publication(company, CHANGED, month_of(history), edition)
            taken.append(bare_copies(mart, ready) | _changed(connection, ready))
        publish(connection, publication(company, CHANGED, month_of(history)))
        marts.refresh(connection)
    return taken


def _changed(connection: Connection, ready: Any) -> Stages:
    again = replace(ready, run_id=uuid4())
    outcomes: list[Outcome] = []
    works: dict[str, Callable[[], object]] = {
        "replace": lambda: outcomes.append(publish(connection, ready).outcome),
        "rerun": lambda: outcomes.append(publish(connection, again).outcome),
        "refresh one": lambda: marts.refresh(connection),
    }
    taken = {name: spent(connection, work) for name, work in works.items()}
    if outcomes != [Outcome.LOADED, Outcome.UNCHANGED]:
        raise RuntimeError(f"a slice was not replaced and then found the same, but {outcomes}")
    return taken


def verified(mart: Mart) -> Stages:
    """Every check and proof of ``finops verify``, and all of them; RuntimeError when the mart does not pass."""
    taken: Stages = {}
    with mart.connect("finops_api") as connection:
        for name, results in {"checks": verify.run_checks, "proofs": verify.run_proofs}.items():
            found: list[verify.CheckResult] = []
            taken[name] = spent(connection, lambda: found.extend(results(connection)))  # noqa: B023
            if failed := [result for result in found if not result.passed]:
                raise RuntimeError(f"the mart is not what it should be: {failed}")
    return taken


def check_seconds(mart: Mart) -> Iterator[tuple[str, float]]:
    """Each check of ``finops verify`` with its seconds on the clock, one after the other."""
    with mart.connect("finops_api") as connection:
        results = verify.run_checks(connection)
        while True:
            found: list[verify.CheckResult] = []
            taken = spent(connection, lambda: found.extend([one for one in [next(results, None)] if one]))  # noqa: B023
            if not found:
                return
            yield found[0].name, taken.seconds


def peak_bytes(pid: int | str = "self") -> int:
    """The most memory a process of this machine has held, what it shares included."""
    told = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text("ascii"))
    assert told is not None
    return int(told[1]) * 1024


def memory_of_publishing(mart: Mart, rows: int) -> dict[str, int]:
    """Bytes at most of a process that publishes one slice of so many rows, replaces it, and finds it the same."""
    command = [sys.executable, "-m", "benchmarks.volume.one_slice", mart.url, str(rows)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    told: dict[str, int] = json.loads(done.stdout)
    return told


def _version(connection: Connection, history: int) -> int:
    key = {"month": month_of(history).first_day, "domain": CHANGED.domain_id}
    row = connection.execute(VERSION, key).fetchone()
    assert row is not None
    return int(row["version"])
