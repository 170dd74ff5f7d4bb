"""What people see of it while it is served: a dry run from the pages, checks, metrics, events."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager

import pytest

from finops_assets.cli.faults.installation import UP_LOG
from finops_assets.cli.faults.pages import Pages
from finops_assets.postgres.connection import DAGSTER_DATABASE
from finops_assets.postgres.embedded import EmbeddedServer
from finops_assets.settings import CHECKOUT
from finops_assets_tests.live import pages
from finops_assets_tests.live.company import FACT, domain
from finops_assets_tests.live.story import TWICE

WRITTEN = "SELECT (SELECT count(*) FROM slice_version) AS versions, (SELECT count(*) FROM slice_run) AS attempts"
DRY = {"ops": {"consumption": {"config": {"dry_run": True}}}}


@pytest.fixture
def spoiled(company, story):
    """A month of LICENCES whose file has lost its last line since it was published."""
    month = company.month(TWICE[0])
    file = company.sources / "licences" / f"{month}.csv"
    delivered = file.read_bytes()
    file.write_bytes(delivered[: delivered.rstrip().rindex(b"\n") + 1])
    yield month
    file.write_bytes(delivered)


def test_a_dry_run_from_the_pages_tells_what_would_change_and_writes_nothing(company, spoiled):
    before = company.ask(WRITTEN)
    run_id = pages.launch(company.pages, [domain("LICENCES"), FACT], spoiled, DRY)
    assert company.run_ended(run_id, 120)["status"] == "SUCCESS"
    found = pages.check(company.pages, "contract", *domain("LICENCES"), run_id=run_id)
    assert found["success"]
    assert f"{spoiled} | LICENCES | LOADED" in found["told"]["slices"]
    # one application gone, and the share of every other one changed
    assert f"{spoiled} | changed | " in found["told"]["lines"]
    assert [one for one in pages.materializations(company.pages, *FACT) if one["runId"] == run_id] == []
    assert company.ask(WRITTEN) == before


def test_the_job_of_the_checks_looks_at_weights_marts_and_freshness(company, looked):
    stale = pages.check(company.pages, "freshness", *domain("OPEN"), run_id=looked)
    assert (stale["success"], stale["severity"]) == (False, "ERROR")
    for name, asset in (("weights_sum_to_one", FACT), ("marts_equal_facts", ("mv_cost_app_month",))):
        assert pages.check(company.pages, name, *asset, run_id=looked)["severity"] == "ERROR"


def test_the_command_of_the_checks_exits_with_1_on_a_month_that_failed(company, story):
    told = json.loads(company.finops("checks", str(company.month(1)), "--format", "json", exits=1))
    assert not next(check for check in told["checks"] if check["check"] == "freshness")["passed"]


@contextmanager
def web_server_without_the_mart(company):
    """Another web server of the installation, whose mart cannot be reached; it has no daemon."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    running = EmbeddedServer(company.place.settings.home / "postgres").running()
    away = {
        "FINOPS_DATABASE_URL": "postgresql://finops@127.0.0.1:1/finops",
        "FINOPS_DAGSTER_DATABASE_URL": running.url(DAGSTER_DATABASE),
    }
    command = [sys.executable, "-m", "finops_assets", "web", "--port", str(port)]
    environment = {**company.place.environment, **away}
    with subprocess.Popen(command, cwd=CHECKOUT, env=environment, start_new_session=True) as server:
        try:
            yield Pages(f"http://127.0.0.1:{port}")
        finally:
            # with its code server, which would outlive it
            os.killpg(server.pid, signal.SIGTERM)


def test_a_mart_that_is_down_at_load_leaves_the_domains_that_were_known(company, story):
    with web_server_without_the_mart(company) as elsewhere:
        company.until("it answers", lambda: pages.months(elsewhere, *domain("OPEN")), 120)
        assert pages.months(elsewhere, *domain("SAAS")) == pages.months(company.pages, *domain("SAAS"))


def test_metrics_count_the_slices_by_status(company, story):
    address = re.search(r"http://127\.0\.0\.1:\d+/metrics", (company.place.settings.home / UP_LOG).read_text("utf-8"))
    with urllib.request.urlopen(address[0], timeout=30) as answer:
        told = answer.read().decode()
    counts = dict(re.findall(r'finops_slices\{domain="OPEN",status="(\w+)"\} (\S+)', told))
    assert float(counts["FAILED"]) >= 1
    assert float(counts["LOADED"]) >= 1


def test_events_of_a_run_are_lines_of_json_with_their_run(company, story):
    logs = (company.place.settings.home / "dagster").rglob("*.err")
    lines = [line for log in logs if story.run_id in str(log) for line in log.read_text("utf-8").splitlines()]
    events = [json.loads(line) for line in lines if line.startswith("{")]
    told = {(event["event"], event.get("domain")) for event in events if event.get("run_id") == story.run_id}
    assert {("slice_published", "CLOUD"), ("slice_refused", "OPEN"), ("slice_skipped", "SUPPORT")} <= told
    [published] = [e for e in events if (e["event"], e.get("domain")) == ("slice_published", "CLOUD")]
    assert published["rows"] > 0
    assert published["seconds"] > 0
