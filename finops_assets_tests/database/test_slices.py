"""Running a slice from files: how each attempt ends, and what is known of each month and domain."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest

from finops_assets import slices, verify
from finops_assets.catalog import referential
from finops_assets.domains import discover
from finops_assets.errors import ContractBroken, MartRefused, NotAvailable, SourceMissing, SourceRefused
from finops_assets.period import Period
from finops_assets.postgres.connection import Mart
from finops_assets.settings import Settings
from finops_assets_tests.factories import JANUARY, ask, force_closed, line, publish, refresh, run, write_csv

FEBRUARY, MARCH = JANUARY.next, JANUARY.shift(2)
RUNNING = "INSERT INTO slice_run (run_id, period_month, domain_id, outcome) VALUES (%s, %s, 'OPEN', 'RUNNING')"
ATTEMPTS = "SELECT * FROM slice_run ORDER BY started_at"


def usage(settings: Settings, *rows: tuple[str, str, str], month: Period = JANUARY) -> None:
    """OPEN's usage file of a month: application, product, CPU."""
    columns = ("application_id", "product_id", "quantity", "metric")
    written = [dict(zip(columns, (*row, "CPU"), strict=True)) for row in rows]
    write_csv(settings.sources / "open" / f"{month}.csv", written)


def header_only(settings: Settings) -> None:
    folder = settings.sources / "open"
    folder.mkdir(exist_ok=True)
    (folder / "2024-01.csv").write_text("application_id,product_id,quantity\n")


def status(mart: Mart, month: Period = JANUARY, domain: str = "OPEN", current: Period | None = None) -> dict | None:
    """What is known of a slice, in a given current month."""
    with mart.connect("finops_api") as connection:
        rows = slices.status(connection, month, month, current or month)
    return next((row for row in rows if row["domain_id"] == domain), None)


def status_word(*args, **named) -> str:
    return status(*args, **named)["status"]


@pytest.fixture
def enabled(mart: Mart) -> Mart:
    """A mart with every domain switched on."""
    ask(mart, "UPDATE dim_domain SET is_enabled = TRUE", role="finops_admin")
    return mart


# How an attempt ends


def test_loaded_attempt_has_its_lines_sources_and_end(mart, settings):
    usage(settings, ("billing", "vm-small", "10"), ("billing", "vm-small-2", "1"), ("portal", "vm-small", "5.5"))
    run_id = uuid4()
    result = run(mart, settings, run_id=run_id)
    assert (result.domain_id, result.period, result.published.outcome, result.quarantined) == (
        "OPEN",
        JANUARY,
        "LOADED",
        0,
    )
    assert result.preview[0] == {
        "application_id": "billing",
        "product_id": "vm-small",
        "quantity": "10.000000000000",
        "consumption_metric": "CPU",
    }
    [attempt] = ask(mart, ATTEMPTS)
    assert (attempt["run_id"], attempt["outcome"], attempt["reason"], attempt["row_count"]) == (
        run_id,
        "LOADED",
        None,
        3,
    )
    assert attempt["started_at"] <= attempt["ended_at"]
    [source] = ask(mart, "SELECT file_name, rows FROM slice_source")
    assert source == {"file_name": "open/2024-01.csv", "rows": 3}


def test_same_files_again_are_an_unchanged_attempt(mart, settings):
    usage(settings, ("billing", "vm-small", "10"))
    run(mart, settings)
    run(mart, settings)
    assert [row["outcome"] for row in ask(mart, ATTEMPTS)] == ["LOADED", "UNCHANGED"]


def test_attempt_of_a_run_that_had_published_is_unchanged(mart, settings):
    usage(settings, ("billing", "vm-small", "10"))
    run_id = uuid4()
    run(mart, settings, run_id=run_id)
    usage(settings, ("billing", "vm-small", "11"))
    assert run(mart, settings, run_id=run_id).published.outcome == "ALREADY"
    assert [row["outcome"] for row in ask(mart, ATTEMPTS)] == ["UNCHANGED"]
    assert ask(mart, "SELECT quantity FROM fact_consumption") == [{"quantity": Decimal(10)}]


