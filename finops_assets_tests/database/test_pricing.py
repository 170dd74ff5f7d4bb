"""Prices: published once, corrected by revision, and the marts equal quantity × price to the last digit."""

from __future__ import annotations

import random
from datetime import date
from decimal import Context, Decimal
from fractions import Fraction
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from finops_assets import pricing
from finops_assets.contract import frame
from finops_assets.errors import MartRefused, SourceRefused
from finops_assets.money import from_units
from finops_assets.period import Period
from finops_assets.postgres.connection import Mart
from finops_assets.provider_bill import PRICES
from finops_assets_tests.factories import (
    JANUARY,
    ask,
    force_closed,
    line,
    new_mart,
    price,
    price_view,
    publish,
    refresh,
    weight,
    write_csv,
)

FEBRUARY, MARCH = JANUARY.next, JANUARY.shift(2)
WIDE = Context(prec=200)


@pytest.fixture
def priced(mart: Mart, tmp_path: Path) -> Mart:
    """A mart with the internal view and nothing else."""
    price_view(mart, tmp_path)
    return mart


def cost(mart: Mart, month: Period = JANUARY, domain: str = "OPEN", view: str = "internal") -> tuple:
    """Cost and unpriced lines of a slice as the domain mart shows them after a refresh."""
    refresh(mart)
    statement = (
        "SELECT cost, unpriced_count FROM mv_cost_domain_month "
        "WHERE period_month = %s AND domain_id = %s AND pricing_view_id = %s"
    )
    [row] = ask(mart, statement, month.first_day, domain, view)
    return tuple(row.values())


# Which price holds


def test_price_carries_forward_until_the_next_one(priced, tmp_path):
    price(priced, tmp_path, "2", effective_from="2024-01")
    price(priced, tmp_path, "3", effective_from="2024-03")
    for month in (JANUARY, FEBRUARY, MARCH, MARCH.next):
        publish(priced, line(), month=month)
    assert [cost(priced, month)[0] for month in (JANUARY, FEBRUARY, MARCH, MARCH.next)] == [20, 20, 30, 30]


def test_price_does_not_reach_back(priced, tmp_path):
    price(priced, tmp_path, "2", effective_from="2024-02")
    publish(priced, line())
    assert cost(priced) == (None, 1)


def test_star_is_the_price_of_products_that_have_none_of_their_own(priced, tmp_path):
    price(priced, tmp_path, "2", "*")
    price(priced, tmp_path, "7", "vm-small")
    publish(priced, line(), line(product_id="vm-big", quantity=Decimal(100)))
    assert cost(priced) == (Decimal(270), 0)


def test_own_price_wins_over_a_newer_default(priced, tmp_path):
    price(priced, tmp_path, "7", "vm-small", effective_from="2024-01")
    price(priced, tmp_path, "2", "*", effective_from="2024-02")
    publish(priced, line(), month=FEBRUARY)
    assert cost(priced, FEBRUARY) == (Decimal(70), 0)


def test_default_prices_the_months_before_the_own_price_begins(priced, tmp_path):
    price(priced, tmp_path, "2", "*", effective_from="2024-01")
    price(priced, tmp_path, "7", "vm-small", effective_from="2024-02")
    publish(priced, line())
    assert cost(priced) == (Decimal(20), 0)


def test_price_of_another_domain_is_not_taken(priced, tmp_path):
    price(priced, tmp_path, "2", "vm-small", "CLOUD")
    publish(priced, line())
    assert cost(priced) == (None, 1)


def test_revision_corrects_a_price_and_both_are_kept(priced, tmp_path):
    price(priced, tmp_path, "2")
    publish(priced, line())
    assert cost(priced) == (Decimal(20), 0)
    assert price(priced, tmp_path, "2.5") == 1
    assert cost(priced) == (Decimal(25), 0)
    rows = ask(priced, "SELECT revision, unit_price, published_by FROM unit_price ORDER BY revision")
    assert [(row["revision"], row["unit_price"]) for row in rows] == [(1, Decimal(2)), (2, Decimal("2.5"))]
    assert rows[0]["published_by"]


