"""Quarantine: a line set aside is decided by a person, and the next run of its slice does what was decided."""

from __future__ import annotations

from decimal import Decimal

import psycopg
import pytest

from finops_assets.domains import discover
from finops_assets.errors import MartRefused, SettingsError, SourceRefused
from finops_assets.quarantine import decisions
from finops_assets.quarantine.set_aside import Verdict
from finops_assets.slices import inputs
from finops_assets_tests.factories import JANUARY, ask, force_closed, line, publish, run, write_csv

FEBRUARY = JANUARY.next
OPEN = discover()["OPEN"].domain
WAITING = "SELECT count(*) AS n FROM quarantine_line WHERE is_current AND decision IS NULL"
FACTS = "SELECT application_id, product_id, quantity FROM fact_consumption WHERE period_month = %s ORDER BY 1, 2"


def usage(settings, *rows, file="2024-01.csv"):
    """A usage file of OPEN: application, product, quantity and, if any, charge class."""
    columns = ("application_id", "product_id", "quantity", "charge_class")
    written = [dict(zip(columns, (*row, "")[:4], strict=True)) for row in rows]
    write_csv(settings.sources / "open" / file, written)


def waiting(mart, **wanted):
    with mart.connect("finops_admin") as connection:
        return decisions.lines(connection, **wanted)


def decide(mart, verb, *args, person="ada", reason="agreed with the platform team"):
    with mart.connect("finops_admin") as connection:
        return getattr(decisions, verb)(connection, *args, person=person, reason=reason)


def state(mart, quarantine_id):
    with mart.connect("finops_admin") as connection:
        return decisions.line(connection, quarantine_id)


def facts(mart, month=JANUARY):
    return [tuple(row.values()) for row in ask(mart, FACTS, month.first_day)]


def decommission(mart, product="vm-old", on="2023-12-31"):
    statement = "UPDATE dim_product SET is_active = FALSE, decommissioned_at = %s WHERE product_id = %s"
    ask(mart, statement, on, product, role="finops_admin")


GOOD = ("billing", "vm-small", "10")
BAD = ("portal", "vm-small", "-1")
LANDED = ("billing", "vm-small", Decimal(10))


@pytest.fixture
def one(mart, settings):
    """One line of January that waits: portal's negative quantity; returns it."""
    usage(settings, GOOD, BAD)
    run(mart, settings)
    [found] = waiting(mart)
    return found


# What waits


def test_a_line_that_waits_is_told_with_place_value_and_reason(one):
    assert (one.period_month, one.domain_id, one.file_name, one.line_number) == (
        JANUARY.first_day,
        "OPEN",
        "open/2024-01.csv",
        3,
    )
    assert (one.column_name, Decimal(one.found_value), one.state) == ("quantity", -1, "waits for a decision")
    assert one.reason == "negative, and no credit or correction explains it"
    assert one.source_line["application_id"] == "portal"


def test_lines_are_listed_by_month_and_domain(mart, settings, one):
    usage(settings, BAD, file="2024-02.csv")
    run(mart, settings, month=FEBRUARY)
    assert [found.period_month.month for found in waiting(mart)] == [1, 2]
    assert [found.period_month.month for found in waiting(mart, period=FEBRUARY)] == [2]
    assert waiting(mart, domain_id="CLOUD") == []


def test_the_key_of_a_line_is_the_same_in_the_migration_and_in_the_code(mart, one):
    """The migration's own expression, over the stored line."""
    [row] = ask(
        mart,
        """
        SELECT encode(sha256(convert_to(
          string_agg(field.key || E'\\x1f' || field.value || E'\\n', '' ORDER BY field.key COLLATE "C") || 1, 'UTF8')),
          'hex') AS key
        FROM quarantine_line CROSS JOIN LATERAL jsonb_each_text(source_line) AS field
        WHERE field.value IS NOT NULL AND field.key NOT IN ('file', 'line') AND field.key NOT LIKE '%%_label'
        """,
    )
    assert row["key"] == one.line_key


# Accepting


