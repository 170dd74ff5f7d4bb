"""Lines set aside are decided by administrators in their own name; versions of a slice are told apart."""

from datetime import datetime
from decimal import Decimal

import pytest

from finops_assets.quarantine import decisions
from finops_assets.slices.restatement import restatement
from finops_assets_tests.factories import JANUARY, ask, force_closed, line, price, price_view, publish, run, write_csv
from finops_assets_tests.http.conftest import OWNER, VIEWER

REASON = "agreed with the platform team"


@pytest.fixture
def waiting(mart, settings):
    """Three lines of January that wait, of portal, search and billing; returns their ids."""
    rows = [(name, quantity) for name in ("portal", "search", "billing") for quantity in ("-1",)]
    written = [{"application_id": a, "product_id": "vm-small", "quantity": q} for a, q in [("shop", "4"), *rows]]
    write_csv(settings.sources / "open" / "2024-01.csv", written)
    run(mart, settings)
    with mart.connect("finops_admin") as connection:
        return [one.quarantine_id for one in decisions.lines(connection)]


def decide(api, ids, verdict, **more):
    return api.post("/quarantine/decisions", json={"ids": ids, "verdict": verdict, "reason": REASON} | more)


def test_lines_come_in_pages_with_counts_of_all(api, waiting):
    ids, cursor = [], None
    for _ in waiting:
        page = api.get("/quarantine", params={"limit": 1} | ({"cursor": cursor} if cursor else {})).json()
        ids, cursor = ids + [row["quarantineId"] for row in page["items"]], page["nextCursor"]
    assert (ids, cursor, page["counts"]["waiting"]) == (waiting, None, 3)


def test_a_line_says_where_it_is_from_and_what_it_says(api, waiting):
    told = api.get("/quarantine").json()["items"][0]
    assert (told["fileName"], told["lineNumber"], told["columnName"], told["foundValue"], told["month"]) == (
        "open/2024-01.csv",
        3,
        "quantity",
        "-1.000000000000",
        "2024-01",
    )
    assert (told["sourceLine"]["application_id"], told["text"]) == ("portal", "Waits for a decision.")


@pytest.mark.parametrize(
    ("asked", "count"),
    [({"domain": "OPEN"}, 3), ({"domain": "CLOUD"}, 0), ({"month": "2024-02"}, 0), ({"state": "decided"}, 0)],
)
def test_lines_are_filtered(api, waiting, asked, count):
    assert len(api.get("/quarantine", params=asked).json()["items"]) == count


@pytest.mark.parametrize(
    ("verdict", "text", "state"),
    [("ACCEPT", "Accepted; waits for a run.", "decided"), ("REJECT", "Rejected: left out for good.", "rejected")],
)
def test_several_lines_are_decided_at_once_in_the_callers_name(api, waiting, verdict, text, state):
    told = decide(api, waiting, verdict).json()["items"]
    act = api.get("/audit", params={"limit": 1}).json()["items"][0]
    assert [one["text"] for one in told] == [text] * 3
    assert (act["relation"], act["person"], act["reason"]) == ("quarantine_decision", "ada", REASON)
    assert api.get("/quarantine").json()["counts"][state] == 3


def test_a_decision_says_who_when_and_why_at_once_and_after_the_run(api, mart, settings, waiting):
    at_once = decide(api, waiting, "ACCEPT").json()["items"]
    made = ask(mart, "SELECT decided_at FROM finops.quarantine_decision ORDER BY decision_id")
    run(mart, settings)
    after = api.get("/quarantine").json()["items"]
    expected = [("ada", row["decided_at"], REASON) for row in made]
    for items in (at_once, after):
        told = [(one["decidedBy"], datetime.fromisoformat(one["decidedAt"]), one["decisionReason"]) for one in items]
        assert sorted(told) == sorted(expected)
    assert {one["state"] for one in after} == {"replayed"}


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Settled by a run: taken in, or no longer in the source."),
        ("fr", "Réglée par une exécution : reprise, ou disparue de la source."),
    ],
)
def test_a_settled_line_is_told_in_words_in_the_language_asked_for(api, mart, settings, waiting, language, text):
    decide(api, waiting, "ACCEPT")
    run(mart, settings)
    items = api.get("/quarantine", params={"lang": language}).json()["items"]
    assert {one["text"] for one in items} == {text}


