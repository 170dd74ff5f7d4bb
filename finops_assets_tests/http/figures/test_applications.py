"""Applications: searched, paged, and one of them in full."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finops_assets_tests.http.figures.asking import OWNER, added, exact, got, problem

FEBRUARY = {"month": "2024-02"}


def ids(found):
    return [one["applicationId"] for one in found["items"]]


def walked(api, **asked):
    """Every page in turn."""
    pages, cursor = [], {}
    while True:
        page = got(api, "/applications", **asked, **cursor)
        pages.append(page)
        if page["nextCursor"] is None:
            return pages
        cursor = {"cursor": page["nextCursor"]}


def test_applications_come_dearest_first_and_those_without_cost_last(api, filled):
    found = got(api, "/applications", **FEBRUARY)
    assert ids(found) == ["search", "portal", "billing", "UNASSIGNED", "UNALLOCATED"]
    assert found["items"][-1]["amount"]["amount"] is None
    assert added(*[one["amount"] for one in found["items"]]) == exact(found["total"])
    assert found["total"] == got(api, "/dashboard", **FEBRUARY)["total"] | {"status": found["total"]["status"]}


@pytest.mark.parametrize("order", ["cost", "id"])
@pytest.mark.parametrize("limit", [1, 2, 4, 5])
def test_pages_are_the_list_in_pieces(api, filled, order, limit):
    whole = got(api, "/applications", orderBy=order, **FEBRUARY)
    pages = walked(api, orderBy=order, limit=limit, **FEBRUARY)
    assert [one for page in pages for one in ids(page)] == ids(whole)
    assert {page["count"] for page in pages} == {5}
    assert {page["total"]["amount"] for page in pages} == {whole["total"]["amount"]}


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("PORT", ["portal"]),
        ("Team-Web", ["search", "portal"]),
        ("%", []),
        ("_", []),
        ("un", ["UNASSIGNED", "UNALLOCATED"]),
    ],
)
def test_search_is_in_id_label_and_owner_in_any_case(api, filled, search, expected):
    assert ids(got(api, "/applications", search=search, **FEBRUARY)) == expected


def test_owner_lists_his_applications(api, filled, door):
    door.caller = OWNER
    found = got(api, "/applications", **FEBRUARY)
    assert (ids(found), found["count"]) == (["portal"], 1)
    assert got(api, "/applications", search="bill")["items"] == []


@pytest.mark.parametrize("cursor", ["x", "AAAA", "WyJjb3N0Il0=", "WyJjb3N0IiwgIk5hTiIsICJhIl0=", "é", "W10="])
def test_cursor_that_was_not_given_out_is_refused(api, filled, cursor):
    assert "cursor" in problem(api, 422, "/applications", cursor=cursor)


def test_cursor_of_another_order_is_refused(api, filled):
    cursor = got(api, "/applications", limit=1, **FEBRUARY)["nextCursor"]
    assert "another order" in problem(api, 422, "/applications", orderBy="id", cursor=cursor)


@pytest.mark.parametrize("asked", [{"limit": 0}, {"limit": 501}, {"search": ""}, {"orderBy": "size"}])
def test_what_cannot_be_listed_is_a_clear_problem(api, filled, asked):
    assert next(iter(asked)) in problem(api, 422, "/applications", **asked)


@pytest.mark.parametrize("name", ["billing", "portal", "search", "UNASSIGNED", "UNALLOCATED"])
@pytest.mark.parametrize("asked", [FEBRUARY, {"from": "2024-01", "to": "2024-03"}, {"month": "2024-04"}])
def test_figures_of_an_application_add_up(api, filled, name, asked):
    found = got(api, f"/applications/{name}", products=1, **asked)
    total = exact(found["total"]) or Decimal(0)
    assert added(found["direct"], found["indirect"]) == total
    assert added(*[one["amount"] for one in found["domains"]]) == total
    assert added(*[one["amount"] for one in found["products"]], found["otherProducts"]["amount"]) == added(
        found["direct"]
    )


def test_application_has_its_products_and_weights(api, filled):
    found = got(api, "/applications/portal", **FEBRUARY)
    assert (found["owner"], found["state"]) == ("team-web", "unmapped")
    assert [(one["productId"], one["quantity"], one["amount"]["amount"]) for one in found["products"]] == [
        ("vm-small", "10.00", "1.00"),
        ("disk", "0.10", "0.0333333333333"),
    ]
    weights = {one["domainId"]: one["weight"] for one in found["domains"]}
    assert weights == {"OPEN": None, "SUPPORT": "0.333333333333"}


def test_application_one_may_not_see_is_as_unknown_as_none(api, filled, door):
    door.caller = OWNER
    assert problem(api, 404, "/applications/billing").replace("billing", "") == problem(
        api, 404, "/applications/nobody"
    ).replace("nobody", "")
    assert got(api, "/applications/portal", **FEBRUARY)["applicationId"] == "portal"


def test_application_with_a_slash_is_asked_for_as_it_is(api, filled):
    assert "'a/b'" in problem(api, 404, "/applications/a/b")
