"""Where an amount comes from, over HTTP: the tree adds up, and an owner sees what is behind his own."""

from decimal import Decimal

import pytest

from finops_assets.catalog import access
from finops_assets_tests.database.closable import enable
from finops_assets_tests.database.explained import explained
from finops_assets_tests.factories import JANUARY, close, price, price_view, refresh, run, write_csv
from finops_assets_tests.http.conftest import OWNER, VIEWER

BILLING = {"application": "billing", "month": "2024-01"}


@pytest.fixture
def known(mart, settings, tmp_path):
    """billing: five lines of vm and one of disk in OPEN, and half of LICENCES; portal: the rest. OLGA sees billing."""
    price_view(mart, tmp_path)
    price(mart, tmp_path, "0.25", "vm")
    price(mart, tmp_path, "2", "*")
    rows = [("billing", "vm", str(size)) for size in (1, 2, 3, 4, 5)] + [
        ("billing", "disk", "8"),
        ("portal", "vm", "4"),
    ]
    columns = ("application_id", "product_id", "quantity")
    written = [
        dict(zip(columns, row, strict=True))
        | {"metric": "CPU", "usage_start": f"2024-01-{day:02}T00:00:00Z", "usage_end": f"2024-01-{day:02}T12:00:00Z"}
        for day, row in enumerate(rows, start=2)
    ]
    write_csv(settings.sources / "open" / "2024-01.csv", written)
    run(mart, settings)
    shares = [{"application_id": name, "coefficient": 1} for name in ("portal", "billing")]
    write_csv(settings.sources / "licences" / "2024-01.csv", shares)
    run(mart, settings, "LICENCES")
    price(mart, tmp_path, "100", "*", "LICENCES")
    refresh(mart)
    with mart.connect("finops_admin") as connection:
        access.grant(connection, OWNER.principals[1], "billing")
    return mart


def total(parts):
    known = [Decimal(part) for part in parts if part is not None]
    return sum(known) if known else None


def decimal(text):
    return None if text is None else Decimal(text)


def assert_adds_up(holding):
    """Facts add up to the holding, source lines and drivers to the facts, with what is not listed."""
    assert decimal(holding["amount"]["amount"]) == total(fact["cost"] for fact in holding["facts"])
    for fact in holding["facts"]:
        listed = fact["lines"] + [one for one in [fact["otherLines"]] if one]
        if listed:
            assert Decimal(fact["quantity"]) == total(one["quantity"] for one in listed)
            assert decimal(fact["cost"]) == total(one["cost"] for one in listed)
        if fact["share"]:
            assert Decimal(fact["quantity"]) == total(one["weight"] for one in fact["share"]["drivers"])
            for driver in fact["share"]["drivers"]:
                assert Decimal(driver["basis"]) == total([driver["quantity"], driver["othersQuantity"]])
                if driver["origin"]:
                    assert_adds_up(driver["origin"])


@pytest.mark.parametrize("lines", [0, 1, 3, 1000])
@pytest.mark.parametrize("caller", [VIEWER, OWNER])
def test_parts_add_up_however_many_lines_are_listed(api, door, known, caller, lines):
    door.caller = caller
    told = api.get("/lineage", params=BILLING | {"lines": lines}).json()
    assert Decimal(told["amount"]["amount"]) == total(one["amount"]["amount"] for one in told["holdings"])
    for holding in told["holdings"]:
        assert_adds_up(holding)
    vm = next(fact for one in told["holdings"] for fact in one["facts"] if fact["productId"] == "vm")
    assert (len(vm["lines"]), vm["otherLines"] and vm["otherLines"]["count"]) == (
        min(lines, 5),
        max(5 - lines, 0) or None,
    )


def test_the_tree_is_that_of_the_service(api, known):
    expected = explained(known)
    told = api.get("/lineage", params=BILLING).json()
    assert [(one["slice"]["domainId"], Decimal(one["amount"]["amount"])) for one in told["holdings"]] == [
        (one.slice.domain_id, one.cost) for one in expected.holdings
    ]
    fact, (price_told, files) = (
        expected.holdings[1].facts[0],
        (
            told["holdings"][1]["facts"][0]["price"],
            told["holdings"][1]["slice"]["files"],
        ),
    )
    assert (Decimal(price_told["unitPrice"]), price_told["sourceName"]) == (
        fact.price.unit_price,
        fact.price.source_name,
    )
    assert [one["sha256"] for one in files] == [one.sha256 for one in expected.holdings[1].slice.files]


