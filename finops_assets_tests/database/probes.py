"""Statements that the mart refuses, or that leave a trace: each is there for one guard at least.

Written by hand where a guard is a trigger or a ``RAISE``, and made from the catalogue where it is a constraint.
"""

# ruff: noqa: S608 - the statements are the tests

from __future__ import annotations

from dataclasses import dataclass

WITHOUT_TRIGGERS = "ALTER TABLE {0} DISABLE TRIGGER USER"
OLD_SNAPSHOT = "REPEATABLE READ"


@dataclass(frozen=True)
class Probe:
    """A statement of a superuser, what is done before it, and the isolation it runs at."""

    statement: str
    before: str = ""
    isolation: str = "READ COMMITTED"


def copy(table: str, changes: str = "{}", where: str = "TRUE") -> str:
    """Insert a row of a table once more, with some columns changed."""
    row = f"(jsonb_populate_record(kept, '{changes}')).*"
    return f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT {row} FROM {table} AS kept WHERE {where} LIMIT 1"


def in_turn(*steps: str) -> str:
    return f"DO $$ BEGIN {'; '.join(steps)}; END $$"


# tables of rows that only grow, and what makes a copy of a row of them another row
APPEND_ONLY = {
    "slice_version": '{"version": 99, "run_id": "00000000-0000-0000-0000-000000000001"}',
    "slice_source": '{"file_name": "other.csv"}',
    "slice_lines": '{"chunk": 99}',
    "slice_driver": '{"driver_version": 99}',
    "allocation_detail": '{"application_id": "other"}',
    "allocation_component": '{"component": 99}',
    "fact_archive": '{"version": 99}',
    "statement": '{"application_id": "UNASSIGNED"}',
    "statement_price": '{"product_id": "other"}',
    "statement_seal": '{"domain_id": "AUDIT"}',
    "adjustment": '{"adjustment_id": 99}',
    "adjustment_amount": '{"pricing_view_id": "listed"}',
    "period_close": '{"close_number": 99}',
    "invoice": '{"revision": 99}',
    "quarantine_decision": '{"decision_id": 99}',
    "unit_price": '{"price_id": 999, "revision": 99}',
    "audit_log": '{"audit_id": 99999}',
    "audit_seal": '{"audit_id": 99999}',
}
OF_A_PUBLICATION = ["slice_source", "slice_lines", "slice_driver", "allocation_detail", "allocation_component"]
OF_A_MONTH = [*list(APPEND_ONLY)[:12], "quarantine_line"]
LINE = '{"quarantine_id": 9999, "line_key": "other"}'
DIMENSIONS = ["dim_domain", "dim_family", "dim_product", "dim_application"]

OPEN = "open_publication('2024-03-01', '{}', gen_random_uuid(), sha256('other'))"
SEAL = "seal_publication('2024-03-01', '{}', '00000000-0000-0000-0000-000000000001', {}, sha256('other'), sha256('x'))"
SPREAD = OPEN.format("SUPPORT").replace("gen_random_uuid()", "'00000000-0000-0000-0000-000000000001'")
HALF = (
    "INSERT INTO fact_2024_03_support VALUES ('2024-03-01', 'SUPPORT', NULL, NULL, 'billing', 0.5, 'INDIRECT', "
    "'COEFFICIENT', '00000000-0000-0000-0000-000000000001', NULL)"
)
PRICE = (
    "INSERT INTO unit_price (pricing_view_id, domain_id, product_id, effective_from, revision, unit_price, "
    "source_name) VALUES ('{}', '{}', '{}', '{}', 9, {}, 'by hand')"
)
DRAFT = (
    "INSERT INTO draft_price (pricing_view_id, domain_id, product_id, effective_from, unit_price, source_name, "
    "source_line) VALUES ('{}', 'OPEN', 'vm-small', '2024-03-01', 1, 'by hand', 1)"
)
VIEW = "INSERT INTO pricing_view (pricing_view_id, pricing_view_label, currency, kind, is_draft, based_on) VALUES ({})"
INVOICE = "SELECT FROM record_invoice('2024-03-01', '{}', '{}', 1, '{}', 'x', 'ada')"
LATE = "SELECT FROM book_adjustment('{}', 'OPEN', '{}', '{}', 1, '{}', '{}', 'ada', '{}')"
CLOSE = "close_period('2024-03-01', '2030-01-01', 'ada', '', NULL, 0)"
SETTLE = (
    "SELECT settle_quarantine('{}', 'OPEN', gen_random_uuid(), {}, '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', '{{}}', "
    "'{{}}', '{{}}', '{{}}')"
)
BECAUSE = "SELECT set_config('finops.reason', 'why', TRUE)"
WAITING = "(SELECT array_agg(quarantine_id) FROM quarantine_line WHERE is_current AND decision IS NULL)"
SPARE = "INSERT INTO dim_application (application_id, application_label) VALUES ('spare', 'Spare')"
SPARE_FAMILY = "INSERT INTO dim_family VALUES ('OPEN', 'spare', 'Spare')"
SPARE_PRODUCT = (
    "INSERT INTO dim_product (domain_id, product_id, product_label, family_id, consumption_metric) "
    "VALUES ('OPEN', 'spare', 'Spare', 'compute', 'CPU')"
)
UNCITED = {
    "dim_domain": ("", "domain_id = 'AUDIT'"),
    "dim_family": (SPARE_FAMILY, "family_id = 'spare'"),
    "dim_product": (SPARE_PRODUCT, "product_id = 'spare'"),
    "dim_application": (SPARE, "application_id = 'spare'"),
}
CITED = {
    "dim_domain": "domain_id = 'SUPPORT'",
    "dim_family": "family_id = 'data'",
    "dim_product": "product_id = 'db'",
    "dim_application": "application_id = 'gone'",
}
IDENTITY = {
    "dim_domain": "domain_id = 'OTHER'",
    "dim_family": "family_id = 'other'",
    "dim_product": "product_id = 'other'",
    "dim_application": "application_id = 'other'",
    "pricing_view": "currency = 'USD'",
    "quarantine_line": "reason = 'other' WHERE period_month = '2024-03-01'",
}
GONE = "decision = 'REPLAYED' AND NOT is_landed AND period_month = '2024-03-01'"

