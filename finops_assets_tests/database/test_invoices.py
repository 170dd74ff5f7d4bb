"""Invoices against the mart: every part of the difference is named, and they add up to the last digit."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from finops_assets.closing import invoices
from finops_assets.errors import MartRefused
from finops_assets.operations.month_checks import run_checks
from finops_assets.period import Period
from finops_assets.settings import Tolerance
from finops_assets_tests.factories import (
    JANUARY,
    SET_ASIDE,
    ask,
    line,
    new_mart,
    price,
    price_view,
    publish,
    refresh,
    reject_all,
    weight,
)

PARTS = ("allocated", "unassigned", "unallocated", "adjusted", "quarantined", "variance")


@pytest.fixture
def company(mart, tmp_path):
    """OPEN of January: 10 CPU at 0.333 of billing, 5 of nobody, and 2 of a product without a price."""
    price_view(mart, tmp_path)
    price(mart, tmp_path, "0.333")
    publish(
        mart,
        line(),
        line(application_id="UNASSIGNED", quantity=Decimal(5)),
        line(product_id="new", quantity=Decimal(2)),
    )
    refresh(mart)
    return mart


def record(mart, amount, domain="OPEN", month=JANUARY, view="internal", currency="EUR"):
    with mart.connect("finops_admin") as connection:
        return invoices.record(
            connection,
            month,
            domain,
            view,
            amount=None if amount is None else Decimal(amount),
            currency=currency,
            reference="F-1",
            person="ada",
        )


def reconcile(mart, view="internal"):
    with mart.connect("finops_api") as connection:
        return invoices.reconcile(connection, JANUARY, view)


def test_parts_of_an_invoice_are_named_and_the_rest_is_the_variance(company):
    ask(company, SET_ASIDE, 1, '{"product_id": "vm-small", "quantity": "3"}')
    ask(company, SET_ASIDE, 2, '{"product_id": "new", "quantity": "3"}')
    ask(company, SET_ASIDE, 3, '{"product_id": "vm-small", "quantity": "many"}')
    record(company, "7.5")
    [found] = reconcile(company)
    assert {name: str(getattr(found, name).normalize()) for name in ("invoice", *PARTS)} == {
        "invoice": "7.5",
        "allocated": "3.33",
        "unassigned": "1.665",
        "unallocated": "0",
        "adjusted": "0",
        "quarantined": "0.999",
        "variance": "1.506",
    }
    assert (found.unpriced_count, found.quarantined_count, found.unvalued_count) == (1, 3, 2)


def test_decided_lines_are_no_longer_set_against_the_invoice(company):
    ask(company, SET_ASIDE, 1, '{"product_id": "vm-small", "quantity": "3"}')
    reject_all(company)
    [found] = reconcile(company)
    assert (found.quarantined, found.quarantined_count) == (0, 0)


def test_amount_whose_basis_is_zero_is_unallocated(company, tmp_path):
    price(company, tmp_path, "100", "*", "LICENCES")
    publish(company, weight("UNALLOCATED", "1", "0"), domain="LICENCES")
    refresh(company)
    record(company, "100", "LICENCES")
    [found] = [one for one in reconcile(company) if one.domain_id == "LICENCES"]
    assert (found.allocated, found.unallocated, found.variance) == (0, 100, 0)


def test_domain_without_an_invoice_has_no_variance(company):
    [found] = reconcile(company)
    assert (found.invoice, found.variance) == (None, None)
    assert invoices.total([found]) is None


def test_invoice_of_a_domain_that_cost_nothing_is_all_variance(company):
    record(company, "12", "CLOUD")
    [found] = [one for one in reconcile(company) if one.domain_id == "CLOUD"]
    assert (found.allocated, found.variance) == (0, 12)


def test_total_is_of_the_domains_that_were_invoiced(company):
    record(company, "5")
    record(company, "12", "CLOUD")
    total = invoices.total(reconcile(company))
    assert (total.invoice, total.allocated, total.variance) == (17, Decimal("3.33"), Decimal("12.005"))


def test_each_view_is_reconciled_in_its_own_currency(company, tmp_path):
    price_view(company, tmp_path, "dollars", currency="USD")
    price(company, tmp_path, "1", pricing_view_id="dollars")
    refresh(company)
    record(company, "15", view="dollars", currency="USD")
    [euros], [dollars] = reconcile(company), reconcile(company, "dollars")
    assert (euros.invoice, euros.currency) == (None, "EUR")
    assert (dollars.variance, dollars.currency) == (0, "USD")


def test_last_revision_counts_and_every_one_is_kept(company):
    record(company, "7")
    record(company, "8")
    with company.connect("finops_api") as connection:
        kept = invoices.recorded(connection, JANUARY)
    assert [(one.revision, one.amount, one.recorded_by) for one in kept] == [(1, 7, "ada"), (2, 8, "ada")]
    assert reconcile(company)[0].invoice == 8


def test_withdrawn_invoice_no_longer_counts(company):
    record(company, "7")
    record(company, None)
    assert reconcile(company)[0].invoice is None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"currency": "USD"}, "the invoice is in USD, and pricing view internal is in EUR"),
        ({"view": "nowhere"}, "pricing view nowhere is unknown or a draft"),
        ({"domain": "NOWHERE"}, "domain NOWHERE is unknown"),
    ],
)
def test_invoice_that_cannot_be_compared_is_refused(company, changes, why):
    with pytest.raises(MartRefused, match=why):
        record(company, "7", **changes)
    assert ask(company, "SELECT FROM invoice") == []


def test_invoice_is_in_the_audit_log(company):
    record(company, "7")
    [act] = ask(company, "SELECT act, person, key FROM audit_log WHERE relation = 'invoice'")
    assert (act["act"], act["person"], act["key"]["revision"]) == ("RECORD", "ada", 1)


@pytest.mark.parametrize("statement", ["UPDATE invoice SET amount = 1", "DELETE FROM invoice", "TRUNCATE invoice"])
def test_invoice_is_never_changed(company, statement):
    record(company, "7")
    with pytest.raises(MartRefused, match="invoice only grows"):
        ask(company, statement)


# The check


def failing(mart, settings):
    with mart.connect("finops_api") as connection:
        [check] = run_checks(connection, settings, [JANUARY], Period(2024, 6), ["reconciliation"])
    return check.rows


@pytest.mark.parametrize(
    ("amount", "tolerance", "fails"),
    [
        ("4.995", Tolerance(), False),
        ("5.00", Tolerance(), True),
        ("5.00", Tolerance(amount=Decimal("0.005")), False),
        ("4.98", Tolerance(amount=Decimal("0.01")), True),
        ("5.00", Tolerance(share=Decimal("0.001")), False),
        ("5.01", Tolerance(share=Decimal("0.001")), True),
    ],
)
def test_check_tolerates_what_it_was_told_to(company, settings, amount, tolerance, fails):
    record(company, amount)
    rows = failing(company, replace(settings, reconciliation_tolerance=tolerance))
    assert [row["domain_id"] for row in rows] == ["OPEN"] * fails


def test_check_passes_without_an_invoice(company, settings):
    assert failing(company, settings) == ()


# Any month adds up


NUMBER = st.integers(-(10**24), 10**24).map(lambda units: Decimal(units).scaleb(-12))
SET_ASIDE_ALL = """
INSERT INTO quarantine_line (
  period_month, domain_id, run_id, file_name, line_number, column_name, reason, source_line, line_key)
