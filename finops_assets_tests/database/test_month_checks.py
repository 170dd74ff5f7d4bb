"""A sound month passes every check of a month, and each breach fails its own check and names what is wrong."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from finops_assets import catalog
from finops_assets.catalog import referential
from finops_assets.domains import discover
from finops_assets.errors import FinopsError
from finops_assets.operations import month_checks
from finops_assets.operations.month_checks import CHECKS, MonthCheck, Severity
from finops_assets.period import Period
from finops_assets.postgres.connection import Mart, open_connection
from finops_assets.postgres.queries import files_in
from finops_assets.settings import Settings
from finops_assets_tests.factories import ask, new_mart, price, price_view, refresh, run, write_csv

MARCH, APRIL, MAY = Period(2024, 3), Period(2024, 4), Period(2024, 5)
MONTHS = list(Period(2024, 1).through(APRIL))
DOMAINS = ("OPEN", "SUPPORT", "LICENCES")
APPLICATIONS = ["billing", "portal", *(f"app-{place}" for place in range(8))]


@dataclass(frozen=True)
class Company:
    mart: Mart
    settings: Settings

    def uses(self, *rows: tuple[str, str, str], month: Period = APRIL) -> None:
        """Deliver OPEN's usage of a month, as (application, product, quantity), and run it."""
        used = [dict(zip(("application_id", "product_id", "quantity"), row, strict=True)) for row in rows]
        write_csv(self.settings.sources / "open" / f"{month}.csv", [row | {"metric": "CPU"} for row in used])
        self.run("OPEN", month)

    def shares(self, month: Period = APRIL, **coefficients: str) -> None:
        """Deliver LICENCES' coefficients of a month, and run it."""
        rows = [{"application_id": name, "coefficient": value} for name, value in coefficients.items()]
        write_csv(self.settings.sources / "licences" / f"{month}.csv", rows)
        self.run("LICENCES", month)

    def run(self, domain: str, month: Period = APRIL) -> None:
        run(self.mart, self.settings, domain, month)

    def price(self, amount: str, product: str = "*", domain: str = "LICENCES", month: Period = APRIL) -> None:
        price(self.mart, self.settings.home, amount, product, domain, effective_from=str(month))

    def refresh(self) -> None:
        refresh(self.mart)

    def tamper(self, *statements: str, **values: str) -> None:
        """What no role may do: a superuser with the triggers off."""
        with open_connection(self.mart.url) as connection:
            connection.execute("SET search_path TO finops, pg_temp")
            connection.execute("SET session_replication_role = replica")
            for statement in statements:
                connection.execute(statement, values or None)

    def checked(self, month: Period = APRIL, current: Period = MAY, **settings: object) -> list[MonthCheck]:
        with self.mart.connect("finops_api") as connection:
            return list(month_checks.run_checks(connection, replace(self.settings, **settings), [month], current))

    def failing(self, month: Period = APRIL, current: Period = MAY, **settings: object) -> dict[str, list[dict]]:
        found = self.checked(month, current, **settings)
        return {one.name: [dict(row) for row in one.rows] for one in found if not one.passed}


def founded(mart: Mart, home: Path) -> Company:
    """OPEN, SUPPORT spread by it and LICENCES, four months of them, known members, priced."""
    environment = {"FINOPS_HOME": str(home), "FINOPS_DATABASE_URL": mart.url, "FINOPS_FIRST_MONTH": "2024-01"}
    company = Company(mart, Settings.from_environment(environment))
    sources = company.settings.sources
    write_csv(sources / "applications.csv", [{"application_id": name} | LABELS for name in APPLICATIONS])
    products = [{"product_id": name} | PRODUCT for name in ("vm-small", "vm-large", "vm-free")]
    write_csv(sources / "open" / "products.csv", products)
    with mart.connect("finops_admin") as connection:
        for domain_id in DOMAINS:
            catalog.set_enabled(connection, domain_id, is_enabled=True, available_from=MONTHS[0])
    with mart.connect("finops_batch") as connection:
        known = [plugin.domain for plugin in discover().values()]
        referential.import_all(connection, company.settings, known, date(2024, 5, 1))
    price_view(mart, home)
    company.price("2", "vm-small", "OPEN", MONTHS[0])
    company.price("3", "vm-large", "OPEN", MONTHS[0])
    for month in MONTHS:
        company.price("900", domain="LICENCES", month=month)
        company.price("1000.01", domain="SUPPORT", month=month)
        company.uses(("billing", "vm-small", "10"), ("portal", "vm-large", "20"), month=month)
        company.run("SUPPORT", month)
        company.shares(month, billing="1", portal="2")
    company.refresh()
    return company