def test_price_that_goes_back_is_a_third_revision(priced, tmp_path):
    assert [price(priced, tmp_path, unit_price) for unit_price in ("2", "3", "2")] == [1, 1, 1]
    publish(priced, line())
    assert cost(priced) == (Decimal(20), 0)


@pytest.mark.parametrize("again", ["0.020", "0.02", "0.020000000000"])
def test_same_price_again_says_nothing_new(priced, tmp_path, again):
    price(priced, tmp_path, "0.02")
    assert price(priced, tmp_path, again) == 0
    assert ask(priced, "SELECT count(*) FROM unit_price") == [{"count": 1}]


def test_price_of_zero_is_a_price(priced, tmp_path):
    price(priced, tmp_path, "0")
    publish(priced, line())
    assert cost(priced) == (Decimal(0), 0)


def test_no_price_is_not_zero_and_is_counted(priced, tmp_path):
    price(priced, tmp_path, "2")
    publish(priced, line(), line(product_id="free"), line(product_id="free", application_id="portal"))
    assert cost(priced) == (Decimal(20), 2)
    rows = ask(priced, "SELECT application_id, cost, line_count, unpriced_count FROM mv_cost_app_month ORDER BY 1")
    assert [tuple(row.values()) for row in rows] == [("billing", Decimal(20), 2, 1), ("portal", None, 1, 1)]
    rows = ask(priced, "SELECT product_id, unit_price, cost, unpriced_count FROM cost_product_month ORDER BY 1")
    assert [tuple(row.values()) for row in rows] == [("free", None, None, 2), ("vm-small", Decimal(2), Decimal(20), 0)]


def test_amount_to_distribute_is_for_its_own_month_only(priced, tmp_path):
    price(priced, tmp_path, "100", "*", "LICENCES")
    for month in (JANUARY, FEBRUARY):
        publish(priced, weight("a", "0.333333333334"), weight("b", "0.666666666666"), domain="LICENCES", month=month)
    assert cost(priced, JANUARY, "LICENCES") == (Decimal(100), 0)
    assert cost(priced, FEBRUARY, "LICENCES") == (None, 2)
    rows = ask(priced, "SELECT application_id, cost FROM mv_cost_app_month WHERE cost IS NOT NULL ORDER BY 1")
    assert [tuple(row.values()) for row in rows] == [("a", Decimal("33.3333333334")), ("b", Decimal("66.6666666666"))]


def test_quantity_that_changes_and_price_that_changes_price_all_history_again(priced, tmp_path):
    months = list(JANUARY.through(JANUARY.shift(5)))
    for month in months:
        publish(priced, line(), month=month)
    price(priced, tmp_path, "1")
    refresh(priced)
    price(priced, tmp_path, "2")
    assert [cost(priced, month)[0] for month in months] == [20] * 6


# What is refused


def import_row(mart: Mart, folder: Path, **changes: str) -> pricing.Imported:
    good = {
        "pricing_view_id": "internal",
        "domain_id": "OPEN",
        "product_id": "vm-small",
        "effective_from": "2024-01",
        "unit_price": "1",
    }
    # the first line is good: the second one is named, and takes the whole file with it
    path = write_csv(folder / "prices.csv", [good, good | {"product_id": "*"} | changes])
    with mart.connect("finops_admin") as connection:
        return pricing.import_file(connection, path, max_bytes=10**9)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"unit_price": "-1"}, "column unit_price: '-1.000000000000': is negative; only an INDIRECT amount may be"),
        ({"pricing_view_id": "nope"}, "column pricing_view_id: 'nope': is unknown; known are internal"),
        ({"domain_id": "NOPE"}, "column domain_id: 'NOPE': is unknown; known are AUDIT, CLOUD"),
        (
            {"domain_id": "LICENCES", "product_id": "office"},
            "column product_id: 'office': is no product of an INDIRECT domain; write *",
        ),
    ],
)
def test_price_file_is_refused_whole_and_the_line_named(priced, tmp_path, changes, told):
    with pytest.raises(SourceRefused) as refused:
        import_row(priced, tmp_path, **changes)
    assert "prices.csv, line 3, " + told in str(refused.value)
    assert ask(priced, "SELECT * FROM unit_price") == []


