"""Two thousand answers while slices are replaced, marts refreshed and a month closed and reopened: each is one version.

One writer changes the mart and, between two commits, asks what a reader would be answered: these are the versions.
Readers ask all the time; each of their answers must be one of them, and add up in itself.
"""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from fastapi.testclient import TestClient

from finops_assets.api.app import create_app
from finops_assets.api.place import Place, pool_of
from finops_assets_tests.factories import JANUARY, close, line, publish, refresh, reopen
from finops_assets_tests.http import company
from finops_assets_tests.http.company import DISK, FEBRUARY
from finops_assets_tests.http.conftest import Door
from finops_assets_tests.http.figures.asking import added, exact

ANSWERS = 2_000
READERS = 4
BOTH = {"from": "2024-01", "to": "2024-02"}
REQUESTS = (
    ("GET", "/dashboard", BOTH),
    ("GET", "/domains", BOTH),
    ("GET", "/domains/OPEN", BOTH),
    ("GET", "/applications", BOTH),
    ("GET", "/applications/portal", BOTH),
    ("POST", "/aggregate", BOTH | {"groupBy": ["domain", "application", "product"]}),
    ("POST", "/aggregate", BOTH | {"groupBy": ["month", "family"], "top": 2}),
)
# when it was computed is no figure
TIMES = {"refreshedAt", "changedAt", "closedAt"}


@pytest.fixture
def changing(mart, settings, tmp_path, clock):
    company.build(mart, settings, tmp_path)
    app = create_app(Place(settings, mart, pool_of(mart, READERS + 1), Door()))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield mart, settings, client


def asked(client, request):
    method, path, told = request
    answer = client.get(path, params=told) if method == "GET" else client.post(path, json=told)
    assert answer.status_code == 200, answer.text
    return answer.json()


def figures(told):
    """An answer without times, as text."""
    if isinstance(told, dict):
        return {name: figures(value) for name, value in told.items() if name not in TIMES}
    return [figures(one) for one in told] if isinstance(told, list) else told


def adds_up(request, told):
    """Whether the parts of an answer are its total, to the last digit."""
    total, path = exact(told["total"]), request[1]
    if path == "/dashboard":
        families = added(
            *[one["amount"] for one in told["families"]], told["otherFamilies"]["amount"], told["indirect"]
        )
        applications = added(*[one["amount"] for one in told["topApplications"]], told["otherApplications"]["amount"])
        return total == added(*[one["amount"] for one in told["domains"]]) == families == applications
    if path == "/applications/portal":
        parts = added(told["direct"], told["indirect"])
        return total == parts == added(*[one["amount"] for one in told["domains"]])
    if path == "/domains/OPEN":
        products = added(*[one["amount"] for one in told["products"]], told["otherProducts"]["amount"])
        return (
            total
            == products
            == added(*[one["amount"] for one in told["trend"] if one["amount"] and one["hasData"]][-2:])
        )
    if path == "/aggregate":
        return total == added(*[one["amount"] for one in told["groups"]], told["remainder"]["amount"])
    return total == added(*[one["amount"] for one in told.get("domains", told.get("items"))])


def changes(mart, settings):
    """The writer's commits, without an end: another February, its refresh, and January reopened and closed again."""
    place = 0
    while True:
        place += 1
        lines = [
            line(quantity=Decimal(place).scaleb(-12)),
            line(application_id="portal", quantity=Decimal(place), **DISK),
        ]
        yield lambda: publish(mart, *lines, month=FEBRUARY)  # noqa: B023 - called before the next
        yield lambda: refresh(mart)
        if place % 2 == 0:
            yield lambda: reopen(mart)
            yield lambda: close(mart, settings, JANUARY)


def test_two_thousand_answers_are_each_of_one_version(changing):
    mart, settings, client = changing
    versions = [{json.dumps(figures(asked(client, one)))} for one in REQUESTS]
    found, done = [], threading.Event()

    def read(first):
        place = first
        while len(found) < ANSWERS and not done.is_set():
            which = place % len(REQUESTS)
            found.append((which, asked(client, REQUESTS[which])))
            place += 1

    commits = changes(mart, settings)
    with ThreadPoolExecutor(READERS) as readers:
        reading = [readers.submit(read, first) for first in range(READERS)]
        try:
            while not all(one.done() for one in reading):
                next(commits)()
                for known, request in zip(versions, REQUESTS, strict=True):
                    known.add(json.dumps(figures(asked(client, request))))
        finally:
            done.set()
        for one in reading:
            one.result()
    assert len(found) >= ANSWERS
    assert min(len(known) for known in versions) >= 5
    assert [REQUESTS[which] for which, told in found if json.dumps(figures(told)) not in versions[which]] == []
    assert [REQUESTS[which] for which, told in found if not adds_up(REQUESTS[which], told)] == []
