"""Numbers that people write on a command line."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_assets.money import from_units
from finops_assets.sources.values import Unfit, exact_decimal


@given(st.integers(-(10**30) + 1, 10**30 - 1), st.integers(0, 3))
def test_every_number_of_18_digits_and_12_decimals_is_taken(units, zeros):
    number = from_units(units)
    assert exact_decimal(f"{number:f}" + "0" * zeros) == number


@pytest.mark.parametrize("text", ["114.00", "0", "-0.50", "000114.5", "1.000000000000000"])
def test_ordinary_numbers_are_taken_as_they_are(text):
    assert exact_decimal(text) == Decimal(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("12,5", "holds a comma"),
        ("1 000", "holds a space"),
        ("+1", "begins with a plus sign"),
        ("1e3", "is written with an exponent"),
        ("NaN", "is not a number"),
        ("--1", "is not a number"),
        (".5", "is not a number"),
        ("1\n", "holds a space"),
        ("١", "holds a character that is no ASCII digit"),
        ("1" * 19, "has more than 18 digits before the point"),
        ("0.0000000000001", "has more than 12 decimals that are not zero"),
    ],
)
def test_what_the_mart_cannot_hold_is_refused_with_its_reason(text, why):
    with pytest.raises(Unfit, match=why):
        exact_decimal(text)
