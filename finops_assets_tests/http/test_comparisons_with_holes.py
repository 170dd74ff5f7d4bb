"""What if: prices are missing on either side, and parts of a comparison add up all the same."""

from __future__ import annotations

import random
from decimal import Decimal
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_assets.money import EXACT
from finops_assets.pricing import what_if
from finops_assets.pricing.what_if import Compared
from finops_assets_tests.factories import JANUARY, ask, line, price_view, publish

MONTHS = {"from": "2024-01", "to": "2024-03"}
SIDES = ("before", "after")
SIZES = st.decimals(min_value=-(10**12), max_value=10**12, places=12, allow_nan=False)
PART = st.none() | SIZES
PRICES = """
INSERT INTO unit_price (pricing_view_id, domain_id, product_id, effective_from, revision, unit_price, source_name)
SELECT * FROM unnest(%s::TEXT[], %s::TEXT[], %s::TEXT[], %s::DATE[], %s::INT[], %s::NUMERIC[], %s::TEXT[])
"""


def compared(both, alone_before, alone_after, nothing):
    """A line of facts: pairs of costs, costs on one side only, and facts without any price."""
    before = [pair[0] for pair in both] + alone_before
    after = [pair[1] for pair in both] + alone_after
    return Compared(
        "key",
        "label",
        "OPEN",
        before=added(before),
        after=added(after),
        line_count=len(both) + len(alone_before) + len(alone_after) + nothing,
        unpriced_before=len(alone_after) + nothing,
        unpriced_after=len(alone_before) + nothing,
        moved=added([EXACT.subtract(after, before) for before, after in both]),
        only_before=added(alone_before),
        only_after=added(alone_after),
        only_before_count=len(alone_before),
        only_after_count=len(alone_after),
    )


def added(costs):
    known = [cost for cost in costs if cost is not None]
    return reduce(EXACT.add, known) if known else None


LINES = st.builds(
    compared,
    st.lists(st.tuples(SIZES, SIZES), max_size=3),
    st.lists(SIZES, max_size=2),
    st.lists(SIZES, max_size=2),
    st.integers(0, 3),
)


def assert_explained(line):
    """after − before is what moved, with what is on one side only."""
    moved, after, before = (value or Decimal(0) for value in (line.moved, line.only_after, line.only_before))
    assert (line.after or 0) - (line.before or 0) == moved + after - before


@given(st.lists(LINES, max_size=12), st.integers(0, 12))
def test_lines_that_are_shown_and_the_others_add_up_to_the_total(lines, shown):
    ordered, whole = what_if.by_move(lines), what_if.total(lines)
    parts = [*ordered[:shown], what_if.total(ordered[shown:])]
    for name in ("moved", "only_before", "only_after", *SIDES):
        assert added([getattr(one, name) for one in parts]) == getattr(whole, name)
    assert sum(one.only_before_count for one in parts) == whole.only_before_count
    for one in [*lines, whole]:
        assert_explained(one)


@pytest.fixture
def holed(mart, tmp_path):
    """Forty products in three months for four applications, each with a price in one view, the other, both or none."""
    chance = random.Random(20240101)
    for view in ("internal", "other"):
        price_view(mart, tmp_path, view)
    rows = []
    for product in range(40):
        for view in ("internal", "other"):
            if chance.random() < 0.6:
                begins = JANUARY.shift(chance.randrange(3)).first_day
                cost = Decimal(chance.randrange(-(10**9), 10**12)).scaleb(-12)
                rows.append((view, "OPEN", f"p{product}", begins, 1, cost, "by hand"))
    for place in range(3):
        lines = [
            line(
                application_id=chance.choice(("billing", "portal", "search", "UNASSIGNED")),
                product_id=f"p{product}",
                quantity=Decimal(chance.randrange(1, 10**9)).scaleb(-6),
            )
            for product in range(40)
        ]
        publish(mart, *lines, month=JANUARY.shift(place))
    ask(mart, PRICES, *map(list, zip(*rows, strict=True)))
    return mart


@pytest.mark.parametrize("by", list(what_if.Grain))
@pytest.mark.parametrize("limit", [1, 2, 7, 5_000])
def test_a_comparison_over_prices_with_holes_adds_up_whatever_is_listed(api, holed, by, limit):
    asked = MONTHS | {"before": "internal", "after": "other", "by": by.value, "limit": limit}
    told = api.get("/pricing-views/compare", params=asked).json()
    whole, parts = told["total"], [*told["lines"], told["others"]]
    assert len(told["lines"]) + told["others"]["count"] == len(api_lines(api, asked))
    assert figure(whole["moved"]) == sum(figure(one["moved"]) for one in parts)
    for side in ("onlyBefore", "onlyAfter"):
        assert whole[side]["count"] == sum(one[side]["count"] for one in parts) > 0
        assert figure(whole[side]["amount"]) == sum(figure(one[side]["amount"]) for one in parts)
    for one in [whole, *parts]:
        before, after = (figure(one[side]["amount"]) for side in SIDES)
        alone = figure(one["onlyAfter"]["amount"]) - figure(one["onlyBefore"]["amount"])
        assert after - before == figure(one["moved"]) + alone


def api_lines(api, asked):
    return api.get("/pricing-views/compare", params=asked | {"limit": 5_000}).json()["lines"]


def figure(text):
    return Decimal(text or 0)