def test_a_decision_is_answered_in_the_language_asked_for(api, waiting):
    asked = {"ids": waiting, "verdict": "ACCEPT", "reason": REASON}
    told = api.post("/quarantine/decisions", json=asked, headers={"Accept-Language": "fr"}).json()["items"]
    assert {one["text"] for one in told} == {"Acceptée ; attend une exécution."}


def test_a_line_is_corrected_and_what_it_said_is_kept(api, waiting):
    (told,) = decide(api, waiting[:1], "FIX", correction={"quantity": "1"}).json()["items"]
    assert (told["correction"], told["sourceLine"]["quantity"], told["state"]) == (
        {"quantity": "1"},
        "-1.000000000000",
        "decided",
    )


@pytest.mark.parametrize(
    ("verdict", "ids", "more"),
    [
        ("FIX", [1], {}),
        ("ACCEPT", [1], {"correction": {"quantity": "1"}}),
        ("FIX", [1, 2], {"correction": {"quantity": "1"}}),
        ("ACCEPT", [], {}),
        ("ACCEPT", [1], {"reason": " "}),
        ("ACCEPT", [2**63], {}),
        ("DROP", [1], {}),
    ],
)
def test_a_decision_that_cannot_be_read_is_refused(api, waiting, verdict, ids, more):
    assert decide(api, ids, verdict, **more).status_code == 422


def test_a_correction_that_mends_nothing_is_refused_with_the_reason(api, waiting):
    answer = decide(api, waiting[:1], "FIX", correction={"quantity": "-2"})
    assert (answer.status_code, "would be set aside" in answer.json()["detail"]) == (409, True)


def test_a_correction_with_a_value_that_breaks_its_column_is_refused(api, waiting):
    assert decide(api, waiting[:1], "FIX", correction={"quantity": "much"}).status_code == 422


def test_an_unknown_line_is_not_found_and_nothing_is_decided(api, waiting):
    assert decide(api, [*waiting, 10**9], "ACCEPT").status_code == 404
    assert api.get("/quarantine").json()["counts"]["waiting"] == 3


def test_a_closed_month_is_refused_with_the_databases_sentence(api, mart, waiting):
    force_closed(mart, JANUARY)
    answer = decide(api, waiting, "ACCEPT")
    assert (answer.status_code, "month 2024-01 is closed" in answer.json()["detail"]) == (409, True)


def test_viewers_read_and_do_not_decide(api, door, waiting):
    door.caller = VIEWER
    assert [api.get("/quarantine").status_code, decide(api, waiting, "ACCEPT").status_code] == [200, 403]


def test_owners_do_neither(api, door, waiting):
    door.caller = OWNER
    assert [api.get("/quarantine").status_code, decide(api, waiting, "ACCEPT").status_code] == [403, 403]


SLICE = {"domain": "OPEN", "month": "2024-01"}


@pytest.fixture
def twice(mart, tmp_path):
    """Billing, portal and same; then billing uses one more, portal is gone, search has come."""
    price_view(mart, tmp_path)
    price(mart, tmp_path, "0.123456789012", "*")
    publish(mart, line(), line(application_id="portal", quantity=Decimal(5)), line(application_id="same"))
    moved = [line(quantity=Decimal(11)), line(application_id="search", quantity=Decimal("0.000000000001"))]
    publish(mart, *moved, line(application_id="same"))
    return mart


def test_versions_are_listed_with_the_one_that_stands_last(api, twice):
    assert [one["version"] for one in api.get("/versions", params=SLICE).json()["items"]] == [1, 2]


