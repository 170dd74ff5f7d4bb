"""The activation checklist of each enabled domain as a check on its asset: it warns, and stops nothing."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from finops_assets import catalog
from finops_assets.catalog.known_domains import KnownDomains
from finops_assets.defs.consumption import domain_key
from finops_assets.defs.monitoring import monitoring
from finops_assets.defs.resources import MartResource
from finops_assets.defs.standing_checks import standing_checks
from finops_assets.operations.checklist import Item, checklist
from finops_assets.settings import Settings

NAME = "activation"
HOURLY = "30 * * * *"


def activation_checks(known: KnownDomains, settings: Settings) -> dg.AssetChecksDefinition:
    """One check per domain, evaluated together, once an hour."""
    domain_ids = {domain_key(domain_id): domain_id for domain_id in known.plugins}
    hourly: dg.AutomationCondition[Any] = dg.AutomationCondition.cron_tick_passed(HOURLY, settings.time_zone.key)

    def look(
        instance: dg.DagsterInstance, mart: MartResource, chosen: Sequence[dg.AssetCheckKey]
    ) -> Iterator[dg.AssetCheckResult]:
        watched = monitoring(instance, datetime.now(UTC))
        with mart.mart.connect("finops_api") as connection:
            rows = catalog.domains(connection)
            for key in chosen:
                domain_id = domain_ids[key.asset_key]
                is_enabled = domain_id in rows and rows[domain_id].is_enabled
                yield _result(key, [*checklist(connection, domain_id), watched] if is_enabled else [])

    return standing_checks("activation_checks", [_spec(key, hourly.since_last_handled()) for key in domain_ids], look)


def _spec(key: dg.AssetKey, condition: dg.AutomationCondition[Any]) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        NAME,
        asset=key,
        description="An enabled domain was accepted, has prices, is shown by the marts and is watched.",
        automation_condition=condition,
    )


def _result(key: dg.AssetCheckKey, items: list[Item]) -> dg.AssetCheckResult:
    told = {item.title: dg.MetadataValue.text(item.told) for item in items if not item.is_met}
    return dg.AssetCheckResult(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=not told,
        severity=dg.AssetCheckSeverity.WARN,
        metadata=told or {"domain": dg.MetadataValue.text("every line is met" if items else "not enabled")},
    )