LABELS = {
    "dim_domain": "domain_label",
    "dim_family": "family_label",
    "dim_product": "product_label",
    "dim_application": "application_label",
    "pricing_view": "pricing_view_label",
}
A_COLUMN = {"audit_log": "person", "audit_seal": "audit_id", "unit_price": "unit_price"}


def on_tables_that_are_alike() -> list[Probe]:
    """What keeps rows as they are, keeps months closed, keeps members, and writes the audit log."""
    found = [Probe(f"UPDATE {one} SET {name} = {name}") for one in APPEND_ONLY for name in [A_COLUMN.get(one, KEY)]]
    found += [Probe(copy(one, APPEND_ONLY.get(one, LINE), "period_month = '2024-02-01'")) for one in OF_A_MONTH]
    found += [Probe(copy("adjustment_amount", APPEND_ONLY["adjustment_amount"], "price_id IS NULL"))]
    found += [Probe(copy(one, APPEND_ONLY[one], "period_month = '2024-03-01'")) for one in OF_A_PUBLICATION]
    found += [Probe(f"TRUNCATE {one} CASCADE") for one in [*DIMENSIONS, "period", "pricing_view"]]
    found += [Probe(f"DELETE FROM {one} WHERE {which}") for one, which in CITED.items()]
    for level in ("READ COMMITTED", OLD_SNAPSHOT):
        found += [Probe(f"DELETE FROM {one} WHERE {which}", made, level) for one, (made, which) in UNCITED.items()]
    found += [Probe(made) for made, _ in UNCITED.values() if made]
    found += [Probe(f"UPDATE {one} SET {change}") for one, change in IDENTITY.items()]
    found += [Probe(f"UPDATE {one} SET {name} = 'x'") for one, name in LABELS.items()]
    found += [Probe(attack.format(one)) for one in ("slice_seal", "quarantine_seal") for attack in ON_A_SEAL]
    return found


