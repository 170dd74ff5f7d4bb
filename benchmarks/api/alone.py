"""The statements that a request makes, without HTTP: written down once, and made again by as many clients."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import psycopg
from fastapi import Request
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from benchmarks.api.questions import Question
from benchmarks.api.served import SELECT_1, select_1
from finops_assets.api.app import create_app
from finops_assets.api.callers import Caller, Role
from finops_assets.api.kept import kept_answers, kept_reads
from finops_assets.api.place import Place, pool_of
from finops_assets.postgres.connection import Mart
from finops_assets.settings import Settings

Transcript = list[tuple[str, Any]]
VIEWER = Caller("benchmark", (), Role.VIEWER, "benchmark")


class Recorded(psycopg.Connection[dict[str, Any]]):
    """A connection that writes down what it is asked."""

    transcript: Transcript = []

    def execute(self, query: Any, params: Any = None, **options: Any) -> psycopg.Cursor[dict[str, Any]]:
        """Write a statement down and execute it; the pool's own, which looks whether we are there, is empty."""
        if query:
            self.transcript.append((query, params))
        return super().execute(query, params, **options)


def transcripts(mart: Mart, settings: Settings, questions: Sequence[Question]) -> list[Transcript]:
    """What each of the questions asks of PostgreSQL in its transaction; RuntimeError when one is not answered."""
    pool = pool_of(mart, 1)
    pool.connection_class = Recorded
    app = create_app(Place(settings, mart, pool, _viewer))
    app.router.routes.insert(0, APIRoute(SELECT_1, select_1, methods=["GET"]))
    told = []
    with TestClient(app, base_url="http://127.0.0.1") as client:
        for question in questions:
            # one that was answered before would be answered without asking
            app.state.kept_answers, app.state.kept_reads = kept_answers(), kept_reads()
            Recorded.transcript.clear()
            method, headers = ("POST" if question.body else "GET"), {"Content-Type": "application/json"}
            answer = client.request(method, question.path, content=question.body or None, headers=headers)
            if answer.status_code != 200:
                raise RuntimeError(f"{question.path}: {answer.text[:2000]}")
            told.append(list(Recorded.transcript))
    return told


def latencies(url: str, told: list[Transcript], clients: int, seconds: float, processes: int) -> list[float]:
    """Seconds of every transaction of so many clients, in as many processes as the API has."""
    shares = [clients // processes + (place < clients % processes) for place in range(processes)]
    with ProcessPoolExecutor(processes, multiprocessing.get_context("spawn")) as pool:
        done = [pool.submit(_clients, url, told, share, seconds) for share in shares if share]
        return [one for each in done for one in each.result()]


def _clients(url: str, told: list[Transcript], clients: int, seconds: float) -> list[float]:
    with ThreadPoolExecutor(clients) as pool:
        done = [pool.submit(_client, url, told, place, seconds) for place in range(clients)]
        return [one for each in done for one in each.result()]


def _client(url: str, told: list[Transcript], place: int, seconds: float) -> list[float]:
    taken: list[float] = []
    with psycopg.connect(url, autocommit=True, row_factory=psycopg.rows.dict_row) as connection:
        connection.isolation_level, connection.read_only = psycopg.IsolationLevel.REPEATABLE_READ, True
        until = time.perf_counter() + seconds
        while not taken or time.perf_counter() < until:
            started = time.perf_counter()
            with connection.transaction():
                for statement, parameters in told[(place * 31 + len(taken)) % len(told)]:
                    connection.execute(statement, parameters).fetchall()
            taken.append(time.perf_counter() - started)
    return taken


def _viewer(request: Request) -> Caller:
    return VIEWER
