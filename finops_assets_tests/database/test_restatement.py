"""Restatement: every published version is kept as it was, and two of them differ by exactly what is told."""

from __future__ import annotations

import random
from decimal import Decimal
from itertools import product
from uuid import uuid4

import pytest

from finops_assets import contract
from finops_assets.domains import discover
from finops_assets.errors import MartRefused
from finops_assets.money import EXACT
from finops_assets.postgres.connection import Mart
from finops_assets.pricing import price_books
from finops_assets.slices import changes
from finops_assets.slices.restatement import Restatement, Version, restatement, versions
from finops_assets.sources import SourceFile
from finops_assets_tests.factories import JANUARY, ask, line, lines, price, price_view, publish, refresh, weight

VIEWS = ("internal", "listed")
PRICES = {"vm-small": "0.123456789012", "vm-big": "7.000000000001"}


def moved(mart: Mart, *pair: int, domain: str = "OPEN") -> Restatement:
    with mart.connect("finops_api") as connection:
        return restatement(connection, domain, JANUARY, *pair)


def listed(mart: Mart, domain: str = "OPEN") -> list[Version]:
    with mart.connect("finops_api") as connection:
        return versions(connection, domain, JANUARY)


@pytest.fixture
def priced(mart: Mart, tmp_path) -> Mart:
    """Two published views in which vm-small and vm-big have a price and nothing else does."""
    for view in VIEWS:
        price_view(mart, tmp_path, view)
        for name, amount in PRICES.items():
            price(mart, tmp_path, amount, name, pricing_view_id=view)
    return mart


@pytest.fixture
def twice(priced: Mart) -> Mart:
    """Billing and portal; then billing uses one more, portal is gone, and search has come."""
    file = SourceFile("open/2024-01.csv", "ab" * 32, 120, 3)
    publish(priced, line(), line(application_id="portal", quantity=Decimal(5)), line(application_id="same"))
    publish(
        priced,
        line(quantity=Decimal(11)),
        line(application_id="search", product_id="vm-big", quantity=Decimal("0.000000000001")),
        line(application_id="same"),
        files=[file],
    )
    return priced


def test_lines_added_removed_and_changed_are_told(twice):
    found = moved(twice)
    rows = [(row["change"], row["application"], row["before"], row["after"]) for row in changes.told(found.lines)]
    assert rows == [
        ("changed", "billing", "10.00", "11.00"),
        ("removed", "portal", "5.00", None),
        ("added", "search", None, "0.000000000001"),
    ]


def test_money_is_told_per_view_and_application_to_the_last_digit(twice):
    found = moved(twice)
    by_application = {
        view: {one.application_id: one.move.moved for one in found.applications if one.move.pricing_view_id == view}
        for view in VIEWS
    }
    expected = {
        "billing": Decimal("0.123456789012"),
        "portal": Decimal("-0.617283945060"),
        "search": Decimal("0.000000000007000000000001"),
    }
    assert by_application == dict.fromkeys(VIEWS, expected)


def test_money_moved_is_the_difference_of_what_the_marts_showed(priced):
    total = "SELECT cost FROM mv_cost_domain_month WHERE pricing_view_id = 'internal'"
    shown = []
    for quantity in ("10.000000000001", "123456789.999999999999"):
        publish(priced, line(quantity=Decimal(quantity)), line(application_id="other", product_id="vm-big"))
        refresh(priced)
        shown.append(ask(priced, total)[0]["cost"])
    [in_default, _] = moved(priced).totals
    assert (in_default.before, in_default.after) == tuple(shown)
    assert in_default.moved == EXACT.subtract(shown[1], shown[0])


def test_both_versions_are_priced_with_the_prices_in_force_now(twice, tmp_path):
    price(twice, tmp_path, "100")
    in_default = moved(twice).totals[0]
    assert (in_default.before, in_default.after) == (
        Decimal("2500"),
        Decimal("2100") + Decimal("0.000000000007000000000001"),
    )


def test_lines_without_a_price_are_counted_on_each_side(priced):
    publish(priced, line(product_id="new"), line(application_id="portal", product_id="new"))
    publish(priced, line(product_id="new"))
    found = moved(priced)
    assert {(move.unpriced_before, move.unpriced_after, move.moved) for move in found.totals} == {(2, 1, None)}
    assert {one.application_id for one in found.applications} == {"portal"}


def test_a_draft_view_prices_nothing(twice):
    with twice.connect("finops_admin") as connection:
        price_books.add_draft(connection, "tried", based_on="internal")
    assert [move.pricing_view_id for move in moved(twice).totals] == list(VIEWS)


def test_an_indirect_domain_moves_its_amount_between_applications(priced, tmp_path):
    price(priced, tmp_path, "-300.03", "*", "SUPPORT")
    publish(priced, weight("billing", "1"), domain="SUPPORT")
    publish(priced, weight("billing", "0.25"), weight("portal", "0.75", "3"), domain="SUPPORT")
    found = moved(priced, domain="SUPPORT")
    in_internal = [one for one in found.applications if one.move.pricing_view_id == "internal"]
    assert {one.application_id: one.move.moved for one in in_internal} == {
        "billing": Decimal("225.0225"),
        "portal": Decimal("-225.0225"),
    }
    assert found.totals[0].moved == 0


