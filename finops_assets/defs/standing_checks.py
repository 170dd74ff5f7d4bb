"""Asset checks that look whatever became of the assets they are about.

A run takes the checks of its assets along. As dependants of the assets they would be skipped whenever a domain did
not land, which is when they are wanted: they depend on nothing, and the executor takes them after all the rest.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from finops_assets.defs.resources import MartResource

Look = Callable[[dg.DagsterInstance, MartResource, Sequence[dg.AssetCheckKey]], Iterator[dg.AssetCheckResult]]

_LAST = {"dagster/priority": "-1"}


def standing_checks(name: str, specs: Iterable[dg.AssetCheckSpec], look: Look) -> dg.AssetChecksDefinition:
    """The specs' checks as one step; ``look`` answers for those of them that a run selects, one result each."""
    outputs = {spec.get_python_identifier(): spec for spec in specs}

    @dg.op(name=name, out={output: dg.Out(is_required=False) for output in outputs}, tags=_LAST)
    def _checks(context: dg.AssetCheckExecutionContext, mart: MartResource):  # type: ignore[no-untyped-def]
        chosen = [spec.key for spec in outputs.values() if spec.key in context.selected_asset_check_keys]
        yield from look(context.instance, mart, chosen)

    definition: dg.AssetChecksDefinition = dg.AssetChecksDefinition.create(
        keys_by_input_name={}, node_def=_checks, check_specs_by_output_name=outputs, can_subset=True
    )
    return definition


def job_of(*checks: dg.AssetChecksDefinition) -> UnresolvedAssetJobDefinition:
    """The job that runs every one of these checks and nothing else."""
    return dg.define_asset_job(
        "checks",
        selection=dg.AssetSelection.checks(*checks),
        description="Look at the open month and the one before, and at what each domain needs; nothing is computed.",
    )
