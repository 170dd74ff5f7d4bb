"""Weights: they sum to exactly 1, each within 1e-12 of its exact share, whatever the drivers."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finops_assets.allocation import weights
from finops_assets.contract import frame
from finops_assets.errors import DriverRefused
from finops_assets.money import ONE, from_units
from finops_assets.slices.inputs import DRIVERS

# pandas on a busy machine
UNHURRIED = settings(deadline=None)
applications = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=8)
quantities = st.integers(0, 10**30 - 1) | st.integers(0, 3) | st.just(0)
delivered = st.dictionaries(applications, quantities.map(from_units), max_size=200)


def drivers(quantity_of):
    columns = {"application_id": list(quantity_of), "quantity": list(quantity_of.values())}
    return frame(columns, DRIVERS)


def shares(quantity_of):
    """The weight of each application, as the domain's lines have it."""
    lines = weights(drivers(quantity_of), metric="COEFFICIENT")
    return dict(zip(lines["application_id"], lines["quantity"], strict=True))


def of(**quantity_of):
    return {application: Decimal(quantity) for application, quantity in quantity_of.items()}


@UNHURRIED
@given(delivered)
def test_weights_sum_to_exactly_1(quantity_of):
    assert sum(map(Fraction, shares(quantity_of).values())) == 1


@UNHURRIED
@given(delivered.filter(lambda quantity_of: any(quantity_of.values())))
def test_each_weight_is_within_1e_12_of_its_exact_share(quantity_of):
    basis = sum(map(Fraction, quantity_of.values()))
    found = shares(quantity_of)
    exact = {application: Fraction(quantity) / basis for application, quantity in quantity_of.items()}
    assert all(abs(Fraction(found[application]) - share) < Fraction(1, ONE) for application, share in exact.items())


@UNHURRIED
@given(delivered.filter(lambda quantity_of: any(quantity_of.values())))
def test_every_application_has_one_line_in_byte_order_with_its_driver(quantity_of):
    lines = weights(drivers(quantity_of), metric="COEFFICIENT")
    expected = sorted(quantity_of.items(), key=lambda item: item[0].encode())
    assert list(zip(lines["application_id"], lines["driver_quantity"], strict=True)) == expected


@UNHURRIED
@given(delivered, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(quantity_of, random):
    shuffled = list(quantity_of.items())
    random.shuffle(shuffled)
    lines, again = (weights(drivers(dict(rows)), metric="COEFFICIENT") for rows in (quantity_of.items(), shuffled))
    assert lines.equals(again)


@UNHURRIED
@given(st.dictionaries(applications, st.integers(1, 10**15).map(Decimal), min_size=1), st.integers(2, 9))
def test_drivers_need_not_be_normalised(quantity_of, factor):
    scaled = {application: quantity * factor for application, quantity in quantity_of.items()}
    assert shares(scaled) == shares(quantity_of)


def test_two_hundred_quantities_of_thirty_digits_are_shared_exactly():
    most = from_units(10**30 - 1)
    assert set(shares({f"app-{place:03}": most for place in range(200)}).values()) == {Decimal("0.005")}


def test_three_equal_applications_give_the_last_unit_to_the_first():
    assert shares(of(search="2", billing="2", portal="2")) == of(
        billing="0.333333333334", portal="0.333333333333", search="0.333333333333"
    )


def test_a_tie_goes_by_bytes_not_by_alphabet():
    assert shares({name: Decimal(1) for name in ("é", "a", "Z")}) == {
        "Z": Decimal("0.333333333334"),
        "a": Decimal("0.333333333333"),
        "é": Decimal("0.333333333333"),
    }


def test_an_application_that_used_nothing_keeps_a_line_of_weight_0():
    assert shares(of(billing="5", portal="0")) == of(billing="1", portal="0")


def test_a_share_too_small_for_12_decimals_is_0_and_nothing_is_lost():
    assert shares(of(billing="999999999999999999", portal="0.000000000001")) == of(billing="1", portal="0")


@pytest.mark.parametrize("quantity_of", [{}, of(billing="0"), of(billing="0", portal="0")])
def test_without_a_positive_driver_the_whole_amount_is_unallocated(quantity_of):
    lines = weights(drivers(quantity_of), metric="COEFFICIENT")
    row = lines[["application_id", "quantity", "consumption_metric", "driver_quantity"]].to_numpy().tolist()
    assert row == [["UNALLOCATED", Decimal(1), "COEFFICIENT", Decimal(0)]]


def test_lines_are_counted_in_the_metric_of_the_method():
    lines = weights(drivers(of(billing="1", portal="3")), metric="OPEN_WEIGHT")
    assert lines["consumption_metric"].tolist() == ["OPEN_WEIGHT", "OPEN_WEIGHT"]


def test_a_negative_driver_is_refused():
    with pytest.raises(DriverRefused, match="the driver of portal is negative"):
        weights(drivers(of(billing="5", portal="-1")), metric="OPEN_WEIGHT")