def test_header_alone_is_an_empty_attempt(mart, settings):
    header_only(settings)
    assert run(mart, settings).published.outcome == "EMPTY"
    assert [row["outcome"] for row in ask(mart, ATTEMPTS)] == ["EMPTY"]
    assert status_word(mart) == "EMPTY_CONFIRMED"


def test_missing_file_changes_nothing_and_is_remembered_as_missing(mart, settings):
    publish(mart, line())
    with pytest.raises(SourceMissing, match="no file for 2024-01"):
        run(mart, settings)
    [attempt] = ask(mart, ATTEMPTS)
    assert attempt["outcome"] == "MISSING"
    assert "no file for 2024-01: looked for 2024-01*.csv" in attempt["reason"]
    assert status_word(mart) == "LOADED"
    assert ask(mart, "SELECT quantity FROM fact_consumption") == [{"quantity": Decimal(10)}]


def test_refused_file_fails_with_every_fault_named_and_the_old_slice_stays(mart, settings):
    publish(mart, line())
    usage(settings, ("billing", "vm-small", "ten"), ("", "vm-small", "1"), ("portal", "vm-small", "1"))
    with pytest.raises(SourceRefused):
        run(mart, settings)
    [attempt] = ask(mart, ATTEMPTS)
    assert (attempt["outcome"], attempt["refused_count"], attempt["row_count"]) == ("FAILED", 2, None)
    assert "2024-01.csv, line 2, column quantity: 'ten'" in attempt["reason"]
    assert "2024-01.csv, line 3, column application_id" in attempt["reason"]
    found = status(mart)
    assert (found["status"], found["version"], found["row_count"]) == ("FAILED", 1, 1)
    assert found["reason"] == attempt["reason"]
    assert ask(mart, "SELECT quantity FROM fact_consumption") == [{"quantity": Decimal(10)}]


def test_attempt_after_a_failed_one_mends_the_status(enabled, settings):
    mart = enabled
    usage(settings, ("billing", "vm-small", "ten"))
    with pytest.raises(SourceRefused):
        run(mart, settings)
    assert status_word(mart) == "FAILED"
    usage(settings, ("billing", "vm-small", "10"))
    run(mart, settings)
    assert (status(mart)["status"], status(mart)["reason"]) == ("LOADED", None)


def test_unchanged_attempt_after_a_failed_one_mends_the_status_too(mart, settings):
    usage(settings, ("billing", "vm-small", "10"))
    run(mart, settings)
    usage(settings, ("billing", "vm-small", "ten"))
    with pytest.raises(SourceRefused):
        run(mart, settings)
    assert status_word(mart) == "FAILED"
    usage(settings, ("billing", "vm-small", "10"))
    run(mart, settings)
    assert status_word(mart) == "LOADED"


def test_closed_month_fails_with_its_reason(mart, settings):
    usage(settings, ("billing", "vm-small", "10"))
    force_closed(mart, JANUARY)
    with pytest.raises(MartRefused):
        run(mart, settings)
    [attempt] = ask(mart, ATTEMPTS)
    assert (attempt["outcome"], attempt["reason"]) == ("FAILED", "month 2024-01 is closed")


def test_product_in_another_metric_fails_with_its_name(mart, settings):
    publish(mart, line(consumption_metric="GB"), month=FEBRUARY)
    usage(settings, ("billing", "vm-small", "10"))
    with pytest.raises(ContractBroken):
        run(mart, settings)
    [attempt] = ask(mart, ATTEMPTS)
    assert "product 'vm-small' is counted in 'GB', not in 'CPU'" in attempt["reason"]


def test_error_of_a_domains_own_code_fails_with_its_text(mart, settings):
    plugin = discover()["OPEN"]
    usage(settings, ("billing", "vm-small", "10"))

    def broken(period, inputs):
        raise KeyError("quantitiy")

    with pytest.raises(KeyError):
        slices.run_slice(mart, settings, type(plugin)(plugin.domain, broken, plugin.example), JANUARY, uuid4())
    [attempt] = ask(mart, ATTEMPTS)
    assert (attempt["outcome"], attempt["reason"]) == ("FAILED", "'quantitiy'")


