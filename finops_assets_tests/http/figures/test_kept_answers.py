"""Answers are kept for whoever may have them, as long as nothing changes."""

from __future__ import annotations

import json

import pytest

from finops_assets.api.kept import Kept, kept_answers, kept_reads
from finops_assets_tests.factories import ask
from finops_assets_tests.http import company
from finops_assets_tests.http.conftest import ADMIN, VIEWER
from finops_assets_tests.http.figures.asking import OWNER

PATHS = ["/dashboard", "/domains", "/domains/SUPPORT", "/applications", "/applications/portal", "/rankings", "/history"]


@pytest.mark.parametrize("path", PATHS)
def test_answer_that_was_kept_is_the_same_to_the_byte(api, filled, path):
    asked = {"month": "2024-02", "lang": "fr"}
    first, second = api.get(path, params=asked), api.get(path, params=asked)
    assert (second.status_code, second.content) == (200, first.content)
    assert {**second.headers} == {**first.headers}


@pytest.mark.parametrize("path", PATHS)
def test_what_was_kept_for_one_is_not_for_another(api, filled, door, path):
    whole = api.get(path, params={"month": "2024-01"}).json()
    door.caller = OWNER
    for _ in range(2):
        text = api.get(path, params={"month": "2024-01"}).text
        assert not [name for name in ("billing", "UNASSIGNED", "team-money") if name in text]
    assert whole["months"] == {"from": "2024-01", "to": "2024-01"}


def test_what_pages_have_in_common_is_read_once_for_each_sight(api, filled, door):
    reads = api.app.state.kept_reads = kept_reads()
    api.app.state.kept_answers = kept_answers()
    for caller in (ADMIN, VIEWER, OWNER):
        door.caller = caller
        for path in ("/dashboard", "/domains", "/domains/OPEN", "/domains/SUPPORT"):
            assert api.get(path, params={"month": "2024-01"}).status_code == 200
    kept = [(sight, question[0]) for (_, sight), question in reads._values]
    assert sorted(kept) == sorted(
        (sight, what)
        for sight in ("*", json.dumps(sorted(OWNER.principals)))
        for what in ("view", "standing", "costs by month and domain", "trends")
    )


def test_kept_answer_is_forgotten_when_something_changes(api_of, mart, tmp_path):
    company.price_view(mart, tmp_path)
    api = api_of(mart)
    assert [one["isEnabled"] for one in api.get("/domains").json()["domains"]] == [False] * 6
    ask(mart, "UPDATE dim_domain SET is_enabled = TRUE", role="finops_admin")
    assert [one["isEnabled"] for one in api.get("/domains").json()["domains"]] == [True] * 6


def test_what_was_asked_for_longest_ago_is_forgotten_first():
    kept = Kept(10, len)
    kept.keep("a", b"12345")
    kept.keep("b", b"12345")
    assert kept.get("a") == b"12345"
    kept.keep("c", b"1")
    assert [kept.get(tag) for tag in "abc"] == [b"12345", None, b"1"]
    kept.keep("d", b"12345678901")
    assert [kept.get(tag) for tag in "acd"] == [b"12345", b"1", None]


@pytest.mark.parametrize("path", PATHS)
def test_parameter_that_there_is_not_is_refused_by_name(api, filled, path):
    answer = api.get(path, params={"pricingview": "yen"})
    assert (answer.status_code, "'pricingview'" in answer.json()["detail"]) == (422, True)
    assert "pricingView" in answer.json()["detail"]
