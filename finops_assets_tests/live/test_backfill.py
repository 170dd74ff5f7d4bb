"""Months of every domain as one backfill: seen half way, cancelled, taken up again, and the marts once."""

from __future__ import annotations

import math

import pytest

from finops_assets import marts
from finops_assets_tests.live import pages
from finops_assets_tests.live.company import FACT, MART, domain
from finops_assets_tests.live.story import BEHIND, BROKEN, EVERY_DOMAIN, FILLED, HELD, MONTHS_A_RUN, UNDELIVERED, ended

MONTHS = FILLED[1] - FILLED[0] + 1
UNCHANGED = """
SELECT count(*) AS versions, max(version) AS version FROM slice_version WHERE period_month = %s AND domain_id = %s
"""


@pytest.fixture(scope="session")
def resumed(company, story):
    """The second backfill when it is over."""
    return company.until("the backfill is over", lambda: ended(company, story.resumed_id), 600)


def test_its_progress_is_seen_while_it_runs(company, story):
    shown = story.half.shown
    assert shown["status"] == "REQUESTED"
    assert shown["numPartitions"] == MONTHS
    assert sorted(run["status"] for run in shown["runs"])[-2:] == ["STARTED", "STARTED"]
    assert len(shown["runs"]) == math.ceil(MONTHS / MONTHS_A_RUN)
    assert set(shown["assets"]) == {*(domain_id.lower() for domain_id in EVERY_DOMAIN), *FACT}
    assert shown["assets"]["cloud"]["targeted"] == MONTHS
    done = [*company.months(FILLED[0], HELD[0] - 1), *company.months(FILLED[0] + MONTHS_A_RUN, HELD[1] - 1)]
    seen = {month for month, status in story.half.months.items() if status == "MATERIALIZED"}
    assert seen >= {str(month) for month in done}
    assert str(company.month(BEHIND)) not in seen


def test_its_runs_of_different_months_work_at_once(story):
    at_work = {one["run_id"] for one in story.half.attempts if one["outcome"] == "RUNNING"}
    assert len(at_work) == 2
    assert {one["month"] for one in story.half.attempts if one["outcome"] == "RUNNING"} == {
        *(one["month"] for one in story.half.attempts if one["domain_id"] == "CLOUD" and one["ended_at"] is None)
    }


def test_it_is_cancelled_half_way(company, story):
    assert story.half.after["status"] == "CANCELED"
    assert {run["status"] for run in story.half.after["runs"]} == {"CANCELED"}
    finished = len(story.half.finished)
    assert 20 < finished < MONTHS * 4
    again = company.attempts(*(run["runId"] for run in story.half.shown["runs"]))
    assert sum(one["outcome"] == "LOADED" for one in again) == finished


def test_what_it_had_finished_is_not_computed_again(company, story, resumed):
    runs = [run["runId"] for run in resumed["runs"]]
    outcomes = {(one["month"], one["domain_id"]): one["outcome"] for one in company.attempts(*runs)}
    assert {outcomes[slice_] for slice_ in story.half.finished} == {"UNCHANGED"}
    for month, domain_id in story.half.finished:
        assert company.ask(UNCHANGED, month.first_day, domain_id) == [{"versions": 1, "version": 1}]


def test_the_others_land_whatever_fails(company, resumed):
    assert resumed["status"] == "COMPLETED_FAILED"
    numbers = range(FILLED[0], FILLED[1] + 1)
    lacking = {
        "OPEN": {number for number in BROKEN if number in numbers},
        "SUPPORT": {number for number in BROKEN if number in numbers},
        "LICENCES": {UNDELIVERED},
        "CLOUD": set(),
        "FAULTY": set(numbers),
    }
    for domain_id, without in lacking.items():
        there = pages.months(company.pages, *domain(domain_id))
        landed = {str(company.month(number)) for number in numbers if number not in without}
        assert {month for month in map(str, company.months(*FILLED)) if there.get(month) == "MATERIALIZED"} == landed
    facts = pages.months(company.pages, *FACT)
    assert {facts[str(month)] for month in company.months(*FILLED)} == {"MATERIALIZED"}


def test_every_slice_that_failed_says_why(company, resumed):
    told = company.status(company.month(BROKEN[1]))
    assert (told["OPEN"]["status"], told["SUPPORT"]["status"]) == ("FAILED", "MISSING")
    assert told["SUPPORT"]["reason"].startswith("skipped: OPEN did not land")
    told = company.status(company.month(UNDELIVERED))
    assert told["LICENCES"]["status"] == "MISSING"
    assert "no file" in told["LICENCES"]["reason"]


def test_the_marts_are_refreshed_once_when_it_is_over(company, resumed):
    def fresh():
        with company.place.mart.connect("finops_api") as connection:
            return marts.stale_count(connection) == 0

    runs = [run["runId"] for run in resumed["runs"]]
    at_work = [run["startTime"] for run in pages.runs(company.pages) if run["runId"] in runs]
    facts = pages.materializations(company.pages, *FACT, after=min(at_work))
    last = max(one["timestamp"] for one in facts if one["runId"] in runs)

    def asked():
        refreshed = {one["runId"] for one in pages.materializations(company.pages, *MART)}
        return [run["creationTime"] for run in pages.runs(company.pages) if run["runId"] in refreshed]

    company.until("the marts are refreshed", lambda: max(asked(), default=0) > last, 180)
    # one that was asked for before may have waited for a place meanwhile
    assert [at for at in asked() if min(at_work) < at < last] == []
    company.until("the marts show every slice", fresh, 180)
    priced = company.ask("SELECT DISTINCT period_month FROM mv_cost_domain_month")
    assert {month.first_day for month in company.months(*FILLED)} <= {row["period_month"] for row in priced}
