"""A dry run tells what the run would do, to the last digit, and writes nothing at all."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pandas as pd
import psycopg
import pytest
from psycopg import IsolationLevel, sql

from finops_assets import catalog, slices
from finops_assets.contract import check, frame
from finops_assets.domains import discover
from finops_assets.errors import ContractBroken, DomainError, MartRefused, ServerError
from finops_assets.postgres.connection import Mart
from finops_assets.provider_bill import PRICES
from finops_assets.slices import dry_run, facts
from finops_assets.slices.changes import Change, Verdict
from finops_assets_tests.factories import (
    JANUARY,
    ask,
    force_closed,
    line,
    lines,
    price,
    price_view,
    publish,
    refresh,
    run,
    weight,
    write_csv,
)

FEBRUARY = JANUARY.next
SUMMER = JANUARY.shift(5)
RELATIONS = """
SELECT relname FROM pg_class
WHERE relnamespace = 'finops'::REGNAMESPACE AND relkind IN ('r', 'm')
ORDER BY relname
"""
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'finops'"
CONTENT = (
    "SELECT count(*) AS rows, md5(coalesce(string_agg(t::TEXT, E'\\n' ORDER BY t::TEXT), '')) AS md5 FROM finops.{} t"
)
# a price list that keeps count of who asks
WRITING_PRICES = """
CREATE OR REPLACE FUNCTION finops.prices_in_force(month DATE, domain TEXT)
RETURNS TABLE (pricing_view_id TEXT, product_id TEXT, unit_price NUMERIC, price_id BIGINT)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = finops, pg_temp AS $$
  INSERT INTO dim_application (application_id, application_label) VALUES ('counted', 'counted');
  SELECT 'internal', '*', 1::NUMERIC, 1::BIGINT
