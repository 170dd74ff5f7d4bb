"""The month: its label, its arithmetic, and which month an instant lies in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_assets.errors import SettingsError
from finops_assets.period import Period

PARIS = ZoneInfo("Europe/Paris")

periods = st.builds(Period, st.integers(2000, 2100), st.integers(1, 12))
moments = st.integers(10**9, 4 * 10**9).map(lambda second: datetime.fromtimestamp(second, UTC))


def paris(*clock: int, fold: int = 0) -> datetime:
    return datetime(*clock, tzinfo=PARIS, fold=fold)


def utc(*clock: int) -> datetime:
    return datetime(*clock, tzinfo=UTC)


def test_a_label_names_a_month():
    assert Period.parse("2025-03") == Period(2025, 3)


@pytest.mark.parametrize(
    "label",
    [
        "",
        "2025",
        "2025-",
        "2025-3",
        "2025-00",
        "2025-13",
        "25-03",
        "2025-003",
        "02025-03",
        " 2025-03",
        "2025-03 ",
        "2025-03\n",
        "2025-03-01",
        "2025/03",
        "2025_03",
        "202503",
        "2025-0x",
        "-2025-03",
        "+025-03",
        "2025−03",
        "٢٠٢٥-٠٣",
        "２０２５-０３",
        "0000-01",
        "1969-12",
        "9999-01",
    ],
)
def test_anything_else_is_no_month(label):
    with pytest.raises(SettingsError, match="is not a month: write YYYY-MM"):
        Period.parse(label)


@pytest.mark.parametrize(("year", "month"), [(2025, 0), (2025, 13), (2025, -1), (1969, 12), (9999, 1), (0, 1)])
def test_a_month_outside_the_calendar_cannot_be_made(year, month):
    with pytest.raises(SettingsError, match="is not a month"):
        Period(year, month)


@given(periods)
def test_a_month_is_written_as_it_is_read(period):
    assert Period.parse(str(period)) == period


@given(st.text(alphabet="0123456789-", max_size=8))
def test_a_label_that_is_accepted_is_the_label_of_its_month(label):
    try:
        period = Period.parse(label)
    except SettingsError:
        return
    assert str(period) == label


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        (0, "2025-03"),
        (1, "2025-04"),
        (9, "2025-12"),
        (10, "2026-01"),
        (-2, "2025-01"),
        (-3, "2024-12"),
        (-27, "2022-12"),
    ],
)
def test_shift_crosses_years(months, expected):
    assert str(Period(2025, 3).shift(months)) == expected


def test_the_neighbours_of_december_and_january():
    assert Period(2024, 12).next == Period(2025, 1)
    assert Period(2025, 1).previous == Period(2024, 12)


@given(periods, st.integers(-150, 150), st.integers(-150, 150))
def test_shifts_add_up(period, first, second):
    assert period.shift(first).shift(second) == period.shift(first + second)


@given(periods, st.integers(-150, 150))
def test_a_later_month_is_greater(period, months):
    assert (period.shift(months) > period) == (months > 0)
    assert (period.shift(months).first_day > period.first_day) == (months > 0)


def test_through_crosses_the_year_and_holds_both_ends():
    assert [str(period) for period in Period(2024, 11).through(Period(2025, 2))] == [
        "2024-11",
        "2024-12",
        "2025-01",
        "2025-02",
    ]


def test_through_one_month_is_that_month():
    assert list(Period(2025, 1).through(Period(2025, 1))) == [Period(2025, 1)]


def test_through_the_last_month_there_is_ends_with_it():
    assert list(Period(9998, 11).through(Period(9998, 12))) == [Period(9998, 11), Period(9998, 12)]


def test_through_an_earlier_month_is_nothing():
    assert list(Period(2025, 2).through(Period(2025, 1))) == []


@given(periods, st.integers(0, 40))
def test_through_leaves_no_month_out(first, months):
    found = list(first.through(first.shift(months)))
    assert found == [first.shift(step) for step in range(months + 1)]


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_day_lies_in_the_month_that_began_last(day):
    assert Period.of(day).first_day <= day < Period.of(day).next.first_day


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        # still February in UTC
        (paris(2025, 3, 1, 0, 30), "2025-03"),
        (utc(2025, 2, 28, 23, 30), "2025-03"),
        (utc(2025, 2, 28, 22, 59, 59), "2025-02"),
        (utc(2025, 2, 28, 23, 0), "2025-03"),
        # summer time: two hours ahead
        (utc(2025, 7, 31, 21, 59, 59), "2025-07"),
        (utc(2025, 7, 31, 22, 0), "2025-08"),
        (utc(2025, 7, 31, 23, 30), "2025-08"),
        # a Sunday when the clocks go forward, and the month that begins two days after
        (utc(2025, 3, 30, 1, 0), "2025-03"),
        (utc(2025, 3, 31, 21, 59, 59), "2025-03"),
        (utc(2025, 3, 31, 22, 0), "2025-04"),
        # the hour that comes twice on 26 October
        (paris(2025, 10, 26, 2, 30, fold=0), "2025-10"),
        (paris(2025, 10, 26, 2, 30, fold=1), "2025-10"),
        (utc(2025, 10, 31, 22, 59, 59), "2025-10"),
        (utc(2025, 10, 31, 23, 0), "2025-11"),
        # 31 March 2024 is both the Sunday of the change and the last day of its month
        (utc(2024, 3, 31, 21, 59, 59), "2024-03"),
        (utc(2024, 3, 31, 22, 0), "2024-04"),
        (utc(2024, 12, 31, 22, 59, 59), "2024-12"),
        (utc(2024, 12, 31, 23, 0), "2025-01"),
        (utc(2024, 12, 31, 23, 30), "2025-01"),
        (utc(2024, 2, 29, 22, 59, 59), "2024-02"),
        (utc(2024, 2, 29, 23, 0), "2024-03"),
        (utc(2025, 2, 28, 12, 0), "2025-02"),
    ],
)
def test_an_instant_lies_in_the_month_of_the_clocks_of_paris(moment, expected):
    assert str(Period.containing(moment, PARIS)) == expected


@given(moments)
def test_an_instant_lies_between_the_starts_of_its_month_and_the_next(moment):
    period = Period.containing(moment, PARIS)
    assert period.starts_at(PARIS) <= moment < period.next.starts_at(PARIS)


@given(periods)
def test_the_instant_before_a_month_starts_is_of_the_month_before(period):
    start = period.starts_at(PARIS)
    assert Period.containing(start, PARIS) == period
    assert Period.containing(start - timedelta(microseconds=1), PARIS) == period.previous


@pytest.mark.parametrize(
    ("label", "hours"), [("2025-01", 744), ("2025-03", 743), ("2025-10", 745), ("2024-02", 696), ("2025-02", 672)]
)
def test_a_month_lasts_its_real_hours(label, hours):
    period = Period.parse(label)
    assert period.next.starts_at(PARIS) - period.starts_at(PARIS) == timedelta(hours=hours)
