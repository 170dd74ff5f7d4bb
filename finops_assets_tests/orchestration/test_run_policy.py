"""How runs are cut and executed: what docs/decisions/0013 chose by measurement."""

from __future__ import annotations

import pytest

from finops_assets.cli.running import MONTHS_A_RUN
from finops_assets.definitions import defs
from finops_assets.defs.consumption import FACT, domain_key, loaded_domain_ids

MONTHS = 12


@pytest.mark.parametrize("job", ["month", "refresh_marts", "import_referential"])
def test_a_run_is_one_process(job):
    assert defs.resolve_job_def(job).executor_def.name == "in_process"


@pytest.mark.parametrize("key", [FACT, *map(domain_key, sorted(loaded_domain_ids()))], ids=str)
def test_a_backfill_makes_one_run_of_twelve_months(key):
    policy = defs.resolve_asset_graph().get(key).backfill_policy
    assert policy.max_partitions_per_run == MONTHS


def test_the_command_cuts_runs_as_a_backfill_does():
    assert MONTHS_A_RUN == MONTHS
