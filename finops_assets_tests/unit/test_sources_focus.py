"""A FOCUS export in the mart's words: products, families, applications, classes, exact costs."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from finops_assets.errors import SourceRefused
from finops_assets.period import Period
from finops_assets.sources.focus import read_focus

SEPTEMBER = Period(2024, 9)
CHARGE = {
    "BilledCost": "1.5",
    "EffectiveCost": "1.25",
    "ListCost": "2",
    "BillingCurrency": "USD",
    "ChargeCategory": "Usage",
    "ChargePeriodStart": "2024-09-18 22:00:00",
    "ChargePeriodEnd": "2024-09-18 23:00:00",
    "PricingQuantity": "3",
    "PricingUnit": "Hours",
    "ServiceName": "Compute",
    "SkuId": "SKU",
    "SkuPriceId": "SKU.PRICE",
    "Tags": '{"application": "APP-1"}',
    "ChargeDescription": "One hour",
    "ChargeClass": "NULL",
    "x_vendor": "any\tthing",
}


def bill(*changes, without=()):
    """The text of an export with one charge per change, every other column as in CHARGE."""
    text = io.StringIO()
    names = [name for name in CHARGE if name not in without]
    writer = csv.DictWriter(text, names, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(CHARGE | change for change in changes)
    return text.getvalue()


def read(folder, *changes, without=()):
    (folder / "2024-09.csv").write_text(bill(*changes, without=without))
    return read_focus(folder, SEPTEMBER, application_tag="application", max_bytes=10**7).rows


def test_a_charge_in_the_words_of_the_mart(tmp_path):
    charge = read(tmp_path, {}).iloc[0]
    assert charge[charge.notna()].to_dict() == {
        "application_id": "APP-1",
        "product_id": "SKU.PRICE",
        "family_id": "Compute",
        "product_label": "One hour",
        "family_label": "Compute",
        "metric": "Hours",
        "quantity": Decimal(3),
        "currency": "USD",
        "list_cost": Decimal(2),
        "billed_cost": Decimal("1.5"),
        "effective_cost": Decimal("1.25"),
        "charge_month": date(2024, 9, 1),
        "file": f"{tmp_path.name}/2024-09.csv",
        "line": 2,
    }


@pytest.mark.parametrize(
    ("tags", "application"),
    [
        ("NULL", "UNASSIGNED"),
        ("", "UNASSIGNED"),
        ("null", "UNASSIGNED"),
        ("{}", "UNASSIGNED"),
        ('{"application": null}', "UNASSIGNED"),
        ('{"application": "  "}', "UNASSIGNED"),
        ('{"Application": "A"}', "UNASSIGNED"),
        ('{"application": " A "}', "A"),
        ('{" application": "A"}', "A"),
        ('{" application": "A", "application": "B"}', "B"),
        ('{"application": 123, "cost": 1e400}', "123"),
        ('{"application": "NULL"}', "NULL"),
    ],
)
def test_the_application_is_the_value_of_its_tag(tmp_path, tags, application):
    assert read(tmp_path, {"Tags": tags})["application_id"].tolist() == [application]


@pytest.mark.parametrize(
    ("change", "product"),
    [
        ({"SkuPriceId": "NULL"}, "SKU"),
        ({"SkuPriceId": "", "SkuId": "NULL"}, "charge:Usage"),
        ({"SkuPriceId": "NULL", "SkuId": "NULL", "ChargeCategory": "Tax"}, "charge:Tax"),
    ],
)
def test_the_product_is_the_most_precise_id_there_is(tmp_path, change, product):
    assert read(tmp_path, change)["product_id"].tolist() == [product]


@pytest.mark.parametrize(
    ("change", "charge_class"),
    [
        ({"ChargeCategory": "Credit", "ChargeClass": "Correction"}, "CREDIT"),
        ({"ChargeClass": "Correction", "BilledCost": "-1"}, "CORRECTION"),
        ({"ChargeCategory": "Adjustment"}, "CORRECTION"),
        ({"PricingQuantity": "-1"}, "CREDIT"),
        ({"BilledCost": "-1E-3"}, "CREDIT"),
        ({"ListCost": "-1"}, "CREDIT"),
        ({"EffectiveCost": "-1"}, "CREDIT"),
        ({"EffectiveCost": "-0"}, pd.NA),
    ],
)
def test_credits_and_corrections_are_marked(tmp_path, change, charge_class):
    assert read(tmp_path, change)["charge_class"].tolist() == [charge_class]


def test_exponents_are_exact(tmp_path):
    rows = read(tmp_path, {"BilledCost": "8E-7"}, {"BilledCost": "-1.25e+3"}, {"BilledCost": "1.0000000000000E0"})
    assert rows["billed_cost"].tolist() == [Decimal("0.0000008"), Decimal(-1250), Decimal(1)]


def test_an_unknown_quantity_is_zero_and_consumed_quantity_stands_in(tmp_path):
    assert read(tmp_path, {"PricingQuantity": "NULL"})["quantity"].tolist() == [Decimal(0)]
    text = bill({}).replace("PricingQuantity", "ConsumedQuantity")
    (tmp_path / "2024-09.csv").write_text(text)
    rows = read_focus(tmp_path, SEPTEMBER, application_tag="application", max_bytes=10**7).rows
    assert rows["quantity"].tolist() == [Decimal(3)]


def test_a_product_in_two_units_becomes_two_products(tmp_path):
    rows = read(tmp_path, {}, {"PricingUnit": "GB"}, {"PricingUnit": "NULL"}, {"SkuPriceId": "OTHER"})
    assert rows["product_id"].tolist() == ["SKU.PRICE/Hours", "SKU.PRICE/GB", "SKU.PRICE/unit", "OTHER"]


def test_a_product_has_the_family_most_of_its_charges_have(tmp_path):
    network, storage = {"ServiceName": "Network"}, {"ServiceName": "Storage"}
    assert set(read(tmp_path, storage, network, storage)["family_id"]) == {"Storage"}
    assert set(read(tmp_path, storage, network)["family_id"]) == {"Network"}
    rows = read(tmp_path, {"ServiceName": "NULL"}, {"ServiceName": ""}, network)
    assert set(rows["family_id"]) == {"UNMAPPED"}
    assert rows["family_label"].isna().all()


def test_a_product_has_its_first_description_cut_to_a_label(tmp_path):
    rows = read(tmp_path, {"ChargeDescription": "b"}, {"ChargeDescription": "a" * 600}, {"ChargeDescription": "NULL"})
    assert set(rows["product_label"]) == {"a" * 500}
    assert read(tmp_path, {}, without=["ChargeDescription"])["product_label"].isna().all()


def test_charges_of_another_month_are_kept_for_the_caller(tmp_path):
    rows = read(tmp_path, {"ChargePeriodStart": "2024-10-01T00:30:00+02:00"}, {"ChargePeriodStart": "2024-10-01"})
    assert rows["charge_month"].tolist() == [date(2024, 9, 1), date(2024, 10, 1)]


def test_repeated_charges_are_kept(tmp_path):
    assert len(read(tmp_path, {}, {})) == 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"Tags": '{"application": '}, "line 2, column Tags: .*not a JSON object; write tags as"),
        ({"Tags": '["application"]'}, "not a JSON object"),
        ({"Tags": "[" * 90_000}, "not a JSON object"),
        ({"Tags": '{"application": ["A"]}'}, "not a text"),
        ({"Tags": '{"application": "A\\u200b"}'}, r"the tag 'application' is 'A\\u200b': holds the character U\+200B"),
        ({"Tags": '{"application": "UNALLOCATED"}'}, "reserved"),
        ({"Tags": '{"application": "A", "application": "B"}'}, "names A and B"),
        ({"BilledCost": "NULL"}, "column BilledCost: '': is empty"),
        ({"EffectiveCost": ""}, "column EffectiveCost: '': is empty"),
        ({"ListCost": "1,5"}, "use a point"),
        ({"ListCost": "1E-13"}, "12 decimals"),
        ({"ListCost": "1E999"}, "18 digits"),
        ({"BillingCurrency": "NULL"}, "column BillingCurrency"),
        ({"ChargePeriodStart": "18/09/2024"}, "ISO 8601"),
        ({"ChargePeriodEnd": "NULL"}, "column ChargePeriodEnd"),
        ({"ChargeCategory": "NULL"}, "column ChargeCategory"),
        ({"SkuPriceId": "*"}, "every product"),
    ],
)
def test_charges_that_cannot_be_trusted_are_refused(tmp_path, change, says):
    with pytest.raises(SourceRefused, match=says):
        read(tmp_path, change)


@pytest.mark.parametrize("column", ["BilledCost", "Tags", "PricingQuantity", "ChargePeriodEnd"])
def test_a_column_that_is_needed_must_be_there(tmp_path, column):
    with pytest.raises(SourceRefused, match=f"line 1, column {column}: the header lacks this column"):
        read(tmp_path, {}, without=[column])


def test_two_currencies_are_refused_naming_both(tmp_path):
    with pytest.raises(SourceRefused, match="line 3, column BillingCurrency.*USD and in EUR"):
        read(tmp_path, {}, {"BillingCurrency": "EUR"})


def test_a_product_id_too_long_with_its_unit_is_refused(tmp_path):
    long = {"SkuPriceId": "x" * 198}
    with pytest.raises(SourceRefused, match="more than 200 characters with its unit"):
        read(tmp_path, long, long | {"PricingUnit": "GB"})


def test_a_product_id_that_already_is_another_one_with_its_unit_is_refused(tmp_path):
    with pytest.raises(SourceRefused, match="product_id SKU.PRICE/GB has"):
        read(tmp_path, {}, {"PricingUnit": "GB"}, {"SkuPriceId": "SKU.PRICE/GB"})


def test_a_header_alone_is_a_month_without_charges(tmp_path):
    assert len(read(tmp_path)) == 0


def test_parquet_tags_may_be_a_map(tmp_path):
    columns = {name: [text] for name, text in CHARGE.items() if name != "Tags"}
    tags = pa.array([[("application", "A"), ("team", None)]], pa.map_(pa.string(), pa.string()))
    costs = {"BilledCost": pa.array([Decimal("0.00000001")], pa.decimal128(20, 10))}
    pq.write_table(pa.table(columns | costs | {"Tags": tags}), tmp_path / "2024-09.parquet")
    rows = read_focus(tmp_path, SEPTEMBER, application_tag="application", max_bytes=10**7).rows
    assert rows[["application_id", "billed_cost"]].to_numpy().tolist() == [["A", Decimal("1E-8")]]
