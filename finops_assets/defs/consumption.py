"""Domains and ``fact_consumption``: one step that can run any part of itself.

One multi-asset, because Dagster has no other construction in which a domain that fails leaves the others, the
fact and the marts landed, and the run still red (docs/decisions/0002). Each (month, domain) is published on its
own; what failed is reported when everything else has been done.
"""

import traceback
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import cache
from uuid import UUID

import dagster as dg

from finops_assets import events, slices
from finops_assets.catalog import DomainRow, known_domains
from finops_assets.catalog.known_domains import KnownDomains
from finops_assets.defs import reporting
from finops_assets.defs.dry_run import ConsumptionConfig, changes_of, check_results
from finops_assets.defs.partitions import months_of, periods_of
from finops_assets.defs.resources import MartResource
from finops_assets.domain import Mode
from finops_assets.domains import Plugin
from finops_assets.errors import FinopsError, NotAvailable, SourceMissing, SourceRefused, counted
from finops_assets.period import Period
from finops_assets.settings import Settings

FACT = dg.AssetKey("fact_consumption")
CONTRACT = "contract"
BASIS = "basis"

Event = dg.MaterializeResult | dg.AssetCheckResult  # type: ignore[type-arg]


def domain_key(domain_id: str) -> dg.AssetKey:
    """The asset of a domain: ``domain/open`` for OPEN."""
    return dg.AssetKey(["domain", domain_id.lower()])


def is_indirect(plugin: Plugin) -> bool:
    """Whether a domain spreads an amount by weights."""
    return plugin.domain.mode is Mode.INDIRECT


def domain_spec(plugin: Plugin) -> dg.AssetSpec:
    """A domain as an asset: one row per what its plugin says, one partition per month."""
    domain = plugin.domain
    return dg.AssetSpec(
        domain_key(domain.domain_id),
        deps=[domain_key(driver) for driver in domain.depends_on]
        + ([] if domain.depends_on else [dg.AssetKey("referential")]),
        description=domain.description,
        group_name=domain.mode.value.lower(),
        kinds={"python", "postgres", "table"},
        owners=[domain.owner],
        tags={"finops/mode": domain.mode.value, "finops/domain": domain.domain_id},
        metadata={"method": domain.indirect_method_key or "measured", "label": domain.label},
        skippable=True,
    )


def fact_spec(plugins: list[Plugin]) -> dg.AssetSpec:
    """``fact_consumption`` as an asset downstream of every domain."""
    return dg.AssetSpec(
        FACT,
        deps=[domain_key(plugin.domain.domain_id) for plugin in plugins],
        description=(
            "One row per (month, domain, application, product) of consumption, or per (month, domain, application) "
            "of a weight. Never a cost: cost = quantity × unit price."
        ),
        group_name="facts",
        kinds={"postgres", "table"},
        owners=["team:finops"],
        skippable=True,
    )


def contract_check(plugin: Plugin) -> dg.AssetCheckSpec:
    """The blocking check of a domain: its lines keep the data contract."""
    return dg.AssetCheckSpec(
        CONTRACT,
        asset=domain_key(plugin.domain.domain_id),
        description="The source is whole and the lines keep the data contract; else the slice stays as it was.",
        blocking=True,
    )


def basis_check(plugin: Plugin) -> dg.AssetCheckSpec:
    """The check of an INDIRECT domain: every amount has a basis to be shared by."""
    return dg.AssetCheckSpec(
        BASIS,
        asset=domain_key(plugin.domain.domain_id),
        description="The month has a basis; else its whole amount stands with UNALLOCATED.",
    )


@cache
def loaded() -> KnownDomains:
    """The domains as this code location loaded them, once per process."""
    return known_domains.load(Settings.from_environment())


def loaded_domain_ids() -> frozenset[str]:
    """The domains that have an asset in this code location."""
    return frozenset(loaded().plugins)


def unloaded_domain_ids(rows: Iterable[DomainRow]) -> list[str]:
    """The domains of ``dim_domain`` that have no asset, or an asset of another method, until a reload."""
    now, then = known_domains.of_rows(rows).plugins, loaded().plugins
    return [domain_id for domain_id in now if domain_id not in then or now[domain_id].domain != then[domain_id].domain]


def consumption_assets(known: KnownDomains) -> dg.AssetsDefinition:
    """The multi-asset over every domain that can be computed."""
    plugins = list(known.plugins.values())

    @dg.multi_asset(
        name="consumption",
        specs=[*map(domain_spec, plugins), fact_spec(plugins)],
        check_specs=[contract_check(plugin) for plugin in plugins]
        + [basis_check(p) for p in plugins if is_indirect(p)],
        partitions_def=months_of(Settings.from_environment()),
        backfill_policy=dg.BackfillPolicy.multi_run(12),
        can_subset=True,
    )
    def consumption(context: dg.AssetExecutionContext, config: ConsumptionConfig, mart: MartResource):  # type: ignore[no-untyped-def]
        execution = Consumption(context, mart)
        yield from execution.rehearse() if config.dry_run else execution.run()

    return consumption


