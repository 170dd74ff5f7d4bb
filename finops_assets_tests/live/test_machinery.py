"""The machinery struck at work: a worker, the code servers, PostgreSQL, the daemon. Last, for that leaves its marks."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

import psycopg
import pytest

from finops_assets import marts, verify
from finops_assets.cli.faults import processes
from finops_assets.postgres.embedded import EmbeddedServer
from finops_assets_tests.live import pages
from finops_assets_tests.live.company import RECONCILE, held, waiting
from finops_assets_tests.live.story import BROKEN, FILLED, UNDELIVERED

RUN_FAILS_SECONDS = 60
SLOT_IS_FREE_SECONDS = 90
GOES_ON = ("STARTING", "STARTED", "SUCCESS")
COMPANY = ("OPEN", "CLOUD", "LICENCES", "SUPPORT")


@pytest.fixture
def two_at_work(company, story):
    """Two runs that wait for a slice each, so that no place is left, and one more that is queued."""
    with held(company, (company.month(2), "CLOUD"), (company.month(4), "CLOUD")):
        at_work = [company.launch(["CLOUD"], first=company.month(n), last=company.month(n + 1)) for n in (2, 4)]
        company.until("two runs are at work", lambda: waiting(company) == 2, 90)
        queued = company.launch(["LICENCES"], first=company.month(2), last=company.month(3))
        company.until("another one waits", lambda: company.status_of(queued) == "QUEUED", 30)
        yield at_work, queued


def test_a_killed_worker_ends_its_run_and_frees_its_place(company, two_at_work):
    at_work, queued = two_at_work
    processes.kill(processes.workers(company.place.processes())[:1])

    def failed():
        return sorted(map(company.status_of, at_work)) == ["FAILURE", "STARTED"]

    company.until("its run has failed, and no other", failed, RUN_FAILS_SECONDS)
    company.until("its place is taken", lambda: company.status_of(queued) in GOES_ON, RUN_FAILS_SECONDS)


def test_killed_code_servers_end_their_runs_and_free_their_places(company, two_at_work):
    at_work, queued = two_at_work
    found = company.place.processes()
    processes.kill(processes.code_servers(found) + processes.workers(found))
    company.until("both have failed", lambda: {*map(company.status_of, at_work)} == {"FAILURE"}, RUN_FAILS_SECONDS)
    company.until("the queued run goes on", lambda: company.status_of(queued) in GOES_ON, SLOT_IS_FREE_SECONDS)
    assert company.run_ended(queued, SLOT_IS_FREE_SECONDS)["status"] == "SUCCESS"


def test_a_run_outlives_a_restart_of_postgresql(company, story):
    first, last = company.month(2), company.month(5)
    server = EmbeddedServer(company.place.settings.home / "postgres")
    with suppress(psycopg.OperationalError), held(company, (company.month(3), "CLOUD")):
        run_id = company.launch(COMPANY, first=first, last=last)
        company.until("the run is at work", lambda: waiting(company) == 1, 90)
        os.kill(server.running().pid, signal.SIGQUIT)
        company.until("PostgreSQL is down", lambda: server.running() is None, 30)
        server.start().release()
    assert company.run_ended(run_id, 120)["status"] == "SUCCESS"
    for month in company.months(2, 5):
        assert company.landed(month) >= set(COMPANY)


def test_a_daemon_that_was_down_catches_up_every_month_once(company, story):
    """Killed twice; while it was down files came, of months that failed or had none, and a domain was turned on."""
    # its bug stays
    company.ask("UPDATE dim_domain SET is_enabled = FALSE WHERE domain_id = 'FAULTY'")
    company.pages.start_sensor(RECONCILE)
    gone = set()
    for _ in range(2):
        gone |= kill_daemon(company, gone)
        for file, content in story.delivered.items():
            (company.sources / file).write_bytes(content)
        company.ask("UPDATE dim_domain SET is_enabled = TRUE WHERE domain_id = 'WORKPLACE' AND NOT is_enabled")
    wanted = [(company.month(number), "OPEN") for number in BROKEN]
    wanted += [(month, "SUPPORT") for month, _ in wanted] + [(company.month(UNDELIVERED), "LICENCES")]
    company.until("every month is there", lambda: all(d in company.landed(month) for month, d in wanted), 300)
    reconciled = [run["runId"] for run in pages.runs(company.pages, sensor_name=RECONCILE)]
    tried = [(one["month"], one["domain_id"]) for one in company.attempts(*reconciled)]
    assert {slice_: tried.count(slice_) for slice_ in wanted} == dict.fromkeys(wanted, 1)
    assert len(company.asked_for("WORKPLACE", 2)) == 1


def kill_daemon(company, gone):
    """Kill a daemon that is none of those gone as soon as there is one; returns its processes' ids."""

    def found():
        return [process for process in processes.daemons(company.place.processes()) if process.pid not in gone]

    struck = company.until("a daemon", found, 60)
    processes.kill(struck)
    return {process.pid for process in struck}


def test_nothing_is_wrong_in_the_end(company, story):
    for month in company.months(FILLED[0], 29):
        assert company.landed(month) >= set(COMPANY)
    with company.place.mart.connect("finops_batch") as connection:
        marts.refresh(connection)
        assert [check.title for check in verify.run_checks(connection) if not check.passed] == []
