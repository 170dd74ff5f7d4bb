"""Groups by any dimensions add up and are exact; rankings and histories."""

from __future__ import annotations

from decimal import Decimal
from itertools import combinations, product

import pytest

from finops_assets.costs import groups
from finops_assets.costs.groups import Wanted
from finops_assets.costs.scopes import Scope, shown
from finops_assets.period import Period
from finops_assets_tests.factories import ask, refresh
from finops_assets_tests.http import company
from finops_assets_tests.http.figures.asking import OWNER, added, exact, got, posted, problem

ALL = {"from": "2024-01", "to": "2024-03"}
DIMENSIONS = ("month", "domain", "family", "product", "application", "owner")
EVERY_GROUPING = [by for size in range(7) for by in combinations(DIMENSIONS, size)]
FILTERS = [
    {},
    {"domains": ["OPEN"]},
    {"domains": ["OPEN", "SUPPORT"], "applications": ["portal", "UNASSIGNED"]},
    {"families": ["storage"]},
    {"products": ["vm-small"], "domains": ["OPEN", "CLOUD"]},
    {"owners": ["team-web"]},
    {"families": ["compute"], "owners": ["team-web"]},
    {"products": ["mystery"]},
]
# the facts of the company, priced by hand
COSTS = """
SELECT to_char(period_month, 'YYYY-MM') AS month, domain_id AS domain, family_id AS family, product_id AS product,
  application_id AS application, owner,
  quantity * (SELECT unit_price FROM unit_price AS price WHERE price.pricing_view_id = %s
    AND price.domain_id = fact.domain_id AND price.product_id IN (fact.product_id, '*')
    AND price.effective_from <= fact.period_month ORDER BY (price.product_id = '*'), price.effective_from DESC LIMIT 1)
    AS cost
FROM fact_consumption AS fact LEFT JOIN dim_application USING (application_id)
"""
KEYS = {
    "month": "month",
    "domain": "domainId",
    "family": "familyId",
    "product": "productId",
    "application": "applicationId",
    "owner": "owner",
}
PLURALS = {
    "domains": "domain",
    "families": "family",
    "products": "product",
    "applications": "application",
    "owners": "owner",
}


def expected(facts, by, filters):
    """Exact sums by key, of facts priced by hand; None where nothing has a price."""
    keys = {*by, "domain"} if {"family", "product"} & set(by) else set(by)
    sums = {}
    for fact in facts:
        if all(fact[PLURALS[name]] in names for name, names in filters.items()):
            key = tuple(fact[name] if name in keys else None for name in DIMENSIONS)
            known = sums.setdefault(key, [None, 0])
            known[1] += 1
            if fact["cost"] is not None:
                known[0] = (known[0] or Decimal(0)) + fact["cost"]
    return {key: tuple(known) for key, known in sums.items()}


@pytest.mark.parametrize(("view", "filters"), [("yen", {}), *(("internal", one) for one in FILTERS)], ids=str)
def test_groups_of_any_dimensions_are_the_facts_times_the_prices(api, filled, view, filters):
    facts = ask(filled, COSTS, view)
    for by in EVERY_GROUPING:
        found = posted(api, ALL | {"groupBy": by, "filters": filters, "pricingView": view})
        groups = {
            tuple(one[KEYS[name]] for name in DIMENSIONS): (exact(one["amount"]), one["amount"]["lineCount"])
            for one in found["groups"]
        }
        assert groups == expected(facts, by, filters), by
        assert found["remainder"]["count"] == 0


@pytest.mark.parametrize("top", [1, 3])
@pytest.mark.parametrize("order", ["cost", "key"])
@pytest.mark.parametrize("owner", [False, True])
def test_groups_and_their_remainder_are_the_total(api, filled, door, top, order, owner):
    whole = exact(posted(api, ALL)["total"])
    if owner:
        door.caller = OWNER
    for by in EVERY_GROUPING:
        found = posted(api, ALL | {"groupBy": by, "top": top, "orderBy": order})
        assert exact(found["total"]) == whole
        assert added(*[one["amount"] for one in found["groups"]], found["remainder"]["amount"]) == whole, by
        counted = sum(one["amount"]["lineCount"] for one in found["groups"])
        assert counted + found["remainder"]["amount"]["lineCount"] == found["total"]["lineCount"]


