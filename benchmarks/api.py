"""``python -m benchmarks.api FOLDER``: how long answers take at 1, 8 and 32 clients, on ``benchmarks.volume``'s mart.

Each is asked for so that nothing of it was kept, and once more as it was kept. Ratios are to ``SELECT 1`` through the
same stack at the same number of clients, and to the same statements alone, on one connection.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import psycopg
from fastapi.testclient import TestClient

from benchmarks.api_clients import Asked
from benchmarks.api_server import LIMIT, app
from benchmarks.volume.place import FIRST, months_published, standing
from finops_assets.postgres.connection import Mart, open_connection

CLIENTS = (1, 8, 32)
# a p99 needs some hundred answers; of what takes long, fewer are asked for
REQUESTS = {1: 120, 8: 400, 32: 800}
HEAVY = {1: 24, 8: 64, 32: 128}
WORKERS = 2
ALONE = 24
READY_SECONDS = 60
HEADER = (
    "| endpoint | clients | p50, ms | p99, ms | p50 ÷ SELECT 1 | p99 ÷ SELECT 1 | kept: p99, ms | ÷ SELECT 1 "
    "| same SQL alone, p50, ms | HTTP adds, ms |\n|---|" + "---:|" * 9
)

Make = Callable[[int], Asked]
Statement = tuple[Any, Any]


@dataclass(frozen=True)
class Endpoint:
    """How the n-th request is written, no two alike; a ``heavy`` one is asked for less often."""

    name: str
    make: Make
    heavy: bool = False


@dataclass(frozen=True)
class Known:
    """What there is to ask for."""

    months: list[str]
    applications: list[str]
    domains: list[str]
    indirect: list[str]


def endpoints(known: Known) -> list[Endpoint]:
    """What is measured: the limit first."""
    months, applications = known.months, known.applications
    whole = {"from": months[-36:][0], "to": months[-1]}

    def month(number: int) -> str:
        return f"month={months[-1 - number % min(len(months), 24)]}&top={10 + number // 24 % 40}"

    def aggregate(*by: str) -> Make:
        def make(number: int) -> Asked:
            chosen = [applications[(number + place) % len(applications)] for place in range(500)]
            body = {**whole, "groupBy": list(by), "filters": {"applications": chosen}, "top": 5_000}
            return Asked("/aggregate", json.dumps(body))

        return make

    return [
        Endpoint("SELECT 1", lambda number: Asked(f"{LIMIT}?number={number}")),
        Endpoint("dashboard", lambda number: Asked(f"/dashboard?{month(number)}")),
        Endpoint("domain, DIRECT", lambda number: Asked(f"/domains/{known.domains[number % 4]}?{month(number)}")),
        Endpoint("domain, INDIRECT", lambda number: Asked(f"/domains/{known.indirect[0]}?{month(number)}")),
        Endpoint("application", lambda number: Asked(f"/applications/{quote(applications[number])}")),
        Endpoint(
            "applications, 50",
            lambda number: Asked(f"/applications?{month(number).partition('&')[0]}&limit={10 + number % 90}"),
        ),
        Endpoint(
            "history of a domain",
            lambda number: Asked(
                f"/history?of=domain&id={known.domains[number % 4]}&from={months[0]}&to={months[-1 - number // 4 % 20]}"
            ),
        ),
        Endpoint("aggregate, 500 applications by domain", aggregate("domain"), heavy=True),
        Endpoint("aggregate, 500 applications", aggregate("application"), heavy=True),
        Endpoint("aggregate, 500 applications by month", aggregate("application", "month"), heavy=True),
    ]


@contextmanager
def served(environment: dict[str, str]) -> Iterator[int]:
    """The port of the API while it is served."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "benchmarks.api_server", str(port), str(WORKERS)]
    process = subprocess.Popen(command, env=environment)
    try:
        for _ in range(READY_SECONDS * 10):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


def asked_of(port: int, clients: int, requests: Sequence[Asked]) -> list[float]:
    """The seconds of each answer, from a process of its own."""
    told = {"port": port, "clients": clients, "requests": [[one.path, one.body] for one in requests]}
    command = [sys.executable, "-m", "benchmarks.api_clients"]
    done = subprocess.run(command, input=json.dumps(told), stdout=subprocess.PIPE, check=True, text=True)
    return sorted(json.loads(done.stdout))


