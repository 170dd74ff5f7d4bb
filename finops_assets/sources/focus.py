"""A FOCUS export of a month, one row per charge, with the mart's words for its columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from finops_assets.domain import UNASSIGNED
from finops_assets.errors import Fault
from finops_assets.period import Period
from finops_assets.sources import Reading
from finops_assets.sources.columns import DECIMAL, Column, Decimals, Texts, frame, typed
from finops_assets.sources.drop_folder import files_of
from finops_assets.sources.faults import Faults
from finops_assets.sources.focus_products import with_products
from finops_assets.sources.focus_tags import application_in
from finops_assets.sources.header import Header
from finops_assets.sources.instants import utc_month
from finops_assets.sources.keys import report_several
from finops_assets.sources.tables import TextTable, read_tables
from finops_assets.sources.values import IDENTIFIER_AT_MOST, currency, identifier, long_label, product

RESULT = (
    ["application_id", "product_id", "family_id", "product_label", "family_label", "metric", "quantity"]
    + ["charge_class", "currency", "list_cost", "contracted_cost", "billed_cost", "effective_cost"]
    + ["list_unit_price", "contracted_unit_price", "charge_month", "file", "line"]
)

_QUANTITY, _CONSUMED = "PricingQuantity", "ConsumedQuantity"
_HEADER = Header(
    required=(
        *("BilledCost", "EffectiveCost", "ListCost", "BillingCurrency", "ChargeCategory", "ChargePeriodStart"),
        *("ChargePeriodEnd", "PricingUnit", "ServiceName", "SkuId", "SkuPriceId", "Tags"),
    ),
    optional=(
        *("ContractedCost", "ListUnitPrice", "ContractedUnitPrice", "ChargeClass", "ChargeDescription"),
        *(_QUANTITY, _CONSUMED),
    ),
    others_ignored=True,
)
_AS_WRITTEN = {
    "service": "ServiceName",
    "description": "ChargeDescription",
    "currency": "BillingCurrency",
    "list_cost": "ListCost",
    "contracted_cost": "ContractedCost",
    "billed_cost": "BilledCost",
    "effective_cost": "EffectiveCost",
    "list_unit_price": "ListUnitPrice",
    "contracted_unit_price": "ContractedUnitPrice",
    "charge_month": "ChargePeriodStart",
    "file": "file",
    "line": "line",
}
_ZERO = pa.scalar(0, DECIMAL)
_AMOUNT = Decimals(exponent=True)
_COLUMNS = (
    Column("BilledCost", _AMOUNT),
    Column("EffectiveCost", _AMOUNT),
    Column("ListCost", _AMOUNT),
    Column("BillingCurrency", Texts(currency)),
    Column("ChargeCategory", Texts(identifier)),
    Column("ChargePeriodStart", Texts(utc_month, pa.date32())),
    Column("ChargePeriodEnd", Texts(utc_month, pa.date32())),
    Column("PricingUnit", Texts(identifier), required=False),
    Column("ServiceName", Texts(identifier), required=False),
    Column("SkuId", Texts(product), required=False),
    Column("SkuPriceId", Texts(product), required=False),
    Column("ContractedCost", _AMOUNT, required=False),
    Column("ListUnitPrice", _AMOUNT, required=False),
    Column("ContractedUnitPrice", _AMOUNT, required=False),
    Column("ChargeClass", Texts(identifier), required=False),
    Column("ChargeDescription", Texts(long_label), required=False),
    Column(_QUANTITY, _AMOUNT, required=False),
)


def read_focus(folder: Path, period: Period, *, application_tag: str, max_bytes: int) -> Reading:
    """The charges of a FOCUS export, one row per charge; SourceMissing or SourceRefused when it cannot be had.

    Charges of another month are kept, with their charge_month: the caller decides about them.
    """
    faults = Faults()
    tables = read_tables(files_of(folder, period), _HEADER, max_bytes=max_bytes, faults=faults)
    columns = (*_COLUMNS, Column("Tags", Texts(application_in(application_tag)), required=False))
    read = [_charges(table, columns, faults) for table in tables]
    faults.refuse()
    charges = pa.concat_tables(read)
    _report_currencies(charges, faults)
    charges = with_products(charges)
    _report_long_products(charges, faults)
    report_several(charges, "product_id", "metric", faults)
    faults.refuse()
    return Reading(frame(charges.select(RESULT)), tuple(table.source for table in tables))


def _charges(table: TextTable, columns: Sequence[Column], faults: Faults) -> pa.Table:
    """The charges of one file in the mart's words, one row per line."""
    table = _with_one_quantity(table, faults)
    table = replace(table, columns={name: _without_null(texts) for name, texts in table.columns.items()})
    read = typed(table, columns, faults)
    quantity = pc.fill_null(read[_QUANTITY], _ZERO)
    category = pc.binary_join_element_wise("charge:", read["ChargeCategory"], "")
    settled = {
        "application_id": pc.fill_null(read["Tags"], UNASSIGNED),
        "product_id": pc.coalesce(read["SkuPriceId"], read["SkuId"], category),
        "metric": pc.fill_null(read["PricingUnit"], "unit"),
        "quantity": quantity,
        "charge_class": _charge_class(read, quantity),
    }
    return pa.table({**settled, **{ours: read[theirs] for ours, theirs in _AS_WRITTEN.items()}})


