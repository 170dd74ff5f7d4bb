"""A company whose domains are modules and rows, spread by each other, run as the product runs them."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime
from uuid import uuid4

from finops_assets import catalog, slices, verify
from finops_assets.catalog import DomainRow, known_domains
from finops_assets.operations import month_checks, reconciliation
from finops_assets_tests.factories import JANUARY, ask, write_csv

NOW = datetime(2024, 3, 15, 12, tzinfo=UTC)


class Company:
    """A mart whose domains are modules and rows, run as the product runs them."""

    def __init__(self, mart, settings):
        self.mart, self.settings = mart, settings

    def add(self, domain_id, method):
        row = DomainRow(domain_id, domain_id.capitalize(), "INDIRECT", method, "Spread", False, date(2024, 1, 1))
        with self.mart.connect("finops_admin") as connection:
            known_domains.add(connection, row)

    def enable(self, *domain_ids):
        with self.mart.connect("finops_admin") as connection:
            for domain_id in domain_ids:
                catalog.set_enabled(connection, domain_id, is_enabled=True, available_from=JANUARY)

    @property
    def plugins(self):
        with self.mart.connect("finops_api") as connection:
            return known_domains.of_rows(catalog.domains(connection).values()).plugins

    def run(self, *domain_ids):
        plugins = self.plugins
        return [
            slices.run_slice(self.mart, self.settings, plugins[domain_id], JANUARY, uuid4()) for domain_id in domain_ids
        ]

    def uses(self, domain="OPEN", **quantity_of):
        """Deliver a usage file of January: CPU in OPEN, and run it."""
        used = {"product_id": "vm-small", "family_id": "compute", "metric": "CPU", "charge_class": "CREDIT"}
        rows = [used | {"application_id": name, "quantity": quantity} for name, quantity in quantity_of.items()]
        write_csv(self.settings.sources / domain.lower() / "2024-01.csv", rows)
        self.run(domain)

    def weights(self, domain_id):
        rows = ask(self.mart, "SELECT application_id, quantity FROM fact_consumption WHERE domain_id = %s", domain_id)
        return {row["application_id"]: row["quantity"] for row in rows}

    def components(self, domain_id):
        statement = (
            "SELECT * FROM allocation_component WHERE domain_id = %s ORDER BY version, application_id, component"
        )
        names = ("version", "application_id", "driver", "driver_quantity", "basis_quantity", "weight_part")
        return [tuple(row[name] for name in names) for row in ask(self.mart, statement, domain_id)]

    def due(self):
        with self.mart.connect("finops_api") as connection:
            found = reconciliation.due_slices(connection, self.settings, self.plugins, NOW)
        return {one.domain_id: one.why.name for one in found if one.period == JANUARY}

    def failing(self):
        """The checks of the month and of the whole mart that fail, with the domains they name."""
        told = defaultdict(set)
        with self.mart.connect("finops_api") as connection:
            found = [*month_checks.run_checks(connection, self.settings, [JANUARY], JANUARY.shift(2))]
            found += verify.run_checks(connection)
        for one in found:
            told[one.name] |= {row["domain_id"] for row in one.rows if "domain_id" in row}
        wanted = ("basis", "drivers_current", "drivers_are_current", "allocation_components_match_weights")
        return {name: domains for name, domains in told.items() if domains and name in wanted}


def focus_charge(application, hours):
    costs = dict.fromkeys(("BilledCost", "EffectiveCost", "ListCost"), "1")
    return costs | {
        "BillingCurrency": "EUR",
        "ChargeCategory": "Usage",
        "ChargePeriodStart": "2024-01-01T00:00:00Z",
        "ChargePeriodEnd": "2024-02-01T00:00:00Z",
        "PricingUnit": "core_hours",
        "PricingQuantity": hours,
        "ServiceName": "Compute",
        "SkuId": "vm",
        "SkuPriceId": "vm",
        "Tags": f'{{"application": "{application}"}}',
    }
