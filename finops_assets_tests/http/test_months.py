"""Months over HTTP: how they stand, what keeps one from being closed, the statement, closing and reopening."""

from decimal import Decimal

import pytest
import time_machine
from fastapi.testclient import TestClient

from finops_assets import closing, marts
from finops_assets.api.app import create_app
from finops_assets.api.place import Place, pool_of
from finops_assets.closing import invoices
from finops_assets.period import Period
from finops_assets_tests.database.closable import enable, make_company
from finops_assets_tests.factories import JANUARY, ask, line, new_mart, price_view, publish, refresh
from finops_assets_tests.http import company
from finops_assets_tests.http.company import FEBRUARY, MARCH
from finops_assets_tests.http.conftest import ADMIN, OWNER, VIEWER, Door


@pytest.fixture(scope="module", autouse=True)
def clock():
    with time_machine.travel("2024-04-05T12:00:00Z", tick=True):
        yield


@pytest.fixture(scope="module")
def filled(server_url, template, tmp_path_factory, clock):
    """The company, January closed; it is only read."""
    folder = tmp_path_factory.mktemp("company")
    with new_mart(server_url, template) as mart:
        company.build(mart, company.settings_of(mart, folder), folder)
        company.grant(mart, OWNER.principals[0], "portal")
        yield mart


@pytest.fixture(scope="module")
def entrance(filled, tmp_path_factory):
    door = Door()
    place = Place(company.settings_of(filled, tmp_path_factory.mktemp("home")), filled, pool_of(filled, 2), door)
    with TestClient(create_app(place), base_url="http://127.0.0.1") as client:
        yield client, door


@pytest.fixture
def asked(entrance):
    """Ask the company as somebody, an administrator unless told otherwise."""
    client, door = entrance

    def ask_it(path, caller=ADMIN, **query):
        door.caller = caller
        return client.get(path, params=query)

    return ask_it


def months_of(answer):
    return {item["month"]: item for item in answer.json()["items"]}


def test_every_month_is_listed_with_how_it_stands(asked):
    told = months_of(asked("/months"))
    assert {month: item["status"] for month, item in told.items()} == {
        "2024-01": "closed",
        "2024-02": "incomplete",
        "2024-03": "incomplete",
        "2024-04": "incomplete",
    }
    assert (told["2024-01"]["closings"], told["2024-01"]["closedBy"], told["2024-02"]["closedAt"]) == (1, "ada", None)


def test_a_month_counts_its_domains_by_state(asked):
    assert months_of(asked("/months"))["2024-03"]["states"] == {"LOADED": 2, "MISSING": 1}


def test_of_a_long_life_the_last_months_are_listed(api, mart, tmp_path):
    price_view(mart, tmp_path)
    enable(mart, "OPEN", month=Period(1970, 1))
    told = months_of(api.get("/months"))
    assert (len(told), max(told)) == (120, "2024-04")


def test_months_that_end_before_anything_is_known_begin_there_too(asked):
    assert list(months_of(asked("/months", to="2023-12"))) == ["2023-12"]


@pytest.mark.parametrize("view", ["internal", "yen"])
def test_totals_are_those_of_the_report(asked, filled, view):
    with filled.connect("finops_api") as connection:
        totals = {
            str(month): marts.total(marts.report(connection, month, marts.Grain.DOMAIN, view))
            for month in (JANUARY, FEBRUARY, MARCH)
        }
    told = months_of(asked("/months", pricingView=view, **{"to": "2024-03"}))
    assert {
        month: (Decimal(item["total"]["amount"]), item["total"]["unpricedCount"]) for month, item in told.items()
    } == {month: (total.cost, total.unpriced_count) for month, total in totals.items()}


@pytest.mark.parametrize("caller", [ADMIN, VIEWER, OWNER])
def test_slices_of_a_month_add_up_to_its_total(asked, caller):
    told = asked("/months/2024-02", caller).json()
    parts = [Decimal(one["amount"]["amount"]) for one in told["slices"]]
    assert (len(parts), sum(parts)) == (3, Decimal(told["total"]["amount"]))


def test_the_checklist_is_what_blocks_with_what_to_do(asked, filled, settings):
    with filled.connect("finops_api") as connection:
        blockers = closing.blockers(connection, settings, MARCH, company.APRIL)
    told = asked("/months/2024-03").json()
    assert [(one["kind"], one["text"], one["remedy"]) for one in told["checklist"]] == [
        (one.blocker, one.told, one.remedy) for one in blockers
    ]
    assert (told["canBeClosed"], {one["kind"] for one in told["checklist"]}) == (False, {"EARLIER_MONTH", "SLICE"})


def test_an_owner_sees_the_month_and_not_what_lies_behind(asked):
    told = asked("/months/2024-03", OWNER).json()
    assert [told[name] for name in ("checklist", "invoices", "reconciliation", "canBeClosed")] == [None] * 4
    assert {one["state"] for one in told["slices"]} == {"LOADED", "MISSING"}


@pytest.mark.parametrize(("path", "status"), [("/months/1999-01", 404), ("/months/2024-13", 422), ("/months/x", 422)])
def test_a_month_that_is_none_is_told_so(asked, path, status):
    assert asked(path).status_code == status


def test_an_unknown_view_is_not_found(asked):
    assert asked("/months", pricingView="none").status_code == 404


def statement(asked, caller=ADMIN, **query):
    return asked("/months/2024-01/statement", caller, **query).json()


