"""The contract: every breach is refused by the name of its line, and the order and hash of what it lets through."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finops_assets.contract import LINES, canonical, check, content_hash
from finops_assets.domain import Consumption, Domain, Mode, UsageFiles
from finops_assets.errors import ContractBroken
from finops_assets.money import from_units
from finops_assets.period import Period
from finops_assets_tests.factories import line, lines, weight

# pandas on a busy machine
UNHURRIED = settings(deadline=None)
JANUARY = Period(2025, 1)
DIRECT = Domain("OPEN", "Open", Mode.DIRECT, "One row per line.", {"usage": UsageFiles()})
INDIRECT = Domain(
    "SUPPORT",
    "Support",
    Mode.INDIRECT,
    "One row per application.",
    {"open": Consumption("OPEN", "CPU")},
    indirect_method_key="open_weight",
    indirect_label="Share of OPEN",
)


def breaches(domain, *rows):
    return breaches_of(domain, lines(*rows))


def breaches_of(domain, frame):
    with pytest.raises(ContractBroken) as refusal:
        check(domain, JANUARY, frame)
    return list(refusal.value.breaches)


def passed(domain, *rows):
    return check(domain, JANUARY, lines(*rows))


def hashed(*rows):
    return content_hash(canonical(lines(*rows))).hex()


def with_quantities(values, **more):
    """Two DIRECT lines as a domain's own pandas may hold them, with a quantity column of any type."""
    columns = {
        "application_id": ["billing", "portal"],
        "product_id": ["vm", "vm"],
        "family_id": ["compute", "compute"],
        "consumption_metric": ["CPU", "CPU"],
        "quantity": values,
    }
    return pd.DataFrame(columns | more)


def test_lines_in_order_pass_with_every_column_of_the_contract():
    checked = passed(DIRECT, line(), line(application_id="portal"))
    assert (list(checked), len(checked)) == (LINES.names, 2)


def test_the_refusal_names_domain_and_month():
    with pytest.raises(ContractBroken, match=r"OPEN 2025-01 breaks the data contract \(1\)"):
        check(DIRECT, JANUARY, lines(line(quantity=None)))


@pytest.mark.parametrize("column", ["application_id", "quantity", "consumption_metric"])
def test_a_missing_column_is_refused(column):
    assert breaches_of(DIRECT, lines(line()).drop(columns=column)) == [f"column {column} is missing"]


def test_an_unknown_column_is_refused():
    assert breaches_of(DIRECT, lines(line()).assign(cost=1)) == ["column cost is unknown"]


def test_a_column_that_stands_twice_is_refused():
    frame = lines(line())
    assert breaches_of(DIRECT, pd.concat([frame, frame[["quantity"]]], axis=1)) == ["column quantity stands twice"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"application_id": None}, "line 2 (no application product 'vm-small'): application_id is missing"),
        ({"product_id": None}, "line 2 (application 'portal'): product_id is missing"),
        ({"family_id": None}, "line 2 (application 'portal' product 'vm-small'): family_id is missing"),
        ({"quantity": None}, "line 2 (application 'portal' product 'vm-small'): quantity is missing"),
        (
            {"consumption_metric": None},
            "line 2 (application 'portal' product 'vm-small'): consumption_metric is missing",
        ),
        ({"application_id": ""}, "line 2 (application '' product 'vm-small'): application_id is empty"),
        ({"product_id": ""}, "line 2 (application 'portal' product ''): product_id is empty"),
        ({"family_id": ""}, "line 2 (application 'portal' product 'vm-small'): family_id is empty"),
        ({"consumption_metric": ""}, "line 2 (application 'portal' product 'vm-small'): consumption_metric is empty"),
        (
            {"quantity": Decimal(-1)},
            "line 2 (application 'portal' product 'vm-small'): quantity is negative and no credit or correction",
        ),
        (
            {"quantity": Decimal(-1), "charge_class": "SURPRISE"},
            "line 2 (application 'portal' product 'vm-small'): quantity is negative and no credit or correction",
        ),
        (
            {"quantity": Decimal(10) ** 18},
            "line 2 (application 'portal' product 'vm-small'): quantity has more than 18 digits before the point",
        ),
        (
            {"quantity": -(Decimal(10) ** 18), "charge_class": "CREDIT"},
            "line 2 (application 'portal' product 'vm-small'): quantity has more than 18 digits before the point",
        ),
        (
            {"application_id": "billing"},
            "line 2 (application 'billing' product 'vm-small'): application_id, product_id stands more than once",
        ),
    ],
)
def test_a_direct_line_that_breaks_a_rule_is_refused_by_name(change, place):
    assert breaches(DIRECT, line(), line(**{"application_id": "portal"} | change)) == [place]


@pytest.mark.parametrize("charge_class", ["CREDIT", "CORRECTION"])
def test_a_negative_line_that_a_credit_explains_passes(charge_class):
    checked = passed(DIRECT, line(quantity=Decimal("-3.5"), charge_class=charge_class))
    assert checked["quantity"].tolist() == [Decimal("-3.5")]


