"""The activation checklist of each enabled domain as a check on its asset: it warns, and stops nothing."""

from datetime import UTC, datetime
from typing import Any

import dagster as dg

from finops_assets import catalog
from finops_assets.checklist import Item, checklist
from finops_assets.defs.consumption import domain_key
from finops_assets.defs.monitoring import monitoring
from finops_assets.defs.resources import MartResource
from finops_assets.known_domains import KnownDomains
from finops_assets.settings import Settings

NAME = "activation"
HOURLY = "30 * * * *"
# after the refresh, where a run does both: before it the marts are never up to date
_AFTER = dg.AssetKey("mv_cost_domain_month")


def activation_checks(known: KnownDomains, settings: Settings) -> dg.AssetChecksDefinition:
    """One check per domain, evaluated together."""
    keys = {domain_key(domain_id): domain_id for domain_id in known.plugins}
    hourly: dg.AutomationCondition[Any] = dg.AutomationCondition.cron_tick_passed(HOURLY, settings.time_zone.key)
    specs = [_spec(key, hourly.since_last_handled()) for key in keys]

    @dg.multi_asset_check(name="activation_checks", specs=specs, can_subset=True)
    def _activation_checks(context: dg.AssetCheckExecutionContext, mart: MartResource):  # type: ignore[no-untyped-def]
        chosen = [key.asset_key for key in context.selected_asset_check_keys]
        watched = monitoring(context.instance, datetime.now(UTC))
        with mart.mart.connect("finops_api") as connection:
            rows = catalog.domains(connection)
            for key, domain_id in keys.items():
                if key in chosen:
                    is_enabled = domain_id in rows and rows[domain_id].is_enabled
                    yield _result(key, [*checklist(connection, domain_id), watched] if is_enabled else [])

    return _activation_checks


def _spec(key: dg.AssetKey, condition: dg.AutomationCondition[Any]) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        NAME,
        asset=key,
        additional_deps=[_AFTER],
        description="An enabled domain was accepted, has prices, is shown by the marts and is watched.",
        automation_condition=condition,
    )


def _result(key: dg.AssetKey, items: list[Item]) -> dg.AssetCheckResult:
    told = {item.title: dg.MetadataValue.text(item.told) for item in items if not item.is_met}
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=NAME,
        passed=not told,
        severity=dg.AssetCheckSeverity.WARN,
        metadata=told or {"domain": dg.MetadataValue.text("every line is met" if items else "not enabled")},
    )
