"""Real referentials through our import: SILL's yearly editions, and products with real end-of-life dates."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date

import pytest

from finops_assets.catalog import referential
from finops_assets.domains import discover
from finops_assets.period import Period
from finops_assets_tests.factories import ask, run, write_csv

OPEN = discover()["OPEN"].domain
YEARS = (2018, 2019, 2020, 2021)
ACTIVE = {2018: 139, 2019: 161, 2020: 205, 2021: 212}
# Additional Alerts, Roundcube and Rudder
RETURNING = {"3", "68", "164"}


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def import_products(mart, settings, today):
    with mart.connect("finops_batch") as connection:
        return referential.import_products(connection, settings, OPEN, today).listed


def members(mart):
    return {row["product_id"]: row for row in ask(mart, "SELECT * FROM dim_product")}


def used(settings, month, products):
    rows = [{"application_id": "portal", "product_id": product, "quantity": "1"} for product in products]
    write_csv(settings.sources / "open" / f"{month}.csv", rows)


# SILL: four yearly editions of the French State's list of free software


@pytest.fixture
def software(real_data):
    """The published list: id, name, sector and the years of the editions that name each piece of software."""
    return [
        row | {"years": {int(year) for year in row["annees"].split(";") if year.strip()}}
        for row in rows_of(real_data / "sill_2018_2021.csv")
    ]


@pytest.fixture
def after_each_edition(mart, settings, software):
    """The members after the import of each edition, delivered one by one."""
    states = {}
    for year in YEARS:
        edition = [
            {
                "product_id": row["ID"],
                "product_label": row["nom"],
                "family_id": row["secteur"],
                "family_label": row["secteur"],
                "metric": "installation",
            }
            for row in software
            if year in row["years"]
        ]
        write_csv(settings.sources / "open" / f"products-{year}-01.csv", edition)
        assert import_products(mart, settings, date(year, 1, 15)) == ACTIVE[year]
        states[year] = members(mart)
    return states


def test_each_edition_has_its_active_products(after_each_edition):
    active = {year: sum(row["is_active"] for row in state.values()) for year, state in after_each_edition.items()}
    assert active == ACTIVE


def test_products_that_ended_have_the_date_of_the_first_edition_without_them(after_each_edition, software):
    last = after_each_edition[2021]
    assert len(last) == 225
    ended = {product: row["decommissioned_at"] for product, row in last.items() if not row["is_active"]}
    assert len(ended) == 13
    assert ended == {row["ID"]: date(max(row["years"]) + 1, 1, 1) for row in software if 2021 not in row["years"]}
    assert not [row for row in last.values() if row["is_active"] and row["decommissioned_at"]]


def test_products_that_leave_and_come_back_are_the_same_members(after_each_edition):
    left = {
        product
        for earlier in YEARS
        for product, row in after_each_edition[earlier].items()
        if not row["is_active"] and after_each_edition[2021][product]["is_active"]
    }
    assert left == RETURNING
    for product in left:
        lives = [state[product] for state in after_each_edition.values() if product in state]
        assert len({row["created_at"] for row in lives}) == 1
        assert lives[-1]["decommissioned_at"] is None


def test_one_name_with_two_ids_stays_two_products(after_each_edition):
    names = Counter(row["product_label"] for row in after_each_edition[2021].values())
    assert [(name, times) for name, times in names.items() if times > 1] == [("Grammalecte", 2)]


def test_importing_the_same_editions_again_changes_nothing(mart, settings, after_each_edition):
    before = ask(mart, "SELECT xmin::TEXT, * FROM dim_product ORDER BY product_id")
    import_products(mart, settings, date(2021, 6, 1))
    assert ask(mart, "SELECT xmin::TEXT, * FROM dim_product ORDER BY product_id") == before


def test_all_editions_at_once_end_as_one_by_one(mart, settings, after_each_edition, software):
    kept = {
        product: (row["product_label"], row["family_id"], row["is_active"], row["decommissioned_at"])
        for product, row in after_each_edition[2021].items()
    }
    ask(mart, "DELETE FROM dim_product", role="finops_admin")
    import_products(mart, settings, date(2021, 1, 15))
    again = {
        product: (row["product_label"], row["family_id"], row["is_active"], row["decommissioned_at"])
        for product, row in members(mart).items()
    }
    assert again == kept


# endoflife.date: products with the day their support ended

END_OF_2025 = date(2025, 12, 31)


@pytest.fixture
def cycles(mart, settings, real_data):
    """Every product cycle, imported on the last day of 2025 with its family and end date."""
    rows = rows_of(real_data / "endoflife_products.csv")
    listed = [
        {
            "product_id": row["product_id"],
            "product_label": f"{row['family_label']} {row['cycle']}",
            "family_id": row["family_id"],
            "family_label": row["family_label"],
            "metric": "installation",
            "decommissioned_at": row["decommissioned_at"],
        }
        for row in rows
    ]
    write_csv(settings.sources / "open" / "products.csv", listed)
    assert import_products(mart, settings, END_OF_2025) == 8351
    return rows


def test_end_dates_become_decommissions_and_dates_to_come_leave_products_active(mart, cycles):
    [counted] = ask(
        mart,
        "SELECT count(decommissioned_at) AS dated, count(*) FILTER (WHERE NOT is_active) AS gone, "
        "count(DISTINCT family_id) AS families FROM dim_product",
    )
    assert counted == {"dated": 7228, "gone": 5496, "families": 464}


def test_lines_after_the_month_of_the_end_wait_and_those_of_the_month_itself_land(mart, settings, cycles):
    appeared = [row["product_id"] for row in cycles if row["created_at"] and row["created_at"] <= "2025-12-31"]
    assert len(appeared) == 7761
    in_december = {row["product_id"] for row in cycles if row["decommissioned_at"].startswith("2025-12")}
    assert in_december
    december, january = Period(2025, 12), Period(2026, 1)
    for month in (december, january):
        used(settings, month, [row["product_id"] for row in cycles])
    landed = {month: run(mart, settings, month=month) for month in (december, january)}
    assert landed[january].quarantined == 5496
    assert landed[january].published.row_count == 8351 - 5496
    assert landed[december].quarantined == 5496 - len(in_december)
    facts = "SELECT product_id FROM fact_consumption WHERE period_month = '2025-12-01'"
    assert in_december <= {row["product_id"] for row in ask(mart, facts)}