def test_the_statement_is_the_stored_one_in_pages(asked, filled):
    with filled.connect("finops_api") as connection:
        expected = closing.statement(connection, JANUARY, 1, "internal")
    found, cursor = [], {}
    while cursor is not None:
        page = statement(asked, limit=2, **cursor)
        found += [(one["domainId"], one["applicationId"], Decimal(one["roundedCost"])) for one in page["items"]]
        cursor = {"cursor": page["nextCursor"]} if page["nextCursor"] else None
    assert found == [(one.domain_id, one.application_id, one.rounded_cost) for one in expected]


@pytest.mark.parametrize("caller", [ADMIN, OWNER])
def test_lines_of_a_statement_add_up_to_its_total(asked, caller):
    told = statement(asked, caller, limit=1000)
    for name in (lambda one: one["roundedCost"], lambda one: one["amount"]["amount"]):
        assert sum(Decimal(name(one)) for one in told["items"]) == Decimal(name(told["total"]))


def test_an_owner_sees_his_own_lines_only(asked):
    told = statement(asked, OWNER)
    assert {one["applicationId"] for one in told["items"]} == {"portal"}
    assert statement(asked, OWNER, application="billing")["type"] == "/problems/unknown-names"


def test_an_owners_totals_of_a_closed_month_are_his(asked):
    sums = {
        one["pricingViewId"]: one["roundedCost"] for one in asked("/months/2024-01", OWNER).json()["statementTotals"]
    }
    assert Decimal(sums["internal"]) == Decimal(statement(asked, OWNER)["total"]["roundedCost"])


def test_a_statement_that_never_was_is_not_found(asked):
    answers = [asked("/months/2024-02/statement"), asked("/months/2024-01/statement", closing=7)]
    assert [answer.status_code for answer in answers] == [404, 404]


@pytest.fixture
def closable(mart, tmp_path):
    """A company whose January can be closed."""
    make_company(mart, tmp_path)
    return mart


def test_a_month_is_closed_in_the_callers_name(api, closable):
    told = api.post("/months/2024-01/close", json={"reason": "signed by finance"})
    act = api.get("/audit", params={"relation": "period"}).json()["items"][0]
    assert (told.status_code, told.json()["act"]["person"], act["person"], act["reason"]) == (
        200,
        "ada",
        "ada",
        "signed by finance",
    )
    assert api.get("/months/2024-01").json()["status"] == "closed"


def test_what_blocks_a_month_is_told_one_by_one_and_nothing_is_closed(api, closable):
    publish(closable, line(product_id="unpriced"))
    refresh(closable)
    answer = api.post("/months/2024-01/close", json={})
    assert (answer.status_code, len(answer.json()["blockers"])) == (409, 2)
    assert api.get("/months/2024-01").json()["acts"] == []


def test_a_month_is_reopened_with_a_reason_and_its_statement_is_kept(api, closable):
    api.post("/months/2024-01/close", json={})
    told = api.post("/months/2024-01/reopen", json={"reason": "late data"}).json()
    assert (told["act"]["act"], told["act"]["reason"]) == ("REOPEN", "late data")
    assert api.get("/months/2024-01/statement").json()["isStanding"] is False


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": None}])
def test_reopening_needs_a_reason(api, closable, body):
    assert api.post("/months/2024-01/reopen", json=body).status_code == 422


def test_an_open_month_is_not_reopened(api, closable):
    assert api.post("/months/2024-01/reopen", json={"reason": "late data"}).status_code == 409


@pytest.mark.parametrize("caller", [VIEWER, OWNER])
@pytest.mark.parametrize("verb", ["close", "reopen"])
def test_only_administrators_close_and_reopen(api, door, closable, caller, verb):
    door.caller = caller
    answer = api.post(f"/months/2024-01/{verb}", json={"reason": "why not"})
    assert (answer.status_code, ask(closable, "SELECT FROM period_close")) == (403, [])


def test_invoices_and_reconciliation_are_those_of_the_service(api, closable):
    with closable.connect("finops_admin") as connection:
        named = {"amount": Decimal("100"), "currency": "EUR", "reference": "INV-1", "person": "ada"}
        invoices.record(connection, JANUARY, "SUPPORT", "internal", **named)
        expected = invoices.reconcile(connection, JANUARY, "internal")
    told = api.get("/months/2024-01").json()
    assert [(one["domainId"], Decimal(one["allocated"])) for one in told["reconciliation"]] == [
        (one.domain_id, one.allocated) for one in expected
    ]
    assert (told["invoices"][0]["reference"], told["reconciliationTotal"]["variance"]) == ("INV-1", "-0.01")


FRENCH = {"Accept-Language": "fr-FR,en;q=0.5"}


def test_what_blocks_a_month_is_told_in_french_on_its_page_and_when_it_is_refused(api, mart, settings, tmp_path):
    price_view(mart, tmp_path)
    publish(mart, line())
    page = api.get("/months/2024-01", headers=FRENCH).json()
    refused = api.post("/months/2024-01/close", json={}, headers=FRENCH).json()
    unpriced = next(one for one in page["checklist"] if one["kind"] == "UNPRICED")
    assert unpriced["text"] == "OPEN a 1 ligne de vm-small sans prix dans la grille par défaut"
    assert (refused["title"], refused["detail"].splitlines()[0].startswith("2024-01 ne peut pas être clos")) == (
        "Mois bloqué",
        True,
    )
    assert refused["blockers"] == [f"{one['text']} ; {one['remedy']}" for one in page["checklist"]]
