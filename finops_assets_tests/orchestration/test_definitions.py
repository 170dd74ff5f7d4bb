"""The asset graph: what an operator sees before anything has run."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from finops_assets.definitions import defs
from finops_assets.defs.consumption import domain_key, loaded_domain_ids
from finops_assets.domains import discover
from finops_assets.period import Period

GRAPH = defs.resolve_asset_graph()
KEYS = sorted(GRAPH.get_all_asset_keys(), key=lambda key: key.to_user_string())
FACT = dg.AssetKey("fact_consumption")
MARTS = ["mv_cost_app_month", "mv_cost_domain_month", "mv_cost_family_month", "mv_history_trend"]


@pytest.mark.parametrize("domain_id", discover())
def test_every_domain_is_an_asset_upstream_of_the_facts(domain_id):
    assert dg.AssetKey(["domain", domain_id.lower()]) in GRAPH.get(FACT).parent_keys


@pytest.mark.parametrize("domain_id", discover())
def test_every_domain_has_a_blocking_contract_check(domain_id):
    checks = GRAPH.get_check_keys_for_assets([dg.AssetKey(["domain", domain_id.lower()])])
    blocking = {key.name: GRAPH.get(key).blocking for key in checks}
    assert blocking["contract"] is True
    assert blocking.get("basis", False) is False


@pytest.mark.parametrize("name", MARTS)
def test_every_mart_follows_the_facts_and_the_prices(name):
    assert GRAPH.get(dg.AssetKey(name)).parent_keys == {FACT, dg.AssetKey("unit_price")}


@pytest.mark.parametrize("key", KEYS, ids=str)
def test_every_asset_says_what_it_is(key):
    node = GRAPH.get(key)
    assert node.description.startswith("One row per")
    assert node.group_name != "default"
    assert node.owners
    assert node.kinds


def test_a_weight_depends_on_its_driver():
    assert dg.AssetKey(["domain", "open"]) in GRAPH.get(dg.AssetKey(["domain", "support"])).parent_keys


def test_partitions_are_months_in_paris_up_to_the_current_one():
    months = GRAPH.get(FACT).partitions_def
    assert months.timezone == "Europe/Paris"
    keys = months.get_partition_keys()
    assert keys[0] == "2024-01"
    assert keys[-1] == str(Period.containing(datetime.now(UTC), ZoneInfo("Europe/Paris")))


def test_the_month_job_runs_domains_and_facts_and_leaves_the_marts_to_follow():
    keys = defs.resolve_job_def("month").asset_layer.executable_asset_keys
    assert keys == {FACT, *map(domain_key, loaded_domain_ids())}
