"""Real price lists, month by month, against figures taken from them by other means."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import pytest

from finops_assets import pricing
from finops_assets.catalog.referential import import_all
from finops_assets.domains import discover
from finops_assets.errors import SourceRefused
from finops_assets.period import Period
from finops_assets.postgres.connection import Mart
from finops_assets.pricing import price_books
from finops_assets.pricing.editions import Edition
from finops_assets.settings import Settings
from finops_assets_tests.factories import ask, line, new_mart, price_view, publish, refresh, write_csv

# a list is loaded once a process
pytestmark = pytest.mark.xdist_group("price_histories")

History = dict[str, dict[str, Decimal]]


@dataclass(frozen=True)
class Loaded:
    """A mart with a history's prices, the folder of its files, and the history: product → month → last price."""

    mart: Mart
    folder: Path
    history: History

    @cached_property
    def months(self) -> list[str]:
        return sorted({month for prices in self.history.values() for month in prices})

    def gaps(self) -> Iterator[tuple[str, str, str]]:
        """(product, month, month of its last price) for each month inside a product's life that does not list it."""
        for product, prices in self.history.items():
            for before, after in pairwise(sorted(prices)):
                for month in self.months[self.months.index(before) + 1 : self.months.index(after)]:
                    yield product, month, before

    def vanished(self) -> list[str]:
        return [product for product, prices in self.history.items() if max(prices) < self.months[-1]]