$$
"""
PLUGINS = discover()


def state(mart: Mart) -> dict[str, tuple[int, str]]:
    """Every table, materialized view and sequence of the schema: how many rows, and the hash of what they say."""
    with mart.connect("") as connection:
        names = [row["relname"] for row in connection.execute(RELATIONS)]
        found = {}
        for name in names:
            row = connection.execute(sql.SQL(CONTENT).format(sql.Identifier(name))).fetchone()
            found[name] = (row["rows"], row["md5"])
        return found | {row["sequencename"]: (row["last_value"], "") for row in connection.execute(SEQUENCES)}


def usage(settings, *rows: tuple[str, str, str], month=JANUARY) -> None:
    columns = ("application_id", "product_id", "quantity", "metric")
    written = [dict(zip(columns, (*row, "CPU"), strict=True)) for row in rows]
    write_csv(settings.sources / "open" / f"{month}.csv", written)


def rehearse(mart, settings, *domain_ids: str, months=(JANUARY,), current=SUMMER) -> list[Change]:
    plugins = slices.ordered(PLUGINS, domain_ids or ["OPEN"])
    return list(dry_run.rehearse(mart, settings, plugins, months, current))


def preview(mart, *rows, domain="OPEN", month=JANUARY, **more) -> Change:
    """What publishing rows as a slice would do, in a snapshot that cannot be written in."""
    plugin = PLUGINS[domain]
    publication = facts.Publication(plugin.domain, month, uuid4(), check(plugin.domain, month, lines(*rows)), **more)
    with mart.connect("finops_batch") as connection:
        connection.isolation_level, connection.read_only = IsolationLevel.REPEATABLE_READ, True
        with connection.transaction():
            return dry_run.preview(connection, publication)


def told(change: Change) -> list[tuple]:
    return [
        (row["change"], row["application_id"], row["product_id"], row["quantity_before"], row["quantity_after"])
        for row in change.lines.to_pylist()
    ]


def moves(change: Change) -> dict[str, tuple]:
    return {
        move.pricing_view_id: (move.before, move.after, move.moved, move.unpriced_before, move.unpriced_after)
        for move in change.moves
    }


def bill(*prices: tuple[str, str, str, str]) -> pd.DataFrame:
    """Prices of a provider: cost, currency, product, price."""
    rows = [(cost, currency, product, Decimal(price)) for cost, currency, product, price in prices]
    return frame([dict(zip(PRICES.names, row, strict=True)) for row in rows], PRICES)


# Nothing is written


@pytest.fixture
def company(mart, settings, tmp_path):
    """Published slices of several domains, prices, marts, a quarantined line, and files that say something else."""
    price_view(mart, tmp_path)
    price(mart, tmp_path, "2")
    price(mart, tmp_path, "1000", product="*", domain="SUPPORT")
    usage(settings, ("billing", "vm-small", "10"), ("portal", "vm-small", "-1"))
    run(mart, settings)
    run(mart, settings, "SUPPORT")
    refresh(mart)
    usage(settings, ("billing", "vm-small", "11"), ("new-one", "vm-new", "3"), ("portal", "vm-small", "-2"))
    usage(settings, ("billing", "vm-small", "1"), month=FEBRUARY)
    (settings.sources / "licences").mkdir()
    (settings.sources / "licences" / "2024-01.csv").write_text("application_id,coefficient\nbilling,x\n")


def test_nothing_at_all_is_written(company, mart, settings):
    before = state(mart)
    found = rehearse(mart, settings, *PLUGINS, months=(JANUARY, FEBRUARY, JANUARY.shift(2)))
    assert {change.verdict for change in found} >= {Verdict.LOADED, Verdict.REFUSED, Verdict.MISSING, Verdict.UNKNOWN}
    assert state(mart) == before
    assert before["slice_run"][0] == 2
    assert before["quarantine_line"][0] == 1


def test_the_state_sees_every_write(company, mart, settings):
    before = state(mart)
    run(mart, settings)
    after = state(mart)
    assert {name for name in after if after[name] != before.get(name)} >= {
        "fact_2024_01_open",
        "fact_archive",
        "slice_run",
        "slice_version",
        "quarantine_line",
        "dim_product",
    }


def test_the_database_itself_refuses_a_write_in_a_dry_run(mart, settings, tmp_path):
    usage(settings, ("billing", "vm-small", "10"))
    price_view(mart, tmp_path)
    ask(mart, WRITING_PRICES)
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        rehearse(mart, settings)


# What it tells is what the run does


def test_lines_added_removed_and_changed_are_told_one_by_one(mart):
    publish(mart, line(), line(application_id="portal"), line(product_id="vm-large", family_id="big"))
    change = preview(
        mart, line(quantity=Decimal("10.000000000001")), line(product_id="vm-large"), line(application_id="new")
    )
    assert told(change) == [
        ("changed", "billing", "vm-large", 10, 10),
        ("changed", "billing", "vm-small", 10, Decimal("10.000000000001")),
        ("added", "new", "vm-small", None, 10),
        ("removed", "portal", "vm-small", 10, None),
    ]
    assert change.lines.select(["family_id_before", "family_id_after"]).to_pylist()[0] == {
        "family_id_before": "big",
        "family_id_after": "compute",
    }
    assert [change.added, change.removed, change.changed] == [1, 1, 2]
    assert (change.verdict, change.version, change.lines_before, change.lines_after) == (Verdict.LOADED, 1, 3, 3)


def test_weights_are_compared_though_they_have_no_product(mart):
    publish(mart, weight("a", "0.5"), weight("b", "0.5"), domain="SUPPORT")
    change = preview(mart, weight("a", "0.25"), weight("b", "0.75"), domain="SUPPORT")
    assert told(change) == [
        ("changed", "a", "", Decimal("0.5"), Decimal("0.25")),
        ("changed", "b", "", Decimal("0.5"), Decimal("0.75")),
    ]


def test_the_same_lines_in_another_order_change_nothing(mart):
    publish(mart, line(), line(application_id="portal"))
    change = preview(mart, line(application_id="portal"), line())
    assert (change.verdict, change.reason, len(change.lines)) == (Verdict.UNCHANGED, None, 0)


def test_no_line_empties_the_slice(mart, tmp_path):
    price_view(mart, tmp_path)
    price(mart, tmp_path, "2")
    publish(mart, line())
    change = preview(mart)
    assert (change.verdict, told(change)) == (Verdict.EMPTY, [("removed", "billing", "vm-small", 10, None)])
    assert moves(change) == {"internal": (20, None, -20, 0, 0)}
    publish(mart)
    assert preview(mart).verdict is Verdict.UNCHANGED


def test_a_line_without_a_price_is_counted_and_not_zero(mart, tmp_path):
    price_view(mart, tmp_path)
    publish(mart, line())
    assert moves(preview(mart, line(), line(application_id="b"))) == {"internal": (None, None, None, 1, 2)}
    price(mart, tmp_path, "0")
    assert moves(preview(mart, line(), line(product_id="new"))) == {"internal": (0, 0, 0, 0, 1)}


def test_prices_are_those_of_the_month_and_the_domain(mart, tmp_path):
    price_view(mart, tmp_path)
    price(mart, tmp_path, "2")
    price(mart, tmp_path, "3", effective_from="2024-03")
    price(mart, tmp_path, "7", domain="CLOUD")
    price(mart, tmp_path, "500", product="*", domain="SUPPORT", effective_from="2024-02")
    assert moves(preview(mart, line(), month=FEBRUARY))["internal"][1] == 20
    assert moves(preview(mart, line(), month=JANUARY.shift(2)))["internal"][1] == 30
    half = [weight("a", "0.5"), weight("b", "0.5")]
    assert moves(preview(mart, *half, domain="SUPPORT", month=FEBRUARY))["internal"][1] == 500
    assert moves(preview(mart, *half, domain="SUPPORT", month=JANUARY.shift(2)))["internal"][1:] == (None, None, 0, 2)


def test_a_bill_is_priced_by_its_own_prices_as_they_would_be_published(mart, tmp_path):
    price_view(mart, tmp_path, focus_cost="BilledCost")
    price_view(mart, tmp_path, "listed", focus_cost="ListCost")
    price_view(mart, tmp_path, "other")
    stood = bill(("BilledCost", "EUR", "vm-small", "1"), ("ListCost", "EUR", "vm-small", "5"))
    publish(mart, line(), domain="CLOUD", prices=stood)
    price(mart, tmp_path, "9", domain="CLOUD", pricing_view_id="other")
    restated = bill(("BilledCost", "EUR", "vm-small", "1.5"), ("EffectiveCost", "EUR", "vm-small", "77"))
    change = preview(mart, line(), domain="CLOUD", prices=restated)
    # the lines stand as they are, and yet the month would cost something else
    assert change.verdict is Verdict.UNCHANGED
    assert moves(change) == {
        "internal": (10, 15, 5, 0, 0),
        "listed": (50, 50, 0, 0, 0),
        "other": (90, 90, 0, 0, 0),
    }


@pytest.mark.parametrize("seed", range(4))
def test_a_run_does_what_its_dry_run_told_to_the_last_digit(mart, tmp_path, seed):
    chance = random.Random(seed)
    for view, cost in (("internal", ""), ("billed", "BilledCost"), ("listed", "ListCost")):
        price_view(mart, tmp_path, view, focus_cost=cost)
    for _ in range(6):
        offered = [
            line(application_id=application, product_id=product, quantity=some_number(chance))
            for application in "abcd"
            for product in ("p", "q", "r", "s")
            if chance.random() < 0.5
        ]
        prices = None
        if chance.random() < 0.5:
            costs = [("BilledCost", "EUR", p, f"{some_number(chance):f}") for p in "pqr" if chance.random() < 0.7]
            prices = bill(*costs)
        else:
            product = chance.choice("pqrs*")
            price(
                mart, tmp_path, f"{some_number(chance):f}", domain="CLOUD", product=product, pricing_view_id="internal"
            )
        assert_foretold(mart, offered, prices)


def assert_foretold(mart: Mart, offered: list[dict], prices: pd.DataFrame | None) -> None:
    before = standing_costs(mart)
    change = preview(mart, *offered, domain="CLOUD", prices=prices)
    published = publish(mart, *offered, domain="CLOUD", prices=prices)
    after = standing_costs(mart)
    assert change.verdict.value == published.outcome.value
    assert change.lines_after == published.row_count
    told_moves = moves(change)
    assert {view: (move[0], move[3]) for view, move in told_moves.items()} == before
    assert {view: (move[1], move[4]) for view, move in told_moves.items()} == after


def standing_costs(mart: Mart) -> dict[str, tuple[Decimal | None, int]]:
    """Cost and unpriced lines of CLOUD in January by view, as the refreshed marts show them; or nothing."""
    refresh(mart)
    shown = ask(
        mart, "SELECT pricing_view_id, cost, unpriced_count FROM mv_cost_domain_month WHERE domain_id = 'CLOUD'"
    )
    views = {row["pricing_view_id"]: (None, 0) for row in ask(mart, "SELECT pricing_view_id FROM pricing_view")}
    return views | {row["pricing_view_id"]: (row["cost"], row["unpriced_count"]) for row in shown}


def some_number(chance: random.Random) -> Decimal:
    return Decimal(chance.randrange(10 ** chance.choice((3, 15, 24)))).scaleb(-12)


# What it refuses is what the run refuses, in the same words


def closed(mart, tmp_path):
    publish(mart, line())
    force_closed(mart, JANUARY)
    return {"rows": [line(quantity=1)], "version": 1}


def closed_and_the_same(mart, tmp_path):
    return closed(mart, tmp_path) | {"rows": [line()]}


def too_early(mart, tmp_path):
    with mart.connect("finops_admin") as connection:
        catalog.set_enabled(connection, "OPEN", is_enabled=True, available_from=JANUARY.shift(5))
    return {"rows": [line()], "version": None}


def another_metric(mart, tmp_path):
    publish(mart, line())
    return {"rows": [line(consumption_metric="GB")], "version": 1}


def two_metrics_of_a_new_product(mart, tmp_path):
    return {"rows": [line(), line(application_id="b", consumption_metric="GB")], "version": None}


def a_foreign_bill(mart, tmp_path):
    price_view(mart, tmp_path, focus_cost="BilledCost")
    prices = bill(("BilledCost", "USD", "vm-small", "1"))
    return {"rows": [line()], "prices": prices, "version": None}


def before_a_closed_month(mart, tmp_path):
    publish(mart, line(), month=FEBRUARY)
    force_closed(mart, FEBRUARY)
    return {"rows": [line()], "version": None}


def a_price_before_a_closed_month(mart, tmp_path):
    price_view(mart, tmp_path, focus_cost="BilledCost")
    ask(mart, "INSERT INTO period VALUES ('2024-01-01')")
    publish(mart, line(), month=FEBRUARY)
    force_closed(mart, FEBRUARY)
    return {"rows": [line()], "prices": bill(("BilledCost", "EUR", "vm-small", "1")), "version": None}


@pytest.mark.parametrize(
    "arrange",
    [
        closed,
        closed_and_the_same,
        too_early,
        another_metric,
        two_metrics_of_a_new_product,
        a_foreign_bill,
        before_a_closed_month,
        a_price_before_a_closed_month,
    ],
)
def test_what_publishing_refuses_is_told_in_its_words(mart, tmp_path, arrange):
    arranged = arrange(mart, tmp_path)
    rows, version = arranged.pop("rows"), arranged.pop("version")
    change = preview(mart, *rows, **arranged)
    with pytest.raises((MartRefused, ContractBroken)) as refused:
        publish(mart, *rows, **arranged)
    assert (change.verdict, change.reason, change.version) == (Verdict.REFUSED, str(refused.value), version)
    assert change.would_fail


def test_a_bill_that_says_nothing_new_may_precede_a_closed_month(mart, tmp_path):
    price_view(mart, tmp_path, focus_cost="BilledCost")
    prices = bill(("BilledCost", "EUR", "vm-small", "1"))
    publish(mart, line(), prices=prices)
    publish(mart, line(), month=FEBRUARY)
    force_closed(mart, FEBRUARY)
    assert preview(mart, line(quantity=3), prices=prices).verdict is Verdict.LOADED
    assert publish(mart, line(quantity=3), prices=prices).outcome is facts.Outcome.LOADED


def test_a_domain_that_is_not_registered_is_an_error(mart):
    stranger = replace(PLUGINS["OPEN"].domain, domain_id="STRANGER")
    publication = facts.Publication(stranger, JANUARY, uuid4(), lines(line()))
    with mart.connect("finops_batch") as connection, pytest.raises(DomainError, match="STRANGER is not registered"):
        dry_run.preview(connection, publication)


# From the sources


def test_a_file_is_read_screened_and_compared(mart, settings):
    usage(settings, ("billing", "vm-small", "10"), ("portal", "vm-small", "-1"))
    [change] = rehearse(mart, settings)
    assert (change.verdict, change.quarantined, told(change)) == (
        Verdict.LOADED,
        1,
        [("added", "billing", "vm-small", None, 10)],
    )


def test_a_refused_file_is_told_with_its_faults(mart, settings):
    usage(settings, ("billing", "vm-small", "ten"), ("", "vm-small", "1"))
    [change] = rehearse(mart, settings)
    assert (change.verdict, change.refused, change.lines) == (Verdict.REFUSED, 2, None)
    assert "2024-01.csv, line 2, column quantity: 'ten'" in change.reason


def test_a_missing_file_is_missing_of_a_past_month_and_expected_of_this_one(mart, settings):
    assert [change.verdict for change in rehearse(mart, settings)] == [Verdict.MISSING]
    [change] = rehearse(mart, settings, current=JANUARY)
    assert (change.verdict, change.would_fail) == (Verdict.EXPECTED, False)


def test_a_month_before_the_first_one_is_left_alone(mart, settings):
    too_early(mart, None)
    [change] = rehearse(mart, settings)
    assert (change.verdict, change.would_fail) == (Verdict.NOT_AVAILABLE, False)
    assert "available from 2024-06" in change.reason


def test_a_bug_in_a_domain_is_told_and_the_others_are_still_tried(mart, settings):
    def compute(period, inputs):
        raise ZeroDivisionError("a bug")

    usage(settings, ("billing", "vm-small", "10"))
    broken = replace(PLUGINS["WORKPLACE"], compute=compute)
    first, second = dry_run.rehearse(mart, settings, [broken, PLUGINS["OPEN"]], [JANUARY], FEBRUARY)
    assert (first.verdict, first.reason) == (Verdict.REFUSED, "ZeroDivisionError: a bug")
    assert second.verdict is Verdict.LOADED


def test_a_database_that_is_away_is_no_verdict_on_the_slice(settings):
    nowhere = Mart("postgresql://someone@127.0.0.1:9/finops")
    with pytest.raises(ServerError):
        rehearse(nowhere, settings)


# Drivers


def test_a_dependent_domain_is_computed_from_what_stands_of_its_driver(mart, settings):
    usage(settings, ("billing", "vm-small", "10"), ("portal", "vm-small", "10"))
    run(mart, settings)
    usage(settings, ("billing", "vm-small", "30"), ("portal", "vm-small", "10"))
    driver, change = rehearse(mart, settings, "OPEN", "SUPPORT")
    assert driver.verdict is Verdict.LOADED
    assert told(change) == [
        ("added", "billing", "", None, Decimal("0.5")),
        ("added", "portal", "", None, Decimal("0.5")),
    ]
    assert change.reason == "computed from what stands of OPEN, which the run would replace first"
    run(mart, settings)
    _, change = rehearse(mart, settings, "OPEN", "SUPPORT")
    assert (change.lines["quantity_after"].to_pylist(), change.reason) == ([Decimal("0.75"), Decimal("0.25")], None)


def test_a_domain_whose_driver_would_land_for_the_first_time_is_unknown(mart, settings):
    usage(settings, ("billing", "vm-small", "10"))
    driver, change = rehearse(mart, settings, "OPEN", "SUPPORT")
    assert (driver.verdict, change.verdict, change.would_fail) == (Verdict.LOADED, Verdict.UNKNOWN, False)


def test_a_domain_whose_driver_would_be_refused_would_be_skipped(mart, settings):
    usage(settings, ("billing", "vm-small", "10"))
    run(mart, settings)
    usage(settings, ("billing", "vm-small", "ten"))
    _, change = rehearse(mart, settings, "OPEN", "SUPPORT")
    assert change.reason == "skipped: OPEN would not land, and SUPPORT is spread by it"
    assert change.would_fail


def test_a_month_without_a_basis_is_told(mart, settings):
    (settings.sources / "open").mkdir()
    (settings.sources / "open" / "2024-01.csv").write_text("application_id,product_id,quantity\n")
    run(mart, settings)
    driver, change = rehearse(mart, settings, "OPEN", "SUPPORT")
    assert (driver.verdict, driver.is_unallocated) == (Verdict.UNCHANGED, False)
    assert (change.verdict, change.is_unallocated) == (Verdict.LOADED, True)
