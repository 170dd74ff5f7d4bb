"""The company of the live tests: a ``finops up`` of its own, what it delivers badly, and waiting for it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from finops_assets import slices
from finops_assets.cli.faults.installation import ACTIVATION, Installation
from finops_assets.errors import FinopsError
from finops_assets.period import Period
from finops_assets.settings import CHECKOUT
from finops_assets_tests.factories import ask
from finops_assets_tests.live import pages

POLL_SECONDS = 0.5
RECONCILE = "reconcile"
ENABLED = ("OPEN", "CLOUD", "LICENCES", "SUPPORT", "FAULTY")
OWN = ("FAULTY", "SPARE")
FACT = ("fact_consumption",)
MART = ("mv_cost_domain_month",)

UNEXPECTED = """
SELECT run_id::TEXT, period_month::TEXT, domain_id, outcome, left(reason, 200) AS reason
FROM slice_run
WHERE outcome NOT IN ('LOADED', 'UNCHANGED') AND domain_id <> 'FAULTY'
ORDER BY started_at DESC
LIMIT 12
"""

# a package of the company's own: FAULTY has a bug, and SPARE is never enabled
OWN_DOMAIN = '''
"""{id}: a domain whose code always raises."""

from finops_assets.domain import ActiveApplications, Domain, Example, Mode

DOMAIN = Domain(
    domain_id="{id}",
    label="Of our own",
    mode=Mode.INDIRECT,
    description="One row per nothing: its code raises.",
    reads={{"applications": ActiveApplications()}},
    owner="team:finops",
    indirect_method_key="even",
    indirect_label="None",
)


def compute(period, inputs):
    raise ZeroDivisionError("a bug of this company's own")


EXAMPLE = Example(period="2025-01", inputs={{"applications": []}}, lines=[])
'''


def write_own_package(folder):
    """Install a package with the domains FAULTY and SPARE in a folder, which a process takes up from PYTHONPATH."""
    (folder / "company_domains").mkdir()
    (folder / "company_domains" / "__init__.py").touch()
    entries = ["[finops_assets.domains]"]
    for domain_id in OWN:
        module = domain_id.lower()
        (folder / "company_domains" / f"{module}.py").write_text(OWN_DOMAIN.format(id=domain_id), "utf-8")
        entries.append(f"{module} = company_domains.{module}")
    installed = folder / "company_domains-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: company_domains\nVersion: 1.0\n", "utf-8")
    (installed / "entry_points.txt").write_text("\n".join(entries) + "\n", "utf-8")


@dataclass(frozen=True)
class Company:
    """A served installation and the instant of its first night."""

    place: Installation
    night: datetime

    @property
    def pages(self):
        """Dagster's pages."""
        return self.place.pages

    @property
    def sources(self):
        """The folder that sources are delivered to."""
        return self.place.settings.sources

    def month(self, number: int) -> Period:
        """A month by its number: 1 is the first one of the demonstration, 30 the open one."""
        return self.place.company.first.shift(number - 1)

    def months(self, first: int, last: int) -> list[Period]:
        """The months from one number to another."""
        return list(self.month(first).through(self.month(last)))

    def ask(self, statement: str, *values: object) -> list[dict[str, Any]]:
        """Rows of its mart."""
        return ask(self.place.mart, statement, *values)

    def finops(self, *words: str, exits: int = 0) -> str:
        """What a command prints; it must end as expected."""
        done = subprocess.run(
            [sys.executable, "-m", "finops_assets", *words],
            cwd=CHECKOUT,
            env=self.place.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == exits, f"finops {' '.join(words)}\n{done.stdout}{done.stderr}"
        return done.stdout

    def status(self, month: Period) -> dict[str, dict[str, Any]]:
        """What ``finops status`` says of a month, by domain."""
        told = self.finops("status", "--from", str(month), "--to", str(month), "--format", "json")
        return {row["domain"]: row for row in json.loads(told)}

    def landed(self, month: Period) -> set[str]:
        """The domains that are published in a month."""
        with self.place.mart.connect("finops_api") as connection:
            found = slices.status(connection, month, month, self.month(30))
        return {row["domain_id"] for row in found if row["version"] is not None and row["status"] != "FAILED"}

    def attempts(self, *run_ids: str) -> list[dict[str, Any]]:
        """The attempts of runs at slices: run_id, month, domain_id, outcome, reason, started_at, ended_at."""
        rows = self.ask("SELECT * FROM slice_run WHERE run_id::TEXT = ANY(%s) ORDER BY started_at", list(run_ids))
        return [row | {"run_id": str(row["run_id"]), "month": Period.of(row["period_month"])} for row in rows]

    def launch(self, domain_ids, *, first: Period, last: Period) -> str:
        """Launch a run of domains over a range of months, or over one; returns its id."""
        keys = [*(domain(domain_id) for domain_id in domain_ids), FACT]
        ends = {"asset_partition_range_start": first, "asset_partition_range_end": last}
        tags = {"partition": first} if first == last else ends
        return self.pages.launch("month", keys, {f"dagster/{name}": str(month) for name, month in tags.items()})

    def status_of(self, run_id: str) -> str:
        """The status of a run."""
        return self.pages.status(run_id)

    def asked_for(self, domain_id: str, times: int) -> list[dict[str, Any]]:
        """The runs that activation asked for because a domain had been turned on, or changed, so many times."""
        keys = self.pages.run_keys(ACTIVATION)
        causes = {run: key.partition(":")[2].split("+") for run, key in keys.items()}
        return [
            run
            for run in pages.runs(self.pages, sensor_name=ACTIVATION)
            if f"{domain_id}:{times}" in causes[run["runId"]]
        ]

    def run_ended(self, run_id: str, limit: int) -> dict[str, Any]:
        """A run once it has ended."""
        self.until(f"run {run_id} has ended", lambda: self.status_of(run_id) in pages.ENDED, limit)
        return next(run for run in pages.runs(self.pages) if run["runId"] == run_id)

    def until(self, what: str, reached, limit: int):
        """The first true answer of ``reached``; after so many seconds the test fails with the state of everything."""
        deadline = time.monotonic() + limit
        while True:
            try:
                if answer := reached():
                    return answer
            except (FinopsError, psycopg.Error) as down:
                last = repr(down)
            else:
                last = "no"
            if time.monotonic() > deadline:
                raise AssertionError(f"{what}: not after {limit} s ({last})\n{self.state()}")
            time.sleep(POLL_SECONDS)

    def state(self) -> str:
        """Runs, slices that are not whole, and the end of the logs: for a test that fails."""
        told = []
        try:
            told += [f"{r['runId']} {r['jobName']} {r['status']} {r['tags']}" for r in pages.runs(self.pages, 12)]
            told += [str(row) for row in self.ask(UNEXPECTED)]
        except (FinopsError, psycopg.Error) as down:
            told.append(repr(down))
        for log in (self.place.settings.home / "dagster").glob("*.log"):
            told.append(f"-- {log.name}\n" + "\n".join(log.read_text("utf-8", "replace").splitlines()[-12:]))
        return "\n".join(told)


@contextmanager
def held(company: Company, *slices_: tuple[Period, str]):
    """Whoever publishes one of the slices waits for the block to end, or for its connection to be lost."""
    with company.place.mart.connect("") as connection:
        for month, domain_id in slices_:
            connection.execute("SELECT pg_advisory_lock(slice_lock(%s, %s))", [month.first_day, domain_id])
        yield
        if not connection.closed:
            connection.execute("SELECT pg_advisory_unlock_all()")


def waiting(company: Company) -> int:
    """How many sessions of the mart wait for a slice."""
    statement = """
    SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database
    WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()
    """
    return company.ask(statement)[0]["count"]


def domain(domain_id: str) -> tuple[str, str]:
    """The path of a domain's asset."""
    return ("domain", domain_id.lower())
