"""The activation checklist: before a domain is enabled, as a command, and as a check afterwards."""

from __future__ import annotations

from datetime import UTC, datetime

import dagster as dg
import pytest
import time_machine
from dagster._core.remote_origin import ManagedGrpcPythonEnvCodeLocationOrigin, RemoteRepositoryOrigin
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    InstigatorType,
    ScheduleInstigatorData,
)
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._daemon.types import DaemonHeartbeat

from finops_assets.definitions import defs
from finops_assets.defs.monitoring import monitoring
from finops_assets.errors import DomainError
from finops_assets.operations.checklist import checklist
from finops_assets_tests.factories import line, price, price_view, publish, refresh

NOW = datetime(2024, 3, 15, 12, tzinfo=UTC)


@pytest.fixture
def instance(tmp_path):
    """An instance that keeps what sensors and schedules do, which an ephemeral one does not."""
    with dg.instance_for_test(temp_dir=str(tmp_path)) as kept:
        yield kept


def items(mart, domain="OPEN"):
    with mart.connect("finops_api") as connection:
        return {item.title: item for item in checklist(connection, domain)}


def unmet(mart, domain="OPEN"):
    return {title: item.told for title, item in items(mart, domain).items() if not item.is_met}


@pytest.fixture
def accepted(mart, tmp_path):
    """OPEN in January, priced and shown."""
    price_view(mart, tmp_path)
    price(mart, tmp_path, "2")
    publish(mart, line())
    refresh(mart)


def test_nothing_is_met_at_first_and_each_line_says_what_to_do(mart):
    told = unmet(mart)
    assert list(told) == ["acceptance run", "pricing view", "marts"]
    assert told["acceptance run"] == "run a month by hand and look at it: `finops run MONTH --domain OPEN`"
    assert "is_default=true" in told["pricing view"]


def test_a_month_that_was_published_priced_and_shown_meets_every_line(mart, accepted):
    assert unmet(mart) == {}


def test_a_domain_without_a_price_is_told(mart, accepted):
    publish(mart, line(), domain="CLOUD")
    refresh(mart)
    assert unmet(mart, "CLOUD") == {"pricing view": "internal has no price of CLOUD: `finops price import` one"}


def test_months_with_a_line_that_has_no_price_are_named(mart, accepted):
    publish(mart, line(), line(product_id="new"))
    refresh(mart)
    assert unmet(mart)["pricing view"].startswith("internal lacks prices in 2024-01:")


def test_a_price_in_another_view_is_not_one_in_the_default_view(mart, tmp_path):
    price_view(mart, tmp_path)
    price_view(mart, tmp_path, "list", kind="list")
    price(mart, tmp_path, "2", pricing_view_id="list")
    assert unmet(mart)["pricing view"].startswith("internal has no price of OPEN")


def test_a_month_the_marts_do_not_show_is_told_until_they_do(mart, accepted):
    publish(mart, line(quantity=11))
    assert unmet(mart) == {"marts": "1 month not shown as published: `finops refresh`"}
    refresh(mart)
    assert unmet(mart) == {}


def test_a_domain_nobody_knows_is_refused(mart):
    with pytest.raises(DomainError, match="NOWHERE is unknown"):
        items(mart, "NOWHERE")


def beat(instance, *kinds):
    for kind in kinds:
        instance.add_daemon_heartbeat(DaemonHeartbeat(NOW.timestamp(), kind, "a daemon", []))


def test_a_daemon_that_never_ticked_is_told(instance):
    watched = monitoring(instance, NOW)
    assert not watched.is_met
    assert "and never has" in watched.told


def test_a_daemon_that_ticks_meets_the_line_until_it_is_silent(instance):
    beat(instance, "SENSOR", "SCHEDULER")
    assert monitoring(instance, NOW).is_met
    later = monitoring(instance, datetime(2024, 3, 15, 12, 5, tzinfo=UTC))
    assert (later.is_met, "since 2024-03-15 12:00 UTC" in later.told) == (False, True)


def test_a_daemon_that_ticks_sensors_only_is_not_enough(instance):
    beat(instance, "SENSOR")
    assert not monitoring(instance, NOW).is_met


def test_a_schedule_that_somebody_stopped_is_named(instance):
    beat(instance, "SENSOR", "SCHEDULER")
    target = LoadableTargetOrigin(module_name="finops_assets.definitions")
    location = ManagedGrpcPythonEnvCodeLocationOrigin(target, "finops_assets")
    origin = RemoteRepositoryOrigin(location, "__repository__").get_instigator_origin("nightly")
    state = ScheduleInstigatorData("0 3 * * *", NOW.timestamp())
    instance.add_instigator_state(InstigatorState(origin, InstigatorType.SCHEDULE, InstigatorStatus.STOPPED, state))
    watched = monitoring(instance, NOW)
    assert (watched.is_met, watched.told) == (False, "nightly was stopped: start it on the Automation page")


def checks(instance, *domain_ids):
    keys = [dg.AssetCheckKey(dg.AssetKey(["domain", d.lower()]), "activation") for d in domain_ids]
    job = defs.get_repository_def().get_implicit_global_asset_job_def()
    with time_machine.travel(NOW, tick=True):
        result = job.get_subset(asset_selection=set(), asset_check_selection=set(keys)).execute_in_process(
            instance=instance
        )
    assert result.success
    return {check.asset_key.path[-1]: check for check in result.get_asset_check_evaluations()}


def test_the_check_warns_of_what_an_enabled_domain_lacks_and_of_no_other(company, instance):
    found = checks(instance, "OPEN", "AUDIT")
    assert {name: check.passed for name, check in found.items()} == {"open": False, "audit": True}
    assert found["open"].severity is dg.AssetCheckSeverity.WARN
    assert set(found["open"].metadata) == {"acceptance run", "pricing view", "marts", "monitoring"}


def test_the_check_passes_when_everything_is_met(company, accepted, instance):
    beat(instance, "SENSOR", "SCHEDULER")
    assert checks(instance, "OPEN")["open"].passed


def test_the_command_tells_each_line_and_is_no_wall(finops, accepted):
    code, out, _ = finops("domain", "checklist", "OPEN")
    assert code == 0
    assert [line.split(":")[0] for line in out.splitlines()] == [
        "ok      acceptance run",
        "ok      pricing view",
        "ok      marts",
        "not met monitoring",
    ]


def test_enabling_shows_the_checklist_first_and_enables_all_the_same(finops, mart):
    code, out, err = finops("domain", "enable", "AUDIT")
    assert (code, out) == (0, "")
    told = err.splitlines()
    assert told[0].startswith("not met acceptance run")
    assert told[-1] == "AUDIT is enabled"


def test_a_domain_nobody_knows_has_no_checklist(finops):
    assert finops("domain", "checklist", "NOWHERE")[0] == 1
