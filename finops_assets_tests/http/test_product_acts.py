"""Products over HTTP: listed in pages, changed by administrators in their own name, never deleted while cited."""

from decimal import Decimal

import pytest

from finops_assets.catalog import products
from finops_assets.catalog.products import Key
from finops_assets_tests.factories import ask, line, price, price_view, publish, refresh
from finops_assets_tests.http.conftest import OWNER, VIEWER

SLASHED = "instances/small"
SMALL_ASKED = {"domain": "OPEN", "product": "vm-small"}
SMALL = {"domainId": "OPEN", "productId": "vm-small", "reason": "asked by the team"}


@pytest.fixture
def stocked(mart, tmp_path):
    """Three products of OPEN, one with a slash in its id; vm-small has a price."""
    used = [
        line(),
        line(application_id="search"),
        line(product_id=SLASHED),
        line(product_id="vm-big", product_label="Big VM"),
    ]
    publish(mart, *used)
    price_view(mart, tmp_path)
    price(mart, tmp_path, "0.5")
    refresh(mart)
    return mart


def product(api, product_id="vm-small"):
    return api.get("/products/history", params={"domain": "OPEN", "product": product_id}).json()["product"]


def last_act(api):
    return api.get("/audit", params={"limit": 1}).json()["items"][0]


def test_products_come_in_pages_with_counts_of_all(api, stocked):
    first = api.get("/products", params={"domain": "OPEN", "limit": 2}).json()
    second = api.get("/products", params={"domain": "OPEN", "limit": 2, "cursor": first["nextCursor"]}).json()
    ids = [row["productId"] for page in (first, second) for row in page["items"]]
    assert (ids, second["nextCursor"], first["counts"]["active"]) == ([SLASHED, "vm-big", "vm-small"], None, 3)


@pytest.mark.parametrize(("asked", "ids"), [({"search": "VM-"}, ["vm-big", "vm-small"]), ({"state": "inactive"}, [])])
def test_products_are_found_by_text_and_state(api, stocked, asked, ids):
    assert [row["productId"] for row in api.get("/products", params=asked).json()["items"]] == ids


def test_history_is_that_of_the_service(api, stocked):
    with stocked.connect("finops_api") as connection:
        (expected,) = products.history(connection, Key("OPEN", "vm-small"), "internal")
    told = api.get("/products/history", params={"domain": "OPEN", "product": "vm-small"}).json()
    (month,) = told["months"]
    assert (Decimal(month["quantity"]), Decimal(month["amount"]["amount"]), month["amount"]["status"]) == (
        expected.quantity,
        expected.cost,
        "provisional",
    )
    assert [one["text"] for one in told["citations"]] == ["2 facts (2024-01)", "1 price (2024-01)"]


def unit_price(api, product_id):
    told = api.get("/products/history", params={"domain": "OPEN", "product": product_id}).json()
    return told["months"][0]["unitPrice"]


def test_a_month_of_a_product_has_its_own_price_else_the_domains(api, stocked, tmp_path):
    price(stocked, tmp_path, "0.6")
    price(stocked, tmp_path, "9", product="*")
    price(stocked, tmp_path, "99", product="vm-big", effective_from="2024-02")
    assert [unit_price(api, name) for name in ("vm-small", "vm-big", SLASHED)] == ["0.60", "9.00", "9.00"]


def test_a_month_before_every_price_has_none(api, stocked):
    assert unit_price(api, "vm-big") is None


@pytest.mark.parametrize(
    ("verb", "more", "state"),
    [
        ("activate", {}, "active"),
        ("deactivate", {}, "inactive"),
        ("decommission", {"on": "2024-03-31"}, "decommissioned"),
    ],
)
def test_a_lifecycle_act_is_done_and_kept_under_the_callers_name(api, stocked, verb, more, state):
    answer = api.post(f"/products/{verb}", json=SMALL | more)
    act = last_act(api)
    assert (answer.status_code, product(api)["state"]) == (200, state)
    assert (act["person"], act["reason"], act["key"]["product_id"]) == ("ada", "asked by the team", "vm-small")


def test_a_decommission_names_the_later_months_that_have_it(api, stocked):
    publish(stocked, line(), month=products.Period(2024, 4))
    told = api.post("/products/decommission", json=SMALL | {"on": "2024-03-31"}).json()
    assert (told["laterMonths"], told["product"]["decommissionedAt"]) == (["2024-04"], "2024-03-31")


