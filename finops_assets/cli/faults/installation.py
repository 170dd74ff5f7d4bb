"""A private ``finops up`` to strike at: its own home, server, ports and company, gone when the block ends."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from finops_assets import catalog, demo, marts, slices, verify
from finops_assets.cli import leash
from finops_assets.cli.faults import processes
from finops_assets.cli.faults.pages import Pages
from finops_assets.cli.faults.processes import Process
from finops_assets.cli.faults.watch import wait_until
from finops_assets.cli.running import now_in
from finops_assets.cli.serving import HOST
from finops_assets.errors import ServerError, counted
from finops_assets.period import Period
from finops_assets.postgres.connection import Mart, running_mart
from finops_assets.settings import CHECKOUT, Settings

READY_SECONDS = 180
UNDER_WAY_SECONDS = 120
GONE_SECONDS = 60
LANDED = ("LOADED", "EMPTY_CONFIRMED")
ACTIVATION = "activation"
UP_LOG = "up.log"
TOLD_LINES = 10

_RANGE = "dagster/asset_partition_range_"


@dataclass(frozen=True)
class Installation:
    """A served home whose company has delivered everything, and in which no domain is enabled yet."""

    settings: Settings
    pages: Pages
    company: demo.Demo
    # what its processes are started with
    environment: Mapping[str, str]

    @property
    def last(self) -> Period:
        """The last month that is over: the open one is the night's, and nobody's before it."""
        return self.company.last.previous

    @property
    def mart(self) -> Mart:
        """Its mart; ServerError while its server is down."""
        found = running_mart(self.settings)
        if found is None:
            raise ServerError(f"the server of {self.settings.home} is down")
        return found

    def processes(self) -> list[Process]:
        """Every process of it."""
        return processes.of_home(self.settings.home)

    def enable(self, domain_ids: Iterable[str]) -> None:
        """Enable domains in ``dim_domain``, as one change, and nothing else."""
        with self.mart.connect("finops_admin") as connection, connection.transaction():
            for domain_id in domain_ids:
                first = self.company.enabled[domain_id]
                catalog.set_enabled(connection, domain_id, is_enabled=True, available_from=first)

    def launch(self, domain_ids: Iterable[str], first: Period | None = None) -> str:
        """Launch a run of domains over the months that are over, or from ``first`` on; returns its id."""
        keys = [["domain", domain_id.lower()] for domain_id in domain_ids]
        months = {"start": str(first or self.company.first), "end": str(self.last)}
        tags = {f"{_RANGE}{end}": month for end, month in months.items()}
        return self.pages.launch("month", [*keys, ["fact_consumption"]], tags)

    def wait_until_under_way(self, run_id: str, slices_ended: int) -> None:
        """Wait until a run has ended so many slices; ServerError when it does not get there."""
        wait_until(f"run {run_id} is under way", lambda: self.ended(run_id) >= slices_ended, UNDER_WAY_SECONDS)

    def ended(self, run_id: str) -> int:
        """How many slices a run has ended."""
        with self.mart.connect("finops_api") as connection:
            return len(slices.ended_since(connection, [UUID(run_id)]))

    def without(self, domain_ids: Iterable[str]) -> list[str]:
        """The slices of the months that are over and that are not there, by month and domain."""
        wanted = {domain_id: self.company.enabled[domain_id].first_day for domain_id in domain_ids}
        with self.mart.connect("finops_api") as connection:
            found = slices.status(connection, self.company.first, self.last, self.company.last)
        return [
            f"{row['period_month']:%Y-%m} {row['domain_id']}"
            for row in found
            if row["domain_id"] in wanted
            and row["period_month"] >= wanted[row["domain_id"]]
            and row["status"] not in LANDED
        ]

    def contradictions(self) -> list[str]:
        """The checks of ``finops verify`` that fail once the marts are refreshed, and what is not there."""
        absent = self.without(self.company.enabled)
        told = [f"not there: {counted(len(absent), 'slice')}, {', '.join(absent[:5])}"] if absent else []
        with self.mart.connect("finops_batch") as connection:
            marts.refresh(connection)
            return told + [result.title for result in verify.run_checks(connection) if not result.passed]


@contextmanager
def served(given: Mapping[str, str] | None = None) -> Iterator[Installation]:
    """A private installation that answers, its referential imported; all its processes end with the block.

    ``given`` are variables of its environment beside those of this process.
    """
    home = Path(tempfile.mkdtemp(prefix="finops-faults-")).resolve()
    try:
        home.chmod(0o755)  # as root, PostgreSQL runs in another account
        environment = {**_environment(home), **(given or {})}
        settings = Settings.from_environment(environment)
        company = demo.generate(settings.sources, now_in(settings))
        with _up(home, environment) as address:
            place = Installation(settings, Pages(address), company, environment)
            _wait_until_ready(place)
            yield place
    finally:
        _end_all(home)
        shutil.rmtree(home, ignore_errors=True)


def _wait_until_ready(place: Installation) -> None:
    """Wait for the daemon, then for members and prices; ServerError with the end of the log when they do not come."""
    try:
        wait_until("the daemon ticks", lambda: place.pages.ticks(ACTIVATION) > 0, READY_SECONDS)
        imported = place.pages.launch("import_referential")
        wait_until("members and prices", lambda: place.pages.status(imported) == "SUCCESS", READY_SECONDS)
    except ServerError as late:
        told = (place.settings.home / UP_LOG).read_text("utf-8", "replace").splitlines()[-TOLD_LINES:]
        raise ServerError("\n".join([str(late), *told])) from late


@contextmanager
def _up(home: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """The address of a ``finops up`` on a leash: it ends with the block, and with this process however that ends."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "finops_assets", "up", "--port", str(port)]
    program = [sys.executable, leash.__file__, json.dumps([[str(home / UP_LOG), command]])]
    held = subprocess.Popen(program, cwd=CHECKOUT, env=environment, stdin=subprocess.PIPE, start_new_session=True)
    try:
        yield f"http://{HOST}:{port}"
    finally:
        assert held.stdin is not None
        held.stdin.close()
        held.wait()


def _environment(home: Path) -> Mapping[str, str]:
    """This process's environment for a home of its own, with none of the settings of another one."""
    other = ("FINOPS_", "DAGSTER_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(other) or name == "FINOPS_PG_BIN"}
    return kept | {"FINOPS_HOME": str(home)}


def _end_all(home: Path) -> None:
    """Wait until no process of the home is left, then end what is."""
    deadline = time.monotonic() + GONE_SECONDS
    while processes.of_home(home):
        if time.monotonic() > deadline:
            processes.kill(processes.of_home(home))
        time.sleep(0.2)
