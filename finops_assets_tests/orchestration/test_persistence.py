"""The refresh of the marts and the imports outlive the loss of their session, each done once in the end."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor

import dagster as dg
import psycopg
import pytest

from finops_assets import events
from finops_assets.definitions import defs
from finops_assets.postgres.persistence import persistently
from finops_assets.postgres.transient import Retries
from finops_assets_tests.database.test_concurrency import held, wait_for_a_lock
from finops_assets_tests.factories import ask, line, price, price_view, publish, write_csv
from finops_assets_tests.orchestration.conftest import QUIET

QUICK = Retries(tries=3, first_wait=0.01, longest_wait=0.02)
END_WAITING = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.fixture
def retried():
    """What is told of each further try."""
    told: list[dict] = []

    class Kept(logging.Handler):
        def emit(self, record):
            if getattr(record, "finops_event", None) == "work_retried":
                told.append(record.finops_fields)

    handler = Kept()
    logging.getLogger(events.LOGGER).addHandler(handler)
    yield told
    logging.getLogger(events.LOGGER).removeHandler(handler)


def job(name):
    with dg.DagsterInstance.ephemeral() as instance:
        return defs.resolve_job_def(name).execute_in_process(instance=instance, run_config=QUIET, raise_on_error=False)


@pytest.mark.parametrize(
    ("name", "lock", "work"),
    [
        ("refresh_marts", "SELECT pg_advisory_xact_lock(hashtextextended('finops marts', 0))", "refresh"),
        ("import_referential", "LOCK TABLE dim_application IN SHARE MODE", "referential"),
        ("import_referential", "SELECT pg_advisory_xact_lock(hashtextextended('finops prices', 0))", "prices"),
    ],
    ids=["refresh", "referential", "prices"],
)
def test_a_job_whose_session_is_ended_at_work_does_it_again(company, mart, tmp_path, retried, name, lock, work):
    publish(mart, line())
    price_view(mart, tmp_path)
    price(mart, tmp_path, "2")
    write_csv(company.sources / "applications.csv", [{"application_id": "billing", "application_label": "Facturation"}])
    row = {"pricing_view_id": "internal", "domain_id": "OPEN", "product_id": "vm-small", "effective_from": "2024-02"}
    write_csv(company.sources / "prices" / "open.csv", [row | {"unit_price": "3"}])
    with ThreadPoolExecutor(1) as pool:
        with held(mart, lock):
            done = pool.submit(job, name)
            wait_for_a_lock(mart)
            ask(mart, END_WAITING)
        assert done.result(60).success
    assert [(one["work"], one["attempt"]) for one in retried] == [(work, 2)]
    assert "terminating connection" in retried[0]["reason"]
    if name == "refresh_marts":
        assert ask(mart, "SELECT cost FROM mv_cost_domain_month") == [{"cost": 20}]
    else:
        labels = ask(mart, "SELECT application_label FROM dim_application WHERE application_id = 'billing'")
        assert labels == [{"application_label": "Facturation"}]
        assert ask(mart, "SELECT count(*) FROM unit_price WHERE effective_from = '2024-02-01'") == [{"count": 1}]


def test_what_does_not_pass_is_not_done_again(mart, retried):
    tries = []

    def work(connection):
        tries.append(connection)
        connection.execute("SELECT 1 / 0")

    with pytest.raises(psycopg.errors.DivisionByZero):
        persistently(mart, "finops_batch", work, name="refresh", retries=QUICK)
    assert (len(tries), retried) == (1, [])


def test_what_does_not_pass_in_time_is_raised_after_the_last_try(mart, retried):
    def work(connection):
        connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(psycopg.OperationalError):
        persistently(mart, "", work, name="refresh", retries=QUICK)
    assert [one["attempt"] for one in retried] == [2, 3]