def test_source_lines_of_a_fact_come_in_pages(api, known):
    found, cursor = [], {}
    while cursor is not None:
        page = api.get(
            "/lineage/lines", params=BILLING | {"domain": "OPEN", "product": "vm", "limit": 2} | cursor
        ).json()
        found += [Decimal(one["quantity"]) for one in page["items"]]
        cursor = {"cursor": page["nextCursor"]} if page["nextCursor"] else None
    assert (found, page["count"], Decimal(page["quantity"]), Decimal(page["cost"])) == (
        [1, 2, 3, 4, 5],
        5,
        15,
        Decimal("3.75"),
    )


def test_source_lines_of_several_facts_are_not_mixed(api, known):
    assert api.get("/lineage/lines", params=BILLING | {"domain": "OPEN"}).status_code == 422


def test_the_lines_of_a_coefficient_are_told(api, known):
    page = api.get("/lineage/lines", params=BILLING | {"domain": "LICENCES"}).json()
    assert [(one["file"], one["line"]) for one in page["items"]] == [("licences/2024-01.csv", 3)]


@pytest.mark.parametrize("path", ["/lineage", "/lineage/lines"])
@pytest.mark.parametrize("application", ["portal", "nobody"])
def test_another_application_is_not_found_and_not_told_from_an_unknown_one(api, door, known, path, application):
    door.caller = OWNER
    asked = BILLING | {"application": application} | ({"domain": "OPEN"} if path != "/lineage" else {})
    answer = api.get(path, params=asked)
    assert (answer.status_code, answer.json()["detail"]) == (
        404,
        f"application {application!r} is unknown, or another's",
    )


def test_nobody_else_is_named_to_an_owner(api, door, known):
    door.caller = OWNER
    assert "portal" not in api.get("/lineage", params=BILLING | {"depth": 3, "lines": 1000}).text


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"application": "nobody"}, 404),
        ({"domain": "NONE"}, 404),
        ({"domain": "OPEN", "version": 9}, 404),
        ({"product": "vm"}, 404),
        ({"pricingView": "none"}, 404),
        ({"month": "2023-01"}, 404),
        ({"version": 2**31}, 422),
        ({"depth": -1}, 422),
        ({"application": "\0"}, 422),
    ],
)
def test_what_is_not_there_is_told_so(api, known, asked, status):
    assert api.get("/lineage", params=BILLING | asked).status_code == status


def test_a_closed_month_says_by_whom(api, known, settings):
    close(known, settings, JANUARY)
    told = api.get("/lineage", params=BILLING).json()
    assert (told["closed"]["person"], told["amount"]["status"]) == ("ada", "closed")


def test_a_version_that_no_longer_stands_was_signed_by_nobody(api, known, settings, tmp_path):
    write_csv(settings.sources / "licences" / "2024-01.csv", [{"application_id": "billing", "coefficient": 1}])
    run(known, settings, "LICENCES")
    refresh(known)
    enable(known, "OPEN", "LICENCES")
    close(known, settings)
    asked = BILLING | {"domain": "LICENCES"}
    told = {version: api.get("/lineage", params=asked | {"version": version}).json() for version in (1, 2)}
    assert {version: one["amount"]["status"] for version, one in told.items()} == {1: "provisional", 2: "closed"}
    assert {version: [why["kind"] for why in one["reasons"]] for version, one in told.items()} == {
        1: ["NOT_SIGNED"],
        2: [],
    }


@pytest.mark.parametrize("application", ["UNASSIGNED", "UNALLOCATED"])
def test_what_is_of_no_application_is_explained_where_there_is_nothing_of_it(api, known, application):
    answer = api.get("/lineage", params={"application": application, "month": "2024-01"})
    assert (answer.status_code, answer.json()["holdings"], answer.json()["amount"]["amount"]) == (200, [], None)


def test_an_amount_without_a_basis_is_explained(api, mart, settings, tmp_path):
    price_view(mart, tmp_path)
    price(mart, tmp_path, "100", "*", "LICENCES")
    shares = [{"application_id": name, "coefficient": 0} for name in ("portal", "billing")]
    write_csv(settings.sources / "licences" / "2024-01.csv", shares)
    run(mart, settings, "LICENCES")
    refresh(mart)
    told = api.get("/lineage", params={"application": "UNALLOCATED", "month": "2024-01"}).json()
    assert (told["amount"]["amount"], told["holdings"][0]["slice"]["domainId"]) == ("100.00", "LICENCES")
