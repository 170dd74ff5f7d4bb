"""The columns of FOCUS 1.4, the FinOps Open Cost and Usage Specification ratified in June 2026, and our own after them.

A DIRECT line is a charge for use. An INDIRECT line is an *allocated charge*: the amount to distribute is its origin
charge, the domain its resource, the application what it is allocated to. docs/export.md tells each column.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from finops_assets.costs.standing import Standing
from finops_assets.domain import RESERVED_APPLICATIONS, UNALLOCATED
from finops_assets.export.columns import (
    COST,
    INSTANT,
    QUANTITY,
    TEXT,
    WHOLE,
    Batch,
    Column,
    Values,
    by_mode,
    constant,
    first_of,
    mapped,
    none,
    read,
    where,
)
from finops_assets.export.status import status
from finops_assets.export.views import COSTS
from finops_assets.period import Period
from finops_assets.pricing import PricingView
from finops_assets.settings import Settings

FOCUS_VERSION: Final = "1.4"


def columns(settings: Settings, views: Mapping[str, PricingView], how: Standing) -> list[Column]:
    """FOCUS columns by name, then ours with ``x_``; a cost that no view gives is empty."""
    found = [
        *_allocation(settings),
        *_charge(),
        *_costs(views),
        *_periods(settings),
        *_product(),
        *_party(settings, views),
    ]
    return [*sorted(found, key=lambda column: column.name), *_ours(views, how)]


def _allocation(settings: Settings) -> list[Column]:
    given = _is_application(lambda name: name != UNALLOCATED)
    return [
        Column("AllocatedMethodDetails", TEXT, read("method_details")),
        Column("AllocatedMethodId", TEXT, read("method_key")),
        Column("AllocatedResourceId", TEXT, by_mode(none, where(given, read("application_id")))),
        Column("AllocatedResourceName", TEXT, by_mode(none, where(given, _application_label))),
        Column("AllocatedTags", TEXT, by_mode(none, _tags(settings))),
        Column("ResourceId", TEXT, by_mode(none, read("domain_id"))),
        Column("ResourceName", TEXT, by_mode(none, _domain_label)),
        Column("ResourceType", TEXT, by_mode(none, constant("Amount to distribute"))),
        Column("Tags", TEXT, by_mode(_tags(settings), none)),
    ]


def _charge() -> list[Column]:
    use = where(_is_difference, constant("Adjustment"), constant("Usage"))
    described = first_of(read("indirect_label"), _domain_label)
    return [
        Column("ChargeCategory", TEXT, by_mode(use, constant("Purchase"))),
        Column("ChargeClass", TEXT, none),
        Column("ChargeDescription", TEXT, by_mode(_product_label, described)),
        Column("ChargeFrequency", TEXT, by_mode(constant("Usage-Based"), constant("Recurring"))),
        Column("ConsumedQuantity", QUANTITY, by_mode(where(_is_difference, none, read("quantity")), none)),
        Column("ConsumedUnit", TEXT, by_mode(where(_is_difference, none, read("consumption_metric")), none)),
        Column("PricingCategory", TEXT, constant("Standard")),
        Column("PricingQuantity", QUANTITY, read("quantity")),
        Column("PricingUnit", TEXT, read("consumption_metric")),
    ]


def _costs(views: Mapping[str, PricingView]) -> list[Column]:
    prices = {
        "ListUnitPrice": ("ListCost", "list_price"),
        "ContractedUnitPrice": ("ContractedCost", "contracted_price"),
    }
    return [
        *(Column(cost, COST, read(column) if cost in views else none) for cost, column in COSTS.items()),
        *(Column(name, QUANTITY, read(price) if cost in views else none) for name, (cost, price) in prices.items()),
    ]


def _periods(settings: Settings) -> list[Column]:
    def starts(months: int) -> Values:
        def instant(first_day: str) -> str:
            period = Period.of(datetime.fromisoformat(first_day)).shift(months)
            return f"{period.starts_at(settings.time_zone):%Y-%m-%dT%H:%M:%SZ}"

        return mapped(read("period_month"), instant)

    spans = {"Start": starts(0), "End": starts(1)}
    return [
        Column(f"{what}Period{end}", INSTANT, value) for what in ("Billing", "Charge") for end, value in spans.items()
    ]


def _product() -> list[Column]:
    sku = by_mode(read("product_id"), read("domain_id"))
    return [
        Column("ServiceCategory", TEXT, constant("Other")),
        Column("ServiceName", TEXT, by_mode(first_of(read("family_label"), read("family_id")), _domain_label)),
        Column("ServiceSubcategory", TEXT, constant("Other (Other)")),
        Column("SkuId", TEXT, sku),
        Column("SkuPriceId", TEXT, sku),
    ]


def _party(settings: Settings, views: Mapping[str, PricingView]) -> list[Column]:
    view = next(iter(views.values()))
    named = _is_application(lambda name: name not in RESERVED_APPLICATIONS)
    return [
        Column("BillingAccountId", TEXT, constant(",".join(_view_ids(views)))),
        Column("BillingAccountName", TEXT, constant(view.pricing_view_label)),
        Column("BillingAccountType", TEXT, constant("Pricing view")),
        Column("BillingCurrency", TEXT, constant(view.currency)),
        Column("HostProviderName", TEXT, _domain_label),
        Column("InvoiceIssuerName", TEXT, _domain_label),
        Column("ServiceProviderName", TEXT, _domain_label),
        Column("SubAccountId", TEXT, by_mode(where(named, read("application_id")), none)),
        Column("SubAccountName", TEXT, by_mode(where(named, _application_label), none)),
        Column("SubAccountType", TEXT, by_mode(where(named, constant("Application")), none)),
    ]


def _ours(views: Mapping[str, PricingView], how: Standing) -> list[Column]:
    return [
        Column("x_ApplicationId", TEXT, read("application_id")),
        Column("x_BasisQuantity", QUANTITY, read("basis_quantity")),
        Column("x_DomainId", TEXT, read("domain_id")),
        Column("x_DomainMode", TEXT, read("domain_mode")),
        Column("x_DriverQuantity", QUANTITY, read("driver_quantity")),
        Column("x_FamilyId", TEXT, read("family_id")),
        Column("x_FocusVersion", TEXT, constant(FOCUS_VERSION)),
        Column("x_PeriodMonth", TEXT, lambda batch: pc.utf8_slice_codeunits(batch["period_month"], 0, 7)),
        Column("x_PricingView", TEXT, constant(",".join(_view_ids(views)))),
        Column("x_ProductId", TEXT, read("product_id")),
        Column("x_RunId", TEXT, read("run_id")),
        Column("x_SliceVersion", WHOLE, read("version")),
        Column("x_Status", TEXT, status(views, how)),
    ]


def _view_ids(views: Mapping[str, PricingView]) -> list[str]:
    return list(dict.fromkeys(view.pricing_view_id for view in views.values()))


_application_label = first_of(read("application_label"), read("application_id"))
_domain_label = first_of(read("domain_label"), read("domain_id"))
_product_label = first_of(read("product_label"), read("product_id"))


def _is_difference(batch: Batch) -> pa.Array:
    """Lines that make a provider's cost exact, and are no use of anything."""
    return pc.starts_with(batch["product_id"], "difference:")


def _is_application(wanted: Callable[[str], bool]) -> Values:
    told = mapped(read("application_id"), lambda name: "yes" if wanted(name) else "no")
    return lambda batch: pc.equal(told(batch), "yes")


def _tags(settings: Settings) -> Values:
    """The application under the tag that bills are read by; no tag where there is no application."""

    def tagged(name: str) -> str | None:
        if name in RESERVED_APPLICATIONS:
            return None
        return json.dumps({settings.application_tag: name}, ensure_ascii=False)

    return mapped(read("application_id"), tagged)
