"""The demonstration's sources: what they promise, that they never vary, and that the readers take them."""

from __future__ import annotations

import csv
import json
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

import pytest

from finops_assets.demo import MONTHS, generate
from finops_assets.errors import FinopsError
from finops_assets.period import Period
from finops_assets.sources.coefficients import read_coefficients, read_shares
from finops_assets.sources.focus import read_focus
from finops_assets.sources.prices import read_prices, read_pricing_views
from finops_assets.sources.referential import read_applications, read_products
from finops_assets.sources.usage import read_usage

LAST = Period(2025, 6)
FIRST = Period(2023, 1)
HISTORY = list(FIRST.through(LAST))
LIMIT = {"max_bytes": 10**7}


@pytest.fixture(scope="module")
def sources(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "sources"
    generate(folder, LAST)
    return folder


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def usage(sources, months_after_first):
    return rows_of(sources / "open" / f"{FIRST.shift(months_after_first)}.csv")


def all_usage(sources):
    return [(place, row) for place in range(MONTHS) for row in usage(sources, place)]


def months_of(sources, column, value):
    return {place for place, row in all_usage(sources) if row[column] == value}


def bill(sources, months_after_first):
    return rows_of(sources / "cloud" / f"{FIRST.shift(months_after_first)}-focus.csv")


def editions(sources):
    paths = [sources / "open" / f"products-{FIRST.shift(place)}.csv" for place in (0, 14, 20)]
    return [{row["product_id"]: row for row in rows_of(path)} for path in paths]


def open_prices(sources):
    return rows_of(sources / "prices" / "open.csv")


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def only(items):
    (item,) = items
    return item


def test_what_was_written_is_returned(tmp_path):
    demo = generate(tmp_path / "sources", LAST)
    assert (demo.first, demo.last, MONTHS) == (FIRST, LAST, 30)
    assert demo.files == len(contents(tmp_path / "sources")) == 99
    since_first = dict.fromkeys(("OPEN", "CLOUD", "LICENCES", "SUPPORT"), FIRST)
    assert demo.enabled == {**since_first, "WORKPLACE": Period(2023, 7)}


def test_the_same_month_gives_the_same_bytes(sources, tmp_path):
    generate(tmp_path / "again", LAST)
    assert contents(tmp_path / "again") == contents(sources)


@pytest.mark.parametrize("last", [Period(2024, 2), Period(2026, 12)])
def test_another_last_month_tells_the_same_story(last, tmp_path):
    generate(tmp_path / "sources", last)
    for period in last.shift(-29).through(last):
        assert 300 <= len(rows_of(tmp_path / "sources" / "open" / f"{period}.csv")) <= 500


def test_files_are_utf_8_with_plain_line_ends(sources):
    for path, data in contents(sources).items():
        assert b"\r" not in data, path
        assert data.decode("utf-8").endswith("\n"), path


def test_the_folder_says_in_two_languages_that_it_is_generated(sources):
    notice = (sources / "GENERATED.txt").read_text(encoding="utf-8")
    for words in ("generated demonstration data", "fictional company", "données de démonstration", "`finops up`"):
        assert words in notice


def test_an_empty_folder_is_filled(tmp_path):
    folder = tmp_path / "sources"
    folder.mkdir()
    generate(folder, LAST)
    assert [path.name for path in tmp_path.iterdir()] == ["sources"]


def test_a_folder_that_holds_anything_is_refused(tmp_path):
    (tmp_path / "mine.csv").write_text("mine")
    with pytest.raises(FinopsError, match="is not empty"):
        generate(tmp_path, LAST)
    assert contents(tmp_path).keys() == {(tmp_path / "mine.csv").relative_to(tmp_path)}


def test_a_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "sources").write_text("mine")
    with pytest.raises(FinopsError, match="is a file"):
        generate(tmp_path / "sources", LAST)


def test_an_interrupted_generation_leaves_nothing(tmp_path, monkeypatch):
    def interrupted(folder, table):
        (folder / "half.csv").write_text("half")
        raise KeyboardInterrupt

    monkeypatch.setattr("finops_assets.demo.write_table", interrupted)
    with pytest.raises(KeyboardInterrupt):
        generate(tmp_path / "sources", LAST)
    assert list(tmp_path.iterdir()) == []


def test_the_company_has_64_applications_of_12_groups(sources):
    applications = rows_of(sources / "applications.csv")
    assert len({row["application_id"] for row in applications}) == len(applications) == 64
    assert len({row["owner"] for row in applications}) == 12
    assert all(row["owner"].startswith("group:default/") for row in applications)