@pytest.mark.parametrize("quantity", ["999999999999999999.999999999999", "0.000000000001", "0"])
def test_a_quantity_that_fits_passes_to_the_last_digit(quantity):
    assert passed(DIRECT, line(quantity=Decimal(quantity)))["quantity"].tolist() == [Decimal(quantity)]


def test_the_same_product_of_two_applications_and_two_of_one_pass():
    assert len(passed(DIRECT, line(), line(application_id="portal"), line(product_id="vm-large"))) == 3


@pytest.mark.parametrize(
    ("change", "breach"),
    [
        ({"product_id": "vm"}, "line 1 (application 'billing' product 'vm'): product_id must be empty"),
        ({"product_id": ""}, "line 1 (application 'billing' product ''): product_id must be empty"),
        ({"family_id": "compute"}, "line 1 (application 'billing'): family_id must be empty"),
        ({"application_id": None}, "line 1 (no application): application_id is missing"),
        ({"application_id": ""}, "line 1 (application ''): application_id is empty"),
        ({"quantity": None}, "line 1 (application 'billing'): quantity is missing"),
        # NULL products are one product: an application has one weight
        (
            {"application_id": "portal"},
            "line 2 (application 'portal'): application_id, product_id stands more than once",
        ),
    ],
)
def test_an_indirect_line_that_breaks_a_rule_is_refused_by_name(change, breach):
    found = breaches(INDIRECT, weight("billing", "0.5") | change, weight("portal", "0.5"))
    assert [sentence.removesuffix(" in an INDIRECT domain") for sentence in found] == [breach]


def test_a_weight_outside_0_and_1_is_refused_although_the_sum_is_1():
    assert breaches(INDIRECT, weight("billing", "1.000000000001"), weight("portal", "-0.000000000001")) == [
        "line 1 (application 'billing'): quantity is not between 0 and 1",
        "line 2 (application 'portal'): quantity is not between 0 and 1",
    ]


@pytest.mark.parametrize(
    ("last", "total"), [("0.333333333333", "0.999999999999"), ("0.333333333335", "1.000000000001")]
)
def test_weights_that_miss_1_by_their_last_digit_are_refused(last, total):
    rows = [weight("a", "0.333333333333"), weight("b", "0.333333333333"), weight("c", last)]
    assert breaches(INDIRECT, *rows) == [
        f"weights sum to {total}, not to 1 (an amount without a basis goes to UNALLOCATED)"
    ]


def test_weights_that_sum_to_1_pass():
    checked = passed(
        INDIRECT, weight("a", "0.333333333334"), weight("b", "0.333333333333"), weight("c", "0.333333333333")
    )
    assert len(checked) == 3


def test_weights_of_0_and_1_pass():
    assert len(passed(INDIRECT, weight("a", "1"), weight("b", "0"))) == 2


def test_every_breach_is_reported_together():
    found = breaches(
        DIRECT,
        line(application_id=None, quantity=Decimal(-1)),
        line(family_id=""),
        line(product_id=None),
        line(application_id="portal", quantity=Decimal(10) ** 18),
        line(),
    )
    assert sorted(found) == [
        "line 1 (no application product 'vm-small'): application_id is missing",
        "line 1 (no application product 'vm-small'): quantity is negative and no credit or correction",
        "line 2 (application 'billing' product 'vm-small'): family_id is empty",
        "line 3 (application 'billing'): product_id is missing",
        "line 4 (application 'portal' product 'vm-small'): quantity has more than 18 digits before the point",
        "line 5 (application 'billing' product 'vm-small'): application_id, product_id stands more than once",
    ]


@pytest.mark.parametrize(
    "values",
    [
        [0.1, 0.2],
        [1.0, 2.0],
        pd.array([0.1, 0.25], dtype=pd.ArrowDtype(pa.float64())),
        pd.array([0.5, 0.25], dtype=pd.ArrowDtype(pa.float32())),
        pd.array([0.1, 0.2], dtype="Float64"),
        pd.array([1, 2], dtype="int64"),
        pd.array([True, False]),
        pd.to_datetime(["2025-01-01", "2025-01-02"]),
    ],
    ids=lambda values: str(getattr(values, "dtype", "float")),
)
def test_quantities_that_are_no_decimals_are_refused(values):
    (breach,) = breaches_of(DIRECT, with_quantities(values))
    assert breach.startswith("column quantity is ")
    assert breach.endswith("hand over decimals, which are exact")


def test_a_float_among_decimals_is_refused():
    (breach,) = breaches_of(DIRECT, with_quantities([Decimal(1), 0.1]))
    assert breach == "column quantity: int or Decimal object expected, got float"


def test_drivers_that_are_floats_are_refused():
    frame = pd.DataFrame(
        {"application_id": ["a"], "quantity": [Decimal(1)], "consumption_metric": ["C"], "driver_quantity": [0.1]}
    )
    assert breaches_of(INDIRECT, frame) == ["column driver_quantity is float64: hand over decimals, which are exact"]


