"""``finops explain`` as a person types it."""

from __future__ import annotations

import json
import re
from decimal import Decimal

import pytest

from finops_assets.period import Period
from finops_assets.settings import CHECKOUT
from finops_assets_tests.factories import line, price, price_view, publish, refresh, run, write_csv
from finops_assets_tests.printed_tree import read

MONTH = Period(2026, 1)
SHOWN = ["explain", "2026-01", "--application", "billing"]


@pytest.fixture
def company(mart, settings, tmp_path):
    """January 2026 of docs/operating.md: billing used 64 of 256 CPU at 0.50, and SUPPORT came to 400."""
    price_view(mart, tmp_path, pricing_view_label="Internal rates")
    used = {"product_id": "vm-small", "product_label": "Small VM", "family_id": "compute", "metric": "CPU"}
    hours = [("billing", 40, 12), ("portal", 192, 12), ("billing", 24, 13)]
    rows = [
        {"application_id": application, "quantity": quantity}
        | used
        | {"usage_start": f"2026-01-05T{hour}:00:00Z", "usage_end": f"2026-01-05T{hour}:59:59Z"}
        for application, quantity, hour in hours
    ]
    write_csv(settings.sources / "open" / "2026-01.csv", rows)
    price(mart, tmp_path, "0.5", effective_from="2025-06")
    price(mart, tmp_path, "400", "*", "SUPPORT", effective_from="2026-01")
    for domain_id in ("OPEN", "SUPPORT"):
        run(mart, settings, domain_id, MONTH)
    refresh(mart)
    return settings


def without_chance(text):
    """The text without what differs from one run to another: ids, hashes, times, file names of prices."""
    for pattern in (r"[0-9a-f]{64}", r"[0-9a-f-]{36}", r"\d{4}-\d\d-\d\d \d\d:\d\d", r"\w+\.csv, by \w+", r"\d+ bytes"):
        text = re.sub(pattern, "…", text)
    return text


def test_the_tree_is_the_one_that_the_manual_shows(finops, company, capsys):
    capsys.readouterr()
    code, out, err = finops(*SHOWN)
    manual = (CHECKOUT / "docs" / "operating.md").read_text("utf-8")
    shown = re.search(r"^```text\n(132\.00  EUR.*?)^```$", manual, re.M | re.S)[1]
    assert (code, err) == (0, "")
    assert without_chance(out) == without_chance(shown)


def test_what_is_printed_adds_up_to_what_the_report_says(finops, company):
    _, out, _ = finops(*SHOWN, "--depth", "3", "--limit", "0")
    _, report, _ = finops("report", "2026-01", "--by", "application", "--format", "json")
    costs = {row["application"]: row["cost"] for row in json.loads(report)}
    assert read(out).amount == Decimal(costs["billing"])


def test_nothing_is_folded_for_a_pipe(finops, mart, company):
    label = "a very long label " * 15
    publish(mart, line(product_label=label.strip()), month=MONTH)
    _, out, _ = finops(*SHOWN, "--domain", "OPEN")
    assert f"vm-small {label.strip()}: 10.00 CPU × 0.50" in out


def test_of_many_parts_the_rest_is_added_up(finops, mart, company):
    parts = [line(product_id=f"vm-{place}", quantity=place) for place in range(1, 8)]
    publish(mart, *parts, line(product_id="vm-small", quantity=100), month=MONTH)
    price(mart, company.home, "1", "*")
    _, out, _ = finops(*SHOWN, "--domain", "OPEN", "--limit", "3")
    tree = read(out)
    assert [part.text.split(":")[0] for part in tree.parts[0].parts] == [
        "vm-small Small VM",
        "vm-7 Small VM",
        "vm-6 Small VM",
        "5 more",
        "sum",
    ]
    assert (tree.amount, tree.parts[0].parts[3].amount) == (50 + 28, 1 + 2 + 3 + 4 + 5)


def test_what_has_no_price_is_said_at_the_top_and_where_it_is(finops, mart, company):
    publish(mart, line(), line(product_id="new", product_label="New", quantity=5), month=MONTH)
    _, out, err = finops(*SHOWN, "--domain", "OPEN")
    assert "incomplete: 1 line has no price: the amount is partial." in out
    assert "no price  new New: 5.00 CPU" in out
    assert "stale: reports do not show 1 slice as published" in err
    assert read(out).amount == 5


def test_json_has_every_part_and_every_digit_as_text(finops, company):
    code, out, _ = finops(*SHOWN, "--format", "json", "--limit", "1")
    told = json.loads(out)
    support, direct = told["holdings"]
    assert (code, told["period"], told["cost"], told["view"]["currency"]) == (0, "2026-01", f"{132:.24f}", "EUR")
    assert [part["line"] for part in direct["facts"][0]["lines"]] == [2, 4]
    assert support["facts"][0]["share"]["drivers"][0]["basis"] == "256.000000000000"
    assert re.fullmatch(r"[0-9a-f]{64}", direct["slice"]["files"][0]["sha256"])


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["explain", "2026-01", "--application", "nobody"], 1, "application 'nobody' is unknown"),
        ([*SHOWN, "--domain", "NOPE"], 1, "domain 'NOPE' is unknown: there are AUDIT, CLOUD"),
        ([*SHOWN, "--domain", "OPEN", "--product", "nope"], 1, "no line of product 'nope' in OPEN 2026-01"),
        ([*SHOWN, "--domain", "OPEN", "--version", "2"], 1, "has no version 2: the newest is 1"),
        ([*SHOWN, "--view", "nope"], 1, "pricing view 'nope' is unknown"),
        ([*SHOWN, "--product", "vm-small"], 2, "give --domain"),
        (["explain", "2026-1", "--application", "billing"], 2, "'2026-1' is not a month"),
        (["explain", "2026-01"], 2, "--application"),
    ],
)
def test_what_cannot_be_explained_is_refused(finops, company, words, code, told):
    ended, out, err = finops(*words)
    assert (ended, out) == (code, "")
    assert told in err
