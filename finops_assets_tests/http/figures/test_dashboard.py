"""The dashboard and the domains: figures, what is not there and why, and what an owner sees."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finops_assets import marts
from finops_assets_tests.factories import ask
from finops_assets_tests.http import company
from finops_assets_tests.http.company import FEBRUARY
from finops_assets_tests.http.figures.asking import OWNER, added, exact, got, problem


def test_dashboard_is_the_report_of_the_last_month_with_data(api, filled):
    found = got(api, "/dashboard")
    assert found["months"] == {"from": "2024-03", "to": "2024-03"}
    with filled.connect("finops_api") as connection:
        report = marts.report(connection, FEBRUARY, marts.Grain.DOMAIN, "internal")
    february = got(api, "/dashboard", month="2024-02")
    costs = {one["domainId"]: exact(one["amount"]) for one in february["domains"]}
    assert costs == {line.key: line.cost for line in report}
    assert exact(february["total"]) == marts.total(report).cost
    assert february["total"]["unpricedCount"] == 1


@pytest.mark.parametrize("view", ["internal", "yen"])
@pytest.mark.parametrize("asked", [{"month": "2024-01"}, {"month": "2024-02"}, {"from": "2024-01", "to": "2024-03"}])
@pytest.mark.parametrize("top", [1, 10])
@pytest.mark.parametrize("applications", [[], ["portal"], ["portal", "UNASSIGNED"]])
@pytest.mark.parametrize("owner", [False, True])
def test_figures_of_a_dashboard_add_up(api, filled, door, view, asked, top, applications, owner):
    if owner:
        door.caller = OWNER
        applications = applications[:1]
    found = got(api, "/dashboard", pricingView=view, top=top, application=applications, **asked)
    total = exact(found["total"])
    assert added(*[one["amount"] for one in found["domains"]]) == total
    families = [one["amount"] for one in found["families"]]
    assert added(*families, found["otherFamilies"]["amount"], found["indirect"]) == total
    people = [one["amount"] for one in found["topApplications"]]
    assert added(*people, found["otherApplications"]["amount"]) == total
    assert exact(found["trendTotal"][-1]["amount"]) == exact(
        got(api, "/dashboard", pricingView=view, application=applications, month=found["months"]["to"])["total"]
    )


def test_a_domain_has_the_same_place_on_every_page(api, filled):
    places = {one["domainId"]: one["place"] for one in got(api, "/domains")["domains"]}
    assert places == {one: place for place, one in enumerate(sorted(places))}
    told = got(api, "/applications/portal", month="2024-02")["trend"] + got(api, "/dashboard")["trend"]
    assert all(one["place"] == places[one["domainId"]] for one in told)


def test_months_are_closed_provisional_or_incomplete(api, filled):
    found = {one["month"]: one["status"] for one in got(api, "/dashboard", month="2024-04")["trendTotal"][-4:]}
    assert found == {"2024-01": "closed", "2024-02": "incomplete", "2024-03": "incomplete", "2024-04": "incomplete"}


def test_missing_domain_says_why_in_two_languages(api, filled):
    [state] = got(api, "/dashboard")["states"]
    assert (state["domainId"], state["month"], state["state"]) == ("OPEN", "2024-03", "MISSING")
    assert state["text"].startswith("Missing: the month is over")
    [french] = got(api, "/dashboard", lang="fr")["states"]
    assert french["text"].startswith("Manquant")


def test_change_is_against_as_many_months_before(api, filled):
    found = got(api, "/dashboard", month="2024-02")["domains"]
    [cloud] = [one for one in found if one["domainId"] == "CLOUD"]
    assert (exact(cloud["amount"]), exact(cloud["change"]["previous"])) == (Decimal(28), Decimal(21))
    assert (cloud["change"]["delta"], cloud["change"]["percent"]) == ("7.00", "33.3")


def test_owner_sees_totals_of_everybody_and_his_applications(api, filled, door):
    everything = got(api, "/dashboard", month="2024-02")
    door.caller = OWNER
    found = got(api, "/dashboard", month="2024-02")
    assert found["total"] == everything["total"]
    assert found["families"] == everything["families"]
    assert [one["applicationId"] for one in found["topApplications"]] == ["portal"]
    assert found["otherApplications"]["count"] is None
    assert {one["kind"] for one in found["topMovers"] if one["id"] != "portal"} == {"domain"}


def test_application_that_may_not_be_seen_is_unknown(api, filled, door):
    door.caller = OWNER
    assert "unknown applications: 'billing'" in problem(api, 422, "/dashboard", application="billing")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"month": "2024-01", "from": "2024-01"}, "not both"),
        ({"from": "2024-01"}, "go together"),
        ({"from": "2024-02", "to": "2024-01"}, "is after"),
        ({"from": "2010-01", "to": "2024-01"}, "at most 120"),
        ({"month": "2024-13"}, "not a month"),
        ({"application": "nobody"}, "'nobody'"),
        ({"top": "0"}, "greater than or equal to 1"),
        ({"labels": "later"}, "'then' or 'now'"),
    ],
)
def test_what_cannot_be_asked_is_a_clear_problem(api, filled, asked, told):
    assert told in problem(api, 422, "/dashboard", **asked)


def test_unknown_view_lists_those_there_are(api, filled):
    assert "internal, yen" in problem(api, 404, "/dashboard", pricingView="guess")


@pytest.mark.parametrize("path", ["/dashboard", "/domains", "/domains/OPEN", "/domains/SUPPORT"])
def test_answer_is_known_again_until_something_changes(api_of, mart, tmp_path, path):
    company.price_view(mart, tmp_path)
    api = api_of(mart)
    first = api.get(path)
    assert api.get(path, headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    ask(mart, "UPDATE dim_domain SET is_enabled = TRUE WHERE domain_id = 'CLOUD'", role="finops_admin")
    assert api.get(path, headers={"If-None-Match": first.headers["etag"]}).status_code == 200


def test_every_domain_is_listed_with_how_it_stands(api, filled):
    found = got(api, "/domains")
    assert [one["domainId"] for one in found["domains"]] == sorted(one["domainId"] for one in found["domains"])
    states = {one["domainId"]: one["state"] for one in found["domains"]}
    assert (states["OPEN"], states["CLOUD"], states["AUDIT"]) == ("MISSING", "LOADED", None)
    assert added(*[one["amount"] for one in found["domains"]]) == exact(found["total"])


def test_direct_domain_has_families_products_and_applications(api, filled):
    found = got(api, "/domains/OPEN", month="2024-02", products=1, top=1)
    assert found["domain"]["domainMode"] == "DIRECT"
    total = exact(found["total"])
    assert added(*[one["amount"] for one in found["families"]], found["otherFamilies"]["amount"]) == total
    assert added(*[one["amount"] for one in found["products"]], found["otherProducts"]["amount"]) == total
    assert added(*[one["amount"] for one in found["topApplications"]], found["otherApplications"]["amount"]) == total
    [product] = found["products"]
    assert (product["productId"], product["quantity"], product["metric"]) == ("vm-small", "14.000000000001", "CPU")
    assert product["amount"]["amount"] == "1.4000000000001"
    assert found["distributions"] == []


def test_unpriced_product_is_null_and_counted(api, filled):
    found = got(api, "/domains/OPEN", month="2024-02")
    [mystery] = [one for one in found["products"] if one["productId"] == "mystery"]
    assert (mystery["amount"]["amount"], mystery["amount"]["unpricedCount"]) == (None, 1)
    assert mystery["amount"]["status"] == "incomplete"


def test_indirect_domain_says_how_its_amount_is_spread(api, filled):
    found = got(api, "/domains/SUPPORT", **{"from": "2024-01", "to": "2024-02"}, top=2)
    assert [one["month"] for one in found["distributions"]] == ["2024-02", "2024-01"]
    spread = found["distributions"][0]
    assert spread["amountToDistribute"]["amount"] == "100.01"
    assert spread["methodKey"] == found["domain"]["indirectMethodKey"]
    assert [one["weight"] for one in spread["weights"]] == ["0.333333333334", "0.333333333333"]
    assert spread["basisQuantity"] == "3.00"
    assert added(*[one["amount"] for one in spread["weights"]], spread["others"]["amount"]) == Decimal("100.01")
    assert spread["others"]["count"] == 1


def test_owner_sees_his_weight_and_the_amount_to_distribute(api, filled, door):
    door.caller = OWNER
    [spread] = got(api, "/domains/SUPPORT", month="2024-02")["distributions"]
    assert [one["applicationId"] for one in spread["weights"]] == ["portal"]
    assert spread["others"]["count"] is None
    assert added(spread["weights"][0]["amount"], spread["others"]["amount"]) == Decimal("100.01")


def test_unknown_domain_is_not_found(api, filled):
    assert "no domain 'NOPE'" in problem(api, 404, "/domains/NOPE")


def test_empty_mart_answers_with_what_is_expected(api_of, mart, tmp_path):
    api = api_of(mart)
    company.price_view(mart, tmp_path)
    company.enable(mart, "OPEN")
    found = got(api, "/dashboard")
    assert (found["total"]["amount"], found["months"]["from"]) == (None, "2024-04")
    assert [one["state"] for one in found["states"]] == ["EXPECTED"]
    assert [one["state"] for one in got(api, "/dashboard", month="2023-01")["states"]] == ["NOT_AVAILABLE"]


def test_mart_without_views_says_so(api_of, mart):
    api = api_of(mart)
    assert "none yet" in problem(api, 404, "/dashboard")


def test_months_before_the_data_begin_are_not_compared_with(api, filled):
    found = api.get("/dashboard", params={"from": "2024-01", "to": "2024-03"}).json()
    assert found["total"]["amount"] is not None
    assert found["change"] is None
    assert [one["change"] for one in found["domains"]] == [None] * len(found["domains"])


def test_what_began_among_the_months_before_is_no_mover(api):
    found = got(api, "/dashboard", **{"from": "2024-02", "to": "2024-04"})
    later = got(api, "/dashboard", month="2024-03")
    assert (found["change"], found["topMovers"]) == (None, [])
    assert later["topMovers"]
    assert all(one["change"]["delta"] for one in later["topMovers"])
