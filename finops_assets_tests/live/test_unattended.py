"""What nobody asks for: domains that are turned on, a domain by data alone, the night and the third of the month."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from finops_assets.cli.faults.installation import ACTIVATION
from finops_assets_tests.live import pages
from finops_assets_tests.live.company import FACT
from finops_assets_tests.live.story import SINCE


@pytest.mark.parametrize("domain_id", ["WORKPLACE", "AUDIT"], ids=["by SQL", "by the command"])
def test_a_domain_that_is_turned_on_is_run_once_within_a_minute(company, story, domain_id):
    since = company.month(SINCE)
    [run] = company.asked_for(domain_id, 1)
    assert run["creationTime"] - story.switched_on[domain_id] < 60
    assert run["tags"]["dagster/asset_partition_range_start"] == str(since)
    assert run["tags"]["dagster/asset_partition_range_end"] == str(since.next)
    assert company.run_ended(run["runId"], 60)["status"] == "SUCCESS"


def test_a_domain_by_data_alone_is_an_asset_and_runs_without_a_restart(company, story):
    since = company.month(SINCE)
    [run] = company.asked_for("SAAS", 1)
    assert run["creationTime"] - story.switched_on["SAAS"] < 180
    for domain_id in ("saas", "care"):
        assert {*pages.months(company.pages, "domain", domain_id)} == {str(since), str(since.next)}


def test_a_domain_and_what_is_spread_by_it_are_one_run(company, story):
    [run] = company.asked_for("SAAS", 1)
    assert [other["runId"] for other in company.asked_for("CARE", 1)] == [run["runId"]]


def test_a_row_that_nothing_computes_is_reported(company, story):
    """By a tick that asks for nothing: one that asks for something tells it in its log."""
    told = "GHOST cannot be computed: it is DIRECT, and no module computes it"
    assert company.until(told, lambda: [tick for tick in ticks_of(company) if told in (tick["skipReason"] or "")], 90)


def test_a_module_without_a_row_is_registered_disabled(company, story):
    statement = "SELECT is_enabled FROM dim_domain WHERE domain_id = 'SPARE'"
    assert company.until("SPARE is registered", lambda: company.ask(statement), 60) == [{"is_enabled": False}]


def ticks_of(company):
    return pages.ticks(company.pages, ACTIVATION)


@pytest.fixture(scope="session")
def night(company, story):
    """The run of the first night, over."""

    def asked():
        return pages.runs(company.pages, schedule_name="nightly")

    [run] = company.until("the night begins", asked, 240)
    return company.run_ended(run["runId"], 120)


def test_the_night_begins_at_its_hour(company, night):
    ticks, _ = pages.schedule(company.pages, "nightly")
    begun = [tick for tick in ticks if tick["runIds"]]
    assert [tick["timestamp"] for tick in begun] == [company.night.timestamp()]
    assert begun[0]["status"] == "SUCCESS"
    assert begun[0]["runIds"] == [night["runId"]]
    assert night["creationTime"] - company.night.timestamp() < 30


def test_the_night_lands_what_it_can_of_the_open_month(company, night):
    month = company.month(30)
    assert night["tags"]["dagster/partition"] == str(month)
    assert night["status"] == "FAILURE"
    told = pages.failed_slices(company.pages, night["runId"])
    assert set(told) == {f"OPEN {month}", f"SUPPORT {month}", f"FAULTY {month}"}
    assert {"CLOUD", "LICENCES", "WORKPLACE"} <= company.landed(month)
    facts = pages.materializations(company.pages, *FACT)
    assert str(month) in [one["partition"] for one in facts if one["runId"] == night["runId"]]
    status = company.status(month)
    assert (status["OPEN"]["status"], status["FAULTY"]["status"]) == ("FAILED", "FAILED")
    assert status["SUPPORT"]["reason"].startswith("skipped: OPEN did not land")


@pytest.mark.skipif(datetime.now().astimezone().day > 28, reason="not a day that every month has")
def test_the_monthly_run_begins_at_its_hour_and_runs_the_month_before(company, story):
    def asked():
        return pages.runs(company.pages, schedule_name="monthly")

    [run] = company.until("the monthly run begins", asked, 240)
    assert run["creationTime"] - company.night.timestamp() < 30
    assert run["tags"]["dagster/partition"] == str(company.month(29))
    # FAULTY has a bug
    assert company.run_ended(run["runId"], 120)["status"] == "FAILURE"
    # a tick names its runs after they exist: read once the run is over
    ticks, _ = pages.schedule(company.pages, "monthly")
    assert [tick["timestamp"] for tick in ticks if tick["runIds"]] == [company.night.timestamp()]
    assert company.landed(company.month(29)) >= {"OPEN", "CLOUD", "LICENCES", "SUPPORT", "AUDIT", "SAAS"}


def test_the_next_nights_come_once_a_day_whatever_the_clocks_do(company):
    zone, at = company.place.settings.time_zone, company.place.settings.nightly_at
    for changes in ("2027-03-26", "2027-10-29", "2026-12-30"):
        start = datetime.fromisoformat(changes).replace(tzinfo=zone).timestamp()
        _, following = pages.schedule(company.pages, "nightly", after=start, limit=5)
        nights = [datetime.fromtimestamp(tick, UTC).astimezone(zone) for tick in following]
        assert all((later.date() - earlier.date()).days == 1 for earlier, later in pairwise(nights))
        # an hour that is not there is the one after it
        assert Counter(f"{night:%H:%M}" for night in nights)[f"{at:%H:%M}"] >= 4


def test_the_monthly_runs_to_come_are_at_their_hour_over_the_end_of_the_year_and_summer_time(company):
    zone, at = company.place.settings.time_zone, company.place.settings.monthly_at
    start = datetime(2026, 11, 30, tzinfo=zone).timestamp()
    _, following = pages.schedule(company.pages, "monthly", after=start, limit=12)
    days = [datetime.fromtimestamp(tick, UTC).astimezone(zone) for tick in following]
    months = ["2026-12", *(f"2027-{month:02}" for month in range(1, 12))]
    assert [f"{day:%Y-%m-%d}" for day in days] == [f"{month}-{at.day:02}" for month in months]
    assert {day.time() for day in days} == {at.time}
    assert {day.utcoffset().total_seconds() for day in days} == {3600, 7200}
