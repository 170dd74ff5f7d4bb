"""The audit log: every administrative act, by whom, why, before and after; and nothing that is none."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import psycopg
import pytest

from finops_assets import audit, catalog
from finops_assets.audit import Act, acting, acts, default_person
from finops_assets.catalog import referential
from finops_assets.domains import discover
from finops_assets.errors import MartRefused, SettingsError
from finops_assets.postgres.connection import Mart
from finops_assets.quarantine import decisions
from finops_assets_tests.factories import (
    JANUARY,
    ask,
    close,
    line,
    price,
    price_view,
    publish,
    refresh,
    reopen,
    write_csv,
)

OPEN = discover()["OPEN"].domain
REFUSED = (MartRefused, psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)


@pytest.fixture
def told(mart: Mart):
    """The acts since the test began, newest first, or those of one relation."""
    [before] = ask(mart, "SELECT coalesce(max(audit_id), 0) AS id FROM audit_log")

    def _told(relation: str | None = None) -> list[Act]:
        with mart.connect("finops_api") as connection:
            return [act for act in acts(connection, relation=relation) if act.audit_id > before["id"]]

    return _told


def enable(mart: Mart, domain: str = "OPEN", person: str = "ann", reason: str | None = "go live") -> None:
    with mart.connect("finops_admin") as connection, acting(connection, person, reason):
        catalog.set_enabled(connection, domain, is_enabled=True, available_from=JANUARY.shift(2))


def import_products(mart: Mart, settings, edition: str, **products: str) -> None:
    rows = [
        {
            "product_id": product,
            "product_label": label,
            "family_id": "compute",
            "family_label": "Compute",
            "metric": "CPU",
        }
        for product, label in products.items()
    ]
    write_csv(settings.sources / "open" / f"products-{edition}.csv", rows)
    with mart.connect("finops_batch") as connection, acting(connection, "bea", "new list"):
        referential.import_products(connection, settings, OPEN, date(2024, 6, 15))


def test_an_act_has_person_login_reason_time_before_and_after(mart, told):
    enable(mart)
    [act] = told()
    assert (act.person, act.reason, act.act, act.relation) == ("ann", "go live", "UPDATE", "dim_domain")
    assert act.key == {"domain_id": "OPEN"}
    assert act.changes == {"is_enabled": (False, True), "available_from": ("2024-01-01", "2024-03-01")}
    [login] = ask(mart, "SELECT session_user AS name")
    assert act.login == login["name"]
    assert abs(datetime.now(UTC) - act.acted_at) < timedelta(minutes=1)


def test_an_act_of_nobody_named_is_the_logins(mart, told):
    ask(mart, "UPDATE dim_domain SET domain_label = 'Open' WHERE domain_id = 'OPEN'", role="finops_admin")
    [act] = told()
    assert act.person == act.login
    assert act.reason is None


def test_the_person_is_gone_with_the_transaction(mart, told):
    with mart.connect("finops_admin") as connection:
        with acting(connection, "ann", "first"):
            catalog.set_enabled(connection, "OPEN", is_enabled=True)
        catalog.set_enabled(connection, "OPEN", is_enabled=False)
    unnamed, named = told()
    assert (named.person, named.reason) == ("ann", "first")
    assert (unnamed.person, unnamed.reason) == (unnamed.login, None)


def test_an_act_that_is_undone_leaves_no_row(mart, told):
    with mart.connect("finops_admin") as connection, acting(connection, "ann"):
        catalog.set_enabled(connection, "OPEN", is_enabled=True)
        raise psycopg.Rollback
    assert told() == []


@pytest.mark.parametrize("nobody", ["", "  "])
def test_acting_needs_a_person(mart, told, nobody):
    with pytest.raises(SettingsError, match="say who acts: --person NAME, or FINOPS_PERSON"):
        enable(mart, person=nobody)
    assert told() == []


def test_a_change_of_nothing_is_no_act(mart, told):
    enable(mart)
    enable(mart)
    assert len(told()) == 1


def test_a_new_domain_and_its_deletion_are_acts(mart, told):
    row = catalog.DomainRow("SAAS", "Subscriptions", "INDIRECT", "fixed", "Shares", False, date(2024, 1, 1))
    with mart.connect("finops_admin") as connection, acting(connection, "ann"):
        catalog.add_domain(connection, row)
    ask(mart, "DELETE FROM dim_domain WHERE domain_id = 'SAAS'", role="finops_admin")
    deleted, added = told()
    assert (added.act, added.before, added.changes["domain_label"]) == ("INSERT", None, (None, "Subscriptions"))
    assert (deleted.act, deleted.after, deleted.changes["domain_label"]) == ("DELETE", None, ("Subscriptions", None))


def test_members_that_a_publication_infers_are_no_acts(mart, told):
    publish(mart, line(), line(application_id="portal", product_id="vm-new", product_label=None))
    assert told() == []


def test_a_label_that_a_publication_brings_is_an_act(mart, told):
    publish(mart, line())
    publish(mart, line(product_label="Tiny VM", quantity=11), month=JANUARY.next)
    [act] = told()
    assert act.key == {"domain_id": "OPEN", "product_id": "vm-small"}
    assert act.changes["product_label"] == ("Small VM", "Tiny VM")
    assert (act.person, act.reason) == (act.login, "publication of OPEN 2024-02")


def test_a_month_that_describes_members_as_they_are_is_no_act(mart, told):
    publish(mart, line())
    publish(mart, line(), month=JANUARY.next)
    assert ask(mart, "SELECT described_in FROM dim_product") == [{"described_in": JANUARY.next.first_day}]
    assert told() == []


def test_a_referential_that_retires_and_renames_is_an_act_per_member(mart, settings, told):
    import_products(mart, settings, "2024-01", small="Small", big="Big", same="Same")
    added = told("dim_product")
    assert {(act.act, act.key["product_id"]) for act in added if act.before is None} == {
        ("INSERT", "small"),
        ("INSERT", "big"),
        ("INSERT", "same"),
    }
    import_products(mart, settings, "2024-04", small="Tiny", same="Same")
    later = told("dim_product")[: -len(added)]
    assert {act.key["product_id"]: act.changes for act in later} == {
        "small": {"product_label": ("Small", "Tiny"), "described_in": ("2024-01-01", "2024-04-01")},
        "big": {"is_active": (True, False), "decommissioned_at": (None, "2024-04-01")},
    }
    assert {(act.person, act.reason) for act in later} == {("bea", "new list")}


def test_pricing_views_are_acts(mart, tmp_path, told):
    price_view(mart, tmp_path)
    price_view(mart, tmp_path, pricing_view_label="For us")
    renamed, added = told("pricing_view")
    assert (added.act, added.key) == ("INSERT", {"pricing_view_id": "internal"})
    assert renamed.changes == {"pricing_view_label": ("Internal", "For us")}


def test_a_statement_of_prices_is_one_act_however_many_there_are(mart, tmp_path, told):
    price_view(mart, tmp_path)
    ask(
        mart,
        "INSERT INTO unit_price (pricing_view_id, domain_id, product_id, effective_from, revision, unit_price, "
        "source_name) SELECT 'internal', 'OPEN', 'p' || number, DATE '2024-01-01' + (number % 2) * 31, 1, 0.1, 'list' "
        "FROM generate_series(1, 500) AS number",
        role="finops_admin",
    )
    [act] = told("unit_price")
    assert act.act == "PUBLISH"
    assert len(bytes.fromhex(act.after["sha256"])) == 32
    assert {name: value for name, value in act.after.items() if name != "sha256"} == {
        "prices": 500,
        "pricing_views": ["internal"],
        "domains": ["OPEN"],
        "sources": ["list"],
        "first_month": "2024-01-01",
        "last_month": "2024-02-01",
        "corrections": 0,
    }


def test_prices_that_say_nothing_new_are_no_act(mart, tmp_path, told):
    price_view(mart, tmp_path)
    price(mart, tmp_path, "2")
    price(mart, tmp_path, "2.0")
    assert len(told("unit_price")) == 1


def test_closing_and_opening_a_month_are_acts_by_name(mart, settings, tmp_path, told):
    price_view(mart, tmp_path)
    price(mart, tmp_path, "2")
    publish(mart, line())
    refresh(mart)
    close(mart, settings)
    reopen(mart)
    acts = sorted(told("period"), key=lambda act: act.audit_id)
    assert [(act.act, act.changes["status"]) for act in acts] == [
        ("CLOSE", ("OPEN", "CLOSED")),
        ("REOPEN", ("CLOSED", "OPEN")),
    ]
    assert acts[0].key == {"period_month": "2024-01-01"}


def test_a_decision_on_a_quarantined_line_is_an_act_and_its_retirement_is_none(mart, told):
    for number in (1, 2):
        ask(
            mart,
            "INSERT INTO quarantine_line (period_month, domain_id, run_id, file_name, line_number, column_name, "
            "reason, source_line, line_key) "
            "VALUES ('2024-01-01', 'OPEN', gen_random_uuid(), 'f', %s, 'c', 'r', '{}', %s)",
            number,
            f"key {number}",
        )
    ask(mart, "UPDATE quarantine_line SET is_current = FALSE WHERE line_number = 2")
    with mart.connect("finops_admin") as connection:
        decisions.reject(connection, [1], person="ann", reason="a test line")
    [act] = told()
    assert (act.act, act.relation, act.changes["verdict"]) == ("DECIDE", "quarantine_decision", (None, "REJECT"))


@pytest.mark.parametrize("role", ["", "finops_owner", "finops_admin", "finops_batch", "finops_api"])
@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE audit_log SET person = 'somebody else'",
        "DELETE FROM audit_log",
        "TRUNCATE audit_log",
        "TRUNCATE audit_log CASCADE",
    ],
)
def test_nobody_changes_the_log(mart, role, attack):
    before = ask(mart, "SELECT * FROM audit_log ORDER BY audit_id")
    assert before
    with pytest.raises(REFUSED):
        ask(mart, attack, role=role)
    assert ask(mart, "SELECT * FROM audit_log ORDER BY audit_id") == before


@pytest.mark.parametrize("role", ["finops_admin", "finops_batch", "finops_api"])
@pytest.mark.parametrize(
    "forgery",
    [
        "INSERT INTO audit_log (person, act, relation, key) VALUES ('ann', 'CLOSE', 'period', '{}')",
        "SELECT record_act('CLOSE', 'period', '{}', NULL, NULL)",
    ],
)
def test_no_role_writes_the_log_by_hand(mart, role, forgery):
    with pytest.raises(REFUSED):
        ask(mart, forgery, role=role)


def test_acts_are_found_by_time_relation_and_person(mart, tmp_path):
    [start] = ask(mart, "SELECT clock_timestamp() AS now")
    enable(mart, "OPEN", "ann")
    time.sleep(0.002)
    [middle] = ask(mart, "SELECT clock_timestamp() AS now")
    enable(mart, "CLOUD", "bob")
    price_view(mart, tmp_path)

    def found(**wanted) -> list[tuple[str, str]]:
        with mart.connect("finops_api") as connection:
            listed = acts(connection, **wanted)
        return [(act.relation, act.key.get("domain_id", "")) for act in listed]

    assert found(since=start["now"]) == [("pricing_view", ""), ("dim_domain", "CLOUD"), ("dim_domain", "OPEN")]
    assert found(since=start["now"], until=middle["now"]) == [("dim_domain", "OPEN")]
    assert found(since=start["now"], relation="pricing_view") == [("pricing_view", "")]
    assert found(person="bob") == [("dim_domain", "CLOUD")]
    assert found(since=start["now"], limit=1) == [("pricing_view", "")]


def test_numbers_of_an_act_keep_every_digit(mart, told):
    ask(
        mart,
        "SELECT record_act('TEST', 'thing', '{}', NULL, jsonb_build_object('amount', 0.123456789012345678901234))",
    )
    [act] = told()
    assert act.after == {"amount": Decimal("0.123456789012345678901234")}


def test_a_table_is_audited_by_one_line_either_way(mart, told):
    ask(mart, "CREATE TABLE thing (thing_id INTEGER PRIMARY KEY, label TEXT, noise TEXT)")
    for attach in (
        "CREATE TRIGGER audited AFTER INSERT OR UPDATE OR DELETE ON thing FOR EACH ROW EXECUTE FUNCTION "
        "audit_row('thing_id', 'ignore:noise')",
        "DROP TRIGGER audited ON thing; SELECT audit_statements('thing', 'thing_id', 'ignore:noise')",
    ):
        seen = len(told())
        with mart.connect("") as connection:
            connection.execute(attach)
        ask(mart, "INSERT INTO thing SELECT n, 'label ' || n, 'x' FROM generate_series(1, 3) AS n")
        ask(mart, "UPDATE thing SET label = CASE thing_id WHEN 2 THEN 'two' ELSE label END, noise = 'y'")
        ask(mart, "DELETE FROM thing WHERE thing_id = 2")
        ask(mart, "DELETE FROM thing WHERE FALSE")
        new = told()[: len(told()) - seen]
        assert [(act.act, act.key["thing_id"]) for act in new if act.act != "INSERT"] == [("DELETE", 2), ("UPDATE", 2)]
        assert sorted(act.key["thing_id"] for act in new if act.act == "INSERT") == [1, 2, 3]
        assert new[1].changes == {"label": ("label 2", "two"), "noise": ("x", "y")}
        ask(mart, "ALTER TABLE thing DISABLE TRIGGER USER; DELETE FROM thing; ALTER TABLE thing ENABLE TRIGGER USER")


def test_the_default_person_is_the_settings_or_the_systems(monkeypatch):
    assert default_person({"FINOPS_PERSON": " ann "}) == "ann"
    monkeypatch.setattr(audit.getpass, "getuser", lambda: "someone")
    assert default_person({}) == "someone"


@pytest.mark.parametrize("error", [KeyError("uid"), OSError("uid")])
def test_a_user_without_a_name_must_say_who_acts(monkeypatch, error):
    def _nameless() -> str:
        raise error

    monkeypatch.setattr(audit.getpass, "getuser", _nameless)
    with pytest.raises(SettingsError, match="FINOPS_PERSON"):
        default_person({})
