"""The differences of two slices say everything that is not the same, and nothing else."""

from __future__ import annotations

from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finops_assets.slices.changes import COMPARED, Move, counted, differences, told

QUANTITIES = st.integers(-(10**29), 10**29).map(lambda units: Decimal(units).scaleb(-12))
# few of each, so that two slices share keys and values
KEYS = st.tuples(st.sampled_from(["a", "b", "ü", "Z z"]), st.sampled_from([None, "p", "q", "\x20p"]))
VALUES = st.tuples(
    QUANTITIES | st.sampled_from([Decimal(0), Decimal(1), Decimal("0.000000000001")]),
    st.sampled_from([None, "f", "g"]),
    st.sampled_from(["CPU", "GB"]),
)
SLICES = st.dictionaries(KEYS, VALUES, max_size=12)
NAMES = ("quantity", "family_id", "consumption_metric")


def table(lines: dict) -> pa.Table:
    rows = [
        dict(zip(("application_id", "product_id", *NAMES), (*key, *values), strict=True))
        for key, values in lines.items()
    ]
    return pa.Table.from_pylist(rows, schema=COMPARED)


def applied(lines: dict, found: pa.Table) -> dict:
    """The lines after the differences have been done to them, one by one; a wrong one cannot be done."""
    after = dict(lines)
    for row in found.to_pylist():
        key = (row["application_id"], row["product_id"] or None)
        before, then = (
            tuple(row[f"{name}_{side}"] or (None if name == "family_id" else row[f"{name}_{side}"]) for name in NAMES)
            for side in ("before", "after")
        )
        if row["change"] == "added":
            assert key not in after
        else:
            assert after.pop(key) == before
        if row["change"] != "removed":
            after[key] = then
    return after


@settings(max_examples=200, deadline=None)
@given(SLICES, SLICES)
def test_differences_done_to_one_slice_give_the_other(before, after):
    assert applied(before, differences(table(before), table(after))) == after


@settings(max_examples=200, deadline=None)
@given(SLICES, SLICES)
def test_differences_are_as_few_as_there_can_be(before, after):
    found = differences(table(before), table(after))
    moved = [key for key in before.keys() & after.keys() if before[key] != after[key]]
    assert [counted(found, change) for change in ("added", "removed", "changed")] == [
        len(after.keys() - before.keys()),
        len(before.keys() - after.keys()),
        len(moved),
    ]


@settings(max_examples=100, deadline=None)
@given(SLICES)
def test_a_slice_does_not_differ_from_itself(lines):
    assert len(differences(table(lines), table(dict(reversed(lines.items()))))) == 0


def test_rows_for_people_keep_every_digit_and_say_what_turned():
    before = {("a", "p"): (Decimal("0.123456789012"), "f", "CPU"), ("b", None): (Decimal(1), None, "CPU")}
    after = {("a", "p"): (Decimal("-12345678901234567.000000000001"), "g", "CPU")}
    assert told(differences(table(before), table(after))) == [
        {
            "change": "changed",
            "application": "a",
            "product": "p",
            "before": "0.123456789012",
            "after": "-12345678901234567.000000000001",
            "metric": "CPU",
            "family": "f → g",
        },
        {
            "change": "removed",
            "application": "b",
            "product": None,
            "before": "1.00",
            "after": None,
            "metric": "CPU",
            "family": None,
        },
    ]


@pytest.mark.parametrize(
    ("before", "after", "moved"),
    [
        (None, None, None),
        (None, "2.5", "2.5"),
        ("2.5", None, "-2.5"),
        ("1e-24", "1e17", "99999999999999999.999999999999999999999999"),
    ],
)
def test_what_moved_is_exact_and_what_has_no_price_counts_for_nothing(before, after, moved):
    amounts = [None if amount is None else Decimal(amount) for amount in (before, after)]
    found = Move("internal", "EUR", True, *amounts, 0, 0).moved
    assert found == (None if moved is None else Decimal(moved))
