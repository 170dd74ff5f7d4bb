"""How final an amount is: one rule, whichever route tells it, and a reason whenever it is not closed."""

from __future__ import annotations

import csv
import io
from collections import defaultdict

import pytest

from finops_assets.api.schemas.amounts import Status
from finops_assets.costs.reasons import ReasonKind
from finops_assets_tests.http.figures.asking import got, posted

MONTHS = ("2024-01", "2024-02", "2024-03", "2024-04")
DOMAINS = ("CLOUD", "OPEN", "SUPPORT")
APPLICATIONS = ("portal", "search", "billing")
LAST = "2024-04"
INCOMPLETE = {
    ReasonKind.MONTH_NOT_OVER,
    ReasonKind.MISSING,
    ReasonKind.FAILED,
    ReasonKind.OUTDATED,
    ReasonKind.UNPRICED,
    ReasonKind.NOT_BEGUN,
}


def of_pages(api):
    """(route, month, domain or None for all of them, amount) of the pages of figures."""
    for month in MONTHS:
        yield "dashboard", month, None, got(api, "/dashboard", month=month)["total"]
        for path in ("/dashboard", "/domains"):
            for one in got(api, path, month=month)["domains"]:
                yield path, month, one["domainId"], one["amount"]
        for domain in DOMAINS:
            told = got(api, f"/domains/{domain}", month=month)
            yield "domain", month, domain, told["total"]
            for one in told["products"] + told["topApplications"]:
                yield "domain", month, domain, one["amount"]
        for application in APPLICATIONS:
            told = got(api, f"/applications/{application}", month=month)
            yield "application", month, None, told["total"]
            for one in told["domains"]:
                yield "application", month, one["domainId"], one["amount"]


def of_groupings(api):
    for month in MONTHS:
        by_domain = posted(api, {"from": month, "to": month, "groupBy": ["domain", "application"]})
        for one in by_domain["groups"]:
            yield "aggregate", month, one["domainId"], one["amount"]
        for domain in DOMAINS:
            only = posted(api, {"from": month, "to": month, "filters": {"domains": [domain]}})
            yield "aggregate of a domain", month, domain, only["total"]
        for one in got(api, "/rankings", month=month, dimension="domain")["items"]:
            yield "rankings", month, one["domainId"], one["amount"]
    spanned = {"from": MONTHS[0], "to": LAST}
    for domain in DOMAINS:
        for one in got(api, "/history", of="domain", id=domain, **spanned)["series"]:
            yield "history", one["month"], domain, one["amount"]
    for one in got(api, "/history", **spanned)["series"]:
        yield "history", one["month"], None, one["amount"]


def of_months(api):
    for one in got(api, "/months", **{"from": MONTHS[0], "to": LAST})["items"]:
        yield "months", one["month"], None, one["total"]
        page = got(api, f"/months/{one['month']}")
        yield "month", one["month"], None, page["total"]
        for each in page["slices"]:
            yield "month", one["month"], each["domainId"], each["amount"]


def of_sources(api):
    for month in MONTHS[:3]:
        for application in APPLICATIONS:
            told = got(api, "/lineage", month=month, application=application)
            yield "lineage", month, None, told["amount"]
            for one in told["holdings"]:
                yield "lineage", month, one["slice"]["domainId"], one["amount"]
    for domain, product in (("OPEN", "vm-small"), ("OPEN", "mystery"), ("CLOUD", "vm-small")):
        for one in got(api, "/products/history", domain=domain, product=product)["months"]:
            yield "product", one["month"], domain, one["amount"]


def of_comparisons(api):
    for month in MONTHS:
        asked = {"before": "internal", "after": "internal", "from": month, "to": month}
        for by in ("domain", "product"):
            for one in got(api, "/pricing-views/compare", **asked, by=by)["lines"]:
                yield "compare", month, one["domainId"], one["before"]
    spanned = {"before": "internal", "after": "internal", "from": MONTHS[0], "to": LAST}
    for one in got(api, "/pricing-views/compare", **spanned, by="month")["lines"]:
        yield "compare", one["key"], None, one["after"]


