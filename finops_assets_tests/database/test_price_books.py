"""Drafts, what-if, publishing, differences: what a book says, and that nothing else moves."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import pytest

from finops_assets import pricing
from finops_assets.errors import MartRefused, SettingsError, SourceRefused
from finops_assets.period import Period
from finops_assets.postgres.connection import Mart
from finops_assets.pricing import price_books, what_if
from finops_assets.pricing.editions import Edition
from finops_assets.pricing.what_if import Grain
from finops_assets_tests.factories import (
    JANUARY,
    ask,
    force_closed,
    line,
    price,
    price_view,
    publish,
    refresh,
    weight,
    write_csv,
)

FEBRUARY, MARCH = JANUARY.next, JANUARY.shift(2)
PARIS = ZoneInfo("Europe/Paris")


def row(unit_price: str, product: str = "vm-small", **changes: str) -> dict[str, str]:
    """A line of a price file for the draft."""
    return {
        "pricing_view_id": "idea",
        "domain_id": "OPEN",
        "product_id": product,
        "effective_from": "2024-02",
        "unit_price": unit_price,
    } | changes


def put(mart: Mart, folder: Path, *rows: dict[str, str], file: str = "tariff.csv", **more: bool) -> pricing.Imported:
    """Import rows as a price file."""
    with mart.connect("finops_admin") as connection:
        return pricing.import_file(connection, write_csv(folder / file, list(rows)), max_bytes=10**9, **more)


def draft(mart: Mart, based_on: str = "internal") -> None:
    with mart.connect("finops_admin") as connection:
        price_books.add_draft(connection, "idea", based_on=based_on)


def publish_draft(mart: Mart, into: str | None = None) -> price_books.PublishedDraft:
    with mart.connect("finops_admin") as connection:
        return price_books.publish_draft(connection, "idea", into=into)


def compared(mart: Mart, grain: Grain = Grain.DOMAIN, **more: object) -> dict[str | None, tuple]:
    """What-if of the draft over the three months: before, after and the unpriced lines of both, by key."""
    asked = {"view": "internal", "first": JANUARY, "last": MARCH} | more
    with mart.connect("finops_api") as connection:
        found = what_if.compare(connection, "idea", grain=grain, **asked)
    return {one.key: (one.before, one.after, one.unpriced_before, one.unpriced_after) for one in found}


def in_force(mart: Mart, view: str, month: Period) -> dict[str, Decimal]:
    with mart.connect("finops_api") as connection:
        found = price_books.lines(connection, Edition(view), month=month, domain_id="OPEN")
    return {one.product_id: one.unit_price for one in found}


@pytest.fixture
def book(mart: Mart, tmp_path: Path) -> Mart:
    """Ten CPU of vm-small for billing and five of vm-big for portal, January to March, at 2 and 3; LICENCES at 100."""
    price_view(mart, tmp_path)
    for month in (JANUARY, FEBRUARY, MARCH):
        publish(mart, line(), line(application_id="portal", product_id="vm-big", quantity=Decimal(5)), month=month)
        publish(mart, weight("billing", "0.25"), weight("portal", "0.75"), domain="LICENCES", month=month)
        price(mart, tmp_path, "100", "*", "LICENCES", effective_from=str(month))
    price(mart, tmp_path, "2", effective_from="2023-06")
    price(mart, tmp_path, "3", "vm-big", effective_from="2023-06")
    refresh(mart)
    return mart


# What a draft says


def test_a_draft_says_what_it_changes_and_its_base_the_rest(book, tmp_path):
    draft(book)
    put(book, tmp_path, row("2.5"))
    assert in_force(book, "idea", JANUARY) == {"vm-small": 2, "vm-big": 3}
    assert in_force(book, "idea", MARCH) == {"vm-small": Decimal("2.5"), "vm-big": 3}


def test_a_later_price_of_the_base_ends_the_price_of_the_draft(book, tmp_path):
    draft(book)
    put(book, tmp_path, row("2.5"))
    price(book, tmp_path, "7", effective_from="2024-03")
    assert [in_force(book, "idea", month)["vm-small"] for month in (FEBRUARY, MARCH)] == [Decimal("2.5"), 7]


def test_lines_of_a_draft_are_replaced_and_the_same_line_says_nothing_new(book, tmp_path):
    draft(book)
    put(book, tmp_path, row("2.5"), row("9", "vm-big"))
    assert [put(book, tmp_path, row(text)).new for text in ("2.50", "2.75", "2.750")] == [0, 1, 0]
    assert in_force(book, "idea", FEBRUARY) == {"vm-small": Decimal("2.75"), "vm-big": 9}
    assert ask(book, "SELECT max(revision) FROM unit_price") == [{"max": 1}]


def test_a_draft_without_a_base_has_its_own_prices_only(book, tmp_path):
    price_view(book, tmp_path, "idea", is_draft="true")
    put(book, tmp_path, row("4"))
    assert compared(book)["OPEN"] == (105, 80, 0, 4)


def test_a_draft_by_file_is_based_on_a_view_of_the_same_file(mart, tmp_path):
    view = {"pricing_view_label": "L", "currency": "EUR", "kind": "list", "is_default": "false"}
    draft_row = view | {"pricing_view_id": "a-draft", "is_draft": "true", "based_on": "z"}
    put(mart, tmp_path, draft_row, view | {"pricing_view_id": "z", "is_draft": "", "based_on": ""}, file="views.csv")
    with mart.connect("finops_api") as connection:
        assert pricing.views(connection)["a-draft"].based_on == "z"


def test_a_draft_makes_nothing_stale(book, tmp_path):
    draft(book)
    put(book, tmp_path, row("2.5"))
    assert refresh(book).slices == ()


@pytest.mark.parametrize("name", ["Idea", "internal", "", "x" * 41])
def test_a_draft_needs_a_name_of_its_own(book, name):
    with pytest.raises(MartRefused), book.connect("finops_admin") as connection:
        price_books.add_draft(connection, name, based_on="internal")
    assert ask(book, "SELECT pricing_view_id FROM pricing_view") == [{"pricing_view_id": "internal"}]


def test_a_draft_that_is_dropped_is_forgotten_and_a_published_view_is_not_dropped(book, tmp_path):
    draft(book)
    put(book, tmp_path, row("2.5"))
    with book.connect("finops_admin") as connection:
        assert price_books.drop_draft(connection, "idea") == 1
        assert list(pricing.views(connection)) == ["internal"]
        with pytest.raises(MartRefused, match="internal is published: only a draft"):
            price_books.drop_draft(connection, "internal")


# What-if


def test_what_if_prices_the_same_quantities_in_both_books(book, tmp_path):
    draft(book)
    put(book, tmp_path, row("2.5"), row("150", "*", domain_id="LICENCES", effective_from="2024-03"))
    assert compared(book) == {"OPEN": (105, 115, 0, 0), "LICENCES": (300, 350, 0, 0)}
    assert compared(book, Grain.APPLICATION) == {
        "billing": (135, Decimal("157.5"), 0, 0),
        "portal": (270, Decimal("307.5"), 0, 0),
    }
    assert compared(book, Grain.PRODUCT) == {
        "vm-small": (60, 70, 0, 0),
        "vm-big": (45, 45, 0, 0),
        None: (300, 350, 0, 0),
    }
    assert compared(book, Grain.MONTH) == {
        "2024-01": (135, 135, 0, 0),
        "2024-02": (135, 140, 0, 0),
        "2024-03": (135, 190, 0, 0),
    }


def test_what_if_of_some_months_and_domains(book, tmp_path):
    draft(book)
    put(book, tmp_path, row("2.5"))
    assert compared(book, first=FEBRUARY, last=FEBRUARY, domains=["OPEN"]) == {"OPEN": (35, 40, 0, 0)}
    assert compared(book, Grain.APPLICATION, domains=["LICENCES"]) == {
        "billing": (75, 75, 0, 0),
        "portal": (225, 225, 0, 0),
    }


def test_what_if_counts_lines_without_a_price_on_either_side(book, tmp_path):
    publish(book, line(), line(product_id="new", quantity=Decimal(8)), month=MARCH)
    draft(book)
    put(book, tmp_path, row("4", "new"))
    assert compared(book, first=MARCH)["OPEN"] == (20, 52, 1, 0)
    assert compared(book, Grain.PRODUCT, first=MARCH)["new"] == (None, 32, 1, 0)


@pytest.mark.parametrize("grain", list(Grain))
def test_what_if_of_a_view_against_itself_moves_nothing(book, grain):
    with book.connect("finops_api") as connection:
        found = what_if.compare(connection, "internal", view="internal", first=JANUARY, last=MARCH, grain=grain)
    assert {one.moved for one in found} == {0}
    assert what_if.total(found).before == 405


def test_what_if_leaves_every_mart_untouched(book, tmp_path):
    draft(book)
    put(book, tmp_path, row("2.5"))
    tables = ("cost_app_month", "cost_product_month", "cost_family_month", "mart_slice", "mart_state")
    before = [ask(book, f"SELECT xmin::TEXT, ctid::TEXT, * FROM {table}") for table in tables]  # noqa: S608
    for grain in Grain:
        compared(book, grain)
    assert [ask(book, f"SELECT xmin::TEXT, ctid::TEXT, * FROM {table}") for table in tables] == before  # noqa: S608


def test_what_if_shows_facts_that_the_marts_do_not_show_yet(book, tmp_path):
    draft(book)
    publish(book, line(quantity=Decimal(1000)), month=MARCH)
    assert compared(book, first=MARCH)["OPEN"] == (2000, 2000, 0, 0)


def test_what_if_of_two_currencies_is_refused(book, tmp_path):
    price_view(book, tmp_path, "dollar", currency="USD")
    told = "internal is in EUR and dollar in USD: currencies are never converted"
    with pytest.raises(MartRefused, match=told), book.connect("finops_api") as connection:
        what_if.compare(connection, "dollar", view="internal", first=JANUARY, last=MARCH)


def test_what_if_of_months_that_end_before_they_begin_is_refused(book):
    with pytest.raises(SettingsError, match="2024-03 to 2024-01"), book.connect("finops_api") as connection:
        what_if.compare(connection, "internal", view="internal", first=MARCH, last=JANUARY)


# Publishing a draft


def costs(mart: Mart, view: str = "internal") -> dict[tuple, Decimal | None]:
    statement = "SELECT period_month, domain_id, application_id, cost FROM mv_cost_app_month WHERE pricing_view_id = %s"
    return {tuple(found.values())[:3]: found["cost"] for found in ask(mart, statement, view)}


def test_publishing_into_its_base_moves_the_marts_by_what_was_said_and_nothing_else(book, tmp_path):
    draft(book)
    put(book, tmp_path, row("2.5"), row("150", "*", domain_id="LICENCES", effective_from="2024-03"))
    said = {key: after for key, (_, after, _, _) in compared(book, Grain.APPLICATION).items()}
    shown = "SELECT period_month, domain_id, refreshed_at FROM mart_slice"
    before = {tuple(found.values())[:2]: found["refreshed_at"] for found in ask(book, shown)}
    assert publish_draft(book, "internal") == price_books.PublishedDraft("internal", 2, 2)
    again = refresh(book)
    assert set(again.slices) == {
        (FEBRUARY.first_day, "OPEN"),
        (MARCH.first_day, "OPEN"),
        (MARCH.first_day, "LICENCES"),
    }
    assert len(again.slice_seconds) == 3
    assert 0 < sum(again.slice_seconds) < again.seconds
    after = {tuple(found.values())[:2]: found["refreshed_at"] for found in ask(book, shown)}
    assert {key for key in after if after[key] != before[key]} == set(again.slices)
    moved = costs(book)
    for application, amount in said.items():
        assert sum(cost for (_, _, who), cost in moved.items() if who == application) == amount
    assert ask(book, "SELECT * FROM pricing_view WHERE is_draft") == []


def test_publishing_as_a_view_of_its_own_takes_the_base_along(book, tmp_path):
    draft(book)
    put(book, tmp_path, row("2.5"))
    said = compared(book, Grain.APPLICATION)
    assert publish_draft(book) == price_books.PublishedDraft("idea", 6, 6)
    assert len(refresh(book).slices) == 6
    shown = costs(book, "idea")
    for application, (_, amount, _, _) in said.items():
        assert sum(cost for (_, _, who), cost in shown.items() if who == application) == amount
    # the base goes its own way from here
    price(book, tmp_path, "50", effective_from="2024-03")
    assert in_force(book, "idea", MARCH)["vm-small"] == Decimal("2.5")


def test_a_price_says_where_it_was_drafted(book, tmp_path):
    draft(book)
    put(book, tmp_path, row("2.5"))
    publish_draft(book, "internal")
    found = ask(book, "SELECT source_name, revision FROM unit_price WHERE unit_price = 2.5")
    assert [tuple(one.values()) for one in found] == [("tariff.csv (draft idea)", 1)]


def test_publishing_what_the_view_says_already_is_nothing_new(book, tmp_path):
    draft(book)
    put(book, tmp_path, row("2.0", effective_from="2023-06"))
    assert publish_draft(book, "internal") == price_books.PublishedDraft("internal", 1, 0)
    assert refresh(book).slices == ()


def close(mart: Mart, month: str) -> None:
    for row in ask(mart, "SELECT period_month FROM period WHERE period_month <= %s", date.fromisoformat(month)):
        force_closed(mart, Period.of(row["period_month"]))


def test_a_draft_that_would_change_a_closed_month_is_refused_whole_by_file_and_line(book, tmp_path):
    draft(book)
    put(book, tmp_path, row("9", "vm-big", effective_from="2024-03"), row("2.5"))
    close(book, "2024-02-01")
    for into in ("internal", None):
        with pytest.raises(SourceRefused) as refused:
            publish_draft(book, into)
        told = "tariff.csv, line 3, column effective_from: '2024-02': would change 2024-02, which is closed"
        assert told in str(refused.value)
        assert "line 2" not in str(refused.value)
    assert in_force(book, "internal", MARCH) == {"vm-small": 2, "vm-big": 3}
    assert in_force(book, "idea", MARCH) == {"vm-small": Decimal("2.5"), "vm-big": 9}


def test_what_if_may_ask_about_a_closed_month(book, tmp_path):
    close(book, "2024-03-01")
    draft(book)
    put(book, tmp_path, row("2.5", effective_from="2024-01"))
    assert compared(book)["OPEN"] == (105, 120, 0, 0)


def test_a_view_of_its_own_leaves_closed_months_alone(book, tmp_path):
    price(book, tmp_path, "6", effective_from="2024-01")
    draft(book)
    put(book, tmp_path, row("9", "vm-big", effective_from="2024-03"))
    close(book, "2024-01-01")
    publish_draft(book)
    found = ask(
        book,
        "SELECT product_id, effective_from, unit_price FROM unit_price WHERE pricing_view_id = 'idea' ORDER BY 1, 2",
    )
    assert [tuple(one.values()) for one in found] == [
        ("*", FEBRUARY.first_day, 100),
        ("*", MARCH.first_day, 100),
        ("vm-big", FEBRUARY.first_day, 3),
        ("vm-big", MARCH.first_day, 9),
        ("vm-small", FEBRUARY.first_day, 6),
    ]


@pytest.mark.parametrize(
    ("name", "into", "told"),
    [
        ("internal", None, "internal is published: only a draft"),
        ("nope", None, "pricing view 'nope' is unknown"),
        ("idea", "dollar", "idea is in EUR and dollar in USD"),
        ("idea", "other", "other is a draft itself"),
    ],
)
def test_what_cannot_be_published_is_told(book, tmp_path, name, into, told):
    draft(book)
    price_view(book, tmp_path, "dollar", currency="USD")
    price_view(book, tmp_path, "other", is_draft="true")
    with pytest.raises(MartRefused, match=told), book.connect("finops_admin") as connection:
        price_books.publish_draft(connection, name, into=into)


def test_an_empty_draft_becomes_an_empty_view(mart, tmp_path):
    price_view(mart, tmp_path)
    price_view(mart, tmp_path, "idea", is_draft="true")
    assert publish_draft(mart) == price_books.PublishedDraft("idea", 0, 0)
    assert ask(mart, "SELECT is_draft FROM pricing_view WHERE pricing_view_id = 'idea'") == [{"is_draft": False}]


# The database's own guards


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE pricing_view SET is_draft = TRUE WHERE pricing_view_id = 'list'", "becomes no draft again"),
        ("UPDATE pricing_view SET is_draft = FALSE, based_on = NULL WHERE is_draft", "would be left behind"),
        ("DELETE FROM pricing_view WHERE pricing_view_id = 'list'", "list is published: it is never deleted"),
        ("UPDATE pricing_view SET based_on = 'dollar' WHERE is_draft", "which is in USD"),
        ("UPDATE draft_price SET unit_price = 1", "delete a line and write it again"),
        ("TRUNCATE draft_price", "delete a line and write it again"),
        (
            "INSERT INTO unit_price (pricing_view_id, domain_id, product_id, effective_from, revision, unit_price, "
            "source_name) VALUES ('idea', 'OPEN', 'p', '2024-01-01', 1, 1, 's')",
            "idea is a draft: its prices are published with it",
        ),
        (
            "INSERT INTO draft_price (pricing_view_id, domain_id, product_id, effective_from, unit_price, source_name, "
            "source_line) VALUES ('internal', 'OPEN', 'p', '2024-01-01', 1, 's', 1)",
            "internal is published: its prices are no draft",
        ),
        (
            "INSERT INTO draft_price (pricing_view_id, domain_id, product_id, effective_from, unit_price, source_name, "
            "source_line) VALUES ('idea', 'OPEN', 'p', '2024-01-01', -1, 's', 1)",
            "is negative: only an amount to distribute",
        ),
    ],
)
def test_the_database_refuses(book, tmp_path, statement, told):
    draft(book)
    put(book, tmp_path, row("2.5"))
    price_view(book, tmp_path, "list")
    price_view(book, tmp_path, "dollar", currency="USD")
    with pytest.raises(MartRefused, match=told):
        ask(book, statement, role="finops_owner")


@pytest.mark.parametrize("table", ["draft_price", "pricing_view"])
def test_drafts_are_for_the_administrator(book, table):
    draft(book)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(book, f"DELETE FROM {table}", role="finops_batch")  # noqa: S608
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)):
        ask(book, f"DELETE FROM {table}", role="finops_api")  # noqa: S608


# What a price file is refused for


@pytest.mark.parametrize("view", ["internal", "idea"])
@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"unit_price": "-1"}, "column unit_price: '-1.000000000000': is negative"),
        ({"product_id": "vm-smal"}, "column product_id: 'vm-smal': is no product that OPEN knows"),
        ({"currency": "USD"}, "column currency: 'USD': is not the currency of pricing view"),
        ({"product_id": "vm-big"}, "the same pricing_view_id, domain_id, product_id, effective_from as"),
        ({"domain_id": "LICENCES"}, "is no product of an INDIRECT domain"),
    ],
)
def test_a_price_file_is_refused_whole_and_its_line_named(book, tmp_path, view, changes, told):
    draft(book)
    good = row("5", "vm-big", pricing_view_id=view, currency="EUR")
    with pytest.raises(SourceRefused) as refused:
        put(book, tmp_path, good, good | {"product_id": "vm-small"} | changes)
    assert "tariff.csv, line 3" in str(refused.value)
    assert told in str(refused.value)
    assert in_force(book, view, MARCH) == {"vm-small": 2, "vm-big": 3}


def test_a_file_may_mix_views_in_several_currencies(book, tmp_path):
    price_view(book, tmp_path, "dollar", currency="USD")
    rows = [
        row("5", pricing_view_id=view, currency=currency) for view, currency in (("internal", "EUR"), ("dollar", "USD"))
    ]
    assert put(book, tmp_path, *rows).new == 2


def test_a_price_of_a_product_to_come_is_taken_when_asked(book, tmp_path):
    assert put(book, tmp_path, row("5", "vm-huge", pricing_view_id="internal"), allow_unknown=True).new == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"pricing_view_id": "Idea"}, "column pricing_view_id: 'Idea': is no id of a pricing view"),
        ({"based_on": "nope", "is_draft": "true"}, "column based_on: 'nope': is no published pricing view"),
        ({"based_on": "internal"}, "column based_on: 'internal': only a draft is based on a view"),
        ({"based_on": "internal", "is_draft": "true", "currency": "USD"}, "column based_on: 'internal': is in EUR"),
        ({"is_default": "true", "is_draft": "true"}, "column is_default: 'True': a draft is not the default"),
    ],
)
def test_a_file_of_views_is_refused_and_its_line_named(book, tmp_path, changes, told):
    with pytest.raises(SourceRefused) as refused:
        price_view(book, tmp_path, "new", **({"is_draft": "", "based_on": ""} | changes))
    assert "new-view.csv, line 2, " + told in str(refused.value)


def folder_import(mart: Mart, folder: Path) -> list[int]:
    with mart.connect("finops_admin") as connection:
        return [done.new for done in pricing.import_folder(connection, folder, max_bytes=10**9)]


def test_two_files_of_a_folder_that_price_the_same_are_refused_both_named(book, tmp_path):
    folder = tmp_path / "prices"
    write_csv(folder / "a.csv", [row("5", pricing_view_id="internal")])
    write_csv(folder / "b.csv", [row("4", "vm-big", pricing_view_id="internal"), row("6", pricing_view_id="internal")])
    with pytest.raises(SourceRefused, match=r"prices/b.csv, line 3, .* as prices/a.csv, line 2; keep one"):
        folder_import(book, folder)
    assert in_force(book, "internal", MARCH) == {"vm-small": 2, "vm-big": 3}


def test_a_folder_imported_again_does_not_take_a_correction_back(book, tmp_path):
    folder = tmp_path / "prices"
    write_csv(folder / "a.csv", [row("5", pricing_view_id="internal")])
    assert folder_import(book, folder) == [1]
    put(book, tmp_path, row("5.5", pricing_view_id="internal"), file="fix.csv")
    assert folder_import(book, folder) == [0]
    assert in_force(book, "internal", MARCH)["vm-small"] == Decimal("5.5")
    write_csv(folder / "a.csv", [row("6", pricing_view_id="internal")])
    assert folder_import(book, folder) == [1]
    assert in_force(book, "internal", MARCH)["vm-small"] == 6


def test_a_folder_may_price_a_domain_that_knows_no_product_yet(book, tmp_path):
    folder = tmp_path / "prices"
    write_csv(folder / "a.csv", [row("5", "any", pricing_view_id="internal", domain_id="CLOUD")])
    assert folder_import(book, folder) == [1]
    write_csv(folder / "a.csv", [row("5", "any", pricing_view_id="internal")])
    with pytest.raises(SourceRefused, match="is no product that OPEN knows"):
        folder_import(book, folder)


# Differences


def differences(mart: Mart, before: str, after: str, **more: object) -> list[tuple]:
    with mart.connect("finops_api") as connection:
        sides = [Edition.parse(text, PARIS) for text in (before, after)]
        found = price_books.differences(connection, *sides, **more)
    return [(one.change, one.product_id, str(Period.of(one.effective_from)), one.before, one.after) for one in found]


def test_differences_of_a_draft_are_its_lines(book, tmp_path):
    draft(book)
    put(
        book, tmp_path, row("2.5"), row("3.5", "vm-big", effective_from="2023-06"), row("2.0", effective_from="2023-06")
    )
    assert differences(book, "internal", "idea") == [
        ("changed", "vm-big", "2023-06", 3, Decimal("3.5")),
        ("added", "vm-small", "2024-02", None, Decimal("2.5")),
    ]
    assert differences(book, "idea", "internal", month=MARCH) == [
        ("changed", "vm-big", "2023-06", Decimal("3.5"), 3),
        ("changed", "vm-small", "2023-06", Decimal("2.5"), 2),
    ]
    assert differences(book, "internal", "idea", month=JANUARY) == [("changed", "vm-big", "2023-06", 3, Decimal("3.5"))]


def test_differences_of_revisions_are_the_corrections(book, tmp_path):
    price(book, tmp_path, "2.2", effective_from="2023-06")
    assert differences(book, "internal@r1", "internal") == [("changed", "vm-small", "2023-06", 2, Decimal("2.2"))]
    assert differences(book, "internal@r2", "internal") == []


def test_differences_of_dates_are_what_came_between(book, tmp_path):
    ask(book, "SET session_replication_role = replica; UPDATE unit_price SET published_at = '2024-03-31 21:59:59Z'")
    price(book, tmp_path, "2.2", effective_from="2023-06")
    assert differences(book, "internal@2024-03-31", "internal", domain_id="OPEN") == [
        ("changed", "vm-small", "2023-06", 2, Decimal("2.2"))
    ]
    before_all = differences(book, "internal@2024-03-30", "internal@2024-03-31", domain_id="OPEN")
    assert [one[0] for one in before_all] == ["added", "added"]


def test_revisions_show_what_was_superseded(book, tmp_path):
    price(book, tmp_path, "2.2", effective_from="2023-06")
    with book.connect("finops_api") as connection:
        found = price_books.revisions(connection, Edition("internal"), product_id="vm-small")
    assert [(one.revision, one.unit_price) for one in found] == [(1, 2), (2, Decimal("2.2"))]


@pytest.mark.parametrize(
    "text", ["", "@r1", "internal@", "internal@r0", "internal@2024-13-01", "internal@2024-1-1", "a@b@c"]
)
def test_what_is_no_edition_is_told(text):
    with pytest.raises(SettingsError, match="is no pricing view: write VIEW"):
        Edition.parse(text, PARIS)


def test_a_day_ends_on_the_clocks_of_the_zone():
    assert Edition.parse("internal@2024-03-31", PARIS).known_before == datetime(2024, 3, 31, 22, tzinfo=UTC)


def test_books_are_listed_with_their_own_lines(book, tmp_path):
    draft(book)
    put(book, tmp_path, row("2.5"))
    with book.connect("finops_api") as connection:
        found = [
            (one.pricing_view_id, one.is_draft, one.based_on, one.line_count) for one in price_books.books(connection)
        ]
    assert found == [("internal", False, None, 5), ("idea", True, "internal", 1)]
