"""Pricing views over HTTP say what the mart's own services say, in pages."""

from decimal import Decimal

import pytest

from finops_assets import pricing
from finops_assets.api import cursors
from finops_assets.money import in_full
from finops_assets.period import Period
from finops_assets.pricing import price_books, what_if
from finops_assets_tests.factories import JANUARY, line, price, price_view, publish, refresh, write_csv
from finops_assets_tests.http.conftest import OWNER, VIEWER


@pytest.fixture
def priced(mart, tmp_path):
    """Two applications in January 2024, priced in EUR, and a draft that makes vm-small dearer."""
    publish(mart, line(), line(application_id="search", product_id="vm-big", quantity=Decimal(2)))
    price_view(mart, tmp_path)
    price(mart, tmp_path, "0.5")
    price(mart, tmp_path, "0.6")
    price(mart, tmp_path, "3", product="vm-big")
    with mart.connect("finops_admin") as connection:
        price_books.add_draft(connection, "dearer", based_on="internal")
        row = {"pricing_view_id": "dearer", "domain_id": "OPEN", "product_id": "vm-small"}
        drafted = write_csv(tmp_path / "dearer.csv", [row | {"effective_from": "2024-01", "unit_price": "1"}])
        pricing.import_file(connection, drafted, max_bytes=10**9)
    refresh(mart)
    return mart


def compare(api, **changes):
    asked = {"before": "internal", "after": "dearer", "from": "2024-01", "to": "2024-01"} | changes
    return api.get("/pricing-views/compare", params=asked)


def test_viewers_see_drafts_and_owners_do_not(api, door, priced):
    door.caller = VIEWER
    seen = {view["pricingViewId"]: view["isDraft"] for view in api.get("/pricing-views").json()["items"]}
    door.caller = OWNER
    owned = [view["pricingViewId"] for view in api.get("/pricing-views").json()["items"]]
    assert (seen, owned) == ({"internal": False, "dearer": True}, ["internal"])


def test_prices_hold_as_their_last_revision(api, priced):
    items = api.get("/pricing-views/internal/prices").json()["items"]
    assert [(row["productId"], row["unitPrice"], row["revision"]) for row in items] == [
        ("vm-big", "3.00", 1),
        ("vm-small", "0.60", 2),
    ]


def test_revisions_come_in_pages_that_make_up_the_whole(api, priced):
    found, cursor = [], None
    while True:
        asked = {"revisions": True, "limit": 1} | ({"cursor": cursor} if cursor else {})
        page = api.get("/pricing-views/internal/prices", params=asked).json()
        found += [(row["productId"], row["revision"]) for row in page["items"]]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    assert found == [("vm-big", 1), ("vm-small", 1), ("vm-small", 2)]


@pytest.mark.parametrize("asked", [{"cursor": "e30="}, {"cursor": "é"}, {"month": "2024-13"}, {"revsions": "true"}])
def test_what_cannot_be_asked_is_told_so(api, priced, asked):
    answer = api.get("/pricing-views/internal/prices", params=asked)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


def test_a_cursor_that_was_made_up_is_no_harm(api, priced):
    made_up = cursors.cursor("OPEN", "vm-big", "2024-01-01", 2**40)
    answer = api.get("/pricing-views/internal/prices", params={"revisions": True, "cursor": made_up})
    assert [row["productId"] for row in answer.json()["items"]] == ["vm-small", "vm-small"]


def test_an_unknown_view_is_not_found(api, priced):
    assert api.get("/pricing-views/other/prices").status_code == 404


def test_revisions_of_a_draft_are_refused(api, priced):
    assert api.get("/pricing-views/dearer/prices?revisions=true").status_code == 422


def test_prices_and_comparisons_are_not_for_owners(api, door, priced):
    door.caller = OWNER
    assert [api.get("/pricing-views/internal/prices").status_code, compare(api).status_code] == [403, 403]


@pytest.mark.parametrize("by", list(what_if.Grain))
def test_a_comparison_is_that_of_the_service(api, priced, by):
    with priced.connect("finops_api") as connection:
        found = what_if.compare(connection, "dearer", view="internal", first=JANUARY, last=JANUARY, grain=by)
    expected = {(line.key, in_full(line.before), in_full(line.after)) for line in found}
    lines = compare(api, by=by.value).json()["lines"]
    assert {(row["key"], row["before"]["amount"], row["after"]["amount"]) for row in lines} == expected


def test_lines_and_others_of_a_comparison_add_up_to_its_total(api, priced):
    told = compare(api, by="product", limit=1).json()
    parts = [told["lines"][0], told["others"]]
    summed = [sum(Decimal(part[side]["amount"]) for part in parts) for side in ("before", "after")]
    assert (summed, told["lines"][0]["key"]) == (
        [Decimal(told["total"]["before"]["amount"]), Decimal(told["total"]["after"]["amount"])],
        "vm-small",
    )


def test_a_comparison_of_two_currencies_is_refused_with_the_reason(api, priced, tmp_path):
    price_view(priced, tmp_path, "dollars", currency="USD")
    answer = compare(api, after="dollars")
    assert (answer.status_code, "USD" in answer.json()["detail"]) == (409, True)


def test_a_range_that_ends_before_it_begins_is_refused(api, priced):
    assert compare(api, **{"from": "2024-02"}).status_code == 422


def test_amounts_of_a_comparison_say_how_final_they_are(api, priced):
    publish(priced, line(product_id="unknown"), month=Period(2024, 2))
    told = compare(api, to="2024-02").json()
    assert (told["total"]["before"]["status"], told["total"]["before"]["unpricedCount"]) == ("incomplete", 1)


def test_prices_say_what_their_product_is_called_and_is_measured_in(api, priced, tmp_path):
    price(priced, tmp_path, "7", product="*")
    items = api.get("/pricing-views/internal/prices").json()["items"]
    assert [(row["productId"], row["productLabel"], row["consumptionMetric"]) for row in items] == [
        ("*", None, None),
        ("vm-big", "Small VM", "CPU"),
        ("vm-small", "Small VM", "CPU"),
    ]


@pytest.mark.parametrize("more", [{}, {"month": "2024-01"}, {"revisions": True}])
@pytest.mark.parametrize(("search", "ids"), [("BIG", {"vm-big"}), ("small vm", {"vm-big", "vm-small"}), ("%", set())])
def test_prices_are_found_by_a_part_of_the_id_or_the_label(api, priced, search, ids, more):
    items = api.get("/pricing-views/internal/prices", params={"search": search} | more).json()["items"]
    assert {row["productId"] for row in items} == ids


@pytest.mark.parametrize("more", [{}, {"month": "2024-01"}])
def test_of_a_draft_only_what_it_says_itself_can_be_asked_for(api, priced, more):
    items = api.get("/pricing-views/dearer/prices", params={"drafted": True} | more).json()["items"]
    assert [(row["productId"], row["unitPrice"]) for row in items] == [("vm-small", "1.00")]