LABELS = {"application_label": "An application", "owner": "group:finance"}
PRODUCT = {"product_label": "A machine", "family_id": "compute", "family_label": "Compute", "metric": "CPU"}


@pytest.fixture(scope="module")
def sound(server_url, template, tmp_path_factory) -> Iterator[Company]:
    with new_mart(server_url, template) as mart:
        yield founded(mart, tmp_path_factory.mktemp("company"))


@pytest.fixture
def company(server_url, sound, tmp_path) -> Iterator[Company]:
    """A copy of the sound company, to be broken."""
    shutil.copytree(sound.settings.sources, tmp_path / "sources")
    with new_mart(server_url, sound.mart.url.rpartition("/")[2]) as mart:
        yield Company(mart, replace(sound.settings, home=tmp_path, sources=tmp_path / "sources", database_url=mart.url))


def test_there_is_one_statement_a_check_and_each_says_what_is_true():
    assert {file.stem for file in files_in("queries/checks")} == set(CHECKS)
    titles = [month_checks.title_of(name) for name in CHECKS]
    assert all(re.fullmatch(r"[A-Z].{20,110}[^.]", title) for title in titles)
    assert len(set(titles)) == len(CHECKS)


def test_a_sound_month_passes_every_check_in_order(sound):
    assert [(one.name, one.rows, one.passed) for one in sound.checked()] == [(name, (), True) for name in CHECKS]


def test_an_empty_mart_passes_every_check(mart, settings):
    assert Company(mart, settings).failing() == {}


def test_several_months_are_checked_in_one_snapshot(sound):
    with sound.mart.connect("finops_api") as connection:
        names = ["basis", "contract"]
        found = list(month_checks.run_checks(connection, sound.settings, [MARCH, APRIL], MAY, names))
    assert [(one.period, one.name) for one in found] == [(month, name) for month in (MARCH, APRIL) for name in names]


def test_a_breach_of_another_month_is_not_told(company):
    company.uses(("ghost", "vm-small", "30"), month=MARCH)
    company.run("SUPPORT", MARCH)
    company.refresh()
    assert company.failing() == {}
    assert set(company.failing(MARCH)) == {"unmapped_applications"}


def test_what_is_found_is_narrowed_to_a_domain():
    found = MonthCheck("basis", APRIL, ({"domain_id": "AUDIT", "weight": "1"}, {"domain_id": "SUPPORT", "weight": "1"}))
    assert found.of_domain("SUPPORT").rows == ({"domain_id": "SUPPORT", "weight": "1"},)
    assert found.of_domain("OPEN").passed


def test_a_missing_slice_is_not_fresh_once_the_month_is_over(company):
    with company.mart.connect("finops_admin") as connection:
        catalog.set_enabled(connection, "CLOUD", is_enabled=True, available_from=APRIL)
    assert company.failing() == {"freshness": [{"domain_id": "CLOUD", "status": "MISSING", "reason": None}]}
    assert company.failing(APRIL, APRIL) == {}
    assert company.failing(MARCH) == {}


def test_a_slice_whose_last_run_failed_is_not_fresh_and_says_why(company):
    with pytest.raises(FinopsError):
        company.shares(billing="-1")
    [row] = company.failing(APRIL, APRIL)["freshness"]
    assert (row["domain_id"], row["status"]) == ("LICENCES", "FAILED")
    assert "licences/2024-04.csv, line 2, column coefficient: '-1'" in row["reason"]


def test_a_disabled_domain_is_awaited_no_more(company):
    with pytest.raises(FinopsError):
        company.shares(billing="-1")
    with company.mart.connect("finops_admin") as connection:
        catalog.set_enabled(connection, "LICENCES", is_enabled=False)
    assert company.failing() == {}


