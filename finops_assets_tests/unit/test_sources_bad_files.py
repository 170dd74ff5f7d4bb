"""Files that cannot be trusted are refused whole, naming place, value and remedy."""

from __future__ import annotations

import gzip
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finops_assets.errors import SourceMissing, SourceRefused
from finops_assets.period import Period
from finops_assets.sources.drop_folder import files_of
from finops_assets.sources.usage import read_usage
from finops_assets_tests.unit.bad_files import BAD_FILES, GOOD, HEADER, LABELLED, TIMED, Bad

MARCH = Period(2025, 3)
PARIS = ZoneInfo("Europe/Paris")


def deliver(folder, **files):
    for name, data in files.items():
        (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())


def faults_of(folder, period=MARCH, max_bytes=10**9):
    with pytest.raises(SourceRefused) as refusal:
        read_usage(folder, period, zone=PARIS, max_bytes=max_bytes)
    return refusal.value.faults


@pytest.mark.parametrize("bad", BAD_FILES, ids=lambda bad: bad.title)
def test_a_bad_file_is_refused_with_place_value_and_remedy(tmp_path, bad: Bad):
    deliver(tmp_path, **{bad.name: bad.data})
    fault = faults_of(tmp_path)[0]
    assert fault.file == f"{tmp_path.name}/{bad.name}"
    assert (fault.line, fault.column) == (bad.line, bad.column)
    if bad.value is not None:
        assert fault.value == bad.value
    assert bad.reason in fault.reason
    assert bad.remedy in fault.remedy
    assert bad.remedy in str(fault)


def test_there_are_at_least_fifty_classes_with_names_of_their_own():
    assert len({bad.title for bad in BAD_FILES}) == len(BAD_FILES) >= 50


def test_every_fault_is_named_and_those_of_structure_come_first(tmp_path):
    deliver(tmp_path, **{"2025-03.csv": f"{HEADER}APP-1,CPU,x\nAPP-2,CPU\n,CPU,1\nAPP-3,CPU,1e5\n"})
    found = [(fault.line, fault.column) for fault in faults_of(tmp_path)]
    assert found == [(3, None), (4, "application_id"), (2, "quantity"), (5, "quantity")]


def test_faults_of_all_files_are_raised_together(tmp_path):
    files = {"2025-03-a.csv": HEADER + "A,CPU,x\n", "2025-03-b.csv": b"", "2025-03-c.csv": HEADER + "A,CPU,y\n"}
    deliver(tmp_path, **files)
    assert [fault.file.rpartition("-")[2] for fault in faults_of(tmp_path)] == ["b.csv", "a.csv", "c.csv"]


def test_no_more_than_a_thousand_faults_are_kept(tmp_path):
    deliver(tmp_path, **{"2025-03.csv": HEADER + "A,CPU,x\n" * 1500})
    faults = faults_of(tmp_path)
    assert len(faults) == 1000
    assert faults[-1].line == 1001


def test_faults_after_the_first_chunk_have_their_own_line(tmp_path):
    rows = "".join(f'A{n},CPU,1,"x\ny"\n' for n in range(60_000))
    deliver(tmp_path, **{"2025-03.csv": f"{LABELLED}{rows}B,CPU,?,x\n".replace("?,x", '?,"x\ny"')})
    (fault,) = faults_of(tmp_path)
    assert (fault.line, fault.value) == (120_002, "?")


def test_a_file_over_the_limit_is_refused_before_it_is_parsed(tmp_path):
    deliver(tmp_path, **{"2025-03.csv": HEADER + GOOD * 99, "2025-03.csv.gz": gzip.compress(b"x" * 2000)})
    faults = faults_of(tmp_path, max_bytes=1000)
    assert [fault.reason for fault in faults] == ["holds more than 1000 bytes"] * 2
    assert "FINOPS_MAX_SOURCE_BYTES" in faults[0].remedy


def test_a_line_repeated_in_another_file_is_refused_naming_both_places(tmp_path):
    deliver(tmp_path, **{"2025-03-a.csv": HEADER + GOOD, "2025-03-b.csv": HEADER + "B,CPU,1\nAPP-1,CPU,11\n"})
    (fault,) = faults_of(tmp_path)
    assert (fault.file, fault.line, fault.value) == (f"{tmp_path.name}/2025-03-b.csv", 3, "APP-1 / CPU")
    assert f"{tmp_path.name}/2025-03-a.csv, line 2" in fault.reason


