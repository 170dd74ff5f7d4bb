"""The faults themselves: start work, strike while it is under way, wait for the recovery."""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from enum import StrEnum

from finops_assets.cli.faults import processes
from finops_assets.cli.faults.installation import ACTIVATION, Installation
from finops_assets.cli.faults.watch import Watch, wait_until
from finops_assets.errors import ServerError
from finops_assets.postgres.embedded import EmbeddedServer

RUN_FAILS_SECONDS = 60
SLOT_IS_FREE_SECONDS = 90
DAEMON_IS_BACK_SECONDS = 60
ALL_THERE_SECONDS = 180
QUEUED_SECONDS = 60

# none of these is spread by another domain, nor drives one
_LATE = ("CLOUD", "LICENCES", "WORKPLACE")
_AT_ONCE = (("OPEN", "SUPPORT"), ("CLOUD", "LICENCES", "WORKPLACE"))


class Fault(StrEnum):
    """What is struck."""

    WORKER = "worker"
    CODE_SERVER = "code-server"
    POSTGRES = "postgres"
    DAEMON = "daemon"


def strike(fault: Fault, place: Installation, chance: random.Random) -> Watch:
    """Strike once, at a moment of ``chance``, and wait for the recovery."""
    return _STRIKES[fault](place, chance)


def worker(place: Installation, chance: random.Random) -> Watch:
    """Kill the process that executes a run: the run fails by itself, and what it left is run again by itself."""
    run = _everything(place, chance)
    watch = Watch()
    processes.kill(_found(processes.workers(place.processes()), "worker"))
    _until_failed(watch, place, [run], RUN_FAILS_SECONDS)
    _until_all_there(watch, place)
    return watch


def code_server(place: Installation, chance: random.Random) -> Watch:
    """Kill every code server and worker while both places are taken and a run waits: it gets one of them."""
    _enabled_by_hand(place)
    runs = [place.launch(domain_ids) for domain_ids in _AT_ONCE]
    for run in runs:
        place.wait_until_under_way(run, chance.randint(1, 5))
    waiting = place.launch(place.company.enabled)
    wait_until("a run waits", lambda: place.pages.status(waiting) == "QUEUED", QUEUED_SECONDS)
    found = place.processes()
    struck = _found(processes.code_servers(found), "code server") + _found(processes.workers(found), "worker")
    watch = Watch()
    processes.kill(struck)
    _until_failed(watch, place, runs, SLOT_IS_FREE_SECONDS)
    started = ("STARTING", "STARTED", "SUCCESS")
    watch.until("the waiting run has a place", lambda: place.pages.status(waiting) in started, SLOT_IS_FREE_SECONDS)
    _until_all_there(watch, place)
    _until_a_new_run_succeeds(watch, place)
    return watch


def postgres(place: Installation, chance: random.Random) -> Watch:
    """Stop PostgreSQL as a crash does and start it again: every slice comes, and new runs work."""
    run = _everything(place, chance)
    server = EmbeddedServer(place.settings.home / "postgres")
    running = server.running()
    assert running is not None
    watch = Watch()
    os.kill(running.pid, signal.SIGQUIT)
    wait_until("PostgreSQL is down", lambda: server.running() is None, DAEMON_IS_BACK_SECONDS)
    server.start().release()
    _until_ended(watch, place, run)
    _until_all_there(watch, place)
    _until_a_new_run_succeeds(watch, place)
    return watch


def daemon(place: Installation, chance: random.Random) -> Watch:
    """Kill the daemon at work and enable a domain while it is down: it comes back and runs it, once."""
    late = chance.choice(_LATE)
    place.enable(domain_id for domain_id in place.company.enabled if domain_id != late)
    wait_until("a run was asked for", lambda: bool(_runs_asked_for(place)), QUEUED_SECONDS)
    place.wait_until_under_way(_runs_asked_for(place)[0], chance.randint(3, 30))
    struck = _found(processes.daemons(place.processes()), "daemon")
    watch = Watch()
    processes.kill(struck)
    place.enable([late])
    watch.until("another daemon", lambda: _is_new(processes.daemons(place.processes()), struck), DAEMON_IS_BACK_SECONDS)
    watch.until(f"{late}, enabled meanwhile, is there", lambda: not place.without([late]), ALL_THERE_SECONDS)
    _until_all_there(watch, place)
    watch.problems += not_once(place.pages.run_keys(ACTIVATION).values(), place.company.enabled)
    return watch


def not_once(run_keys: Iterable[str], domain_ids: Iterable[str]) -> list[str]:
    """The domains that activation has not asked for exactly once, and how often it has."""
    asked = Counter(_causes(run_keys))
    return [f"{name} was asked for {asked[name]} times, not once" for name in domain_ids if asked[name] != 1]


_STRIKES: dict[Fault, Callable[[Installation, random.Random], Watch]] = {
    Fault.WORKER: worker,
    Fault.CODE_SERVER: code_server,
    Fault.POSTGRES: postgres,
    Fault.DAEMON: daemon,
}


def _enabled_by_hand(place: Installation) -> None:
    """Enable every domain while the sensor is off that would run them for it."""
    place.pages.stop_sensor(ACTIVATION)
    place.enable(place.company.enabled)


def _everything(place: Installation, chance: random.Random) -> str:
    """A run of every slice that is under way."""
    _enabled_by_hand(place)
    run = place.launch(place.company.enabled)
    place.wait_until_under_way(run, chance.randint(3, 40))
    return run


def _runs_asked_for(place: Installation) -> list[str]:
    """The runs that activation has asked for and that run OPEN."""
    return [run for run, key in place.pages.run_keys(ACTIVATION).items() if "OPEN" in _causes([key])]


def _causes(run_keys: Iterable[str]) -> list[str]:
    """The domains whose activation the run keys name, as often as they do: ``activate:OPEN:1+SUPPORT:1``."""
    return [cause.split(":")[0] for key in run_keys for cause in key.partition(":")[2].split("+")]


def _until_failed(watch: Watch, place: Installation, runs: Collection[str], limit: int) -> None:
    what = "the run has failed" if len(runs) == 1 else f"the {len(runs)} runs have failed"
    watch.until(what, lambda: {place.pages.status(run) for run in runs} == {"FAILURE"}, limit)


def _until_ended(watch: Watch, place: Installation, run: str) -> None:
    watch.until(
        "the run has ended", lambda: place.pages.status(run) in ("SUCCESS", "FAILURE", "CANCELED"), ALL_THERE_SECONDS
    )


def _until_all_there(watch: Watch, place: Installation) -> None:
    watch.until("every slice is there", lambda: not place.without(place.company.enabled), ALL_THERE_SECONDS)


def _until_a_new_run_succeeds(watch: Watch, place: Installation) -> None:
    launched: list[str] = []

    def succeeded() -> bool:
        if not launched:
            launched.append(place.launch(["OPEN"], place.last))
        return place.pages.status(launched[0]) == "SUCCESS"

    watch.until("a new run has succeeded", succeeded, ALL_THERE_SECONDS)


def _found(struck: list[processes.Process], name: str) -> list[processes.Process]:
    if not struck:
        raise ServerError(f"no {name} was found to strike at")
    return struck


def _is_new(now: list[processes.Process], struck: list[processes.Process]) -> bool:
    return bool(now) and not {process.pid for process in now} & {process.pid for process in struck}