def test_a_slice_before_its_domain_breaks_the_contract(company):
    later = "UPDATE dim_domain SET available_from = %s WHERE domain_id = 'LICENCES'"
    with company.mart.connect("") as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(later, [MAY.first_day])
    found = company.failing()
    assert set(found) == {"contract"}
    assert {(row["domain_id"], row["problem"]) for row in found["contract"]} == {
        ("LICENCES", "the month is before the domain's first one")
    }


@pytest.mark.parametrize(
    ("statement", "domain", "application", "product", "problem"),
    [
        (
            "UPDATE dim_product SET consumption_metric = 'GB' WHERE product_id = 'vm-large'",
            *("OPEN", "portal", "vm-large", "the metric is not the product's"),
        ),
        (
            "DELETE FROM dim_product WHERE product_id = 'vm-large'",
            *("OPEN", "portal", "vm-large", "the product does not exist"),
        ),
        (
            "DELETE FROM dim_application WHERE application_id = 'portal'",
            *("OPEN", "portal", "vm-large", "the application does not exist"),
        ),
        (
            "UPDATE dim_domain SET domain_mode = 'DIRECT', indirect_method_key = NULL, indirect_label = NULL "
            "WHERE domain_id = 'LICENCES'",
            *("LICENCES", "billing", None, "the line is not of its domain's mode"),
        ),
    ],
)
def test_a_line_that_breaks_the_contract_is_named(company, statement, domain, application, product, problem):
    company.tamper(statement)
    found = company.failing()
    assert set(found) == {"contract"}
    told = [
        tuple(row[name] for name in ("domain_id", "application_id", "product_id", "problem"))
        for row in found["contract"]
    ]
    assert (domain, application, product, problem) in told


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        (
            "UPDATE fact_2024_04_licences SET quantity = quantity * 4 WHERE application_id = 'portal'",
            "a weight is between 0 and 1",
        ),
        (
            "UPDATE fact_2024_04_licences SET product_id = 'vm-small' WHERE application_id = 'portal'",
            "a weight has no product",
        ),
        (
            "UPDATE fact_2024_04_open SET family_id = NULL WHERE application_id = 'portal'",
            "product or family is missing",
        ),
    ],
)
def test_a_line_that_no_constraint_holds_any_more_is_named(company, statement, problem):
    names = "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = 'fact_consumption'::REGCLASS"
    for row in ask(company.mart, names):
        company.tamper(f"ALTER TABLE fact_consumption DROP CONSTRAINT {row['conname']}")
    company.tamper(statement)
    [row] = company.failing()["contract"]
    assert (row["application_id"], row["problem"]) == ("portal", problem)


def test_a_line_that_stands_twice_is_named(company):
    company.tamper("DROP INDEX fact_grain", "INSERT INTO fact_2024_04_open SELECT * FROM fact_2024_04_open LIMIT 1")
    [row] = company.failing()["contract"]
    assert (row["application_id"], row["product_id"], row["problem"]) == ("billing", "vm-small", "stands 2 times")


def test_weights_that_do_not_sum_to_one_are_told_to_the_last_digit(company):
    # of an amount of 0 nothing is lost with the weight: the weights alone are wrong
    company.price("0")
    company.refresh()
    company.tamper("UPDATE fact_2024_04_licences SET quantity = 0.666666666665 WHERE application_id = 'portal'")
    assert company.failing() == {
        "weights_sum_to_one": [{"domain_id": "LICENCES", "weight_sum": "0.999999999998", "line_count": 2}]
    }


def test_weights_that_are_gone_do_not_sum_to_one(company):
    company.price("0")
    company.refresh()
    company.tamper("DELETE FROM fact_2024_04_licences", "DELETE FROM cost_app_month WHERE domain_id = 'LICENCES'")
    [row] = company.failing()["weights_sum_to_one"]
    assert row == {"domain_id": "LICENCES", "weight_sum": "0", "line_count": 0}