@pytest.mark.parametrize("compares", [True, False])
@pytest.mark.parametrize("applications", [(), ("portal", "UNASSIGNED")])
def test_dearest_applications_of_a_month_are_told_as_any_grouping_is(filled, monkeypatch, compares, applications):
    ways = {"dearest_of_month": [], "by_application": []}
    with filled.connect("finops_api") as connection:
        known = shown(connection, "internal")
        for month, domain, (top, skip) in product("123", ("OPEN", "CLOUD", "SUPPORT"), ((1, 0), (2, 1), (500, 0))):
            period, filters = Period.parse(f"2024-0{month}"), {"domains": (domain,), "applications": applications}
            scope = Scope(period, period, Period(2024, 4), known.view, known.refreshed_at, filters)
            for way, told in ways.items():
                monkeypatch.setattr(groups, "_statement", lambda *asked, way=way: way)
                told.append(groups.group(connection, scope, ["application"], Wanted(top, skip=skip, compares=compares)))
    assert ways["dearest_of_month"] == ways["by_application"]
    assert sum(len(one.listed) for one in ways["by_application"]) > 9


def test_what_is_told_without_grouping_has_one_row_for_each_application(filled):
    with filled.connect("finops_api") as connection:
        known = shown(connection, "internal")
    month, later = Period(2024, 1), Period(2024, 2)

    def statement(last=month, by=("application",), wanted=None, **filters):
        scope = Scope(month, last, Period(2024, 4), known.view, known.refreshed_at, filters)
        return groups._statement(scope, by, wanted or Wanted(9))

    assert statement(domains=("OPEN",)) == "dearest_of_month"
    assert statement(domains=("OPEN",), applications=("portal",)) == "dearest_of_month"
    others = [
        statement(last=later, domains=("OPEN",)),
        statement(domains=("OPEN", "CLOUD")),
        statement(domains=("OPEN",), owners=("team-web",)),
        statement(domains=("OPEN",), by=("application", "month")),
        statement(domains=("OPEN",), by=("application", "domain")),
        *(statement(domains=("OPEN",), wanted=one) for one in (Wanted(9, True), Wanted(9, movers=1))),
        statement(domains=("OPEN",), wanted=Wanted(9, ranks=True)),
    ]
    assert set(others) == {"by_application"}
    assert (statement(), statement(domains=("OPEN",), products=("vm-small",))) == ("by_total", "by_fact")


def paged(api, asked, top):
    """The pages of an aggregate, to the last."""
    pages = [posted(api, asked | {"top": top})]
    while pages[-1]["nextCursor"]:
        pages.append(posted(api, asked | {"top": top, "cursor": pages[-1]["nextCursor"]}))
    return pages


@pytest.mark.parametrize("top", [1, 2, 5])
@pytest.mark.parametrize("order", ["cost", "key"])
@pytest.mark.parametrize("owner", [False, True])
def test_pages_of_groups_are_the_answer_without_pages(api, filled, door, top, order, owner):
    if owner:
        door.caller = OWNER
    for by in EVERY_GROUPING:
        asked = ALL | {"groupBy": by, "orderBy": order}
        whole, pages = posted(api, asked), paged(api, asked, top)
        assert [one for page in pages for one in page["groups"]] == whole["groups"], by
        for page in pages:
            assert page["total"] == whole["total"]
            assert added(*[one["amount"] for one in page["groups"]], page["remainder"]["amount"]) == exact(
                page["total"]
            )


