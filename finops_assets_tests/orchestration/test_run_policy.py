"""How runs are cut and executed: what docs/decisions/0012 chose by measurement."""

from __future__ import annotations

import dagster as dg
import pytest
import yaml
from dagster._core.instance.config import PoolGranularity
from dagster._utils.tags import TagConcurrencyLimitsCounter

from finops_assets.cli.running import MONTHS_A_RUN
from finops_assets.definitions import defs
from finops_assets.defs.consumption import FACT, domain_key, loaded_domain_ids
from finops_assets.settings import CHECKOUT

MONTHS = 12
MARTS = ("mv_cost_app_month", "mv_cost_domain_month", "mv_cost_family_month", "mv_history_trend")
GRAPH = defs.resolve_asset_graph()


@pytest.mark.parametrize("job", ["month", "refresh_marts", "import_referential"])
def test_a_run_is_one_process(job):
    assert defs.resolve_job_def(job).executor_def.name == "in_process"


@pytest.mark.parametrize("key", [FACT, *map(domain_key, sorted(loaded_domain_ids()))], ids=str)
def test_a_backfill_makes_one_run_of_twelve_months(key):
    policy = defs.resolve_asset_graph().get(key).backfill_policy
    assert policy.max_partitions_per_run == MONTHS


def test_the_command_cuts_runs_as_a_backfill_does():
    assert MONTHS_A_RUN == MONTHS


@pytest.fixture
def queue():
    """An instance with the run queue of dagster.yaml, its state in a directory of the test's own."""
    described = yaml.safe_load((CHECKOUT / "dagster.yaml").read_text())
    with dg.instance_for_test(overrides={"concurrency": described["concurrency"]}) as instance:
        yield instance.get_concurrency_config()


def a_run(month):
    return dg.DagsterRun("month", tags={"dagster/partition": month})


@pytest.mark.parametrize(("month", "waits"), [("2024-01", True), ("2024-02", False)])
def test_a_second_run_of_a_month_waits_and_one_of_another_month_does_not(queue, month, waits):
    limits = TagConcurrencyLimitsCounter(queue.run_queue_config.tag_concurrency_limits, [a_run("2024-01")])
    assert limits.is_blocked(a_run(month)) is waits


def test_one_refresh_of_the_marts_at_a_time_and_one_import(queue):
    assert (queue.pool_config.pool_granularity, queue.pool_config.default_pool_limit) == (PoolGranularity.RUN, 1)
    pools = {key: GRAPH.get(key).pools for key in GRAPH.get_all_asset_keys()}
    assert {key.path[0] for key, names in pools.items() if names == {"marts"}} == set(MARTS)
    assert {key.path[0] for key, names in pools.items() if names == {"referential"}} == {"referential", "unit_price"}
    assert not any(names for key, names in pools.items() if key.path[0] in ("domain", "fact_consumption"))
