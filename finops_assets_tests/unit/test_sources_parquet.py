"""Parquet files are read like CSV, without a float on the way."""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from finops_assets.errors import SourceRefused
from finops_assets.period import Period
from finops_assets.sources.usage import read_usage

MARCH = Period(2025, 3)
PARIS = ZoneInfo("Europe/Paris")


def usage(folder):
    return read_usage(folder, MARCH, zone=PARIS, max_bytes=10**9)


def write_parquet(folder, **columns):
    pq.write_table(pa.table(columns), folder / "2025-03.parquet")


def test_parquet_gives_the_same_rows_as_csv(tmp_path):
    write_parquet(
        tmp_path,
        application_id=pa.array(["A", "00123", "C"]).dictionary_encode(),
        product_id=pa.array([7, 7, 7]),
        quantity=pa.array([Decimal("0.000000000001"), Decimal("-1.5"), Decimal("99999999.25")], pa.decimal128(30, 15)),
        product_label=pa.array(["x", None, None], pa.large_string()),
        usage_start=pa.array([None, None, 1740787200 * 10**9], pa.timestamp("ns", "Europe/Paris")),
        usage_end=pa.array([None, None, "2025-03-31T00:00"]),
    )
    rows = usage(tmp_path).rows
    assert rows["application_id"].tolist() == ["A", "00123", "C"]
    assert rows["product_id"].tolist() == ["7", "7", "7"]
    assert rows["quantity"].tolist() == [Decimal("1E-12"), Decimal("-1.5"), Decimal("99999999.25")]
    assert rows["product_label"].tolist() == ["x", pd.NA, pd.NA]
    assert rows["line"].tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("quantity", "reason"),
    [
        (pa.array([1.5]), "binary float"),
        (pa.array([b"1"]), "type binary"),
        (pa.array([Decimal("0.0000000000001")]), "12 decimals"),
        (pa.array([None], pa.int64()), "is empty"),
        (pa.array([10**18]), "18 digits"),
    ],
)
def test_parquet_quantities_that_are_not_exact_are_refused(tmp_path, quantity, reason):
    write_parquet(tmp_path, application_id=["A"], product_id=["CPU"], quantity=quantity)
    with pytest.raises(SourceRefused, match=reason) as refusal:
        usage(tmp_path)
    assert refusal.value.faults[0].column == "quantity"


def test_a_parquet_file_over_the_limit_once_decoded_is_refused(tmp_path):
    size = 1_000_000
    same = pa.array(["the very same application"] * size)
    write_parquet(tmp_path, application_id=same, product_id=same, quantity=pa.array([1] * size))
    with pytest.raises(SourceRefused, match="once decoded"):
        read_usage(tmp_path, MARCH, zone=PARIS, max_bytes=5_000_000)


def test_a_cut_parquet_file_is_refused(tmp_path):
    write_parquet(tmp_path, application_id=["A"], product_id=["CPU"], quantity=["1"])
    whole = (tmp_path / "2025-03.parquet").read_bytes()
    (tmp_path / "2025-03.parquet").write_bytes(whole[:-5])
    with pytest.raises(SourceRefused, match="not a whole Parquet file"):
        usage(tmp_path)