def _without_null(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """FOCUS exports write the text NULL where nothing is known."""
    return pc.if_else(pc.equal(texts, "NULL"), "", texts)


def _charge_class(read: pa.Table, quantity: pa.ChunkedArray) -> pa.ChunkedArray:
    """CREDIT, CORRECTION or null; a refund is a credit, which FOCUS marks by the sign of its cost."""
    category, nothing = read["ChargeCategory"], pa.scalar(None, pa.string())
    negative = pc.less(quantity, _ZERO)
    for cost in ("BilledCost", "ListCost", "EffectiveCost"):
        negative = pc.or_(negative, pc.less(read[cost], _ZERO))
    corrected = pc.fill_null(pc.equal(read["ChargeClass"], "Correction"), False)
    corrected = pc.or_(corrected, pc.equal(category, "Adjustment"))
    marked = pc.if_else(corrected, "CORRECTION", pc.if_else(negative, "CREDIT", nothing))
    return pc.if_else(pc.equal(category, "Credit"), "CREDIT", marked)


def _with_one_quantity(table: TextTable, faults: Faults) -> TextTable:
    """The table with PricingQuantity, or else ConsumedQuantity in its place."""
    columns = dict(table.columns)
    consumed = columns.pop(_CONSUMED, None)
    if _QUANTITY not in columns and consumed is None:
        remedy = f"export it with {_QUANTITY}, or at least {_CONSUMED}"
        faults.add(Fault(table.file, "the header lacks this column", remedy, line=1, column=_QUANTITY))
    elif _QUANTITY not in columns:
        columns[_QUANTITY] = consumed
    return replace(table, columns=columns)


def _report_currencies(charges: pa.Table, faults: Faults) -> None:
    found = pc.unique(charges["currency"]).to_pylist()
    for other in found[1:]:
        place = pc.index(charges["currency"], other).as_py()
        file, line = charges["file"][place].as_py(), charges["line"][place].as_py()
        reason = f"the month's charges are in {found[0]} and in {other}, and currencies are never added up"
        remedy = "deliver each currency in a domain of its own"
        faults.add(Fault(file, reason, remedy, line=line, column="BillingCurrency", value=other))


def _report_long_products(charges: pa.Table, faults: Faults) -> None:
    """A product id with its unit or category behind it may have become too long."""
    long = pc.greater(pc.utf8_length(charges["product_id"]), IDENTIFIER_AT_MOST)
    for place in pc.indices_nonzero(long)[: faults.room].to_pylist():
        file, line, value = (charges[name][place].as_py() for name in ("file", "line", "product_id"))
        reason = f"more than {IDENTIFIER_AT_MOST} characters with its unit"
        faults.add(Fault(file, reason, "shorten the id", line=line, column="SkuPriceId", value=value))
