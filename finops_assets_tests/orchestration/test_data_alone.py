"""A domain by data alone: its row is an asset, its months land, and no database that is down stops a load."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import time
from decimal import Decimal

import dagster as dg
import pytest

from finops_assets import catalog, verify
from finops_assets.catalog import known_domains
from finops_assets.definitions import defs
from finops_assets.defs import consumption
from finops_assets.domains import discover
from finops_assets_tests.factories import ask, price, price_view, refresh, write_csv
from finops_assets_tests.orchestration.conftest import QUIET

SAAS = dg.AssetKey(["domain", "saas"])
INSERT = """
INSERT INTO dim_domain (domain_id, domain_label, domain_mode, indirect_method_key, indirect_label, available_from)
VALUES (%s, 'Subscriptions', 'INDIRECT', %s, 'Users of each application', '2024-01-01')
"""
ASSETS = """
from finops_assets.definitions import defs
print(*(key.to_user_string() for key in defs.resolve_asset_graph().get_all_asset_keys()))
"""


@pytest.fixture
def saas(company, mart):
    """SAAS: a row, inserted by plain SQL, and a file of coefficients for January 2024."""
    ask(mart, INSERT, "SAAS", "external_coefficients", role="finops_admin")
    users = [{"application_id": "billing", "coefficient": 1}, {"application_id": "portal", "coefficient": 3}]
    write_csv(company.sources / "saas" / "2024-01.csv", users)
    return company


@pytest.fixture
def loaded():
    """The domains of this process loaded anew, as a code location that starts now; forgotten afterwards."""
    consumption.loaded.cache_clear()
    yield consumption.loaded
    consumption.loaded.cache_clear()


def reloaded(settings):
    """The consumption step as a code location that starts now has it."""
    return consumption.consumption_assets(known_domains.load(settings))


def run(assets, instance, *domain_ids, month="2024-01"):
    job = dg.define_asset_job("one", selection=dg.AssetSelection.assets(assets))
    definitions = dg.Definitions(assets=[assets], jobs=[job], resources=defs.resources)
    keys = [consumption.domain_key(domain_id) for domain_id in domain_ids]
    return definitions.resolve_job_def("one").execute_in_process(
        instance=instance,
        asset_selection=[*keys, consumption.FACT],
        partition_key=month,
        run_config=QUIET,
        raise_on_error=False,
    )


def failed_slices(result):
    [failure] = [event.step_failure_data for event in result.all_events if event.is_step_failure]
    return {name: value.value for name, value in failure.user_failure_data.metadata.items()}


def weights(mart, domain_id):
    rows = ask(mart, "SELECT application_id, quantity FROM fact_consumption WHERE domain_id = %s", domain_id)
    return {row["application_id"]: row["quantity"] for row in rows}


def process(settings, *command, **changes):
    """A command in a process of its own, which loads the definitions anew."""
    environment = os.environ | {
        "FINOPS_HOME": str(settings.home),
        "FINOPS_DATABASE_URL": settings.database_url,
        "FINOPS_DAGSTER_DATABASE_URL": settings.database_url,
    }
    return subprocess.run(
        [sys.executable, *command],
        env=environment | changes,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


# The asset


def test_a_row_is_an_asset_like_any_other(saas):
    spec = reloaded(saas).specs_by_key[SAAS]
    assert spec.description.startswith("One row per application: ")
    assert (spec.group_name, spec.owners) == ("indirect", ["team:finops"])
    assert spec.metadata["method"] == "external_coefficients"
    assert isinstance(spec.partitions_def, dg.MonthlyPartitionsDefinition)


def test_the_facts_and_the_checks_know_it(saas):
    assets = reloaded(saas)
    assert SAAS in {dep.asset_key for dep in assets.specs_by_key[consumption.FACT].deps}
    blocking = {spec.name: spec.blocking for spec in assets.check_specs if spec.asset_key == SAAS}
    assert blocking["contract"] is True
    assert "basis" in blocking


def test_a_row_that_makes_no_domain_has_no_asset_and_takes_none_away(saas, mart):
    ask(mart, INSERT, "ODD", "astrology", role="finops_admin")
    names = {key.path[-1] for key in reloaded(saas).keys}
    assert {"saas", "open", "licences"} <= names
    assert "odd" not in names


def test_what_a_reload_would_add_is_known(company, mart, loaded):
    assert consumption.loaded_domain_ids() == set(discover())
    ask(mart, INSERT, "SAAS", "even", role="finops_admin")
    ask(mart, INSERT, "ODD", "astrology", role="finops_admin")
    with mart.connect("finops_api") as connection:
        rows = catalog.domains(connection).values()
    assert consumption.unloaded_domain_ids(rows) == ["SAAS"]
    loaded.cache_clear()
    assert consumption.loaded_domain_ids() == {*discover(), "SAAS"}
    assert consumption.unloaded_domain_ids(rows) == []


def test_a_row_whose_method_has_changed_is_read_again(saas, mart, loaded):
    assert "SAAS" in consumption.loaded_domain_ids()
    ask(mart, "UPDATE dim_domain SET indirect_method_key = 'open_weight:OPEN/CPU' WHERE domain_id = 'SAAS'")
    with mart.connect("finops_api") as connection:
        rows = catalog.domains(connection).values()
    assert consumption.unloaded_domain_ids(rows) == ["SAAS"]
    loaded.cache_clear()
    assert consumption.unloaded_domain_ids(rows) == []
    assert consumption.loaded().plugins["SAAS"].domain.depends_on == ("OPEN",)


# A month of it


def test_a_month_lands_from_the_file_in_its_folder_to_the_mart(saas, mart, instance, tmp_path):
    assert run(reloaded(saas), instance, "SAAS").success
    assert weights(mart, "SAAS") == {"billing": Decimal("0.25"), "portal": Decimal("0.75")}
    assert ask(mart, "SELECT DISTINCT method_key FROM allocation_detail") == [{"method_key": "external_coefficients"}]
    assert ask(mart, "SELECT file_name FROM slice_source")[0]["file_name"].endswith("2024-01.csv")
    price_view(mart, tmp_path)
    price(mart, tmp_path, "100", product="*", domain="SAAS")
    refresh(mart)
    costs = ask(mart, "SELECT application_id, cost FROM mv_cost_app_month WHERE domain_id = 'SAAS'")
    assert {row["application_id"]: row["cost"] for row in costs} == {"billing": 25, "portal": 75}
    with mart.connect("finops_batch") as connection:
        assert [check.title for check in verify.run_checks(connection) if not check.passed] == []


def test_rows_spread_by_rows_land_after_them_in_one_run(saas, mart, instance):
    ask(mart, INSERT, "A_DESK", "open_weight:SAAS", role="finops_admin")
    ask(mart, INSERT, "HOURS", "open_weight:OPEN/CPU", role="finops_admin")
    assert run(reloaded(saas), instance, "A_DESK", "HOURS", "SAAS", "OPEN").success
    assert weights(mart, "A_DESK") == {"billing": Decimal("0.25"), "portal": Decimal("0.75")}
    assert weights(mart, "HOURS") == {"billing": Decimal("0.5"), "portal": Decimal("0.5")}
    drivers = ask(mart, "SELECT domain_id, driver_domain_id FROM slice_driver ORDER BY 1")
    assert [tuple(row.values()) for row in drivers] == [("A_DESK", "SAAS"), ("HOURS", "OPEN")]


def test_a_row_whose_file_is_refused_stops_those_behind_it_and_no_other(saas, mart, instance):
    ask(mart, INSERT, "A_DESK", "open_weight:SAAS", role="finops_admin")
    (saas.sources / "saas" / "2024-01.csv").write_text("application_id,coefficient\nbilling,-1\n")
    failures = failed_slices(run(reloaded(saas), instance, "A_DESK", "SAAS", "LICENCES"))
    assert "2024-01.csv, line 2, column coefficient" in failures["SAAS 2024-01"]
    assert failures["A_DESK 2024-01"].startswith("skipped: SAAS did not land")
    assert set(weights(mart, "LICENCES")) == {"billing", "portal"}


def test_a_row_that_is_gone_when_its_run_starts_fails_and_is_told(saas, mart, instance):
    assets = reloaded(saas)
    ask(mart, "DELETE FROM dim_domain WHERE domain_id = 'SAAS'", role="finops_admin")
    failures = failed_slices(run(assets, instance, "SAAS", "LICENCES"))
    assert list(failures) == ["SAAS 2024-01"]
    assert "it has no module and no row (source: database)" in failures["SAAS 2024-01"]
    assert set(weights(mart, "LICENCES")) == {"billing", "portal"}


def test_the_referential_registers_no_row_that_is_data_alone(saas, mart, instance):
    assert "SAAS" in known_domains.load(saas).plugins
    ask(mart, "DELETE FROM dim_domain WHERE domain_id IN ('SAAS', 'AUDIT')", role="finops_admin")
    assert defs.resolve_job_def("import_referential").execute_in_process(instance=instance).success
    assert {row["domain_id"] for row in ask(mart, "SELECT domain_id FROM dim_domain")} == set(discover())


# A code location that starts


def test_definitions_load_with_the_row_when_the_database_is_down(saas):
    first = process(saas, "-c", ASSETS)
    assert "domain/saas" in first.stdout.split(), first.stderr
    started = time.monotonic()
    down = process(saas, "-c", ASSETS, FINOPS_DATABASE_URL="postgresql://someone:very-secret@127.0.0.1:9/finops")
    assert set(down.stdout.split()) == set(first.stdout.split()), down.stderr
    assert time.monotonic() - started < 30
    assert "dim_domain cannot be read" in down.stderr
    assert "very-secret" not in down.stderr


def test_definitions_load_without_database_and_snapshot(saas, tmp_path):
    alone = {"FINOPS_DATABASE_URL": "", "FINOPS_HOME": str(tmp_path / "new")}
    shown = process(saas, "-c", ASSETS, **alone)
    assert {f"domain/{domain_id.lower()}" for domain_id in discover()} <= set(shown.stdout.split()), shown.stderr
    assert not (tmp_path / "new" / "postgres").exists()


def finops(settings, *words):
    shown = process(settings, "-m", "finops_assets", *words)
    return shown.returncode, shown.stdout, shown.stderr


def test_a_domain_is_added_enabled_and_run_by_commands(company, mart):
    write_csv(company.sources / "saas" / "shares.csv", [{"application_id": "portal", "coefficient": 7}])
    added = finops(company, "domain", "add", "SAAS", "--label", "SaaS", "--method", "fixed", "--from", "2024-01")
    assert added[0] == 0, added[2]
    assert "SAAS is added, disabled" in added[2]
    _, out, _ = finops(company, "domain", "list", "--format", "json")
    [row] = [row for row in json.loads(out) if row["domain"] == "SAAS"]
    assert (row["enabled"], row["available_from"], row["plugin"]) == ("no", "2024-01", "method fixed")
    assert finops(company, "domain", "enable", "SAAS")[0] == 0
    code, _, err = finops(company, "run", "2024-01", "--domain", "SAAS")
    assert code == 0, err
    assert weights(mart, "SAAS") == {"portal": 1}


def test_an_enabled_row_that_makes_no_domain_is_told_and_the_others_run(company, mart):
    ask(mart, INSERT, "ODD", "astrology", role="finops_admin")
    ask(mart, "UPDATE dim_domain SET is_enabled = domain_id IN ('ODD', 'LICENCES')", role="finops_admin")
    code, _, err = finops(company, "run", "2024-01")
    assert code == 0, err
    assert "ODD is left out: method 'astrology' is unknown" in " ".join(err.split())
    assert set(weights(mart, "LICENCES")) == {"billing", "portal"}
    code, out, err = finops(company, "run", "2024-01", "--domain", "ODD")
    assert (code, "domain ODD: method 'astrology' is unknown" in err) == (1, True)
    _, out, _ = finops(company, "domain", "list", "--format", "csv")
    plugins = {row["domain"]: row["plugin"] for row in csv.DictReader(io.StringIO(out))}
    assert plugins["OPEN"] == "module"
    assert plugins["ODD"].startswith("none: method 'astrology' is unknown")
