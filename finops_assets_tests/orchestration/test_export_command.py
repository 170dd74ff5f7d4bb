"""``finops export`` as a person types it."""

from __future__ import annotations

import csv
import sys

import pyarrow.parquet as pq
import pytest

from finops_assets import cli
from finops_assets_tests.factories import JANUARY, line, price, price_view, publish, refresh


@pytest.fixture
def finops(settings, mart, monkeypatch, capsys):
    """Run a command in this process; gives its exit code and stderr as ``main`` leaves them."""
    monkeypatch.setenv("FINOPS_HOME", str(settings.home))
    monkeypatch.setenv("FINOPS_DATABASE_URL", mart.url)

    def _finops(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["finops", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        shown = capsys.readouterr()
        assert shown.out == ""
        return int(ended.value.code or 0), shown.err

    return _finops


@pytest.fixture
def priced(mart, tmp_path):
    """OPEN in January: 10 CPU of billing at 0.123456789012, and 5 of a product without a price."""
    price_view(mart, tmp_path)
    price(mart, tmp_path, "0.123456789012")
    publish(mart, line(), line(product_id="new", product_label=None, quantity=5))
    refresh(mart)


def test_a_month_is_written_and_what_is_missing_is_told(finops, priced, tmp_path):
    code, err = finops("export", "2024-01", "--out", str(tmp_path / "january.csv"))
    assert code == 0
    assert "2 lines in" in err
    assert "internal: 1.23456789012 EUR" in err
    assert "incomplete: 1 line without a price; the cost is empty" in err
    with (tmp_path / "january.csv").open(newline="") as file:
        assert {row["SkuId"]: row["BilledCost"] for row in csv.DictReader(file)} == {
            "new": "",
            "vm-small": "1.23456789012",
        }


def test_a_range_is_written_in_the_asked_form_for_one_application(finops, mart, priced, tmp_path):
    publish(mart, line(application_id="portal"), month=JANUARY.next)
    out = tmp_path / "both.parquet"
    words = ("--format", "parquet", "--view", "internal", "--application", "portal", "--out", str(out))
    code, err = finops("export", "2024-01..2024-02", *words)
    assert code == 0
    assert "stale: 1 slice newer than the marts" in err
    assert pq.read_table(out).column("period_month").to_pylist()[0].month == 2


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["2024-01.."], 2, "'' is not a month"),
        (["2024-1"], 2, "'2024-1' is not a month"),
        (["2024-02..2024-01"], 1, "holds no month"),
        (["2024-01", "--format", "xlsx"], 2, "xlsx"),
        (["2024-01", "--view", "nope"], 1, "pricing view 'nope' is unknown"),
        (["2024-01", "--application", "nope"], 1, "application 'nope' is unknown"),
    ],
)
def test_what_cannot_be_exported_is_told_and_nothing_is_written(finops, priced, tmp_path, words, code, told):
    found, err = finops("export", *words, "--out", str(tmp_path / "out.csv"))
    assert (found, (tmp_path / "out.csv").exists()) == (code, code == 0)
    assert told in err


def test_a_file_is_asked_for(finops):
    code, err = finops("export", "2024-01")
    assert code == 2
    assert "--out" in err
