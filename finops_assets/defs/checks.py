"""The checks of a month as asset checks: of the open month and the one before, in one pass over the mart.

None blocks: what must not be published is refused by the contract, before. They have no partitions, and look again
whenever the marts have been refreshed, and once an hour, for a month that nobody delivered refreshes nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from finops_assets import slices
from finops_assets.catalog.known_domains import KnownDomains
from finops_assets.defs.consumption import FACT, domain_key
from finops_assets.defs.resources import MartResource
from finops_assets.defs.standing_checks import standing_checks
from finops_assets.domain import Domain, Mode
from finops_assets.operations.month_checks import CHECKS, MonthCheck, Row, run_checks, title_of
from finops_assets.settings import Settings
from finops_assets.verify import ROWS_SHOWN

OF_THE_FACTS = ("contract", "weights_sum_to_one", "basis", "unmapped_applications")
OF_A_MART = {"conservation": "mv_cost_domain_month", "marts_equal_facts": "mv_cost_app_month"}
HOURLY = "0 * * * *"

Results = Iterator[dg.AssetCheckResult]


def month_checks(known: KnownDomains, settings: Settings) -> dg.AssetChecksDefinition:
    """Every check of a month, each on the asset that it is about: a domain, the facts or a mart."""
    domains = {domain_key(plugin.domain.domain_id): plugin.domain for plugin in known.plugins.values()}
    condition = _after_the_marts(settings)

    def look(_: dg.DagsterInstance, mart: MartResource, chosen: Sequence[dg.AssetCheckKey]) -> Results:
        found = _found(mart, {key.name for key in chosen})
        for key in chosen:
            domain = domains.get(key.asset_key)
            yield _result(key, [_narrowed(one, domain) for one in found if one.name == key.name])

    return standing_checks("month_checks", [_spec(key, condition) for key in _keys(domains)], look)


def _keys(domains: Mapping[dg.AssetKey, Domain]) -> Iterator[dg.AssetCheckKey]:
    yield from (dg.AssetCheckKey(key, name) for key, domain in domains.items() for name in _of_domain(domain))
    yield from (dg.AssetCheckKey(FACT, name) for name in OF_THE_FACTS)
    yield from (dg.AssetCheckKey(dg.AssetKey(mart), name) for name, mart in OF_A_MART.items())


def _of_domain(domain: Domain) -> Iterator[str]:
    yield from ("freshness", "reconciliation", "volume_jump", "unpriced_lines")
    if domain.mode is Mode.DIRECT:
        yield from ("unmapped_products", "quarantine")
    if domain.depends_on:
        yield "drivers_current"


def _spec(key: dg.AssetCheckKey, condition: dg.AutomationCondition[Any]) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        key.name, asset=key.asset_key, description=title_of(key.name) + ".", automation_condition=condition
    )


def _after_the_marts(settings: Settings) -> dg.AutomationCondition[Any]:
    updated = dg.AutomationCondition.newly_updated()
    refreshed: dg.AutomationCondition[Any] = dg.AutomationCondition.asset_matches(OF_A_MART["conservation"], updated)
    hourly: dg.AutomationCondition[Any] = dg.AutomationCondition.cron_tick_passed(HOURLY, settings.time_zone.key)
    # months that were landed before the daemon first looked are looked at too
    first: dg.AutomationCondition[Any] = dg.AutomationCondition.initial_evaluation()
    return ((refreshed | hourly).since_last_handled() | first) & ~dg.AutomationCondition.in_progress()


def _found(mart: MartResource, names: Iterable[str]) -> list[MonthCheck]:
    current = slices.current_period(mart.settings, datetime.now(UTC))
    periods = [period for period in (current.previous, current) if period >= mart.settings.first_month]
    wanted = [name for name in CHECKS if name in names]
    with mart.mart.connect("finops_api") as connection:
        return list(run_checks(connection, mart.settings, periods, current, wanted))


def _narrowed(found: MonthCheck, domain: Domain | None) -> MonthCheck:
    """Of a domain's asset, what is about that domain."""
    return found if domain is None else found.of_domain(domain.domain_id)


def _result(key: dg.AssetCheckKey, months: Sequence[MonthCheck]) -> dg.AssetCheckResult:
    rows = [{"month": str(month.period), **row} for month in months for row in month.rows]
    metadata: dict[str, dg.MetadataValue] = {
        "months": dg.MetadataValue.text(", ".join(str(month.period) for month in months)),
        "failing_rows": dg.MetadataValue.int(len(rows)),
    }
    if rows:
        metadata["rows"] = _table(rows[:ROWS_SHOWN])
    return dg.AssetCheckResult(
        asset_key=key.asset_key,
        check_name=key.name,
        passed=not rows,
        severity=dg.AssetCheckSeverity(CHECKS[key.name].value),
        metadata=metadata,
    )


def _table(rows: Sequence[Row]) -> dg.TableMetadataValue:
    told = [{name: "" if value is None else str(value) for name, value in row.items()} for row in rows]
    columns = [dg.TableColumn(name) for name in told[0]]
    return dg.MetadataValue.table([dg.TableRecord(row) for row in told], dg.TableSchema(columns))
