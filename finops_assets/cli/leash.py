"""Keeps the children of ``finops up`` on a leash: they end when it does, even when it is killed with -9.

Run as a program of its own, without the package, so that it starts at once: its argument is a JSON list of
[log file, command] pairs, and its standard input is a pipe whose other end ``finops up`` holds.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time

STOP_SECONDS = 20
WATCH_SECONDS = 0.5


def main(children: list[tuple[str, list[str]]]) -> int:
    """Start the commands; end them all when the pipe closes (0) or one of them ends by itself (1)."""
    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.SIG_IGN)
    started = [_start(log, command) for log, command in children]
    try:
        while all(child.poll() is None for child in started):
            if select.select([sys.stdin], [], [], WATCH_SECONDS)[0]:
                return 0
        return 1
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
