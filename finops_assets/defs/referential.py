"""What comes from the company rather than from consumption: members and prices, unpartitioned."""

from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial

import dagster as dg

from finops_assets import catalog, pricing
from finops_assets.catalog.referential import Imported, import_all
from finops_assets.defs.resources import MartResource
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.persistence import persistently
from finops_assets.slices import current_period


@dg.asset(
    description="One row per application and product the referentials list; what they drop is deactivated.",
    group_name="referential",
    kinds={"csv", "postgres"},
    owners=["team:finops"],
    pool="referential",
)
def referential(mart: MartResource) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """Register the domains that have a module, then import applications.csv and every product list."""
    domains = [plugin.domain for plugin in mart.plugins.values() if not plugin.is_data_alone]
    today = datetime.now(UTC).astimezone(mart.settings.time_zone).date()

    def once(connection: Connection) -> list[Imported]:
        catalog.register_domains(connection, domains, current_period(mart.settings, datetime.now(UTC)))
        return import_all(connection, mart.settings, domains, today)

    imported = persistently(mart.mart, "finops_batch", once, name="referential")
    return dg.MaterializeResult(metadata={one.name: dg.MetadataValue.json(_told(one)) for one in imported})


def _told(imported: Imported) -> dict[str, int]:
    return {name: count for name, count in asdict(imported).items() if name != "name"}


@dg.asset(
    deps=[referential],
    description="One row per (pricing view, domain, product or *, month of effect, revision); never changed.",
    group_name="referential",
    kinds={"csv", "postgres"},
    owners=["team:finops"],
    pool="referential",
)
def unit_price(mart: MartResource) -> dg.MaterializeResult:  # type: ignore[type-arg]
    """Publish the price files of FINOPS_SOURCES/prices that say something new."""
    folder = mart.settings.sources / "prices"
    once = partial(pricing.import_folder, folder=folder, max_bytes=mart.settings.max_source_bytes)
    imported = persistently(mart.mart, "finops_admin", once, name="prices")
    new = {one.file: dg.MetadataValue.int(one.new) for one in imported}
    return dg.MaterializeResult(metadata={"new_rows": dg.MetadataValue.int(sum(one.new for one in imported)), **new})
