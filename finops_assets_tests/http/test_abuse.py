"""What nobody should send: injected, oversized, malformed, slow, broken off. Answered, and nothing is left behind."""

from __future__ import annotations

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from finops_assets.api import edge
from finops_assets.api.app import create_app
from finops_assets.api.place import Place, pool_of
from finops_assets_tests.factories import ask, line, price, price_view, publish, refresh
from finops_assets_tests.http.openapi_dump import described

PROBLEM = "application/problem+json"
ASKED = {"from": "2024-01", "to": "2024-01"}
INJECTED = [
    "'; DROP TABLE finops.fact_consumption; --",
    "' OR '1'='1",
    "billing' UNION SELECT secret_sha256::TEXT FROM finops.api_key --",
    "%(principals)s",
    "%s%s%n{0}{__class__}",
    "$$; RESET ROLE; $$",
    "\\'; SELECT pg_sleep(30); --",
    "../../../../etc/passwd",
    "<script>alert(1)</script>",
    "billing\r\nSet-Cookie: a=b",
    "\u202egnillib\u0000",
    "𝔟𝔦𝔩𝔩𝔦𝔫𝔤" * 20,
]
BUSY = """
SELECT count(*) AS n FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
"""
COUNTED = """
SELECT (SELECT count(*) FROM finops.fact_consumption) AS facts, (SELECT count(*) FROM finops.audit_log) AS acts,
  (SELECT change_number FROM finops.mart_state) AS changes
"""


def operations():
    return [
        (method, path, operation)
        for path, ways in described()["paths"].items()
        for method, operation in ways.items()
        if method == "get"
    ]


@pytest.fixture
def place(mart, settings, door, tmp_path):
    """An application's surroundings, on a mart with a fact."""
    publish(mart, line())
    price_view(mart, tmp_path)
    price(mart, tmp_path, "0.5")
    refresh(mart)
    return Place(settings, mart, pool_of(mart, 2), door)


@pytest.fixture
def app(place):
    return create_app(place)


@pytest.fixture
def api(app):
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client


def run(coroutine):
    """What a coroutine returns, on a loop of its own thread: a browser of another test may hold this thread's."""
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(asyncio.run, coroutine).result()


def is_idle(place):
    """Whether every connection of the pool comes back within some seconds, and in no transaction."""
    deadline = time.monotonic() + 10
    while True:
        stats = place.pool.get_stats()
        is_back = stats["pool_available"] == stats["pool_size"] and stats.get("requests_waiting", 0) == 0
        if is_back and ask(place.mart, BUSY)[0]["n"] == 0:
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)


# Injected


@pytest.mark.parametrize("payload", INJECTED, ids=lambda one: repr(one)[:20])
def test_what_is_injected_is_a_name_that_there_is_not(api, place, payload):
    before = ask(place.mart, COUNTED)
    for method, path, operation in operations():
        names = [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"]
        within = {one["name"]: "x" for one in operation.get("parameters", []) if one["in"] == "path"}
        for name in names:
            answer = api.request(method, path.format(**within), params={name: payload})
            assert answer.status_code in (200, 404, 409, 422), (path, name, answer.text)
            assert "set-cookie" not in answer.headers
        for name in within:
            found = api.request(method, path.replace(f"{{{name}}}", "{}").format(*[quote(payload, safe="")] * 3))
            assert found.status_code in (200, 404, 405, 422), (path, found.text)
    told = {"from": "2024-01", "to": "2024-01", "filters": {"applications": [payload]}}
    assert api.post("/aggregate", json=told).status_code == 422
    assert ask(place.mart, COUNTED) == before


# Oversized


@pytest.mark.parametrize("size", [edge.MOST_BYTES + 1, 5 * edge.MOST_BYTES])
def test_a_body_that_is_too_large_is_413(api, size):
    answer = api.post("/aggregate", content=b" " * size)
    assert (answer.status_code, answer.headers["content-type"]) == (413, PROBLEM)


def test_a_body_that_does_not_say_how_large_it_is_is_413_too(api):
    def parts():
        for _ in range(200):
            yield b" " * 10_000

    answer = api.post("/aggregate", content=parts(), headers={"content-type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (413, PROBLEM)


@pytest.mark.parametrize(
    "change",
    [
        {"filters": {"applications": ["x"] * 2_001}},
        {"filters": {"applications": ["x" * 301]}},
        {"groupBy": ["month"] * 7},
        {"top": 5_001},
        {"top": 10**30},
        {"from": "0001-01"},
        {"from": "1970-01", "to": "9998-12"},
        {"unknown": 1},
    ],
    ids=lambda one: repr(one)[:30],
)
def test_lists_and_ranges_have_an_end(api, change):
    answer = api.post("/aggregate", json=ASKED | change)
    assert (answer.status_code, answer.headers["content-type"]) == (422, PROBLEM)
    assert len(answer.text) < 20_000


# Malformed


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'"from"',
        b"{'from': '2024-01'}",
        b'{"from": NaN, "to": Infinity}',
        b'{"from": "\xff\xfe", "to": "2024-01"}',
        b'{"from": "\\ud800", "to": "2024-01"}',
        b'{"from": "2024-01\\u0000", "to": "2024-01"}',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"top": ' + b"9" * 5_000 + b"}",
    ],
    ids=lambda one: repr(one)[:30],
)
def test_what_cannot_be_read_is_refused_as_a_problem(api, body):
    answer = api.post("/aggregate", content=body, headers={"content-type": "application/json"})
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == PROBLEM


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE", "CONNECT", "MOVE", "x"])
def test_a_method_that_there_is_not_is_405(api, method):
    answer = api.request(method, "/dashboard")
    assert (answer.status_code, answer.headers["content-type"]) == (405, PROBLEM)


# Slow and broken off, as a server hands them on


def scope(method="GET", path="/me", query=b"", length=None):
    headers = [(b"host", b"127.0.0.1"), (b"content-type", b"application/json")]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "root_path": "",
        "headers": headers + ([(b"content-length", str(length).encode())] if length else []),
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 80),
        "state": {},
    }