def of_exports(api):
    for form, month, domain, status in (
        ("csv", "period_month", "domain_id", "status"),
        ("focus-csv", "x_PeriodMonth", "x_DomainId", "x_Status"),
    ):
        answer = api.get(f"/exports/{form}", params={"from": MONTHS[0], "to": LAST})
        for row in csv.DictReader(io.StringIO(answer.content.decode())):
            cost = row.get("cost", row.get("EffectiveCost"))
            amount = {"status": row[status], "unpricedCount": 0 if cost else 1}
            yield form, row[month][:7], row[domain], amount


TOLD_BY = (of_pages, of_groupings, of_months, of_sources, of_comparisons, of_exports)


def test_every_route_tells_the_same_status_of_the_same_month_and_domain(api):
    told = defaultdict(lambda: defaultdict(set))
    for asked in TOLD_BY:
        for route, month, domain, amount in asked(api):
            told[month, domain, amount["unpricedCount"] > 0][amount["status"]].add(route)
    assert {key: dict(found) for key, found in told.items() if len(found) > 1} == {}
    assert {next(iter(found)) for found in told.values()} == set(Status)
    assert {route for found in told.values() for routes in found.values() for route in routes} >= {
        *("dashboard", "/domains", "domain", "application", "aggregate", "rankings", "history", "months", "month"),
        *("lineage", "product", "compare", "csv", "focus-csv"),
    }


def answers(api):
    """Every kind of answer with amounts, of months that are closed, open, lacking, running and before all data."""
    for month in ("2023-06", *MONTHS, "2024-09"):
        for path in ("/dashboard", "/domains", "/domains/OPEN", "/applications", "/applications/search", "/rankings"):
            yield got(api, path, month=month)
        yield got(api, "/history", of="domain", id="OPEN", **{"from": month, "to": month})
        yield posted(api, {"from": month, "to": month, "groupBy": ["product"], "filters": {"domains": ["OPEN"]}})
        yield got(api, "/pricing-views/compare", before="internal", after="internal", **{"from": month, "to": month})
    for month in MONTHS:
        yield got(api, f"/months/{month}")
    yield from got(api, "/months")["items"]
    yield got(api, "/months/2024-01/statement")
    for month in MONTHS[:3]:
        yield got(api, "/lineage", month=month, application="search")
    yield got(api, "/products/history", domain="OPEN", product="vm-small")


def statuses(told):
    """Every status in an answer, but those of other months: trends, and what is compared with."""
    if isinstance(told, dict):
        for name, value in told.items():
            if name == "status":
                yield value
            elif name not in ("trend", "trendTotal", "change", "slices"):
                yield from statuses(value)
    elif isinstance(told, list):
        for one in told:
            yield from statuses(one)


def test_no_answer_is_open_without_a_reason_or_closed_with_one(api):
    for told in answers(api):
        found, kinds = set(statuses(told)), {one["kind"] for one in told["reasons"]}
        assert bool(found - {"closed"}) == bool(kinds), told
        assert ("incomplete" in found) == bool(kinds & INCOMPLETE), told


@pytest.mark.parametrize("language", ["en", "fr"])
def test_reasons_say_what_is_wrong_and_what_to_do_in_the_language_asked_for(api, language):
    told = {}
    for month in ("2023-06", *MONTHS):
        for one in got(api, "/domains/OPEN", month=month, lang=language)["reasons"]:
            told[one["kind"]] = one
    assert set(told) == {ReasonKind.NOT_BEGUN, ReasonKind.UNPRICED, ReasonKind.MISSING, ReasonKind.MONTH_NOT_OVER}
    texts = {
        "en": (
            "There is nothing in 2023-06: the data begin in 2024-01.",
            "1 line has no price: the amount is partial.",
        ),
        "fr": ("Rien en 2023-06 : les données commencent en 2024-01.", "1 ligne sans prix : le montant est partiel."),
    }
    assert (told["NOT_BEGUN"]["text"], told["UNPRICED"]["text"]) == texts[language]
    assert (told["UNPRICED"]["count"], told["MISSING"]["months"]) == (1, ["2024-03"])
    assert all(one["remedy"].endswith(".") for one in told.values())


def test_months_before_all_data_take_nothing_from_those_that_have_some(api):
    spanned = got(api, "/dashboard", **{"from": "2023-06", "to": "2024-01"})
    before = got(api, "/dashboard", month="2023-06")
    assert (spanned["status"], spanned["reasons"]) == ("closed", [])
    assert (before["status"], before["total"]["amount"]) == ("incomplete", None)
