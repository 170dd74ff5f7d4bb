"""The checks of a month in Dagster and as a command: what runs them, what they say, how they end."""

from __future__ import annotations

import json
from collections.abc import Iterator

import dagster as dg
import pytest
import time_machine

from finops_assets.definitions import defs
from finops_assets.domain import Mode
from finops_assets.domains import discover
from finops_assets.operations.month_checks import CHECKS
from finops_assets.verify import ROWS_SHOWN
from finops_assets_tests.factories import price, price_view, refresh, write_csv
from finops_assets_tests.orchestration.conftest import QUIET

GRAPH = defs.resolve_asset_graph()
OPEN = dg.AssetKey(["domain", "open"])
FACT = dg.AssetKey("fact_consumption")
ALL = ("OPEN", "SUPPORT", "LICENCES")
# a run's own contract and basis, of a domain, have no condition
MONTH_CHECKS = {key for key in GRAPH.asset_check_keys if key.name in CHECKS and GRAPH.get(key).automation_condition}


@pytest.fixture
def february() -> Iterator[None]:
    """February 2024 is the open month."""
    with time_machine.travel("2024-02-28T12:00:00+01:00", tick=True):
        yield


@pytest.fixture
def landed(company, mart, run, tmp_path, february):
    """January and February of the company, priced and in the marts; its applications are in no referential."""
    run(*ALL, month="2024-01", last="2024-02")
    price_view(mart, tmp_path)
    price(mart, tmp_path, "2")
    for domain in ("SUPPORT", "LICENCES"):
        for month in ("2024-01", "2024-02"):
            price(mart, tmp_path, "100", "*", domain, effective_from=month)
    refresh(mart)
    return company


@pytest.fixture
def check(instance):
    """Run the job of the checks alone; gives every result by (asset, check)."""

    def _check() -> dict[tuple[str, str], dg.AssetCheckEvaluation]:
        result = defs.resolve_job_def("checks").execute_in_process(instance=instance, run_config=QUIET)
        assert not result.get_asset_materialization_events()
        return by_name(result)

    return _check


def by_name(result):
    return {(e.asset_key.to_user_string(), e.check_name): e for e in result.get_asset_check_evaluations()}


def failed(results):
    return {name for name, result in results.items() if not result.passed}


def table(result):
    return [record.data for record in result.metadata["rows"].records]


def test_every_check_of_a_month_is_on_an_asset_and_none_blocks():
    assert {key.name for key in MONTH_CHECKS} == set(CHECKS)
    assert not [key for key in MONTH_CHECKS if GRAPH.get(key).blocking]
    assert all(GRAPH.get(key).description.endswith(".") for key in MONTH_CHECKS)


@pytest.mark.parametrize("domain_id", discover())
def test_a_domain_has_the_checks_that_can_be_about_it(domain_id):
    domain = discover()[domain_id].domain
    names = {key.name for key in MONTH_CHECKS if key.asset_key == dg.AssetKey(["domain", domain_id.lower()])}
    expected = {"freshness", "reconciliation", "volume_jump", "unpriced_lines"}
    expected |= {"unmapped_products", "quarantine"} if domain.mode is Mode.DIRECT else set()
    assert names == expected | ({"drivers_current"} if domain.depends_on else set())


def test_the_job_of_the_checks_computes_nothing_and_reports_each(landed, check):
    results = check()
    everything = MONTH_CHECKS | {key for key in GRAPH.asset_check_keys if key.name == "activation"}
    assert set(results) == {(key.asset_key.to_user_string(), key.name) for key in everything}
    of_the_months = {name for name in failed(results) if name[1] != "activation"}
    assert of_the_months == {("domain/open", "unmapped_products"), ("fact_consumption", "unmapped_applications")}


def test_a_result_tells_its_months_its_severity_and_its_rows(landed, check):
    found = check()["domain/open", "unmapped_products"]
    assert found.severity is dg.AssetCheckSeverity.WARN
    assert found.metadata["months"].value == "2024-01, 2024-02"
    assert found.metadata["failing_rows"].value == 2
    assert table(found) == [
        {"month": month, "domain_id": "OPEN", "product_id": "vm-small", "line_count": "2"}
        for month in ("2024-01", "2024-02")
    ]


def test_a_check_of_a_domain_tells_of_that_domain_only(landed, check):
    (landed.sources / "licences" / "2024-02.csv").write_text("broken")
    run_licences = defs.resolve_job_def("month").execute_in_process(
        partition_key="2024-02",
        asset_selection=[dg.AssetKey(["domain", "licences"])],
        run_config=QUIET,
        raise_on_error=False,
    )
    assert not run_licences.success
    results = check()
    stale = {asset for asset, name in failed(results) if name == "freshness"}
    assert stale == {"domain/licences"}
    found = results["domain/licences", "freshness"]
    assert found.severity is dg.AssetCheckSeverity.ERROR
    assert [(row["month"], row["status"]) for row in table(found)] == [("2024-02", "FAILED")]


def test_a_table_holds_the_first_rows_and_the_count_all_of_them(landed, check):
    used = {"application_id": "billing", "quantity": "1", "metric": "CPU"}
    rows = [used | {"product_id": f"new-{place:02}"} for place in range(30)]
    write_csv(landed.sources / "open" / "2024-02.csv", rows)
    run_open = defs.resolve_job_def("month").execute_in_process(
        partition_key="2024-02", asset_selection=[OPEN], run_config=QUIET
    )
    assert run_open.success
    found = check()["domain/open", "unpriced_lines"]
    assert (len(table(found)), found.metadata["failing_rows"].value) == (ROWS_SHOWN, 30)


