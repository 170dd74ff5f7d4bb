"""Which months a night and a month's third day run, at chosen instants."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from finops_assets.operations.planning import MonthsRequest, monthly, months_of_a_night, nightly
from finops_assets.period import Period

PARIS = ZoneInfo("Europe/Paris")
ALWAYS = {"OPEN": Period(2024, 1), "SUPPORT": Period(2024, 1)}


def at(text, zone=PARIS):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def months(requests):
    return [str(request.first) for request in requests]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2024, 6, 1), ["2024-05", "2024-06"]),
        (date(2024, 6, 5), ["2024-05", "2024-06"]),
        (date(2024, 6, 6), ["2024-06"]),
        (date(2024, 6, 30), ["2024-06"]),
        (date(2025, 1, 1), ["2024-12", "2025-01"]),
        (date(2024, 12, 31), ["2024-12"]),
        (date(2024, 2, 29), ["2024-02"]),
        (date(2024, 3, 1), ["2024-02", "2024-03"]),
    ],
)
def test_a_night_runs_the_open_month_and_the_one_before_in_its_first_days(day, expected):
    assert list(map(str, months_of_a_night(day, 5))) == expected


def test_a_night_may_leave_the_month_before_alone():
    assert months_of_a_night(date(2024, 6, 1), 0) == [Period(2024, 6)]


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2024-03-31T03:00", ["2024-03"]),  # the clocks went forward an hour ago
        ("2024-10-27T03:00", ["2024-10"]),  # and back
        ("2025-01-01T00:30", ["2024-12", "2025-01"]),  # it is still 2024 in UTC
        ("2024-02-29T23:59", ["2024-02"]),
        ("2024-03-01T00:00", ["2024-02", "2024-03"]),
    ],
)
def test_a_night_goes_by_the_clocks_of_its_zone(moment, expected):
    local = at(moment)
    assert months(nightly(PARIS, 5, local, ALWAYS)) == expected
    assert months(nightly(PARIS, 5, local.astimezone(UTC), ALWAYS)) == expected


def test_the_same_instant_is_another_night_elsewhere():
    moment = at("2025-01-01T00:30")
    assert months(nightly(ZoneInfo("America/New_York"), 5, moment, ALWAYS)) == ["2024-12"]


def test_a_request_names_month_and_date():
    [request] = nightly(PARIS, 5, at("2024-06-20T03:00"), ALWAYS)
    assert request == MonthsRequest(("OPEN", "SUPPORT"), Period(2024, 6), Period(2024, 6), "2024-06:2024-06-20")


def test_a_domain_that_begins_later_is_left_out_of_the_months_before():
    enabled = {"OPEN": Period(2024, 1), "AUDIT": Period(2024, 6)}
    before, current = nightly(PARIS, 5, at("2024-06-02T03:00"), enabled)
    assert (before.domain_ids, current.domain_ids) == (("OPEN",), ("OPEN", "AUDIT"))


def test_a_month_nobody_has_begun_is_not_asked_for():
    assert months(nightly(PARIS, 5, at("2024-01-02T03:00"), ALWAYS)) == ["2024-01"]
    assert nightly(PARIS, 5, at("2024-06-20T03:00"), {}) == []


@pytest.mark.parametrize(
    ("moment", "expected"),
    [("2024-03-03T04:00", "2024-02"), ("2025-01-03T04:00", "2024-12"), ("2024-11-03T04:00", "2024-10")],
)
def test_the_third_runs_the_month_before(moment, expected):
    [request] = monthly(PARIS, at(moment), ALWAYS)
    assert (str(request.first), str(request.last)) == (expected, expected)
    assert request.run_key == f"{expected}:{moment[:10]}"


def test_the_third_asks_for_nothing_before_anything_has_begun():
    assert monthly(PARIS, at("2024-01-03T04:00"), ALWAYS) == []
