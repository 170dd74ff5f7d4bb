"""``finops api`` as a process: what it refuses to serve, how it ends, and what it survives."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from finops_assets.api.server import HEAD_SECONDS, MOST_HEAD_BYTES
from finops_assets.postgres.connection import mart_of, open_connection
from finops_assets.postgres.embedded import EmbeddedServer
from finops_assets.postgres.migrations import migrate
from finops_assets.settings import CHECKOUT, Settings

SECONDS = 60


def environment(home, **more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("FINOPS_", "DAGSTER_"))}
    return kept | {"FINOPS_HOME": str(home), "FINOPS_LOG_FORMAT": "json"} | more


def command(*words):
    return [sys.executable, "-m", "finops_assets", *words]


def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def status(address, timeout=30):
    """What a GET is answered; 0 when nobody answers."""
    try:
        with urllib.request.urlopen(address, timeout=timeout) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def wait_for(address, wanted):
    deadline = time.monotonic() + SECONDS
    while (found := status(address)) != wanted:
        assert time.monotonic() < deadline, f"{address} is still {found}, not {wanted}"
        time.sleep(0.1)


@contextmanager
def serving(home, log, *options, **settings):
    """The address of a ``finops api`` and its process."""
    port = free_port()
    with log.open("ab") as output:
        process = subprocess.Popen(
            command("api", "--port", str(port), *options),
            env=environment(home, **settings),
            cwd=CHECKOUT,
            stdout=output,
            stderr=output,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/health", 200)
        yield address, process
    finally:
        process.terminate()
        process.wait(SECONDS)


@pytest.fixture
def served(mart, settings, tmp_path):
    """A ``finops api`` on the test's own mart."""
    with serving(tmp_path, tmp_path / "log", FINOPS_DATABASE_URL=mart.url) as (address, process):
        yield address, process


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({}, "FINOPS_API_HOSTS is empty"),
        ({"FINOPS_API_HOSTS": "finops.example.org"}, "nobody could be let in"),
        ({"FINOPS_API_HOSTS": "finops example"}, "is not a host name"),
        ({"FINOPS_API_POOL": "0"}, "is not a number of connections"),
        ({"FINOPS_OIDC_ISSUER": "https://login.example.org"}, "go together"),
        ({"FINOPS_BACKSTAGE_URL": "ftp://backstage"}, "is not the address of a server"),
        ({"FINOPS_BACKSTAGE_URL": "https://ada:secret@backstage"}, "is not the address of a server"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_it_does_not_serve_beyond_loopback_without_a_name_and_a_door(mart, tmp_path, told, said):
    words = command("api", "--host", "0.0.0.0", "--port", str(free_port()))
    known = environment(tmp_path, FINOPS_DATABASE_URL=mart.url, **told)
    ended = subprocess.run(words, env=known, cwd=CHECKOUT, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2, ended.stderr
    assert said in " ".join(ended.stderr.split())
    assert "secret" not in ended.stderr


def test_a_request_in_flight_is_finished_when_it_is_asked_to_end(served, mart):
    address, process = served
    answers = []
    with open_connection(mart.url) as locking:
        locking.execute("BEGIN")
        locking.execute("LOCK TABLE finops.pricing_view IN ACCESS EXCLUSIVE MODE")
        asked = threading.Thread(target=lambda: answers.append(status(f"{address}/pricing-views")))
        asked.start()
        time.sleep(1)
        process.send_signal(signal.SIGTERM)
        time.sleep(1)
        assert process.poll() is None
        assert status(f"{address}/health", timeout=1) == 0  # nobody else is let in
        locking.execute("ROLLBACK")
        asked.join(30)
    assert answers == [200]
    assert process.wait(30) in (0, -signal.SIGTERM)  # uvicorn ends by the signal it was sent


def test_several_workers_count_together(mart, settings, tmp_path):
    with serving(tmp_path, tmp_path / "log", "--workers", "2", FINOPS_DATABASE_URL=mart.url) as (address, _):
        for _ in range(40):
            assert status(f"{address}/me") == 200
        with urllib.request.urlopen(f"{address}/metrics", timeout=30) as answer:
            told = answer.read().decode()
    counted = [line for line in told.splitlines() if line.startswith("finops_api_requests_total{") and '"/me"' in line]
    assert len(counted) == 1
    assert counted[0].endswith(" 40.0")
    assert "finops_build" in told


def connected(address):
    host, _, port = address.removeprefix("http://").partition(":")
    return socket.create_connection((host, int(port)), timeout=HEAD_SECONDS + 20)


def test_a_head_that_does_not_end_is_not_waited_for(served):
    begun = time.monotonic()
    with connected(served[0]) as slow:
        slow.sendall(b"GET /me HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        assert slow.recv(1000) == b""
    assert HEAD_SECONDS - 1 < time.monotonic() - begun < HEAD_SECONDS + 5


@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "byte by byte"])
def test_a_head_that_is_too_large_is_431(served, at_once):
    with connected(served[0]) as large:
        large.sendall(b"GET /me HTTP/1.1\r\nHost: 127.0.0.1\r\n")
        part = b"X-Large: " + b"a" * 1000 + b"\r\n"
        for _ in range(MOST_HEAD_BYTES // len(part) + 2):
            try:
                large.sendall(part)
            except OSError:
                break
            time.sleep(0 if at_once else 0.005)
        assert large.recv(1000).startswith(b"HTTP/1.1 431 ")


def test_a_large_body_behind_a_short_head_is_no_large_head(served):
    body = json.dumps({"padding": "x" * 200_000}).encode()
    head = b"POST /aggregate HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    with connected(served[0]) as whole:
        whole.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        assert whole.recv(100).startswith(b"HTTP/1.1 422 ")


@pytest.fixture
def home():
    with tempfile.TemporaryDirectory(prefix="finops-api-") as folder:
        Path(folder).chmod(0o755)  # as root, PostgreSQL runs in another account
        yield Path(folder)


def test_postgresql_may_stop_and_come_back_without_a_restart(home, tmp_path):
    settings = Settings.from_environment({"FINOPS_HOME": str(home)})
    migrate(mart_of(settings))
    server = EmbeddedServer(home / "postgres")
    with serving(home, tmp_path / "log") as (address, process):
        wait_for(f"{address}/ready", 200)
        server.stop()
        wait_for(f"{address}/ready", 503)
        assert status(f"{address}/pricing-views") == 503
        assert status(f"{address}/health") == 200
        server.start()
        wait_for(f"{address}/pricing-views", 200)
        assert process.poll() is None
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_a_backend_that_is_ended_is_replaced(served, mart):
    address, _ = served
    for _ in range(3):
        assert status(f"{address}/pricing-views") == 200
        with open_connection(mart.url) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        assert status(f"{address}/pricing-views") == 200
