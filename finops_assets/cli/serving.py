"""Dagster's web server and daemon, and the API, as children of ``finops up``, on loopback, until Ctrl-C."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from finops_assets.cli import leash
from finops_assets.cli.terminal import err
from finops_assets.errors import ServerError
from finops_assets.settings import CHECKOUT, Settings

HOST = "127.0.0.1"
FIRST_PORT = 3000
FIRST_API_PORT = 3100
PORTS_TRIED = 20
READY_SECONDS = 120

_NEXT = """
[bold green]Dagster[/] {address}   (assets: {address}/asset-groups)
[bold green]Costs[/] {api}/ui/
[bold green]API[/] {api}   (what it answers: {api}/docs)
  what a month cost     finops report 2026-01 --by application
  run a month again     finops run 2026-01, or Materialize on the page
  is it all right?      finops status, finops verify
  add a domain          docs/adding-a-domain.md
The command is .venv/bin/finops; logs are in {logs}. Ctrl-C stops everything."""


@contextmanager
def one_at_a_time(home: Path) -> Iterator[None]:
    """Hold the home while the block runs; another ``finops up`` of the same home waits and says so."""
    with (home / "up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            err.print("another `finops up` is preparing this home: waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def serve(settings: Settings, wanted: int | None, wanted_api: int | None) -> None:
    """Serve Dagster and the API until Ctrl-C; ServerError when a child keeps ending, a port or the home is taken."""
    with (settings.home / "serve.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            lock.seek(0)
            raise ServerError(f"this home is already served at {lock.read().strip() or 'another port'}") from taken
        port = free_port(wanted)
        api_port = free_port(wanted_api, FIRST_API_PORT)
        address, api = f"http://{HOST}:{port}", f"http://{HOST}:{api_port}"
        lock.truncate(0)
        lock.write(address)
        lock.flush()
        os.environ.setdefault("FINOPS_DAGSTER_URL", address)  # where its children ask for a reload
        os.environ.setdefault("FINOPS_API_URL", api)
        _serve(settings, {port: address, api_port: api})


def free_port(wanted: int | None, first: int = FIRST_PORT) -> int:
    """The wanted port, or the first free one from a first one on; a port in use is said."""
    for port in [wanted] if wanted else range(first, first + PORTS_TRIED):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                err.print(f"[yellow]port {port} is in use[/]")
                continue
            return port
    raise ServerError("no free port: name one with --port or --api-port")


def _serve(settings: Settings, served: Mapping[int, str]) -> None:
    logs = settings.home / "dagster"
    logs.mkdir(parents=True, exist_ok=True)
    # also where Ctrl-C is ignored by inheritance, as in a shell script's background
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, _interrupt)
    children = _leashed(_commands(logs, *served))
    try:
        for port in served:
            _wait_until_ready(port, children, logs)
        address, api = served.values()
        err.print(_NEXT.format(address=address, api=api, logs=logs))
        children.wait()
        raise ServerError(f"a process keeps ending by itself: see {logs}")
    except KeyboardInterrupt:
        err.print("stopping")
    finally:
        assert children.stdin is not None
        children.stdin.close()
        children.wait()


def _commands(logs: Path, port: int, api_port: int) -> Mapping[Path, list[str]]:
    """What is served, by its log file."""
    return {
        logs / "webserver.log": ["-m", "finops_assets", "web", "--port", str(port)],
        logs / "daemon.log": ["-m", "dagster._daemon", "run", "-w", "workspace.yaml"],
        logs / "api.log": ["-m", "finops_assets", "api", "--port", str(api_port)],
    }


def _leashed(commands: Mapping[Path, list[str]]) -> subprocess.Popen[bytes]:
    """The commands, by log file, as children of one process that ends them when this one is gone."""
    pairs = [(str(log), [sys.executable, *command]) for log, command in commands.items()]
    program = [sys.executable, leash.__file__, json.dumps(pairs)]
    return subprocess.Popen(program, cwd=CHECKOUT, stdin=subprocess.PIPE, start_new_session=True)


def _wait_until_ready(port: int, children: subprocess.Popen[bytes], logs: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if children.poll() is not None:
            raise ServerError(f"a process ended at its start: see {logs}")
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.2)
    raise ServerError(f"port {port} does not answer after {READY_SECONDS} s: see {logs}")


def _interrupt(signum: int, frame: object) -> None:
    raise KeyboardInterrupt
