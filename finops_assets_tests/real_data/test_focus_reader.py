"""A real FOCUS bill is read to the last digit, against figures taken from it by other means."""

from __future__ import annotations

import csv
import json
import os
from decimal import Decimal
from pathlib import Path

import pytest

from finops_assets.period import Period
from finops_assets.sources.focus import read_focus

REPOSITORY = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("FINOPS_REAL_DATA") or REPOSITORY.parent / "shared" / "data")
SAMPLE = DATA / "focus_sample_1000.csv"


@pytest.fixture(scope="module")
def charges(tmp_path_factory):
    if not SAMPLE.is_file():
        pytest.skip(f"the FOCUS sample is not at {SAMPLE}: set FINOPS_REAL_DATA to the folder that holds it")
    folder = tmp_path_factory.mktemp("focus")
    (folder / "2024-09.csv").symlink_to(SAMPLE)
    return read_focus(folder, Period(2024, 9), application_tag="application", max_bytes=10**8).rows


@pytest.fixture(scope="module")
def written(charges):
    """The sample as the csv module reads it, one dict per charge."""
    with SAMPLE.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(charges)
    return rows


def test_every_charge_is_there(charges):
    assert len(charges) == 1000
    assert charges["product_id"].nunique() == 270
    assert charges["currency"].unique().tolist() == ["USD"]
    assert {str(month) for month in charges["charge_month"]} == {"2024-09-01"}


def test_costs_add_up_to_the_last_digit(charges):
    assert charges["list_cost"].sum() == Decimal("20.39090575119")
    assert charges["billed_cost"].sum() == Decimal("20.52022672899")
    assert charges["effective_cost"].sum() == Decimal("14.97651418586")


def test_applications_are_those_of_the_tags(charges, written):
    tagged = []
    for charge in written:
        tags = {} if charge["Tags"] == "NULL" else json.loads(charge["Tags"])
        found = tags.get("application", next((tags[key] for key in tags if key.strip() == "application"), None))
        tagged.append((found or "").strip() or "UNASSIGNED")
    assert charges["application_id"].tolist() == tagged
    assert tagged.count("UNASSIGNED") == 340
    # 338 members with UNASSIGNED, that is 337 named applications.
    assert charges["application_id"].nunique() == 338


def test_every_number_is_the_one_written(charges, written):
    names = {"list_cost": "ListCost", "billed_cost": "BilledCost", "effective_cost": "EffectiveCost"}
    names |= {"contracted_cost": "ContractedCost", "list_unit_price": "ListUnitPrice"}
    for ours, theirs in names.items():
        expected = [None if row[theirs] in ("", "NULL") else Decimal(row[theirs]) for row in written]
        assert charges[ours].astype(object).where(charges[ours].notna(), None).tolist() == expected
    quantities = [Decimal(0 if row["PricingQuantity"] in ("", "NULL") else row["PricingQuantity"]) for row in written]
    assert charges["quantity"].tolist() == quantities
    assert sum(quantity < 0 for quantity in quantities) == (charges["quantity"] < 0).sum()


def test_a_product_has_one_family_label_and_metric(charges):
    assert (charges.groupby("product_id")[["family_id", "product_label", "metric"]].nunique() <= 1).all(axis=None)


def test_every_negative_charge_is_a_credit_or_correction(charges):
    amounts = charges[["quantity", "list_cost", "billed_cost", "effective_cost"]]
    assert charges.loc[(amounts < 0).any(axis=1), "charge_class"].notna().all()