def test_before_the_second_month_there_is_one_to_look_at(landed, check):
    with time_machine.travel("2024-01-20", tick=True):
        assert check()["domain/open", "freshness"].metadata["months"].value == "2024-01"


def test_a_run_of_some_domains_looks_at_those_and_the_facts(landed, run):
    result = run("OPEN")
    assert result.success
    looked = {
        key for key in by_name(result) if dg.AssetCheckKey(dg.AssetKey(key[0].split("/")), key[1]) in MONTH_CHECKS
    }
    assert {asset for asset, _ in looked} == {"domain/open", "fact_consumption"}


def test_a_run_in_which_a_domain_fails_looks_all_the_same(landed, mart):
    (landed.sources / "licences" / "2024-02.csv").write_text("broken")
    with dg.instance_for_test() as disk:
        result = dg.execute_job(
            dg.reconstructable(month_job),
            instance=disk,
            asset_selection=[OPEN, dg.AssetKey(["domain", "licences"]), FACT],
            tags={"dagster/partition": "2024-02"},
            run_config=QUIET,
        )
    assert {event.step_key for event in result.all_events if event.is_step_failure} == {"consumption"}
    fresh = {asset: one.passed for (asset, name), one in by_name(result).items() if name == "freshness"}
    assert fresh == {"domain/open": True, "domain/licences": False}
    assert {("domain/open", "activation"), ("domain/licences", "activation")} <= set(by_name(result))


def test_a_run_over_a_range_looks_once(landed, run):
    result = run(*ALL, month="2024-01", last="2024-02")
    looked = [one.asset_key for one in result.get_asset_check_evaluations() if one.check_name == "freshness"]
    assert sorted(key.path[-1] for key in looked) == ["licences", "open", "support"]


def test_the_checks_come_after_the_marts_of_their_run(landed, instance, mart, tmp_path):
    price(mart, tmp_path, "3")
    result = defs.resolve_job_def("refresh_marts").execute_in_process(instance=instance, run_config=QUIET)
    assert by_name(result)["mv_cost_app_month", "marts_equal_facts"].passed


def month_job():
    return defs.resolve_job_def("month")


def test_the_checks_look_again_when_the_marts_have_been_refreshed_and_once_an_hour(landed, instance):
    def requested(cursor=None):
        result = dg.evaluate_automation_conditions(defs, instance, cursor=cursor)
        wanted = {one.key for one in result.results if one.true_subset.size}
        return wanted & MONTH_CHECKS, result.cursor

    first, cursor = requested()
    assert first == MONTH_CHECKS
    nothing, cursor = requested(cursor)
    assert nothing == set()
    refreshed = defs.resolve_job_def("refresh_marts").execute_in_process(instance=instance, run_config=QUIET)
    after, cursor = requested(cursor)
    # those on the marts have run with them
    assert after == {
        key for key in MONTH_CHECKS if (key.asset_key.to_user_string(), key.name) not in by_name(refreshed)
    }
    assert len(by_name(refreshed)) == 2
    again, cursor = requested(cursor)
    assert again == set()
    with time_machine.travel("2024-02-28T13:01:00+01:00", tick=True):
        hourly, _ = requested(cursor)
    assert hourly == MONTH_CHECKS


def test_the_command_ends_with_0_on_a_sound_month_and_says_what_is_odd(landed, finops):
    code, out, _ = finops("checks", "2024-01")
    assert code == 0
    assert "ok   freshness: Every enabled domain has its slice" in out
    assert "warn unmapped_applications: Every application" in out
    assert "application_id=billing, domains=LICENCES, OPEN, SUPPORT, line_count=3" in out


def test_warnings_fail_a_strict_command(landed, finops):
    assert finops("checks", "2024-01", "--strict")[0] == 1


def test_the_command_ends_with_1_when_an_error_is_found(landed, mart, tmp_path, finops):
    price(mart, tmp_path, "3")
    code, out, _ = finops("checks", "2024-01")
    assert code == 1
    assert "FAIL marts_equal_facts" in out
    assert "domain_id=OPEN, problem=stale: facts or prices changed" in out


def test_the_command_says_everything_in_json(landed, mart, tmp_path, finops):
    price(mart, tmp_path, "3")
    code, out, _ = finops("checks", "2024-01", "--format", "json")
    told = json.loads(out)
    assert (code, told["month"], told["passed"]) == (1, "2024-01", False)
    assert [one["check"] for one in told["checks"]] == list(CHECKS)
    [stale] = [one for one in told["checks"] if one["check"] == "marts_equal_facts"]
    assert (stale["severity"], stale["passed"], stale["rows"][0]["domain_id"]) == ("ERROR", False, "OPEN")


def test_the_command_shows_the_first_rows_of_many(landed, finops):
    used = {"application_id": "billing", "quantity": "1", "metric": "CPU"}
    write_csv(
        landed.sources / "open" / "2024-02.csv", [used | {"product_id": f"new-{place:02}"} for place in range(30)]
    )
    defs.resolve_job_def("month").execute_in_process(partition_key="2024-02", asset_selection=[OPEN], run_config=QUIET)
    _, out, _ = finops("checks", "2024-02")
    assert out.count("product_id=new-") == 2 * ROWS_SHOWN
    assert "… and 10 more" in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["checks", "2024-3"], "'2024-3' is not a month: write YYYY-MM"),
        (["checks", "2023-12"], "months run from 2024-01 to 2024-02"),
        (["checks", "2024-03"], "months run from 2024-01 to 2024-02"),
        (["checks", "2024-01", "--format", "csv"], "'csv' is not one of"),
        (["checks"], "Missing argument"),
    ],
)
def test_wrong_usage_ends_with_2(february, finops, words, told):
    code, _, err = finops(*words)
    assert code == 2
    assert told in err
