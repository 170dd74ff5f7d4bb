"""Exports: one row per fact line, adding up to the marts to the last digit, whole or not there at all."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from threading import Thread
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from finops_assets import export as service
from finops_assets import marts
from finops_assets.errors import ExportRefused, MartRefused
from finops_assets.export import Form, Wanted, focus
from finops_assets.export.cells import original
from finops_assets.marts import Grain
from finops_assets.postgres import bulk
from finops_assets.pricing import price_books
from finops_assets.settings import CHECKOUT, Settings
from finops_assets.sources.focus import read_focus
from finops_assets_tests.database.test_cascades import Company, focus_charge
from finops_assets_tests.factories import (
    JANUARY,
    ask,
    line,
    new_mart,
    price,
    price_view,
    publish,
    refresh,
    weight,
    write_csv,
)

FEBRUARY = JANUARY.next
BILLING, PRICE = "1.123456789012", "0.123456789012"
DOCUMENT = (CHECKOUT / "docs" / "export.md").read_text("utf-8")


class Exporter:
    """Exports of a mart, read back."""

    def __init__(self, company, folder):
        self.company, self.folder = company, folder
        self.mart, self.settings = company.mart, company.settings

    def write(self, form=Form.FOCUS_CSV, first=JANUARY, last=None, **more):
        path = self.folder / f"out.{form.value}"
        with self.mart.connect("finops_api") as connection:
            wanted = Wanted(first, last or first, form, **more)
            return service.export(connection, self.settings, wanted, path, JANUARY.shift(3)), path

    def rows(self, form=Form.FOCUS_CSV, **more):
        """Cells of a CSV as texts, safe ones undone, empty ones None; values of a Parquet file as they are."""
        _, path = self.write(form, **more)
        if form in (Form.PARQUET, Form.FOCUS_PARQUET):
            return pq.read_table(path).to_pylist()
        with path.open(newline="", encoding="utf-8") as file:
            return [{name: original(cell) or None for name, cell in row.items()} for row in csv.DictReader(file)]


def founded(mart, home):
    """Two months: OPEN, a bill, SUPPORT by OPEN, a blend, an amount without a basis, a product without a price."""
    environment = {"FINOPS_HOME": str(home), "FINOPS_DATABASE_URL": mart.url, "FINOPS_FIRST_MONTH": "2024-01"}
    made = Company(mart, Settings.from_environment(environment))
    made.enable("OPEN", "SUPPORT", "CLOUD")
    price_view(mart, home)
    price_view(mart, home, "listed", kind="list")
    made.uses(billing=BILLING, portal=2)
    charges = [focus_charge("billing", "30"), focus_charge("search", "10.000000000007"), focus_charge("", "3")]
    write_csv(made.settings.sources / "cloud" / "2024-01.csv", charges)
    made.add("BLEND", "composite:70*OPEN/CPU+30*CLOUD/core_hours")
    made.add("NOBODY", "open_weight:OPEN/GB")
    made.run("SUPPORT", "CLOUD", "BLEND", "NOBODY")
    for view, factor in (("internal", 1), ("listed", 2)):
        price(mart, home, str(Decimal(PRICE) * factor), "vm-small", pricing_view_id=view)
        price(mart, home, str(7 * factor), "vm", "CLOUD", pricing_view_id=view)
        price(mart, home, "0", "*", "CLOUD", pricing_view_id=view)
        for domain, amount in (("SUPPORT", "1000.01"), ("BLEND", "-3.000000000001"), ("NOBODY", "5")):
            for month in ("2024-01", "2024-02"):
                price(mart, home, amount, "*", domain, pricing_view_id=view, effective_from=month)
    publish(mart, line(), line(product_id="unpriced", product_label=None), month=FEBRUARY)
    publish(mart, weight("billing", "1"), month=FEBRUARY, domain="SUPPORT")
    refresh(mart)
    return made


@pytest.fixture(scope="module")
def sound(server_url, template, tmp_path_factory):
    with new_mart(server_url, template) as mart:
        yield founded(mart, tmp_path_factory.mktemp("company"))


@pytest.fixture
def exporter(sound, tmp_path):
    """Exports of the company that no test changes."""
    return Exporter(sound, tmp_path)


@pytest.fixture
def own(server_url, sound, tmp_path):
    """Exports of a copy of the company, to be changed."""
    with new_mart(server_url, sound.mart.url.rpartition("/")[2]) as mart:
        settings = replace(sound.settings, home=tmp_path, sources=tmp_path / "sources", database_url=mart.url)
        yield Exporter(Company(mart, settings), tmp_path)


@pytest.fixture
def empty(mart, settings, tmp_path):
    """Exports of a mart without facts, and a default view."""
    price_view(mart, tmp_path)
    return Exporter(Company(mart, settings), tmp_path)


def by(rows, key, cost="EffectiveCost"):
    """The exact sum of a cost by a column of exported rows, and how many of them have none."""
    sums, missing = defaultdict(Fraction), defaultdict(int)
    for row in rows:
        sums[row[key]] += Fraction(row[cost] or 0)
        missing[row[key]] += row[cost] is None
    return dict(sums), dict(missing)


def reported(mart, grain, view="internal", months=(JANUARY,)):
    sums, missing = defaultdict(Fraction), defaultdict(int)
    with mart.connect("finops_api") as connection:
        for month in months:
            for one in marts.report(connection, month, grain, view):
                sums[one.key] += Fraction(one.cost or 0)
                missing[one.key] += one.unpriced_count
    return dict(sums), dict(missing)


# Totals


@pytest.mark.parametrize("months", [(JANUARY,), (FEBRUARY,), (JANUARY, FEBRUARY)])
@pytest.mark.parametrize("form", list(Form))
def test_an_export_adds_up_to_the_marts_by_domain_and_application(exporter, form, months):
    rows = exporter.rows(form, first=months[0], last=months[-1])
    domain, application, cost = (
        ("x_DomainId", "x_ApplicationId", "EffectiveCost") if form.is_focus else ("domain_id", "application_id", "cost")
    )
    assert by(rows, domain, cost) == reported(exporter.mart, Grain.DOMAIN, months=months)
    assert by(rows, application, cost) == reported(exporter.mart, Grain.APPLICATION, months=months)


def test_every_fact_line_is_one_row_and_no_other(exporter):
    [facts] = ask(exporter.mart, "SELECT count(*) AS lines, count(DISTINCT run_id) AS runs FROM fact_consumption")
    done, _ = exporter.write(last=FEBRUARY)
    rows = exporter.rows(last=FEBRUARY)
    assert (done.lines, len(rows), len({row["x_RunId"] for row in rows})) == (
        facts["lines"],
        facts["lines"],
        facts["runs"],
    )


def test_it_tells_what_it_wrote(exporter):
    done, _ = exporter.write(first=FEBRUARY)
    statement = (
        "SELECT sum(cost) AS cost FROM mv_cost_app_month WHERE period_month = %s AND pricing_view_id = 'internal'"
    )
    [total] = ask(exporter.mart, statement, FEBRUARY.first_day)
    assert (done.lines, done.unpriced, done.totals) == (3, 1, {"internal": total["cost"]})
    assert (done.currency, done.stale) == ("EUR", 0)


def test_one_application_is_its_lines_only(exporter):
    rows = exporter.rows(application="billing")
    assert {row["x_ApplicationId"] for row in rows} == {"billing"}
    sums, _ = by(rows, "x_ApplicationId")
    assert sums["billing"] == reported(exporter.mart, Grain.APPLICATION)[0]["billing"]


def test_the_same_mart_is_the_same_bytes_however_small_the_batches(exporter, monkeypatch):
    whole = exporter.write()[1].read_bytes()
    inner = bulk.copy_out_in_batches
    monkeypatch.setattr(service, "copy_out_in_batches", lambda *given: inner(*given, rows_at_once=2))
    assert exporter.write()[1].read_bytes() == whole


def test_an_empty_month_is_a_header(exporter):
    done, path = exporter.write(first=JANUARY.shift(5))
    assert (done.lines, done.totals) == (0, {"internal": None})
    assert len(path.read_text().splitlines()) == 1
    assert exporter.rows(Form.FOCUS_PARQUET, first=JANUARY.shift(5)) == []


# Exact numbers


def test_costs_have_every_digit_and_are_never_floats(exporter):
    [mart_row] = ask(
        exporter.mart,
        "SELECT cost FROM mv_cost_app_month WHERE domain_id = 'OPEN' AND application_id = 'billing' "
        "AND pricing_view_id = 'internal' AND period_month = '2024-01-01'",
    )
    own = {"x_DomainId": "OPEN", "x_ApplicationId": "billing"}
    for form in (Form.FOCUS_CSV, Form.FOCUS_PARQUET):
        [row] = [row for row in exporter.rows(form) if own.items() <= row.items()]
        assert Fraction(row["BilledCost"]) == Fraction(mart_row["cost"]) == Fraction(BILLING) * Fraction(PRICE)
    _, path = exporter.write(Form.FOCUS_PARQUET)
    types = {field.name: field.type for field in pq.read_schema(path)}
    assert types["BilledCost"] == types["EffectiveCost"] == pa.decimal128(38, 24)
    assert types["PricingQuantity"] == types["ListUnitPrice"] == pa.decimal128(38, 12)
    assert types["ChargePeriodStart"] == pa.timestamp("us", tz="UTC")
    assert not [name for name, kind in types.items() if pa.types.is_floating(kind)]


def test_an_amount_beyond_38_digits_is_refused_in_parquet_and_whole_in_csv(empty, tmp_path):
    most = "999999999999999999.999999999999"
    price(empty.mart, tmp_path, most)
    publish(empty.mart, line(quantity=Decimal(most)))
    refresh(empty.mart)
    [row] = empty.rows()
    assert Fraction(row["BilledCost"]) == Fraction(most) ** 2
    with pytest.raises(ExportRefused, match="a value of BilledCost does not fit decimal128.*: export as CSV"):
        empty.write(Form.FOCUS_PARQUET)
    assert not (tmp_path / "out.focus-parquet").exists()


def test_a_line_without_a_price_has_an_empty_cost(exporter):
    for form, nothing in ((Form.FOCUS_CSV, None), (Form.FOCUS_PARQUET, None)):
        [row] = [row for row in exporter.rows(form, first=FEBRUARY) if row["x_ProductId"] == "unpriced"]
        assert {row[cost] for cost in ("ListCost", "ContractedCost", "BilledCost", "EffectiveCost")} == {nothing}
        assert row["x_Status"] == "incomplete"


# FOCUS


def test_focus_columns_come_first_by_name_then_ours_and_the_document_tells_each(exporter):
    [row, *_] = exporter.rows()
    names = list(row)
    theirs = [name for name in names if not name.startswith("x_")]
    assert names == sorted(theirs) + sorted(name for name in names if name.startswith("x_"))
    documented = [row.split("`")[1] for row in DOCUMENT.splitlines() if row.startswith("| `")]
    assert [name for name in documented if name[0].isupper() or name.startswith("x_")] == names
    assert f"FOCUS {focus.FOCUS_VERSION}" in DOCUMENT


def test_what_focus_wants_of_every_row_is_there(exporter):
    mandatory = (
        *("BilledCost", "BillingAccountId", "BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart"),
        *("ChargeCategory", "ChargePeriodEnd", "ChargePeriodStart", "ContractedCost", "EffectiveCost"),
        *("InvoiceIssuerName", "ListCost", "ServiceCategory", "ServiceName", "ServiceProviderName"),
    )
    rows = exporter.rows()
    assert not [name for name in mandatory for row in rows if not row[name]]
    present = (
        "BillingAccountName",
        "ChargeClass",
        "ChargeDescription",
        "HostProviderName",
        "PricingQuantity",
        "PricingUnit",
    )
    assert set(present) <= set(rows[0])
    assert {row["ChargeCategory"] for row in rows} <= {"Usage", "Purchase", "Adjustment"}


def test_a_month_is_an_interval_of_the_configured_zone_in_utc(exporter):
    [row, *_] = exporter.rows()
    assert (row["BillingPeriodStart"], row["BillingPeriodEnd"]) == ("2023-12-31T23:00:00Z", "2024-01-31T23:00:00Z")
    [row, *_] = exporter.rows(Form.FOCUS_PARQUET)
    assert row["ChargePeriodStart"] == datetime(2023, 12, 31, 23, tzinfo=UTC)
    exporter.settings = replace(exporter.settings, time_zone=ZoneInfo("UTC"))
    [row, *_] = exporter.rows()
    assert (row["ChargePeriodStart"], row["ChargePeriodEnd"]) == ("2024-01-01T00:00:00Z", "2024-02-01T00:00:00Z")


def test_an_indirect_line_is_an_allocated_charge_that_tells_its_method(exporter):
    rows = {(row["x_DomainId"], row["x_ApplicationId"]): row for row in exporter.rows()}
    support = rows["SUPPORT", "billing"]
    assert {name: support[name] for name in support if name.startswith("Allocated")} == {
        "AllocatedMethodDetails": support["AllocatedMethodDetails"],
        "AllocatedMethodId": "open_weight",
        "AllocatedResourceId": "billing",
        "AllocatedResourceName": "billing",
        "AllocatedTags": '{"application": "billing"}',
    }
    [element] = json.loads(support["AllocatedMethodDetails"], parse_float=Decimal)["Elements"]
    assert element == {
        "AllocatedRatio": Decimal(support["PricingQuantity"]),
        "UsageUnit": "OPEN_WEIGHT",
        "UsageQuantity": Decimal("1.123456789012"),
        "x_BasisQuantity": Decimal("3.123456789012"),
    }
    assert (support["ResourceId"], support["Tags"], support["SubAccountId"]) == ("SUPPORT", None, None)
    assert (support["ListUnitPrice"], support["ChargeCategory"]) == ("1000.01", "Purchase")


def test_a_direct_line_is_a_charge_for_use_and_no_allocated_one(exporter):
    [row] = [row for row in exporter.rows() if (row["x_DomainId"], row["x_ApplicationId"]) == ("OPEN", "portal")]
    assert not [name for name in row if name.startswith("Allocated") and row[name]]
    assert (row["Tags"], row["SubAccountId"], row["SkuPriceId"]) == ('{"application": "portal"}', "portal", "vm-small")
    assert (row["ConsumedQuantity"], row["ConsumedUnit"], row["ChargeCategory"]) == ("2", "CPU", "Usage")


def test_ratios_of_an_origin_charge_sum_to_exactly_1_blends_included(exporter):
    ratios, rows = defaultdict(Fraction), exporter.rows()
    for row in rows:
        if row["AllocatedMethodDetails"]:
            elements = json.loads(row["AllocatedMethodDetails"], parse_float=Decimal, parse_int=Decimal)["Elements"]
            ratios[row["x_DomainId"]] += sum(Fraction(element["AllocatedRatio"]) for element in elements)
    assert ratios == {"SUPPORT": 1, "BLEND": 1, "NOBODY": 1}
    [blend] = [row for row in rows if (row["x_DomainId"], row["x_ApplicationId"]) == ("BLEND", "billing")]
    elements = json.loads(blend["AllocatedMethodDetails"])["Elements"]
    assert [element["UsageUnit"] for element in elements] == ["OPEN/CPU", "CLOUD/core_hours"]


def test_what_is_not_allocated_is_allocated_to_nothing(exporter):
    [row] = [row for row in exporter.rows() if row["x_DomainId"] == "NOBODY"]
    assert (row["AllocatedResourceId"], row["AllocatedTags"], row["x_ApplicationId"]) == (None, None, "UNALLOCATED")
    assert row["AllocatedMethodId"] == "open_weight:OPEN/GB"


def test_our_own_reader_reads_what_it_can_of_our_own_export(empty, tmp_path):
    """Lines of DIRECT domains with costs of at most 12 decimals, of months in UTC."""
    empty.settings = replace(empty.settings, time_zone=ZoneInfo("UTC"))
    price(empty.mart, tmp_path, "0.000001", "*")
    publish(empty.mart, line(quantity=Decimal("1.000001")), line(application_id="portal"), line(product_id="vm-large"))
    refresh(empty.mart)
    _, path = empty.write()
    (tmp_path / "again").mkdir()
    sent = {(row["x_ApplicationId"], row["x_ProductId"]): row for row in empty.rows()}
    path.rename(tmp_path / "again" / "2024-01.csv")
    reading = read_focus(tmp_path / "again", JANUARY, application_tag="application", max_bytes=10**9)
    assert {(row["application_id"], row["product_id"]) for row in reading.rows.to_dict("records")} == set(sent)
    for row in reading.rows.to_dict("records"):
        told = sent[row["application_id"], row["product_id"]]
        assert (row["quantity"], row["metric"]) == (Decimal(told["PricingQuantity"]), told["PricingUnit"])
        assert {row[cost] for cost in ("list_cost", "contracted_cost", "billed_cost", "effective_cost")} == {
            Decimal(told["BilledCost"])
        }
        assert (row["list_unit_price"], row["currency"]) == (Decimal("0.000001"), "EUR")
        assert (row["family_id"], row["product_label"]) == (told["ServiceName"], told["ChargeDescription"])
        assert row["charge_month"] == date(2024, 1, 1)


# Views


def costs_of(rows):
    names = ("ListCost", "ContractedCost", "BilledCost", "EffectiveCost")
    [row] = [row for row in rows if (row["x_ProductId"], row["x_ApplicationId"]) == ("vm", "billing")]
    return {name: row[name] for name in names if row[name] is not None} | {
        name: row[name] for name in ("ListUnitPrice", "ContractedUnitPrice") if row[name] is not None
    }


def test_an_internal_view_gives_every_cost_and_a_list_view_its_own_only(exporter):
    assert set(costs_of(exporter.rows()).values()) == {"210", "7"}
    assert costs_of(exporter.rows(views=["listed"])) == {"ListCost": "420", "ListUnitPrice": "14"}


def test_a_second_view_gives_another_cost(exporter):
    rows = exporter.rows(views=["internal", "listed"])
    assert costs_of(rows) == {
        "ListCost": "420",
        "ContractedCost": "210",
        "BilledCost": "210",
        "EffectiveCost": "210",
        "ListUnitPrice": "14",
        "ContractedUnitPrice": "7",
    }
    assert by(rows, "x_DomainId", "ListCost") == reported(exporter.mart, Grain.DOMAIN, "listed")
    assert by(rows, "x_DomainId", "BilledCost") == reported(exporter.mart, Grain.DOMAIN, "internal")


@pytest.mark.parametrize(
    ("form", "views", "why"),
    [
        (Form.FOCUS_CSV, ["internal", "dollars"], "internal is in EUR, dollars is in USD: currencies are never mixed"),
        (Form.CSV, ["internal", "dollars"], "currencies are never mixed"),
        (Form.CSV, ["internal", "listed"], "this format shows one cost"),
        (Form.FOCUS_CSV, ["listed", "public"], "listed and public would both give ListCost"),
        (Form.FOCUS_CSV, ["internal", "second"], "internal and second would both give every other cost"),
        (Form.FOCUS_CSV, ["draft"], "draft is a draft"),
    ],
)
def test_views_that_do_not_go_together_are_refused_and_nothing_is_written(empty, tmp_path, form, views, why):
    price_view(empty.mart, tmp_path, "listed", kind="list")
    price_view(empty.mart, tmp_path, "public", kind="list")
    price_view(empty.mart, tmp_path, "second")
    price_view(empty.mart, tmp_path, "dollars", currency="USD", kind="billed")
    with empty.mart.connect("finops_admin") as connection:
        price_books.add_draft(connection, "draft", based_on="internal")
    with pytest.raises(ExportRefused, match=why):
        empty.write(form, views=views)
    assert not list(tmp_path.glob("*out.*"))


def test_an_unknown_view_or_application_is_refused_by_name(exporter):
    with pytest.raises(MartRefused, match="pricing view 'nope' is unknown: there are internal, listed"):
        exporter.write(views=["nope"])
    with pytest.raises(ExportRefused, match="application 'nope' is unknown"):
        exporter.write(application="nope")
    with pytest.raises(ExportRefused, match=r"2024-02\.\.2024-01 holds no month"):
        exporter.write(first=FEBRUARY, last=JANUARY)


# Whole or not at all


def test_a_file_that_is_there_is_kept_when_an_export_fails(exporter, monkeypatch):
    _, path = exporter.write()
    before = path.read_bytes()

    def broken(*given, **more):
        yield from list(bulk.copy_out_in_batches(*given, **more))[:1]
        raise RuntimeError("lost")

    monkeypatch.setattr(service, "copy_out_in_batches", broken)
    with pytest.raises(RuntimeError, match="lost"):
        exporter.write()
    assert path.read_bytes() == before
    assert [found.name for found in path.parent.glob("*out.*")] == [path.name]


@pytest.mark.parametrize("form", [Form.FOCUS_CSV, Form.FOCUS_PARQUET])
def test_a_file_that_cannot_be_written_is_told(exporter, tmp_path, form):
    exporter.folder = tmp_path / "nowhere"
    with pytest.raises(ExportRefused, match="cannot be written: No such file"):
        exporter.write(form)


def test_lines_that_do_not_add_up_to_the_marts_are_not_written(own, tmp_path):
    with own.mart.connect("") as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "UPDATE cost_app_month SET cost = cost + 0.000000000000000000000001 WHERE domain_id = 'OPEN'"
        )
    with pytest.raises(ExportRefused, match="cost, lines and unpriced lines differ: .*run `finops verify`"):
        own.write()
    assert not list(tmp_path.glob("*out.*"))


def test_marts_that_are_stale_are_told_and_the_lines_are_as_they_are_now(own):
    own.company.uses(billing=5)
    done, _ = own.write()
    assert done.stale == 1
    [row] = [row for row in own.rows() if row["x_DomainId"] == "OPEN"]
    assert (row["PricingQuantity"], row["x_SliceVersion"]) == ("5", "2")


def test_an_export_is_of_one_snapshot_whatever_is_published_meanwhile(own, monkeypatch):
    before = own.write()[1].read_bytes()
    inner = bulk.copy_out_in_batches

    def meanwhile(*given, **more):
        publishing = Thread(target=own.company.uses, kwargs={"billing": 9})
        publishing.start()
        publishing.join()
        yield from inner(*given, **more)

    monkeypatch.setattr(service, "copy_out_in_batches", meanwhile)
    assert own.write()[1].read_bytes() == before
    monkeypatch.undo()
    assert own.write()[1].read_bytes() != before


# Formulas


def test_an_application_called_like_a_formula_is_a_text_in_csv(empty, tmp_path):
    price(empty.mart, tmp_path, "2")
    publish(empty.mart, line(application_id='=cmd|"/c calc"!A1'), line(application_id="'quoted"))
    refresh(empty.mart)
    _, path = empty.write(Form.CSV)
    assert '"\'=cmd|""/c calc""!A1"' in path.read_text()
    assert {row["application_id"] for row in empty.rows(Form.CSV)} == {'=cmd|"/c calc"!A1', "'quoted"}