@pytest.mark.parametrize("changed", [{"orderBy": "key"}, {"groupBy": ["domain"]}, {"from": "2024-02"}])
def test_a_cursor_of_another_question_is_refused(api, filled, changed):
    asked = ALL | {"groupBy": ["product"], "top": 1}
    cursor = posted(api, asked)["nextCursor"]
    answer = api.post("/aggregate", json=asked | changed | {"cursor": cursor})
    assert (answer.status_code, "another question" in answer.json()["detail"]) == (422, True)


def test_a_page_after_figures_have_changed_is_refused_and_not_another_answers(api, mart, api_of, tmp_path, settings):
    company.build(mart, settings, tmp_path)
    client = api_of(mart)
    asked = ALL | {"groupBy": ["product"], "top": 1}
    cursor = posted(client, asked)["nextCursor"]
    company.load(mart, company.FEBRUARY, 40)
    refresh(mart)
    answer = client.post("/aggregate", json=asked | {"cursor": cursor})
    assert (answer.status_code, "changed since" in answer.json()["detail"]) == (422, True)


def test_groups_tell_what_is_of_no_application_and_every_label(api, filled):
    found = posted(api, ALL | {"groupBy": ["application", "product", "month"]})["groups"]
    assert {one["applicationId"] for one in found if one["isReserved"]} == {"UNASSIGNED"}
    labels = {tuple(one["labels"]) for one in found}
    assert labels == {("application", "product", "month")}
    disk = next(one for one in found if one["productId"] == "disk" and one["applicationId"] == "portal")
    assert (disk["labels"]["product"], disk["labels"]["month"], disk["label"]) == ("Disk", disk["month"], disk["month"])


def test_owner_groups_by_his_applications_only(api, filled, door):
    door.caller = OWNER
    for by in EVERY_GROUPING:
        found = posted(api, ALL | {"groupBy": by})
        assert {one["applicationId"] for one in found["groups"]} <= {"portal", None}
        assert {one["owner"] for one in found["groups"]} <= {"team-web", None}
        if {"application", "owner"} & set(by):
            assert found["remainder"]["count"] is None


def test_family_of_now_is_where_the_product_is_now(api, mart, api_of, tmp_path, settings):
    company.build(mart, settings, tmp_path)
    ask(
        mart,
        "UPDATE dim_product SET family_id = 'storage', product_label = 'Old VM' "
        "WHERE domain_id = 'OPEN' AND product_id = 'vm-small'",
    )
    client = api_of(mart)
    asked = {"from": "2024-01", "to": "2024-01", "groupBy": ["family"], "filters": {"domains": ["OPEN"]}}
    then, now = (posted(client, asked | {"labels": labels})["groups"] for labels in ("then", "now"))
    assert ({one["familyId"] for one in then}, {one["familyId"] for one in now}) == (
        {"compute", "storage"},
        {"storage"},
    )
    names = [
        {one["productLabel"] for one in got(client, "/domains/OPEN", month="2024-01", labels=labels)["products"]}
        for labels in ("then", "now")
    ]
    assert names == [{"Small VM", "Disk"}, {"Old VM", "Disk"}]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"groupBy": ["domain", "domain"]}, "named twice"),
        ({"groupBy": ["colour"]}, "groupBy"),
        ({"filters": {"products": ["nothing"]}}, "unknown products: 'nothing'"),
        ({"filters": {"colours": ["red"]}}, "colours"),
        ({"top": 0}, "top"),
        ({"top": 5001}, "top"),
        ({"from": "2010-01"}, "at most 120"),
        ({"filters": {"applications": ["x"] * 2001}}, "2000"),
        ({"filters": {"applications": ["\0"]}}, "pattern"),
    ],
)
def test_aggregate_that_cannot_be_asked_is_a_clear_problem(api, filled, body, told):
    answer = api.post("/aggregate", json=ALL | body)
    assert answer.status_code == 422
    assert told in answer.json()["detail"]


def test_aggregate_is_never_answered_by_not_modified(api, filled):
    first = api.post("/aggregate", json=ALL, headers={"If-None-Match": "*"})
    assert (first.status_code, first.headers.get("etag")) == (200, None)


