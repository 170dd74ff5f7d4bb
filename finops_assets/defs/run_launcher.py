"""Runs on this machine whose end is noticed, however they ended."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster._core.launcher import CheckRunHealthResult, DefaultRunLauncher, WorkerStatus
from dagster._grpc.types import CanCancelExecutionRequest, CanCancelExecutionResult
from dagster._serdes import ConfigurableClassData, deserialize_value

PROCESS_TAG = "finops/process"
ANSWER_SECONDS = 10


def this_process() -> str:
    """This process as a tag of the runs it executes itself: machine and process id."""
    return f"{socket.gethostname()}:{os.getpid()}"


class MartRunLauncher(DefaultRunLauncher):
    """Dagster's own launcher, and an answer to "is that run still worked on?".

    The one it extends has none, so that a run whose machine or code server was lost stays started and keeps its
    place in the queue for ever.
    """

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """No configuration."""
        return {}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> MartRunLauncher:
        """A launcher that waits as long as Dagster's own."""
        return cls(inst_data=inst_data)

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Yes: the run monitor asks for every started run."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """RUNNING while the code server, or the command, that started the run still works on it; else FAILED."""
        if PROCESS_TAG in run.tags:
            return _of_process(run.tags[PROCESS_TAG])
        client = self._get_grpc_client_for_termination(run.run_id)  # type: ignore[no-untyped-call]
        if client is None:
            return CheckRunHealthResult(WorkerStatus.RUNNING, "ended meanwhile, or started by nobody we know")
        try:
            request = CanCancelExecutionRequest(run_id=run.run_id)
            answer = deserialize_value(
                client.can_cancel_execution(request, timeout=ANSWER_SECONDS), CanCancelExecutionResult
            )
        except dg.DagsterError as gone:
            return CheckRunHealthResult(WorkerStatus.FAILED, f"its code server is gone: {type(gone).__name__}")
        if answer.can_cancel:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.FAILED, "its code server does not work on it any more")


def _of_process(tag: str) -> CheckRunHealthResult:
    machine, _, pid = tag.rpartition(":")
    if machine != socket.gethostname():
        return CheckRunHealthResult(WorkerStatus.RUNNING, f"a command on {machine}, which cannot be asked from here")
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return CheckRunHealthResult(WorkerStatus.FAILED, f"the command with process id {pid} is gone")
    except PermissionError:
        return CheckRunHealthResult(WorkerStatus.RUNNING, "a command of another account")
    return CheckRunHealthResult(WorkerStatus.RUNNING)