def test_one_instant_written_in_two_ways_is_a_duplicate(tmp_path):
    rows = "A,CPU,1,2025-03-01,2025-03-02\nA,CPU,1,2025-02-28T23:00:00Z,2025-03-02T00:00+01:00\n"
    deliver(tmp_path, **{"2025-03.csv": TIMED + rows})
    assert "the same application_id" in faults_of(tmp_path)[0].reason


@pytest.mark.parametrize("copy", ["2025-03-b.csv", "2025-03.csv.gz"])
def test_a_copy_of_a_file_is_refused_even_compressed(tmp_path, copy):
    data = (HEADER + GOOD).encode()
    deliver(tmp_path, **{"2025-03.csv": data, copy: gzip.compress(data) if copy.endswith("gz") else data})
    assert any("same bytes" in fault.reason for fault in faults_of(tmp_path))


@pytest.mark.parametrize("column", ["metric", "family_id", "product_label", "family_label"])
def test_a_product_has_one_metric_family_and_label_in_a_month(tmp_path, column):
    header = f"application_id,product_id,quantity,{column}\n"
    deliver(
        tmp_path, **{"2025-03-a.csv": header + "A,CPU,1,one\nC,CPU,1,\n", "2025-03-b.csv": header + "B,CPU,1,two\n"}
    )
    (fault,) = faults_of(tmp_path)
    assert (fault.file, fault.line, fault.column) == (f"{tmp_path.name}/2025-03-b.csv", 2, column)
    assert "'one'" in fault.reason


def test_a_faulty_line_is_not_taken_for_a_duplicate(tmp_path):
    deliver(tmp_path, **{"2025-03.csv": TIMED + "A,CPU,1,,\nA,CPU,1,soon,later\n"})
    assert {fault.column for fault in faults_of(tmp_path)} == {"usage_start", "usage_end"}


def test_an_unreadable_file_is_refused_by_name(tmp_path, monkeypatch):
    deliver(tmp_path, **{"2025-03.csv": HEADER + GOOD})

    def deny(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", deny)
    (fault,) = faults_of(tmp_path)
    assert "Permission denied" in fault.reason


def read_or_refuse(folder):
    with suppress(SourceRefused):
        read_usage(folder, MARCH, zone=PARIS, max_bytes=10**6)


@given(st.sampled_from(["2025-03.csv", "2025-03.csv.gz", "2025-03.parquet"]), st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(name, data):
    with TemporaryDirectory() as folder:
        deliver(Path(folder), **{name: data})
        read_or_refuse(Path(folder))


@given(
    st.lists(st.lists(st.text(alphabet='A1.-,"; \n\réе\u200b\u0301', max_size=5), min_size=1, max_size=5), max_size=5)
)
def test_any_rows_are_read_or_refused(rows):
    with TemporaryDirectory() as folder:
        text = TIMED + "".join(",".join(row) + "\n" for row in rows)
        deliver(Path(folder), **{"2025-03.csv": text.encode(), "2025-02.csv": text.encode()})
        read_or_refuse(Path(folder))


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path, monkeypatch):
    deliver(tmp_path, **{"2025-03.csv": HEADER + GOOD, "longer": HEADER + GOOD + "APP-2,CPU,1\n"})
    opened = Path.open
    monkeypatch.setattr("pathlib.Path.open", lambda path, *mode: opened(path.with_name("longer"), *mode))
    (fault,) = faults_of(tmp_path)
    assert "changed while it was read" in fault.reason


def test_a_month_without_file_says_what_was_looked_for(tmp_path):
    for name in ("2025-031.csv", "2025-04.csv", ".2025-03.csv", "x2025-03.csv", "2025-03.xlsx", "products.csv"):
        (tmp_path / name).write_text("")
    (tmp_path / "2025-03-folder.csv").mkdir()
    with pytest.raises(SourceMissing, match=r"2025-03\*\.csv, .*2025-03\*\.parquet.*2025-03\.xlsx is there"):
        files_of(tmp_path, MARCH)
    with pytest.raises(SourceMissing, match="no file for 2025-03"):
        files_of(tmp_path / "absent", MARCH)


def test_files_of_a_month_are_sorted_and_may_have_any_suffix(tmp_path):
    names = ["2025-03-02.csv", "2025-03.csv", "2025-03_b.parquet", "2025-03a.csv.gz"]
    for name in [*names, "2025-030.csv", "2025-03.csv.part"]:
        (tmp_path / name).write_text("")
    assert [path.name for path in files_of(tmp_path, MARCH)] == names
