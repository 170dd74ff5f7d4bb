"""``finops faults dagster``: finding processes and timing recoveries. Faults for real are in the live tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest

from finops_assets.cli import faults
from finops_assets.cli.faults import processes
from finops_assets.cli.faults.processes import Process
from finops_assets.cli.faults.strikes import Fault, not_once
from finops_assets.cli.faults.watch import Step, Watch, wait_until
from finops_assets.errors import ServerError

GRANDCHILD = "import time; time.sleep(600)"
CHILD = """
import subprocess, sys
with subprocess.Popen([sys.executable, "-c", sys.argv[1]], env={}) as child:
    print(child.pid, flush=True)
    sys.stdin.read()
    child.kill()
"""

CODE_SERVER = Process(10, 1, "python -m dagster api grpc --socket name ")
WORKER = Process(11, 10, "python -c from multiprocessing.spawn import spawn_main; spawn_main() --multiprocessing-fork ")
TRACKER = Process(12, 10, "python -c from multiprocessing.resource_tracker import main;main(11) ")
OTHER = Process(13, 1, "python -c from multiprocessing.spawn import spawn_main; spawn_main() --multiprocessing-fork ")
DAEMON = Process(14, 1, "python -m dagster._daemon run -w workspace.yaml ")
ALL = [CODE_SERVER, WORKER, TRACKER, OTHER, DAEMON]


def test_the_processes_of_a_home_are_those_started_with_it_and_their_descendants(tmp_path):
    environment = os.environ | {"FINOPS_HOME": str(tmp_path / "mine")}
    command = [sys.executable, "-c", CHILD, GRANDCHILD]
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        grandchild = int(child.stdout.readline())
        assert {found.pid for found in processes.of_home(tmp_path / "mine")} == {child.pid, grandchild}
        assert processes.of_home(tmp_path / "min") == []
    assert processes.of_home(tmp_path / "mine") == []


def test_a_killed_process_is_gone_from_the_list(tmp_path):
    environment = os.environ | {"FINOPS_HOME": str(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", GRANDCHILD], env=environment) as child:
        processes.kill(processes.of_home(tmp_path))
        # not waited for yet: what is left of it is not taken for it
        wait_until("it is gone", lambda: processes.of_home(tmp_path) == [], 10)
        assert child.wait() == -9


def test_dagsters_processes_are_told_apart():
    assert processes.daemons(ALL) == [DAEMON]
    assert processes.code_servers(ALL) == [CODE_SERVER]
    assert processes.workers(ALL) == [WORKER]


def test_a_recovery_is_timed_from_the_strike_on():
    watch = Watch(time.monotonic() - 5)
    watch.until("in time", lambda: True, 60)
    watch.until("late", lambda: True, 3)
    watch.until("never", lambda: False, 1)
    in_time, late, never = watch.steps
    assert 5 <= in_time.seconds < 6
    assert (in_time.ok, late.ok, never.ok) == (True, False, False)
    assert never.seconds is None


def test_who_is_down_has_not_recovered():
    answers = iter([ServerError("down"), False, True])

    def reached():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    watch = Watch()
    watch.until("it answers", reached, 60)
    assert watch.steps[0].ok
    assert next(answers, None) is None


def test_a_domain_is_asked_for_once():
    keys = ["activate:OPEN:1+SUPPORT:1", "activate:CLOUD:1", "activate:CLOUD:2"]
    assert not_once(keys, ["OPEN", "SUPPORT"]) == []
    assert [told.split(" ")[0] for told in not_once(keys, ["CLOUD", "OPEN", "LICENCES"])] == ["CLOUD", "LICENCES"]


def test_what_does_not_come_is_said():
    with pytest.raises(ServerError, match="the daemon ticks: not after 0 s"):
        wait_until("the daemon ticks", lambda: False, 0)


@pytest.mark.parametrize(
    ("tried", "ok", "outcome", "seconds"),
    [
        (faults.Tried(Fault.WORKER, (Step("a", 1.5, 60), Step("b", 70.0, 180)), ()), True, "recovered", 70.0),
        (faults.Tried(Fault.WORKER, (Step("a", 61.0, 60), Step("b", 70.0, 180)), ()), False, "late: a", 61.0),
        (faults.Tried(Fault.WORKER, (Step("a", None, 60),), ()), False, "late: a", None),
        (faults.Tried(Fault.WORKER, (Step("a", 1.0, 60),), ("half a slice",)), False, "half a slice", 1.0),
        (faults.Tried(Fault.WORKER, (), ("not struck",)), False, "not struck", None),
    ],
)
def test_a_fault_is_one_line_of_json_and_rows_with_a_verdict(tried, ok, outcome, seconds):
    told = json.loads(json.dumps(faults.line(tried)))
    assert (told["fault"], told["ok"], told["outcome"], told["seconds"]) == ("worker", ok, outcome, seconds)
    verdicts = {row["verdict"] for row in faults.rows(tried)}
    assert verdicts <= {"ok", "FAIL"}
    assert ("FAIL" not in verdicts) == ok
