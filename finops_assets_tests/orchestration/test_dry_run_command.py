"""``finops run --dry-run`` as a person types it."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys

import pytest

from finops_assets_tests.database.test_dry_run import state
from finops_assets_tests.factories import price, price_view, refresh, run, write_csv


@pytest.fixture
def restated(company, mart, tmp_path):
    """OPEN, SUPPORT and LICENCES of January published and priced; OPEN's file now says something else."""
    price_view(mart, tmp_path)
    price(mart, tmp_path, "2")
    for domain_id in ("OPEN", "SUPPORT", "LICENCES"):
        run(mart, company, domain_id)
    refresh(mart)
    used = {"application_id": "billing", "product_id": "vm-small", "quantity": "15.5", "metric": "CPU"}
    write_csv(company.sources / "open" / "2024-01.csv", [used, used | {"application_id": "new", "quantity": "1"}])


def test_a_month_is_told_and_nothing_is_written(restated, finops, mart):
    before = state(mart)
    code, out, err = finops("run", "2024-01", "--dry-run")
    assert code == 0
    assert state(mart) == before
    assert "OPEN 2024-01: 3 lines differ" in out
    assert "OPEN 2024-01: cost in each pricing view" in out
    assert "-7.00 EUR" in out
    assert "dry run of 3 slices" in err
    assert "nothing was written" in err


def test_json_has_every_digit_and_every_line(restated, finops):
    code, out, _ = finops("run", "2024-01", "--dry-run", "--format", "json")
    told = {row["domain"]: row for row in json.loads(out)}
    assert code == 0
    assert {domain: row["verdict"] for domain, row in told.items()} == {
        "OPEN": "LOADED",
        "SUPPORT": "UNCHANGED",
        "LICENCES": "UNCHANGED",
    }
    assert told["OPEN"]["money"] == [
        {
            "month": "2024-01",
            "domain": "OPEN",
            "view": "internal",
            "currency": "EUR",
            "before": "40.00",
            "after": "33.00",
            "moved": "-7.00",
            "unpriced_before": 0,
            "unpriced_after": 0,
        }
    ]
    assert [(row["change"], row["application"], row["before"], row["after"]) for row in told["OPEN"]["lines"]] == [
        ("changed", "billing", "10.00", "15.50"),
        ("added", "new", None, "1.00"),
        ("removed", "portal", "10.00", None),
    ]
    assert told["SUPPORT"]["reason"] == "computed from what stands of OPEN, which the run would replace first"


def test_a_range_and_one_domain_are_told_slice_by_slice(restated, finops):
    code, out, _ = finops("backfill", "2024-01", "2024-02", "--dry-run", "--domain", "OPEN", "--format", "csv")
    rows = [(row["month"], row["domain"], row["verdict"]) for row in csv.DictReader(io.StringIO(out))]
    assert (code, rows) == (0, [("2024-01", "OPEN", "LOADED"), ("2024-02", "OPEN", "LOADED")])


def test_a_slice_that_would_be_refused_ends_with_1_and_the_reason(restated, finops, company, mart):
    (company.sources / "open" / "2024-01.csv").write_text("application_id,product_id,quantity\n,vm,1\nb,vm,x\n")
    before = state(mart)
    code, out, err = finops("run", "2024-01", "--dry-run")
    assert code == 1
    assert "REFUSED" in out
    assert "2024-01.csv, line 2, column application_id" in err
    assert "2024-01.csv, line 3, column quantity: 'x'" in err
    assert "skipped: OPEN would not land" in err
    assert "2 slices would not land" in err
    assert state(mart) == before


def test_what_was_told_is_what_the_run_does(restated, finops, mart):
    told = json.loads(finops("run", "2024-01", "--dry-run", "--domain", "OPEN", "--format", "json")[1])[0]
    assert finops("run", "2024-01", "--domain", "OPEN")[0] == 0
    reported = json.loads(finops("report", "2024-01", "--format", "json")[1])
    assert [row["cost"] for row in reported if row["domain"] == "OPEN"] == [told["money"][0]["after"]]
    again = json.loads(finops("run", "2024-01", "--dry-run", "--domain", "OPEN", "--format", "json")[1])[0]
    assert (again["verdict"], again["version"], again["lines"]) == ("UNCHANGED", 2, [])


def test_a_dry_run_does_not_import_dagster(restated, company):
    program = (
        "import sys\n"
        "sys.argv = ['finops', 'run', '2024-01', '--dry-run']\n"
        "from finops_assets import cli\n"
        "try:\n    cli.main()\nexcept SystemExit as ended:\n    assert not ended.code, ended.code\n"
        "assert 'dagster' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)


def test_the_help_says_which_slice_of_a_driver_is_used(finops):
    _, out, _ = finops("run", "--help")
    told = " ".join(out.replace("│", " ").split())
    assert "computed from what is published of that one" in told
