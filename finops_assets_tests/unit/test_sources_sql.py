"""Rows of a query obey the rules of the files, and the URL never shows."""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from finops_assets.errors import SourceError, SourceRefused
from finops_assets.period import Period
from finops_assets.sources.sql_table import read_query

MARCH = Period(2025, 3)
PARIS = ZoneInfo("Europe/Paris")
NAME = "query BILLING_URL"
ALL = (
    "SELECT application_id, product_id, quantity FROM usage WHERE day >= :period_month AND day < :next_month ORDER BY 1"
)


@pytest.fixture
def url(tmp_path):
    path = tmp_path / "billing.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE usage (application_id, product_id, quantity, day)")
        rows = [("A", "CPU", "0.1", "2025-03-01"), ("B", "CPU", 2, "2025-03-31"), ("C", "CPU", 3, "2025-04-01")]
        connection.executemany("INSERT INTO usage VALUES (?, ?, ?, ?)", rows)
    connection.close()
    return f"sqlite:///{path}"


def read(url, query, kind="usage"):
    return read_query(url, query, kind=kind, name=NAME, period=MARCH, zone=PARIS)


def test_a_query_gives_the_lines_of_the_month(url):
    reading = read(url, ALL)
    assert reading.rows["quantity"].tolist() == [Decimal("0.1"), Decimal(2)]
    assert reading.rows[["file", "line"]].to_numpy().tolist() == [[NAME, 1], [NAME, 2]]
    (file,) = reading.files
    assert (file.name, file.rows) == (NAME, 2)


def test_the_digest_does_not_depend_on_the_order_of_rows_and_columns(url):
    other = ALL.replace("ORDER BY 1", "ORDER BY 1 DESC").replace(
        "application_id, product_id", "product_id, application_id"
    )
    assert read(url, ALL).files[0].sha256 == read(url, other).files[0].sha256
    assert read(url, ALL).files[0].sha256 != read(url, ALL.replace("day <", "day <=")).files[0].sha256


def test_a_query_of_coefficients(url):
    rows = read(url, "SELECT application_id, quantity AS coefficient FROM usage ORDER BY 1", kind="coefficients").rows
    assert rows["coefficient"].tolist() == [Decimal("0.1"), Decimal(2), Decimal(3)]


def test_no_row_is_an_empty_month(url):
    reading = read(url, ALL.replace("ORDER", "AND 1 = 0 ORDER"))
    assert len(reading.rows) == reading.files[0].rows == 0


def test_usage_that_reaches_into_the_month_is_asked_for_too(url):
    query = (
        "SELECT application_id, product_id, quantity, date(:period_month, '+27 days') AS usage_start, "
        "date(:next_month, '+1 day') AS usage_end FROM usage WHERE application_id = 'B'"
    )
    reading = read(url, query)
    # Of March's line 95 of 119 hours (March 30 has 23); of February's line one day of two.
    assert [file.name for file in reading.files] == [NAME, f"{NAME} for 2025-02"]
    assert reading.rows["quantity"].tolist() == [Decimal("1.596638655462"), Decimal(1)]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("SELECT 'A' application_id, 'P' product_id, 0.5 quantity", "line 1, column quantity: '0.5': is of type float"),
        ("SELECT 'A' application_id, 'P' product_id, x'00' quantity", "is of type bytes.*cast the column to numeric"),
        ("SELECT 'A' application_id, 'P' product_id, NULL quantity", "column quantity: '': is empty"),
        ("SELECT NULL application_id, 'P' product_id, 1 quantity", "must name an application"),
        ("SELECT 'A' application_id, 1 quantity", "column product_id: the header lacks this column"),
        ("SELECT 'A' application_id, 'P' product_id, 1 quantity UNION ALL SELECT 'A', 'P', 2", "line 2.*the same"),
        ("SELECT 'A ' application_id, 'P' product_id, 1 quantity", "begins or ends with a space"),
    ],
)
def test_rows_that_cannot_be_trusted_are_refused(url, query, says):
    with pytest.raises(SourceRefused, match=says) as refusal:
        read(url, query)
    assert all(fault.file == NAME for fault in refusal.value.faults)


@pytest.mark.parametrize(
    "broken",
    [
        "sqlite:////nowhere-secret/canary.db",
        "canary-secret",
        "nodriver://user:canary-secret@host/db",
        "postgresql+nodriver://user:canary-secret@host/db",
    ],
)
def test_a_database_that_does_not_answer_never_shows_its_url(broken):
    with pytest.raises(SourceError, match="did not answer") as error:
        read(broken, ALL)
    assert "secret" not in str(error.value)
    assert "canary" not in str(error.value)
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__


def test_a_broken_query_is_an_error_of_the_source(url):
    with pytest.raises(SourceError, match="OperationalError"):
        read(url, "SELECT nothing FROM nowhere")