def test_an_amount_without_a_basis_is_told(company):
    company.shares(billing="0", portal="0")
    company.refresh()
    assert company.failing() == {"basis": [{"domain_id": "LICENCES", "application_id": "UNALLOCATED", "weight": "1"}]}


@pytest.mark.parametrize(("domain", "owed"), [("SUPPORT", "1000.01"), ("OPEN", "80")])
def test_money_that_the_mart_adds_is_told(company, domain, owed):
    company.tamper(
        "UPDATE cost_family_month SET cost = cost + 0.01 WHERE domain_id = %(domain)s AND period_month = '2024-04-01'",
        "REFRESH MATERIALIZED VIEW mv_cost_domain_month",
        domain=domain,
    )
    [row] = company.failing().pop("conservation")
    assert set(company.failing()) == {"conservation"}
    assert (row["domain_id"], row["pricing_view_id"], row["owed"], row["difference"]) == (
        *(domain, "internal", owed, "0.01"),
    )


def test_an_amount_that_is_not_spread_whole_is_told(company):
    company.tamper("UPDATE fact_2024_04_licences SET quantity = 0.5 WHERE application_id = 'portal'")
    company.price("1800")
    company.refresh()
    assert set(company.failing()) == {"conservation", "weights_sum_to_one"}


def test_a_domain_that_the_mart_does_not_show_is_told(company):
    company.tamper(
        "DELETE FROM cost_family_month WHERE domain_id = 'SUPPORT'", "REFRESH MATERIALIZED VIEW mv_cost_domain_month"
    )
    assert company.failing() == {
        "conservation": [
            {
                "domain_id": "SUPPORT",
                "pricing_view_id": "internal",
                "owed": "1000.01",
                "shown": None,
                "difference": None,
            }
        ]
    }


def test_a_price_that_the_marts_do_not_show_yet_is_told_until_they_do(company):
    company.price("4", "vm-large", "OPEN")
    [row] = company.failing()["marts_equal_facts"]
    assert (row["domain_id"], row["problem"]) == ("OPEN", "stale: facts or prices changed")
    assert set(company.failing()) == {"marts_equal_facts"}
    company.refresh()
    assert company.failing() == {}


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("UPDATE cost_app_month SET cost = cost + 1e-24", "another cost"),
        ("UPDATE cost_app_month SET cost = NULL", "another cost"),
        ("UPDATE cost_app_month SET unpriced_count = 1", "another count of lines"),
        ("DELETE FROM cost_app_month", "not in the mart"),
    ],
)
def test_a_mart_that_differs_from_the_facts_is_told(company, statement, problem):
    company.tamper(
        f"{statement} WHERE domain_id = 'OPEN' AND application_id = 'portal' AND period_month = '2024-04-01'"
    )
    found = company.failing()
    assert set(found) == {"marts_equal_facts"}
    [row] = found["marts_equal_facts"]
    assert (row["domain_id"], row["application_id"], row["problem"]) == ("OPEN", "portal", problem)


def test_a_cost_that_no_fact_explains_is_told(company):
    company.tamper(
        'INSERT INTO cost_app_month SELECT (jsonb_populate_record(row, \'{"application_id": "ghost"}\')).* '
        "FROM cost_app_month AS row "
        "WHERE application_id = 'portal' AND period_month = '2024-04-01' AND domain_id = 'OPEN'"
    )
    [row] = company.failing()["marts_equal_facts"]
    assert (row["application_id"], row["problem"], row["computed"]) == ("ghost", "only in the mart", None)


@pytest.mark.parametrize(("billing", "portal", "found"), [("100", "200", "300"), ("1", "2", "3")])
def test_a_file_that_jumps_tenfold_is_told_either_way(company, billing, portal, found):
    company.uses(("billing", "vm-small", billing), ("portal", "vm-large", portal))
    company.run("SUPPORT")
    company.refresh()
    told = {"domain_id": "OPEN", "measure": "quantity in CPU", "found": found, "usual": "30", "months": 3}
    assert company.failing() == {"volume_jump": [told]}
    assert company.failing(volume_factor=Decimal(20)) == {}


