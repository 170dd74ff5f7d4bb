"""Every check passes on a sound mart, and each one sees what it is there to see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import psycopg
import pytest

from finops_assets import verify
from finops_assets.closing import adjustments
from finops_assets.postgres.connection import Mart
from finops_assets.postgres.queries import files_in
from finops_assets.quarantine import Settled
from finops_assets.quarantine.set_aside import QuarantinedLine
from finops_assets.settings import Settings
from finops_assets.sources import SourceFile
from finops_assets_tests.conftest import on_database
from finops_assets_tests.factories import (
    JANUARY,
    ask,
    close,
    line,
    new_mart,
    price,
    price_view,
    publish,
    refresh,
    weight,
)

CHECKS = [file.stem for file in files_in("checks")]

# check: statements of a superuser with the triggers off, each of which the check must see
TAMPERS = {
    "acts_are_as_recorded": [
        "UPDATE audit_log SET person = 'eve'",
        "UPDATE audit_log SET acted_at = acted_at + INTERVAL '1 microsecond'",
        """UPDATE audit_log SET before = before || '{"extra": 1}' WHERE before IS NOT NULL""",
        "DELETE FROM audit_log WHERE relation = 'adjustment'",
        "DELETE FROM audit_seal",
        "INSERT INTO audit_log (act, relation, key) VALUES ('INSERT', 'dim_domain', '{}')",
    ],
    "attempts_are_in_the_ledger": [
        "INSERT INTO slice_run (run_id, period_month, domain_id, outcome, ended_at) "
        "VALUES (gen_random_uuid(), '2024-03-01', 'AUDIT', 'LOADED', now())",
        "INSERT INTO slice_run (run_id, period_month, domain_id, outcome, row_count, ended_at) "
        "SELECT run_id, period_month, domain_id, 'LOADED', row_count + 1, now() FROM slice_version LIMIT 1",
    ],
    "family_marts_equal_the_product_mart": [
        "UPDATE cost_family_month SET cost = cost + 1",
        "UPDATE cost_family_month SET family_id = 'other' WHERE family_id = 'compute'",
        "DELETE FROM cost_family_month WHERE domain_id = 'OPEN'",
    ],
    "lineage_is_as_sealed": [
        "UPDATE slice_source SET bytes = bytes + 1",
        "UPDATE allocation_detail SET method_key = 'even'",
        "UPDATE slice_driver SET driver_domain_id = 'CLOUD'",
        "UPDATE slice_version SET published_at = published_at - INTERVAL '1 microsecond'",
        "UPDATE fact_2024_01_open SET product_label_snapshot = 'other'",
        "UPDATE fact_archive SET product_label_snapshot = NULL WHERE application_id = 'gone'",
        "UPDATE slice_seal SET lineage_sha256 = sha256('x') WHERE version = 2",
        "DELETE FROM slice_seal WHERE domain_id = 'SUPPORT'",
        "UPDATE slice_seal SET version = 9 WHERE version = 2",
    ],
    "members_come_from_facts_or_acts": [
        "INSERT INTO dim_application (application_id, application_label) VALUES ('ghost', 'Ghost')",
        "INSERT INTO dim_family VALUES ('OPEN', 'ghost', 'Ghost')",
        "UPDATE dim_product SET product_label = 'other' WHERE domain_id = 'CLOUD'",
        "UPDATE dim_product SET is_active = FALSE WHERE domain_id = 'CLOUD'",
        "UPDATE dim_application SET owner = 'eve' WHERE application_id = 'billing'",
        "INSERT INTO application_access (principal, application_id) VALUES ('user:eve', '*')",
        "INSERT INTO invoice (period_month, domain_id, pricing_view_id, revision, amount, currency, reference, "
        "recorded_by) VALUES ('2024-01-01', 'OPEN', 'internal', 1, 9, 'EUR', 'x', 'eve')",
        "INSERT INTO pricing_view (pricing_view_id, pricing_view_label, currency, kind) "
        "VALUES ('ghost', 'Ghost', 'EUR', 'list')",
    ],
    "months_are_those_of_the_slices": [
        "DELETE FROM period WHERE period_month = '2024-02-01'",
        "INSERT INTO period VALUES ('2030-01-01')",
        "DROP TABLE fact_2024_02_open",
        "DELETE FROM audit_log WHERE relation = 'period'",
    ],
    "product_mart_equals_facts_times_prices": [
        "UPDATE cost_product_month SET quantity = quantity + 1 WHERE domain_id = 'OPEN'",
        "UPDATE cost_product_month SET unit_price = unit_price + 1 WHERE domain_id = 'OPEN'",
        "UPDATE cost_product_month SET product_id = 'other' WHERE domain_id = 'OPEN'",
    ],
    "quarantine_is_as_set_aside": [
        "UPDATE quarantine_line SET found_value = '-2'",
        "UPDATE quarantine_line SET decision = 'REPLAYED', decided_at = now()",
        "UPDATE quarantine_line SET decided_by = 'eve'",
        "UPDATE quarantine_line SET is_current = NOT is_current",
        "UPDATE quarantine_line SET line_key = 'other'",
        "DELETE FROM quarantine_line",
        "DELETE FROM quarantine_seal",
        "UPDATE quarantine_seal SET domain_id = 'CLOUD'",
    ],
    "reserved_applications_are_there": ["DELETE FROM dim_application WHERE application_id = 'UNASSIGNED'"],
    "sources_hash_to_the_ledger": [
        "UPDATE slice_source SET sha256 = sha256('x')",
        "UPDATE slice_source SET file_name = 'other.csv'",
        "DELETE FROM slice_source WHERE version = 2",
    ],
    "statements_are_as_signed": [
        "UPDATE statement SET currency = 'USD' WHERE domain_id = 'OPEN'",
        "UPDATE statement_price SET price_id = 0 WHERE domain_id = 'OPEN'",
        "DELETE FROM statement_seal WHERE domain_id = 'OPEN'",
        "INSERT INTO statement SELECT (jsonb_populate_record(line, '{\"close_number\": 2}')).* FROM statement AS line",
        "DELETE FROM period_close",
    ],
    "allocation_components_match_weights": [
        "UPDATE allocation_detail SET method_key = 'composite:1*OPEN/CPU+1*even'",
        """INSERT INTO allocation_component
        SELECT period_month, domain_id, version, application_id, 1, 'OPEN/CPU', 1, driver_quantity, basis_quantity, 0
        FROM allocation_detail""",
    ],
    "adjustments_are_priced": [
        "UPDATE adjustment_amount SET amount = amount + 0.000000000001",
        "UPDATE adjustment SET quantity = 4",
        "DELETE FROM adjustment_amount",
        "UPDATE adjustment_amount SET price_id = 0",
        "UPDATE unit_price SET unit_price = unit_price + 1 WHERE domain_id = 'OPEN'",
    ],
    "closed_months_are_recorded": [
        "DELETE FROM period_close",
        "UPDATE period SET status = 'OPEN' WHERE period_month = '2024-01-01'",
        "UPDATE period SET status = 'CLOSED' WHERE period_month = '2024-02-01'",
        "UPDATE period_close SET act = 'REOPEN', reason = 'x'",
    ],
    "closed_months_keep_their_hashes": [
        "UPDATE fact_2024_01_open SET quantity = quantity + 0.000000000001 WHERE application_id = 'billing'",
        "UPDATE statement SET rounded_cost = rounded_cost + 0.01 WHERE application_id = 'billing'",
        "UPDATE statement SET cost = cost + 0.000000000000000000000001 WHERE application_id = 'billing'",
        "DELETE FROM statement WHERE application_id = 'portal'",
        "UPDATE statement SET application_id = 'gone' WHERE application_id = 'portal'",
        "UPDATE statement_price SET revision = 1",
        "UPDATE statement_price SET unit_price = unit_price + 1 WHERE domain_id = 'OPEN'",
        "UPDATE period_close SET person = 'eve'",
        "UPDATE period_close SET acted_at = acted_at - INTERVAL '1 day'",
        "UPDATE period_close SET facts_sha256 = sha256('x')",
        "UPDATE period_close SET previous_sha256 = sha256('x')",
        "UPDATE period_close SET close_number = 2",
        "DELETE FROM fact_2024_01_open",
    ],
    "statements_add_up": [
        "UPDATE statement SET rounded_cost = rounded_cost + 0.01 WHERE application_id = 'billing'",
        "UPDATE statement SET cost = cost + 1 WHERE application_id = 'billing'",
        "UPDATE statement SET decimals = 1 WHERE application_id = 'billing' AND domain_id = 'SUPPORT'",
    ],
    "statements_equal_the_marts": [
        "UPDATE cost_app_month SET cost = cost + 1 WHERE period_month = '2024-01-01' AND application_id = 'billing'",
        "UPDATE statement SET cost = cost + 1 WHERE application_id = 'billing'",
        "DELETE FROM statement WHERE application_id = 'billing' AND domain_id = 'OPEN'",
        "UPDATE statement SET application_id = 'gone' WHERE application_id = 'portal'",
    ],
    "allocation_detail_matches_weights": [
        "UPDATE allocation_detail SET driver_quantity = driver_quantity + 0.000000000001",
        "UPDATE allocation_detail SET basis_quantity = basis_quantity * 2",
        "UPDATE allocation_detail SET driver_quantity = 10 - driver_quantity",
        "DELETE FROM allocation_detail WHERE application_id = 'billing'",
        """INSERT INTO allocation_detail
        SELECT (jsonb_populate_record(detail, '{"application_id": "ghost", "driver_quantity": 0}')).*
        FROM allocation_detail AS detail WHERE application_id = 'billing'""",
    ],
    "totals_equal_the_app_mart": [
        "UPDATE cost_total_month SET cost = cost + 0.000000000000000000000001 WHERE application_id = 'billing'",
        "UPDATE cost_total_month SET line_count = line_count + 1",
        "UPDATE cost_total_month SET unpriced_count = 1 - unpriced_count",
        "DELETE FROM cost_total_month WHERE application_id = 'billing'",
        "UPDATE cost_total_month SET application_id = 'ghost' WHERE application_id = 'billing'",
        "DELETE FROM cost_app_month WHERE application_id = 'billing'",
    ],
    "app_mart_equals_facts_times_prices": [
        "UPDATE cost_app_month SET cost = cost + 0.000000000000000000000001 WHERE application_id = 'billing'",
        "DELETE FROM cost_app_month WHERE application_id = 'billing' AND domain_id = 'OPEN'",
        "UPDATE cost_app_month SET application_id = 'ghost' WHERE application_id = 'billing'",
        "UPDATE cost_app_month SET unpriced_count = 1 - unpriced_count",
        "UPDATE unit_price SET unit_price = unit_price + 1 WHERE domain_id = 'OPEN'",
        "UPDATE fact_2024_01_open SET quantity = quantity + 0.000000000001",
    ],
    "archived_versions_hash_to_the_ledger": [
        "UPDATE fact_archive SET quantity = CASE application_id WHEN 'billing' THEN 12 ELSE 8 END",
        "UPDATE fact_archive SET application_id = 'ghost' WHERE application_id = 'gone'",
        "UPDATE fact_archive SET product_id = 'vm-large' WHERE application_id = 'gone'",
        "UPDATE fact_archive SET family_id = 'other' WHERE application_id = 'gone'",
        "UPDATE fact_archive SET consumption_metric = 'GB' WHERE application_id = 'gone'",
        "UPDATE fact_archive SET run_id = gen_random_uuid() WHERE application_id = 'gone'",
        "DELETE FROM fact_archive WHERE application_id = 'gone'",
        "UPDATE slice_version SET content_sha256 = sha256('x') WHERE version = 1 AND domain_id = 'OPEN'",
    ],
    "drivers_are_current": [
        "UPDATE slice_driver SET driver_version = driver_version - 1",
        "UPDATE slice_driver SET driver_domain_id = 'CLOUD'",
    ],
    "families_are_of_their_domain": [
        "UPDATE dim_product SET family_id = 'nowhere' WHERE domain_id = 'OPEN'",
        "UPDATE dim_family SET domain_id = 'AUDIT' WHERE domain_id = 'OPEN'",
    ],
    "last_acts_stand": [
        "UPDATE dim_domain SET is_enabled = TRUE WHERE domain_id = 'OPEN'",
        "UPDATE dim_domain SET domain_label = 'Other' WHERE domain_id = 'OPEN'",
        "UPDATE dim_domain SET available_from = '2023-01-01' WHERE domain_id = 'OPEN'",
        "DELETE FROM dim_domain WHERE domain_id = 'AUDIT'",
        "UPDATE pricing_view SET pricing_view_label = 'Other' WHERE pricing_view_id = 'listed'",
        "UPDATE pricing_view SET currency = 'USD' WHERE pricing_view_id = 'listed'",
        "UPDATE pricing_view SET is_draft = TRUE WHERE pricing_view_id = 'listed'",
        "UPDATE audit_log SET after = NULL WHERE relation = 'pricing_view'",
        """UPDATE audit_log SET after = after || '{"is_enabled": true}' WHERE relation = 'dim_domain'""",
    ],
    "ledger_chain_is_whole": [
        "UPDATE slice_version SET row_count = row_count + 1",
        "UPDATE slice_version SET sum_quantity = sum_quantity + 0.000000000001",
        "UPDATE slice_version SET run_id = gen_random_uuid()",
        "UPDATE slice_version SET content_sha256 = sha256('x')",
        "UPDATE slice_version SET source_sha256 = sha256('x')",
        "UPDATE slice_version SET entry_sha256 = sha256('x') WHERE version = 1",
        "UPDATE slice_version SET previous_sha256 = NULL WHERE version = 2",
        "DELETE FROM slice_version WHERE version = 1 AND period_month = '2024-01-01'",
    ],
    "ledger_equals_slices": [
        "DELETE FROM fact_2024_01_open WHERE application_id = 'billing'",
        "UPDATE fact_2024_01_open SET quantity = quantity + 0.000000000001 WHERE application_id = 'billing'",
        "UPDATE fact_2024_01_open SET run_id = gen_random_uuid() WHERE application_id = 'billing'",
        "UPDATE fact_2024_01_open SET run_id = gen_random_uuid()",
        "UPDATE fact_2024_01_open SET application_id = 'ghost' WHERE application_id = 'billing'",
        "UPDATE fact_2024_01_open SET quantity = 15 - quantity",
        """INSERT INTO fact_2024_01_open
        SELECT (jsonb_populate_record(line, '{"application_id": "ghost", "quantity": 0}')).*
        FROM fact_2024_01_open AS line WHERE application_id = 'billing'""",
        "DELETE FROM slice_version WHERE domain_id = 'OPEN' AND period_month = '2024-01-01'",
        "DELETE FROM fact_2024_01_open",
    ],
    "marts_agree": [
        "UPDATE cost_product_month SET cost = cost + 0.000000000000000000000001 WHERE domain_id = 'OPEN'",
        "UPDATE cost_app_month SET line_count = line_count + 1",
        "DELETE FROM cost_app_month",
        "DELETE FROM cost_family_month WHERE domain_id = 'OPEN'; REFRESH MATERIALIZED VIEW mv_cost_domain_month",
        "UPDATE cost_family_month SET cost = cost + 1; REFRESH MATERIALIZED VIEW mv_history_trend",
        "UPDATE cost_family_month SET unpriced_count = 9; REFRESH MATERIALIZED VIEW mv_cost_family_month",
    ],
    "marts_show_the_current_slices": [
        "UPDATE mart_slice SET version = 99",
        "DELETE FROM mart_slice",
        "UPDATE mart_slice SET price_id = 0",
        "UPDATE mart_slice SET pricing_views = '{internal}'",
        """INSERT INTO mart_slice
        SELECT (jsonb_populate_record(shown, '{"period_month": "2023-01-01"}')).*
        FROM mart_slice AS shown WHERE period_month = '2024-01-01' AND domain_id = 'OPEN'""",
    ],
    "mode_of_facts": [
        "UPDATE dim_domain SET domain_mode = 'DIRECT', indirect_method_key = NULL, indirect_label = NULL",
        "UPDATE dim_product SET consumption_metric = 'GB'",
        "UPDATE fact_2024_01_open SET consumption_metric = 'GB' WHERE application_id = 'billing'",
    ],
    "no_fact_in_an_unavailable_month": ["UPDATE dim_domain SET available_from = '2024-02-01' WHERE domain_id = 'OPEN'"],
    "no_orphan_fact": [
        "DELETE FROM dim_product WHERE domain_id = 'OPEN'",
        "DELETE FROM dim_family WHERE domain_id = 'OPEN'",
        "DELETE FROM dim_application WHERE application_id = 'billing'",
        "DELETE FROM dim_domain WHERE domain_id = 'SUPPORT'",
    ],
    "one_default_view": [
        "ALTER TABLE pricing_view DROP CONSTRAINT pricing_view_check; UPDATE pricing_view SET is_draft = TRUE",
        "DROP INDEX one_default_pricing_view; UPDATE pricing_view SET is_default = TRUE",
    ],
    "price_revisions_are_whole": [
        "UPDATE unit_price SET revision = revision + 10",
        "DELETE FROM unit_price WHERE revision = 1 AND product_id = 'vm-small' AND pricing_view_id = 'internal'",
        "UPDATE unit_price SET unit_price = -1 WHERE domain_id = 'OPEN'",
    ],
    "prices_are_as_published": [
        "UPDATE unit_price SET unit_price = unit_price + 0.000000000001 WHERE revision = 1 AND domain_id = 'OPEN'",
        "UPDATE unit_price SET effective_from = '2023-12-01' WHERE revision = 1 AND product_id = 'vm-small'",
        "UPDATE unit_price SET source_name = 'elsewhere' WHERE domain_id = 'SUPPORT'",
        "UPDATE unit_price SET pricing_view_id = 'other' WHERE pricing_view_id = 'listed'",
        "DELETE FROM unit_price WHERE revision = 2",
        """INSERT INTO unit_price
        (pricing_view_id, domain_id, product_id, effective_from, revision, unit_price, source_name)
        VALUES ('internal', 'OPEN', 'vm-small', '2024-01-01', 3, 9, 'by hand')""",
        """UPDATE audit_log SET after = after || '{"prices": 9}' WHERE relation = 'unit_price'""",
    ],
    "replaced_versions_are_kept": [
        "DELETE FROM fact_archive",
        "DELETE FROM fact_archive WHERE application_id = 'billing'",
        "UPDATE fact_archive SET quantity = quantity + 0.000000000001",
        "UPDATE fact_archive SET version = 7",
    ],
    "source_lines_are_kept": [
        "DELETE FROM slice_lines",
        "DELETE FROM slice_lines WHERE version = 2",
        "UPDATE slice_lines SET chunk = 2 WHERE version = 2",
        "UPDATE slice_lines SET version = version + 7",
        "UPDATE slice_lines SET lines = lines || 'x' WHERE version = 1",
        "UPDATE slice_lines SET sha256 = sha256('x')",
    ],
    "weights_sum_to_one": [
        "UPDATE fact_2024_01_support SET quantity = quantity - 0.000000000001 WHERE application_id = 'billing'",
        "DELETE FROM fact_2024_01_support WHERE application_id = 'billing'",
    ],
}


@pytest.fixture(scope="module")
def sound(server_url, template, tmp_path_factory) -> Iterator[str]:
    """The name of a database with two DIRECT domains and a spread one, two months, versions, views and revisions."""
    folder = tmp_path_factory.mktemp("prices")
    with new_mart(server_url, template) as mart:
        for view in ("internal", "listed"):
            price_view(mart, folder, view)
            for amount in ("2", "2.5"):
                price(mart, folder, amount, pricing_view_id=view)
            price(mart, folder, "1", "*", pricing_view_id=view)
            price(mart, folder, "-100", "*", "SUPPORT", pricing_view_id=view)
        price(mart, folder, "4", "vm-small", "CLOUD")
        file = SourceFile("open/2024-01.csv", "ab" * 32, 120, 3)
        for month in (JANUARY, JANUARY.next):
            portal = line(application_id="portal", quantity=Decimal(5))
            publish(mart, line(), line(application_id="gone"), month=month, files=[file])
            publish(mart, line(), portal, month=month, files=[file])
            # January is whole and will be closed
            cloud = "vm-small" if month == JANUARY else "unpriced"
            publish(mart, line(product_id=cloud), month=month, domain="CLOUD")
            shares = [weight("billing", "0.666666666667", "10"), weight("portal", "0.333333333333", "5")]
            publish(mart, *shares, month=month, domain="SUPPORT", drivers={"OPEN": 2})
        said = {"application_id": "portal", "product_id": "vm-small", "quantity": "-1"}
        aside = QuarantinedLine("open/2024-03.csv", 2, "quantity", "-1", "negative", said)
        publish(mart, month=JANUARY.shift(2), settled=Settled((aside,)))
        refresh(mart)
        close(mart, Settings.from_environment({}))
        with mart.connect("finops_admin") as connection:
            late = adjustments.LateData(JANUARY, "OPEN", "billing", "vm-small", Decimal(3))
            adjustments.book(connection, late, "ada", "a late meter")
        yield mart.url.rpartition("/")[2]


@pytest.fixture
def copy(server_url, sound) -> Iterator[Mart]:
    with new_mart(server_url, sound) as mart:
        yield mart


def failing(mart: Mart) -> set[str]:
    with mart.connect("finops_batch") as connection:
        return {result.name for result in verify.run_checks(connection) if not result.passed}


def test_sound_mart_passes_every_check_in_order_and_each_has_a_title(copy):
    with copy.connect("finops_api") as connection:
        results = list(verify.run_checks(connection))
    assert [(result.name, result.rows) for result in results] == [(name, ()) for name in CHECKS]
    assert all(re.fullmatch(r"[A-Z].{20,110}[^.]", result.title) for result in results)
    assert len({result.title for result in results}) == len(CHECKS)


def test_empty_mart_passes_every_check(mart):
    assert failing(mart) == set()


def test_every_check_has_its_tamper_here():
    assert sorted(TAMPERS) == CHECKS


@pytest.mark.parametrize(
    ("check", "statement"),
    [(check, statement) for check, statements in TAMPERS.items() for statement in statements],
)
def test_check_sees_what_a_superuser_did(server_url, sound, check, statement):
    mart = Mart(on_database(server_url, sound))
    with mart.connect("") as connection, connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(statement)
        connection.execute("SET LOCAL ROLE finops_batch")
        assert check in {result.name for result in verify.results(connection) if not result.passed}


def test_failing_check_shows_its_first_rows_with_names(copy):
    for place in range(30):
        ask(
            copy,
            "INSERT INTO slice_run (run_id, period_month, domain_id, outcome, ended_at) "
            "VALUES (gen_random_uuid(), %s, 'AUDIT', 'LOADED', now())",
            JANUARY.shift(place).first_day,
        )
    with copy.connect("finops_batch") as connection:
        [failed] = [result for result in verify.run_checks(connection) if not result.passed]
    assert failed.name == "attempts_are_in_the_ledger"
    assert len(failed.rows) == verify.ROWS_SHOWN
    assert set(failed.rows[0]) == {"run_id", "period_month", "domain_id", "outcome", "row_count"}


def test_a_snapshot_takes_part_in_the_one_that_is_open(mart):
    with mart.connect("finops_api") as connection, verify.snapshot(connection):
        before = connection.execute("SELECT count(*) AS n FROM dim_application").fetchone()
        publish(mart, line(application_id="late"))
        with verify.snapshot(connection):
            after = connection.execute("SELECT count(*) AS n FROM dim_application").fetchone()
    assert before == after


def test_a_snapshot_inside_of_a_transaction_that_is_none_is_refused(mart):
    with (
        mart.connect("finops_api") as connection,
        connection.transaction(),
        pytest.raises(psycopg.errors.ActiveSqlTransaction),
        verify.snapshot(connection),
    ):
        pass
