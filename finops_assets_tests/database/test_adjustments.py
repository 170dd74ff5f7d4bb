"""Late data of closed months: where it is booked, what it comes to, and how it is signed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finops_assets import closing
from finops_assets.closing import adjustments
from finops_assets.closing.adjustments import LateData
from finops_assets.errors import MartRefused, SettingsError
from finops_assets_tests.database.closable import FEBRUARY, assert_sound, load, make_company
from finops_assets_tests.factories import JANUARY, ask, close, price, reopen


@pytest.fixture
def company(mart, settings, tmp_path):
    """January closed; February dearer, loaded and ready to be closed."""
    make_company(mart, tmp_path)
    close(mart, settings)
    price(mart, tmp_path, "100.01", "*", "SUPPORT", effective_from="2024-02")
    price(mart, tmp_path, "9", effective_from="2024-02")
    price(mart, tmp_path, "9", effective_from="2024-02", pricing_view_id="yen")
    load(mart, FEBRUARY)
    return mart


def late(**changes):
    return LateData(**{"original": JANUARY, "domain_id": "OPEN", "application_id": "a"} | changes)


METERED = {"product_id": "vm-small", "quantity": Decimal("1.5")}


def book(mart, data, person="ada", reason="a late meter"):
    with mart.connect("finops_admin") as connection:
        return adjustments.book(connection, data, person, reason)


def booked(mart):
    with mart.connect("finops_api") as connection:
        return adjustments.booked(connection)


def statement(mart, month, view="internal"):
    with mart.connect("finops_api") as connection:
        number = closing.closing(connection, month).close_number
        return closing.statement(connection, month, number, view)


def test_late_quantity_is_priced_as_its_own_month_was(company):
    assert book(company, late(**METERED)).period_month == FEBRUARY.first_day
    assert [(line.pricing_view_id, line.amount, line.currency) for line in booked(company)] == [
        ("internal", Decimal("0.4995"), "EUR"),
        ("yen", Decimal("0.4995"), "JPY"),
    ]


def test_late_amount_is_taken_as_it_was_told(company):
    book(company, late(domain_id="SUPPORT", amounts={"internal": Decimal("12.345"), "yen": Decimal(-7)}))
    assert [(line.pricing_view_id, line.amount) for line in booked(company)] == [
        ("internal", Decimal("12.345")),
        ("yen", Decimal(-7)),
    ]


def test_adjustment_is_a_line_of_the_statement_with_its_own_month(company, settings):
    book(company, late(**METERED))
    book(company, late(**METERED))
    close(company, settings, FEBRUARY)
    told = [
        (one.application_id, f"{one.original_month:%Y-%m}", one.cost, str(one.rounded_cost), one.line_count)
        for one in statement(company, FEBRUARY)
        if one.domain_id == "OPEN"
    ]
    assert told == [
        ("a", "2024-01", Decimal("0.999"), "1.00", 2),
        ("a", "2024-02", 90, "90.00", 1),
        ("b", "2024-02", 90, "90.00", 1),
        ("c", "2024-02", 90, "90.00", 1),
    ]
    assert_sound(company)


def test_adjustments_and_facts_are_rounded_to_one_total(company, settings):
    for name in "abc":
        book(company, late(application_id=name, amounts={"internal": Decimal("0.335"), "yen": Decimal("0.4")}))
    close(company, settings, FEBRUARY)
    for view, expected in (("internal", Decimal("271.01")), ("yen", Decimal(271))):
        lines = [one for one in statement(company, FEBRUARY, view) if one.domain_id == "OPEN"]
        assert sum(one.rounded_cost for one in lines) == expected


def test_adjustment_is_no_fact_and_no_part_of_the_marts(company):
    facts, costs = "SELECT * FROM fact_consumption", "SELECT * FROM cost_app_month"
    before = ask(company, facts), ask(company, costs)
    book(company, late(**METERED))
    assert (ask(company, facts), ask(company, costs)) == before


def test_total_of_a_month_tells_what_was_booked_in_it(company):
    book(company, late(**METERED))
    book(company, late(amounts={"internal": Decimal(1)}))
    with company.connect("finops_api") as connection:
        found = adjustments.total(connection, FEBRUARY, "internal")
        yen = adjustments.total(connection, FEBRUARY, "yen")
        none = adjustments.total(connection, JANUARY, "internal")
    assert (found.line_count, found.amount) == (2, Decimal("1.4995"))
    assert (yen.line_count, yen.amount) == (2, Decimal("0.4995"))
    assert (none.line_count, none.amount) == (0, None)


def test_view_without_an_amount_counts_an_unpriced_line(company, settings):
    book(company, late(amounts={"internal": Decimal(1)}))
    close(company, settings, FEBRUARY)
    [line] = [one for one in statement(company, FEBRUARY, "yen") if one.original_month == JANUARY.first_day]
    assert (line.cost, line.rounded_cost, line.unpriced_count) == (None, None, 1)
    assert_sound(company)


def test_month_after_the_last_closed_one_is_made_when_it_is_not_there(mart, settings, tmp_path):
    make_company(mart, tmp_path)
    close(mart, settings)
    assert book(mart, late(**METERED)).period_month == FEBRUARY.first_day
    assert ask(mart, "SELECT status FROM period WHERE period_month = '2024-02-01'") == [{"status": "OPEN"}]


def test_late_data_of_an_older_month_goes_into_the_first_open_one(company, settings):
    close(company, settings, FEBRUARY)
    assert book(company, late(**METERED)).period_month == FEBRUARY.next.first_day


def test_adjustment_keeps_its_amount_when_its_month_is_reopened_and_priced_again(company, tmp_path):
    book(company, late(**METERED))
    reopen(company)
    price(company, tmp_path, "0.5")
    assert booked(company)[0].amount == Decimal("0.4995")


def test_adjustment_is_in_the_audit_log(company):
    book(company, late(**METERED), person="grace")
    [act] = ask(company, "SELECT act, person, reason FROM audit_log WHERE relation = 'adjustment'")
    assert tuple(act.values()) == ("BOOK", "grace", "a late meter")


def test_default_view_that_has_no_amount_blocks_its_month(company, settings, tmp_path):
    book(company, late(amounts={"internal": Decimal(1)}))
    ask(
        company,
        "UPDATE pricing_view SET is_default = FALSE; UPDATE pricing_view SET is_default = TRUE "
        "WHERE pricing_view_id = 'yen'",
    )
    with company.connect("finops_api") as connection:
        found = closing.blockers(connection, settings, FEBRUARY, FEBRUARY.shift(9))
    assert ("UNPRICED_ADJUSTMENT", "OPEN") in [(one.blocker, one.domain_id) for one in found]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        (METERED | {"original": FEBRUARY}, "month 2024-02 is not closed: run it again"),
        (METERED | {"original": JANUARY.shift(-9)}, "month 2023-04 is not closed"),
        (METERED | {"domain_id": "NOWHERE"}, "domain NOWHERE is unknown"),
        (METERED | {"application_id": "nobody"}, "application nobody is unknown"),
        (METERED | {"product_id": "vm-smal"}, "product vm-smal of OPEN is unknown"),
        ({}, "give an amount, or a product and a quantity"),
        ({"quantity": Decimal(1)}, "give an amount, or a product and a quantity"),
        ({"domain_id": "SUPPORT", "quantity": Decimal(1)}, "give an amount, or a product and a quantity"),
        ({"amounts": {"yen": Decimal(1)}}, "no amount in the default pricing view"),
    ],
)
def test_adjustment_that_lacks_something_is_refused(company, changes, why):
    with pytest.raises(MartRefused, match=why):
        book(company, late(**changes))
    assert booked(company) == []


def test_quantity_of_a_product_without_a_price_is_refused(company, tmp_path):
    ask(
        company,
        "INSERT INTO dim_product (domain_id, product_id, product_label, family_id, consumption_metric) "
        "VALUES ('OPEN', 'new', 'New', 'compute', 'CPU')",
    )
    with pytest.raises(MartRefused, match="no amount in the default pricing view: give one"):
        book(company, late(product_id="new", quantity=Decimal(1)))


def test_adjustment_needs_a_reason_and_a_person(company):
    with pytest.raises(MartRefused, match="needs a person and a reason"):
        book(company, late(**METERED), reason=" ")
    with pytest.raises(SettingsError, match="say who acts"):
        book(company, late(**METERED), person="")


@pytest.mark.parametrize("view", ["idea", "nowhere"])
def test_only_a_published_view_takes_an_adjustment(company, view):
    ask(
        company,
        "INSERT INTO pricing_view (pricing_view_id, pricing_view_label, currency, kind, is_draft) "
        "VALUES ('idea', 'Idea', 'EUR', 'what_if', TRUE)",
    )
    with pytest.raises(MartRefused, match=f"unknown or a draft: internal, {view}"):
        book(company, late(amounts={"internal": Decimal(1), view: Decimal(1)}))
