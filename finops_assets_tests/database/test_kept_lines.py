"""The source lines of each published version: kept with it, read back, guarded and proved."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from uuid import uuid4

import pandas as pd
import psycopg
import pytest

from finops_assets import slices, source_lines, verify
from finops_assets.domains import discover
from finops_assets.errors import ContractBroken, MartRefused
from finops_assets.postgres.connection import open_connection
from finops_assets.source_lines import kept_lines
from finops_assets.source_lines.kept_lines import KeptLine, Version
from finops_assets_tests.factories import JANUARY, ask, line, publish, run, write_csv

LINES = "SELECT version, chunk, row_count, lines FROM slice_lines ORDER BY version, chunk"


def usage(settings, *rows, name="open/2024-01.csv", **more):
    """A usage file: application, product, quantity."""
    columns = ("application_id", "product_id", "quantity")
    written = [dict(zip(columns, row, strict=True)) | {"metric": "CPU"} | more for row in rows]
    write_csv(settings.sources / name, written)


def kept(mart, application="billing", domain="OPEN", version=1, month=JANUARY):
    with mart.connect("finops_api") as connection:
        return kept_lines.of_application(connection, Version(month, domain, version), application)


def proved(mart):
    with mart.connect("finops_api") as connection:
        (result,) = verify.run_proofs(connection)
    return list(result.rows)


def test_a_fact_has_the_lines_it_sums(mart, settings):
    rows = [("billing", "vm", "1.5"), ("portal", "vm", "7"), ("billing", "disk", "2")]
    usage(settings, *rows, name="open/2024-01-a.csv")
    usage(settings, ("billing", "vm", "0.5"), name="open/2024-01-b.csv", charge_class="CORRECTION")
    run(mart, settings)
    assert kept(mart) == [
        KeptLine("disk", 0, 4, Decimal(2)),
        KeptLine("vm", 0, 2, Decimal("1.5")),
        KeptLine("vm", 1, 2, Decimal("0.5")),
    ]
    assert proved(mart) == []


def test_an_application_without_a_line_has_none_and_a_version_without_any_says_so(mart, settings):
    usage(settings, ("billing", "vm", "1"))
    run(mart, settings)
    assert (kept(mart, "portal"), kept(mart, version=2)) == ([], None)


def test_the_same_content_keeps_the_lines_it_was_published_with(mart, settings):
    usage(settings, ("billing", "vm", "3"))
    run(mart, settings)
    usage(settings, ("billing", "vm", "1"), name="open/2024-01.csv")
    usage(settings, ("billing", "vm", "2"), name="open/2024-01-more.csv", charge_class="CORRECTION")
    run(mart, settings)
    assert [row["version"] for row in ask(mart, LINES)] == [1]
    assert kept(mart) == [KeptLine("vm", 0, 2, Decimal(3))]


def test_each_version_has_its_own_lines(mart, settings):
    usage(settings, ("billing", "vm", "3"))
    run(mart, settings)
    usage(settings, ("portal", "vm", "1"), ("billing", "vm", "4"))
    run(mart, settings)
    assert [kept(mart, version=version) for version in (1, 2)] == [
        [KeptLine("vm", 0, 2, Decimal(3))],
        [KeptLine("vm", 0, 3, Decimal(4))],
    ]
    assert proved(mart) == []


def test_a_line_that_crosses_the_month_end_gives_each_month_its_part(mart, settings):
    crossing = {"usage_start": "2024-01-31T12:00:00+01:00", "usage_end": "2024-02-01T12:00:00+01:00"}
    usage(settings, ("billing", "vm", "3"), **crossing)
    usage(settings, ("billing", "vm", "10"), name="open/2024-02.csv", usage_start="", usage_end="")
    run(mart, settings)
    run(mart, settings, month=JANUARY.next)
    assert kept(mart) == [KeptLine("vm", 0, 2, Decimal("1.5"))]
    assert kept(mart, month=JANUARY.next) == [KeptLine("vm", 1, 2, Decimal(10)), KeptLine("vm", 0, 2, Decimal("1.5"))]


def test_a_quarantined_line_is_no_part_of_a_fact(mart, settings):
    usage(settings, ("billing", "vm", "3"), ("billing", "disk", "-1"), charge_class="")
    run(mart, settings)
    assert kept(mart) == [KeptLine("vm", 0, 2, Decimal(3))]


def test_a_coefficient_has_the_line_it_stands_on(mart, settings):
    shares = [{"application_id": name, "coefficient": 1} for name in ("portal", "billing")]
    write_csv(settings.sources / "licences" / "2024-01.csv", shares)
    run(mart, settings, "LICENCES")
    assert kept(mart, domain="LICENCES") == [KeptLine("", 0, 3, Decimal(1))]
    assert proved(mart) == []


def test_a_domain_without_source_lines_keeps_none(mart, settings):
    publish(mart, line())
    run(mart, settings, "SUPPORT")
    assert kept(mart, domain="SUPPORT") is None


def with_module(changed, lineage=None):
    """OPEN with another compute, or with a lineage of its own."""
    plugin = discover()["OPEN"]
    compute = (lambda period, inputs: changed(plugin.compute(period, inputs))) if changed else plugin.compute
    return dataclasses.replace(plugin, compute=compute, lineage=lineage)


def run_module(mart, settings, plugin):
    return slices.run_slice(mart, settings, plugin, JANUARY, uuid4())


def test_a_module_that_changes_quantities_has_no_lines_for_them(mart, settings):
    usage(settings, ("billing", "vm", "1"), ("portal", "vm", "1"))

    def doubled(lines):
        return lines.assign(
            quantity=[Decimal(2) if name == "billing" else Decimal(1) for name in lines["application_id"]]
        )

    run_module(mart, settings, with_module(doubled))
    assert (kept(mart), len(kept(mart, "portal"))) == ([], 1)
    assert proved(mart) == []


def test_a_module_that_declares_wrong_lines_is_refused_whole(mart, settings):
    usage(settings, ("billing", "vm", "1"))

    def wrong(period, inputs):
        return inputs["usage"].assign(quantity=Decimal(2))

    with pytest.raises(ContractBroken, match="application 'billing' product 'vm': the lines .* do not sum"):
        run_module(mart, settings, with_module(None, wrong))
    assert ask(mart, "SELECT 1 FROM slice_version") == []


def test_a_module_that_declares_an_unknown_file_is_refused(mart, settings):
    usage(settings, ("billing", "vm", "1"))

    def elsewhere(period, inputs):
        return inputs["usage"].assign(file="elsewhere.csv")

    with pytest.raises(ContractBroken, match="a file that the slice was not computed from"):
        run_module(mart, settings, with_module(None, elsewhere))


def test_lines_of_many_chunks_are_read_by_application(mart, settings, monkeypatch):
    monkeypatch.setattr(source_lines, "ROWS_PER_CHUNK", 7)
    usage(settings, *[(f"app-{place % 10}", f"vm-{place}", place) for place in range(50)])
    run(mart, settings)
    assert [row["row_count"] for row in ask(mart, LINES)] == [7] * 7 + [1]
    assert sorted(found.quantity for found in kept(mart, "app-3")) == [3, 13, 23, 33, 43]
    assert proved(mart) == []


# Guards


@pytest.fixture
def published(mart, settings):
    usage(settings, ("billing", "vm", "1"), ("portal", "vm", "2"))
    run(mart, settings)
    return mart


@pytest.mark.parametrize("role", ["finops_batch", "finops_admin", ""])
@pytest.mark.parametrize(
    "statement", ["UPDATE slice_lines SET row_count = 9", "DELETE FROM slice_lines", "TRUNCATE slice_lines"]
)
def test_lines_only_grow(published, role, statement):
    with pytest.raises((MartRefused, psycopg.errors.InsufficientPrivilege)):
        ask(published, statement, role=role)


def test_a_version_takes_no_more_lines_after_its_publication(published):
    later = """
        INSERT INTO slice_lines
        SELECT period_month, domain_id, version, 2, row_count, first_application_id, last_application_id, lines, sha256
        FROM slice_lines
    """
    with pytest.raises(MartRefused, match="takes no more rows of slice_lines"):
        ask(published, later, role="finops_batch")


# The proof


def packed(*rows):
    """A chunk that holds other lines than the facts: application, product, quantity."""
    columns = ("application_id", "product_id", "quantity")
    told = [dict(zip(columns, row, strict=True)) | {"file": "open/2024-01.csv", "line": 2} for row in rows]
    frame = pd.DataFrame(told)
    facts = source_lines.declared(frame).rows.select(["application_id", "product_id", "quantity"])
    kept_rows, _ = source_lines.matched(source_lines.declared(frame), facts, ["open/2024-01.csv"])
    (chunk,) = source_lines.packed(kept_rows)
    return chunk


@pytest.mark.parametrize(
    "rows",
    [
        [("billing", "vm", Decimal("1.000000000001")), ("portal", "vm", Decimal(2))],
        [("billing", "vm", Decimal(2)), ("portal", "vm", Decimal(1))],
        [("billing", "vm", Decimal(1)), ("ghost", "vm", Decimal(2))],
        [("billing", "vm", Decimal(1)), ("portal", "disk", Decimal(2))],
    ],
)
def test_lines_that_do_not_sum_to_their_facts_are_found(published, rows):
    chunk = packed(*rows)
    with open_connection(published.url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE finops.slice_lines SET lines = %b, sha256 = sha256(%b)", [chunk.lines, chunk.lines])
    assert proved(published) != []


@pytest.mark.parametrize("statement", ["SET lines = 'no parquet'", "SET row_count = 1"])
def test_a_chunk_that_is_not_what_it_says_is_found(published, statement):
    with open_connection(published.url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(f"UPDATE finops.slice_lines {statement}")
    assert proved(published) != []