# Rankings


@pytest.mark.parametrize("dimension", ["application", "owner", "domain", "family", "product"])
def test_ranks_and_what_is_left_are_the_total(api, filled, dimension):
    found = got(api, "/rankings", dimension=dimension, top=2, month="2024-02")
    assert [one["rank"] for one in found["items"]] == [1, 2]
    assert added(*[one["amount"] for one in found["items"]], found["remainder"]["amount"]) == exact(found["total"])


def test_ranking_says_the_rank_and_amount_of_before_and_what_moved(api, filled):
    found = got(api, "/rankings", dimension="domain", month="2024-03")
    assert [(one["id"], one["rank"], one["previousRank"], one["share"]) for one in found["items"]] == [
        ("SUPPORT", 1, 1, "74.08"),
        ("CLOUD", 2, 2, "25.92"),
    ]
    assert [(one["id"], one["change"]["delta"]) for one in found["movers"]] == [("CLOUD", "7.00")]


# Histories


def test_history_has_every_month_and_says_why_one_has_nothing(api, filled):
    found = got(api, "/history", of="domain", id="OPEN", **{"from": "2023-12", "to": "2024-04"})
    assert [(one["month"], one["state"], one["status"], one["hasData"]) for one in found["series"]] == [
        ("2023-12", "NOT_AVAILABLE", "incomplete", False),
        ("2024-01", "LOADED", "closed", True),
        ("2024-02", "LOADED", "incomplete", True),
        ("2024-03", "MISSING", "incomplete", False),
        ("2024-04", "EXPECTED", "incomplete", False),
    ]
    assert [one["closedAt"] is not None for one in found["series"]] == [False, True, False, False, False]
    assert [one["reason"] is None for one in found["series"]] == [False, True, True, False, False]
    assert found["series"][3]["amount"]["amount"] is None


def test_history_of_a_product_has_its_name_and_quantity_of_then(api, filled):
    found = got(api, "/history", of="product", id="disk", domain="OPEN", **ALL)
    assert [(one["labelThen"], one["quantity"]) for one in found["series"]] == [
        ("Disk", "3.10"),
        ("Disk", "4.10"),
        (None, None),
    ]


def test_history_adds_up_and_reaches_a_year_back(api, filled):
    found = got(api, "/history")
    assert (found["series"][0]["month"], found["series"][-1]["month"], len(found["series"])) == (
        "2023-04",
        "2024-03",
        12,
    )
    assert added(*[one["amount"] for one in found["series"]]) == exact(found["total"])
    assert found["label"] == "Everything"


def test_history_of_what_one_may_not_see_is_not_found(api, filled, door):
    door.caller = OWNER
    assert "no application 'billing'" in problem(api, 404, "/history", of="application", id="billing")
    assert got(api, "/history", of="application", id="portal", **ALL)["label"] == "portal"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"of": "domain"}, "id: it goes with"),
        ({"id": "OPEN"}, "id: it goes with"),
        ({"of": "product", "id": "disk"}, "name it"),
        ({"of": "domain", "id": "OPEN", "domain": "OPEN"}, "domain: it goes with families and products only"),
        ({"of": "application", "id": "portal", "domain": "OPEN"}, "domain: it goes with families and products only"),
        ({"domain": "OPEN"}, "domain: it goes with families and products only"),
        ({"of": "month", "id": "x"}, "of"),
    ],
)
def test_history_that_cannot_be_asked_is_a_clear_problem(api, filled, asked, told):
    assert told in problem(api, 422, "/history", **asked)


@pytest.mark.parametrize("asked", [{"of": "domain", "id": "NOPE"}, {"of": "family", "id": "x", "domain": "OPEN"}])
def test_history_of_what_there_is_not_is_not_found(api, filled, asked):
    assert repr(asked["id"]) in problem(api, 404, "/history", **asked)
