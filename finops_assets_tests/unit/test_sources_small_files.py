"""Coefficients, referentials, prices and pricing views: what is read and what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest

from finops_assets.errors import SourceMissing, SourceRefused
from finops_assets.period import Period
from finops_assets.sources.coefficients import read_coefficients
from finops_assets.sources.prices import kind_of_price_file, read_prices, read_pricing_views
from finops_assets.sources.referential import read_applications, read_products

MARCH = Period(2025, 3)
PRODUCTS = "product_id,product_label,family_id,family_label,metric,decommissioned_at\n"
APPLICATIONS = "application_id,application_label,owner\n"
PRICES = "pricing_view_id,domain_id,product_id,effective_from,unit_price\n"
VIEWS = "pricing_view_id,pricing_view_label,currency,kind,is_default,focus_cost\n"


def coefficients(folder):
    return read_coefficients(folder, MARCH, max_bytes=10**6)


def written(folder, text, name="file.csv"):
    path = folder / name
    path.write_text(text)
    return path


def test_coefficients_need_not_add_up_to_one(tmp_path):
    written(tmp_path, "application_id,coefficient\nA,0\nB,3.5\n", "2025-03.csv")
    rows = coefficients(tmp_path).rows
    assert list(rows) == ["application_id", "coefficient", "application_label", "file", "line"]
    assert rows["coefficient"].tolist() == [Decimal(0), Decimal("3.5")]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("A,-0.1\n", r"line 2, column coefficient: '-0.1': is less than 0; write 0 or more"),
        ("A,1\nB,1\nA,2\n", r"line 4: 'A': the same application_id as .*line 2; keep one"),
        (",1\n", "must name an application; name it"),
        ("UNASSIGNED,1\n", "reserved"),
        ("A,\n", "column coefficient: '': is empty"),
    ],
)
def test_coefficients_that_cannot_be_trusted_are_refused(tmp_path, rows, says):
    written(tmp_path, "application_id,coefficient\n" + rows, "2025-03.csv")
    with pytest.raises(SourceRefused, match=says):
        coefficients(tmp_path)


def test_coefficients_of_a_month_not_delivered_are_missing(tmp_path):
    with pytest.raises(SourceMissing):
        coefficients(tmp_path)


def test_an_application_in_two_coefficient_files_is_refused(tmp_path):
    written(tmp_path, "application_id,coefficient\nA,1\n", "2025-03-a.csv")
    written(tmp_path, "application_id,coefficient\nA,2\n", "2025-03-b.csv")
    with pytest.raises(SourceRefused, match=r"2025-03-b\.csv, line 2.*2025-03-a\.csv, line 2"):
        coefficients(tmp_path)


def test_a_product_may_be_decommissioned(tmp_path):
    path = written(tmp_path, f"{PRODUCTS}CPU,Core,OPEN,Open,hour,\nOLD,Old,OPEN,Open,hour,2024-02-29\n")
    reading = read_products(path, max_bytes=10**6)
    assert reading.rows["decommissioned_at"].isna().tolist() == [True, False]
    assert reading.rows["decommissioned_at"][1] == date(2024, 2, 29)
    assert reading.rows["line"].tolist() == [2, 3]
    assert reading.files[0].name == f"{tmp_path.name}/file.csv"
    assert read_products(path, max_bytes=10**6, name="products.csv").files[0].name == "products.csv"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("CPU,Core,OPEN,Open,hour,2024-02-30", "is not a day; write YYYY-MM-DD"),
        ("CPU,Core,OPEN,Open,hour,20240229", "is not a day"),
        ("CPU,,OPEN,Open,hour,", "column product_label: '': is empty"),
        ("CPU,Core,OPEN,Open,,", "column metric: '': is empty"),
        ("*,Core,OPEN,Open,hour,", "stands for every product"),
        ("OLD,Core,OPEN,Open,hour,", "line 3: 'OLD': the same product_id as .*line 2"),
    ],
)
def test_products_that_cannot_be_trusted_are_refused(tmp_path, row, says):
    path = written(tmp_path, f"{PRODUCTS}OLD,Old,OPEN,Open,hour,\n{row}\n")
    with pytest.raises(SourceRefused, match=says):
        read_products(path, max_bytes=10**6)


def test_an_application_may_have_no_owner(tmp_path):
    path = written(tmp_path, f"{APPLICATIONS}A,Alpha,team:a\nB,Beta,\n")
    assert read_applications(path, max_bytes=10**6).rows["owner"].tolist() == ["team:a", pd.NA]
    with pytest.raises(SourceRefused, match="reserved"):
        read_applications(written(tmp_path, f"{APPLICATIONS}UNALLOCATED,x,\n"), max_bytes=10**6)


def test_an_application_listed_twice_is_refused(tmp_path):
    with pytest.raises(SourceRefused, match="the same application_id"):
        read_applications(written(tmp_path, f"{APPLICATIONS}A,x,\nA,y,\n"), max_bytes=10**6)


def test_prices_are_exact_and_begin_with_a_month(tmp_path):
    path = written(tmp_path, f"{PRICES}list,OPEN,*,2025-01,0\nlist,OPEN,CPU,2025-01,0.020\nlist,SUPPORT,*,2025-01,-5\n")
    rows = read_prices(path, max_bytes=10**6).rows
    assert rows["unit_price"].tolist() == [Decimal(0), Decimal("0.02"), Decimal(-5)]
    assert rows["effective_from"].tolist() == [date(2025, 1, 1)] * 3
    assert kind_of_price_file(path) == "prices"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("list,OPEN,CPU,2025-01,2", "line 3: .*the same pricing_view_id, domain_id, product_id, effective_from"),
        ("list,OPEN,CPU,2025-13,2", "column effective_from: '2025-13': is not a month; write YYYY-MM"),
        ("list,OPEN,CPU,2025-02-01,2", "is not a month"),
        ("list,OPEN,CPU,2025-02,", "column unit_price: '': is empty"),
        ("list,OPEN,CPU,2025-02,1.0000000000001", "12 decimals"),
        ("list,OPEN,,2025-02,1", "column product_id: '': is empty"),
    ],
)
def test_prices_that_cannot_be_trusted_are_refused(tmp_path, row, says):
    with pytest.raises(SourceRefused, match=says):
        read_prices(written(tmp_path, f"{PRICES}list,OPEN,CPU,2025-01,1\n{row}\n"), max_bytes=10**6)


def test_pricing_views_have_a_currency_and_a_kind(tmp_path):
    path = written(tmp_path, f"{VIEWS}list,List,EUR,list,true,\nbill,Bill,USD,billed,false,BilledCost\n")
    rows = read_pricing_views(path, max_bytes=10**6).rows
    assert rows["is_default"].tolist() == [True, False]
    assert rows["focus_cost"].tolist() == [pd.NA, "BilledCost"]
    assert kind_of_price_file(path) == "views"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("b,B,eur,list,false,", "is not a currency code; write the three ISO letters"),
        ("b,B,EUR,market,false,", "write one of list, contracted, billed, effective, internal, what_if"),
        ("b,B,EUR,list,yes,", "write true or false"),
        ("b,B,EUR,list,false,Cost", "write one of ListCost"),
        ("a,B,EUR,list,false,", "the same pricing_view_id"),
    ],
)
def test_pricing_views_that_cannot_be_trusted_are_refused(tmp_path, row, says):
    with pytest.raises(SourceRefused, match=says):
        read_pricing_views(written(tmp_path, f"{VIEWS}a,A,EUR,list,true,\n{row}\n"), max_bytes=10**6)


def test_a_price_file_of_neither_kind_is_refused(tmp_path):
    with pytest.raises(SourceRefused, match="neither a price file"):
        kind_of_price_file(written(tmp_path, "a,b\n"))