def test_negative_amount_is_a_credit_to_distribute(priced, tmp_path):
    price(priced, tmp_path, "-12.5", "*", "LICENCES")
    publish(priced, weight("a", "1"), domain="LICENCES")
    assert cost(priced, JANUARY, "LICENCES") == (Decimal("-12.5"), 0)


def offered(**changes: object) -> object:
    row = {"focus_cost": "ListCost", "currency": "EUR", "product_id": "vm-small", "unit_price": Decimal(1)} | changes
    return frame([row], PRICES).assign(
        pricing_view_id="internal",
        domain_id=changes.get("domain_id", "OPEN"),
        effective_from=changes.get("effective_from", JANUARY.first_day),
    )


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"unit_price": Decimal(-1)}, "is negative: only an amount to distribute"),
        ({"domain_id": "LICENCES"}, r"domain LICENCES is INDIRECT: its amount is for product \*, not vm-small"),
    ],
)
def test_price_that_no_file_check_has_seen_is_refused_by_the_database(priced, changes, told):
    with pytest.raises(MartRefused, match=told), priced.connect("finops_batch") as connection:
        pricing.publish(connection, offered(**changes), "test")
    assert ask(priced, "SELECT * FROM unit_price") == []


def test_price_from_the_middle_of_a_month_is_refused_by_the_database(priced):
    with pytest.raises(psycopg.errors.CheckViolation), priced.connect("finops_batch") as connection:
        pricing.publish(connection, offered(effective_from=date(2024, 1, 2)), "test")


@pytest.mark.parametrize("month", ["2024-01", "2023-06"])
def test_price_that_takes_effect_in_a_closed_month_is_refused_and_its_line_named(priced, tmp_path, month):
    publish(priced, line())
    force_closed(priced)
    with pytest.raises(SourceRefused) as refused:
        import_row(priced, tmp_path, effective_from=month)
    told = f"prices.csv, line 3, column effective_from: '{month}': would change 2024-01, which is closed"
    assert told in str(refused.value)
    assert ask(priced, "SELECT * FROM unit_price") == []
    assert price(priced, tmp_path, "1", effective_from="2024-02") == 1


def test_price_that_a_closed_month_has_already_may_be_said_again(priced, tmp_path):
    publish(priced, line())
    price(priced, tmp_path, "1")
    force_closed(priced)
    assert price(priced, tmp_path, "1.0") == 0


def test_price_in_a_closed_month_that_no_file_check_has_seen_is_refused_by_the_database(priced):
    publish(priced, line())
    force_closed(priced)
    with pytest.raises(MartRefused, match="in or before a closed month"), priced.connect("finops_batch") as connection:
        pricing.publish(connection, offered(), "test")


def test_amount_of_an_open_month_is_accepted_although_a_later_month_is_closed(priced, tmp_path):
    publish(priced, line())
    publish(priced, line(), month=JANUARY.next)
    force_closed(priced, JANUARY.next)
    assert price(priced, tmp_path, "100", product="*", domain="LICENCES") == 1
    with pytest.raises(SourceRefused, match="would change 2024-02, which is closed"):
        price(priced, tmp_path, "100", product="*", domain="LICENCES", effective_from="2024-02")