def test_an_accepted_line_waits_until_a_run_and_lands_as_it_is(mart, settings, one):
    [decided] = decide(mart, "accept", [one.quarantine_id])
    assert (decided.state, decided.decision, decided.verdict) == ("accepted, waits for a run", None, Verdict.ACCEPT)
    assert facts(mart) == [LANDED]
    assert ask(mart, WAITING) == [{"n": 1}]

    done = run(mart, settings)
    assert (done.quarantined, facts(mart)) == (0, [LANDED, ("portal", "vm-small", Decimal(-1))])
    after = state(mart, one.quarantine_id)
    assert (after.decision, after.is_landed, after.is_current) == ("REPLAYED", True, False)
    assert (after.decided_by, after.decision_reason) == ("ada", "agreed with the platform team")
    assert ask(mart, WAITING) == [{"n": 0}]


def test_an_accepted_line_stays_in_over_later_runs(mart, settings, one):
    decide(mart, "accept", [one.quarantine_id])
    run(mart, settings)
    assert run(mart, settings).published.outcome == "UNCHANGED"
    usage(settings, ("billing", "vm-small", "11"), BAD)
    run(mart, settings)
    assert facts(mart)[1] == ("portal", "vm-small", Decimal(-1))
    assert ask(mart, WAITING) == [{"n": 0}]


def test_a_late_line_that_is_accepted_lands(mart, settings):
    publish(mart, line(product_id="vm-old", consumption_metric="unit"), month=FEBRUARY)
    decommission(mart)
    usage(settings, GOOD, ("portal", "vm-old", "3"))
    assert run(mart, settings).quarantined == 1
    [late] = waiting(mart)
    decide(mart, "accept", [late.quarantine_id])
    run(mart, settings)
    rows = ask(
        mart, "SELECT quantity FROM fact_consumption WHERE product_id = 'vm-old' AND period_month = '2024-01-01'"
    )
    assert rows == [{"quantity": Decimal(3)}]


# Rejecting


def test_a_rejected_line_stays_out_and_waits_no_longer(mart, settings, one):
    [decided] = decide(mart, "reject", [one.quarantine_id])
    assert (decided.decision, decided.decided_by, decided.is_current) == ("REJECTED", "ada", True)
    assert ask(mart, WAITING) == [{"n": 0}]
    assert run(mart, settings).published.outcome == "UNCHANGED"
    assert facts(mart) == [LANDED]
    assert len(waiting(mart, everything=True)) == 1


def test_a_rejected_line_stays_out_when_it_is_delivered_again_elsewhere(mart, settings, one):
    decide(mart, "reject", [one.quarantine_id])
    usage(settings, BAD, GOOD, ("extra", "vm-small", "1"))
    (settings.sources / "open" / "2024-01.csv").rename(settings.sources / "open" / "2024-01-again.csv")
    run(mart, settings)
    assert facts(mart) == [LANDED, ("extra", "vm-small", Decimal(1))]
    assert ask(mart, WAITING) == [{"n": 0}]


def test_a_rejected_line_stays_out_when_its_product_is_in_service_again(mart, settings):
    publish(mart, line(product_id="vm-old", consumption_metric="unit"), month=FEBRUARY)
    decommission(mart)
    usage(settings, GOOD, ("portal", "vm-old", "3"))
    run(mart, settings)
    decide(mart, "reject", [waiting(mart)[0].quarantine_id])
    ask(mart, "UPDATE dim_product SET is_active = TRUE, decommissioned_at = NULL", role="finops_admin")
    run(mart, settings)
    assert LANDED in facts(mart)
    assert ("portal", "vm-old", Decimal(3)) not in facts(mart)


def test_of_two_lines_that_say_the_same_one_is_decided(mart, settings):
    columns = {"application_id": "portal", "product_id": "vm-small", "quantity": "-1"}
    times = [("2024-01-01T00:00", "2024-01-02T00:00"), ("2024-01-05T00:00", "2024-01-06T00:00")]
    rows = [columns | {"usage_start": start, "usage_end": end} for start, end in times]
    write_csv(settings.sources / "open" / "2024-01.csv", rows)
    assert run(mart, settings).quarantined == 2
    first, second = waiting(mart)
    assert first.line_key != second.line_key
    decide(mart, "accept", [second.quarantine_id])
    done = run(mart, settings)
    assert (done.quarantined, facts(mart)) == (1, [("portal", "vm-small", Decimal(-1))])
    assert [found.quarantine_id for found in waiting(mart)] == [first.quarantine_id]


