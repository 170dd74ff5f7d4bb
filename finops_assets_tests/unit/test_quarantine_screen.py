"""Lines that break a business rule are set aside with their place, value and reason; the rest stays."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from finops_assets.contract import QUANTITY, frame
from finops_assets.period import Period
from finops_assets.quarantine.screening import screen
from finops_assets.quarantine.set_aside import QuarantinedLine, Screened

MARCH = Period(2025, 3)
GONE = {"vm-old": date(2025, 2, 10)}
USAGE = pa.schema(
    [
        ("application_id", pa.string()),
        ("product_id", pa.string()),
        ("quantity", QUANTITY),
        ("charge_class", pa.string()),
    ]
    + [("file", pa.string()), ("line", pa.int64())]
)
CHARGES = USAGE.append(pa.field("charge_month", pa.date32()))


def used(**changes):
    row = {"application_id": "billing", "product_id": "vm-small", "quantity": Decimal(1), "charge_class": None}
    return row | {"file": "open/2025-03.csv", "line": 2} | changes


def charged(**changes):
    return used(charge_month=MARCH.first_day) | changes


def screened(*rows, schema=USAGE, decommissioned=GONE):
    found = Screened()
    return screen(frame(list(rows), schema), MARCH, decommissioned, found), found.waiting


def rules_broken(*rows, schema=USAGE):
    return [(line.line, line.column, line.value, line.reason) for line in screened(*rows, schema=schema)[1]]


def test_lines_that_break_no_rule_all_stay():
    rows = frame([used(), used(line=3, quantity=Decimal(0))], USAGE)
    found = Screened()
    assert screen(rows, MARCH, GONE, found).equals(rows)
    assert found == Screened()


def test_no_lines_give_no_lines():
    good, aside = screened()
    assert (len(good), aside) == (0, [])


def test_a_line_of_a_product_that_is_gone_is_set_aside_with_the_date():
    assert rules_broken(used(product_id="vm-old")) == [
        (2, "product_id", "vm-old", "the product was decommissioned on 2025-02-10, before 2025-03")
    ]


def test_a_product_that_is_not_gone_is_not_looked_at():
    assert screened(used(product_id="vm-old"), decommissioned={})[1] == []


def test_a_negative_quantity_that_nothing_explains_is_set_aside():
    assert rules_broken(used(quantity=Decimal("-0.000000000001"))) == [
        (2, "quantity", "-1E-12", "negative, and no credit or correction explains it")
    ]


@pytest.mark.parametrize("charge_class", ["CREDIT", "CORRECTION"])
def test_a_negative_quantity_that_a_credit_explains_stays(charge_class):
    good, aside = screened(used(quantity=Decimal(-5), charge_class=charge_class))
    assert (good["quantity"].tolist(), aside) == ([Decimal(-5)], [])


@pytest.mark.parametrize("month", [date(2025, 2, 1), date(2025, 4, 1), date(2024, 3, 1)])
def test_a_charge_of_another_month_is_set_aside(month):
    assert rules_broken(charged(charge_month=month), schema=CHARGES) == [
        (2, "charge_month", str(month), "the charge is of another month than 2025-03")
    ]


def test_a_charge_of_the_month_stays():
    assert screened(charged(), schema=CHARGES)[1] == []


def test_a_line_that_breaks_several_rules_is_set_aside_once_by_the_first():
    broken = charged(product_id="vm-old", quantity=Decimal(-1), charge_month=date(2025, 4, 1))
    assert [rule[1] for rule in rules_broken(broken, schema=CHARGES)] == ["product_id"]
    assert [rule[1] for rule in rules_broken(broken | {"product_id": "vm-small"}, schema=CHARGES)] == ["quantity"]


def test_the_rest_of_the_lines_stays_in_order():
    rows = [used(line=2), used(line=3, product_id="vm-old"), used(line=4, quantity=Decimal(-1)), used(line=5)]
    good, aside = screened(*rows)
    assert good["line"].tolist() == [2, 5]
    assert good.index.tolist() == [0, 1]
    assert [line.line for line in aside] == [3, 4]


def test_a_line_set_aside_is_kept_whole_as_text():
    _, (aside,) = screened(used(product_id="vm-old", line=7))
    assert aside == QuarantinedLine(
        file="open/2025-03.csv",
        line=7,
        column="product_id",
        value="vm-old",
        reason="the product was decommissioned on 2025-02-10, before 2025-03",
        source_line={
            "application_id": "billing",
            "product_id": "vm-old",
            "quantity": "1.000000000000",
            "charge_class": None,
            "file": "open/2025-03.csv",
            "line": "7",
        },
    )
