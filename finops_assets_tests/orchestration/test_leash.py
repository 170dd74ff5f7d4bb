"""What keeps and ends the processes of ``finops up``, and what answers for a run whose process is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

import dagster as dg
import pytest
from dagster._core.launcher import WorkerStatus
from dagster._core.storage.tags import GRPC_INFO_TAG
from dagster._core.test_utils import create_run_for_test

from finops_assets.cli import leash
from finops_assets.defs.run_launcher import PROCESS_TAG, MartRunLauncher, this_process

SECONDS = 20

# a child says who it is, and stays
STAYS = "import os, sys, time; print(os.getpid(), flush=True); time.sleep(600)"
# a child with a code server, or what looks like one, which says who it is
SERVES = """
import subprocess, sys, time
subprocess.run([sys.executable, "-c", sys.argv[1], "api", "grpc", "."])
time.sleep(600)
"""
# whoever is on the other end of the pipe of the leash
HOLDER = "import subprocess, sys, time; subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE); time.sleep(600)"


def leashed(log, *command):
    return [sys.executable, leash.__file__, json.dumps([[str(log), [sys.executable, *command]]])]


def pids(log, wanted):
    """The children that have started, once there are so many."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        said = log.read_text().split() if log.exists() else []
        if len(said) >= wanted:
            return [int(pid) for pid in said]
        time.sleep(0.05)
    raise AssertionError(f"{wanted} children did not start")


def has_ended(pid):
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_a_child_that_ends_by_itself_is_started_again_and_all_end_with_the_pipe(tmp_path):
    log = tmp_path / "log"
    with subprocess.Popen(leashed(log, "-c", STAYS), stdin=subprocess.PIPE) as held:
        (first,) = pids(log, 1)
        os.kill(first, signal.SIGKILL)
        _, second = pids(log, 2)
        held.stdin.close()
        assert held.wait(SECONDS) == 0
    assert has_ended(first)
    assert has_ended(second)


def test_a_child_that_loses_its_code_server_is_started_again(tmp_path):
    log = tmp_path / "log"
    with subprocess.Popen(leashed(log, "-c", SERVES, STAYS), stdin=subprocess.PIPE) as held:
        (first,) = pids(log, 1)
        time.sleep(2 * leash.WATCH_SECONDS)  # it has been seen
        os.kill(first, signal.SIGKILL)
        _, second = pids(log, 2)
        held.stdin.close()
        assert held.wait(SECONDS) == 0
    assert has_ended(second)


def test_the_children_end_when_the_holder_is_killed(tmp_path):
    log = tmp_path / "log"
    with subprocess.Popen([sys.executable, "-c", HOLDER, *leashed(log, "-c", STAYS)]) as holder:
        (child,) = pids(log, 1)
        holder.kill()
    assert has_ended(child)


def test_a_child_that_keeps_ending_is_given_up(tmp_path):
    log = tmp_path / "log"
    says = "import os; print(os.getpid(), flush=True)"
    with subprocess.Popen(leashed(log, "-c", says), stdin=subprocess.PIPE) as held:
        assert held.wait(SECONDS) == 1
    assert len(pids(log, 1)) == leash.ENDINGS_FORGIVEN + 1


@pytest.fixture
def health(instance):
    """What the launcher answers for a started run with some tags."""
    launcher = MartRunLauncher()
    launcher.register_instance(instance)

    def _health(**tags):
        started = create_run_for_test(instance, status=dg.DagsterRunStatus.STARTED, tags=tags)
        return launcher.check_run_worker_health(started).status

    return _health


def test_a_run_of_a_command_is_lost_with_its_process(health):
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait(SECONDS)
    machine = this_process().rpartition(":")[0]
    assert health(**{PROCESS_TAG: this_process()}) == WorkerStatus.RUNNING
    assert health(**{PROCESS_TAG: f"{machine}:{ended.pid}"}) == WorkerStatus.FAILED


def test_a_run_of_a_command_on_another_machine_is_left_alone(health):
    assert health(**{PROCESS_TAG: "elsewhere:1"}) == WorkerStatus.RUNNING


def test_a_run_is_lost_with_its_code_server(health, tmp_path):
    gone = {"host": "localhost", "socket": str(tmp_path / "gone")}
    assert health(**{GRPC_INFO_TAG: json.dumps(gone)}) == WorkerStatus.FAILED


def test_a_run_that_its_code_server_does_not_know_is_lost(health, tmp_path):
    socket = tmp_path / "socket"
    command = ["-m", "dagster", "api", "grpc", "--lazy-load-user-code", "--socket", str(socket)]
    code = ["-m", "finops_assets.definitions", "--location-name", "finops_assets"]
    with subprocess.Popen([sys.executable, *command, *code], stderr=subprocess.DEVNULL) as server:
        try:
            deadline = time.monotonic() + SECONDS
            while not socket.exists() and time.monotonic() < deadline:
                time.sleep(0.1)
            there = {"host": "localhost", "socket": str(socket)}
            assert health(**{GRPC_INFO_TAG: json.dumps(there)}) == WorkerStatus.FAILED
        finally:
            with suppress(ProcessLookupError):
                server.kill()