def test_a_product_is_called_and_placed_otherwise_from_a_month_on(api, stocked):
    api.post("/products/relabel", json=SMALL | {"label": "Little VM", "fromMonth": "2024-02"})
    moved = {"familyId": "elastic", "newFamilyLabel": "Elastic", "fromMonth": "2024-02"}
    told = api.post("/products/move", json=SMALL | moved).json()
    assert (told["productLabel"], told["familyLabel"], told["describedBy"]) == ("Little VM", "Elastic", "ada")


def test_what_nobody_holds_is_not_released(api, stocked):
    assert api.post("/products/release", json=SMALL).status_code == 409


def test_what_is_held_is_released(api, stocked):
    api.post("/products/deactivate", json=SMALL)
    told = api.post("/products/release", json=SMALL)
    assert (told.status_code, told.json()["heldBy"]) == (200, None)


def test_a_product_that_is_cited_is_not_deleted_and_the_answer_says_why(api, stocked):
    answer = api.delete("/products", params={"domain": "OPEN", "product": "vm-small", "reason": "a slip"})
    told = answer.json()
    assert (answer.status_code, "2 facts" in told["detail"]) == (409, True)
    assert [one for one in told["blockers"] if "fact" in one] == ["2 facts (2024-01) cite it."]
    assert len(told["blockers"]) == len(api.get("/products/history", params=SMALL_ASKED).json()["citations"])


def test_a_product_that_nothing_cites_is_deleted(api, mart):
    ask(mart, "INSERT INTO dim_family (domain_id, family_id, family_label) VALUES ('OPEN', 'f', 'F')")
    ask(
        mart,
        "INSERT INTO dim_product (domain_id, product_id, product_label, family_id, consumption_metric, is_inferred) "
        "VALUES ('OPEN', 'a/b', 'A', 'f', 'CPU', TRUE)",
    )
    answer = api.delete("/products", params={"domain": "OPEN", "product": "a/b", "reason": "a slip"})
    assert (answer.status_code, answer.content, last_act(api)["act"]) == (204, b"", "DELETE")


@pytest.mark.parametrize("named", [{"productId": "vm-none"}, {"domainId": "NONE"}])
@pytest.mark.parametrize(
    ("verb", "more"),
    [
        ("activate", {}),
        ("deactivate", {}),
        ("release", {}),
        ("decommission", {"on": "2024-03-31"}),
        ("relabel", {"label": "Little", "fromMonth": "2024-02"}),
        ("move", {"familyId": "new", "newFamilyLabel": "New", "fromMonth": "2024-02"}),
    ],
)
def test_an_unknown_product_is_not_found(api, stocked, verb, more, named):
    assert api.post(f"/products/{verb}", json=SMALL | more | named).status_code == 404
    assert ask(stocked, "SELECT FROM dim_family WHERE family_id = 'new'") == []


def test_an_unknown_product_is_not_deleted_and_has_no_history(api, stocked):
    named = {"domain": "OPEN", "product": "vm-none"}
    assert [
        api.delete("/products", params=named).status_code,
        api.get("/products/history", params=named).status_code,
    ] == [404, 404]


@pytest.mark.parametrize(
    "body", [SMALL | {"reason": " "}, SMALL | {"productId": "\0"}, SMALL | {"on": "x"}, {"domainId": "OPEN"}, []]
)
def test_a_body_that_cannot_be_read_changes_nothing(api, stocked, body):
    assert (api.post("/products/deactivate", json=body).status_code, product(api)["state"]) == (422, "active")


@pytest.mark.parametrize("caller", [VIEWER, OWNER])
def test_only_administrators_act(api, door, stocked, caller):
    door.caller = caller
    answers = [api.post("/products/deactivate", json=SMALL), api.delete("/products?domain=OPEN&product=vm-small")]
    assert [answer.status_code for answer in answers] == [403, 403]


def test_owners_do_not_browse_products(api, door, stocked):
    door.caller = OWNER
    assert api.get("/products").status_code == 403


