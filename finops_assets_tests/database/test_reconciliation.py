"""Which slices the ledger says are due, and what they are known by."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from finops_assets import catalog
from finops_assets.domains import discover
from finops_assets.errors import FinopsError
from finops_assets.operations import reconciliation
from finops_assets.period import Period
from finops_assets_tests.factories import JANUARY, ask, force_closed, line, publish, run, write_csv

FEBRUARY = Period(2024, 2)
MARCH = Period(2024, 3)
# after the days in which the nights run February too
MARCH_15 = datetime(2024, 3, 15, 12, tzinfo=UTC)
USED = {"application_id": "billing", "product_id": "vm-small", "quantity": 10, "metric": "CPU"}


def enable(mart, *domain_ids, first=JANUARY):
    with mart.connect("finops_admin") as connection:
        for domain_id in domain_ids:
            catalog.set_enabled(connection, domain_id, is_enabled=True, available_from=first)


def due_slices(mart, settings, now=MARCH_15):
    with mart.connect("finops_api") as connection:
        found = reconciliation.due_slices(connection, settings, discover(), now)
    return {one.name: one for one in found}


def reasons(mart, settings, now=MARCH_15):
    return {name: one.why.name for name, one in due_slices(mart, settings, now).items()}


def deliver(settings, month, **changes):
    return write_csv(settings.sources / "open" / f"{month}.csv", [USED | changes])


@pytest.fixture
def opened(mart, settings):
    """OPEN enabled, January and February delivered and run."""
    enable(mart, "OPEN")
    for month in (JANUARY, FEBRUARY):
        deliver(settings, month)
        run(mart, settings, month=month)
    return settings


def test_every_past_month_of_an_enabled_domain_without_a_slice_is_missing(mart, settings):
    enable(mart, "OPEN")
    assert reasons(mart, settings) == {"2024-01 OPEN": "MISSING", "2024-02 OPEN": "MISSING"}


def test_drivers_come_first(mart, settings):
    enable(mart, "AUDIT", "OPEN", "SUPPORT")
    names = [name.split(" ")[1] for name in due_slices(mart, settings)][:3]
    assert names.index("OPEN") < names.index("SUPPORT")


def test_nothing_is_due_of_what_landed_nor_of_the_open_month(mart, opened):
    assert reasons(mart, opened) == {}


def test_a_domain_that_is_off_and_months_before_its_first_are_not_due(mart, settings):
    enable(mart, "OPEN", first=FEBRUARY)
    assert reasons(mart, settings) == {"2024-02 OPEN": "MISSING"}
    with mart.connect("finops_admin") as connection:
        catalog.set_enabled(connection, "OPEN", is_enabled=False)
    assert reasons(mart, settings) == {}


def test_a_closed_month_is_not_due(mart, opened):
    (opened.sources / "open" / "2024-01.csv").write_text("broken")
    with pytest.raises(FinopsError):
        run(mart, opened)
    assert reasons(mart, opened) == {"2024-01 OPEN": "FAILED"}
    force_closed(mart, JANUARY)
    assert reasons(mart, opened) == {}


def test_a_failed_slice_is_due_in_the_open_month_too(mart, opened):
    (opened.sources / "open" / "2024-03.csv").write_text("broken")
    with pytest.raises(FinopsError):
        run(mart, opened, month=MARCH)
    assert reasons(mart, opened) == {"2024-03 OPEN": "FAILED"}


def test_what_waits_for_a_driver_of_the_open_month_is_due_with_it_and_after_it(mart, opened):
    enable(mart, "SUPPORT", first=MARCH)
    (opened.sources / "open" / "2024-03.csv").write_text("broken")
    for domain_id in ("OPEN", "SUPPORT"):
        with pytest.raises(FinopsError):
            run(mart, opened, domain=domain_id, month=MARCH)
    waiting = due_slices(mart, opened)
    assert {name: one.why.name for name, one in waiting.items()} == {
        "2024-03 OPEN": "FAILED",
        "2024-03 SUPPORT": "OUTDATED",
    }
    deliver(opened, MARCH)
    run(mart, opened, month=MARCH)
    after = due_slices(mart, opened)
    assert list(after) == ["2024-03 SUPPORT"]
    assert after["2024-03 SUPPORT"].fingerprint != waiting["2024-03 SUPPORT"].fingerprint
    run(mart, opened, domain="SUPPORT", month=MARCH)
    assert due_slices(mart, opened) == {}


def test_what_waits_for_a_driver_that_nobody_delivered_yet_is_left_to_the_night(mart, opened):
    enable(mart, "SUPPORT", first=MARCH)
    with pytest.raises(FinopsError):
        run(mart, opened, domain="SUPPORT", month=MARCH)
    assert due_slices(mart, opened) == {}


def test_a_slice_whose_run_never_ended_is_due_even_when_a_version_stands(mart, opened):
    ask(
        mart,
        "INSERT INTO slice_run (run_id, period_month, domain_id, outcome) VALUES (%s, '2024-01-01', 'OPEN', 'RUNNING')",
        uuid4(),
    )
    assert reasons(mart, opened) == {"2024-01 OPEN": "UNENDED"}


def test_a_slice_whose_driver_has_a_newer_version_is_due_until_it_is_run(mart, opened):
    enable(mart, "SUPPORT", first=FEBRUARY)
    run(mart, opened, "SUPPORT", month=FEBRUARY)
    assert reasons(mart, opened) == {}
    deliver(opened, FEBRUARY, quantity=11)
    run(mart, opened, month=FEBRUARY)
    assert reasons(mart, opened) == {"2024-02 SUPPORT": "OUTDATED"}
    run(mart, opened, "SUPPORT", month=FEBRUARY)
    assert reasons(mart, opened) == {}


def test_a_month_that_was_last_run_before_it_was_over_is_due_once_the_nights_leave_it(mart, settings):
    enable(mart, "OPEN", first=FEBRUARY)
    deliver(settings, FEBRUARY)
    run(mart, settings, month=FEBRUARY)
    ask(mart, "UPDATE slice_run SET ended_at = '2024-02-20 12:00+00'")
    last_night = datetime(2024, 3, 5, 22, 59, tzinfo=UTC)
    after_it = datetime(2024, 3, 5, 23, 1, tzinfo=UTC)
    assert reasons(mart, settings, last_night) == {}
    assert reasons(mart, settings, after_it) == {"2024-02 OPEN": "EARLY"}
    run(mart, settings, month=FEBRUARY)
    assert reasons(mart, settings, after_it) == {}


def test_months_before_the_first_that_can_be_run_are_not_due(mart, settings):
    enable(mart, "OPEN", first=Period(2023, 6))
    assert set(reasons(mart, settings)) == {"2024-01 OPEN", "2024-02 OPEN"}


def test_the_fingerprint_is_of_the_files_of_the_month(mart, settings):
    enable(mart, "OPEN")
    nothing = due_slices(mart, settings)
    assert due_slices(mart, settings) == nothing
    deliver(settings, FEBRUARY)
    after = due_slices(mart, settings)
    assert after["2024-01 OPEN"] == nothing["2024-01 OPEN"]
    assert after["2024-02 OPEN"].fingerprint != nothing["2024-02 OPEN"].fingerprint


@pytest.mark.parametrize("name", ["2024-01.csv", "2024-01-second.csv", "2023-12.csv", "products.csv"])
def test_the_fingerprint_takes_what_the_month_is_computed_from(mart, settings, name):
    enable(mart, "OPEN")
    before = due_slices(mart, settings)["2024-01 OPEN"].fingerprint
    path = write_csv(settings.sources / "open" / name, [USED])
    there = due_slices(mart, settings)["2024-01 OPEN"].fingerprint
    os.utime(path, ns=(0, 0))
    assert len({before, there, due_slices(mart, settings)["2024-01 OPEN"].fingerprint}) == 3


@pytest.mark.parametrize("name", ["2024-02.csv", "2023-11.csv"])
def test_the_fingerprint_leaves_files_of_other_months_out(mart, settings, name):
    enable(mart, "OPEN")
    before = due_slices(mart, settings)["2024-01 OPEN"]
    write_csv(settings.sources / "open" / name, [USED])
    assert due_slices(mart, settings)["2024-01 OPEN"] == before


def test_the_fingerprint_is_of_the_drivers_versions_too(mart, settings):
    enable(mart, "SUPPORT")
    before = due_slices(mart, settings)["2024-01 SUPPORT"]
    publish(mart, line())
    after = due_slices(mart, settings)["2024-01 SUPPORT"]
    assert before.fingerprint != after.fingerprint
    assert (before.attempt, after.attempt) == (None, "")


def test_a_folder_that_cannot_be_read_is_as_one_without_files(mart, settings):
    enable(mart, "OPEN")
    before = due_slices(mart, settings)
    (settings.sources / "open").write_text("a file")
    assert due_slices(mart, settings) == before