def test_applications_appear_and_stop(sources):
    listed = [row["application_id"] for row in rows_of(sources / "applications.csv")]
    used = {name: set() for name in listed}
    for place, row in all_usage(sources):
        used[row["application_id"]].add(place)
    assert sum(min(months) > 0 for months in used.values()) == 2
    assert sum(max(months) < 29 for months in used.values()) == 1
    assert all(sum(place in months for months in used.values()) >= 60 for place in range(MONTHS))


def test_every_month_of_usage_has_300_to_500_lines_with_different_keys(sources):
    for place in range(MONTHS):
        keys = [(row["application_id"], row["product_id"], row["charge_class"]) for row in usage(sources, place)]
        assert 300 <= len(keys) == len(set(keys)) <= 500


def test_quantities_have_at_most_6_decimals_and_sizes_differ_widely(sources):
    quantities = [Decimal(row["quantity"]) for row in usage(sources, 29)]
    assert min(number.as_tuple().exponent for number in quantities) == -6
    used = Counter()
    for row in usage(sources, 29):
        used[row["application_id"]] += Decimal(row["quantity"])
    assert max(used.values()) > 20 * sorted(used.values())[len(used) // 2]


def test_there_are_enough_products_of_five_families_and_cpu_is_all_of_compute(sources):
    listed = editions(sources)
    sold = {row["SkuPriceId"] for place in range(MONTHS) for row in bill(sources, place)} - {""}
    assert all(len(edition) >= 28 for edition in listed)
    assert len(sold) == 14
    assert len({*listed[0], *listed[2]} | sold) >= 40
    assert len({row["family_id"] for row in listed[0].values()}) == 5
    assert all((row["metric"] == "CPU") == (row["family_id"] == "compute") for row in listed[2].values())


def test_a_product_is_decommissioned_and_quarantine_gets_its_one_late_line(sources):
    listed = editions(sources)
    assert not any(row["decommissioned_at"] for row in listed[0].values())
    for edition in listed[1:]:
        gone = only([row for row in edition.values() if row["decommissioned_at"]])
        assert gone["decommissioned_at"].startswith(str(FIRST.shift(13)))
    months = months_of(sources, "product_id", gone["product_id"])
    assert months == {*range(14), 16}
    assert len([row for row in usage(sources, 16) if row["product_id"] == gone["product_id"]]) == 1


def test_a_product_is_renamed_in_the_second_edition(sources):
    before, after, latest = editions(sources)
    renamed = only([name for name in before if before[name]["product_label"] != after[name]["product_label"]])
    assert latest[renamed]["product_label"] == after[renamed]["product_label"]


def test_the_third_edition_drops_a_product_and_brings_one(sources):
    _, before, after = editions(sources)
    dropped, new = only(before.keys() - after.keys()), only(after.keys() - before.keys())
    assert months_of(sources, "product_id", dropped) == set(range(20))
    assert months_of(sources, "product_id", new) == set(range(20, 30))


def test_the_last_two_months_use_a_product_no_list_knows(sources):
    known = set().union(*editions(sources))
    unknown = {(place, row["product_id"]) for place, row in all_usage(sources) if row["product_id"] not in known}
    assert {place for place, _ in unknown} == {28, 29}
    assert len({product for _, product in unknown}) == 1


def test_corrections_are_the_only_negative_lines_and_leave_something(sources):
    corrected = months_of(sources, "charge_class", "CORRECTION")
    assert len(corrected) == 3
    for _, row in all_usage(sources):
        assert (Decimal(row["quantity"]) < 0) == (row["charge_class"] == "CORRECTION")
        assert Decimal(row["quantity"]) != 0
    for place in corrected:
        total = Counter()
        for row in usage(sources, place):
            total[row["application_id"], row["product_id"]] += Decimal(row["quantity"])
        assert min(total.values()) > 0


def test_a_bill_has_150_to_250_charges_and_one_month_has_none(sources):
    sizes = {place: len(bill(sources, place)) for place in range(MONTHS)}
    assert sizes.pop(17) == 0
    assert all(150 <= size <= 250 for size in sizes.values())
    assert (sources / "cloud" / f"{FIRST.shift(17)}-focus.csv").read_text().startswith("BilledCost,")


def test_costs_of_a_bill_follow_from_its_prices(sources):
    for row in bill(sources, 29)[:-1]:
        quantity = Decimal(row["PricingQuantity"])
        for price, cost in (("ListUnitPrice", "ListCost"), ("ContractedUnitPrice", "ContractedCost")):
            exact = quantity * Decimal(row[price])
            assert Decimal(row[cost]) == exact.quantize(Decimal("1e-10"), ROUND_HALF_UP)
        assert Decimal(row["ContractedUnitPrice"]) == Decimal(row["ListUnitPrice"]) * Decimal("0.9")
        assert row["BilledCost"] == row["ContractedCost"]
        cheaper = Decimal(row["EffectiveCost"]) < Decimal(row["ContractedCost"])
        assert cheaper == ("Committed" in row["ChargeDescription"])


def test_a_bill_has_one_credit_and_stays_within_its_month(sources):
    for place in set(range(MONTHS)) - {17}:
        charges, month = bill(sources, place), str(FIRST.shift(place))
        credit = only([row for row in charges if row["ChargeCategory"] == "Credit"])
        assert (credit["SkuPriceId"], credit["PricingQuantity"]) == ("", "0")
        assert Decimal(credit["EffectiveCost"]) < 0
        for row in charges:
            assert f"{month}-01" < row["ChargePeriodStart"] < row["ChargePeriodEnd"] < f"{month}-29"


def test_about_one_charge_in_twenty_names_no_application(sources):
    charges = [row for place in range(MONTHS) for row in bill(sources, place) if row["ChargeCategory"] == "Usage"]
    tags = [json.loads(row["Tags"]) for row in charges if row["Tags"]]
    assert Decimal("0.03") < 1 - Decimal(len(tags)) / len(charges) < Decimal("0.07")
    assert {row["application_id"] for row in rows_of(sources / "applications.csv")} > {
        tag["application"] for tag in tags
    }


def test_licence_coefficients_are_not_normalised(sources):
    for period in HISTORY:
        rows = rows_of(sources / "licences" / f"{period}.csv")
        assert 40 <= len(rows) <= 50
        assert sum(Decimal(row["coefficient"]) for row in rows) > 100
    assert len(rows_of(sources / "audit" / "shares.csv")) == 10


def test_every_listed_product_has_both_prices_from_the_start_but_the_new_one(sources):
    listed = editions(sources)
    new = only(listed[2].keys() - listed[1].keys())
    priced = {(row["pricing_view_id"], row["product_id"]) for row in open_prices(sources)}
    assert priced == {(view, name) for view in ("internal", "list") for name in listed[0]} | {("internal", new)}
    at_first = [row for row in open_prices(sources) if row["effective_from"] == str(FIRST)]
    assert {(row["pricing_view_id"], row["product_id"]) for row in at_first} == priced - {("internal", new)}


def test_internal_prices_change_once_within_the_history(sources):
    internal = [row for row in open_prices(sources) if row["pricing_view_id"] == "internal"]
    first = {row["product_id"]: Decimal(row["unit_price"]) for row in internal if row["effective_from"] == str(FIRST)}
    changed = [row for row in open_prices(sources) if row["effective_from"] == str(FIRST.shift(12))]
    ratios = [Decimal(row["unit_price"]) / first[row["product_id"]] for row in changed]
    assert {row["pricing_view_id"] for row in changed} == {"internal"}
    assert len([ratio for ratio in ratios if Decimal("1.03") <= ratio <= Decimal("1.08")]) == len(ratios) - 1 >= 3
    assert min(ratios) < 1


def test_every_month_has_its_own_amount_in_each_view(sources):
    rows = rows_of(sources / "prices" / "amounts.csv")
    keys = {(row["pricing_view_id"], row["domain_id"], row["effective_from"]) for row in rows}
    assert len(rows) == len(keys) == 2 * 4 * MONTHS
    assert {row["domain_id"] for row in rows} == {"LICENCES", "SUPPORT", "WORKPLACE", "AUDIT"}
    assert all(row["product_id"] == "*" and row["unit_price"][-3] == "." for row in rows)
    assert len({(row["domain_id"], row["pricing_view_id"], row["unit_price"]) for row in rows}) == len(rows)


def test_the_readers_take_every_monthly_file(sources):
    for place, period in enumerate(HISTORY):
        read = read_usage(sources / "open", period, zone=ZoneInfo("Europe/Paris"), **LIMIT)
        assert len(read.rows) == len(usage(sources, place))
        read = read_focus(sources / "cloud", period, application_tag="application", **LIMIT)
        assert len(read.rows) == len(bill(sources, place))
        assert {Period.of(day) for day in read.rows["charge_month"]} <= {period}
        assert len(read_coefficients(sources / "licences", period, **LIMIT).rows) >= 40


def test_the_readers_take_every_other_file(sources):
    assert len(read_applications(sources / "applications.csv", **LIMIT).rows) == 64
    for place in (0, 14, 20):
        assert len(read_products(sources / "open" / f"products-{FIRST.shift(place)}.csv", **LIMIT).rows) >= 28
    assert len(read_shares(sources / "audit" / "shares.csv", **LIMIT).rows) == 10
    assert len(read_pricing_views(sources / "prices" / "views.csv", **LIMIT).rows) == 2
    assert len(read_prices(sources / "prices" / "open.csv", **LIMIT).rows) == len(open_prices(sources))
    assert len(read_prices(sources / "prices" / "amounts.csv", **LIMIT).rows) == 240