# Fixing


def test_a_fixed_line_lands_as_corrected_and_what_it_said_is_kept(mart, settings, one):
    fixed = decide(mart, "fix", one.quarantine_id, {"quantity": "1.000000000001", "application_id": "crm"})
    assert (fixed.state, fixed.correction) == (
        "fixed, waits for a run",
        {"quantity": "1.000000000001", "application_id": "crm"},
    )
    assert ask(mart, WAITING) == [{"n": 1}]
    run(mart, settings)
    assert facts(mart) == [LANDED, ("crm", "vm-small", Decimal("1.000000000001"))]
    after = state(mart, one.quarantine_id)
    assert (after.decision, Decimal(after.source_line["quantity"])) == ("REPLAYED", -1)
    assert run(mart, settings).published.outcome == "UNCHANGED"


def test_a_line_explained_as_a_credit_lands(mart, settings, one):
    decide(mart, "fix", one.quarantine_id, {"charge_class": "CREDIT"})
    run(mart, settings)
    assert facts(mart)[1] == ("portal", "vm-small", Decimal(-1))


def test_accepted_and_fixed_lines_keep_their_file_and_line(mart, settings, one):
    decide(mart, "fix", one.quarantine_id, {"quantity": "5"})
    with mart.connect("finops_batch") as connection:
        frame = inputs.gather(connection, settings, OPEN, JANUARY).frames["usage"]
    rows = frame[["file", "line", "quantity"]].to_dict("records")
    assert rows[1] == {"file": "open/2024-01.csv", "line": 3, "quantity": Decimal(5)}


def test_a_line_moved_to_another_product_joins_it(mart, settings):
    publish(mart, line(product_id="vm-old", consumption_metric="unit"), month=FEBRUARY)
    decommission(mart)
    columns = ("application_id", "product_id", "quantity", "family_id", "product_label", "metric")
    rows = [("portal", "vm-old", "3", "legacy", "Old", "CPU"), ("portal", "vm-small", "2", "compute", "Small", "CPU")]
    written = [dict(zip(columns, row, strict=True)) for row in rows]
    write_csv(settings.sources / "open" / "2024-01.csv", written)
    run(mart, settings)
    decide(mart, "fix", waiting(mart)[0].quarantine_id, {"product_id": "vm-small"})
    run(mart, settings)
    stored = "SELECT family_id, product_label_snapshot FROM fact_consumption WHERE period_month = '2024-01-01'"
    assert facts(mart) == [("portal", "vm-small", Decimal(5))]
    assert ask(mart, stored) == [{"family_id": "compute", "product_label_snapshot": "Small"}]


def test_a_correction_that_makes_a_product_have_two_metrics_leaves_the_line_waiting(mart, settings):
    columns = ("application_id", "product_id", "quantity", "metric")
    rows = [("portal", "odd", "-3", "GB"), ("portal", "vm-small", "2", "CPU")]
    write_csv(settings.sources / "open" / "2024-01.csv", [dict(zip(columns, row, strict=True)) for row in rows])
    run(mart, settings)
    decide(mart, "fix", waiting(mart)[0].quarantine_id, {"product_id": "vm-small", "quantity": "3"})
    done = run(mart, settings)
    assert (done.quarantined, facts(mart)) == (1, [("portal", "vm-small", Decimal(2))])
    [still] = waiting(mart)
    assert (still.column_name, still.found_value) == ("metric", "GB")
    assert still.reason == "as corrected: other lines count the product in 'CPU'"
    decide(mart, "fix", still.quarantine_id, {"product_id": "vm-small", "quantity": "3", "metric": "CPU"})
    run(mart, settings)
    assert facts(mart) == [("portal", "vm-small", Decimal(5))]
    assert ask(mart, WAITING) == [{"n": 0}]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"quantity": "12,5"}, "open/2024-01.csv, line 3, column quantity: '12,5': holds a comma"),
        ({"application_id": ""}, "column application_id: '': is empty"),
        ({"application_id": "UNALLOCATED"}, "is reserved"),
        ({"charge_class": "GIFT"}, "is not a known word here"),
        ({"colour": "red"}, "column colour: 'red': the line has no such column that may be corrected"),
        ({"line": "4"}, "column line: '4': the line has no such column"),
        ({"file": "x"}, "column file: 'x': the line has no such column"),
    ],
)
def test_a_correction_is_judged_like_a_source_line(mart, one, changes, told):
    with pytest.raises(SourceRefused, match="source refused") as refused:
        decide(mart, "fix", one.quarantine_id, changes)
    assert told in str(refused.value)
    assert ask(mart, "SELECT * FROM quarantine_decision") == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"quantity": "-2"}, "as corrected would be set aside: quantity '-2': negative"),
        ({"quantity": "-1.000000000000"}, "says that already"),
    ],
)
def test_a_correction_that_mends_nothing_is_refused(mart, one, changes, told):
    with pytest.raises(MartRefused, match=told):
        decide(mart, "fix", one.quarantine_id, changes)