class Consumption:
    """One execution: the selected domains over the selected months, and what came of each slice."""

    def __init__(self, context: dg.AssetExecutionContext, mart: MartResource) -> None:
        self.context = context
        self.mart = mart
        self.periods = periods_of(context)
        wanted = {key.path[-1].upper() for key in context.selected_asset_keys if key.path[0] == "domain"}
        self.plugins = slices.ordered(mart.plugins, wanted)
        self.lost = sorted(wanted - set(mart.plugins))
        self.results: dict[tuple[str, Period], slices.SliceResult] = {}
        self.failures: dict[tuple[str, Period], str] = {}
        self.refused: dict[tuple[str, Period], int] = {}

    def run(self) -> Iterator[Event]:
        """Publish slice by slice, month by month; Failure at the end names every slice that did not land."""
        for period in self.periods:
            for domain_id in self.lost:
                self._lose(domain_id, period)
            for plugin in self.plugins:
                self._run_slice(plugin, period)
                yield from self._domain_events(plugin, period)
            yield from self._fact_events(period)
        for plugin in self.plugins:
            yield self._contract_result(plugin.domain.domain_id)
            if is_indirect(plugin):
                yield self._basis_result(plugin.domain.domain_id)
        if self.failures:
            told = {f"{domain} {period}": dg.MetadataValue.text(why) for (domain, period), why in self.failures.items()}
            raise dg.Failure(f"{counted(len(self.failures), 'slice')} did not land", metadata=told, allow_retries=False)

    def rehearse(self) -> Iterator[Event]:
        """Report what ``run`` would change, and change nothing."""
        changes = changes_of(self.context, self.mart, self.plugins, self.periods, lost=self.lost)
        yield from check_results(self.plugins, changes, domain_key, names=(CONTRACT, BASIS))

    def _run_slice(self, plugin: Plugin, period: Period) -> None:
        slice_, run_id = (plugin.domain.domain_id, period), UUID(self.context.run.run_id)
        try:
            if failed := [driver for driver in plugin.domain.depends_on if (driver, period) in self.failures]:
                self._fail(slice_, slices.skip(self.mart.mart, plugin.domain, period, run_id, failed))
            else:
                self.results[slice_] = slices.run_slice(self.mart.mart, self.mart.settings, plugin, period, run_id)
        except SourceMissing as missing:
            # nothing is late before the month is over
            if period < slices.current_period(self.mart.settings, datetime.now(UTC)):
                self._fail(slice_, str(missing))
        except NotAvailable as early:
            self.context.log.info(str(early))
        except FinopsError as refused:
            self.refused[slice_] = len(refused.faults) if isinstance(refused, SourceRefused) else 0
            self._fail(slice_, str(refused))
        except Exception as bug:  # a domain's bug must not stop the other domains
            self.context.log.error(events.without_secrets(traceback.format_exc()))
            self._fail(slice_, f"{type(bug).__name__}: {bug}")

    def _lose(self, domain_id: str, period: Period) -> None:
        why = f"it cannot be computed: {self.mart.known.problem(domain_id)}"
        self._fail((domain_id, period), f"skipped: {why}")
        named = {"run_id": self.context.run.run_id, "month": period, "domain": domain_id}
        events.emit(events.Event.SLICE_SKIPPED, **named, reason=why)

    def _fail(self, slice_: tuple[str, Period], why: str) -> None:
        self.failures[slice_] = events.without_secrets(why)

    def _domain_events(self, plugin: Plugin, period: Period) -> Iterator[Event]:
        result = self.results.get((plugin.domain.domain_id, period))
        if result is not None:
            metadata = reporting.metadata(result)
            yield from self._materialized(
                domain_key(plugin.domain.domain_id), period, metadata, result.published.content_sha256.hex()
            )

    def _fact_events(self, period: Period) -> Iterator[Event]:
        landed = [result for (_, month), result in self.results.items() if month == period]
        if FACT in self.context.selected_asset_keys and (landed or not self.plugins):
            yield from self._materialized(FACT, period, reporting.fact_metadata(landed))

    def _materialized(
        self,
        key: dg.AssetKey,
        period: Period,
        metadata: dict[str, dg.MetadataValue],
        version: str | None = None,
    ) -> Iterator[Event]:
        if len(self.periods) > 1:
            # an output yielded in a run over a range would mark every month of it, landed or not
            self.context.log_event(dg.AssetMaterialization(key, partition=str(period), metadata=metadata))
        else:
            yield dg.MaterializeResult(
                key, metadata=metadata, data_version=dg.DataVersion(version) if version else None
            )

    def _contract_result(self, domain_id: str) -> dg.AssetCheckResult:
        broken = {str(month): why for (domain, month), why in self.failures.items() if domain == domain_id}
        refused = sum(count for (domain, _), count in self.refused.items() if domain == domain_id)
        return dg.AssetCheckResult(
            asset_key=domain_key(domain_id),
            check_name=CONTRACT,
            passed=not broken,
            metadata={"broken": dg.MetadataValue.json(broken), "refused_lines": dg.MetadataValue.int(refused)},
        )

    def _basis_result(self, domain_id: str) -> dg.AssetCheckResult:
        mine = [result for (domain, _), result in self.results.items() if domain == domain_id]
        without = [str(result.period) for result in mine if result.is_unallocated]
        return dg.AssetCheckResult(
            asset_key=domain_key(domain_id),
            check_name=BASIS,
            passed=not without,
            metadata={"months_without_basis": dg.MetadataValue.json(without)},
        )
