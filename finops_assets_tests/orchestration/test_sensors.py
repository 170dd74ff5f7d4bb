"""The sensors tick by tick, each with the cursor that the tick before has left, on a real mart."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import dagster as dg
import pytest
import time_machine
from dagster._core.execution.backfill import BulkActionStatus, PartitionBackfill

from finops_assets import catalog, slices
from finops_assets.definitions import defs
from finops_assets.defs.resources import MartResource
from finops_assets.defs.sensors import activation_sensor, reconcile_sensor
from finops_assets.domain import Mode
from finops_assets.period import Period
from finops_assets_tests.factories import ask, force_closed, write_csv

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
FACT = "fact_consumption"
# after the days in which the nights run February too
NOW = "2024-03-15 12:00+00:00"


class Ticking:
    """A sensor as the daemon ticks it: what it asks for is kept, and the cursor goes from tick to tick."""

    def __init__(self, sensor, instance):
        self.sensor, self.instance, self.cursor = sensor, instance, None

    def tick(self, now=NOW):
        context = dg.build_sensor_context(
            self.instance, cursor=self.cursor, definitions=defs, resources={"mart": MartResource()}
        )
        with time_machine.travel(now, tick=True):
            told = self.sensor.evaluate_tick(context)
        self.cursor = told.cursor or self.cursor
        return told

    def requests(self, now=NOW):
        return self.tick(now).run_requests


def asked(requests):
    """Domains and months of each request."""
    return [(sorted(key.path[-1] for key in request.asset_selection), months(request)) for request in requests]


def months(request):
    first = request.tags.get("dagster/asset_partition_range_start") or request.partition_key
    return (first, request.tags.get("dagster/asset_partition_range_end") or first)


def execute(request, instance):
    """A request as the daemon launches it, in this process."""
    return defs.resolve_job_def("month").execute_in_process(
        instance=instance,
        asset_selection=list(request.asset_selection),
        partition_key=request.partition_key,
        tags=dict(request.tags),
        run_config=QUIET,
        raise_on_error=False,
    )


def switch(mart, *domain_ids, on=True, first=None):
    with mart.connect("finops_admin") as connection:
        for domain_id in domain_ids:
            catalog.set_enabled(connection, domain_id, is_enabled=on, available_from=first)


def statuses(mart):
    with mart.connect("finops_api") as connection:
        found = slices.status(connection, Period(2024, 1), Period(2024, 3), Period(2024, 3))
    return {f"{row['domain_id']} {row['period_month']:%Y-%m}": row["status"] for row in found}


@pytest.fixture
def activation(company, instance):
    return Ticking(activation_sensor, instance)


@pytest.fixture
def reconcile(company, instance):
    return Ticking(reconcile_sensor, instance)


@pytest.fixture
def nobody_home(monkeypatch):
    """A mart whose database does not answer."""
    monkeypatch.setenv("FINOPS_DATABASE_URL", "postgresql://finops:secret@127.0.0.1:1/finops")


def test_the_first_tick_asks_for_nothing_of_what_is_enabled(activation):
    told = activation.tick()
    assert told.run_requests == []
    assert told.skip_message == "no domain was turned on"
    assert json.loads(told.cursor)["times"] | {"OPEN": 1, "AUDIT": 0} == json.loads(told.cursor)["times"]


def test_a_flip_asks_for_its_months_once_and_the_run_lands_them(activation, mart, instance):
    switch(mart, "OPEN", on=False)
    activation.tick()
    switch(mart, "OPEN", first=Period(2024, 1))
    [request] = activation.requests()
    # SUPPORT is enabled, and spread by OPEN
    assert asked([request]) == [([FACT, "open", "support"], ("2024-01", "2024-03"))]
    assert request.run_key == "activate:OPEN:2"
    with time_machine.travel(NOW, tick=True):
        assert execute(request, instance).success
    assert {name for name, status in statuses(mart).items() if status == "LOADED"} == {
        f"{domain} 2024-0{month}" for domain in ("OPEN", "SUPPORT") for month in (1, 2)
    }
    assert activation.requests() == []


def test_plain_sql_turns_a_domain_on_as_well(activation, mart):
    activation.tick()
    ask(mart, "UPDATE dim_domain SET is_enabled = TRUE, available_from = '2024-02-01' WHERE domain_id = 'AUDIT'")
    assert asked(activation.requests()) == [(["audit", FACT], ("2024-02", "2024-03"))]


def test_a_domain_of_this_month_only_is_a_run_of_one_partition(activation, mart):
    activation.tick()
    switch(mart, "AUDIT", first=Period(2024, 3))
    [request] = activation.requests()
    assert (request.partition_key, request.tags["dagster/partition"]) == ("2024-03", "2024-03")


def test_every_off_and_on_is_asked_for_under_a_key_of_its_own(activation, mart):
    activation.tick()
    keys = []
    for _ in range(3):
        switch(mart, "AUDIT")
        keys += [request.run_key for request in activation.requests()]
        switch(mart, "AUDIT", on=False)
        assert activation.requests() == []
    assert keys == ["activate:AUDIT:1", "activate:AUDIT:2", "activate:AUDIT:3"]


def test_off_and_on_between_two_ticks_is_a_flip_as_well(activation, mart):
    activation.tick()
    switch(mart, "AUDIT", first=Period(2024, 2))
    [first] = activation.requests()
    switch(mart, "AUDIT", on=False)
    switch(mart, "AUDIT")
    [again] = activation.requests()
    assert (first.run_key, again.run_key) == ("activate:AUDIT:1", "activate:AUDIT:2")
    assert activation.requests() == []


def test_a_cursor_that_was_wiped_makes_no_key_that_was_used(activation, mart):
    activation.tick()
    switch(mart, "AUDIT")
    [first] = activation.requests()
    activation.cursor = None
    assert activation.requests() == []
    switch(mart, "AUDIT", on=False)
    switch(mart, "AUDIT")
    [again] = activation.requests()
    assert (first.run_key, again.run_key) == ("activate:AUDIT:1", "activate:AUDIT:2")


def test_a_change_that_decides_nothing_asks_for_nothing(activation, mart):
    activation.tick()
    ask(mart, "UPDATE dim_domain SET domain_label = 'Auditors' WHERE domain_id = 'AUDIT'")
    ask(mart, "UPDATE dim_domain SET available_from = '2024-02-01' WHERE domain_id = 'OPEN'")
    assert activation.requests() == []


def test_a_month_that_is_closed_is_not_asked_for(activation, mart):
    activation.tick()
    force_closed(mart, Period(2024, 1))
    switch(mart, "AUDIT", first=Period(2024, 1))
    assert asked(activation.requests()) == [(["audit", FACT], ("2024-02", "2024-03"))]


def test_a_flip_while_nobody_looked_is_seen_whenever_the_next_tick_is(activation, mart):
    activation.tick()
    switch(mart, "AUDIT", first=Period(2024, 1))
    assert asked(activation.requests("2024-06-15 12:00+00:00")) == [(["audit", FACT], ("2024-01", "2024-06"))]


def test_a_tick_that_was_lost_asks_the_same_again(activation, mart):
    activation.tick()
    switch(mart, "AUDIT")
    before = activation.cursor
    [first] = activation.requests()
    activation.cursor = before
    [again] = activation.requests()
    assert first.run_key == again.run_key


def test_a_module_without_a_row_is_registered_disabled(activation, mart):
    ask(mart, "DELETE FROM dim_domain WHERE domain_id = 'AUDIT'")
    told = activation.tick()
    assert "AUDIT is registered, disabled" in told.skip_message
    [row] = ask(mart, "SELECT is_enabled, available_from FROM dim_domain WHERE domain_id = 'AUDIT'")
    assert row == {"is_enabled": False, "available_from": date(2024, 3, 1)}


INSERT = """
INSERT INTO dim_domain (
  domain_id, domain_label, domain_mode, indirect_method_key, indirect_label, is_enabled, available_from
) VALUES (%s, 'New', %s, %s, %s, TRUE, '2024-01-01')
"""


def test_a_row_that_nothing_computes_is_told_and_asks_for_nothing(activation, mart):
    activation.tick()
    ask(mart, INSERT, "NETWORK", Mode.DIRECT, None, None)
    told = activation.tick()
    assert told.run_requests == []
    assert "NETWORK cannot be computed: it is DIRECT, and no module computes it" in told.skip_message


def test_a_row_that_the_definitions_lack_asks_for_a_reload_once(activation, mart):
    activation.tick()
    ask(mart, INSERT, "SAAS", Mode.INDIRECT, "even", "Even share")
    told = activation.tick()
    assert told.run_requests == []
    assert "definitions changed: reload the code location" in told.skip_message
    assert activation.tick().skip_message == "no domain was turned on"


@pytest.mark.parametrize("sensor", [activation_sensor, reconcile_sensor], ids=lambda sensor: sensor.name)
def test_a_database_that_is_down_is_told_without_its_password_and_changes_no_cursor(
    company, instance, nobody_home, sensor
):
    ticking = Ticking(sensor, instance)
    ticking.cursor = "as it was"
    told = ticking.tick()
    assert told.skip_message.startswith("the mart cannot be asked: PostgreSQL at 127.0.0.1:1")
    assert "secret" not in told.skip_message
    assert (told.run_requests, ticking.cursor) == ([], "as it was")


@pytest.mark.parametrize("sensor", [activation_sensor, reconcile_sensor], ids=lambda sensor: sensor.name)
def test_a_mart_without_tables_is_told(company, instance, mart, sensor):
    ask(mart, "ALTER SCHEMA finops RENAME TO elsewhere")
    assert "the mart cannot be asked" in Ticking(sensor, instance).tick().skip_message


def test_every_missing_slice_is_asked_for_once_and_lands(reconcile, mart, instance):
    assert reconcile.requests() == []
    [request] = reconcile.requests()
    assert asked([request]) == [([FACT, "licences", "open", "support"], ("2024-01", "2024-02"))]
    with time_machine.travel(NOW, tick=True):
        assert execute(request, instance).success
    assert set(statuses(mart).values()) == {"LOADED", "EXPECTED"}
    told = reconcile.tick()
    assert (told.run_requests, told.skip_message) == ([], "every slice is as it should be")


def test_a_month_that_stays_missing_is_asked_for_again_when_its_file_is_there(reconcile, company, mart, instance):
    (company.sources / "licences" / "2024-02.csv").rename(company.sources / "late.csv")
    reconcile.tick()
    with time_machine.travel(NOW, tick=True):
        for request in reconcile.requests():
            execute(request, instance)
    assert statuses(mart)["LICENCES 2024-02"] == "MISSING"
    assert [reconcile.requests() for _ in range(3)] == [[], [], []]
    (company.sources / "late.csv").rename(company.sources / "licences" / "2024-02.csv")
    assert reconcile.requests() == []
    [request] = reconcile.requests()
    assert asked([request]) == [([FACT, "licences"], ("2024-02", "2024-02"))]
    with time_machine.travel(NOW, tick=True):
        assert execute(request, instance).success
    assert statuses(mart)["LICENCES 2024-02"] == "LOADED"


def test_a_failed_month_is_asked_for_again_when_its_file_is_corrected_or_on_another_day(
    reconcile, company, mart, instance
):
    broken = company.sources / "licences" / "2024-02.csv"
    good = broken.read_text()
    broken.write_text("broken")
    reconcile.tick()
    with time_machine.travel(NOW, tick=True):
        for request in reconcile.requests():
            execute(request, instance)
    assert statuses(mart)["LICENCES 2024-02"] == "FAILED"
    assert [reconcile.requests() for _ in range(3)] == [[], [], []]
    [again] = reconcile.requests("2024-03-16 00:30+01:00")
    assert asked([again]) == [([FACT, "licences"], ("2024-02", "2024-02"))]
    broken.write_text(good)
    reconcile.tick()
    assert len(reconcile.requests()) == 1


def test_three_months_nobody_ticked_in_are_all_asked_for(reconcile, company, mart):
    used = {"application_id": "billing", "product_id": "vm-small", "quantity": 1, "metric": "CPU"}
    for month in ("2024-03", "2024-04", "2024-05"):
        write_csv(company.sources / "open" / f"{month}.csv", [used])
    switch(mart, "SUPPORT", "LICENCES", on=False)
    reconcile.tick("2024-06-15 12:00+00:00")
    assert asked(reconcile.requests("2024-06-15 12:01+00:00")) == [([FACT, "open"], ("2024-01", "2024-05"))]


def start(instance, *domain_ids, **tags):
    """A run that has begun and not ended, of some domains or, without any, of all."""
    keys = frozenset(dg.AssetKey(["domain", domain_id]) for domain_id in domain_ids) or None
    status = dg.DagsterRunStatus.STARTED
    instance.add_run(dg.DagsterRun("month", str(uuid4()), status=status, tags=tags, asset_selection=keys))


def test_what_a_run_is_busy_with_is_left_to_it(reconcile, instance):
    start(instance, "licences", **{"dagster/partition": "2024-01"})
    first, last = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
    start(instance, **{first: "2024-02", last: "2024-03"})
    reconcile.tick()
    assert asked(reconcile.requests()) == [([FACT, "open", "support"], ("2024-01", "2024-01"))]


def test_a_run_that_has_said_nothing_for_days_is_not_waited_for(reconcile, instance, mart):
    switch(mart, "SUPPORT", "LICENCES", on=False)
    start(instance, **{"dagster/partition": "2024-01"})
    # the storage notes the time of the machine
    soon, later = (datetime.now(UTC) + timedelta(hours=hours) for hours in (1, 47))
    reconcile.tick(soon)
    assert asked(reconcile.requests(soon))[0][1][0] == "2024-02"
    reconcile.tick(later)
    assert asked(reconcile.requests(later))[0][1][0] == "2024-01"


def test_nothing_is_asked_for_while_a_backfill_is_under_way(reconcile, instance):
    reconcile.tick()
    backfill = PartitionBackfill(
        "everything",
        BulkActionStatus.REQUESTED,
        from_failure=False,
        tags={},
        backfill_timestamp=0.0,
        partition_names=[],
    )
    instance.add_backfill(backfill)
    assert reconcile.tick().skip_message.startswith("a backfill is under way")
    instance.update_backfill(backfill.with_status(BulkActionStatus.COMPLETED_SUCCESS))
    assert len(reconcile.requests()) == 1


@pytest.mark.parametrize(("name", "seconds"), [("activation", 30), ("reconcile", 60)])
def test_the_sensors_run_without_a_click_and_aim_at_the_month_job(name, seconds):
    sensor = defs.get_repository_def().get_sensor_def(name)
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING
    assert sensor.minimum_interval_seconds == seconds
    assert [target.job_name for target in sensor.targets] == ["month"]