def test_a_correction_to_a_product_that_is_gone_is_refused(mart, one):
    publish(mart, line(product_id="vm-old", consumption_metric="unit"), month=FEBRUARY)
    decommission(mart)
    with pytest.raises(MartRefused, match="product_id 'vm-old': the product was decommissioned on 2023-12-31"):
        decide(mart, "fix", one.quarantine_id, {"product_id": "vm-old", "quantity": "1"})


# The cause is gone


def test_a_line_that_left_the_source_is_replayed_without_a_decision(mart, settings, one):
    usage(settings, GOOD, ("portal", "vm-small", "1"))
    run(mart, settings)
    after = state(mart, one.quarantine_id)
    assert (after.decision, after.is_landed, after.decision_reason) == (
        "REPLAYED",
        False,
        "the source no longer holds it",
    )
    with pytest.raises(MartRefused, match="no longer in the source"):
        decide(mart, "accept", [one.quarantine_id])


def test_a_line_whose_product_is_in_service_again_lands(mart, settings):
    publish(mart, line(product_id="vm-old", consumption_metric="unit"), month=FEBRUARY)
    decommission(mart)
    usage(settings, GOOD, ("portal", "vm-old", "3"))
    run(mart, settings)
    [late] = waiting(mart)
    ask(mart, "UPDATE dim_product SET is_active = TRUE, decommissioned_at = NULL", role="finops_admin")
    run(mart, settings)
    after = state(mart, late.quarantine_id)
    assert (after.decision, after.is_landed, after.decision_reason) == (
        "REPLAYED",
        True,
        "no rule sets it aside any more",
    )
    decommission(mart)
    run(mart, settings)
    [again] = waiting(mart)
    assert (again.line_key, again.quarantine_id) != (late.line_key, late.quarantine_id)
    assert again.line_key == late.line_key


def test_a_line_delivered_again_at_another_place_is_shown_there_with_its_decision(mart, settings, one):
    decide(mart, "accept", [one.quarantine_id])
    settings_file = settings.sources / "open" / "2024-01.csv"
    usage(settings, ("extra", "vm-small", "1"), BAD, GOOD)
    settings_file.rename(settings_file.with_name("2024-01-second.csv"))
    run(mart, settings)
    assert ("portal", "vm-small", Decimal(-1)) in facts(mart)


def test_a_line_that_waits_is_shown_where_it_was_delivered_last(mart, settings, one):
    usage(settings, BAD, GOOD)
    run(mart, settings)
    [moved] = waiting(mart)
    assert (moved.line_number, moved.line_key) == (2, one.line_key)
    assert state(mart, one.quarantine_id).state == "set aside again"
    # the older id still names the line
    [decided] = decide(mart, "reject", [one.quarantine_id])
    assert (decided.quarantine_id, decided.decision) == (moved.quarantine_id, "REJECTED")


# Changing one's mind


