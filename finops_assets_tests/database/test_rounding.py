"""Rounding to the total in the database: exact, conserving, as in Python; thousands of cases."""

from __future__ import annotations

import json
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finops_assets.money import EXACT, round_to_total
from finops_assets_tests.factories import ask, new_mart

# costs of the mart: products of two NUMERIC(30,12), and the ones that ties come from
COSTS = st.one_of(
    st.integers(-(10**40), 10**40).map(lambda units: Decimal(units).scaleb(-24, EXACT)),
    st.integers(-5000, 5000).map(lambda mills: Decimal(mills).scaleb(-3, EXACT)),
    st.sampled_from([Decimal(text) for text in ("0", "0.005", "-0.005", "0.5", "-0.5", "0.004999999999999999999999")]),
)
CASES = st.lists(
    st.tuples(st.lists(COSTS, min_size=1, max_size=12), st.sampled_from([0, 2, 3, 4])), min_size=100, max_size=160
)
ROUNDED = """
SELECT place, round_to_total(ARRAY(SELECT jsonb_array_elements_text(costs)::NUMERIC), decimals) AS parts
FROM jsonb_to_recordset(%s::JSONB) AS given_case (place INTEGER, costs JSONB, decimals INTEGER)
ORDER BY place
"""
# ISO 4217 list one, published 2026-01-01: every active currency that has not two digits, and some that have
MINOR_UNITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: "EUR USD GBP CHF CAD CNY INR BRL HUF MGA MRU UYU IDR",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CASES)
def test_database_and_python_round_alike_and_parts_add_up(rounding_mart, cases):
    told = [
        {"place": place, "costs": [f"{cost:f}" for cost in costs], "decimals": decimals}
        for place, (costs, decimals) in enumerate(cases)
    ]
    for row, (costs, decimals) in zip(ask(rounding_mart, ROUNDED, json.dumps(told)), cases, strict=True):
        assert row["parts"] == round_to_total(costs, decimals)
        whole = sum(map(Fraction, costs)) * 10**decimals
        half_away = int(abs(whole) + Fraction(1, 2)) * (-1 if whole < 0 else 1)
        assert sum(map(Fraction, row["parts"])) == Fraction(half_away, 10**decimals)
        minor = Fraction(1, 10**decimals)
        assert all(abs(Fraction(p) - Fraction(c)) < minor for p, c in zip(row["parts"], costs, strict=True))


@pytest.fixture(scope="module")
def rounding_mart(server_url, template):
    with new_mart(server_url, template) as mart:
        yield mart


@pytest.mark.parametrize(
    ("costs", "decimals", "parts"),
    [
        (["0.333", "0.333", "0.334"], 2, ["0.33", "0.33", "0.34"]),
        (["0.005", "0.005"], 2, ["0.01", "0.00"]),
        (["-0.005", "-0.005"], 2, ["0.00", "-0.01"]),
        (["1.5", "1.5"], 0, ["2", "1"]),
        (["0.0005"], 3, ["0.001"]),
        ([], 2, []),
    ],
)
def test_the_earlier_place_gets_the_minor_unit_on_a_tie(mart, costs, decimals, parts):
    [row] = ask(mart, "SELECT round_to_total(%s::NUMERIC[], %s) AS parts", costs, decimals)
    assert [str(part) for part in row["parts"]] == parts


@pytest.mark.parametrize("decimals", list(MINOR_UNITS))
def test_minor_units_are_those_of_iso_4217(mart, decimals):
    codes = MINOR_UNITS[decimals].split()
    rows = ask(mart, "SELECT minor_unit(code) AS digits FROM unnest(%s::TEXT[]) AS code", codes)
    assert {row["digits"] for row in rows} == {decimals}


def test_a_hundred_thousand_costs_add_up(mart):
    statement = """
    WITH cost AS (
      SELECT array_agg((place * 7919 % 100003)::NUMERIC / 7) AS costs FROM generate_series(1, 100000) AS place
    ),
    rounded AS (SELECT round_to_total(costs, 2) AS parts FROM cost)
    SELECT (SELECT sum(part) FROM rounded, unnest(parts) AS part) AS total,
           (SELECT round(sum(part), 2) FROM cost, unnest(costs) AS part) AS rounded_total
    """
    [row] = ask(mart, statement)
    assert row["total"] == row["rounded_total"].quantize(Decimal("0.01"), ROUND_HALF_UP)