async def answered(app, asked, receive, send=None):
    """The status and the body of what the application sends."""
    sent = []

    async def keep(message):
        sent.append(message)
        if send is not None:
            await send(message)

    await app(asked, receive, keep)
    started = [one for one in sent if one["type"] == "http.response.start"]
    return started[0]["status"], b"".join(one.get("body", b"") for one in sent)


async def never():
    await asyncio.sleep(600)


async def gone():
    return {"type": "http.disconnect"}


def test_a_body_that_does_not_come_is_408(app, api, place, monkeypatch):
    monkeypatch.setattr(edge, "BODY_SECONDS", 0.2)
    status, body = run(answered(app, scope("POST", "/aggregate", length=100), never))
    assert status == 408
    assert json.loads(body)["status"] == 408
    assert is_idle(place)


def test_a_body_that_drips_is_408(app, api, monkeypatch):
    monkeypatch.setattr(edge, "BODY_SECONDS", 0.3)

    async def drip():
        await asyncio.sleep(0.05)
        return {"type": "http.request", "body": b" ", "more_body": True}

    status, _ = run(answered(app, scope("POST", "/aggregate", length=100), drip))
    assert status == 408


@pytest.mark.parametrize("path", ["/dashboard", "/domains", "/applications", "/months"])
def test_who_goes_away_leaves_no_connection_behind(app, api, place, path):
    async def broken(message):
        raise OSError("the caller is gone")

    async def go_away(times):
        for _ in range(times):
            try:
                await answered(app, scope(path=path), gone, broken)
            except OSError:
                continue

    run(go_away(20))
    assert is_idle(place)
    assert api.get(path).status_code == 200


def test_who_goes_away_in_the_middle_leaves_no_connection_behind(app, api, place):
    async def cancelled():
        for place_ in range(20):
            task = asyncio.create_task(answered(app, scope(path="/dashboard"), never))
            await asyncio.sleep(0.002 * place_)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await asyncio.sleep(0.5)

    run(cancelled())
    assert is_idle(place)
    assert api.get("/dashboard").status_code == 200


def test_who_does_not_read_is_not_waited_for(app, api, place, monkeypatch):
    monkeypatch.setattr(edge, "SEND_SECONDS", 0.2)

    async def stuck(message):
        if message["type"] == "http.response.body":
            await asyncio.sleep(600)

    export = scope(path="/exports/csv", query=b"from=2024-01&to=2024-01")
    with pytest.raises(TimeoutError):
        run(answered(app, export, never, stuck))
    assert is_idle(place)


# What browsers are told


@pytest.mark.parametrize("path", ["/me", "/docs", "/nowhere", "/dashboard?month=x", "/openapi.json"])
def test_every_answer_has_the_security_headers_and_opens_no_door_to_other_sites(api, path):
    answer = api.get(path, headers={"Sec-Fetch-Site": "cross-site"})
    assert {name: answer.headers[name] for name in edge.HEADERS} == edge.HEADERS
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_page_of_another_site_may_ask_nothing(api):
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "PATCH"}
    for answer in (api.options("/domains/OPEN", headers=asked), api.get("/me", headers=asked)):
        assert answer.status_code == 403
        assert not [name for name in answer.headers if name.startswith("access-control")]


def test_an_unforeseen_error_is_a_problem_that_tells_nothing(app, capsys):
    @app.get("/broken")
    def broken():
        raise RuntimeError("password=secret of postgresql://finops:secret@db/finops")

    with TestClient(app, base_url="http://127.0.0.1") as client:
        answer = client.get("/broken")
    assert (answer.status_code, answer.headers["content-type"]) == (500, PROBLEM)
    assert "secret" not in answer.text
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_nothing_is_redirected_and_a_method_that_there_is_not_is_a_problem(api):
    slashed = api.get("/dashboard/", follow_redirects=False)
    other = api.put("/dashboard", json={})
    assert (slashed.status_code, other.status_code, other.headers["allow"]) == (404, 405, "GET")
    assert {one.headers["content-type"] for one in (slashed, other)} == {PROBLEM}
