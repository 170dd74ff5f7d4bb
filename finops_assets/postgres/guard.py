"""The guard: a detached process that stops the embedded server when its last holder has ended.

Here are also the file locks that a hold is made of, and what recognises the postmaster of a data
directory. Only the standard library is imported, because a guard lives as long as its server.

Locks in the server's home, all of them flocks, which end with the processes that hold them:

    lock        exclusive, while a process starts, joins or stops the server
    holders     shared, by every process that uses the server
    guard       exclusive, by the guard
    postmaster  exclusive, by every process of the server, which inherits it
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from finops_assets.errors import ServerError

PACKAGE_PARENT = Path(__file__).resolve().parents[2]
STOP_SECONDS = 60.0
POLL_SECONDS = 0.05


def open_lock(path: Path) -> int:
    """A descriptor on a lock file, made when missing, that programs started later do not inherit."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def lock(descriptor: int, *, shared: bool = False, wait: bool = True) -> bool:
    """Lock an open file; False when another process has it and we do not wait."""
    import fcntl  # Windows has none, and start() refuses it by name

    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        fcntl.flock(descriptor, kind if wait else kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def unlock(descriptor: int) -> None:
    """Give a lock back at once, also for a process forked in between that shares the descriptor."""
    import fcntl

    fcntl.flock(descriptor, fcntl.LOCK_UN)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the exclusive lock of a file for a while."""
    descriptor = open_lock(path)
    try:
        lock(descriptor)
        yield
    finally:
        unlock(descriptor)
        os.close(descriptor)


def lock_within(path: Path, seconds: float) -> int | None:
    """A descriptor with the exclusive lock of a file, or None when it does not come free in time."""
    descriptor = open_lock(path)
    deadline = time.monotonic() + seconds
    while not lock(descriptor, wait=False):
        if time.monotonic() > deadline:
            os.close(descriptor)
            return None
        time.sleep(POLL_SECONDS)
    return descriptor


class Hold:
    """A share of this process's hold on a home's server; the lock goes with the last share, or the process."""

    _descriptors: dict[tuple[int, int], int] = {}
    _shares: dict[tuple[int, int], int] = {}
    _turn = threading.Lock()

    def __init__(self, home: Path) -> None:
        """Take a share, and the lock with the first one."""
        descriptor = open_lock(home / "holders")
        status = os.fstat(descriptor)
        self._key = (status.st_dev, status.st_ino)
        self._released = False
        with self._turn:
            self._shares[self._key] = self._shares.get(self._key, 0) + 1
            if self._key in self._descriptors:
                os.close(descriptor)
            else:
                lock(descriptor, shared=True)
                self._descriptors[self._key] = descriptor

    def release(self) -> None:
        """Give this share back, once."""
        with self._turn:
            if self._released:
                return
            self._released = True
            self._shares[self._key] -= 1
            if self._shares[self._key] == 0:
                # Closed, not unlocked: a forked process that shares the lock still needs it.
                os.close(self._descriptors.pop(self._key))


@dataclass(frozen=True)
class Postmaster:
    """The server process of a data directory, as its postmaster.pid describes it."""

    pid: int
    port: int
    ready: bool


def postmaster(data: Path) -> Postmaster | None:
    """The live postmaster of a data directory; None when its pid is dead, a zombie or another program."""
    try:
        lines = [line.strip() for line in (data / "postmaster.pid").read_text(errors="replace").splitlines()]
    except FileNotFoundError:
        return None
    if len(lines) < 4 or not lines[0].isdigit() or f" -D {data} " not in _command(int(lines[0])):
        return None
    return Postmaster(int(lines[0]), int(lines[3]), ready=lines[7:8] == ["ready"])


def _command(pid: int) -> str:
    if Path("/proc/self/cmdline").exists():
        with suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="surrogateescape")
        return ""
    listing = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, check=False)
    return listing.stdout.decode(errors="surrogateescape").strip() + " "


def stop_postmaster(home: Path, data: Path) -> None:
    """Stop the server as ``pg_ctl -m fast`` does, then as ``-m immediate`` if it lingers."""
    for order in (signal.SIGINT, signal.SIGQUIT):
        found = postmaster(data)
        if found is None:
            return
        with suppress(ProcessLookupError):
            os.kill(found.pid, order)
        ended = lock_within(home / "postmaster", STOP_SECONDS)
        if ended is not None:
            os.close(ended)
            return


def ensure_guard(home: Path, data: Path) -> None:
    """Start a guard when the server has none; ServerError when it cannot run."""
    descriptor = open_lock(home / "guard")
    try:
        # The guard inherits this very lock, so that there is no moment without a guard nor with two.
        if lock(descriptor, wait=False):
            _start_guard(home, data, descriptor)
    finally:
        os.close(descriptor)


def _start_guard(home: Path, data: Path, descriptor: int) -> None:
    with (home / "server.log").open("a") as log:
        guard = subprocess.run(
            [sys.executable, "-m", __name__, str(home), str(data), str(descriptor)],
            cwd="/",
            env={**os.environ, "PYTHONPATH": str(PACKAGE_PARENT)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            pass_fds=(descriptor,),
            start_new_session=True,
            check=False,
        )
    if guard.returncode != 0:
        raise ServerError(f"the guard of the embedded PostgreSQL does not run: see {home / 'server.log'}")


def watch(home: Path, data: Path, descriptor: int) -> None:
    """Wait until nobody holds the server, stop it, and give up the guard's lock."""
    # Opened once: a guard must not make the files of a home again that is being removed.
    holders, turn = open_lock(home / "holders"), open_lock(home / "lock")
    while True:
        lock(holders)
        # A starter waits for holders while it has lock, so a guard must never wait for lock with holders.
        unlock(holders)
        lock(turn)
        if not os.path.samestat(os.fstat(holders), (home / "holders").stat()):
            return
        if lock(holders, wait=False):
            stop_postmaster(home, data)
            # Before lock is free: the next starter must see that it has no guard.
            os.close(descriptor)
            return
        unlock(turn)


def main() -> None:
    """Leave the process that started the guard, then watch."""
    home, data, descriptor = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    if os.fork():
        os._exit(0)
    # A home that was removed, or made anew, is no longer this guard's.
    with suppress(FileNotFoundError):
        watch(home, data, descriptor)


if __name__ == "__main__":
    main()
