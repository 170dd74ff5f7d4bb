"""Exact numbers: units of 1e-12, largest remainder, rounding to a total, and arithmetic that others published.

``vectors.json`` of the real data holds cases taken from other projects. Where their policy is ours, ours must give
their figures. It is not ours in the cases of ``NOT_OURS``, each with the reason. Ties go to the first in
order in theirs; so in ours, whose order is that of application_id.
"""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_assets.allocation import weights
from finops_assets.contract import frame
from finops_assets.money import EXACT, ONE, SCALE, from_units, largest_remainder, round_to_total, to_units
from finops_assets.slices.inputs import DRIVERS

HAMILTON = [f"allocate_hamilton-{n:02}" for n in range(1, 7)]
FLOOR = [f"allocate_FloorToLargestRemainder-{n:02}" for n in range(1, 14, 2)]
PROPORTIONAL = [f"proportional_weights-{n:02}" for n in range(1, 14)]
TOKENS = [f"quantity_x_price-{n:02}" for n in range(5, 50, 4)]
CONTRACTED = ["quantity_x_price-53"]
NOT_OURS = {
    "price_versions-01": "VAT and a price per calendar month used: our quantities are delivered, and prices before tax",
    "price_versions-02": "VAT that changes between months: our prices are before tax",
    "price_versions-03": "a currency rate: a pricing view has one currency, and nothing is converted",
    "price_versions-04": "a currency rate that changes inside a month: ours is one price a month, without proration",
    "quantity_x_price-01": "seconds rounded up to whole hours: our quantities are taken as delivered",
    "quantity_x_price-57": "the product rounded half up to 18 decimals: ours keeps all 24",
    "quantity_x_price-61": "the product rounded half up to 18 decimals: ours keeps all 24",
}

UNITS = 10**30 - 1
units = st.integers(-UNITS, UNITS)
shares = st.lists(st.integers(0, 10**30), min_size=1, max_size=30).filter(any)
amounts = st.lists(st.integers(-(10**24), 10**24).map(from_units), min_size=1, max_size=30)


@pytest.fixture(scope="module")
def vectors(real_data):
    found = json.loads((real_data / "vectors.json").read_text(encoding="utf-8"))
    return {vector["id"]: vector for vector in found}


def split(amount: Fraction, unit: Fraction, over: list[Fraction]) -> list[Fraction]:
    """An amount split in whole units, through weights scaled to integers."""
    scale = 1
    for weight in over:
        scale *= weight.denominator
    return [part * unit for part in largest_remainder(int(amount / unit), [int(w * scale) for w in over])]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("0", 0),
        ("-0", 0),
        ("1", 10**12),
        ("-1.5", -15 * 10**11),
        ("0.000000000001", 1),
        ("1E-12", 1),
        ("1E+3", 10**15),
        ("0.10000000000000000000000", 10**11),
        ("999999999999999999.999999999999", UNITS),
        ("-999999999999999999.999999999999", -UNITS),
        # 30 digits: the default context of Python would round them to 28
        ("123456789012345678.123456789012", 123456789012345678123456789012),
    ],
)
def test_a_decimal_becomes_units_exactly(number, expected):
    assert to_units(Decimal(number)) == expected


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("NaN", "is not a finite number"),
        ("sNaN", "is not a finite number"),
        ("Infinity", "is not a finite number"),
        ("-Infinity", "is not a finite number"),
        ("0.0000000000001", "more than 12 decimals"),
        ("1.0000000000005", "more than 12 decimals"),
        ("1E-999", "more than 12 decimals"),
        ("1000000000000000000", "more than 18 digits"),
        ("-1000000000000000000", "more than 18 digits"),
        ("1E+18", "more than 18 digits"),
        ("1E+999", "more than 18 digits"),
    ],
)
def test_what_does_not_fit_is_refused(number, reason):
    with pytest.raises(ValueError, match=reason):
        to_units(Decimal(number))


@given(units)
def test_units_become_a_decimal_and_the_same_units_again(whole):
    assert to_units(from_units(whole)) == whole


