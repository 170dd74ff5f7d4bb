"""What is told of a real run: events in the log and in Dagster, figures over HTTP, and never a password."""

from __future__ import annotations

import io
import json
import logging
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from uuid import uuid4

import dagster as dg
import pytest
from prometheus_client import parser
from psycopg import sql

from finops_assets import cli, events, marts
from finops_assets.cli import metrics as command
from finops_assets.definitions import defs
from finops_assets.domain import SqlQuery
from finops_assets.domains import open as open_domain
from finops_assets.errors import ServerError
from finops_assets.postgres.connection import Mart, open_connection
from finops_assets_tests.factories import ask, line, new_mart, publish
from finops_assets_tests.orchestration.conftest import QUIET

CANARY = "c4n4ry"
ALL = ("OPEN", "SUPPORT", "LICENCES")


@pytest.fixture
def instance():
    """An instance that keeps our events, as dagster.yaml has it."""
    settings = {"python_logs": {"managed_python_loggers": [events.LOGGER]}}
    with dg.DagsterInstance.ephemeral(settings=settings) as ephemeral:
        yield ephemeral


@pytest.fixture
def told():
    """What is told as JSON while the test runs: call it for the events so far."""
    logger, stream = logging.getLogger(events.LOGGER), io.StringIO()
    before = list(logger.handlers)
    events.configure(events.Form.JSON, stream)
    yield lambda: [json.loads(row) for row in stream.getvalue().splitlines()]
    logger.handlers[:] = before


def messages(instance, run_id):
    """What the event log of a run says of slices in our words."""
    said = [entry.user_message for entry in instance.all_logs(run_id) if entry.dagster_event is None]
    return [text for text in said if text.startswith(ALL)]


def without(event, *names):
    return {name: value for name, value in event.items() if name not in names}


# Events of a run


def test_each_slice_of_a_run_is_told_once_with_its_figures(company, run, told):
    result = run(*ALL)
    found = told()
    assert Counter((event["event"], event["domain"]) for event in found) == {
        (word, domain): 1 for word in ("slice_started", "slice_published") for domain in ALL
    }
    assert {(event["run_id"], event["month"]) for event in found} == {(result.run_id, "2024-01")}
    [published] = [event for event in found if event["event"] == "slice_published" and event["domain"] == "OPEN"]
    assert without(published, "time", "seconds") == {
        "level": "info",
        "event": "slice_published",
        "run_id": result.run_id,
        "month": "2024-01",
        "domain": "OPEN",
        "outcome": "LOADED",
        "rows": 2,
        "quantity": "20.000000000000",
        "version": 1,
        "quarantined": 0,
    }
    assert 0 < published["seconds"] < 60


def test_running_again_is_told_as_unchanged(company, run, told):
    run("OPEN")
    run("OPEN")
    assert [event["outcome"] for event in told() if event["event"] == "slice_published"] == ["LOADED", "UNCHANGED"]


def test_what_does_not_land_is_told_with_its_reason(company, run, told):
    (company.sources / "open" / "2024-01.csv").write_text("application_id,product_id,quantity\nbilling,vm,x\n,vm,1\n")
    (company.sources / "licences" / "2024-01.csv").unlink()
    run(*ALL)
    found = {event["domain"]: event for event in told() if event["event"] != "slice_started"}
    assert {domain: (event["event"], event["level"]) for domain, event in found.items()} == {
        "OPEN": ("slice_refused", "error"),
        "SUPPORT": ("slice_skipped", "warning"),
        "LICENCES": ("slice_missing", "warning"),
    }
    assert (found["OPEN"]["error"], found["OPEN"]["refused_lines"]) == ("SourceRefused", 2)
    assert "open/2024-01.csv, line 2, column quantity: 'x'" in found["OPEN"]["reason"]
    assert found["SUPPORT"]["reason"] == "OPEN did not land, and SUPPORT is spread by it"
    assert "no file for 2024-01" in found["LICENCES"]["reason"]


def test_a_bug_of_a_domain_is_told_as_failed(company, run, told, monkeypatch):
    def compute(period, inputs):
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(open_domain, "compute", compute)
    run("OPEN")
    [failed] = [event for event in told() if event["event"] != "slice_started"]
    assert (failed["event"], failed["error"], failed["reason"]) == ("slice_failed", "ZeroDivisionError", "a bug")