SELECT
  '2024-01-01', 'OPEN', gen_random_uuid(), 'f', row_number() OVER (), 'c', 'r', line::JSONB, gen_random_uuid()::TEXT
FROM unnest(%s::TEXT[]) AS line
"""
# lines set aside stay, whoever asks: this makes room for the next month
FORGET = "DO $$ BEGIN SET LOCAL session_replication_role = replica; DELETE FROM quarantine_line; END $$"
LINES = st.lists(
    st.tuples(st.sampled_from(["a", "b", "UNASSIGNED"]), st.sampled_from(["p", "q", "free"]), NUMBER),
    min_size=60,
    max_size=200,
)


@pytest.fixture(scope="module")
def any_mart(server_url, template, tmp_path_factory):
    folder = tmp_path_factory.mktemp("prices")
    with new_mart(server_url, template) as mart:
        price_view(mart, folder)
        price(mart, folder, "123456.789012345678", "p")
        price(mart, folder, "0.000000000001", "q")
        yield mart


@hypothesis_settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LINES, LINES, NUMBER)
def test_invoice_is_the_sum_of_its_parts_to_the_last_digit(any_mart, used, waiting, invoiced):
    """Ten months of a hundred lines or so, in the facts and in quarantine."""
    summed: dict[tuple[str, str], Decimal] = {}
    for application, product, quantity in used:
        summed[application, product] = summed.get((application, product), Decimal(0)) + abs(quantity) / 1000
    rows = [
        line(application_id=application, product_id=product, quantity=quantity.quantize(Decimal("1e-12")))
        for (application, product), quantity in summed.items()
    ]
    publish(any_mart, *rows)
    ask(any_mart, FORGET)
    held = [f'{{"product_id": "{product}", "quantity": "{quantity:f}"}}' for _, product, quantity in waiting]
    ask(any_mart, SET_ASIDE_ALL, held)
    refresh(any_mart)
    record(any_mart, invoiced)
    [found] = reconcile(any_mart)
    prices = {"p": Fraction("123456.789012345678"), "q": Fraction(1, 10**12), "free": Fraction(0)}
    named = sum(Fraction(row["quantity"]) * prices[row["product_id"]] for row in rows)
    owed = sum(Fraction(quantity) * prices[product] for _, product, quantity in waiting)
    assert sum(Fraction(getattr(found, name)) for name in PARTS) == Fraction(found.invoice) == Fraction(invoiced)
    assert Fraction(found.allocated) + Fraction(found.unassigned) == named
    assert Fraction(found.quarantined) == owed
    assert found.unvalued_count == sum(product == "free" for _, product, _ in waiting)
