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


def asked_for(company, domain_id):
    """The runs that activation has asked for because a domain was turned on."""
    causes = {run: key.partition(":")[2].split("+") for run, key in company.pages.run_keys(ACTIVATION).items()}
    wanted = {run for run, names in causes.items() if domain_id in [name.split(":")[0] for name in names]}
    return [run for run in pages.runs(company.pages, sensor_name=ACTIVATION) if run["runId"] in wanted]


@pytest.mark.parametrize("domain_id", ["WORKPLACE", "AUDIT"], ids=["by SQL", "by the command"])
def test_a_domain_that_is_turned_on_is_run_once_within_a_minute(company, story, domain_id):
    since = company.month(SINCE)
    company.until(f"{domain_id} is there", lambda: domain_id in company.landed(since) & company.landed(since.next), 120)
    [run] = asked_for(company, domain_id)
    assert run["creationTime"] - story.switched_on[domain_id] < 60
    assert run["tags"]["dagster/asset_partition_range_start"] == str(since)
    assert run["tags"]["dagster/asset_partition_range_end"] == str(since.next)


def test_a_domain_by_data_alone_is_an_asset_and_runs_without_a_restart(company, story):
    since = company.month(SINCE)
    company.until("SAAS is there", lambda: "SAAS" in company.landed(since) & company.landed(since.next), 240)
    [run] = asked_for(company, "SAAS")
    assert run["creationTime"] - story.switched_on["SAAS"] < 180
    assert pages.months(company.pages, "domain", "saas") == {
        str(since): "MATERIALIZED",
        str(since.next): "MATERIALIZED",
    }


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


def test_the_next_nights_come_once_a_day_whatever_the_clocks_do(company):
    zone, at = company.place.settings.time_zone, company.place.settings.nightly_at
    for changes in ("2027-03-26", "2027-10-29", "2026-12-30"):
        start = datetime.fromisoformat(changes).replace(tzinfo=zone).timestamp()
        _, following = pages.schedule(company.pages, "nightly", after=start, limit=5)
        nights = [datetime.fromtimestamp(tick, UTC).astimezone(zone) for tick in following]
        assert all((later.date() - earlier.date()).days == 1 for earlier, later in pairwise(nights))
        # an hour that is not there is the one after it
        assert Counter(f"{night:%H:%M}" for night in nights)[f"{at:%H:%M}"] >= 4


def test_the_third_of_the_month_comes_an_hour_later_over_the_end_of_the_year_and_summer_time(company):
    zone, at = company.place.settings.time_zone, company.place.settings.nightly_at
    start = datetime(2026, 11, 30, tzinfo=zone).timestamp()
    _, following = pages.schedule(company.pages, "monthly", after=start, limit=12)
    thirds = [datetime.fromtimestamp(tick, UTC).astimezone(zone) for tick in following]
    assert [f"{third:%Y-%m-%d}" for third in thirds] == ["2026-12-03", *(f"2027-{m:02}-03" for m in range(1, 12))]
    assert {(third.hour, third.minute) for third in thirds} == {((at.hour + 1) % 24, at.minute)}
    assert {third.utcoffset().total_seconds() for third in thirds} == {3600, 7200}