def test_a_month_before_the_domains_first_one_is_no_event(company, mart, run, told):
    ask(mart, "UPDATE dim_domain SET available_from = '2024-02-01' WHERE domain_id = 'OPEN'", role="finops_admin")
    run("OPEN")
    assert told() == []


def test_dagster_shows_the_same_events(company, instance, run, told):
    (company.sources / "licences" / "2024-01.csv").unlink()
    result = run(*ALL)
    shown = messages(instance, result.run_id)
    assert len(shown) == len(told()) == 6
    assert "OPEN 2024-01 started" in shown
    assert [text for text in shown if text.startswith("OPEN 2024-01 published: outcome LOADED, rows 2, quantity 20.")]
    assert [text for text in shown if text.startswith("LICENCES 2024-01 missing: ") and "no file for 2024-01" in text]


def test_a_refresh_is_told_with_its_run_and_version(company, instance, run, told):
    run("OPEN", "LICENCES")
    result = defs.resolve_job_def("refresh_marts").execute_in_process(instance=instance, run_config=QUIET)
    refreshed = told()[-1]
    assert without(refreshed, "time", "seconds", "level") == {
        "event": "marts_refreshed",
        "run_id": result.run_id,
        "slices": 2,
        "version": 1,
    }


def test_a_refresh_of_a_command_has_no_run(mart, told):
    publish(mart, line())
    with mart.connect("finops_batch") as connection:
        marts.refresh(connection)
    [refreshed] = told()
    assert (refreshed["event"], refreshed["slices"]) == ("marts_refreshed", 1)
    assert "run_id" not in refreshed


def test_dagster_plots_rows_seconds_and_lines_set_aside(company, run):
    result = run(*ALL)
    by_asset = {event.asset_key.path[-1]: event for event in result.get_asset_materialization_events()}
    for name, rows in (("open", 2), ("fact_consumption", 6)):
        metadata = by_asset[name].materialization.metadata
        numbers = {
            key: value.value
            for key, value in metadata.items()
            if isinstance(value, dg.IntMetadataValue | dg.FloatMetadataValue)
        }
        assert numbers["dagster/row_count"] == rows
        assert numbers["quarantined_lines"] == 0
        assert numbers["seconds"] > 0


# No secret


@pytest.fixture
def canary_mart(mart):
    """The test's own mart, reached by a login whose password is the canary."""
    name = f"canary_{uuid4().hex[:12]}"
    who = sql.Identifier(name)
    with open_connection(mart.url) as connection:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN SUPERUSER PASSWORD {}").format(who, sql.Literal(CANARY)))
    yield Mart(re.sub(r"//.*@", f"//{name}:{CANARY}@", mart.url))
    with open_connection(mart.url) as connection:
        connection.execute(sql.SQL("DROP ROLE {}").format(who))


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql+psycopg://ada:{CANARY}@127.0.0.1:1/erp",
        f"postgresql+psycopg://ada:{CANARY}@127.0.0.1:{CANARY}/erp",
        f"nonsense://ada:{CANARY}@db/erp",
        f"{CANARY}",
        f"sqlite:////nowhere/{CANARY}/erp.db",
        f"sqlite:///?key={CANARY}",
        f"postgresql+psycopg://127.0.0.1:1/erp?password={CANARY}&nonsense={CANARY}",
    ],
)
def test_the_url_of_a_failing_source_is_never_told(company, canary_mart, instance, run, told, monkeypatch, capfd, url):
    monkeypatch.setenv("FINOPS_DATABASE_URL", canary_mart.url)
    monkeypatch.setenv("FINOPS_TEST_ERP", url)
    reads = {"usage": SqlQuery(url_variable="FINOPS_TEST_ERP", query="SELECT 1 AS x")}
    monkeypatch.setattr(open_domain, "DOMAIN", replace(open_domain.DOMAIN, reads=reads))
    result = run("OPEN")
    assert not result.success
    everything = "".join(map(repr, [*result.all_events, *instance.all_logs(result.run_id)]))
    stored = ask(canary_mart, "SELECT outcome, reason FROM slice_run")
    assert [row["outcome"] for row in stored] == ["FAILED"]
    shown = capfd.readouterr()
    with command.served(company, canary_mart) as address:
        scraped = fetch(address)[2]
    for text in (everything, repr(stored), json.dumps(told()), shown.out, shown.err, scraped):
        assert CANARY not in text