@given(units)
def test_a_decimal_of_units_has_12_decimals_and_the_exact_value(whole):
    number = from_units(whole)
    assert number.as_tuple().exponent == -SCALE
    assert Fraction(number) == Fraction(whole, ONE)


@given(st.integers(-(10**30), 10**30), shares)
def test_parts_add_up_to_the_total(total, over):
    assert sum(largest_remainder(total, over)) == total


@given(st.integers(-(10**30), 10**30), shares)
def test_each_part_is_less_than_a_unit_from_its_exact_share(total, over):
    basis = sum(over)
    parts = largest_remainder(total, over)
    assert all(abs(part - Fraction(total * weight, basis)) < 1 for part, weight in zip(parts, over, strict=True))


@given(st.integers(-(10**30), 10**30), shares)
def test_a_larger_weight_never_has_a_smaller_part(total, over):
    parts = sorted(zip(over, map(abs, largest_remainder(total, over)), strict=True))
    # equal weights may differ by one unit, in either order
    assert all(low[0] == high[0] or low[1] <= high[1] for low, high in zip(parts, parts[1:], strict=False))


@given(st.integers(-(10**30), 10**30), shares)
def test_a_weight_of_zero_has_a_part_of_zero(total, over):
    parts = largest_remainder(total, [*over, 0])
    assert parts[-1] == 0


@given(st.integers(0, 10**30), shares)
def test_a_negative_total_is_split_as_its_opposite(total, over):
    assert largest_remainder(-total, over) == [-part for part in largest_remainder(total, over)]


@pytest.mark.parametrize(
    ("total", "over", "expected"),
    [
        (100, [1, 1, 1], [34, 33, 33]),
        (101, [1, 1, 1], [34, 34, 33]),
        (-100, [1, 1, 1], [-34, -33, -33]),
        (1, [0, 1, 1], [0, 1, 0]),
        (10, [1, 2, 1], [3, 5, 2]),
        (0, [1, 1], [0, 0]),
        (7, [5], [7]),
    ],
)
def test_a_tie_goes_to_the_earlier_place(total, over, expected):
    assert largest_remainder(total, over) == expected


def test_the_largest_remainder_goes_before_an_earlier_place():
    assert largest_remainder(10, [335, 665]) == [3, 7]


@pytest.mark.parametrize("over", [[], [0], [0, 0], [-1], [2, -1], [1, -1]])
def test_weights_without_a_share_to_give_are_refused(over):
    with pytest.raises(ValueError, match="weights must be 0 or more"):
        largest_remainder(100, over)


@given(amounts, st.integers(0, 4))
def test_rounded_amounts_add_up_to_their_rounded_sum(exact, decimals):
    whole = sum(map(Fraction, exact)) * 10**decimals
    half_away = int(abs(whole) + Fraction(1, 2)) * (-1 if whole < 0 else 1)
    assert sum(map(Fraction, round_to_total(exact, decimals))) == Fraction(half_away, 10**decimals)


@given(amounts, st.integers(0, 4))
def test_each_rounded_amount_is_less_than_a_minor_unit_away(exact, decimals):
    rounded = round_to_total(exact, decimals)
    minor = Fraction(1, 10**decimals)
    assert all(abs(Fraction(r) - Fraction(e)) < minor for r, e in zip(rounded, exact, strict=True))


@given(amounts, st.integers(0, 4))
def test_rounded_amounts_have_the_decimals_of_the_currency(exact, decimals):
    assert {amount.as_tuple().exponent for amount in round_to_total(exact, decimals)} == {-decimals}


@given(st.lists(st.integers(-(10**20), 10**20), min_size=1, max_size=20))
def test_amounts_in_whole_minor_units_stay_as_they_are(cents):
    exact = [Decimal(cent).scaleb(-2, EXACT) for cent in cents]
    assert round_to_total(exact, 2) == exact