def test_lines_that_jump_are_told_though_the_quantity_does_not(company):
    company.uses(*((name, "vm-small", "3") for name in APPLICATIONS))
    company.run("SUPPORT")
    company.refresh()
    told = [
        {"domain_id": domain, "measure": "lines", "found": "10", "usual": "2", "months": 3}
        for domain in ("OPEN", "SUPPORT")
    ]
    assert company.failing() == {"volume_jump": told}


def test_an_empty_slice_after_full_ones_is_told_once(company):
    (company.settings.sources / "open" / "2024-04.csv").write_text("application_id,product_id,quantity\n")
    company.run("OPEN")
    assert company.failing()["volume_jump"] == [
        {"domain_id": "OPEN", "measure": "lines", "found": "0", "usual": "2", "months": 3}
    ]


def test_a_jump_needs_three_months_to_compare_with(company):
    company.uses(("billing", "vm-small", "100"), ("portal", "vm-large", "200"), month=MARCH)
    company.run("SUPPORT", MARCH)
    company.refresh()
    assert company.failing(MARCH) == {}


def test_the_open_month_may_be_short_but_not_long(company):
    company.uses(("billing", "vm-small", "1"), ("portal", "vm-large", "2"))
    company.run("SUPPORT")
    company.refresh()
    assert company.failing(APRIL, APRIL) == {}
    company.uses(("billing", "vm-small", "100"), ("portal", "vm-large", "200"))
    company.run("SUPPORT")
    company.refresh()
    assert set(company.failing(APRIL, APRIL)) == {"volume_jump"}


def test_a_product_without_a_price_is_told(company):
    company.uses(("billing", "vm-small", "10"), ("portal", "vm-large", "20"), ("app-0", "vm-free", "1"))
    company.run("SUPPORT")
    company.refresh()
    assert company.failing() == {"unpriced_lines": [{"domain_id": "OPEN", "product_id": "vm-free", "line_count": 1}]}


def test_an_amount_that_is_not_known_yet_is_told(company):
    company.shares(MAY, billing="1", portal="2")
    company.refresh()
    assert company.failing(MAY) == {
        "unpriced_lines": [{"domain_id": "LICENCES", "product_id": None, "line_count": 2}],
    }


def test_a_product_that_no_list_has_is_told(company):
    company.uses(("billing", "vm-small", "10"), ("portal", "stray", "20"))
    company.price("3", "stray", "OPEN")
    company.run("SUPPORT")
    company.refresh()
    assert company.failing() == {"unmapped_products": [{"domain_id": "OPEN", "product_id": "stray", "line_count": 1}]}


def test_an_application_that_no_referential_has_is_told(company):
    company.uses(("ghost", "vm-small", "30"))
    company.run("SUPPORT")
    company.refresh()
    assert company.failing() == {
        "unmapped_applications": [{"application_id": "ghost", "domains": "OPEN, SUPPORT", "line_count": 2}]
    }


def test_lines_in_quarantine_are_told_by_file_and_reason(company):
    company.uses(("billing", "vm-small", "10"), ("portal", "vm-large", "20"), ("app-0", "vm-small", "-1"))
    told = {
        "domain_id": "OPEN",
        "file_name": "open/2024-04.csv",
        "column_name": "quantity",
        "reason": "negative, and no credit or correction explains it",
        "line_count": 1,
        "first_line": 4,
    }
    assert company.failing() == {"quarantine": [told]}


def test_a_weight_of_an_older_driver_is_told(company):
    company.uses(("billing", "vm-small", "20"), ("portal", "vm-large", "20"))
    company.refresh()
    told = {"domain_id": "SUPPORT", "driver_domain_id": "OPEN", "driver_version": 1, "current_version": 2}
    told |= {"restated_domain_id": "OPEN"}
    assert company.failing() == {"drivers_current": [told]}
    company.run("SUPPORT")
    company.refresh()
    assert company.failing() == {}


def test_what_is_wrong_is_an_error_and_what_is_odd_a_warning():
    warned = {name for name, severity in CHECKS.items() if severity is Severity.WARN}
    assert warned == {
        "reconciliation",
        "volume_jump",
        "unpriced_lines",
        "unmapped_products",
        "unmapped_applications",
        "quarantine",
    }