def test_a_bug_that_quotes_a_url_is_told_without_its_password(company, instance, run, told, monkeypatch, capfd):
    def compute(period, inputs):
        raise RuntimeError(f"cannot reach postgresql://ada:{CANARY}@db/erp")

    monkeypatch.setattr(open_domain, "compute", compute)
    result = run("OPEN")
    everything = "".join(map(repr, [*result.all_events, *instance.all_logs(result.run_id)]))
    assert "postgresql://ada:***@db/erp" in everything
    for text in (everything, json.dumps(told()), *capfd.readouterr()):
        assert CANARY not in text


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://mart:{CANARY}@127.0.0.1:1/finops",
        f"postgresql://mart:{CANARY}%zz@127.0.0.1:1/finops",
        f"postgresql://mart:1 {CANARY}@127.0.0.1:1/finops",
        f"postgresql://mart:12/{CANARY}@127.0.0.1:1/finops",
        f"postgresql://mart:1@{CANARY}@127.0.0.1:1/finops",
        f"postgresql://mart:{CANARY}@127.0.0.1:1/finops?nonsense=1",
        f"mysql://mart:{CANARY}@127.0.0.1/finops",
        f"host=127.0.0.1 port=1 password={CANARY} nonsense",
    ],
)
@pytest.mark.parametrize("words", [("status",), ("metrics",), ("migrate",), ("run", "2024-01"), ("up", "--once")])
def test_the_url_of_the_mart_is_never_told(monkeypatch, capfd, tmp_path, url, words):
    monkeypatch.setenv("FINOPS_HOME", str(tmp_path))
    monkeypatch.setenv("FINOPS_DATABASE_URL", url)
    monkeypatch.setenv("FINOPS_DAGSTER_DATABASE_URL", url)
    monkeypatch.setattr(sys, "argv", ["finops", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    shown = capfd.readouterr()
    assert ended.value.code in (1, 2)
    assert "finops:" in shown.err
    assert CANARY not in shown.out + shown.err


def test_neither_the_mart_nor_the_settings_show_their_url(company, canary_mart):
    settings = replace(company, database_url=canary_mart.url, dagster_database_url=canary_mart.url)
    assert CANARY not in repr((canary_mart, settings))


# Over HTTP


def fetch(address, method="GET", **headers):
    """Status, content type and body of an answer, whatever its status."""
    request = urllib.request.Request(address, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.headers["Content-Type"], refused.read().decode()


def value(body, name, **labels):
    families = parser.text_string_to_metric_families(body)
    return {sample.name: sample for family in families for sample in family.samples if sample.labels == labels}[
        name
    ].value


def test_a_scrape_shows_what_is_published(settings, mart):
    with command.served(settings, mart) as address:
        assert value(fetch(address)[2], "finops_stale_slices") == 0
        publish(mart, line())
        status, content_type, body = fetch(address)
    assert (status, content_type) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert value(body, "finops_stale_slices") == 1
    assert value(body, "finops_slice_rows", domain="OPEN") == 1


def test_a_scraper_may_ask_for_the_newer_form_and_for_the_head_alone(settings, mart):
    with command.served(settings, mart) as address:
        _, content_type, body = fetch(address, Accept="application/openmetrics-text;version=1.0.0")
        assert content_type.startswith("application/openmetrics-text")
        assert body.endswith("# EOF\n")
        assert fetch(address, "HEAD")[::2] == (200, "")


@pytest.mark.parametrize("path", ["/", "/metrics/", "/metricsx", "/../metrics", "/metrics%00"])
def test_nothing_else_is_there(settings, mart, path):
    with command.served(settings, mart) as address:
        status, _, body = fetch(address.removesuffix("/metrics") + path)
    assert (status, body) == (404, "only /metrics is here\n")


def test_a_query_string_changes_nothing(settings, mart):
    with command.served(settings, mart) as address:
        assert fetch(f"{address}?collect[]=x")[0] == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_can_be_sent(settings, mart, method):
    with command.served(settings, mart) as address:
        assert fetch(address, method)[0] == 501


def test_a_database_that_is_down_is_503_until_it_is_back(settings, mart, server_url, told):
    allow = "ALTER DATABASE {} ALLOW_CONNECTIONS {}"
    name = sql.Identifier(mart.url.rpartition("/")[2])
    with command.served(settings, mart) as address, open_connection(server_url) as connection:
        connection.execute(sql.SQL(allow).format(name, sql.SQL("false")))
        status, content_type, body = fetch(address)
        connection.execute(sql.SQL(allow).format(name, sql.SQL("true")))
        assert fetch(address)[0] == 200
    assert (status, content_type) == (503, "text/plain; charset=utf-8")
    assert body.startswith("PostgreSQL at ")
    assert "cannot be reached" in body
    assert "Traceback" not in body
    assert [event["event"] for event in told()] == ["metrics_failed"]


def test_a_server_that_is_not_there_is_503_without_the_password(settings):
    nowhere = Mart(f"postgresql://mart:{CANARY}@127.0.0.1:1/finops")
    with command.served(settings, nowhere) as address:
        status, _, body = fetch(address)
    assert status == 503
    assert "127.0.0.1:1" in body
    assert CANARY not in body


def test_a_database_without_our_tables_is_503(settings, server_url):
    with new_mart(server_url) as empty, command.served(settings, empty) as address:
        status, _, body = fetch(address)
    assert status == 503
    assert body.count("\n") == 1


def test_a_scrape_that_waits_too_long_for_its_turn_is_503(settings, mart, monkeypatch):
    monkeypatch.setattr(command, "TURN_SECONDS", 0.2)
    waiting = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with command.served(settings, mart) as address, ThreadPoolExecutor(1) as pool:
        with mart.connect("") as connection, connection.transaction():
            connection.execute("LOCK TABLE mart_state IN ACCESS EXCLUSIVE MODE")
            first = pool.submit(fetch, address)
            while not ask(mart, waiting):
                assert not first.done()
            assert fetch(address)[::2] == (503, "another scrape is still being answered\n")
        assert first.result()[0] == 200


def test_scrapes_at_once_are_all_answered(settings, mart):
    with command.served(settings, mart) as address, ThreadPoolExecutor(8) as pool:
        assert {answer[0] for answer in pool.map(fetch, [address] * 24)} == {200}


def test_the_next_free_port_is_taken_and_a_named_one_is_not_replaced(settings, mart):
    with command.served(settings, mart) as first, command.served(settings, mart) as second:
        ports = [int(re.search(r":(\d+)/", address)[1]) for address in (first, second)]
        assert ports[0] < ports[1]
        with pytest.raises(ServerError, match="name one with --port"):
            command.MetricsServer(settings, mart, ports[0])


def test_the_command_prints_once(settings, mart, monkeypatch, capfdbinary):
    monkeypatch.setenv("FINOPS_DATABASE_URL", mart.url)
    monkeypatch.setattr(sys, "argv", ["finops", "metrics"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert not ended.value.code
    assert value(capfdbinary.readouterr().out.decode(), "finops_mart_version") == 0


def test_the_command_serves_until_it_is_interrupted(settings, mart):
    environment = os.environ | {"FINOPS_DATABASE_URL": mart.url, "FINOPS_HOME": str(settings.home)}
    program = [sys.executable, "-m", "finops_assets", "metrics", "--serve", "--port", "0"]
    # a job in the background inherits that SIGINT is ignored
    heeded = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    with subprocess.Popen(program, env=environment, stderr=subprocess.PIPE, text=True, preexec_fn=heeded) as server:
        address = re.search(r"http\S+/metrics", server.stderr.readline())[0]
        try:
            assert fetch(address)[0] == 200
            server.send_signal(signal.SIGINT)
            assert server.wait(20) == 0
        finally:
            server.kill()
