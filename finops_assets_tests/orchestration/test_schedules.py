"""The schedules at chosen instants: when they tick, what they ask for, and that it runs."""

from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
import time_machine
from dagster._utils.schedules import schedule_execution_time_iterator

from finops_assets import catalog
from finops_assets.definitions import defs
from finops_assets.defs.resources import MartResource
from finops_assets.defs.schedules import monthly_schedule, nightly_schedule
from finops_assets.period import Period
from finops_assets.settings import Settings
from finops_assets_tests.factories import ask

PARIS = ZoneInfo("Europe/Paris")
FACT = "fact_consumption"


def schedule(name):
    return defs.get_repository_def().get_schedule_def(name)


def tick(name, instance, moment):
    context = dg.build_schedule_context(
        instance,
        datetime.fromisoformat(moment),
        resources={"mart": MartResource()},
        repository_def=defs.get_repository_def(),
    )
    return schedule(name).evaluate_tick(context)


def asked(told):
    return {
        request.partition_key: sorted(key.path[-1] for key in request.asset_selection) for request in told.run_requests
    }


def instants(definition, after, count):
    """The next local times a schedule ticks at."""
    start = datetime.fromisoformat(after).replace(tzinfo=PARIS).timestamp()
    ticks = schedule_execution_time_iterator(start, definition.cron_schedule, definition.execution_timezone)
    return [next(ticks).astimezone(PARIS) for _ in range(count)]


def test_the_night_asks_for_the_enabled_domains_of_the_open_month(company, instance):
    told = tick("nightly", instance, "2024-02-20T03:00+01:00")
    assert asked(told) == {"2024-02": [FACT, "licences", "open", "support"]}
    assert [request.run_key for request in told.run_requests] == ["2024-02:2024-02-20"]


def test_the_first_nights_ask_for_the_month_before_too(company, instance):
    assert list(asked(tick("nightly", instance, "2024-03-05T03:00+01:00"))) == ["2024-02", "2024-03"]
    assert list(asked(tick("nightly", instance, "2024-03-06T03:00+01:00"))) == ["2024-03"]


@pytest.mark.parametrize(
    ("moment", "months"),
    [
        ("2024-03-31T03:00+02:00", ["2024-03"]),
        ("2024-10-27T03:00+01:00", ["2024-10"]),
        ("2024-12-31T23:30+00:00", ["2024-12", "2025-01"]),
        ("2024-02-29T03:00+01:00", ["2024-02"]),
        # before the first month there is nothing
        ("2024-01-02T03:00+01:00", ["2024-01"]),
    ],
)
def test_the_night_goes_by_the_clocks_of_paris(company, instance, moment, months):
    assert list(asked(tick("nightly", instance, moment))) == months


def test_the_third_asks_for_the_month_before(company, instance):
    told = tick("monthly", instance, "2024-03-03T04:00+01:00")
    assert asked(told) == {"2024-02": [FACT, "licences", "open", "support"]}
    assert [request.run_key for request in told.run_requests] == ["2024-02:2024-03-03"]


def test_a_domain_that_is_off_or_begins_later_is_left_out(company, instance, mart):
    with mart.connect("finops_admin") as connection:
        catalog.set_enabled(connection, "SUPPORT", is_enabled=False)
        catalog.set_enabled(connection, "LICENCES", is_enabled=True, available_from=Period(2024, 3))
    assert asked(tick("nightly", instance, "2024-03-02T03:00+01:00")) == {
        "2024-02": [FACT, "open"],
        "2024-03": [FACT, "licences", "open"],
    }


def test_no_domain_is_no_run(company, instance, mart):
    ask(mart, "UPDATE dim_domain SET is_enabled = FALSE")
    told = tick("nightly", instance, "2024-03-02T03:00+01:00")
    assert (told.run_requests, told.skip_message) == ([], "no enabled domain has such a month")


