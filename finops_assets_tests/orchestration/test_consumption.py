"""Months run through Dagster: what lands, what does not, and what is said of it."""

from __future__ import annotations

import dagster as dg
import pytest
import time_machine

from finops_assets import catalog, marts, slices
from finops_assets.definitions import defs
from finops_assets.domains import licences
from finops_assets.period import Period
from finops_assets_tests.factories import price, price_view, write_csv

FACT = dg.AssetKey("fact_consumption")
ALL = ("OPEN", "SUPPORT", "LICENCES")


def facts(mart):
    with mart.connect("finops_api") as connection:
        rows = connection.execute("SELECT domain_id, period_month, count(*) AS n FROM fact_consumption GROUP BY 1, 2")
        return {(row["domain_id"], f"{row['period_month']:%Y-%m}"): row["n"] for row in rows}


def statuses(mart):
    with mart.connect("finops_api") as connection:
        found = slices.status(connection, Period(2024, 1), Period(2024, 3), Period(2024, 3))
    return {(row["domain_id"], f"{row['period_month']:%Y-%m}"): row for row in found}


def materialized(result):
    keys = {event.asset_key.to_user_string() for event in result.get_asset_materialization_events()}
    return keys - {None}


def failed_slices(result):
    [failure] = [event.step_failure_data for event in result.all_events if event.is_step_failure]
    return {name: value.value for name, value in failure.user_failure_data.metadata.items()}


def test_a_month_lands_whole(company, mart, run):
    result = run(*ALL)
    assert result.success
    assert materialized(result) == {"domain/open", "domain/support", "domain/licences", "fact_consumption"}
    assert facts(mart) == {("OPEN", "2024-01"): 2, ("SUPPORT", "2024-01"): 2, ("LICENCES", "2024-01"): 2}


def test_the_materialization_tells_rows_hash_version_and_a_preview(company, run):
    [event] = [e for e in run("OPEN").get_asset_materialization_events() if e.asset_key.path[-1] == "open"]
    metadata = {name: value.value for name, value in event.materialization.metadata.items()}
    assert metadata["dagster/row_count"] == 2
    assert metadata["quantity"] == "20.000000000000"
    assert (metadata["version"], metadata["quarantined_lines"]) == (1, 0)
    assert len(metadata["content_sha256"]) == 64
    assert "billing | vm-small | 10.000000000000 | CPU" in metadata["preview"]


def test_the_slice_carries_the_dagster_run_id(company, mart, run):
    result = run("OPEN")
    assert str(statuses(mart)["OPEN", "2024-01"]["run_id"]) == result.run_id


def test_a_refused_file_stops_its_domain_and_no_other(company, mart, run):
    (company.sources / "licences" / "2024-01.csv").write_text("application_id,coefficient\nbilling,1\nportal,-3\n")
    result = run(*ALL)
    assert not result.success
    assert facts(mart) == {("OPEN", "2024-01"): 2, ("SUPPORT", "2024-01"): 2}
    assert materialized(result) == {"domain/open", "domain/support", "fact_consumption"}
    assert "2024-01.csv, line 3, column coefficient: '-3'" in failed_slices(result)["LICENCES 2024-01"]
    assert statuses(mart)["LICENCES", "2024-01"]["status"] == "FAILED"


def test_the_contract_check_of_a_refused_file_fails_and_counts_its_lines(company, run):
    (company.sources / "licences" / "2024-01.csv").write_text("application_id,coefficient\nbilling,x\nportal,-3\n")
    found = run(*ALL).get_asset_check_evaluations()
    of_domains = [check for check in found if check.asset_key.path[0] == "domain"]
    checks = {check.asset_key.path[-1]: check for check in of_domains if check.check_name == "contract"}
    assert {name: check.passed for name, check in checks.items()} == {"open": True, "support": True, "licences": False}
    assert checks["licences"].metadata["refused_lines"].value == 2


def test_what_is_spread_by_a_failed_domain_is_skipped_and_says_why(company, mart, run):
    (company.sources / "open" / "2024-01.csv").write_text("")
    failures = failed_slices(run(*ALL))
    assert failures["SUPPORT 2024-01"].startswith("skipped: OPEN did not land")
    assert facts(mart) == {("LICENCES", "2024-01"): 2}


def test_a_skipped_slice_is_recorded_with_the_reason_and_keeps_what_it_had(company, mart, run):
    run(*ALL)
    (company.sources / "open" / "2024-01.csv").write_text("")
    (company.sources / "open" / "2024-02.csv").write_text("")
    run(*ALL, month="2024-01", last="2024-02")
    told = "skipped: OPEN did not land, and SUPPORT is spread by it"
    before, new = statuses(mart)["SUPPORT", "2024-01"], statuses(mart)["SUPPORT", "2024-02"]
    assert (before["status"], before["version"], before["reason"]) == ("LOADED", 1, told)
    assert (new["status"], new["version"], new["reason"]) == ("MISSING", None, told)


def test_what_is_spread_by_a_failed_domain_is_left_alone_before_its_first_month(company, mart, run):
    with mart.connect("finops_admin") as connection:
        catalog.set_enabled(connection, "SUPPORT", is_enabled=True, available_from=Period(2024, 2))
    (company.sources / "open" / "2024-01.csv").write_text("")
    assert list(failed_slices(run(*ALL))) == ["OPEN 2024-01"]


