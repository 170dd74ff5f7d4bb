"""Usage across a month's end is cut there exactly, on the clocks of the zone."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_assets.errors import SourceRefused
from finops_assets.period import Period
from finops_assets.sources.instants import cut, instant_in, month_start
from finops_assets.sources.usage import read_usage

HEADER = "application_id,product_id,quantity\n"
TIMED = "application_id,product_id,quantity,usage_start,usage_end\n"
MARCH, APRIL = Period(2025, 3), Period(2025, 4)
PARIS = ZoneInfo("Europe/Paris")


def usage(folder, period=MARCH):
    return read_usage(folder, period, zone=PARIS, max_bytes=10**9)


def quantities(folder, period=MARCH):
    return usage(folder, period).rows["quantity"].tolist()


@pytest.mark.parametrize(
    ("quantity", "first", "second"),
    [
        ("48", "24", "24"),
        ("-48", "-24", "-24"),
        ("0.000000000001", "0", "0.000000000001"),
        ("-0.000000000001", "0", "-0.000000000001"),
    ],
)
def test_usage_across_the_month_end_is_cut_there(tmp_path, quantity, first, second):
    (tmp_path / "2025-03.csv").write_text(f"{TIMED}A,CPU,{quantity},2025-03-31,2025-04-02\nB,CPU,5,,\n")
    (tmp_path / "2025-04.csv").write_text(f"{HEADER}C,CPU,7\n")
    assert quantities(tmp_path, MARCH) == [Decimal(first), Decimal(5)]
    april = usage(tmp_path, APRIL)
    assert april.rows["quantity"].tolist() == [Decimal(7), Decimal(second)]
    assert april.rows["line"].tolist() == [2, 2]
    assert [file.name for file in april.files] == [f"{tmp_path.name}/2025-04.csv", f"{tmp_path.name}/2025-03.csv"]


def test_usage_that_ends_with_the_month_does_not_reach_the_next(tmp_path):
    (tmp_path / "2025-03.csv").write_text(f"{TIMED}A,CPU,3,2025-03-31,2025-04-01T00:00:00\n")
    (tmp_path / "2025-04.csv").write_text(HEADER)
    assert quantities(tmp_path, MARCH) == [Decimal(3)]
    assert quantities(tmp_path, APRIL) == []
    assert [file.name for file in usage(tmp_path, APRIL).files] == [f"{tmp_path.name}/2025-04.csv"]


@pytest.mark.parametrize(
    ("start", "end", "hours", "after"),
    [
        # 2025-03-30 has 23 hours in Paris and 2025-10-26 has 25: parts follow hours that really passed.
        ("2025-03-30T00:00:00", "2025-04-02T00:00:00", "71", "24"),
        ("2025-10-26T00:00:00", "2025-11-02T00:00:00", "169", "24"),
        ("2024-02-29T12:00:00", "2024-03-01T12:00:00", "24", "12"),
        ("2024-12-31T12:00:00", "2025-01-01T12:00:00", "24", "12"),
        ("2025-03-31T21:30:00Z", "2025-03-31T22:30:00Z", "1", "0.5"),
        ("2025-03-31 23:30", "2025-04-01 00:30", "1", "0.5"),
    ],
)
def test_the_cut_follows_real_time_in_the_zone(tmp_path, start, end, hours, after):
    month = Period.parse(start[:7])
    (tmp_path / f"{month}.csv").write_text(f"{TIMED}A,CPU,{hours},{start},{end}\n")
    (tmp_path / f"{month.next}.csv").write_text(HEADER)
    assert quantities(tmp_path, month) == [Decimal(hours) - Decimal(after)]
    assert quantities(tmp_path, month.next) == [Decimal(after)]


def test_half_past_midnight_of_the_first_is_in_the_month_of_paris(tmp_path):
    lines = "A,CPU,1,2025-03-01T00:30,2025-03-01T01:00\nB,CPU,1,2025-02-28T23:30Z,2025-03-02\n"
    (tmp_path / "2025-03.csv").write_text(TIMED + lines)
    assert quantities(tmp_path) == [Decimal(1), Decimal(1)]


def test_a_repeated_hour_needs_its_offset(tmp_path):
    october = Period(2025, 10)
    (tmp_path / "2025-10.csv").write_text(f"{TIMED}A,CPU,1,2025-10-26T02:30,2025-10-26T04:00\n")
    with pytest.raises(SourceRefused, match="happens twice on the clocks of Europe/Paris; write its offset"):
        usage(tmp_path, october)
    (tmp_path / "2025-10.csv").write_text(f"{TIMED}A,CPU,1,2025-10-26T02:30+0100,2025-10-26T04:00\n")
    assert quantities(tmp_path, october) == [Decimal(1)]


def test_a_faulty_file_of_the_month_before_refuses_only_if_it_may_reach(tmp_path):
    (tmp_path / "2025-03.csv").write_text(f"{HEADER}A,CPU,1\n")
    (tmp_path / "2025-02.csv").write_text(f"{HEADER}A,CPU,broken\n")
    assert quantities(tmp_path) == [Decimal(1)]
    (tmp_path / "2025-02.csv").write_text(f"{TIMED}A,CPU,broken,,\n")
    with pytest.raises(SourceRefused, match="2025-02.csv, line 2, column quantity"):
        usage(tmp_path)


def test_a_label_that_changes_with_the_month_does_not_refuse_reaching_usage(tmp_path):
    header = TIMED.replace("\n", ",product_label\n")
    (tmp_path / "2025-02.csv").write_text(
        f"{header}A,CPU,2,2025-02-28,2025-03-02,Old\nA,DISK,2,2025-02-28,2025-03-02,Disk\n"
    )
    (tmp_path / "2025-03.csv").write_text(f"{header}A,CPU,5,,,New\n")
    rows = usage(tmp_path).rows
    assert rows["product_label"].tolist() == ["New", "New", "Disk"]
    assert rows["quantity"].tolist() == [Decimal(5), Decimal(1), Decimal(1)]


def test_a_metric_that_changes_with_the_month_refuses_reaching_usage(tmp_path):
    header = TIMED.replace("\n", ",metric\n")
    (tmp_path / "2025-02.csv").write_text(f"{header}A,CPU,2,2025-02-28,2025-03-02,hour\n")
    (tmp_path / "2025-03.csv").write_text(f"{header}B,CPU,5,,,minute\n")
    with pytest.raises(SourceRefused, match="column metric"):
        usage(tmp_path)


@given(
    units=st.integers(-(10**30) + 1, 10**30 - 1),
    start=st.integers(0, 10**15),
    before=st.integers(1, 10**13),
    after=st.integers(1, 10**13),
)
def test_parts_add_up_and_mirror_their_sign(units, start, before, after):
    first, second = cut(units, start=start, end=start + before + after, at=start + before)
    assert first + second == units
    assert abs(first) + abs(second) == abs(units)
    assert cut(-units, start=start, end=start + before + after, at=start + before) == (-first, -second)
    assert abs(first * (before + after) - units * before) < before + after


@given(st.integers(0, 3 * 10**9))
def test_an_instant_with_offset_lies_in_the_month_the_zone_says(second):
    aware = datetime.fromtimestamp(second, UTC)
    period = Period.containing(aware, PARIS)
    instant = instant_in(PARIS)(aware.isoformat())
    assert instant == second * 10**6
    assert month_start(period, PARIS) <= instant < month_start(period.next, PARIS)