def alone(client: TestClient, url: str, requests: Sequence[Asked]) -> list[float]:
    """The seconds of the statements of each request, on one connection, in one snapshot each, rows fetched."""
    seconds = []
    with open_connection(url) as connection:
        connection.isolation_level, connection.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
        for one in requests:
            statements = recorded(client, one)
            started = time.perf_counter()
            with connection.transaction():
                for statement, parameters in statements:
                    connection.execute(statement, parameters).fetchall()
            seconds.append(time.perf_counter() - started)
    return sorted(seconds)


def recorded(client: TestClient, asked: Asked) -> list[Statement]:
    """The statements that a request makes, in order, the role it takes included."""
    statements: list[Statement] = []
    execute = psycopg.Connection.execute

    def noting(self: Any, statement: Any, parameters: Any = None, **more: Any) -> Any:
        cursor = execute(self, statement, parameters, **more)
        if cursor.description is not None:
            statements.append((statement, parameters))
        return cursor

    with patch.object(psycopg.Connection, "execute", noting):
        sent = client.get(asked.path) if asked.body is None else client.post(asked.path, json=json.loads(asked.body))
    if sent.status_code != 200:
        raise RuntimeError(f"{asked.path}: {sent.text}")
    return statements


def at(seconds: Sequence[float], share: float) -> float:
    """A percentile of sorted seconds, in milliseconds."""
    return 1000 * seconds[min(len(seconds) - 1, int(share * len(seconds)))]


def known_of(client: TestClient, months: int) -> Known:
    """What a mart of so many months has, asked of the API itself."""
    domains = client.get("/domains").json()["domains"]
    applications: list[str] = []
    cursor = ""
    while len(applications) < 1_500 and cursor is not None:
        page = client.get(f"/applications?orderBy=id&limit=500{cursor and '&cursor=' + cursor}").json()
        applications += [one["applicationId"] for one in page["items"]]
        cursor = page["nextCursor"]
    modes = {mode: [one["domainId"] for one in domains if one["domainMode"] == mode] for mode in ("DIRECT", "INDIRECT")}
    return Known(
        [str(FIRST.shift(number)) for number in range(months)], applications, modes["DIRECT"], modes["INDIRECT"]
    )


def report(client: TestClient, mart: Mart, port: int, known: Known) -> None:
    """Print the table: one row per endpoint and number of clients."""
    said(HEADER)
    limits: dict[int, list[float]] = {}
    for endpoint in endpoints(known):
        place = 0
        bare = alone(client, mart.url, [endpoint.make(100_000 + number) for number in range(ALONE)])
        for clients in CLIENTS:
            count = (HEAVY if endpoint.heavy else REQUESTS)[clients]
            seconds = asked_of(port, clients, [endpoint.make(place + number) for number in range(count)])
            place += count
            kept = asked_of(port, clients, [endpoint.make(place)] * (WORKERS * clients + count))[: -WORKERS * clients]
            limit = limits.setdefault(clients, seconds)
            cells = [endpoint.name, clients, f"{at(seconds, 0.5):.1f}", f"{at(seconds, 0.99):.1f}"]
            cells += [f"{at(seconds, share) / at(limit, share):.1f}" for share in (0.5, 0.99)]
            cells += [f"{at(kept, 0.99):.1f}", f"{at(kept, 0.99) / at(limit, 0.99):.1f}"]
            cells += [f"{at(bare, 0.5):.1f}", f"{at(seconds, 0.5) - at(bare, 0.5):.1f}"] if clients == 1 else ["", ""]
            said(f"| {' | '.join(map(str, cells))} |")


def said(line: str) -> None:
    """Write a line now."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Print the table of a mart's folder."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.api", description=__doc__)
    parser.add_argument("folder", type=Path, help="where `python -m benchmarks.volume --keep` has left a mart")
    folder = parser.parse_args().folder
    with standing(folder) as mart:
        os.environ |= {"FINOPS_HOME": str(folder), "FINOPS_DATABASE_URL": mart.url, "FINOPS_LOG_FORMAT": "json"}
        with served(dict(os.environ)) as port, TestClient(app(), base_url="http://127.0.0.1") as client:
            report(client, mart, port, known_of(client, months_published(mart)))


if __name__ == "__main__":
    main()