@pytest.mark.parametrize(
    ("quantity", "reason"),
    [
        ("0.1234567890123", "0.1234567890123 has more than 12 decimals"),
        ("1e27", "1E+27 has more than 18 digits before the point"),
        ("Infinity", "Infinity is not a finite number"),
    ],
)
def test_a_decimal_that_arrow_cannot_hold_is_refused_by_name(quantity, reason):
    found = breaches_of(DIRECT, with_quantities([Decimal(1), Decimal(quantity)]))
    assert found == [f"line 2 (application 'portal' product 'vm'): quantity {reason}"]


def test_arrow_decimals_of_a_finer_scale_are_refused_when_they_lose_a_digit():
    finer = pd.ArrowDtype(pa.decimal128(38, 18))
    found = breaches_of(DIRECT, with_quantities(pd.array([Decimal(1), Decimal("1.000000000000000001")], dtype=finer)))
    assert found == [
        "line 2 (application 'portal' product 'vm'): quantity 1.000000000000000001 has more than 12 decimals"
    ]


def test_ids_that_are_numbers_are_refused():
    (breach,) = breaches_of(DIRECT, with_quantities([Decimal(1), Decimal(2)], application_id=[1, 2]))
    assert breach.startswith("column application_id: ")


def test_no_lines_pass_in_a_direct_domain():
    assert len(passed(DIRECT)) == 0


def test_the_order_is_that_of_bytes():
    names = ["z", "é", "a", "Z", "A", "zz", "z a", "費用", "10", "9"]
    stored = canonical(lines(*[line(application_id=name) for name in names]))
    assert stored["application_id"].to_pylist() == ["10", "9", "A", "Z", "a", "z", "z a", "zz", "é", "費用"]


def test_the_order_is_by_application_then_product():
    rows = [line(application_id=a, product_id=p) for a, p in [("b", "a"), ("a", "b"), ("a", "B")]]
    stored = canonical(lines(*rows))
    assert list(zip(*stored.select([0, 1]).to_pydict().values(), strict=True)) == [("a", "B"), ("a", "b"), ("b", "a")]


# These hashes stand in every mart: a run that computes the same lines is a no-op, and a closed month is checked,
# by comparing them with what the database hashes itself. They may never change.
GOLDEN = {
    "no line": ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    "one line": ([line()], "98a4a427c50fedb05b4918b0ce64501fbc3b06500ca9b40f52b2d7b713a79b14"),
    "two applications, two products": (
        [
            line(application_id="portal"),
            line(product_id="vm-large", quantity=Decimal("0.000000000001")),
            line(application_id="été", family_id="Stockage é"),
        ],
        "a283388030569317d5d0450c6f5acad8385540b42ec8eb38dbbd7bc008398562",
    ),
    "a credit and the largest quantity": (
        [
            line(quantity=Decimal("-0.5"), charge_class="CREDIT"),
            line(application_id="portal", quantity=from_units(10**30 - 1)),
        ],
        "d4600fe3f80c906544c47cfca6ef34978534d84816d9ba4e0f3ac5b38f4142bf",
    ),
    "weights": (
        [weight("billing", "0.333333333334"), weight("portal", "0.666666666666")],
        "15e1d49c0b89d9139a3791b134c0a630ba1dc9891cbfce3195df89aa0e5394aa",
    ),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_the_hash_of_known_lines_never_changes(name):
    rows, expected = GOLDEN[name]
    assert hashed(*rows) == expected


@UNHURRIED
@given(st.permutations(range(6)))
def test_the_hash_does_not_depend_on_the_order_of_the_rows(order):
    rows = [line(application_id=f"app-{place % 3}", product_id=f"vm-{place // 3}") for place in range(6)]
    assert hashed(*[rows[place] for place in order]) == hashed(*rows)


def test_the_hash_does_not_depend_on_labels_or_on_how_a_quantity_is_written():
    relabelled = line(
        product_label="New",
        family_label="New",
        application_label="New",
        quantity=Decimal("10.000"),
        charge_class="CREDIT",
    )
    assert hashed(relabelled) == hashed(line())


@pytest.mark.parametrize(
    "change",
    [
        {"application_id": "billing2"},
        {"product_id": "vm-small2"},
        {"family_id": "compute2"},
        {"quantity": Decimal("10.000000000001")},
        {"quantity": Decimal(-10)},
        {"consumption_metric": "CPU2"},
        # the same characters in other columns are other lines
        {"application_id": "billingvm", "product_id": "-small"},
        {"product_id": None},
    ],
    ids=str,
)
def test_the_hash_depends_on_what_a_line_says(change):
    assert hashed(line(**change)) != hashed(line())


@pytest.mark.parametrize("column", ["application_id", "product_id", "family_id", "consumption_metric"])
def test_a_control_character_in_a_key_is_refused(column):
    [breach] = breaches(DIRECT, line(**{column: "a\x1fb"}))
    assert breach.endswith(f"{column} holds a control character")


def test_an_indirect_domain_without_a_line_is_refused():
    told = "weights sum to 0.000000000000, not to 1 (an amount without a basis goes to UNALLOCATED)"
    assert breaches(INDIRECT) == [told]