KEY = "period_month"
ON_A_SEAL = (
    "UPDATE {0} SET domain_id = domain_id",
    "DELETE FROM {0}",
    "INSERT INTO {0} SELECT * FROM {0} WHERE FALSE",
)
FACT_TABLES = ("fact_consumption", "fact_2024_01", "fact_2024_01_open", "fact_2024_03", "fact_2024_03_open")
ON_FACTS = (
    "INSERT INTO {0} SELECT * FROM {0} WHERE FALSE",
    "UPDATE {0} SET quantity = 1",
    "DELETE FROM {0}",
    "TRUNCATE {0}",
)
ON_PUBLICATIONS = [
    Probe(in_turn(f"PERFORM {OPEN.format('OPEN')}", "SET CONSTRAINTS ALL IMMEDIATE")),
    Probe(f"SELECT FROM {OPEN.format('OPEN')}", isolation=OLD_SNAPSHOT),
    Probe(f"SELECT FROM {OPEN.format('OPEN').replace('2024-03', '2031-03')}"),
    Probe(f"SELECT FROM {OPEN.format('OPEN').replace('2024-03', '2024-01')}"),
    Probe(
        f"SELECT FROM {OPEN.format('AUDIT')}",
        "UPDATE dim_domain SET available_from = '2024-05-01' WHERE domain_id = 'AUDIT'",
    ),
    Probe("SELECT " + SEAL.format("OPEN", "4, 19")),
    Probe(in_turn(f"PERFORM {SPREAD}", "PERFORM " + SEAL.format("SUPPORT", "7, 7"))),
    Probe(in_turn(f"PERFORM {SPREAD}", HALF, "PERFORM " + SEAL.format("SUPPORT", "1, 0.5"))),
    Probe("SELECT ensure_slice('2024-03-02', 'OPEN')"),
    Probe("SELECT ensure_slice('2024-03-01', 'NOWHERE')"),
    Probe("SELECT ensure_slice('2024-01-01', 'AUDIT')"),
]
TO_DIRECT = "UPDATE dim_domain SET domain_mode = 'DIRECT', indirect_method_key = NULL, indirect_label = NULL"
DRAFTED = VIEW.format("'draft', 'Draft', 'EUR', 'what_if', TRUE, 'internal'")
ON_PRICES = [
    Probe(f"{TO_DIRECT} WHERE domain_id = 'SUPPORT'"),
    Probe("UPDATE dim_domain SET available_from = '2024-04-01' WHERE domain_id = 'OPEN'"),
    Probe(
        "UPDATE dim_domain SET domain_mode = 'OTHER' WHERE domain_id = 'OPEN'", WITHOUT_TRIGGERS.format("dim_domain")
    ),
    Probe(PRICE.format("internal", "OPEN", "vm-small", "2024-04-01", "1")),
    Probe(PRICE.format("internal", "OPEN", "vm-small", "2024-04-01", "1"), isolation=OLD_SNAPSHOT),
    Probe(PRICE.format("internal", "OPEN", "vm-small", "2024-04-01", "-1")),
    Probe(PRICE.format("internal", "SUPPORT", "x", "2024-04-01", "1")),
    Probe(PRICE.format("internal", "OPEN", "vm-small", "2024-01-01", "1")),
    Probe(PRICE.format("draft", "OPEN", "vm-small", "2024-04-01", "1"), DRAFTED),
    Probe(DRAFT.format("draft"), DRAFTED),
    Probe(DRAFT.format("internal")),
    Probe(DRAFT.format("draft").replace(", 1, 'by", ", -1, 'by"), DRAFTED),
    Probe("UPDATE draft_price SET unit_price = 2", f"{DRAFTED}; {DRAFT.format('draft')}"),
    Probe(
        "UPDATE pricing_view SET is_draft = FALSE, based_on = NULL WHERE is_draft",
        f"{DRAFTED}; {DRAFT.format('draft')}",
    ),
    Probe(
        "DELETE FROM pricing_view WHERE pricing_view_id = 'spare'",
        VIEW.format("'spare', 'S', 'EUR', 'list', FALSE, NULL"),
    ),
    Probe("UPDATE pricing_view SET is_default = FALSE, is_draft = TRUE"),
    Probe(VIEW.format("'second', 'Second', 'EUR', 'what_if', TRUE, 'draft'"), DRAFTED),
    Probe(VIEW.format("'second', 'Second', 'EUR', 'what_if', TRUE, 'nowhere'")),
    Probe(VIEW.format("'second', 'Second', 'USD', 'what_if', TRUE, 'internal'")),
]
ON_QUARANTINE = [
    Probe(f"SELECT FROM decide_quarantine({WAITING}, 'REJECT')"),
    Probe("SELECT FROM decide_quarantine('{99999}', 'REJECT')", BECAUSE),
    Probe(
        "SELECT FROM decide_quarantine((SELECT array_agg(quarantine_id) FROM quarantine_decision), 'REJECT')", BECAUSE
    ),
    Probe(
        f"SELECT FROM decide_quarantine({WAITING.replace('is_current AND decision IS NULL', GONE)}, 'REJECT')",
        BECAUSE,
    ),
    Probe(f"SELECT FROM decide_quarantine({WAITING}, 'REJECT')", BECAUSE),
    Probe(SETTLE.format("2024-01-01", "0")),
    Probe(SETTLE.format("2024-03-01", "7")),
    Probe("UPDATE quarantine_line SET is_current = FALSE WHERE period_month = '2024-01-01'"),
    Probe("UPDATE quarantine_line SET is_current = FALSE WHERE period_month = '2024-03-01'"),
    Probe("DELETE FROM quarantine_line WHERE period_month = '2024-03-01' AND is_current"),
    Probe(copy("quarantine_line", LINE, "period_month = '2024-03-01'")),
]
LATER = "INSERT INTO period VALUES ('2024-05-01')"
UNRECORDED = (
    "SET LOCAL session_replication_role = replica; DELETE FROM period_close WHERE period_month = '2024-02-01'; "
    "SET LOCAL session_replication_role = origin"
)
ON_CLOSING = [
    Probe(f"SELECT {CLOSE}", isolation=OLD_SNAPSHOT),
    Probe(f"SELECT FROM {CLOSE}"),
    Probe("SELECT store_statement('2024-03-01', 1)", "UPDATE cost_app_month SET cost = cost + 1"),
    Probe("SELECT FROM reopen_period('2024-03-01', 'ada', 'why')"),
    Probe("SELECT FROM reopen_period('2024-01-01', 'ada', 'why')"),
    Probe("SELECT FROM reopen_period('2024-02-01', 'ada', ' ')"),
    Probe("SELECT FROM reopen_period('2024-02-01', 'ada', 'why')"),
    Probe("SELECT FROM reopen_period('2024-02-01', 'ada', 'why')", UNRECORDED),
    Probe("UPDATE period SET status = 'OPEN' WHERE period_month = '2024-02-01'"),
    Probe("UPDATE period SET period_month = '2025-01-01' WHERE period_month = '2024-05-01'", LATER),
    Probe("DELETE FROM period WHERE period_month = '2024-05-01'", LATER),
    Probe("INSERT INTO period VALUES ('2023-11-01')"),
    Probe(
        'INSERT INTO period_close SELECT (jsonb_populate_record(done, \'{"period_month": "2024-03-01"}\')).* '
        "FROM period_close AS done LIMIT 1; UPDATE period SET status = 'CLOSED' WHERE period_month = '2024-03-01'"
    ),
    Probe(INVOICE.format("OPEN", "internal", "EUR")),
    Probe(INVOICE.format("OPEN", "nowhere", "EUR")),
    Probe(INVOICE.format("OPEN", "internal", "USD")),
    Probe(INVOICE.format("NOWHERE", "internal", "EUR")),
    Probe(LATE.format("2024-01-01", "billing", "vm-small", "{}", "{}", "late")),
    Probe(LATE.format("2024-01-01", "billing", "vm-small", "{}", "{}", " ")),
    Probe(LATE.format("2024-03-01", "billing", "vm-small", "{}", "{}", "late")),
    Probe(LATE.format("2024-01-01", "nobody", "vm-small", "{}", "{}", "late")),
    Probe(LATE.format("2024-01-01", "billing", "vm-small", "{listed}", "{1}", "late")),
]
KEY_MADE = (
    "INSERT INTO api_key (key_id, name, secret_sha256, role, principals) "
    "VALUES ('0123456789ab', 'eve', sha256('eve'), 'admin', '{}')"
)
ON_ACCESS = [
    Probe("INSERT INTO application_access VALUES ('user:eve', '*')"),
    Probe("DELETE FROM application_access"),
    Probe("UPDATE application_access SET application_id = '*'"),
    Probe(KEY_MADE),
    Probe("UPDATE api_key SET revoked_at = now()"),
    Probe("UPDATE api_key SET role = 'admin'"),
    Probe("DELETE FROM api_key"),
]
# what is shown, by a statement that changes no row of it and is told all the same
SHOWN = [
    *("adjustment", "application_access", "audit_log", "dim_application", "dim_domain", "dim_family", "dim_product"),
    *("draft_price", "invoice", "mart_slice", "period", "period_close", "pricing_view", "quarantine_decision"),
    *("quarantine_line", "slice_run", "slice_version", "unit_price"),
]
NOTHING = ("INSERT INTO {0} OVERRIDING SYSTEM VALUE SELECT * FROM {0} WHERE FALSE", "DELETE FROM {0} WHERE FALSE")
ON_CHANGES = [
    *(Probe(nothing.format(table)) for table in SHOWN for nothing in NOTHING),
    Probe(in_turn("UPDATE dim_domain SET is_enabled = is_enabled", "SET CONSTRAINTS ALL IMMEDIATE")),
]
VISIBLE = [
    *("fact_consumption", "fact_archive", "allocation_detail", "allocation_component", "mv_cost_app_month"),
    *(
        "cost_total_month",
        "dim_application",
        "mv_cost_domain_month",
        "mv_cost_family_month",
        "mv_history_trend",
        "cost_product_month",
    ),
    *("dim_domain", "dim_family", "dim_product", "pricing_view", "period", "slice_version", "mart_state"),
    *("shown_fact", "adjustment_line", "cost_family_month", "mart_slice", "statement", "period_close"),
]
READ = [
    Probe(f"SELECT count(*) FROM finops_visible.{view}", f"SELECT set_config('finops.principals', '{who}', TRUE)")
    for view in VISIBLE
    for who in ("", '["user:ben"]')
]
PROBES = [
    *on_tables_that_are_alike(),
    *(Probe(attack.format(table)) for table in FACT_TABLES for attack in ON_FACTS),
    *ON_PUBLICATIONS,
    *ON_PRICES,
    *ON_QUARANTINE,
    *ON_CLOSING,
    *ON_ACCESS,
    *ON_CHANGES,
    *READ,
]
