"""Run assets from the command line as Dagster runs: in this process, in Dagster's own storage, seen in its UI."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

import dagster as dg
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG

from finops_assets.defs.consumption import FACT, domain_key
from finops_assets.defs.run_launcher import PROCESS_TAG, this_process
from finops_assets.period import Period
from finops_assets.settings import CHECKOUT

# the command shows its own progress; the run's log is in the UI
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class Launched:
    """A finished run: whether everything landed, and why not, by slice or step."""

    run_id: UUID
    success: bool
    failures: dict[str, str]


@dataclass(frozen=True)
class Launcher:
    """Runs jobs of the definitions in an instance."""

    definitions: dg.Definitions
    instance: dg.DagsterInstance

    @classmethod
    def of(cls, definitions: dg.Definitions) -> Launcher:
        """A launcher on the instance that dagster.yaml of the checkout describes."""
        os.environ.setdefault("DAGSTER_HOME", str(CHECKOUT))
        return cls(definitions, dg.DagsterInstance.get())

    def import_referential(self) -> Launched:
        """Import members and prices from their files."""
        return self._launch("import_referential", None, uuid4(), {})

    def refresh_marts(self) -> Launched:
        """Price what is stale again."""
        return self._launch("refresh_marts", None, uuid4(), {})

    def publish_months(self, domain_ids: Sequence[str], first: Period, last: Period, run_id: UUID) -> Launched:
        """Run the domains and the facts over a range of months, as one run."""
        keys = [*map(domain_key, domain_ids), FACT]
        tags = {ASSET_PARTITION_RANGE_START_TAG: str(first), ASSET_PARTITION_RANGE_END_TAG: str(last)}
        return self._launch("month", keys, run_id, tags)

    def _launch(self, job: str, keys: Sequence[dg.AssetKey] | None, run_id: UUID, tags: dict[str, str]) -> Launched:
        result = self.definitions.resolve_job_def(job).execute_in_process(
            instance=self.instance,
            asset_selection=keys,
            run_id=str(run_id),
            tags=tags | {PROCESS_TAG: this_process()},
            run_config=_QUIET,
            raise_on_error=False,
        )
        failures: dict[str, str] = {}
        for event in result.all_events:
            if event.is_step_failure:
                failures |= _told(event)
        return Launched(run_id, result.success, failures)


def _told(event: dg.DagsterEvent) -> dict[str, str]:
    """What a failed step said: a sentence for each slice, or its error."""
    data = event.step_failure_data
    if data.user_failure_data is not None:
        return {name: str(value.value) for name, value in data.user_failure_data.metadata.items()}
    cause = (data.error.cause or data.error) if data.error else None
    return {str(event.step_key): cause.message.strip() if cause else "failed"}
