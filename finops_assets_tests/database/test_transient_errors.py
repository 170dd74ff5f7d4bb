"""A slice whose database fails in passing lands all the same, once; what does not pass is not tried again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from uuid import UUID, uuid4

import psycopg
import pytest

from finops_assets import catalog, slices, verify
from finops_assets.domains import discover
from finops_assets.errors import ContractBroken, MartRefused, ServerError, SourceRefused
from finops_assets.postgres.connection import Mart, create_database
from finops_assets.postgres.embedded import EmbeddedServer
from finops_assets.postgres.migrations import migrate
from finops_assets.postgres.transient import Retries
from finops_assets_tests.conftest import FIRST_MONTH
from finops_assets_tests.database.test_embedded import Homes
from finops_assets_tests.factories import JANUARY, ask, force_closed, line, publish, write_csv

PLUGINS = discover()
QUICK = Retries(tries=8, first_wait=0.1, longest_wait=0.4, within=10)

# a session sleeps at a chosen point for as long as public.drag has a row, and can be ended there
DRAG = """
CREATE TABLE public.drag (is_on BOOLEAN);
INSERT INTO public.drag VALUES (TRUE);
CREATE FUNCTION public.drag() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  IF EXISTS (SELECT FROM public.drag) THEN
    PERFORM pg_sleep(0.1);
  END IF;
  RETURN NEW;
END $$;
"""
DRAG_COPY = "CREATE TRIGGER drag BEFORE INSERT ON fact_2024_01_open FOR EACH ROW EXECUTE FUNCTION public.drag()"
DRAG_END = """
CREATE TRIGGER drag BEFORE UPDATE ON slice_run
FOR EACH ROW WHEN (NEW.outcome <> 'RUNNING') EXECUTE FUNCTION public.drag()
"""
RELEASE = "DELETE FROM public.drag"
SLEEPING = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'"
TERMINATE = "SELECT pg_terminate_backend(%s, 5000)"

# two publications take two locks in opposite order, each when the other holds its first
CROSS = """
CREATE SEQUENCE public.meetings;
CREATE FUNCTION public.cross_locks() RETURNS TRIGGER LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  own INTEGER := CASE NEW.domain_id WHEN 'OPEN' THEN 1 ELSE 2 END;
BEGIN
  PERFORM pg_advisory_xact_lock(4242, own);
  IF nextval('public.meetings') <= 2 THEN
    WHILE (SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database
           WHERE locktype = 'advisory' AND classid = 4242 AND datname = current_database()) < 2
    LOOP
      PERFORM pg_sleep(0.01);
    END LOOP;
  END IF;
  PERFORM pg_advisory_xact_lock(4242, 3 - own);
  RETURN NEW;