@pytest.mark.parametrize(
    ("exact", "decimals", "expected"),
    [
        (["0.333", "0.333", "0.334"], 2, ["0.33", "0.33", "0.34"]),
        (["0.005", "0.005"], 2, ["0.01", "0.00"]),
        (["-0.005", "-0.005"], 2, ["0.00", "-0.01"]),
        (["0.004", "0.004", "0.004"], 2, ["0.01", "0.00", "0.00"]),
        (["1.5", "1.5"], 0, ["2", "1"]),
        (["2.50", "-2.50"], 0, ["3", "-3"]),
        (["0.125"], 2, ["0.13"]),
        (["-0.125"], 2, ["-0.13"]),
        (["0.001", "0.001"], 2, ["0.00", "0.00"]),
    ],
)
def test_cents_go_to_the_largest_remainders_the_earlier_first(exact, decimals, expected):
    assert round_to_total([Decimal(e) for e in exact], decimals) == [Decimal(e) for e in expected]


def test_nothing_is_rounded_to_nothing():
    assert round_to_total([], 2) == []


def test_every_published_vector_is_ours_or_listed_as_not_ours(vectors):
    assert sorted(vectors) == sorted([*HAMILTON, *FLOOR, *PROPORTIONAL, *TOKENS, *CONTRACTED, *NOT_OURS])


@pytest.mark.parametrize("name", [*HAMILTON, *FLOOR])
def test_published_largest_remainders(vectors, name):
    case, expected = vectors[name]["input"], vectors[name]["expected"]
    over = [Fraction(weight) for weight in case["weights"]]
    parts = split(Fraction(case["amount"]), Fraction(case["unit"]), over)
    assert parts == [Fraction(part) for part in expected]


@pytest.mark.parametrize("name", PROPORTIONAL)
def test_published_proportional_shares_to_the_last_digit(vectors, name):
    case, expected = vectors[name]["input"], vectors[name]["expected"]
    over = [to_units(Decimal(weight)) for weight in case["weights"]]
    parts = largest_remainder(to_units(Decimal(case["amount"])), over)
    assert [from_units(part) for part in parts] == [Decimal(part) for part in expected]


@pytest.mark.parametrize("name", PROPORTIONAL)
def test_published_proportional_shares_through_our_weights(vectors, name):
    """A weight has 12 decimals, so a cost is off by less than amount × 1e-12, and shown in cents it is theirs."""
    case, expected = vectors[name]["input"], [Decimal(part) for part in vectors[name]["expected"]]
    amount = Decimal(case["amount"])
    applications = [f"app-{place:02}" for place in range(len(expected))]
    drivers = {"application_id": applications, "quantity": [Decimal(weight) for weight in case["weights"]]}
    shared = weights(frame(drivers, DRIVERS), metric="COEFFICIENT")["quantity"]
    costs = [EXACT.multiply(amount, share) for share in shared]
    assert sum(costs) == amount
    assert all(abs(cost - part) < amount.scaleb(-SCALE) for cost, part in zip(costs, expected, strict=True))
    assert round_to_total(costs, 2) == expected


@pytest.mark.parametrize("name", TOKENS)
def test_published_costs_of_tokens(vectors, name):
    case, expected = vectors[name]["input"], vectors[name]["expected"]
    for direction in ("input", "output"):
        price = Decimal(case[f"usd_per_million_{direction}"]).scaleb(-6, EXACT)
        to_units(price)  # the mart can hold it
        cost = EXACT.multiply(Decimal(case[f"{direction}_tokens"]), price)
        assert cost == Decimal(expected[f"{direction}_cost"])


@pytest.mark.parametrize("name", CONTRACTED)
def test_published_contracted_costs(vectors, name):
    case = vectors[name]["input"]
    cost = EXACT.multiply(Decimal(case["quantity"]), Decimal(case["unit_price"]))
    assert cost == Decimal(vectors[name]["expected"])


@pytest.mark.parametrize("name", [name for name in NOT_OURS if name.startswith("quantity_x_price-5")])
def test_a_product_keeps_the_digits_that_others_round(vectors, name):
    case = vectors[name]["input"]
    cost = EXACT.multiply(Decimal(case["quantity"]), Decimal(case["unit_price"]))
    assert Fraction(cost) == Fraction(case["quantity"]) * Fraction(case["unit_price"])
    assert cost != Decimal(vectors[name]["expected"])
