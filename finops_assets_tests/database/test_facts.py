"""Publishing a slice: whole or not at all, a no-op when nothing changed, every replaced version kept and chained."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from psycopg import sql

from finops_assets import contract, quarantine
from finops_assets.domains import discover
from finops_assets.errors import ContractBroken, MartRefused
from finops_assets.money import from_units, to_units
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection, Mart
from finops_assets.postgres.queries import SQL, query
from finops_assets.quarantine.set_aside import QuarantinedLine
from finops_assets.slices import facts
from finops_assets.sources import SourceFile
from finops_assets_tests.factories import JANUARY, ask, force_closed, line, lines, price, price_view, publish, weight

FEBRUARY = JANUARY.next
BILLING, PORTAL = line(), line(application_id="portal", quantity=Decimal(5))
FACTS = "SELECT * FROM fact_consumption ORDER BY period_month, domain_id, application_id, product_id"
FILE = SourceFile("open/2024-01.csv", "ab" * 32, 120, 3)


def stored(mart: Mart, domain: str = "OPEN") -> list[tuple]:
    """Every line of a domain with the place it is stored in: a line written again has another xmin."""
    rows = ask(
        mart, "SELECT xmin::TEXT, ctid::TEXT, * FROM fact_consumption WHERE domain_id = %s ORDER BY 1, 2", domain
    )
    return [tuple(row.values()) for row in rows]


def quantities(mart: Mart) -> dict[str, Decimal]:
    return {row["application_id"]: row["quantity"] for row in ask(mart, FACTS)}


# A slice and its versions


def test_lines_land_as_they_were_handed_over(mart):
    run = uuid4()
    done = publish(mart, BILLING, run=run)
    assert (done.outcome, done.version, done.row_count, done.sum_quantity) == ("LOADED", 1, 1, Decimal(10))
    assert ask(mart, FACTS) == [
        {
            "period_month": date(2024, 1, 1),
            "domain_id": "OPEN",
            "family_id": "compute",
            "product_id": "vm-small",
            "application_id": "billing",
            "quantity": Decimal(10),
            "consumption_type": "DIRECT",
            "consumption_metric": "CPU",
            "run_id": run,
            "product_label_snapshot": "Small VM",
        }
    ]


def test_same_content_again_touches_nothing(mart):
    first = publish(mart, BILLING, PORTAL)
    before = stored(mart)
    again = publish(mart, PORTAL, BILLING)
    assert (again.outcome, again.version) == ("UNCHANGED", 1)
    assert again.content_sha256 == first.content_sha256
    assert stored(mart) == before
    assert ask(mart, "SELECT count(*) FROM slice_version") == [{"count": 1}]
    assert ask(mart, "SELECT count(*) FROM fact_archive") == [{"count": 0}]


def test_other_content_is_a_new_version_and_the_old_one_is_archived_line_by_line(mart):
    runs = [uuid4(), uuid4(), uuid4()]
    publish(mart, BILLING, PORTAL, run=runs[0])
    assert publish(mart, line(quantity=Decimal(11)), PORTAL, run=runs[1]).version == 2
    assert publish(mart, line(quantity=Decimal(12), product_label="Renamed"), run=runs[2]).version == 3

    archive = "SELECT version, application_id, quantity, run_id, product_label_snapshot FROM fact_archive ORDER BY 1, 2"
    assert [tuple(row.values()) for row in ask(mart, archive)] == [
        (1, "billing", Decimal(10), runs[0], "Small VM"),
        (1, "portal", Decimal(5), runs[0], "Small VM"),
        (2, "billing", Decimal(11), runs[1], "Small VM"),
        (2, "portal", Decimal(5), runs[1], "Small VM"),
    ]
    assert {row["run_id"] for row in ask(mart, FACTS)} == {runs[2]}


def test_as_many_lines_of_the_same_sum_are_other_content(mart):
    publish(mart, line(quantity=Decimal(2)), line(application_id="portal", quantity=Decimal(3)))
    swapped = [line(quantity=Decimal(3)), line(application_id="portal", quantity=Decimal(2))]
    assert publish(mart, *swapped).outcome is facts.Outcome.LOADED
    assert publish(mart, *swapped).outcome is facts.Outcome.UNCHANGED
    assert quantities(mart) == {"billing": 3, "portal": 2}


def test_leaves_from_before_get_what_their_lines_have_in_common(mart):
    publish(mart, line())
    for column in ("period_month", "domain_id", "consumption_type"):
        ask(mart, f"ALTER TABLE fact_2024_01_open ALTER {column} DROP DEFAULT")
    with pytest.raises(psycopg.errors.NotNullViolation):
        publish(mart, line(quantity=Decimal(2)))
    ask(mart, (SQL / "migrations/0020_defaults_of_leaves.sql").read_text("utf-8"))
    assert publish(mart, line(quantity=Decimal(2))).outcome is facts.Outcome.LOADED


def test_content_that_comes_back_is_a_new_version_again(mart):
    publish(mart, BILLING)
    publish(mart, PORTAL)
    assert publish(mart, BILLING).version == 3


def test_application_that_left_the_source_leaves_the_slice(mart):
    publish(mart, BILLING, PORTAL)
    publish(mart, BILLING)
    assert quantities(mart) == {"billing": Decimal(10)}


def test_empty_result_empties_the_slice_and_says_so(mart):
    publish(mart, BILLING)
    assert publish(mart).outcome == "EMPTY"
    assert ask(mart, FACTS) == []
    status = "SELECT status, row_count FROM slice_status('2024-01-01') WHERE domain_id = 'OPEN'"
    assert ask(mart, status) == [{"status": "EMPTY_CONFIRMED", "row_count": 0}]
    assert publish(mart).outcome == "UNCHANGED"
    assert publish(mart, BILLING).version == 3


def test_first_publication_of_nothing_is_a_version_too(mart):
    assert (publish(mart).outcome, publish(mart).outcome) == ("EMPTY", "UNCHANGED")
    assert ask(mart, "SELECT version, row_count, sum_quantity FROM slice_version") == [
        {"version": 1, "row_count": 0, "sum_quantity": Decimal(0)}
    ]


def test_run_that_has_published_does_nothing_again_whatever_it_brings(mart):
    run = uuid4()
    publish(mart, BILLING, run=run)
    publish(mart, PORTAL)
    before = stored(mart)
    again = publish(mart, line(quantity=Decimal(99)), run=run)
    assert (again.outcome, again.version) == ("ALREADY", 1)
    assert stored(mart) == before


def test_slices_of_other_months_and_domains_are_left_alone(mart):
    publish(mart, BILLING)
    publish(mart, BILLING, month=FEBRUARY)
    publish(mart, weight("billing", "1"), domain="LICENCES")
    before = (
        stored(mart, "LICENCES"),
        ask(mart, "SELECT xmin::TEXT, * FROM fact_consumption WHERE period_month > '2024-01-01'"),
    )
    publish(mart)
    assert (
        stored(mart, "LICENCES"),
        ask(mart, "SELECT xmin::TEXT, * FROM fact_consumption WHERE period_month > '2024-01-01'"),
    ) == before


# Failures leave the old slice whole


def test_lines_that_break_the_contract_change_nothing(mart):
    publish(mart, BILLING)
    before = stored(mart)
    with pytest.raises(ContractBroken):
        publish(mart, BILLING, BILLING)
    assert stored(mart) == before


def test_line_that_the_table_refuses_changes_nothing(mart):
    publish(mart, BILLING)
    before = stored(mart), ask(mart, "SELECT * FROM dim_application")
    with pytest.raises(psycopg.errors.CheckViolation):
        publish(mart, BILLING, line(application_id="x" * 201))
    assert (stored(mart), ask(mart, "SELECT * FROM dim_application")) == before
    assert publish(mart, PORTAL).version == 2


def test_failure_after_the_lines_rolls_lines_members_and_ledger_back(mart, monkeypatch):
    publish(mart, BILLING)
    before = stored(mart), ask(mart, "SELECT * FROM dim_product"), ask(mart, "SELECT * FROM slice_version")
    monkeypatch.setattr(quarantine, "keep", lambda *args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        publish(mart, line(product_id="vm-new"))
    assert (stored(mart), ask(mart, "SELECT * FROM dim_product"), ask(mart, "SELECT * FROM slice_version")) == before


# What the database itself refuses


@pytest.fixture
def batch(mart: Mart) -> Iterator[Connection]:
    with mart.connect("finops_batch") as connection:
        connection.execute(query("facts/ensure_slice"), {"month": JANUARY.first_day, "domain": "OPEN"})
        connection.execute(query("facts/ensure_slice"), {"month": JANUARY.first_day, "domain": "LICENCES"})
        yield connection


def open_by_hand(
    connection: Connection, run: UUID, *quantities: str, domain: str = "OPEN", mode: str = "DIRECT"
) -> None:
    """Open a publication and write one line per quantity, without sealing it."""
    given = {"month": JANUARY.first_day, "domain": domain, "run": run, "content": b"\1" * 32}
    connection.execute(query("facts/open_publication"), given | {"rows": None, "sum": None})
    for place, quantity in enumerate(quantities):
        product = ("compute", "vm-small") if mode == "DIRECT" else (None, None)
        row = [JANUARY.first_day, domain, *product, f"app-{place}", quantity, mode, "CPU", run, "Small VM"]
        leaf = sql.Identifier(f"fact_2024_01_{domain.lower()}")
        values = sql.SQL(", ").join(sql.Placeholder() * len(row))
        connection.execute(sql.SQL("INSERT INTO {} VALUES ({})").format(leaf, values), row)


def seal_by_hand(connection: Connection, run: UUID, rows: int, total: str, domain: str = "OPEN") -> None:
    given = {"month": JANUARY.first_day, "domain": domain, "run": run, "content": b"\1" * 32, "source": b"\2" * 32}
    connection.execute(query("facts/seal_publication"), given | {"rows": rows, "sum": Decimal(total)})


def sqlstate_of(connection: Connection, *steps) -> str | None:
    """How the database refuses a transaction of these steps."""
    try:
        with connection.transaction():
            for step in steps:
                step()
    except psycopg.Error as error:
        return error.sqlstate
    return None


@pytest.mark.parametrize(("rows", "total"), [(1, "3"), (3, "3"), (2, "4"), (2, "3.000000000001"), (0, "0")])
def test_totals_that_were_not_stored_are_refused(mart, batch, rows, total):
    run = uuid4()
    state = sqlstate_of(
        batch, lambda: open_by_hand(batch, run, "1", "2"), lambda: seal_by_hand(batch, run, rows, total)
    )
    assert state == "UF005"
    assert ask(mart, FACTS) == []
    assert ask(mart, "SELECT * FROM slice_version") == []


def test_totals_that_were_stored_are_sealed(mart, batch):
    run = uuid4()
    with batch.transaction():
        open_by_hand(batch, run, "1", "2")
        seal_by_hand(batch, run, 2, "3")
    assert len(ask(mart, FACTS)) == 2


def test_line_of_another_run_is_refused(batch):
    run = uuid4()
    state = sqlstate_of(batch, lambda: open_by_hand(batch, uuid4(), "1"), lambda: seal_by_hand(batch, run, 1, "1"))
    assert state == "UF005"


def test_line_of_another_mode_is_refused(batch):
    run = uuid4()
    state = sqlstate_of(
        batch,
        lambda: open_by_hand(batch, run, "1", domain="OPEN", mode="INDIRECT"),
        lambda: seal_by_hand(batch, run, 1, "1"),
    )
    assert state == "UF005"


@pytest.mark.parametrize("shares", [("0.5", "0.499999999999"), ("1", "0.000000000001"), ("0.3",), ("0",)])
def test_weights_that_do_not_sum_to_one_are_refused_by_the_database(batch, shares):
    run, total = uuid4(), str(sum(map(Decimal, shares)))
    state = sqlstate_of(
        batch,
        lambda: open_by_hand(batch, run, *shares, domain="LICENCES", mode="INDIRECT"),
        lambda: seal_by_hand(batch, run, len(shares), total, "LICENCES"),
    )
    assert state == "UF005"


def test_unsealed_publication_cannot_commit(mart, batch):
    publish(mart, BILLING)
    before = stored(mart)
    assert sqlstate_of(batch, lambda: open_by_hand(batch, uuid4(), "1")) == "UF003"
    assert stored(mart) == before
    assert ask(mart, "SELECT * FROM slice_publication") == []


def test_seal_without_a_publication_is_refused(batch):
    assert sqlstate_of(batch, lambda: seal_by_hand(batch, uuid4(), 0, "0")) == "UF003"


def test_lines_of_another_slice_are_refused_inside_a_publication(mart, batch):
    publish(mart, weight("billing", "1"), domain="LICENCES")
    state = sqlstate_of(
        batch,
        lambda: open_by_hand(batch, uuid4()),
        lambda: batch.execute("INSERT INTO fact_2024_01_licences SELECT * FROM fact_consumption"),
    )
    assert state == "UF003"


def test_publishing_needs_read_committed(batch):
    state = sqlstate_of(
        batch,
        lambda: batch.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"),
        lambda: open_by_hand(batch, uuid4()),
    )
    assert state == "UF009"


def test_closed_month_is_refused_and_stays_as_it_was(mart):
    publish(mart, BILLING)
    force_closed(mart)
    before = stored(mart)
    with pytest.raises(MartRefused, match="month 2024-01 is closed"):
        publish(mart, PORTAL)
    with pytest.raises(MartRefused, match="month 2024-01 is closed"):
        publish(mart)
    assert stored(mart) == before
    assert publish(mart, BILLING, month=FEBRUARY).outcome == "LOADED"


def test_month_before_the_domain_is_available_is_refused(mart):
    with pytest.raises(MartRefused, match="OPEN is available from 2024-01, not in 2023-12"):
        publish(mart, BILLING, month=Period(2023, 12))
    assert ask(mart, FACTS) == []


def test_domain_that_is_not_registered_is_refused(mart):
    ask(mart, "DELETE FROM dim_domain WHERE domain_id = 'OPEN'", role="finops_admin")
    with pytest.raises(MartRefused, match="domain OPEN is unknown: register it first"):
        publish(mart, BILLING)


def test_product_in_two_metrics_is_refused(mart):
    with pytest.raises(ContractBroken, match="one product has one metric"):
        publish(mart, BILLING, line(application_id="portal", consumption_metric="GB"))
    assert ask(mart, FACTS) == []


# What a version remembers


def test_ledger_entries_are_chained_by_a_hash_that_anyone_can_compute_again(mart):
    publish(mart, BILLING, files=[FILE])
    publish(mart, BILLING, line(application_id="portal", quantity=Decimal("-0.000000000001"), charge_class="CREDIT"))
    first, second = ask(mart, "SELECT * FROM slice_version ORDER BY version")
    assert first["previous_sha256"] is None
    assert second["previous_sha256"] == first["entry_sha256"]
    for entry in (first, second):
        assert entry["entry_sha256"] == entry_hash(entry)
    assert first["source_sha256"] == hashlib.sha256(f"{'ab' * 32} open/2024-01.csv\n".encode()).digest()
    assert second["source_sha256"] == hashlib.sha256(b"").digest()


def entry_hash(entry: dict) -> bytes:
    parts = [
        (entry["previous_sha256"] or b"").hex(),
        entry["period_month"].isoformat(),
        entry["domain_id"],
        str(entry["version"]),
        str(entry["run_id"]),
        str(entry["row_count"]),
        f"{entry['sum_quantity']:.12f}",
        entry["content_sha256"].hex(),
        entry["source_sha256"].hex(),
    ]
    return hashlib.sha256("|".join(parts).encode()).digest()


GOLDEN = [
    (None, "2024-01-01", "OPEN", 1, 1, "10", "2f4465cff05ebe96f3c55006132eeb3bd0340d950456fbebc66ef3739b3f5e62"),
    (b"\0" * 32, "2024-01-01", "OPEN", 2, 0, "0", "f1687f0d6222d34a440d69a20a30dd1066faa0f92b81995addef77a6d2f13b07"),
    (
        b"\xff" * 32,
        "2025-12-01",
        "A_LONG_DOMAIN_NAME_2",
        317,
        1_000_000,
        "-0.000000000001",
        "ae89a60ca1ff50cfd4f65b37dd948766dd2c9395e1b7a6b7b811c7b5258464c9",
    ),
    (
        bytes(range(32)),
        "1999-02-01",
        "X",
        2_147_483_647,
        9_007_199_254_740_993,
        "123456789012345678.123456789012",
        "6c6b8bcef9da7d60456a1db1f0a50c40345fdd57998f014d1597b4add231f3a1",
    ),
    (
        None,
        "9998-12-01",
        "LICENCES",
        1,
        3,
        "1.000000000000",
        "4b42c624f974eea0f6b33a2cd69525d3f459a050b319335a7fac9c34c72cd587",
    ),
]


@pytest.mark.parametrize(
    ("previous", "month", "domain", "version", "rows", "total", "pinned"), GOLDEN, ids=range(len(GOLDEN))
)
def test_entry_hash_is_the_one_of_always(mart, previous, month, domain, version, rows, total, pinned):
    entry = {
        "previous_sha256": previous,
        "period_month": date.fromisoformat(month),
        "domain_id": domain,
        "version": version,
        "run_id": UUID("00000000-0000-4000-8000-0123456789ab"),
        "row_count": rows,
        "sum_quantity": Decimal(total),
        "content_sha256": hashlib.sha256(b"content").digest(),
        "source_sha256": hashlib.sha256(b"source").digest(),
    }
    placeholders = ", ".join(["%s"] * len(entry))
    [row] = ask(mart, f"SELECT entry_hash({placeholders}) AS hash", *entry.values())
    assert row["hash"].hex() == entry_hash(entry).hex() == pinned


texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
units = st.one_of(
    st.integers(0, 3), st.integers(-(10**30) + 1, 10**30 - 1), st.integers(-(10**13), 10**13), st.integers(0, 10**16)
)
random_lines = st.dictionaries(
    st.tuples(texts, texts.filter(lambda product: product != "*")), st.tuples(units, texts), max_size=8
)


@examples(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None)
@given(random_lines)
@example(
    {("a,b", '"'): (1, "\\."), ("a", "\\N"): (-1, " "), ("B", "NULL"): (0, "'"), ("é", "\u2028"): (10**30 - 1, "x")}
)
def test_database_and_python_give_the_same_lines_the_same_hash(mart, found):
    rows = [
        {
            "application_id": application,
            "product_id": product,
            "family_id": metric,
            "quantity": from_units(quantity),
            "consumption_metric": f"metric of {product}",
            "charge_class": "CREDIT",
        }
        for (application, product), (quantity, metric) in found.items()
    ]
    month = Period(2024 + len(rows), 1)
    done = publish(mart, *rows, month=month)
    [of_database] = ask(mart, "SELECT slice_content_hash(%s, 'OPEN') AS hash", month.first_day)
    assert of_database["hash"] == done.content_sha256 == by_hand(rows)


def by_hand(rows: list[dict]) -> bytes:
    texts_of = [
        (
            row["application_id"],
            row["product_id"],
            row["family_id"],
            str(to_units(row["quantity"])),
            row["consumption_metric"],
        )
        for row in rows
    ]
    ordered = sorted(texts_of, key=lambda cells: (cells[0].encode(), cells[1].encode()))
    return hashlib.sha256("".join("\x1f".join(cells) + "\n" for cells in ordered).encode()).digest()


def test_content_hash_of_weights_is_the_same_in_database_and_python(mart):
    rows = [weight("ß", "0.333333333334"), weight("a", "0.333333333333"), weight("Z", "0.333333333333")]
    done = publish(mart, *rows, domain="LICENCES")
    [of_database] = ask(mart, "SELECT slice_content_hash('2024-01-01', 'LICENCES') AS hash")
    assert of_database["hash"] == done.content_sha256 == contract.content_hash(contract.canonical(lines(*rows)))


@pytest.mark.parametrize(
    "quantity",
    ["0.000000000001", "999999999999999999.999999999999", "-999999999999999999.999999999999", "0", "1.100000000000"],
)
def test_quantities_are_kept_to_the_last_of_12_decimals_and_18_digits(mart, quantity):
    publish(mart, line(quantity=Decimal(quantity), charge_class="CORRECTION"))
    [row] = ask(mart, "SELECT quantity::TEXT FROM fact_consumption")
    assert row["quantity"] == f"{Decimal(quantity):.12f}"


def test_sources_of_each_version_are_recorded(mart):
    publish(mart, BILLING, files=[FILE, SourceFile("open/products.csv", "cd" * 32, 80, 1)])
    publish(mart, PORTAL, files=[FILE])
    rows = ask(mart, "SELECT version, file_name, sha256, bytes, rows FROM slice_source ORDER BY 1, 2")
    assert [tuple(row.values()) for row in rows] == [
        (1, "open/2024-01.csv", b"\xab" * 32, 120, 3),
        (1, "open/products.csv", b"\xcd" * 32, 80, 1),
        (2, "open/2024-01.csv", b"\xab" * 32, 120, 3),
    ]


def test_driver_versions_are_recorded_also_when_the_content_is_the_same(mart):
    shares = [weight("billing", "0.5"), weight("portal", "0.5")]
    publish(mart, *shares, domain="SUPPORT", drivers={"OPEN": 1})
    assert publish(mart, *shares, domain="SUPPORT", drivers={"OPEN": 2}).outcome == "UNCHANGED"
    rows = ask(mart, "SELECT version, driver_domain_id, driver_version FROM slice_driver ORDER BY 3")
    assert [tuple(row.values()) for row in rows] == [(1, "OPEN", 1), (1, "OPEN", 2)]


def test_driver_basis_and_method_of_each_weight_are_recorded(mart):
    publish(mart, weight("billing", "0.75", "300"), weight("portal", "0.25", "100"), domain="LICENCES")
    rows = ask(mart, "SELECT * FROM allocation_detail ORDER BY application_id")
    assert [tuple(row.values())[2:] for row in rows] == [
        (1, "billing", Decimal(300), Decimal(400), "external_coefficients"),
        (1, "portal", Decimal(100), Decimal(400), "external_coefficients"),
    ]


def test_label_of_the_time_is_in_the_fact_and_the_id_where_there_is_none(mart):
    publish(mart, BILLING, line(application_id="portal", product_id="new", product_label=None))
    rows = ask(mart, "SELECT product_id, product_label_snapshot FROM fact_consumption ORDER BY 1")
    assert [tuple(row.values()) for row in rows] == [("new", "new"), ("vm-small", "Small VM")]


def test_quarantined_lines_and_provider_prices_land_with_the_slice_or_not_at_all(mart, tmp_path):
    price_view(mart, tmp_path)
    price(mart, tmp_path, "2")
    aside = QuarantinedLine("open/2024-01.csv", 4, "quantity", "-1", "negative", {"quantity": "-1"})
    force_closed(mart, JANUARY)
    with pytest.raises(MartRefused, match="is closed"):
        publish(mart, BILLING, settled=quarantine.Settled((aside,)))
    assert ask(mart, "SELECT * FROM quarantine_line") == []

    ask(mart, "UPDATE period SET status = 'OPEN'", role="finops_owner")
    publish(mart, BILLING, settled=quarantine.Settled((aside,)))
    [kept] = ask(
        mart, "SELECT file_name, line_number, column_name, found_value, reason, source_line FROM quarantine_line"
    )
    assert tuple(kept.values()) == (
        "open/2024-01.csv",
        4,
        "quantity",
        "-1",
        "negative",
        json.loads('{"quantity": "-1"}'),
    )


def test_publishing_is_a_function_of_a_connection_in_any_role_that_may(mart):
    checked = contract.check(discover()["OPEN"].domain, JANUARY, lines(BILLING))
    publication = facts.Publication(discover()["OPEN"].domain, JANUARY, uuid4(), checked)
    for role in ("finops_admin", "finops_api"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), mart.connect(role) as connection:
            facts.publish_slice(connection, publication)
