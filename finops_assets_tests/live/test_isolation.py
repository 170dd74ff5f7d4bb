"""One run of a month in which a source is broken, a domain has a bug, and another one waits for the first."""

from __future__ import annotations

import pytest

from finops_assets_tests.live import pages
from finops_assets_tests.live.company import FACT
from finops_assets_tests.live.story import TWICE


@pytest.fixture(scope="session")
def run(company, story):
    return company.run_ended(story.run_id, 90)


def test_the_run_is_red_and_names_every_slice_that_did_not_land(company, run):
    month = company.month(1)
    assert run["status"] == "FAILURE"
    told = pages.failed_slices(company.pages, run["runId"])
    assert set(told) == {f"OPEN {month}", f"SUPPORT {month}", f"FAULTY {month}"}
    assert f"open/{month}.csv" in told[f"OPEN {month}"]
    assert told[f"FAULTY {month}"] == "ZeroDivisionError: a bug of this company's own"
    assert told[f"SUPPORT {month}"].startswith("skipped: OPEN did not land")


def test_the_others_land(company, run):
    assert company.landed(company.month(1)) == {"CLOUD", "LICENCES"}
    assert {(one["domain_id"], one["outcome"]) for one in company.attempts(run["runId"])} >= {
        ("CLOUD", "LOADED"),
        ("LICENCES", "LOADED"),
    }


def test_the_facts_are_materialized_and_only_what_landed(company, run):
    assert materialized_by(company, run, *FACT) == [str(company.month(1))]
    assert materialized_by(company, run, "domain", "cloud") == [str(company.month(1))]
    assert materialized_by(company, run, "domain", "open") == []


def materialized_by(company, run, *path):
    return [one["partition"] for one in pages.materializations(company.pages, *path) if one["runId"] == run["runId"]]


def test_finops_status_says_what_failed_and_why(company, run):
    told = company.status(company.month(1))
    assert {name: told[name]["status"] for name in ("OPEN", "FAULTY", "SUPPORT", "CLOUD")} == {
        "OPEN": "FAILED",
        "FAULTY": "FAILED",
        "SUPPORT": "MISSING",
        "CLOUD": "LOADED",
    }
    assert f"open/{company.month(1)}.csv" in told["OPEN"]["reason"]
    assert told["FAULTY"]["reason"] == "a bug of this company's own"
    assert told["SUPPORT"]["reason"] == "skipped: OPEN did not land, and SUPPORT is spread by it"


def test_two_runs_of_the_same_slices_take_turns(company, story):
    for run_id in story.twins:
        assert company.run_ended(run_id, 60)["status"] == "SUCCESS"
    tried = company.attempts(*story.twins)
    of_a_slice = {}
    for one in tried:
        of_a_slice.setdefault((one["month"], one["domain_id"]), []).append(one["outcome"])
    assert len(of_a_slice) == 2 * len(company.months(*TWICE))
    assert {tuple(sorted(outcomes)) for outcomes in of_a_slice.values()} == {("LOADED", "UNCHANGED")}
    # they were at work at the same time
    begins = {run: min(one["started_at"] for one in tried if one["run_id"] == run) for run in story.twins}
    ends = {run: max(one["ended_at"] for one in tried if one["run_id"] == run) for run in story.twins}
    assert max(begins.values()) < min(ends.values())
    months = [month.first_day for month in company.months(*TWICE)]
    versions = company.ask("SELECT DISTINCT version FROM slice_version WHERE period_month = ANY(%s)", months)
    assert versions == [{"version": 1}]