def test_month_before_the_domain_is_no_attempt(mart, settings):
    with pytest.raises(NotAvailable, match="OPEN is available from 2024-01, not in 2023-12"):
        run(mart, settings, month=JANUARY.previous)
    assert ask(mart, ATTEMPTS) == []


def test_ended_attempts_of_runs_are_told_in_their_order(mart, settings):
    usage(settings, ("billing", "vm-small", "10"))
    runs = [uuid4(), uuid4()]
    run(mart, settings, run_id=runs[0])
    with pytest.raises(SourceMissing):
        run(mart, settings, month=FEBRUARY, run_id=runs[1])
    ask(mart, RUNNING, runs[1], MARCH.first_day)
    with mart.connect("finops_api") as connection:
        assert slices.ended_since(connection, runs) == [
            (date(2024, 1, 1), "OPEN", "LOADED", 1),
            (date(2024, 2, 1), "OPEN", "MISSING", None),
        ]


# What is known of each month, the current one given


def test_every_month_of_an_enabled_domain_has_its_status(enabled, settings):
    ask(enabled, "UPDATE dim_domain SET available_from = '2024-02-01' WHERE domain_id = 'CLOUD'", role="finops_admin")
    publish(enabled, line(), month=JANUARY)
    publish(enabled, month=FEBRUARY)
    may = JANUARY.shift(4)
    with enabled.connect("finops_api") as connection:
        rows = slices.status(connection, JANUARY, may, JANUARY.shift(3))
    told = {}
    for row in rows:
        told.setdefault(row["domain_id"], []).append(row["status"])
    assert told["OPEN"] == ["LOADED", "EMPTY_CONFIRMED", "MISSING", "EXPECTED"]
    assert told["CLOUD"] == ["NOT_AVAILABLE", "MISSING", "MISSING", "EXPECTED"]
    assert sorted(told) == sorted(discover())


def test_month_is_expected_until_it_is_over(enabled):
    assert status_word(enabled, FEBRUARY, current=FEBRUARY) == "EXPECTED"
    assert status_word(enabled, FEBRUARY, current=MARCH) == "MISSING"


def test_missing_attempt_in_the_current_month_is_still_expected(enabled, settings):
    with pytest.raises(SourceMissing):
        run(enabled, settings)
    assert status_word(enabled, current=JANUARY) == "EXPECTED"
    found = status(enabled, current=FEBRUARY)
    assert found["status"] == "MISSING"
    assert "no file for 2024-01" in found["reason"]


def test_running_attempt_shows_what_stands(enabled):
    publish(enabled, line())
    ask(enabled, RUNNING, uuid4(), JANUARY.first_day)
    assert status_word(enabled) == "LOADED"


def test_slice_after_the_current_month_is_listed(enabled):
    publish(enabled, line(), month=MARCH)
    assert status_word(enabled, MARCH, current=JANUARY) == "LOADED"
    assert status_word(enabled, FEBRUARY, current=JANUARY) == "EXPECTED"


def test_nothing_is_listed_while_no_domain_is_enabled_or_published(mart):
    with mart.connect("finops_api") as connection:
        assert slices.status(connection, JANUARY, MARCH, MARCH) == []


def test_current_period_is_told_on_the_configured_clock(settings):
    # half past midnight in Paris, still the month before in UTC
    assert slices.current_period(settings, datetime(2024, 1, 31, 23, 30, tzinfo=UTC)) == FEBRUARY
    assert slices.current_period(settings, datetime(2024, 6, 30, 21, 59, tzinfo=UTC)) == Period(2024, 6)
    assert slices.current_period(settings, datetime(2024, 6, 30, 22, 0, tzinfo=UTC)) == Period(2024, 7)


# Domains that are spread


