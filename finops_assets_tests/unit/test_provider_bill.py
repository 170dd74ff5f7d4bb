"""A provider's bill: quantities and unit prices give every cost of it back to the last digit."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finops_assets import contract
from finops_assets.contract import QUANTITY, frame
from finops_assets.domains import discover
from finops_assets.money import from_units
from finops_assets.period import Period
from finops_assets.provider_bill import COSTS, lineage_of, lines_of, prices_of
from finops_assets.sources.focus import RESULT

CLOUD = discover()["CLOUD"].domain
COST_COLUMNS = {cost: column for cost, (column, _) in COSTS.items()}
NUMBERS = ("quantity", "list_unit_price", "contracted_unit_price", *COST_COLUMNS.values())
TYPES = dict.fromkeys(NUMBERS, QUANTITY) | {"charge_month": pa.date32(), "line": pa.int64()}
CHARGES = pa.schema([(name, TYPES.get(name, pa.string())) for name in RESULT])
# a bill takes pandas some 20 ms
FEW = settings(max_examples=40, deadline=None)
FAMILY = {"vm": "Compute", "gpu": "Compute", "disk": "Storage", "tax": "UNMAPPED"}


def charge(**changes):
    """10 hours of a vm at 0.02: every cost is 0.2."""
    row = {
        "application_id": "billing",
        "product_id": "vm",
        "metric": "hour",
        "quantity": "10",
        "currency": "EUR",
        "list_unit_price": "0.02",
        "contracted_unit_price": None,
        "list_cost": "0.2",
        "contracted_cost": "0.2",
        "billed_cost": "0.2",
        "effective_cost": "0.2",
        "charge_month": date(2025, 1, 1),
        "file": "bill.csv",
        "line": 2,
    } | changes
    row |= {"family_id": FAMILY[row["product_id"]], "family_label": FAMILY[row["product_id"]]}
    numbers = {name: None if row[name] is None else Decimal(row[name]) for name in NUMBERS}
    if any(number is not None and number < 0 for number in numbers.values()):
        row["charge_class"] = "CREDIT"
    return row | numbers


def bill(*rows):
    return frame(list(rows), CHARGES)


def priced(charges, key):
    """What the lines cost at each FOCUS cost's prices, by (cost, a column of the lines)."""
    lines, prices, total = lines_of(charges), prices_of(charges), Counter()
    for cost, offered in prices.groupby("focus_cost"):
        price_of = dict(zip(offered["product_id"], offered["unit_price"], strict=True))
        for place, product, quantity in zip(lines[key], lines["product_id"], lines["quantity"], strict=True):
            total[cost, place] += Fraction(quantity) * Fraction(price_of[product])
    return total


def charged(charges, key):
    """What the bill says, by (cost it has, a column of the charges)."""
    total = Counter()
    for cost, column in COST_COLUMNS.items():
        if not charges[column].isna().any():
            for place, amount in zip(charges[key], charges[column], strict=True):
                total[cost, place] += Fraction(amount)
    return total


def is_difference(lines):
    return lines["product_id"].str.startswith("difference:")


def differences(charges):
    lines = lines_of(charges)
    made = lines[is_difference(lines)]
    columns = ["application_id", "product_id", "quantity", "consumption_metric"]
    return [tuple(row) for row in made[columns].to_numpy().tolist()]


def price(charges, cost, product="vm"):
    prices = prices_of(charges)
    (found,) = prices[(prices["focus_cost"] == cost) & (prices["product_id"] == product)]["unit_price"]
    return found


amounts = st.integers(-(10**18), 10**18).map(from_units) | st.integers(-500, 500).map(Decimal)
unit_prices = st.none() | st.integers(0, 10**15).map(from_units) | st.sampled_from([Decimal(0), Decimal("0.02")])


@st.composite
def bills(draw):
    has_contracted = draw(st.sampled_from(["all", "none", "some"]))
    rows = []
    for _ in range(draw(st.integers(1, 12))):
        costs = {column: draw(amounts) for column in COST_COLUMNS.values()}
        if has_contracted == "none" or (has_contracted == "some" and draw(st.booleans())):
            costs["contracted_cost"] = None
        rows.append(
            charge(
                application_id=draw(st.sampled_from(["billing", "portal", "UNASSIGNED"])),
                product_id=draw(st.sampled_from(sorted(FAMILY))),
                quantity=draw(amounts),
                list_unit_price=draw(unit_prices),
                contracted_unit_price=draw(unit_prices),
                **costs,
            )
        )
    return bill(*rows)


@pytest.mark.parametrize("key", ["application_id", "family_id"])
@FEW
@given(charges=bills())
def test_every_cost_the_bill_has_is_given_back_exactly(charges, key):
    assert dict(priced(charges, key)) == dict(charged(charges, key))


@FEW
@given(bills())
def test_the_quantities_of_the_products_are_the_bill_s(charges):
    lines = lines_of(charges)
    own = lines[~is_difference(lines)]
    expected = Counter()
    for application, product, quantity in zip(
        charges["application_id"], charges["product_id"], charges["quantity"], strict=True
    ):
        expected[application, product] += Fraction(quantity)
    found = zip(own["application_id"], own["product_id"], own["quantity"], strict=True)
    assert {(application, product): Fraction(quantity) for application, product, quantity in found} == dict(expected)


@FEW
@given(bills())
def test_the_lines_pass_the_contract_and_no_difference_is_0(charges):
    lines = lines_of(charges)
    assert len(contract.check(CLOUD, Period(2025, 1), lines)) == len(lines)
    assert all(quantity != 0 for quantity in lines.loc[is_difference(lines), "quantity"])