def test_a_refused_file_leaves_what_was_published_before(company, mart, run):
    run(*ALL)
    (company.sources / "open" / "2024-01.csv").write_text("application_id,product_id\n")
    run(*ALL)
    assert facts(mart)["OPEN", "2024-01"] == 2


def test_running_again_changes_nothing(company, mart, run):
    first = run(*ALL)
    run(*ALL)
    found = statuses(mart)["OPEN", "2024-01"]
    assert found["version"] == 1
    with mart.connect("finops_api") as connection:
        [row] = connection.execute("SELECT DISTINCT run_id FROM fact_consumption").fetchall()
    assert str(row["run_id"]) == first.run_id


def test_a_range_runs_as_one_and_marks_only_the_months_that_landed(company, mart, instance, run):
    (company.sources / "licences" / "2024-02.csv").write_text("broken")
    result = run(*ALL, month="2024-01", last="2024-02")
    assert not result.success
    months = {
        name: instance.get_materialized_partitions(dg.AssetKey(["domain", name])) for name in ("open", "licences")
    }
    assert months == {"open": {"2024-01", "2024-02"}, "licences": {"2024-01"}}
    assert instance.get_materialized_partitions(FACT) == {"2024-01", "2024-02"}


def test_a_missing_file_of_a_past_month_fails_and_empties_nothing(company, mart, run):
    run("OPEN")
    (company.sources / "open" / "2024-01.csv").unlink()
    result = run("OPEN")
    assert not result.success
    assert "no file for 2024-01" in failed_slices(result)["OPEN 2024-01"]
    assert facts(mart) == {("OPEN", "2024-01"): 2}


def test_a_missing_file_of_the_current_month_is_only_expected(company, mart, run):
    with time_machine.travel("2024-03-10", tick=True):
        assert run("OPEN", month="2024-03").success
    assert statuses(mart)["OPEN", "2024-03"]["status"] == "EXPECTED"


def test_an_empty_file_confirms_that_nothing_was_used(company, mart, run):
    (company.sources / "open" / "2024-01.csv").write_text("application_id,product_id,quantity\n")
    assert run("OPEN", "SUPPORT").success
    assert statuses(mart)["OPEN", "2024-01"]["status"] == "EMPTY_CONFIRMED"
    with mart.connect("finops_api") as connection:
        [row] = connection.execute("SELECT application_id, quantity FROM fact_consumption").fetchall()
    assert (row["application_id"], row["quantity"]) == ("UNALLOCATED", 1)


def test_an_amount_without_a_basis_fails_its_check(company, run):
    (company.sources / "open" / "2024-01.csv").write_text("application_id,product_id,quantity\n")
    found = run("OPEN", "SUPPORT", "LICENCES").get_asset_check_evaluations()
    of_domains = [check for check in found if check.asset_key.path[0] == "domain"]
    basis = {check.asset_key.path[-1]: check.passed for check in of_domains if check.check_name == "basis"}
    assert basis == {"support": False, "licences": True}


def test_a_month_before_the_domain_is_available_is_left_alone(company, mart, run):
    with mart.connect("finops_admin") as connection:
        catalog.set_enabled(connection, "AUDIT", is_enabled=True, available_from=Period(2024, 6))
    result = run("AUDIT", "OPEN")
    assert result.success
    assert ("AUDIT", "2024-01") not in facts(mart)


def test_a_bug_in_a_domain_is_its_own(company, mart, run, monkeypatch):
    def compute(period, inputs):
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(licences, "compute", compute)
    failures = failed_slices(run(*ALL))
    assert failures == {"LICENCES 2024-01": "ZeroDivisionError: a bug"}
    assert facts(mart)["OPEN", "2024-01"] == 2


def test_the_referential_registers_imports_and_prices(company, mart, instance, run):
    applications = [{"application_id": "billing", "application_label": "Facturation", "owner": "group:finance"}]
    write_csv(company.sources / "applications.csv", applications)
    view = {"pricing_view_id": "internal", "pricing_view_label": "Internal", "currency": "EUR", "kind": "internal"}
    write_csv(company.sources / "prices" / "views.csv", [view | {"is_default": "true", "focus_cost": ""}])
    amount = {"pricing_view_id": "internal", "domain_id": "OPEN", "product_id": "*", "effective_from": "2024-01"}
    write_csv(company.sources / "prices" / "open.csv", [amount | {"unit_price": "0.5"}])
    result = defs.resolve_job_def("import_referential").execute_in_process(instance=instance)
    assert result.success
    assert result.asset_materializations_for_node("unit_price")[0].metadata["new_rows"].value == 2


def test_marts_refresh_once_over_all_stale_slices(company, mart, instance, run, tmp_path):
    run(*ALL, month="2024-01", last="2024-02")
    price_view(mart, tmp_path)
    price(mart, tmp_path, "2")
    result = defs.resolve_job_def("refresh_marts").execute_in_process(instance=instance)
    [first, *_] = result.asset_materializations_for_node("refresh")
    assert first.metadata["slices_priced_again"].value == 6
    with mart.connect("finops_api") as connection:
        found = marts.report(connection, Period(2024, 2), marts.Grain.DOMAIN, "internal")
    assert {line.key: line.cost for line in found}["OPEN"] == 120


@pytest.mark.parametrize("month", ["2023-12", "2024-13"])
def test_a_month_that_is_no_partition_is_refused(company, run, month):
    with pytest.raises(dg.DagsterUnknownPartitionError):
        run("OPEN", month=month)
