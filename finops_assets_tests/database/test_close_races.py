"""Closing against publishing, pricing, deciding, booking and closing: exactly one wins, and what is signed stands."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial

import pytest

from finops_assets.closing import adjustments
from finops_assets.errors import MartRefused, MonthBlocked, SourceRefused
from finops_assets.postgres.connection import Mart
from finops_assets_tests.database.closable import FEBRUARY, assert_sound, enable
from finops_assets_tests.factories import (
    JANUARY,
    SET_ASIDE,
    ask,
    close,
    line,
    price,
    price_view,
    publish,
    refresh,
    reopen,
)

ROUNDS = 60

# what was signed, against the facts × the prices in force, of the last closing
DIFFERENCES = """
WITH owed AS (
  SELECT fact.domain_id, fact.application_id, sum(fact.quantity * price.unit_price) AS cost
  FROM fact_consumption AS fact
  JOIN prices_in_force('2024-01-01', 'OPEN') AS price USING (product_id)
  WHERE period_month = '2024-01-01'
  GROUP BY fact.domain_id, fact.application_id
),
signed AS (
  SELECT domain_id, application_id, cost
  FROM statement
  WHERE original_month = '2024-01-01'
    AND (period_month, close_number) = (SELECT '2024-01-01'::DATE, max(close_number) FROM period_close)
)
SELECT * FROM owed FULL JOIN signed USING (domain_id, application_id) WHERE owed.cost IS DISTINCT FROM signed.cost
"""
STATE = (
    "SELECT status, (SELECT max(version) FROM slice_version) AS version FROM period WHERE period_month = '2024-01-01'"
)


@pytest.fixture
def company(mart, tmp_path):
    """OPEN alone, loaded and priced in January, ready to be closed."""
    price_view(mart, tmp_path)
    price(mart, tmp_path, "0.333")
    enable(mart, "OPEN")
    publish(mart, *content(1))
    refresh(mart)
    return mart


def content(quantity: int) -> list[dict]:
    return [line(application_id=f"app-{place}", quantity=Decimal(quantity)) for place in range(20)]


def race(first: Callable[[], object], second: Callable[[], object], head_start: float) -> list[Exception | None]:
    """Start both at once, the second so much later (the first when below 0); what each of them raised."""
    barrier = threading.Barrier(2)

    def run(task: Callable[[], object], wait: float) -> Exception | None:
        barrier.wait(10)
        time.sleep(max(wait, 0))
        try:
            task()
        except (MartRefused, MonthBlocked, SourceRefused) as refused:
            return refused
        return None

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(run, first, -head_start), pool.submit(run, second, head_start)]
        return [future.result(60) for future in done]


def wait_for_a_lock(mart: Mart) -> None:
    """Return once a session of this database waits for a lock, or after ten seconds."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    deadline = time.monotonic() + 10
    while ask(mart, waiting)[0]["count"] == 0 and time.monotonic() < deadline:
        time.sleep(0.01)


def one_wins(mart: Mart, settings, other: Callable[[int], object], seed: int) -> tuple[int, int]:
    """Race closing against another act; returns how often closing won, and how often the other did."""
    chance, won = random.Random(seed), 0
    for number in range(ROUNDS):
        ahead = chance.uniform(-0.03, 0.03)
        closing, acting = race(partial(close, mart, settings), partial(other, number + 2), ahead)
        assert (closing is None) != (acting is None), (closing, acting)
        [state] = ask(mart, STATE)
        if closing is None:
            assert "closed" in str(acting)
            assert state["status"] == "CLOSED"
            assert ask(mart, DIFFERENCES) == []
            won += 1
            reopen(mart)
        else:
            assert {one.blocker for one in closing.blockers} == {"STALE_MARTS"}
            assert state["status"] == "OPEN"
        refresh(mart)
    return won, ROUNDS - won


def test_closing_or_publishing_wins(company, settings):
    versions = ask(company, STATE)[0]["version"]
    won, lost = one_wins(company, settings, lambda number: publish(company, *content(number)), seed=1)
    assert ask(company, STATE)[0]["version"] == versions + lost
    assert ask(company, "SELECT count(*) FROM period_close")[0]["count"] == 2 * won
    assert won
    assert lost
    close(company, settings)
    assert_sound(company)


def test_closing_or_pricing_wins(company, settings, tmp_path):
    won, lost = one_wins(company, settings, lambda number: price(company, tmp_path, str(number)), seed=2)
    assert ask(company, "SELECT max(revision) FROM unit_price")[0]["max"] == 1 + lost
    assert won
    assert lost
    close(company, settings)
    assert_sound(company)


def test_two_closings_at_once_close_once(company, settings):
    for number in range(1, 11):
        done = race(partial(close, company, settings), partial(close, company, settings), 0)
        [refused] = [one for one in done if one is not None]
        assert [one.blocker for one in refused.blockers] == ["CLOSED"]
        assert reopen(company).close_number == number
    assert_sound(company)


def test_closing_while_the_marts_are_refreshed_signs_what_stands(company, settings):
    for number in range(2, 12):
        publish(company, *content(number))
        closing, refreshing = race(partial(close, company, settings), partial(refresh, company), 0.002)
        assert refreshing is None
        if closing is None:
            assert ask(company, DIFFERENCES) == []
            reopen(company)
    close(company, settings)
    assert_sound(company)


def test_adjustment_booked_while_its_month_closes_is_signed_there_or_goes_into_the_next(company, settings):
    close(company, settings)
    publish(company, *content(1), month=FEBRUARY)
    refresh(company)
    late = adjustments.LateData(JANUARY, "OPEN", "app-1", "vm-small", Decimal(1))

    def book() -> None:
        with company.connect("finops_admin") as connection:
            adjustments.book(connection, late, "ada", "a late meter")

    for _ in range(15):
        done = race(partial(close, company, settings, FEBRUARY), book, random.Random(3).uniform(-0.01, 0.01))
        assert done == [None, None]
        [told] = ask(
            company,
            "SELECT (SELECT count(*) FROM adjustment WHERE period_month = '2024-02-01') AS booked, "
            "coalesce(sum(line_count), 0) AS signed FROM statement WHERE original_month < period_month "
            "AND close_number = (SELECT max(close_number) FROM period_close WHERE period_month = '2024-02-01')",
        )
        assert told["booked"] == told["signed"]
        reopen(company, FEBRUARY)
    assert ask(company, "SELECT count(*) FROM adjustment")[0]["count"] == 15


def test_closing_waits_for_a_publication_under_way_and_then_sees_it(company, settings):
    with company.connect("finops_batch") as publisher, ThreadPoolExecutor(1) as pool:
        publisher.execute("BEGIN")
        publisher.execute("SELECT open_publication('2024-01-01', 'OPEN', gen_random_uuid(), sha256('other'))")
        closing = pool.submit(close, company, settings)
        wait_for_a_lock(company)
        publisher.execute("ROLLBACK")
        assert closing.result(10).act == "CLOSE"
    assert_sound(company)


def test_quarantined_line_waits_for_a_closing_under_way_and_is_refused(company, settings):
    with company.connect("finops_admin") as closer, ThreadPoolExecutor(1) as pool:
        closer.execute("BEGIN")
        closer.execute("SELECT close_period('2024-01-01', '2030-01-01', 'ada', '', NULL, 0)")
        late = pool.submit(ask, company, SET_ASIDE, 1, "{}")
        wait_for_a_lock(company)
        closer.execute("COMMIT")
        with pytest.raises(MartRefused, match="INSERT on quarantine_line is refused: month 2024-01 is closed"):
            late.result(10)