def test_versions_are_listed_with_run_rows_sum_time_and_files(mart):
    run, file = uuid4(), SourceFile("open/2024-01.csv", "ab" * 32, 120, 3)
    publish(mart, line(), line(application_id="portal", quantity=Decimal("0.5")), run=run, files=[file])
    publish(mart)
    first, second = listed(mart)
    assert (first.version, first.run_id, first.row_count, first.sum_quantity) == (1, run, 2, Decimal("10.5"))
    assert first.files == (file,)
    assert (second.version, second.row_count, second.files) == (2, 0, ())
    assert first.published_at < second.published_at


def test_a_slice_that_was_emptied_lost_every_line(twice):
    publish(twice)
    found = moved(twice)
    assert [row["change"] for row in changes.told(found.lines)] == ["removed"] * 3
    assert [move.after for move in found.totals] == [None, None]


@pytest.mark.parametrize(
    ("pair", "told"),
    [
        ((None, 7), "has no version 7: there is 1, 2"),
        ((9,), "has no version 9: there is 1, 2"),
        ((None, 1), "version 1 is the first: there is nothing before it"),
    ],
)
def test_a_version_that_is_not_there_is_refused(twice, pair, told):
    with pytest.raises(MartRefused, match=told):
        moved(twice, *pair)


def test_a_slice_that_was_never_published_is_refused(mart):
    with pytest.raises(MartRefused, match="OPEN 2024-01 has no version"):
        moved(mart)


def test_a_version_that_is_replaced_while_it_is_read_stays_what_it_was(twice):
    with twice.connect("finops_api") as reader, reader.transaction():
        reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        before = restatement(reader, "OPEN", JANUARY, 1, 2)
        publish(twice, line(quantity=Decimal(99)))
        again = restatement(reader, "OPEN", JANUARY, 1, 2)
    assert again.lines.equals(before.lines)
    assert moved(twice, 1, 2).lines.equals(before.lines)


def some_lines(chance: random.Random) -> dict[tuple[str, str], Decimal]:
    """A few lines by (application, product); keys and quantities come again, so that versions have much in common."""
    keys = product(["a", "b", "ü", "z z"], ["vm-small", "vm-big", "unpriced"])
    quantities = ["1", "0.000000000001", "123456789012345678.123456789012", f"{chance.randrange(10**6)}.5"]
    return {key: Decimal(chance.choice(quantities)) for key in keys if chance.random() < 0.4}


def applied(before: dict, found: Restatement) -> dict:
    after = dict(before)
    for row in found.lines.to_pylist():
        key = (row["application_id"], row["product_id"])
        if row["change"] == "added":
            assert key not in after
        else:
            assert after.pop(key) == row["quantity_before"]
        if row["change"] != "removed":
            after[key] = row["quantity_after"]
    return after


def cost(version: dict, application: str | None = None) -> Decimal:
    """What has a price of a version, or of one application of it, computed a second way."""
    total = Decimal(0)
    for (of, name), quantity in version.items():
        if application in (None, of):
            total = EXACT.add(total, EXACT.multiply(quantity, Decimal(PRICES.get(name, "0"))))
    return total


@pytest.mark.parametrize("seed", range(3))
def test_any_two_versions_of_a_random_history_differ_by_what_is_told(priced, seed):
    chance = random.Random(seed)
    history = [some_lines(chance) for _ in range(6)]
    for version in history:
        rows = [line(application_id=a, product_id=p, quantity=quantity) for (a, p), quantity in version.items()]
        publish(priced, *rows)
    published = [version for place, version in enumerate(history) if place == 0 or version != history[place - 1]]
    assert len(listed(priced)) == len(published)
    for (a, before), (b, after) in product(enumerate(published, 1), repeat=2):
        found = moved(priced, a, b)
        assert applied(before, found) == after
        assert (len(found.lines) == 0) == (before == after)
        for view in VIEWS:
            parts = [one for one in found.applications if one.move.pricing_view_id == view]
            assert all(
                one.move.moved
                in (EXACT.subtract(cost(after, one.application_id), cost(before, one.application_id)), None)
                for one in parts
            )
            total = Decimal(0)
            for one in parts:
                total = EXACT.add(total, one.move.moved or Decimal(0))
            assert total == EXACT.subtract(cost(after), cost(before))
            assert [move.moved or 0 for move in found.totals if move.pricing_view_id == view] in ([total], [])


def test_every_version_hashes_to_its_ledger_entry_replaced_or_not(mart):
    plugin = discover()["OPEN"]
    history = [[line(), line(application_id="ü", product_id="vm 2")], [], [line(quantity=Decimal("1e-12"))]]
    for rows in history:
        publish(mart, *rows)
    hashes = ask(
        mart,
        "SELECT content_sha256, slice_version_hash(period_month, domain_id, version) AS again "
        "FROM slice_version ORDER BY version",
        role="finops_api",
    )
    sent = [
        contract.content_hash(contract.canonical(contract.check(plugin.domain, JANUARY, lines(*rows))))
        for rows in history
    ]
    assert [(row["content_sha256"], row["again"]) for row in hashes] == [(one, one) for one in sent]


def test_reading_a_version_reads_one_leaf(twice):
    publish(twice, line(), month=JANUARY.next)
    plan = ask(twice, "EXPLAIN SELECT * FROM slice_lines('2024-01-01', 'OPEN', 2)")
    text = "\n".join(row["QUERY PLAN"] for row in plan)
    assert "fact_2024_01_open" in text
    assert "fact_2024_02_open" not in text
