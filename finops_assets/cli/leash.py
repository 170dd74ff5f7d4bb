"""Keeps the children of ``finops up`` on a leash: they end when it does, even when it is killed with -9.

Run as a program of its own, without the package, so that it starts at once: its argument is a JSON list of
[log file, command] pairs, and its standard input is a pipe whose other end ``finops up`` holds.
"""

from __future__ import annotations

import glob
import json
import os
import select
import signal
import subprocess
import sys
import time

STOP_SECONDS = 20
WATCH_SECONDS = 0.5
# a child that ends by itself, or loses its code server, is started again, unless that happens too often
ENDINGS_FORGIVEN = 5
ENDINGS_SECONDS = 60


def main(children: list[tuple[str, list[str]]]) -> int:
    """Start the commands, and again what fails; end all when the pipe closes (0) or one keeps failing (1)."""
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.SIG_IGN)
    started = [_start(log, command) for log, command in children]
    served: set[int] = set()
    ended: list[float] = []
    try:
        while not select.select([sys.stdin], [], [], WATCH_SECONDS)[0]:
            for place, (log, command) in enumerate(children):
                if started[place].poll() is not None or _has_lost_its_code(started[place].pid, served):
                    ended = [at for at in ended if at > time.monotonic() - ENDINGS_SECONDS] + [time.monotonic()]
                    if len(ended) > ENDINGS_FORGIVEN:
                        return 1
                    _stop(started[place : place + 1])
                    started[place] = _start(log, command)
        return 0
    finally:
        _stop(started)


def _start(log: str, command: list[str]) -> subprocess.Popen[bytes]:
    # uncompiled modules cost every Dagster process seconds
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with open(log, "ab") as output:  # noqa: PTH123  (no pathlib: every import here is paid at each start)
        return subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            restore_signals=True,
            preexec_fn=_listen_again,
        )


def _has_lost_its_code(pid: int, served: set[int]) -> bool:
    """Whether a child had a code server and has none any more, which Dagster's web server never mends by itself."""
    if not any(_is_code_server(found) for found in _children(pid)):
        return pid in served
    served.add(pid)
    return False


def _children(pid: int) -> list[str]:
    """The ids of a process's own children; none where the system does not list them."""
    found: list[str] = []
    for path in glob.glob(f"/proc/{pid}/task/*/children"):  # noqa: PTH207
        try:
            with open(path) as listing:  # noqa: PTH123
                found += listing.read().split()
        except OSError:
            continue  # a thread that has ended
    return found


def _is_code_server(pid: str) -> bool:
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as command:  # noqa: PTH123
            return b"\0api\0grpc\0" in command.read()
    except OSError:
        return False


def _listen_again() -> None:
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.SIG_DFL)


def _stop(started: list[subprocess.Popen[bytes]]) -> None:
    """Ask every child to end, then end what is left of their sessions: code servers outlive their parents."""
    for child in started:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for child in started:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
