"""Closing and reopening a month: what blocks it, what is stored, and in which order months close."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from finops_assets import catalog, closing
from finops_assets.errors import MartRefused, MonthBlocked, SettingsError
from finops_assets.period import Period
from finops_assets.quarantine import decisions
from finops_assets.settings import CHECKOUT
from finops_assets_tests.database.closable import FEBRUARY, assert_sound, enable, load, make_company
from finops_assets_tests.factories import (
    JANUARY,
    SET_ASIDE,
    ask,
    close,
    line,
    price,
    price_view,
    publish,
    refresh,
    reject_all,
    reopen,
    weight,
)

LATER = Period(2030, 1)


@pytest.fixture
def company(mart, tmp_path):
    make_company(mart, tmp_path)
    return mart


def blockers(mart, settings, month=JANUARY, current=LATER):
    with mart.connect("finops_api") as connection:
        return closing.blockers(connection, settings, month, current)


def kinds(mart, settings, month=JANUARY, current=LATER):
    return [(one.blocker, one.domain_id, one.subject) for one in blockers(mart, settings, month, current)]


# What is stored


def test_statement_is_rounded_so_that_its_lines_add_up(company, settings):
    done = close(company, settings)
    with company.connect("finops_api") as connection:
        lines = closing.statement(connection, JANUARY, done.close_number, "internal")
        yen = closing.statement(connection, JANUARY, done.close_number, "yen")
    told = [(one.domain_id, one.application_id, str(one.rounded_cost)) for one in lines]
    assert told == [
        ("OPEN", "a", "3.33"),
        ("OPEN", "b", "3.33"),
        ("OPEN", "c", "3.33"),
        ("SUPPORT", "a", "33.34"),
        ("SUPPORT", "b", "33.34"),
        ("SUPPORT", "c", "33.33"),
    ]
    assert [str(one.rounded_cost) for one in yen] == ["4", "3", "3", "34", "33", "33"]


def test_statement_keeps_exact_costs_beside_rounded_ones(company, settings):
    done = close(company, settings)
    with company.connect("finops_api") as connection:
        lines = closing.statement(connection, JANUARY, done.close_number, "internal")
    assert sum(one.cost for one in lines if one.domain_id == "SUPPORT") == Decimal("100.01")
    assert [one.cost for one in lines if one.domain_id == "OPEN"] == [Decimal("3.33")] * 3


def test_price_revisions_are_pinned(company, settings, tmp_path):
    price(company, tmp_path, "0.5")
    refresh(company)
    close(company, settings)
    pinned = ask(
        company,
        "SELECT product_id, priced_as, revision, unit_price FROM statement_price WHERE pricing_view_id = 'internal' "
        "ORDER BY domain_id",
    )
    assert [tuple(row.values()) for row in pinned] == [
        ("vm-small", "vm-small", 2, Decimal("0.5")),
        ("*", "*", 1, Decimal("100.01")),
    ]


def test_the_act_says_who_when_why_and_is_chained(company, settings):
    first = close(company, settings, person="ada")
    undone = reopen(company, person="grace", reason="a bill came late")
    again = close(company, settings, person="ada")
    with company.connect("finops_api") as connection:
        acts = closing.acts(connection, JANUARY)
    assert [(one.close_number, one.act, one.person, one.reason) for one in acts] == [
        (1, "CLOSE", "ada", None),
        (1, "REOPEN", "grace", "a bill came late"),
        (2, "CLOSE", "ada", None),
    ]
    assert [first, undone, again] == acts
    chain = ask(company, "SELECT previous_sha256, entry_sha256 FROM period_close ORDER BY close_number, act")
    assert [row["previous_sha256"] for row in chain] == [None, chain[0]["entry_sha256"], chain[1]["entry_sha256"]]
    assert_sound(company)


def test_closing_the_same_content_again_gives_the_same_hashes(company, settings):
    first = close(company, settings)
    reopen(company)
    again = close(company, settings)
    assert (first.facts_sha256, first.prices_sha256, first.statement_sha256) == (
        again.facts_sha256,
        again.prices_sha256,
        again.statement_sha256,
    )
    assert first.entry_sha256 != again.entry_sha256


def test_statement_of_an_earlier_closing_is_kept(company, settings):
    close(company, settings)
    reopen(company)
    load(company, quantity=20)
    close(company, settings)
    with company.connect("finops_api") as connection:
        totals = [
            [(one.pricing_view_id, one.rounded_cost) for one in closing.totals(connection, JANUARY, number)]
            for number in (1, 2)
        ]
    assert totals == [
        [("internal", Decimal("110.00")), ("yen", Decimal(110))],
        [("internal", Decimal("119.99")), ("yen", Decimal(120))],
    ]
    assert_sound(company)


def test_lines_without_a_price_in_another_view_are_counted_and_owe_nothing(company, settings, tmp_path):
    price_view(company, tmp_path, "listed")
    refresh(company)
    done = close(company, settings)
    with company.connect("finops_api") as connection:
        lines = closing.statement(connection, JANUARY, done.close_number, "listed")
    assert {(one.cost, one.rounded_cost, one.unpriced_count) for one in lines} == {(None, None, 1)}
    assert_sound(company)


def test_closing_is_in_the_audit_log(company, settings):
    close(company, settings, person="ada")
    reopen(company, person="grace", reason="a bill came late")
    logged = ask(company, "SELECT act, person, reason FROM audit_log WHERE relation = 'period' ORDER BY audit_id")
    assert [tuple(row.values()) for row in logged] == [("CLOSE", "ada", None), ("REOPEN", "grace", "a bill came late")]


def test_a_month_without_enabled_domains_closes_with_what_it_has(company, settings):
    with company.connect("finops_admin") as connection:
        for domain_id in ("OPEN", "SUPPORT"):
            catalog.set_enabled(connection, domain_id, is_enabled=False, available_from=None)
    done = close(company, settings)
    with company.connect("finops_api") as connection:
        assert len(closing.statement(connection, JANUARY, done.close_number, "internal")) == 6


def test_closing_that_was_never_done_has_no_statement(company):
    with company.connect("finops_api") as connection, pytest.raises(MartRefused, match="2024-01 was never closed"):
        closing.closing(connection, JANUARY)


# What blocks


def test_nothing_is_in_the_way_of_a_whole_month(company, settings):
    assert kinds(company, settings) == []


def test_month_that_is_not_over_blocks(company, settings):
    assert kinds(company, settings, current=JANUARY) == [("NOT_OVER", None, "2024-01")]


def test_unknown_month_blocks(mart, settings, tmp_path):
    price_view(mart, tmp_path)
    assert kinds(mart, settings) == [("UNKNOWN_MONTH", None, None)]


def test_closed_month_blocks(company, settings):
    close(company, settings)
    assert kinds(company, settings) == [("CLOSED", None, None)]


def test_domain_without_a_slice_blocks(company, settings):
    enable(company, "AUDIT")
    assert kinds(company, settings) == [("SLICE", "AUDIT", "MISSING")]


def test_failed_attempt_blocks(company, settings):
    ask(
        company,
        "INSERT INTO slice_run (run_id, period_month, domain_id, outcome, reason, ended_at) "
        "VALUES (gen_random_uuid(), '2024-01-01', 'OPEN', 'FAILED', 'no disk', now())",
    )
    assert kinds(company, settings) == [("SLICE", "OPEN", "FAILED")]


def test_empty_slice_does_not_block(company, settings):
    enable(company, "CLOUD")
    publish(company, domain="CLOUD")
    refresh(company)
    assert kinds(company, settings) == []


def test_domain_that_is_not_available_yet_does_not_block(company, settings):
    enable(company, "AUDIT", month=FEBRUARY)
    assert kinds(company, settings) == []


def test_undecided_quarantine_blocks_and_a_decided_one_does_not(company, settings):
    ask(company, SET_ASIDE, 3, "{}")
    assert kinds(company, settings) == [("QUARANTINE", "OPEN", "open/2024-01.csv")]
    reject_all(company)
    assert kinds(company, settings) == []


def test_a_decided_line_that_waits_for_a_run_blocks_as_a_kind_of_its_own(company, settings):
    ask(company, SET_ASIDE, 3, "{}")
    with company.connect("finops_admin") as connection:
        ids = [one.quarantine_id for one in decisions.lines(connection)]
        decisions.accept(connection, ids, person="ada", reason="agreed")
        (found,) = closing.blockers(connection, settings, JANUARY, Period(2030, 1))
    assert (found.blocker, str(found)) == (
        "QUARANTINE_DECIDED",
        "OPEN has 1 decided line of open/2024-01.csv waiting for a run; finops run 2024-01 --domain OPEN",
    )


def test_line_without_a_price_in_the_default_view_blocks(company, settings):
    publish(company, line(), line(product_id="new", quantity=Decimal(1)), domain="CLOUD")
    refresh(company)
    assert kinds(company, settings) == [("UNPRICED", "CLOUD", "new"), ("UNPRICED", "CLOUD", "vm-small")]


def test_no_default_view_blocks(company, settings):
    ask(company, "UPDATE pricing_view SET is_default = FALSE")
    assert kinds(company, settings) == [("NO_DEFAULT_VIEW", None, None)]


def test_stale_mart_blocks(company, settings):
    publish(company, line(quantity=Decimal(11)), domain="CLOUD")
    assert ("STALE_MARTS", "CLOUD", None) in kinds(company, settings)


def test_restated_driver_blocks(company, settings):
    publish(company, weight("a", "1"), domain="SUPPORT", drivers={"OPEN": 1})
    publish(company, line(quantity=Decimal(11)))
    refresh(company)
    assert kinds(company, settings) == [("DRIVER", "SUPPORT", "OPEN")]


def test_every_blocker_is_told_at_once_with_what_to_do(company, settings):
    enable(company, "AUDIT")
    publish(company, line(), domain="CLOUD")
    with pytest.raises(MonthBlocked) as blocked:
        close(company, settings)
    assert str(blocked.value).splitlines() == [
        "2024-01 cannot be closed (3):",
        "  - AUDIT is MISSING; deliver its source and run it: finops run 2024-01 --domain AUDIT",
        "  - CLOUD has 1 line of vm-small without a price in the default pricing view; finops price import a price "
        "that takes effect in or before 2024-01",
        "  - the marts do not show CLOUD as it is now; finops refresh",
    ]
    assert ask(company, "SELECT FROM period_close") == ask(company, "SELECT FROM statement") == []


def test_blockers_that_the_database_knows_are_all_told():
    text = (CHECKOUT / "sql/repeatable/60_closing.sql").read_text("utf-8")
    function = text.partition("FUNCTION close_blockers(")[2].partition("\n$$;")[0]
    assert set(re.findall(r"SELECT (?:DISTINCT )?'([A-Z_]+)',", function)) == set(closing._TOLD)


# In order


def test_months_close_in_order(company, settings):
    load(company, FEBRUARY)
    assert kinds(company, settings, FEBRUARY)[0] == ("EARLIER_MONTH", None, "2024-01")
    close(company, settings)
    assert ("EARLIER_MONTH", None, "2024-01") not in kinds(company, settings, FEBRUARY)


def test_month_that_a_domain_never_loaded_is_an_earlier_open_one(company, settings):
    close(company, settings)
    march = FEBRUARY.next
    load(company, march)
    assert kinds(company, settings, march)[0] == ("EARLIER_MONTH", None, "2024-02")


def test_no_month_appears_before_a_closed_one(company, settings):
    enable(company, "CLOUD", month=JANUARY.shift(-2))
    publish(company, domain="CLOUD", month=JANUARY)
    refresh(company)
    ask(company, "UPDATE dim_domain SET available_from = '2024-01-01' WHERE domain_id = 'CLOUD'")
    close(company, settings)
    ask(company, "UPDATE dim_domain SET available_from = '2023-11-01' WHERE domain_id = 'CLOUD'")
    with pytest.raises(MartRefused, match="2023-12 is before a closed one"):
        publish(company, line(), domain="CLOUD", month=JANUARY.previous)


def test_only_the_last_closed_month_is_reopened(company, settings, tmp_path):
    price(company, tmp_path, "100.01", "*", "SUPPORT", effective_from="2024-02")
    load(company, FEBRUARY)
    close(company, settings)
    close(company, settings, FEBRUARY)
    with pytest.raises(MartRefused, match="2024-02 is closed after 2024-01"):
        reopen(company)
    reopen(company, FEBRUARY)
    reopen(company)
    assert {row["status"] for row in ask(company, "SELECT status FROM period")} == {"OPEN"}


def test_open_month_is_not_reopened(company):
    with pytest.raises(MartRefused, match="2024-01 is not closed"):
        reopen(company)


@pytest.mark.parametrize(("person", "reason"), [("ada", " "), ("ada", "")])
def test_reopening_needs_a_reason(company, settings, person, reason):
    close(company, settings)
    with pytest.raises(MartRefused, match="needs a person and a reason"):
        reopen(company, person=person, reason=reason)


def test_reopening_needs_a_person(company, settings):
    close(company, settings)
    with pytest.raises(SettingsError, match="say who acts"):
        reopen(company, person=" ")


def test_reopened_month_takes_slices_and_prices_again(company, settings, tmp_path):
    close(company, settings)
    reopen(company)
    assert publish(company, line(quantity=Decimal(12))).outcome == "LOADED"
    assert price(company, tmp_path, "0.4") == 1


# Invoices


def test_invoice_that_differs_blocks_only_when_told_so(company, settings):
    invoice = "SELECT record_invoice('2024-01-01', 'OPEN', 'internal', %s, 'EUR', 'F-1', 'ada')"
    ask(company, invoice, Decimal("10.01"))
    strict = replace(settings, reconciliation_blocks_close=True)
    assert kinds(company, settings) == []
    assert kinds(company, strict) == [("INVOICE", "OPEN", "0.02 EUR in internal")]
    ask(company, invoice, Decimal("10.00"))
    assert kinds(company, strict) == []