def test_price_id_is_not_for_the_application_to_choose(priced):
    forged = """
        INSERT INTO unit_price (price_id, pricing_view_id, domain_id, product_id, effective_from, revision, unit_price,
                                source_name)
        OVERRIDING SYSTEM VALUE VALUES (-1, 'internal', 'OPEN', 'p', '2024-01-01', 1, 1, 'forged')
    """
    for role in ("finops_batch", "finops_admin"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ask(priced, forged, role=role)


@pytest.mark.parametrize("role", ["finops_batch", "finops_admin", "finops_owner", ""])
@pytest.mark.parametrize("statement", ["UPDATE unit_price SET unit_price = 3", "DELETE FROM unit_price"])
def test_price_is_immutable(priced, tmp_path, role, statement):
    price(priced, tmp_path, "2")
    with pytest.raises((MartRefused, psycopg.errors.InsufficientPrivilege)):
        ask(priced, statement, role=role)
    assert ask(priced, "SELECT unit_price FROM unit_price") == [{"unit_price": Decimal(2)}]


# Views


def test_view_imported_again_changes_nothing_and_a_new_default_replaces_the_old_one(priced, tmp_path):
    price_view(priced, tmp_path)
    price_view(priced, tmp_path, "listed", is_default="true")
    with priced.connect("finops_api") as connection:
        known = pricing.views(connection)
        assert {name: view.is_default for name, view in known.items()} == {"internal": False, "listed": True}
        assert pricing.view_or_default(connection, None).pricing_view_id == "listed"
        assert pricing.view_or_default(connection, "internal").pricing_view_id == "internal"
        with pytest.raises(MartRefused, match="pricing view 'nope' is unknown: there are internal, listed"):
            pricing.view_or_default(connection, "nope")


def test_no_default_view_is_told(mart):
    with mart.connect("finops_api") as connection, pytest.raises(MartRefused, match="no pricing view is the default"):
        pricing.view_or_default(connection, None)


def test_currency_of_a_view_is_not_changed(priced, tmp_path):
    with pytest.raises(SourceRefused, match="internal-view.csv, line 2, column currency: 'USD': .*currency is stable"):
        price_view(priced, tmp_path, currency="USD")
    with pytest.raises(MartRefused, match="pricing_view.currency is stable"):
        ask(priced, "UPDATE pricing_view SET currency = 'USD'", role="finops_admin")


def test_folder_of_prices_is_imported_views_first(mart, tmp_path):
    row = {
        "pricing_view_id": "b",
        "domain_id": "OPEN",
        "product_id": "*",
        "effective_from": "2024-01",
        "unit_price": "1",
    }
    view = {"pricing_view_id": "b", "pricing_view_label": "B", "currency": "EUR", "kind": "list", "is_default": "true"}
    write_csv(tmp_path / "a-prices.csv", [row])
    write_csv(tmp_path / "z-views.csv", [view])
    for new in (1, 0):
        with mart.connect("finops_admin") as connection:
            done = pricing.import_folder(connection, tmp_path, max_bytes=10**9)
        assert [(each.file, each.kind, each.rows, each.new) for each in done] == [
            ("z-views.csv", "views", 1, new),
            ("a-prices.csv", "prices", 1, new),
        ]


# A provider's own prices


def billed(**changes: object) -> object:
    row = {"focus_cost": "ListCost", "currency": "EUR", "product_id": "vm-small", "unit_price": Decimal("0.25")}
    return frame([row | changes], PRICES)


def test_provider_prices_land_in_the_views_that_take_that_cost(mart, tmp_path):
    price_view(mart, tmp_path, focus_cost="BilledCost")
    price_view(mart, tmp_path, "listed", focus_cost="ListCost")
    price_view(mart, tmp_path, "usual")
    publish(mart, line(), domain="CLOUD", prices=billed())
    rows = ask(mart, "SELECT pricing_view_id, product_id, effective_from, unit_price, source_name FROM unit_price")
    assert [tuple(row.values()) for row in rows] == [
        ("listed", "vm-small", date(2024, 1, 1), Decimal("0.25"), "CLOUD bill of 2024-01")
    ]
    assert cost(mart, domain="CLOUD", view="listed") == (Decimal("2.5"), 0)
    assert cost(mart, domain="CLOUD", view="internal") == (None, 1)


def test_provider_price_that_changed_is_a_revision_although_the_lines_are_the_same(mart, tmp_path):
    price_view(mart, tmp_path, "listed", focus_cost="ListCost")
    publish(mart, line(), domain="CLOUD", prices=billed())
    done = publish(mart, line(), domain="CLOUD", prices=billed(unit_price=Decimal("0.5")))
    assert done.outcome == "UNCHANGED"
    assert cost(mart, domain="CLOUD", view="listed") == (Decimal(5), 0)


def test_provider_prices_in_another_currency_are_refused_and_nothing_is_published(mart, tmp_path):
    price_view(mart, tmp_path, "listed", focus_cost="ListCost")
    with pytest.raises(MartRefused, match="CLOUD 2024-01 is billed in USD, and pricing view listed is in EUR"):
        publish(mart, line(), domain="CLOUD", prices=billed(currency="USD"))
    for table in ("fact_consumption", "slice_version", "unit_price", "dim_product"):
        assert ask(mart, f"SELECT * FROM {table}") == []  # noqa: S608


# Only what is stale is priced again


def slices(*pairs: tuple[Period, str]) -> tuple:
    return tuple((month.first_day, domain) for month, domain in pairs)


@pytest.fixture
def shown(priced: Mart, tmp_path: Path) -> Mart:
    """OPEN and CLOUD in three months, LICENCES in two, all priced and shown."""
    for month in (JANUARY, FEBRUARY, MARCH):
        publish(priced, line(), month=month)
        publish(priced, line(), month=month, domain="CLOUD")
    for month in (JANUARY, FEBRUARY):
        publish(priced, weight("billing", "1"), month=month, domain="LICENCES")
    price(priced, tmp_path, "2", effective_from="2023-01")
    assert len(refresh(priced).slices) == 8
    return priced


def test_refresh_of_nothing_keeps_the_version(shown):
    before = ask(shown, "SELECT xmin::TEXT, * FROM mart_state")
    assert refresh(shown) == refresh(shown)
    assert refresh(shown).slices == ()
    assert ask(shown, "SELECT xmin::TEXT, * FROM mart_state") == before


def test_new_version_of_a_slice_makes_that_slice_stale(shown):
    version = refresh(shown).version
    publish(shown, line(quantity=Decimal(11)), month=FEBRUARY)
    again = refresh(shown)
    assert again.slices == slices((FEBRUARY, "OPEN"))
    assert again.version == version + 1


def test_unchanged_slice_is_not_stale(shown):
    publish(shown, line(), month=FEBRUARY)
    assert refresh(shown).slices == ()


def test_price_makes_the_months_it_holds_in_stale(shown, tmp_path):
    price(shown, tmp_path, "3", effective_from="2024-02")
    assert refresh(shown).slices == slices((FEBRUARY, "OPEN"), (MARCH, "OPEN"))


def test_price_superseded_before_the_month_does_not_make_it_stale(shown, tmp_path):
    price(shown, tmp_path, "3", effective_from="2024-03")
    refresh(shown)
    price(shown, tmp_path, "9", effective_from="2024-02")
    assert refresh(shown).slices == slices((FEBRUARY, "OPEN"))
    price(shown, tmp_path, "9", effective_from="2022-01")
    assert refresh(shown).slices == ()


def test_price_of_the_future_makes_nothing_stale(shown, tmp_path):
    price(shown, tmp_path, "3", effective_from="2024-04")
    assert refresh(shown).slices == ()


def test_same_price_again_makes_nothing_stale(shown, tmp_path):
    price(shown, tmp_path, "2.000", effective_from="2023-01")
    assert refresh(shown).slices == ()


def test_amount_to_distribute_makes_its_own_month_stale(shown, tmp_path):
    price(shown, tmp_path, "100", "*", "LICENCES", effective_from="2024-01")
    assert refresh(shown).slices == slices((JANUARY, "LICENCES"))


def test_new_view_makes_everything_stale_once(shown, tmp_path):
    price_view(shown, tmp_path, "listed")
    assert len(refresh(shown).slices) == 8
    assert refresh(shown).slices == ()
    rows = ask(shown, "SELECT count(*) FROM mv_cost_domain_month WHERE pricing_view_id = 'listed' AND cost IS NULL")
    assert rows == [{"count": 8}]


# Any history of prices, any facts

PRODUCTS = ("a", "b", "ç")
MONTHS = [Period(2024, month) for month in (1, 2, 3)]
amounts = st.one_of(st.integers(0, 10), st.integers(0, 10**30 - 1)).map(from_units)
signed = st.one_of(st.integers(-10, 10), st.integers(-(10**30) + 1, 10**30 - 1)).map(from_units)
# (view, domain, product, months from January: before the first, between, after the last), price
price_rows = st.lists(
    st.tuples(st.sampled_from(["internal", "listed"]), st.sampled_from([*PRODUCTS, "*"]), st.integers(-2, 3), amounts),
    max_size=10,
)
direct = st.dictionaries(
    st.tuples(st.sampled_from(MONTHS), st.sampled_from(["x", "y"]), st.sampled_from(PRODUCTS)), signed, max_size=12
)
shared = st.lists(st.tuples(st.sampled_from(["internal", "listed"]), st.integers(-1, 3), signed), max_size=4)


@examples(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None)
@given(facts=direct, first=price_rows, then=price_rows, bills=shared)
def test_marts_are_quantity_times_price_for_any_history(server_url, template, tmp_path, facts, first, then, bills):
    with new_mart(server_url, template) as mart:
        price_view(mart, tmp_path)
        weights = {"x": Decimal("0.333333333333"), "y": Decimal("0.666666666667")}
        for month in MONTHS:
            rows = [
                line(application_id=who, product_id=what, quantity=quantity, charge_class="CREDIT")
                for (when, who, what), quantity in facts.items()
                if when == month
            ]
            publish(mart, *rows, month=month)
            publish(mart, *[weight(who, str(share)) for who, share in weights.items()], month=month, domain="LICENCES")
        history = [row for row in first if row[0] == "internal"]
        offer(mart, history)
        refresh(mart)
        assert by_application(mart) == recomputed(facts, weights, history, [], ["internal"])

        # a new view, more prices, revisions of those there were, and amounts to distribute
        price_view(mart, tmp_path, "listed")
        offer(mart, [*first, *then], bills)
        refresh(mart)
        both = ["internal", "listed"]
        assert by_application(mart) == recomputed(facts, weights, [*history, *first, *then], bills, both)
        assert_other_marts_agree(mart)
        assert refresh(mart).slices == ()


def test_seven_thousand_random_lines_cost_what_the_prices_in_force_say(priced, tmp_path):
    """Six months, sixty applications, twenty products; revisions, late starts, and `*` from the fourth month on."""
    chance, months = random.Random(20), list(JANUARY.through(JANUARY.shift(5)))
    applications, products = [f"app-{n}" for n in range(60)], [f"p-{n}" for n in range(20)]
    held: dict[tuple[str, Period], Fraction] = {}
    for revision in range(3):
        rows = []
        for product in [*products, "*"]:
            starts = months[3:4] if product == "*" else chance.sample(months, 2)
            for start in starts:
                amount = from_units(chance.choice((0, 5 * 10**11, chance.randrange(10**24))))
                held[product, start] = Fraction(amount)
                rows.append(["internal", "OPEN", product, str(start), f"{amount:f}"])
        head = ["pricing_view_id", "domain_id", "product_id", "effective_from", "unit_price"]
        file = write_csv(tmp_path / f"{revision}.csv", [dict(zip(head, row, strict=True)) for row in rows])
        with priced.connect("finops_admin") as connection:
            pricing.import_file(connection, file, max_bytes=10**9, allow_unknown=True)
    expected: dict[tuple[date, str], list[Fraction | int]] = {}
    for month in months:
        used = {(who, what): from_units(chance.randrange(10**20)) for who in applications for what in products}
        publish(
            priced,
            *[line(application_id=who, product_id=what, quantity=much) for (who, what), much in used.items()],
            month=month,
        )
        for (who, what), much in used.items():
            told = expected.setdefault((month.first_day, who), [Fraction(0), 0])
            starts = [start for product, start in held if product == what and start <= month]
            anyone = [start for product, start in held if product == "*" and start <= month]
            if starts or anyone:
                told[0] += Fraction(much) * (held[what, max(starts)] if starts else held["*", max(anyone)])
            else:
                told[1] += 1
    refresh(priced)
    shown = ask(priced, "SELECT period_month, application_id, cost, unpriced_count FROM mv_cost_app_month")
    assert len(shown) == len(expected) == 360
    assert any(unpriced for _, unpriced in expected.values())
    for row in shown:
        cost, unpriced = expected[row["period_month"], row["application_id"]]
        assert (Fraction(row["cost"] or 0), row["unpriced_count"]) == (cost, unpriced)


def offer(mart: Mart, prices: list[tuple], bills: list[tuple] = ()) -> None:
    """Publish prices one at a time, so that the last word on a (view, product, month) is the last one given."""
    rows = [(view, "OPEN", product, JANUARY.shift(months), amount) for view, product, months, amount in prices]
    rows += [(view, "LICENCES", "*", JANUARY.shift(months), amount) for view, months, amount in bills]
    with mart.connect("finops_admin") as connection:
        for view, domain, product, month, amount in rows:
            one = frame([{"product_id": product, "unit_price": amount}], PRICES)
            one = one.assign(pricing_view_id=view, domain_id=domain, effective_from=month.first_day)
            pricing.publish(connection, one, "test")


def by_application(mart: Mart) -> dict[tuple, tuple]:
    rows = ask(mart, "SELECT * FROM mv_cost_app_month")
    return {
        (row["period_month"], row["pricing_view_id"], row["domain_id"], row["application_id"]): (
            row["cost"],
            row["line_count"],
            row["unpriced_count"],
        )
        for row in rows
    }


def recomputed(facts, weights, prices, bills, views) -> dict[tuple, tuple]:
    """The application mart by a plain reading of the contract, in Python."""
    own = {(view, product, JANUARY.shift(months)): amount for view, product, months, amount in prices}
    amount_of = {(view, JANUARY.shift(months)): amount for view, months, amount in bills}

    def price_of(view: str, product: str, month: Period) -> Decimal | None:
        for name in (product, "*"):
            known = [when for (v, p, when) in own if (v, p) == (view, name) and when <= month]
            if known:
                return own[view, name, max(known)]
        return None

    priced: dict[tuple, list[Decimal | None]] = {}
    for view in views:
        for (month, who, what), quantity in facts.items():
            found = price_of(view, what, month)
            value = None if found is None else WIDE.multiply(quantity, found)
            priced.setdefault((month.first_day, view, "OPEN", who), []).append(value)
        for month in MONTHS:
            for who, share in weights.items():
                found = amount_of.get((view, month))
                value = None if found is None else WIDE.multiply(share, found)
                priced.setdefault((month.first_day, view, "LICENCES", who), []).append(value)
    return {key: (total(values), len(values), values.count(None)) for key, values in priced.items()}


def total(values: list[Decimal | None]) -> Decimal | None:
    known = [value for value in values if value is not None]
    if not known:
        return None
    added = Decimal(0)
    for value in known:
        added = WIDE.add(added, value)
    return added


def assert_other_marts_agree(mart: Mart) -> None:
    expected: dict[tuple, list] = {}
    for (month, view, domain, _), (value, _, _) in by_application(mart).items():
        expected.setdefault((month, view, domain), []).append(value)
    totals = {key: total(values) for key, values in expected.items()}
    domains = ask(mart, "SELECT period_month, pricing_view_id, domain_id, cost FROM mv_cost_domain_month")
    trend = ask(mart, "SELECT period_month, pricing_view_id, domain_id, cost FROM mv_history_trend WHERE has_data")
    for rows in (domains, trend):
        assert {tuple(row.values())[:3]: row["cost"] for row in rows} == totals
    for table in ("mv_cost_family_month", "cost_product_month"):
        found: dict[tuple, list] = {}
        for row in ask(mart, f"SELECT * FROM {table} WHERE family_id IS NOT NULL"):  # noqa: S608
            key = (row["period_month"], row["pricing_view_id"], row["domain_id"])
            found.setdefault(key, []).append(row["cost"])
        assert {key: total(values) for key, values in found.items()} == {
            key: value for key, value in totals.items() if key[2] == "OPEN"
        }