END $$;
CREATE TRIGGER cross_locks BEFORE INSERT ON slice_version FOR EACH ROW EXECUTE FUNCTION public.cross_locks();
"""
ATTEMPT = "SELECT outcome, reason, row_count, ended_at FROM slice_run WHERE run_id = %s"
VERSIONS = "SELECT domain_id, version, run_id, row_count FROM slice_version ORDER BY domain_id, version"


@pytest.fixture
def retried() -> Iterator[list[dict]]:
    """What is told of each further try."""
    told: list[dict] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if getattr(record, "finops_event", None) == "slice_retried":
                told.append(record.__dict__["finops_fields"])

    logger, handler = logging.getLogger("finops"), Kept()
    logger.addHandler(handler)
    yield told
    logger.removeHandler(handler)


@pytest.fixture
def usage(settings):
    """Files of January for OPEN, 20 lines, and LICENCES, two."""
    columns = {"product_id": "vm-small", "quantity": "1", "metric": "CPU"}
    rows = [{"application_id": f"app-{place:02}"} | columns for place in range(20)]
    write_csv(settings.sources / "open" / "2024-01.csv", rows)
    shares = [{"application_id": name, "coefficient": 1} for name in ("a", "b")]
    write_csv(settings.sources / "licences" / "2024-01.csv", shares)


@pytest.fixture
def run(settings, usage) -> Iterator[Callable[..., Future]]:
    """Run a slice in a thread of its own."""
    with ThreadPoolExecutor(4) as pool:

        def _run(mart: Mart, domain: str = "OPEN", run_id: UUID | None = None, retries: Retries = QUICK) -> Future:
            plugin = PLUGINS[domain]
            return pool.submit(slices.run_slice, mart, settings, plugin, JANUARY, run_id or uuid4(), retries=retries)

        yield _run


def drag(mart: Mart, trigger: str) -> None:
    ask(mart, "SELECT ensure_slice(%s, 'OPEN')", JANUARY.first_day, role="finops_batch")
    ask(mart, DRAG)
    ask(mart, trigger)


def sleeper(mart: Mart, other_than: int | None = None) -> int:
    """The backend that sleeps, once there is one."""
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        for row in ask(mart, SLEEPING):
            if row["pid"] != other_than:
                return row["pid"]
        time.sleep(0.01)
    raise AssertionError("nobody sleeps")


def assert_landed_once(mart: Mart, run_id: UUID, rows: int = 20) -> None:
    assert ask(mart, VERSIONS) == [{"domain_id": "OPEN", "version": 1, "run_id": run_id, "row_count": rows}]
    [counted] = ask(mart, "SELECT count(*) AS lines, count(DISTINCT run_id) AS runs FROM fact_consumption")
    assert (counted["lines"], counted["runs"]) == (rows, 1)
    with mart.connect("finops_batch") as connection:
        failed = [result for result in verify.run_checks(connection) if not result.passed]
    assert {result.name for result in failed} <= {"marts_show_the_current_slices"}


# Connections that are lost


def test_a_backend_ended_in_the_middle_of_its_copy_lands_once(mart, run, retried):
    drag(mart, DRAG_COPY)
    run_id = uuid4()
    running = run(mart, run_id=run_id)
    ended = sleeper(mart)
    ask(mart, TERMINATE, ended)
    sleeper(mart, other_than=ended)
    [again] = ask(mart, ATTEMPT, run_id)
    assert (again["outcome"], again["ended_at"]) == ("RUNNING", None)
    assert again["reason"].startswith("try 2, after: ")
    ask(mart, RELEASE)
    assert running.result(30).published.outcome == "LOADED"
    assert_landed_once(mart, run_id)
    [attempt] = ask(mart, ATTEMPT, run_id)
    assert (attempt["outcome"], attempt["reason"], attempt["row_count"]) == ("LOADED", None, 20)
    assert [(told["domain"], told["month"], told["attempt"]) for told in retried] == [("OPEN", "2024-01", 2)]


def test_a_publication_whose_answer_is_lost_is_found_and_not_made_twice(mart, run, retried):
    drag(mart, DRAG_END)
    run_id = uuid4()
    running = run(mart, run_id=run_id)
    ended = sleeper(mart)
    # committed, and nobody has been told so yet
    assert len(ask(mart, VERSIONS)) == 1
    ask(mart, RELEASE)
    ask(mart, TERMINATE, ended)
    assert running.result(30).published.outcome == "ALREADY"
    assert_landed_once(mart, run_id)
    [attempt] = ask(mart, ATTEMPT, run_id)
    assert (attempt["outcome"], attempt["reason"], attempt["row_count"]) == ("UNCHANGED", None, 20)
    assert len(retried) == 1


# Conflicts


def test_two_slices_in_a_deadlock_both_land(mart, run, retried):
    ask(mart, CROSS)
    results = [future.result(60) for future in (run(mart, "OPEN"), run(mart, "LICENCES"))]
    assert [result.published.outcome for result in results] == ["LOADED", "LOADED"]
    assert [(row["domain_id"], row["version"]) for row in ask(mart, VERSIONS)] == [("LICENCES", 1), ("OPEN", 1)]
    assert [told["reason"] for told in retried] == ["deadlock detected"]


def test_a_lock_that_is_never_given_fails_the_slice_in_a_bounded_time(mart, run, retried):
    ask(mart, "SELECT ensure_slice(%s, 'OPEN')", JANUARY.first_day, role="finops_batch")
    ask(mart, f"ALTER DATABASE {mart.url.rsplit('/', 1)[1]} SET lock_timeout = '50ms'")
    run_id, started = uuid4(), time.monotonic()
    with mart.connect("") as other, other.transaction():
        other.execute("LOCK TABLE fact_2024_01_open IN SHARE MODE")
        running = run(mart, run_id=run_id, retries=Retries(tries=4, first_wait=0.1))
        with pytest.raises(psycopg.errors.LockNotAvailable):
            running.result(30)
    assert time.monotonic() - started < 5
    assert [told["attempt"] for told in retried] == [2, 3, 4]
    [attempt] = ask(mart, ATTEMPT, run_id)
    assert (attempt["outcome"], attempt["reason"]) == ("FAILED", "canceling statement due to lock timeout")
    assert ask(mart, VERSIONS) == []


# Servers that go


@pytest.fixture
def homes() -> Iterator[Homes]:
    made = Homes()
    yield made
    made.close()


@pytest.fixture
def own(homes) -> tuple[EmbeddedServer, Mart]:
    """A durable server of the test's own, and a mart on it in which OPEN's first line never ends."""
    server = EmbeddedServer(homes.new().home, durable=True)
    running = homes.start(server)
    create_database(running.url("postgres"), "mart")
    mart = Mart(running.url("mart"))
    migrate(mart)
    with mart.connect("finops_batch") as connection:
        catalog.register_domains(connection, [plugin.domain for plugin in PLUGINS.values()], FIRST_MONTH)
    drag(mart, DRAG_COPY)
    return server, mart


def test_a_slice_outlives_a_restart_of_its_server(own, homes, run, retried):
    server, mart = own
    run_id = uuid4()
    running = run(mart, run_id=run_id, retries=Retries())
    sleeper(mart)
    server.stop()
    homes.start(server)
    ask(mart, RELEASE)
    assert running.result(60).published.outcome == "LOADED"
    assert_landed_once(mart, run_id)
    assert retried


def test_a_server_that_stays_away_ends_the_slice_in_a_bounded_time(own, homes, run, retried):
    server, mart = own
    running = run(mart, retries=Retries(tries=5, first_wait=0.2, longest_wait=0.5, within=2))
    sleeper(mart)
    server.stop()
    stopped = time.monotonic()
    with pytest.raises(ServerError, match="cannot be reached"):
        running.result(30)
    assert time.monotonic() - stopped < 5
    assert 1 <= len(retried) <= 4
    homes.start(server)
    ask(mart, RELEASE)
    run_id = uuid4()
    assert run(mart, run_id=run_id).result(30).published.outcome == "LOADED"
    assert_landed_once(mart, run_id)


# What does not pass


def counting(domain: str, tries: list[int], error: Exception | None = None):
    """A domain whose compute counts how often it is called, and may have a bug."""
    plugin = PLUGINS[domain]

    def compute(period, inputs):
        tries.append(1)
        if error is not None:
            raise error
        return plugin.compute(period, inputs)

    return replace(plugin, compute=compute)


def refused(mart, settings, error: type[Exception], bug: Exception | None = None) -> dict:
    tries: list[int] = []
    run_id = uuid4()
    with pytest.raises(error):
        slices.run_slice(mart, settings, counting("OPEN", tries, bug), JANUARY, run_id, retries=QUICK)
    assert len(tries) <= 1
    [attempt] = ask(mart, ATTEMPT, run_id)
    assert attempt["outcome"] == "FAILED"
    return attempt


def test_a_refusal_of_the_guards_is_not_tried_again(mart, settings, usage, retried):
    publish(mart, line())
    force_closed(mart)
    assert "month 2024-01 is closed" in refused(mart, settings, MartRefused)["reason"]
    assert retried == []


@pytest.mark.parametrize("bug", [ValueError("a bug"), psycopg.errors.DiskFull("full"), ContractBroken("OPEN", "", [])])
def test_a_bug_a_full_disk_and_a_broken_contract_are_not_tried_again(mart, settings, usage, retried, bug):
    refused(mart, settings, type(bug), bug)
    assert retried == []


def test_a_refused_source_is_not_tried_again(mart, settings, usage, retried):
    (settings.sources / "open" / "2024-01.csv").write_text("application_id,product_id,quantity\na,b,ten\n")
    refused(mart, settings, SourceRefused)
    assert retried == []