def test_the_audit_log_comes_in_pages_newest_first(api, stocked):
    for verb in ("deactivate", "activate", "deactivate"):
        api.post(f"/products/{verb}", json=SMALL)
    whole = api.get("/audit", params={"relation": "dim_product", "person": "ada"}).json()["items"]
    paged, cursor = [], None
    for _ in whole:
        asked = {"relation": "dim_product", "person": "ada", "limit": 1} | ({"cursor": cursor} if cursor else {})
        page = api.get("/audit", params=asked).json()
        paged, cursor = paged + page["items"], page["nextCursor"]
    assert (len(whole), paged, cursor) == (3, whole, None)


def test_an_act_tells_what_changed_from_what_to_what(api, stocked):
    api.post("/products/deactivate", json=SMALL)
    changes = {one["column"]: (one["before"], one["after"]) for one in last_act(api)["changes"]}
    assert changes == {"is_active": ("true", "false"), "held_by": (None, "ada")}


def test_the_audit_log_is_not_for_owners(api, door, stocked):
    door.caller = OWNER
    assert api.get("/audit").status_code == 403


APPLICATION = {"applicationId": "billing", "reason": "agreed"}


@pytest.mark.parametrize(
    ("verb", "more", "shown"),
    [
        ("deactivate", {}, {"state": "inactive", "heldBy": "ada"}),
        ("activate", {}, {"state": "unmapped", "heldBy": "ada"}),
        ("relabel", {"label": "Billing"}, {"applicationLabel": "Billing", "describedBy": "ada"}),
        ("give", {"owner": "group:default/money"}, {"owner": "group:default/money"}),
    ],
)
def test_an_application_is_changed_in_the_callers_name(api, stocked, verb, more, shown):
    answer = api.post(f"/applications/{verb}", json=APPLICATION | more)
    assert (answer.status_code, shown.items() <= answer.json().items()) == (200, True)
    assert (last_act(api)["person"], last_act(api)["reason"]) == ("ada", "agreed")


def test_a_reserved_application_stays_in_service(api, stocked):
    assert api.post("/applications/deactivate", json={"applicationId": "UNALLOCATED"}).status_code == 409


def test_an_unknown_application_is_not_found(api, stocked):
    assert api.post("/applications/deactivate", json={"applicationId": "none"}).status_code == 404


def test_a_domain_is_enabled_in_the_callers_name(api, mart):
    told = api.patch("/domains/OPEN", json={"isEnabled": True, "availableFrom": "2024-02", "reason": "accepted"})
    act = last_act(api)
    assert (told.json()["isEnabled"], told.json()["availableFrom"]) == (True, "2024-02")
    assert (act["relation"], act["person"], act["reason"]) == ("dim_domain", "ada", "accepted")


def test_a_changed_domain_has_its_place_among_all_of_them(api, stocked):
    told = api.patch("/domains/OPEN", json={"isEnabled": True}).json()
    shown = {one["domainId"]: one["place"] for one in api.get("/domains").json()["domains"]}
    assert told["place"] == shown["OPEN"]


def test_what_is_left_out_of_a_change_of_a_domain_stays(api, mart):
    api.patch("/domains/OPEN", json={"isEnabled": True})
    told = api.patch("/domains/OPEN", json={"availableFrom": "2024-03"}).json()
    assert (told["isEnabled"], told["availableFrom"]) == (True, "2024-03")


def test_a_domain_does_not_begin_after_what_is_published(api, stocked):
    assert api.patch("/domains/OPEN", json={"availableFrom": "2024-03"}).status_code == 409


def test_a_change_of_a_domain_that_changes_nothing_is_refused(api, mart):
    answers = [api.patch("/domains/OPEN", json=body) for body in ({}, {"reason": "why not"}, {"isEnabled": None})]
    assert [answer.status_code for answer in answers] == [422, 422, 422]
    assert "isEnabled, availableFrom" in answers[0].json()["detail"]


def test_an_unknown_domain_is_not_found(api, mart):
    answers = [api.patch("/domains/NONE", json={"isEnabled": True}), api.get("/domains/NONE/checklist")]
    assert [answer.status_code for answer in answers] == [404, 404]


def test_the_checklist_of_a_domain_says_what_is_met(api, stocked):
    items = api.get("/domains/OPEN/checklist").json()["items"]
    assert {item["title"]: item["isMet"] for item in items}["acceptance run"] is True


def test_only_administrators_change_a_domain(api, door, mart):
    door.caller = VIEWER
    assert api.patch("/domains/OPEN", json={"isEnabled": True}).status_code == 403
