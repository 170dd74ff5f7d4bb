"""Legitimate usage files, also those that look odd, are read exactly."""

from __future__ import annotations

import gzip
from decimal import Decimal
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow as pa
import pytest

from finops_assets.period import Period
from finops_assets.sources.usage import read_usage

HEADER = "application_id,product_id,quantity\n"
TIMED = "application_id,product_id,quantity,usage_start,usage_end\n"
LABELLED = "application_id,product_id,quantity,product_label\n"
MARCH = Period(2025, 3)
PARIS = ZoneInfo("Europe/Paris")


def usage(folder):
    return read_usage(folder, MARCH, zone=PARIS, max_bytes=10**9)


def read(folder, data, name="2025-03.csv"):
    (folder / name).write_bytes(data if isinstance(data, bytes) else data.encode())
    return usage(folder).rows


def test_columns_are_all_there_in_arrow_types(tmp_path):
    rows = read(tmp_path, HEADER + "APP-1,CPU,10\n")
    text, number = pd.ArrowDtype(pa.string()), pd.ArrowDtype(pa.decimal128(38, 12))
    assert dict(rows.dtypes) == {
        **dict.fromkeys(["application_id", "product_id"], text),
        "quantity": number,
        **dict.fromkeys(["family_id", "product_label", "family_label", "metric", "charge_class"], text),
        **dict.fromkeys(["application_label", "file"], text),
        "line": pd.ArrowDtype(pa.int64()),
    }
    assert rows.iloc[0].dropna().tolist() == ["APP-1", "CPU", Decimal(10), f"{tmp_path.name}/2025-03.csv", 2]


@pytest.mark.parametrize(
    "identity", ["NA", "NULL", "nan", "None", "00123", "1E5", "true", "-", "=1+1", "a b", "Éco", "данные", "費用"]
)
def test_ids_that_look_like_something_else_stay_text(tmp_path, identity):
    rows = read(tmp_path, f"{HEADER}{identity},{identity},1\n")
    assert rows[["application_id", "product_id"]].to_numpy().tolist() == [[identity, identity]]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9007199254740993.01", "9007199254740993.01"),
        ("123456789012345678.123456789012", "123456789012345678.123456789012"),
        ("-999999999999999999.999999999999", "-999999999999999999.999999999999"),
        ("0.000000000001", "0.000000000001"),
        ("1.12345678901200000000000000000000000000000000", "1.123456789012"),
        ("0000000000000000000000000000000000000000001.5", "1.5"),
        ("007", "7"),
        ("-0", "0"),
        ("-0.000", "0"),
    ],
)
def test_decimals_are_exact(tmp_path, text, value):
    (number,) = read(tmp_path, f"{HEADER}A,CPU,{text}\n")["quantity"]
    assert number == Decimal(value)
    assert not number.is_signed() or number < 0


@pytest.mark.parametrize(
    "label", ["one, two", "two\nlines", "two\r\nlines", 'said ""so""', "Été — 5 €", "prix\u00a0: 3"]
)
def test_quoted_labels_are_read_as_they_are(tmp_path, label):
    rows = read(tmp_path, f'{LABELLED}A,CPU,1,"{label}"\nB,CPU,2,\n')
    assert rows["product_label"].tolist() == [label.replace('""', '"'), pd.NA]
    assert rows["line"].tolist() == [2, 4 if "\n" in label else 3]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("2025-03.csv", ("\ufeff" + HEADER + "A,CPU,1\n").encode()),
        ("2025-03.csv", (HEADER + "A,CPU,1\n").replace("\n", "\r\n").encode()),
        ("2025-03.csv", b"quantity,product_id,application_id\n1,CPU,A\n"),
        ("2025-03.csv", b'"application_id","product_id","quantity"\n"A","CPU","1"\n'),
        ("2025-03.csv.gz", gzip.compress((HEADER + "A,CPU,1\n").encode())),
        ("2025-03.csv.gz", gzip.compress(HEADER.encode()) + gzip.compress(b"A,CPU,1\n")),
    ],
    ids=["mark", "crlf", "reordered", "quoted", "gzip", "gzip of two members"],
)
def test_harmless_differences_of_form_are_read(tmp_path, name, data):
    rows = read(tmp_path, data, name)
    assert rows[["application_id", "product_id", "quantity"]].to_numpy().tolist() == [["A", "CPU", Decimal(1)]]


def test_a_header_alone_is_a_month_confirmed_empty(tmp_path):
    (tmp_path / "2025-03.csv").write_text(HEADER)
    reading = usage(tmp_path)
    assert len(reading.rows) == 0
    assert reading.files[0].rows == 0
    assert reading.rows["quantity"].dtype == pd.ArrowDtype(pa.decimal128(38, 12))


def test_files_are_named_with_digest_size_and_rows(tmp_path):
    read(tmp_path, HEADER + "A,CPU,1\n", "2025-03-a.csv")
    rows = read(tmp_path, HEADER + "B,CPU,2\nC,CPU,-3\n", "2025-03-b.csv")
    one, two = usage(tmp_path).files
    assert (one.name, one.bytes, one.rows, two.rows) == (f"{tmp_path.name}/2025-03-a.csv", 43, 1, 2)
    assert len(one.sha256) == 64
    assert rows[["file", "line"]].to_numpy().tolist() == [[one.name, 2], [two.name, 2], [two.name, 3]]


def test_the_same_key_with_another_class_or_time_is_another_line(tmp_path):
    header = "application_id,product_id,quantity,charge_class,usage_start,usage_end\n"
    data = header + "A,CPU,1,,,\nA,CPU,-1,CREDIT,,\nA,CPU,1,,2025-03-01,2025-03-02\nA,CPU,1,,2025-03-02,2025-03-03\n"
    rows = read(tmp_path, data)
    assert rows["charge_class"].tolist() == [pd.NA, "CREDIT", pd.NA, pd.NA]


def test_two_hundred_thousand_lines_are_all_there(tmp_path):
    data = HEADER + "".join(f"A{n},CPU,0.1\n" for n in range(200_000))
    rows = read(tmp_path, data)
    assert rows["quantity"].sum() == Decimal(20_000)
    assert rows["line"].tolist() == list(range(2, 200_002))