def delivered(real_data: Path, name: str) -> list[dict[str, str]]:
    with gzip.open(real_data / f"{name}_price_history.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def row(product: str, month: str, unit_price: str) -> dict[str, str]:
    return {
        "pricing_view_id": "internal",
        "domain_id": "OPEN",
        "product_id": product,
        "effective_from": month,
        "unit_price": unit_price,
        "currency": "USD",
    }


def load(mart: Mart, home: Path, editions: Mapping[str, Iterable[dict[str, str]]], metric: str) -> Loaded:
    """List every product, then import each edition of the price list as a file, in the order of their names."""
    files = {name: list(rows) for name, rows in editions.items()}
    history: History = {}
    for rows in files.values():
        for one in rows:
            history.setdefault(one["product_id"], {})[one["effective_from"]] = Decimal(one["unit_price"])
    described = {"family_id": "compute", "family_label": "Compute", "metric": metric}
    listed = [{"product_id": product, "product_label": product} | described for product in sorted(history)]
    write_csv(home / "sources" / "open" / "products.csv", listed)
    price_view(mart, home, currency="USD")
    settings = Settings.from_environment({"FINOPS_HOME": str(home), "FINOPS_DATABASE_URL": mart.url})
    with mart.connect("finops_batch") as connection:
        import_all(connection, settings, [discover()["OPEN"].domain], date(2026, 8, 1))
    for name, rows in files.items():
        write_csv(home / "prices" / f"{name}.csv", rows)
    loaded = Loaded(mart, home / "prices", history)
    import_lists(loaded)
    return loaded


def import_lists(loaded: Loaded, last: int = 0) -> int:
    """Import every file, or the last ones, oldest first; returns how many prices are new."""
    with loaded.mart.connect("finops_admin") as connection:
        paths = sorted(loaded.folder.glob("*.csv"))[-last:]
        return sum(pricing.import_file(connection, path, max_bytes=10**9).new for path in paths)


def changes(history: History) -> list[tuple[str, str]]:
    """(product, month) of every price that differs from the product's price before."""
    return [
        (product, after)
        for product, prices in history.items()
        for before, after in pairwise(sorted(prices))
        if prices[before] != prices[after]
    ]


def book(loaded: Loaded) -> History:
    """The book of the mart as a history."""
    with loaded.mart.connect("finops_api") as connection:
        found = price_books.lines(connection, Edition("internal"))
    said: History = {}
    for one in found:
        said.setdefault(one.product_id, {})[str(Period.of(one.effective_from))] = one.unit_price
    return said


def in_force(loaded: Loaded, first: str, last: str) -> dict[tuple[str, str], Decimal]:
    months = Period.parse(first).first_day, Period.parse(last).first_day
    found = ask(loaded.mart, "SELECT * FROM book_in_force('internal', %s, %s)", *months)
    return {(one["product_id"], str(Period.of(one["period_month"]))): one["unit_price"] for one in found}


def carried_forward(loaded: Loaded) -> dict[tuple[str, str], Decimal]:
    """The last price each product was listed at, in every month from its first one on."""
    held: dict[tuple[str, str], Decimal] = {}
    months = [str(month) for month in Period.parse(loaded.months[0]).through(Period.parse(loaded.months[-1]))]
    for product, prices in loaded.history.items():
        last = None
        for month in months:
            last = prices.get(month, last)
            if last is not None:
                held[product, month] = last
    return held


@pytest.fixture(scope="module")
def gcp(real_data, server_url, template, tmp_path_factory) -> Iterator[Loaded]:
    """Compute Engine, dollars a month, a product being a machine type in a region."""
    editions: dict[str, list[dict[str, str]]] = {}
    for one in delivered(real_data, "gcp_compute"):
        month, product = one["period_month"], f"{one['region']}/{one['product_id']}"
        editions.setdefault(month, []).append(row(product, month, one["usd_month"]))
    with new_mart(server_url, template) as mart:
        yield load(mart, tmp_path_factory.mktemp("gcp"), editions, "month")


@pytest.fixture(scope="module")
def ec2(real_data, server_url, template, tmp_path_factory) -> Iterator[Loaded]:
    """EC2 on demand, dollars an hour; a month has several snapshots, some a day, and the last one stands."""
    editions: dict[str, list[dict[str, str]]] = {}
    seen: Counter[tuple[str, str]] = Counter()
    for one in delivered(real_data, "ec2_linux_ondemand"):
        day, product = one["snapshot_date"], f"{one['region']}/{one['product_id']}"
        seen[day, product] += 1
        editions.setdefault(f"{day}-{seen[day, product]}", []).append(row(product, day[:7], one["usd_hour"].strip()))
    with new_mart(server_url, template) as mart:
        yield load(mart, tmp_path_factory.mktemp("ec2"), dict(sorted(editions.items())), "hour")


def tokens(real_data: Path, per: int) -> dict[str, list[dict[str, str]]]:
    """Language models, dollars per so many tokens, input and output being two products; exponents written out."""
    editions: dict[str, list[dict[str, str]]] = {}
    for one in delivered(real_data, "llm"):
        for side in ("input", "output"):
            if text := one[f"usd_per_{side}_token"]:
                whole = format(Decimal(text) * per, "f")
                editions.setdefault(one["period_month"], []).append(
                    row(f"{one['product_id']} {side}", one["period_month"], whole)
                )
    return editions


@pytest.fixture(scope="module")
def llm(real_data, server_url, template, tmp_path_factory) -> Iterator[Loaded]:
    """A price per thousand tokens: five models cost less than twelve decimals of a token can say."""
    with new_mart(server_url, template) as mart:
        yield load(mart, tmp_path_factory.mktemp("llm"), tokens(real_data, 1000), "thousand tokens")


@pytest.fixture(params=["gcp", "ec2", "llm"])
def loaded(request) -> Loaded:
    return request.getfixturevalue(request.param)


# What all of them have in common


def test_the_book_is_the_history_to_the_last_digit(loaded):
    assert book(loaded) == loaded.history


def test_lists_imported_again_say_nothing_new(loaded):
    count = ask(loaded.mart, "SELECT count(*) FROM unit_price")
    assert import_lists(loaded, last=4) == 0
    assert ask(loaded.mart, "SELECT count(*) FROM unit_price") == count


def test_every_price_holds_until_the_next_one(loaded):
    assert in_force(loaded, loaded.months[0], loaded.months[-1]) == carried_forward(loaded)


def test_what_changes_from_month_to_month_are_the_differences(loaded):
    """A product that returns at another price changes in the month it returns."""
    with loaded.mart.connect("finops_api") as connection:
        sides = [
            {
                one.product_id: one.unit_price
                for one in price_books.lines(connection, Edition("internal"), month=Period.parse(month))
            }
            for month in loaded.months[-6:]
        ]
    found = [
        (product, month)
        for month, (before, after) in zip(loaded.months[-5:], pairwise(sides), strict=True)
        for product in after
        if product in before and before[product] != after[product]
    ]
    assert sorted(found) == sorted(one for one in changes(loaded.history) if one[1] in loaded.months[-5:])


# Compute Engine


def test_gcp_has_54_lists_of_525_types_and_956_changes_on_230_of_them(gcp):
    said = book(gcp)
    assert len(gcp.months) == 54
    assert len({product.partition("/")[2] for product in said}) == 525
    changed = changes(said)
    assert (len(changed), len({product.partition("/")[2] for product, _ in changed})) == (956, 230)


def test_gcp_products_that_vanish_keep_their_price_and_those_that_return_have_a_new_one(gcp):
    held = in_force(gcp, gcp.months[0], gcp.months[-1])
    gaps, vanished = list(gcp.gaps()), gcp.vanished()
    assert (len(gaps), len(vanished)) == (144, 22)
    assert all(held[product, month] == gcp.history[product][before] for product, month, before in gaps)
    assert all(held[product, gcp.months[-1]] == gcp.history[product][max(gcp.history[product])] for product in vanished)


def test_gcp_type_that_was_free_then_unlisted_then_priced(gcp):
    held = in_force(gcp, "2024-07", "2024-11")
    prices = [held["europe-west9/n4-highcpu-16", f"2024-{month:02}"] for month in range(7, 12)]
    assert prices == [0, 0, 0, 0, Decimal("541.7081216")]


def test_gcp_month_that_does_not_list_a_product_still_prices_its_use(gcp):
    gaps = sorted({product for product, month, _ in gcp.gaps() if month == "2024-09"})
    assert len(gaps) == 48
    used = [
        line(product_id=product, quantity=Decimal(3), consumption_metric="month") for product in sorted(gcp.history)
    ]
    held = carried_forward(gcp)
    september = [one for one in used if (one["product_id"], "2024-09") in held]
    publish(gcp.mart, *september, month=Period(2024, 9))
    refresh(gcp.mart)
    [shown] = ask(gcp.mart, "SELECT cost, unpriced_count FROM mv_cost_domain_month")
    assert shown["unpriced_count"] == 0
    assert shown["cost"] == 3 * sum(held[one["product_id"], "2024-09"] for one in september)


# EC2


def test_ec2_prices_that_are_known(ec2):
    for product, expected in {
        "us-east-1/m3.medium": [".113", ".070", ".067"],
        "us-east-1/c4.large": [".116", ".110", ".105", ".1"],
    }.items():
        prices = [price for _, price in sorted(book(ec2)[product].items())]
        told = [price for place, price in enumerate(prices) if place == 0 or price != prices[place - 1]]
        assert told == [Decimal(text) for text in expected]


def test_ec2_zeros_at_the_end_are_no_revision(ec2):
    """Snapshots of one month revise it where the number changes, and nowhere else."""
    last: dict[tuple[str, str], Decimal] = {}
    texts: dict[tuple[str, str], str] = {}
    told = same = 0
    for path in sorted(ec2.folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for one in csv.DictReader(file):
                key, text = (one["product_id"], one["effective_from"]), one["unit_price"]
                told += last.get(key) != Decimal(text)
                same += key in last and last[key] == Decimal(text) and texts[key] != text
                last[key], texts[key] = Decimal(text), text
    assert same > 0
    assert ask(ec2.mart, "SELECT count(*) FROM unit_price") == [{"count": told}]


def test_ec2_prices_with_a_space_after_them_are_refused_by_line(real_data, ec2, tmp_path):
    delivery = [one for one in delivered(real_data, "ec2_linux_ondemand") if one["snapshot_date"] == "2016-06-28"]
    rows = [row(f"{one['region']}/{one['product_id']}", "2016-06", one["usd_hour"]) for one in delivery]
    with pytest.raises(SourceRefused) as refused, ec2.mart.connect("finops_admin") as connection:
        pricing.import_file(connection, write_csv(tmp_path / "spaces.csv", rows), max_bytes=10**9)
    assert [fault.reason for fault in refused.value.faults] == ["holds a space"] * 2


def test_ec2_snapshots(ec2):
    assert len(list(ec2.folder.glob("*.csv"))) == 76
    assert len({product.partition("/")[2] for product in book(ec2)}) == 89


# Language models


def test_llm_136_models_change_and_29_vanish(llm):
    models: dict[str, dict[str, tuple]] = {}
    for product, prices in book(llm).items():
        model, _, side = product.rpartition(" ")
        for month, price in prices.items():
            models.setdefault(model, {}).setdefault(month, []).append((side, price))
    moved = [
        (model, after)
        for model, prices in models.items()
        for before, after in pairwise(sorted(prices))
        if sorted(prices[before]) != sorted(prices[after])
    ]
    assert len(moved) == 136
    assert len([model for model, prices in models.items() if max(prices) < llm.months[-1]]) == 29


def test_llm_price_below_twelve_decimals_is_refused_by_line_never_rounded(real_data, llm, tmp_path):
    rows = [one for rows in tokens(real_data, 1).values() for one in rows]
    long = [one for one in rows if len(one["unit_price"].rstrip("0").partition(".")[2]) > 12]
    assert {one["product_id"] for one in long} == {
        f"gemini-1.5-flash{suffix} output" for suffix in ("", "-001", "-002", "-exp-0827", "-preview-0514")
    }
    with pytest.raises(SourceRefused) as refused, llm.mart.connect("finops_admin") as connection:
        pricing.import_file(connection, write_csv(tmp_path / "tokens.csv", rows), max_bytes=10**9)
    lines = [rows.index(one) + 2 for one in long]
    assert [fault.line for fault in refused.value.faults] == lines
    assert {fault.reason for fault in refused.value.faults} == {"has more than 12 decimals that are not zero"}


def test_llm_price_that_drops_to_zero_is_a_price_and_one_that_leaves_zero_is_another(llm):
    for product, at_zero, priced, price in (
        ("databricks/databricks-mpt-7b-instruct output", "2024-10", "2024-09", "0.0005"),
        ("azure_ai/deepseek-r1 input", "2025-02", "2025-03", "0.00135"),
    ):
        held = in_force(llm, min(at_zero, priced), max(at_zero, priced))
        assert (held[product, at_zero], held[product, priced]) == (0, Decimal(price))
