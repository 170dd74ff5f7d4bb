"""A dry run in Dagster: checks and a report, no materialization, nothing written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date

import dagster as dg
import pytest

from finops_assets import catalog
from finops_assets.catalog import known_domains
from finops_assets.definitions import defs
from finops_assets.defs import consumption
from finops_assets.settings import CHECKOUT
from finops_assets_tests.database.test_dry_run import state
from finops_assets_tests.factories import price, price_view, refresh, write_csv

DRY = {"ops": {"consumption": {"config": {"dry_run": True}}}}
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
FACT = dg.AssetKey("fact_consumption")
WITH_MARTS = 'key:"domain/open" or key:"domain/support" or key:"domain/licences" or group:facts or group:marts'


@pytest.fixture
def dry(instance, company):
    """A dry run of some domains and the facts, for one month or, with ``last``, a range."""

    def _dry(*domain_ids, month="2024-01", last=None, also=(FACT,)):
        keys = [dg.AssetKey(["domain", domain_id.lower()]) for domain_id in domain_ids]
        tags = {"dagster/asset_partition_range_start": month, "dagster/asset_partition_range_end": last or month}
        return defs.resolve_job_def("month").execute_in_process(
            instance=instance,
            asset_selection=[*keys, *also],
            partition_key=None if last else month,
            tags=tags if last else {},
            run_config=QUIET | DRY,
            raise_on_error=False,
        )

    return _dry


def checks(result, name="contract"):
    """The checks of a name on domains, by domain."""
    found = [check for check in result.get_asset_check_evaluations() if check.asset_key.path[0] == "domain"]
    return {check.asset_key.path[-1]: check for check in found if check.check_name == name}


def test_nothing_is_materialized_and_nothing_written(company, mart, run, dry, instance, tmp_path):
    price_view(mart, tmp_path)
    price(mart, tmp_path, "2")
    run("OPEN", "SUPPORT")
    refresh(mart)
    write_csv(company.sources / "open" / "2024-01.csv", [open_line("billing", "15"), open_line("new", "1")])
    before = state(mart)
    for result in (dry("OPEN", "SUPPORT", "LICENCES"), dry("OPEN", "SUPPORT", "LICENCES", last="2024-02")):
        assert result.success
        assert result.get_asset_materialization_events() == []
        assert {name: check.passed for name, check in checks(result).items()} == {
            "open": True,
            "support": True,
            "licences": True,
        }
    assert state(mart) == before
    assert instance.get_materialized_partitions(dg.AssetKey(["domain", "licences"])) == set()


def open_line(application, quantity):
    return {"application_id": application, "product_id": "vm-small", "quantity": quantity, "metric": "CPU"}


def test_the_check_carries_the_report(company, mart, run, dry, tmp_path):
    price_view(mart, tmp_path)
    price(mart, tmp_path, "2")
    run("OPEN")
    write_csv(company.sources / "open" / "2024-01.csv", [open_line("billing", "15"), open_line("new", "1.25")])
    metadata = {name: value.value for name, value in checks(dry("OPEN"))["open"].metadata.items()}
    assert metadata["dry_run"] is True
    assert "2024-01 | OPEN | LOADED | 1 | 2 | 2 | 1 | 1 | 1 | 0 | -7.50 EUR |" in metadata["slices"]
    assert "2024-01 | OPEN | internal | EUR | 40.00 | 32.50 | -7.50 | 0 | 0" in metadata["money"]
    assert metadata["lines"].splitlines()[2:] == [
        "2024-01 | changed | billing | vm-small | 10.00 | 15.00 | CPU | UNMAPPED",
        "2024-01 | added | new | vm-small |  | 1.25 | CPU | UNMAPPED",
        "2024-01 | removed | portal | vm-small | 10.00 |  | CPU | UNMAPPED",
    ]


def test_a_slice_that_would_be_refused_turns_the_run_red_and_is_named(company, mart, dry):
    (company.sources / "licences" / "2024-01.csv").write_text("application_id,coefficient\nbilling,x\nportal,-3\n")
    before = state(mart)
    result = dry("OPEN", "LICENCES")
    assert not result.success
    [failure] = [event.step_failure_data for event in result.all_events if event.is_step_failure]
    told = {name: value.value for name, value in failure.user_failure_data.metadata.items()}
    assert list(told) == ["LICENCES 2024-01"]
    assert "2024-01.csv, line 2, column coefficient: 'x'" in told["LICENCES 2024-01"]
    assert {name: check.passed for name, check in checks(result).items()} == {"open": True, "licences": False}
    assert checks(result)["licences"].metadata["refused_lines"].value == 2
    assert state(mart) == before


def test_an_amount_without_a_basis_is_told_by_its_check(company, run, dry):
    (company.sources / "open" / "2024-01.csv").write_text("application_id,product_id,quantity\n")
    run("OPEN")
    found = {name: check.passed for name, check in checks(dry("OPEN", "SUPPORT"), "basis").items()}
    assert found == {"support": False}


def test_a_run_without_the_config_writes(company, mart, run):
    assert run("OPEN").success
    assert state(mart)["slice_run"][0] == 1


@pytest.mark.parametrize("select", [WITH_MARTS, "domain/open,fact_consumption"], ids=["with the marts", "one domain"])
def test_the_command_takes_the_config_and_leaves_the_marts_alone(company, mart, run, tmp_path, select):
    price_view(mart, tmp_path)
    run("OPEN", "SUPPORT", "LICENCES")
    write_csv(company.sources / "open" / "2024-01.csv", [open_line("billing", "15")])
    before = state(mart)
    (tmp_path / "instance").mkdir()
    command = ["asset", "materialize", "-m", "finops_assets.definitions", "--select", select, "--partition", "2024-01"]
    shown = subprocess.run(
        [sys.executable, "-m", "dagster", *command, "--config-json", json.dumps(DRY)],
        cwd=CHECKOUT,
        env=os.environ | {"DAGSTER_HOME": str(tmp_path / "instance")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    assert "dry run: OPEN 2024-01 LOADED" in shown.stderr
    assert state(mart) == before


def test_a_domain_that_is_gone_when_the_dry_run_starts_is_told(company, mart, instance):
    row = catalog.DomainRow("SAAS", "Subscriptions", "INDIRECT", "even", "The same", True, date(2024, 1, 1))
    with mart.connect("finops_api") as connection:
        known = known_domains.of_rows([*catalog.domains(connection).values(), row])
    assets = consumption.consumption_assets(known)
    job = dg.define_asset_job("one", selection=dg.AssetSelection.assets(assets))
    definitions = dg.Definitions(assets=[assets], jobs=[job], resources=defs.resources)
    result = definitions.resolve_job_def("one").execute_in_process(
        instance=instance,
        asset_selection=[consumption.domain_key("SAAS"), consumption.domain_key("OPEN")],
        partition_key="2024-01",
        run_config=QUIET | DRY,
        raise_on_error=False,
    )
    [failure] = [event.step_failure_data for event in result.all_events if event.is_step_failure]
    told = {name: value.value for name, value in failure.user_failure_data.metadata.items()}
    assert told == {"SAAS 2024-01": "it cannot be computed: it has no module and no row (source: database)"}
    assert checks(result)["open"].passed
