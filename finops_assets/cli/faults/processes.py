"""The processes of a home, as Linux lists them: found by the home that they were started with."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from finops_assets.errors import ServerError

PROC = Path("/proc")


@dataclass(frozen=True)
class Process:
    """A process: its id, its parent's, and its command line."""

    pid: int
    parent: int
    command: str


def of_home(home: Path) -> list[Process]:
    """The processes that were started with FINOPS_HOME set to a home, or name it, and their descendants."""
    if not (PROC / "self" / "stat").exists():
        raise ServerError(f"processes are found in {PROC}, which is not here: faults are tried on Linux")
    found = [process for entry in PROC.iterdir() if entry.name.isdigit() and (process := _read(entry)) is not None]
    mine = {process.pid for process in found if _is_of(process, home)} - {os.getpid()}
    while more := {process.pid for process in found if process.parent in mine} - mine:
        mine |= more
    return [process for process in found if process.pid in mine]


def daemons(processes: Iterable[Process]) -> list[Process]:
    """Dagster's daemons among them."""
    return [process for process in processes if " -m dagster._daemon " in process.command]


def code_servers(processes: Iterable[Process]) -> list[Process]:
    """The servers of the code location among them: the web server and the daemon have one each."""
    return [process for process in processes if " -m dagster api grpc " in process.command]


def workers(processes: Iterable[Process]) -> list[Process]:
    """The processes among them that execute a run: a code server starts one for each."""
    listed = list(processes)
    servers = {process.pid for process in code_servers(listed)}
    return [process for process in listed if process.parent in servers and "spawn_main" in process.command]


def kill(processes: Iterable[Process]) -> None:
    """End processes as a lost machine does: kill -9."""
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)


def _read(entry: Path) -> Process | None:
    """A process; None when it has ended, or waits for its parent to notice that it has."""
    try:
        # its name, in parentheses, may hold anything
        state, parent = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()[:2]
        command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return None
    return None if state in "ZX" else Process(int(entry.name), int(parent), command)


def _is_of(process: Process, home: Path) -> bool:
    if f"{home}/" in process.command or f"{home} " in process.command:
        return True
    try:
        environment = (PROC / str(process.pid) / "environ").read_bytes().split(b"\0")
    except OSError:  # ended meanwhile, or of another account
        return False
    return b"FINOPS_HOME=" + os.fsencode(home) in environment