@FEW
@given(bills())
def test_each_product_of_the_lines_has_one_price_per_cost_and_none_is_negative(charges):
    prices = prices_of(charges)
    assert not prices.duplicated(["focus_cost", "product_id"]).any()
    products = set(lines_of(charges)["product_id"])
    assert all(set(offered["product_id"]) == products for _, offered in prices.groupby("focus_cost"))
    assert all(unit_price >= 0 for unit_price in prices["unit_price"])
    assert set(prices["currency"]) == {"EUR"}


@FEW
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["billing", "portal"]), st.sampled_from(sorted(FAMILY)), st.integers(-(10**9), 10**9)
        ),
        min_size=1,
        max_size=20,
    ),
    st.fixed_dictionaries({product: st.integers(0, 10**9) for product in FAMILY}),
)
def test_a_bill_that_is_quantity_times_list_price_needs_no_difference(rows, price_of):
    charges = []
    for application, product, quantity in rows:
        number, unit_price = Decimal(quantity).scaleb(-6), Decimal(price_of[product]).scaleb(-6)
        costs = dict.fromkeys(COST_COLUMNS.values(), number * unit_price)
        charges.append(
            charge(application_id=application, product_id=product, quantity=number, list_unit_price=unit_price, **costs)
        )
    assert differences(bill(*charges)) == []


def test_what_a_provider_rounds_is_a_quantity_of_its_currency():
    charges = bill(charge(quantity="33.333", **dict.fromkeys(COST_COLUMNS.values(), "0.67")))
    assert differences(charges) == [
        ("billing", f"difference:{cost}:Compute", Decimal("0.00334"), "EUR") for cost in COST_COLUMNS
    ]
    assert price(charges, "ListCost", "difference:ListCost:Compute") == 1
    assert price(charges, "ListCost", "difference:BilledCost:Compute") == 0


def test_a_rest_below_12_decimals_is_priced_at_1e_12():
    costs = dict.fromkeys(COST_COLUMNS.values(), "1")
    charges = bill(charge(quantity="1.0000001", list_unit_price="0.9999999", **costs))
    assert differences(charges) == [
        ("billing", f"difference:{cost}:Compute:1e-12", Decimal("0.01"), "1e-12 EUR") for cost in COST_COLUMNS
    ]
    assert price(charges, "ListCost", "difference:ListCost:Compute:1e-12") == Decimal("0.000000000001")


@pytest.mark.parametrize("cost", ["ContractedCost", "BilledCost", "EffectiveCost"])
def test_a_cost_after_discounts_is_explained_by_the_contracted_price(cost):
    costs = {COST_COLUMNS[cost]: "0.1"}
    assert price(bill(charge(contracted_unit_price="0.01", **costs)), cost) == Decimal("0.01")


def test_the_list_cost_is_never_explained_by_the_contracted_price():
    charges = bill(charge(contracted_unit_price="0.02", list_unit_price=None))
    assert price(charges, "ListCost") == 0


def test_a_product_that_shows_two_prices_is_a_difference_as_a_whole():
    charges = bill(charge(), charge(list_unit_price="0.03", list_cost="0.3"))
    assert price(charges, "ListCost") == 0
    assert ("billing", "difference:ListCost:Compute", Decimal("0.5"), "EUR") in differences(charges)


def test_the_price_that_leaves_least_is_taken():
    # a free tier: billed 0 although a price is shown
    assert price(bill(charge(billed_cost="0")), "BilledCost") == 0


def test_a_cost_that_one_charge_lacks_is_no_cost_of_the_bill():
    charges = bill(charge(contracted_cost=None), charge(application_id="portal"))
    assert set(prices_of(charges)["focus_cost"]) == {"ListCost", "BilledCost", "EffectiveCost"}


def test_an_empty_bill_has_no_lines_and_no_prices():
    assert (len(lines_of(bill())), len(prices_of(bill()))) == (0, 0)


@FEW
@given(bills())
def test_the_lineage_of_a_bill_sums_to_its_lines(charges):
    told, found = lineage_of(charges), Counter()
    for application, product, quantity in zip(
        told["application_id"], told["product_id"], told["quantity"], strict=True
    ):
        found[application, product] += Fraction(quantity)
    lines = lines_of(charges)
    columns = zip(lines["application_id"], lines["product_id"], lines["quantity"], strict=True)
    expected = {(application, product): Fraction(quantity) for application, product, quantity in columns}
    assert {key: total for key, total in found.items() if total or key in expected} == expected


@FEW
@given(bills())
def test_each_charge_s_rows_cost_what_the_charge_does(charges):
    charges = charges.assign(line=range(len(charges)))
    told, prices = lineage_of(charges), prices_of(charges)
    for cost, offered in prices.groupby("focus_cost"):
        price_of, total = dict(zip(offered["product_id"], offered["unit_price"], strict=True)), Counter()
        for place, product, quantity in zip(told["line"], told["product_id"], told["quantity"], strict=True):
            # a difference that cancels out has no price, and costs nothing in total
            total[place] += Fraction(quantity) * Fraction(price_of.get(product, difference_price(product, cost)))
        assert [total[place] for place in range(len(charges))] == [Fraction(v) for v in charges[COST_COLUMNS[cost]]]


def difference_price(product, cost):
    if not product.startswith(f"difference:{cost}:"):
        return Decimal(0)
    return Decimal("0.000000000001") if product.endswith(":1e-12") else Decimal(1)


def test_a_charge_that_its_price_explains_has_no_part_in_a_difference():
    assert lineage_of(bill(charge()))["product_id"].tolist() == ["vm"]