def test_a_diff_is_that_of_the_service(api, twice):
    with twice.connect("finops_api") as connection:
        found = restatement(connection, "OPEN", JANUARY)
    told = api.get("/diff", params=SLICE).json()
    assert {one["applicationId"]: Decimal(one["moved"]) for one in told["applications"]} == {
        one.application_id: one.move.moved for one in found.applications
    }
    assert [Decimal(one["after"]) for one in told["totals"]] == [move.after for move in found.totals]


def test_a_diff_says_what_everything_is_called(api, twice):
    with twice.connect("finops_admin") as connection:
        connection.execute("UPDATE dim_application SET application_label = 'Billing' WHERE application_id = 'billing'")
    told = api.get("/diff", params=SLICE).json()
    assert {one["applicationId"]: one["applicationLabel"] for one in told["applications"]}["billing"] == "Billing"
    [changed] = [row for row in told["lines"] if row["change"] == "changed"]
    assert (changed["applicationLabel"], changed["productLabel"]) == ("Billing", "Small VM")
    assert {one["pricingViewId"]: one["pricingViewLabel"] for one in told["totals"]} == {"internal": "Internal"}


def test_lines_of_a_diff_come_in_pages(api, twice):
    first = api.get("/diff", params=SLICE | {"limit": 2}).json()
    second = api.get("/diff", params=SLICE | {"limit": 2, "cursor": first["nextCursor"]}).json()
    changes = [(row["applicationId"], row["change"]) for page in (first, second) for row in page["lines"]]
    assert changes == [("billing", "changed"), ("portal", "removed"), ("search", "added")]
    assert (first["lineCounts"], second["nextCursor"]) == ({"added": 1, "removed": 1, "changed": 1}, None)


@pytest.mark.parametrize(
    ("change", "applications"), [("added", ["search"]), ("removed", ["portal"]), ("changed", ["billing"])]
)
def test_lines_of_a_diff_are_limited_to_a_kind_and_counted_of_all(api, twice, change, applications):
    told = api.get("/diff", params=SLICE | {"change": change, "limit": 1}).json()
    assert ([row["applicationId"] for row in told["lines"]], told["nextCursor"]) == (applications, None)
    assert told["lineCounts"] == {"added": 1, "removed": 1, "changed": 1}


def test_others_have_the_amounts_of_both_versions(api, twice):
    listed = api.get("/diff", params=SLICE).json()["applications"]
    others = api.get("/diff", params=SLICE | {"applications": 0}).json()["otherApplications"]
    sums = [sum(Decimal(one[side] or 0) for one in listed) for side in ("before", "after")]
    assert [Decimal(others["before"]), Decimal(others["after"])] == sums


@pytest.mark.parametrize("shown", [0, 1, 2, 3])
def test_applications_and_others_add_up_to_what_their_view_moves(api, twice, shown):
    told = api.get("/diff", params=SLICE | {"applications": shown}).json()
    parts = [one["moved"] for one in told["applications"]] + [told["otherApplications"]["moved"] or "0"]
    assert (len(parts), sum(map(Decimal, parts))) == (shown + 1, Decimal(told["totals"][0]["moved"]))


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"newer": 9}, 404),
        ({"older": 0}, 422),
        ({"newer": 1}, 409),
        ({"domain": "NONE"}, 404),
        ({"month": "2024-03"}, 404),
        ({"newer": 2**31}, 422),
        ({"pricingView": "none"}, 404),
        ({"change": "moved"}, 422),
    ],
)
def test_what_cannot_be_compared_is_told_so(api, twice, asked, status):
    assert api.get("/diff", params=SLICE | asked).status_code == status


def test_only_the_version_that_stands_of_a_closed_month_is_closed(api, twice):
    publish(twice, line())
    force_closed(twice, JANUARY)
    statuses = [api.get("/diff", params=SLICE | {"newer": one}).json()["totals"][0]["status"] for one in (2, 3)]
    assert statuses == ["provisional", "closed"]


def test_versions_and_diffs_are_not_for_owners(api, door, twice):
    door.caller = OWNER
    assert [api.get(path, params=SLICE).status_code for path in ("/versions", "/diff")] == [403, 403]