@pytest.mark.parametrize("name", ["nightly", "monthly"])
def test_a_database_that_is_down_is_told_without_its_password(company, instance, monkeypatch, name):
    monkeypatch.setenv("FINOPS_DATABASE_URL", "postgresql://finops:secret@127.0.0.1:1/finops")
    told = tick(name, instance, "2024-03-03T03:00+01:00")
    assert told.skip_message.startswith("the mart cannot be asked")
    assert "secret" not in told.skip_message


def test_what_the_night_asks_for_runs(company, instance, mart):
    [request] = tick("nightly", instance, "2024-02-20T03:00+01:00").run_requests
    with time_machine.travel("2024-02-20 02:00+00:00", tick=True):
        result = defs.resolve_job_def("month").execute_in_process(
            instance=instance,
            asset_selection=list(request.asset_selection),
            partition_key=request.partition_key,
            tags=dict(request.tags),
        )
    assert result.success
    found = ask(mart, "SELECT DISTINCT domain_id FROM fact_consumption WHERE period_month = '2024-02-01' ORDER BY 1")
    assert [row["domain_id"] for row in found] == ["LICENCES", "OPEN", "SUPPORT"]


@pytest.mark.parametrize("day", ["2024-03-29", "2024-10-25"], ids=["forward", "back"])
@pytest.mark.parametrize("at", ["00:30", "02:30", "03:00"])
def test_there_is_one_night_a_day_whatever_the_clocks_do(day, at):
    settings = Settings.from_environment({"FINOPS_NIGHTLY_AT": at})
    nights = instants(nightly_schedule(settings), f"{day}T12:00", 5)
    days = [night.date() for night in nights]
    assert [(later - earlier).days for earlier, later in zip(days, days[1:], strict=False)] == [1, 1, 1, 1]
    wanted = time.fromisoformat(at)
    # an hour that is not there is the one after it
    assert {night.time() for night in nights} <= {wanted, time(3, 0)}


def test_the_third_comes_once_a_month_over_the_end_of_the_year():
    ticks = instants(monthly_schedule(Settings.from_environment({})), "2024-11-15T00:00", 4)
    assert [f"{tick:%Y-%m-%d %H:%M}" for tick in ticks] == [
        "2024-12-03 04:00",
        "2025-01-03 04:00",
        "2025-02-03 04:00",
        "2025-03-03 04:00",
    ]


def test_times_and_the_last_day_are_settings():
    given = {"FINOPS_NIGHTLY_AT": "23:45", "FINOPS_MONTHLY_AT": "8 06:30", "FINOPS_TIME_ZONE": "Asia/Tokyo"}
    settings = Settings.from_environment(given)
    nightly, monthly = nightly_schedule(settings), monthly_schedule(settings)
    assert (nightly.cron_schedule, monthly.cron_schedule) == ("45 23 * * *", "30 6 8 * *")
    assert {nightly.execution_timezone, monthly.execution_timezone} == {"Asia/Tokyo"}


def test_members_and_prices_are_imported_every_night_before_the_months():
    imports = schedule("imports")
    assert imports.job_name == "import_referential"
    assert imports.default_status is dg.DefaultScheduleStatus.RUNNING
    assert (imports.cron_schedule, imports.execution_timezone) == ("30 2 * * *", "Europe/Paris")


@pytest.mark.parametrize("name", ["nightly", "monthly"])
def test_the_schedules_run_without_a_click_in_the_configured_zone(name):
    assert schedule(name).default_status is dg.DefaultScheduleStatus.RUNNING
    assert schedule(name).execution_timezone == "Europe/Paris"
    assert schedule(name).job_name == "month"


def test_a_tick_that_is_late_asks_for_the_night_it_is_of(company, instance):
    with time_machine.travel(datetime(2024, 4, 2, tzinfo=UTC)):
        assert list(asked(tick("nightly", instance, "2024-03-06T03:00+01:00"))) == ["2024-03"]