def test_rejecting_a_line_that_landed_waits_for_the_run_that_takes_it_out(mart, settings, one):
    decide(mart, "accept", [one.quarantine_id])
    run(mart, settings)
    [decided] = decide(mart, "reject", [one.quarantine_id], person="bob", reason="a double")
    assert (decided.state, decided.is_landed) == ("rejected, waits for a run", True)
    assert ask(mart, WAITING) == [{"n": 1}]
    run(mart, settings)
    assert facts(mart) == [LANDED]
    after = state(mart, one.quarantine_id)
    assert (after.decision, after.is_landed, after.decided_by) == ("REJECTED", False, "bob")


def test_accepting_a_rejected_line_waits_for_the_run_that_takes_it_in(mart, settings, one):
    decide(mart, "reject", [one.quarantine_id])
    [decided] = decide(mart, "accept", [one.quarantine_id])
    assert decided.state == "accepted, waits for a run"
    run(mart, settings)
    assert ("portal", "vm-small", Decimal(-1)) in facts(mart)


def test_the_last_correction_counts_and_all_are_kept(mart, settings, one):
    decide(mart, "fix", one.quarantine_id, {"quantity": "5"}, person="ada")
    decide(mart, "fix", one.quarantine_id, {"application_id": "crm", "quantity": "6"}, person="bob")
    run(mart, settings)
    assert facts(mart) == [LANDED, ("crm", "vm-small", Decimal(6))]
    with mart.connect("finops_api") as connection:
        made = decisions.history(connection, decisions.line(connection, one.quarantine_id))
    assert [(decision.decided_by, decision.correction["quantity"]) for decision in made] == [("ada", "5"), ("bob", "6")]


# Who, when, and in which month


def test_a_decision_is_an_audited_act_of_its_person(mart, one):
    decide(mart, "reject", [one.quarantine_id], person="ada", reason="a test line")
    [act] = ask(mart, "SELECT act, relation, person, reason FROM audit_log WHERE relation LIKE 'quarantine%'")
    assert act == {"act": "DECIDE", "relation": "quarantine_decision", "person": "ada", "reason": "a test line"}


def test_runs_are_no_acts(mart, settings, one):
    decide(mart, "accept", [one.quarantine_id])
    run(mart, settings)
    acts = "SELECT count(*) AS n FROM audit_log WHERE relation LIKE 'quarantine%'"
    assert ask(mart, acts) == [{"n": 1}]


@pytest.mark.parametrize(("person", "reason", "error"), [("ada", " ", MartRefused), (" ", "because", SettingsError)])
def test_a_decision_needs_a_person_and_a_reason(mart, one, person, reason, error):
    with pytest.raises(error):
        decide(mart, "reject", [one.quarantine_id], person=person, reason=reason)
    assert state(mart, one.quarantine_id).decision is None


def test_the_database_itself_asks_for_a_reason(mart, one):
    with pytest.raises(MartRefused, match="needs a reason"):
        ask(mart, "SELECT decide_quarantine(ARRAY[%s], 'REJECT')", one.quarantine_id, role="finops_admin")


def test_of_several_lines_all_are_decided_or_none(mart, one):
    with pytest.raises(MartRefused, match="there is no quarantined line 999"):
        decide(mart, "reject", [one.quarantine_id, 999])
    assert state(mart, one.quarantine_id).decision is None


def test_a_decision_on_a_closed_month_is_refused(mart, one):
    force_closed(mart, JANUARY)
    for verb in ("accept", "reject"):
        with pytest.raises(MartRefused, match="month 2024-01 is closed"):
            decide(mart, verb, [one.quarantine_id])
    with pytest.raises(MartRefused, match="month 2024-01 is closed"):
        decide(mart, "fix", one.quarantine_id, {"quantity": "1"})