def test_support_waits_for_open_and_is_spread_by_its_processors(enabled, settings):
    with pytest.raises(SourceMissing, match="SUPPORT 2024-01 is spread by OPEN, which has no slice for that month yet"):
        run(enabled, settings, "SUPPORT")
    assert status_word(enabled, domain="SUPPORT", current=FEBRUARY) == "MISSING"
    usage(settings, ("billing", "vm-small", "300"), ("portal", "vm-small", "100"))
    run(enabled, settings)
    run(enabled, settings, "SUPPORT")
    weights = "SELECT application_id, quantity FROM fact_consumption WHERE domain_id = 'SUPPORT' ORDER BY 1"
    assert [tuple(row.values()) for row in ask(enabled, weights)] == [
        ("billing", Decimal("0.75")),
        ("portal", Decimal("0.25")),
    ]
    assert ask(enabled, "SELECT driver_domain_id, driver_version FROM slice_driver") == [
        {"driver_domain_id": "OPEN", "driver_version": 1}
    ]


def test_empty_driver_gives_everything_to_unallocated(enabled, settings):
    header_only(settings)
    run(enabled, settings)
    result = run(enabled, settings, "SUPPORT")
    assert result.is_unallocated
    assert ask(enabled, "SELECT application_id, quantity FROM fact_consumption") == [
        {"application_id": "UNALLOCATED", "quantity": Decimal(1)}
    ]


def stale_drivers(mart: Mart) -> int:
    with mart.connect("finops_batch") as connection:
        [found] = [result for result in verify.run_checks(connection) if result.name == "drivers_are_current"]
    return len(found.rows)


@pytest.mark.parametrize(
    ("restated", "outcome"),
    [("900", "LOADED"), ("600", "UNCHANGED")],
    ids=["other weights", "the same weights"],
)
def test_restated_driver_is_told_until_its_dependant_runs_again(enabled, settings, restated, outcome):
    usage(settings, ("billing", "vm-small", "300"), ("portal", "vm-small", "100"))
    run(enabled, settings)
    run(enabled, settings, "SUPPORT")
    assert stale_drivers(enabled) == 0

    usage(settings, ("billing", "vm-small", restated), ("portal", "vm-small", "200"))
    assert run(enabled, settings).published.version == 2
    assert stale_drivers(enabled) == 1
    assert run(enabled, settings, "SUPPORT").published.outcome == outcome
    assert stale_drivers(enabled) == 0
    refresh(enabled)
    with enabled.connect("finops_batch") as connection:
        assert [result.name for result in verify.run_checks(connection) if not result.passed] == []


def test_even_shares_follow_the_active_applications(enabled, settings):
    rows = [{"application_id": name, "application_label": name, "owner": ""} for name in ("a", "b", "c")]
    write_csv(settings.sources / "applications.csv", rows)
    with enabled.connect("finops_batch") as connection:
        referential.import_applications(connection, settings)
    run(enabled, settings, "WORKPLACE")
    shares = ask(enabled, "SELECT application_id, quantity FROM fact_consumption ORDER BY 1")
    assert [str(row["quantity"]) for row in shares] == ["0.333333333334", "0.333333333333", "0.333333333333"]


def test_coefficients_and_shares_come_from_their_files(enabled, settings):
    coefficients = [{"application_id": "a", "coefficient": "2"}, {"application_id": "b", "coefficient": "6"}]
    write_csv(settings.sources / "licences" / "2024-01.csv", coefficients)
    write_csv(settings.sources / "audit" / "shares.csv", coefficients)
    for domain in ("LICENCES", "AUDIT"):
        run(enabled, settings, domain)
        shares = ask(enabled, "SELECT quantity FROM fact_consumption WHERE domain_id = %s ORDER BY 1", domain)
        assert [row["quantity"] for row in shares] == [Decimal("0.25"), Decimal("0.75")]
    detail = "SELECT domain_id, basis_quantity, method_key FROM allocation_detail WHERE application_id = 'a' ORDER BY 1"
    assert [tuple(row.values()) for row in ask(enabled, detail)] == [
        ("AUDIT", Decimal(8), "fixed"),
        ("LICENCES", Decimal(8), "external_coefficients"),
    ]


def test_drivers_run_before_the_domains_spread_by_them():
    plugins = discover()
    ordered = [plugin.domain.domain_id for plugin in slices.ordered(plugins, ["SUPPORT", "OPEN", "AUDIT"])]
    assert sorted(ordered) == ["AUDIT", "OPEN", "SUPPORT"]
    assert ordered.index("OPEN") < ordered.index("SUPPORT")
