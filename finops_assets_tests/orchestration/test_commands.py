"""``finops`` as a person types it: what it prints, and how it ends."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from finops_assets import cli
from finops_assets_tests.factories import line, price, price_view, publish, write_csv

COMMANDS = ["up", "migrate", "run", "backfill", "refresh", "status", "report", "verify"]


@pytest.fixture
def priced(mart, tmp_path):
    """OPEN in January: 10 CPU of billing at 0.123456789012, and 5 of an unpriced product."""
    price_view(mart, tmp_path)
    price(mart, tmp_path, "0.123456789012")
    publish(mart, line(), line(product_id="new", product_label=None, quantity=5))


def test_every_command_explains_itself():
    for words in (["--help"], *([command, "--help"] for command in COMMANDS)):
        shown = CliRunner().invoke(cli.app, words)
        assert shown.exit_code == 0
        assert "Usage" in shown.output


def test_report_is_exact_and_says_what_is_not_whole(finops, priced):
    finops("refresh")
    code, out, err = finops("report", "2024-01", "--by", "product", "--format", "json")
    assert code == 0
    rows = json.loads(out)
    assert [(row["product"], row["cost"], row["unpriced"]) for row in rows] == [
        ("vm-small", "1.23456789012", 0),
        ("new", None, 1),
        (None, "1.23456789012", 1),
    ]
    assert "incomplete: 1 line without a price" in err


@pytest.mark.parametrize("grain", ["domain", "application", "family", "product"])
def test_every_grain_has_the_same_total(finops, priced, grain):
    finops("refresh")
    _, out, _ = finops("report", "2024-01", "--by", grain, "--format", "csv")
    total = list(csv.DictReader(io.StringIO(out)))[-1]
    assert (total["label"], total["cost"], total["unpriced"]) == ("total", "1.23456789012", "1")


def test_report_says_when_the_marts_are_stale(finops, priced):
    _, _, err = finops("report", "2024-01")
    assert "stale: 1 slice changed" in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["report", "2024-1"], "'2024-1' is not a month: write YYYY-MM"),
        (["report", "2024-01", "--by", "colour"], "colour"),
        (["backfill", "2024-03", "2024-01"], "Invalid value"),
        (["run", "2019-01"], "months run from 2024-01"),
        (["audit", "--since", "yesterday"], "'yesterday' is not a day: write YYYY-MM-DD"),
        (["domain", "disable", "OPEN", "--person", " "], "say who acts"),
        (["nonsense"], "nonsense"),
    ],
)
def test_wrong_usage_ends_with_2(finops, words, told):
    code, _, err = finops(*words)
    assert code == 2
    assert told in err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["report", "2024-01", "--view", "nope"], "pricing view 'nope' is unknown"),
        (["report", "2024-01"], "no pricing view is the default"),
        (["domain", "enable", "NOPE"], "domain NOPE is unknown"),
        (["diff", "2024-01", "--domain", "OPEN"], "OPEN 2024-01 has no version"),
        (["run", "2024-01"], "no domain is enabled"),
        (["run", "2024-01", "--domain", "NOPE"], "domain NOPE is unknown"),
    ],
)
def test_refused_input_ends_with_1(finops, words, told):
    code, _, err = finops(*words)
    assert code == 1
    assert told in err


def test_a_refused_price_file_names_its_line_and_changes_nothing(finops, mart, tmp_path):
    price_view(mart, tmp_path)
    row = {"pricing_view_id": "internal", "domain_id": "OPEN", "product_id": "*", "effective_from": "2024-01"}
    file = write_csv(
        tmp_path / "prices.csv", [row | {"unit_price": "1"}, row | {"product_id": "p", "unit_price": "1,5"}]
    )
    code, _, err = finops("price", "import", str(file))
    assert code == 1
    assert "prices.csv, line 3, column unit_price: '1,5'" in err
    with mart.connect("finops_api") as connection:
        assert connection.execute("SELECT count(*) AS n FROM unit_price").fetchone()["n"] == 0


def test_a_month_runs_from_files_to_report(finops, settings, mart, tmp_path):
    price_view(mart, tmp_path)
    price(mart, tmp_path, "2")
    used = {"application_id": "billing", "product_id": "vm-small", "quantity": "10.5", "metric": "CPU"}
    write_csv(settings.sources / "open" / "2024-01.csv", [used])
    assert finops("domain", "enable", "OPEN")[0] == 0
    code, _, err = finops("run", "2024-01")
    assert (code, "1 month × 1 domain" in err) == (0, True)
    _, out, _ = finops("report", "2024-01", "--format", "csv")
    assert "OPEN,Open platform,21.00,EUR,1,0" in out
    _, out, _ = finops("status", "--from", "2024-01", "--to", "2024-01", "--format", "json")
    assert [(row["domain"], row["status"], row["lines"]) for row in json.loads(out)] == [("OPEN", "LOADED", 1)]


def test_members_and_prices_are_imported_before_a_month_runs(finops, settings):
    application = {"application_id": "billing", "application_label": "Billing", "owner": "team:finance"}
    write_csv(settings.sources / "applications.csv", [application])
    used = {"application_id": "billing", "product_id": "vm-small", "quantity": "10.5", "metric": "CPU"}
    write_csv(settings.sources / "open" / "2024-01.csv", [used])
    view = {"pricing_view_id": "internal", "pricing_view_label": "Internal", "currency": "EUR", "kind": "internal"}
    write_csv(settings.sources / "prices" / "views.csv", [view | {"is_default": "true"}])
    priced = {"pricing_view_id": "internal", "domain_id": "OPEN", "product_id": "*", "effective_from": "2024-01"}
    write_csv(settings.sources / "prices" / "tariff.csv", [priced | {"unit_price": "2"}])
    assert finops("run", "2024-01", "--domain", "OPEN")[0] == 0
    _, out, _ = finops("report", "2024-01", "--by", "application", "--format", "csv")
    assert "billing,Billing,,21.00,EUR,1,0" in out


def test_a_price_file_that_is_refused_keeps_no_month_from_landing(finops, settings):
    used = {"application_id": "billing", "product_id": "vm-small", "quantity": "10.5", "metric": "CPU"}
    write_csv(settings.sources / "open" / "2024-01.csv", [used])
    write_csv(settings.sources / "prices" / "tariff.csv", [{"domain_id": "OPEN", "unit_price": "x"}])
    code, _, err = finops("run", "2024-01", "--domain", "OPEN")
    assert (code, "tariff.csv" in err) == (1, True)
    _, out, _ = finops("status", "--from", "2024-01", "--to", "2024-01", "--format", "csv")
    assert "2024-01,OPEN,LOADED,1,1" in out


def test_a_month_that_does_not_land_ends_with_1_and_says_why(finops, settings):
    (settings.sources / "open").mkdir()
    (settings.sources / "open" / "2024-01.csv").write_text("application_id,product_id,quantity\n,vm,1\n")
    code, _, err = finops("run", "2024-01", "--domain", "OPEN")
    assert code == 1
    assert "OPEN 2024-01" in err
    assert "2024-01.csv, line 2, column application_id" in err


def test_verify_ends_with_0_then_1_when_the_mart_was_tampered_with(finops, priced, mart):
    finops("refresh")
    assert finops("verify")[0] == 0
    with mart.connect("") as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE fact_2024_01_open SET quantity = quantity + 0.000000000001 WHERE product_id = 'new'")
    code, out, _ = finops("verify")
    assert code == 1
    assert "FAIL Row count, sum, content hash and run of every slice" in out
    assert "domain_id=OPEN" in out


def test_enable_and_disable_show_in_the_list(finops):
    finops("domain", "enable", "OPEN", "--from", "2024-05")
    _, out, _ = finops("domain", "list", "--format", "json")
    [row] = [row for row in json.loads(out) if row["domain"] == "OPEN"]
    assert (row["enabled"], row["available_from"], row["plugin"]) == ("yes", "2024-05", "module")
    finops("domain", "disable", "OPEN")
    _, out, _ = finops("domain", "list", "--format", "json")
    assert [row["enabled"] for row in json.loads(out) if row["domain"] == "OPEN"] == ["no"]


def test_audit_shows_who_enabled_a_domain_from_what_to_what(finops):
    finops("domain", "enable", "OPEN", "--from", "2024-05", "--person", "ann", "--reason", "go live")
    _, out, _ = finops("audit", "--by", "ann", "--format", "json")
    [act] = json.loads(out)
    assert (act["person"], act["reason"], act["key"]) == ("ann", "go live", {"domain_id": "OPEN"})
    assert act["changes"] == {
        "is_enabled": {"before": False, "after": True},
        "available_from": {"before": "2024-01-01", "after": "2024-05-01"},
    }
    _, out, _ = finops("audit", "--by", "ann", "--format", "csv")
    assert "available_from: 2024-01-01 → 2024-05-01" in out


def test_audit_is_of_the_days_asked_for(finops):
    finops("domain", "enable", "OPEN", "--person", "ann")
    today = datetime.now(UTC).astimezone(ZoneInfo("Europe/Paris")).date()
    listed = [
        finops("audit", "--by", "ann", *words, "--format", "json")[1]
        for words in (["--since", f"{today}", "--until", f"{today}"], ["--until", f"{today - timedelta(days=1)}"])
    ]
    assert [len(json.loads(out)) for out in listed] == [1, 0]


def test_diff_tells_lines_and_money_between_the_current_version_and_the_one_before(finops, priced, mart):
    publish(mart, line(quantity=12), line(application_id="portal", quantity=1))
    code, out, err = finops("diff", "2024-01", "--domain", "OPEN", "--format", "json")
    found = json.loads(out)
    assert code == 0
    assert [found[name] for name in ("added", "removed", "changed")] == [1, 1, 1]
    assert [(row["view"], row["moved"]) for row in found["money"]] == [("internal", "0.370370367036")]
    assert {row["application"]: row["moved"] for row in found["applications"]} == {
        "billing": "0.246913578024",
        "portal": "0.123456789012",
    }
    assert {(row["application"], row["product"]): row["change"] for row in found["lines"]} == {
        ("billing", "new"): "removed",
        ("billing", "vm-small"): "changed",
        ("portal", "vm-small"): "added",
    }
    assert "prices in force now" in err


def test_diff_and_versions_are_drawn_for_people(finops, priced, mart):
    publish(mart, line(quantity=12))
    _, out, _ = finops("diff", "2024-01", "--domain", "OPEN", "--from", "2", "--to", "1")
    assert "Lines: 1 added, 0 removed, 1 changed" in out
    assert "-0.246913578024" in out
    _, out, _ = finops("versions", "2024-01", "--domain", "OPEN", "--format", "csv")
    assert [(row["version"], row["rows"], row["sum"]) for row in csv.DictReader(io.StringIO(out))] == [
        ("1", "2", "15.00"),
        ("2", "1", "12.00"),
    ]


def test_the_person_of_the_environment_acts(finops, monkeypatch, tmp_path, mart):
    monkeypatch.setenv("FINOPS_PERSON", "bob")
    view = {"pricing_view_id": "internal", "pricing_view_label": "Internal", "currency": "EUR", "kind": "internal"}
    assert finops("price", "import", str(write_csv(tmp_path / "views.csv", [view | {"is_default": "true"}])))[0] == 0
    _, out, _ = finops("audit", "--relation", "pricing_view", "--format", "json")
    assert [act["person"] for act in json.loads(out)] == ["bob"]


def test_a_database_that_is_not_there_is_said_without_its_password(finops, monkeypatch):
    monkeypatch.setenv("FINOPS_DATABASE_URL", "postgresql://someone:very-secret@127.0.0.1:9/finops")
    code, out, err = finops("status")
    assert code == 1
    assert "127.0.0.1:9" in err
    assert "very-secret" not in out + err


def test_psql_runs_a_statement_on_the_mart(settings, mart):
    environment = os.environ | {"FINOPS_HOME": str(settings.home), "FINOPS_DATABASE_URL": mart.url}
    command = [sys.executable, "-m", "finops_assets", "db", "psql", "-Atc", "SELECT domain_id FROM dim_domain LIMIT 1"]
    shown = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "AUDIT"


def test_the_module_is_the_command():
    shown = subprocess.run(
        [sys.executable, "-m", "finops_assets", "--version"], capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == "0.1.0"


def test_access_is_granted_listed_and_revoked(finops, priced):
    code, _, err = finops("access", "grant", "group:web[1]", "billing", "--person", "erin", "--reason", "they own it")
    assert (code, err) == (0, "group:web[1] now sees billing\n")
    assert finops("access", "grant", "group:web[1]", "billing")[2] == "group:web[1] saw already billing\n"
    assert finops("access", "grant", "group:web[1]", "biling")[:2] == (1, "")
    _, out, _ = finops("access", "list", "group:web[1]", "--format", "json")
    assert [(row["principal"], row["application"]) for row in json.loads(out)] == [("group:web[1]", "billing")]
    assert finops("access", "revoke", "group:web[1]", "billing")[0] == 0
    assert json.loads(finops("access", "list", "--format", "json")[1]) == []
    acts = json.loads(finops("audit", "--relation", "application_access", "--format", "json")[1])
    assert [(act["act"], act["person"], act["reason"]) for act in acts][-1] == ("INSERT", "erin", "they own it")


def test_a_key_is_made_once_listed_without_its_secret_and_revoked(finops, priced):
    made = ("key", "create", "robot", "--principal", "group:web", "--expires", "2999-12-31")
    code, key, err = finops(*made, "--person", "erin", "--reason", "nightly")
    assert code == 0
    assert re.fullmatch(r"fk_[0-9a-f]{12}_[0-9a-f]{64}\n", key)
    assert key.strip() not in err
    assert finops(*made)[:2] == (1, "")
    assert finops("key", "create", "other")[0] == 1
    assert finops("key", "create", "other", "--role", "viewer", "--expires", "2020-01-01")[0] == 2
    (row,) = json.loads(finops("key", "list", "--format", "json")[1])
    assert (row["name"], row["role"], row["principals"], row["revoked_at"]) == (
        "robot",
        "application-owner",
        "group:web",
        "",
    )
    assert key.strip().rpartition("_")[2] not in str(row)
    assert finops("key", "revoke", "robot")[0] == 0
    assert finops("key", "revoke", "robot")[0] == 1
    acts = json.loads(finops("audit", "--relation", "api_key", "--format", "json")[1])
    assert [(act["act"], act["person"], act["reason"]) for act in acts][-1] == ("INSERT", "erin", "nightly")
