"""``python -m benchmarks.api --mart FOLDER``: what the API takes to answer, for 1, 8 and 32 clients at once.

FOLDER is what ``python -m benchmarks.volume --months 37 --keep FOLDER`` has left. Each endpoint is asked different
questions over HTTP, and then the same statements are made without HTTP, in turn. Ratios are to ``SELECT 1`` through the
same stack, and to those statements.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.api import alone, clients
from benchmarks.api.questions import HOST, Asked, endpoints
from benchmarks.volume.company import Company
from benchmarks.volume.place import months_published, standing
from finops_assets.postgres.connection import Mart
from finops_assets.settings import Settings

HEADER = (
    "endpoint", "clients", "p50, ms", "p99, ms", "p50 ÷ select 1", "p99 ÷ select 1", "SQL alone p50, ms",
    "SQL alone p99, ms", "HTTP adds p50, ms", "p50 ÷ SQL",
)  # fmt: skip
# every month in every view, as over HTTP
VARIANTS = 111


@dataclass(frozen=True)
class Timed:
    """Milliseconds that half and all but a hundredth of the answers took at most, and how many there were."""

    p50: float
    p99: float
    answers: int

    @classmethod
    def of(cls, seconds: list[float]) -> Timed:
        """What some latencies come to."""
        ordered = sorted(1000 * one for one in seconds)
        return cls(ordered[len(ordered) // 2], ordered[min(len(ordered) * 99 // 100, len(ordered) - 1)], len(ordered))


@dataclass(frozen=True)
class Row:
    """An endpoint for so many clients: over HTTP, and its statements alone."""

    endpoint: str
    clients: int
    http: Timed
    sql: Timed


@contextmanager
def serving(mart: Mart, home: Path, workers: int) -> Iterator[int]:
    """The port of an API on the mart, in processes of its own; what it logs is written where nobody reads it."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FINOPS_")}
    environment |= {"FINOPS_HOME": str(home), "FINOPS_DATABASE_URL": mart.url}
    command = [sys.executable, "-m", "benchmarks.api.served", str(port), str(workers)]
    with (home / "api.log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            _wait_for(port, server, home / "api.log")
            yield port
        finally:
            server.terminate()
            server.wait(90)


def _wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 60
    while server.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection((HOST, port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the API did not start:\n{log.read_text('utf-8', 'replace')[-4000:]}")


def measured(mart: Mart, home: Path, asked: argparse.Namespace) -> list[Row]:
    """Every endpoint, for every number of clients, in every round."""
    months = months_published(mart)
    chosen = {
        name: ask for name, ask in endpoints(Company(asked.facts)).items() if asked.only in name or name == "select 1"
    }
    settings = Settings.from_environment({"FINOPS_HOME": str(home), "FINOPS_DATABASE_URL": mart.url})
    variants = {name: [ask(10**6 + place, months) for place in range(VARIANTS)] for name, ask in chosen.items()}
    told = {name: alone.transcripts(mart, settings, questions) for name, questions in variants.items()}
    rows, starts = [], dict.fromkeys(chosen, 0)
    with serving(mart, home, asked.workers) as port:
        for _, number in ((turn, number) for turn in range(asked.rounds + 1) for number in asked.clients):
            for name, ask in chosen.items():
                spent = clients.latencies(port, _from(ask, starts[name], months), number, asked.seconds)
                starts[name] += len(spent) + number
                sql = alone.latencies(mart.url, told[name], number, asked.seconds, asked.workers)
                rows.append(Row(name, number, Timed.of(spent), Timed.of(sql)))
                sys.stderr.write(f"{rows[-1]}\n")
    # the first round has warmed everything up
    return rows[len(chosen) * len(asked.clients) :]


def _from(ask: Asked, start: int, months: int):  # type: ignore[no-untyped-def]
    return lambda number: ask(start + number, months).bytes


def table(rows: list[Row], rounds: int) -> str:
    """One row per endpoint and number of clients, the median of the rounds; ratios within a round."""
    lines = [HEADER, ("---",) + ("---:",) * (len(HEADER) - 1)]
    of: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        of.setdefault((row.endpoint, row.clients), []).append(row)
    for (endpoint, number), each in sorted(of.items(), key=lambda item: item[0][1]):
        least = of["select 1", number]
        pairs = list(zip(each, least, strict=True))
        lines.append(
            (
                endpoint,
                str(number),
                _middle(one.http.p50 for one in each),
                _middle(one.http.p99 for one in each),
                _middle(one.http.p50 / other.http.p50 for one, other in pairs),
                _middle(one.http.p99 / other.http.p99 for one, other in pairs),
                _middle(one.sql.p50 for one in each),
                _middle(one.sql.p99 for one in each),
                _middle(one.http.p50 - one.sql.p50 for one in each),
                _middle(one.http.p50 / one.sql.p50 for one in each),
            )
        )
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _middle(values: Iterator[float]) -> str:
    return f"{statistics.median(values):.1f}"


def main() -> None:
    """Measure, and write a table and one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.api", description=__doc__)
    parser.add_argument("--mart", type=Path, required=True, help="a folder that benchmarks.volume has kept")
    parser.add_argument("--facts", type=int, default=1_000_000, help="what the mart was made with")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--seconds", type=float, default=3, help="for each endpoint and number of clients")
    parser.add_argument("--rounds", type=int, default=3, help="besides one that warms up")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes of the API")
    parser.add_argument("--only", default="", help="endpoints with this in their name")
    asked = parser.parse_args()
    with standing(asked.mart) as mart:
        rows = measured(mart, asked.mart, asked)
    sys.stdout.write(table(rows, asked.rounds))
    where = {"cores": os.cpu_count(), "python": platform.python_version(), "load_at_end": os.getloadavg()}
    sys.stdout.write(json.dumps(where | {"workers": asked.workers, "rows": [asdict(row) for row in rows]}) + "\n")


if __name__ == "__main__":
    main()