@pytest.mark.parametrize("role", ["finops_batch", "finops_api"])
@pytest.mark.parametrize(
    "statement",
    [
        "SELECT decide_quarantine(ARRAY[1::BIGINT], 'REJECT')",
        "INSERT INTO quarantine_decision (quarantine_id, period_month, domain_id, line_key, verdict, decided_by, "
        "decision_reason) VALUES (1, '2024-01-01', 'OPEN', 'key', 'REJECT', 'x', 'y')",
        "UPDATE quarantine_line SET decision = 'REJECTED', decided_at = now()",
        "UPDATE quarantine_line SET is_current = FALSE",
        "DELETE FROM quarantine_line",
    ],
)
def test_only_an_administrator_decides(mart, one, role, statement):
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)):
        ask(mart, statement, role=role)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE quarantine_decision SET decision_reason = 'other'",
        "DELETE FROM quarantine_decision",
        "TRUNCATE quarantine_decision CASCADE",
        "DELETE FROM quarantine_line",
        "TRUNCATE quarantine_line CASCADE",
        "UPDATE quarantine_line SET source_line = '{}'",
        "UPDATE quarantine_line SET reason = 'other'",
    ],
)
def test_lines_and_decisions_are_kept_as_they_were_even_by_the_owner(mart, one, statement):
    decide(mart, "reject", [one.quarantine_id])
    with pytest.raises(MartRefused):
        ask(mart, statement, role="finops_owner")


# A decision while a run is under way


def test_a_decision_taken_while_the_slice_is_computed_is_not_lost(mart, settings, one, monkeypatch):
    """The run knew the line as accepted; it is rejected before the run publishes. The run starts again."""
    decide(mart, "accept", [one.quarantine_id])
    gather, turns = inputs.gather, []

    def gather_and_reject(*args):
        gathered = gather(*args)
        if not turns:
            turns.append(decide(mart, "reject", [one.quarantine_id]))
        return gathered

    monkeypatch.setattr(inputs, "gather", gather_and_reject)
    run(mart, settings)
    assert facts(mart) == [LANDED]
    assert state(mart, one.quarantine_id).decision == "REJECTED"
    attempts = ask(mart, "SELECT outcome FROM slice_run ORDER BY started_at")
    assert [row["outcome"] for row in attempts] == ["LOADED", "UNCHANGED"]


def test_decision_and_publication_of_one_slice_take_turns(mart, settings, one):
    with mart.connect("") as connection, connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(slice_lock('2024-01-01', 'OPEN'))")
        with mart.connect("finops_admin") as admin:
            admin.execute("SET lock_timeout = '100ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                decisions.reject(admin, [one.quarantine_id], person="ada", reason="x")


# Bills


def test_a_charge_of_another_month_is_moved_into_the_month_by_a_person(mart, settings):
    charge = {
        "BilledCost": "2", "EffectiveCost": "2", "ListCost": "2", "BillingCurrency": "EUR", "ChargeCategory": "Usage",
        "ChargePeriodStart": "2024-01-05T00:00:00Z", "ChargePeriodEnd": "2024-01-06T00:00:00Z", "PricingUnit": "GB",
        "ServiceName": "Storage", "SkuId": "s", "SkuPriceId": "sp", "PricingQuantity": "100",
        "Tags": '{"application": "billing"}', "ListUnitPrice": "0.02",
    }  # fmt: skip
    late = charge | {"ChargePeriodStart": "2024-02-05T00:00:00Z", "ChargePeriodEnd": "2024-02-06T00:00:00Z"}
    write_csv(settings.sources / "cloud" / "2024-01.csv", [charge, late])
    run(mart, settings, domain="CLOUD")
    [strayed] = waiting(mart)
    assert (strayed.column_name, strayed.found_value) == ("charge_month", "2024-02-01")
    decide(mart, "fix", strayed.quarantine_id, {"charge_month": "2024-01"})
    run(mart, settings, domain="CLOUD")
    assert ask(mart, "SELECT quantity FROM fact_consumption WHERE product_id = 'sp'") == [{"quantity": Decimal(200)}]


# Many lines


def test_thousands_of_lines_are_decided_and_land(mart, settings):
    usage(settings, *[(f"app-{place:04}", "vm-small", "-1") for place in range(3000)])
    assert run(mart, settings).quarantined == 3000
    ids = [found.quarantine_id for found in waiting(mart)]
    decide(mart, "accept", ids[::2])
    assert run(mart, settings).quarantined == 1500
    assert len(facts(mart)) == 1500
