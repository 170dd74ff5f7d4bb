"""Source lines become one line per (application, product), and nothing of them is lost."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finops_assets.consumption import by_application_and_product, with_products
from finops_assets.contract import LINES, QUANTITY, frame
from finops_assets.money import EXACT, from_units
from finops_assets.slices.inputs import PRODUCTS

# pandas on a busy machine
UNHURRIED = settings(deadline=None)
USAGE = pa.schema(
    [(name, pa.string()) for name in ("application_id", "product_id")]
    + [("quantity", QUANTITY)]
    + [(name, pa.string()) for name in ("family_id", "product_label", "family_label", "metric", "charge_class")]
    + [("application_label", pa.string()), ("file", pa.string()), ("line", pa.int64())]
)
SHOWN = ["application_id", "product_id", "quantity"]


def used(**changes):
    defaults = {"application_id": "billing", "product_id": "vm-small", "quantity": Decimal(1)}
    return defaults | {"family_id": "compute", "metric": "CPU", "file": "usage.csv", "line": 2} | changes


def product(**changes):
    defaults = {"product_id": "vm-small", "product_label": "Small VM", "family_id": "compute"}
    return defaults | {"family_label": "Compute", "metric": "CPU"} | changes


def usage(*rows):
    return frame(list(rows), USAGE)


def products(*rows):
    return frame(list(rows), PRODUCTS)


def summed(*rows):
    lines = by_application_and_product(usage(*rows))
    return {(a, p): quantity for a, p, quantity in zip(*(lines[name] for name in SHOWN), strict=True)}


def test_lines_are_in_the_contract_s_columns():
    assert list(by_application_and_product(usage(used()))) == LINES.names


def test_quantities_of_one_application_and_product_are_summed():
    assert summed(used(), used(quantity=Decimal("0.5")), used(application_id="portal")) == {
        ("billing", "vm-small"): Decimal("1.5"),
        ("portal", "vm-small"): Decimal(1),
    }


def test_a_sum_keeps_more_digits_than_python_does_by_default():
    found = summed(used(quantity=Decimal("123456789012345678.123456789012")), used(quantity=Decimal("0.000000000001")))
    assert found == {("billing", "vm-small"): Decimal("123456789012345678.123456789013")}


@UNHURRIED
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["billing", "portal", "été", None]),
            st.sampled_from(["vm-small", "vm-large", None]),
            st.integers(-(10**28), 10**28).map(from_units),
        ),
        max_size=40,
    )
)
def test_no_quantity_is_lost_whatever_is_missing(rows):
    expected = Counter()
    for application, product_id, quantity in rows:
        expected[application, product_id] = EXACT.add(expected[application, product_id], quantity)
    lines = by_application_and_product(usage(*[used(**dict(zip(SHOWN, row, strict=True))) for row in rows]))
    table = pa.Table.from_pandas(lines, schema=LINES, preserve_index=False).to_pylist()
    assert {(line["application_id"], line["product_id"]): line["quantity"] for line in table} == dict(expected)
    assert len(table) == len(expected)


def test_a_line_is_described_as_its_source_describes_it():
    lines = by_application_and_product(usage(used(product_label="Small VM", application_label="Billing")))
    described = lines[["family_id", "consumption_metric", "product_label", "application_label"]].iloc[0].tolist()
    assert described == ["compute", "CPU", "Small VM", "Billing"]


def test_a_credit_among_the_lines_explains_their_sum():
    lines = by_application_and_product(usage(used(), used(quantity=Decimal(-3), charge_class="CREDIT")))
    assert lines[["quantity", "charge_class"]].to_numpy().tolist() == [[Decimal(-2), "CREDIT"]]


def test_no_usage_gives_no_lines():
    assert len(by_application_and_product(usage())) == 0


def test_the_referential_describes_a_product_it_knows():
    row = with_products(usage(used(family_id="old", metric="hour", product_label="Old")), products(product())).iloc[0]
    described = row[["family_id", "family_label", "product_label", "metric"]].tolist()
    assert described == ["compute", "Compute", "Small VM", "CPU"]


def test_what_the_referential_leaves_open_is_taken_from_the_usage():
    row = with_products(usage(used(metric="hour", product_label="Mine")), products(product(metric=None))).iloc[0]
    assert row[["metric", "product_label"]].tolist() == ["hour", "Small VM"]


def test_a_product_the_referential_does_not_know_keeps_what_the_usage_says():
    row = with_products(usage(used(product_id="new", family_id="storage", metric="GB")), products(product())).iloc[0]
    assert row[["family_id", "metric"]].tolist() == ["storage", "GB"]


@pytest.mark.parametrize("known", [(), (product(family_id=None, metric=None),)])
def test_a_product_without_family_or_metric_is_unmapped_and_counted_in_units(known):
    row = with_products(usage(used(family_id=None, metric=None)), products(*known)).iloc[0]
    assert row[["family_id", "metric"]].tolist() == ["UNMAPPED", "unit"]


def test_every_usage_line_stays_in_its_place_with_its_columns():
    rows = usage(used(line=2), used(product_id="new", line=3), used(product_id=None, line=4), used(line=5))
    described = with_products(rows, products(product(), product(product_id="vm-large")))
    assert list(described) == list(rows)
    assert described["line"].tolist() == [2, 3, 4, 5]
