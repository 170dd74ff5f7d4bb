"""``docs/openapi.json`` is what the application says of itself, and says everything."""

from __future__ import annotations

import json
import re

import pytest

from finops_assets.settings import CHECKOUT
from finops_assets_tests.http.openapi_dump import described, text

TOLD = described()
OPERATIONS = [(f"{method.upper()} {path}", one) for path, ways in TOLD["paths"].items() for method, one in ways.items()]
OPEN = {"GET /health", "GET /ready"}
each = pytest.mark.parametrize(("name", "operation"), OPERATIONS, ids=[name for name, _ in OPERATIONS])


def test_the_committed_description_is_the_applications():
    committed = (CHECKOUT / "docs" / "openapi.json").read_text("utf-8")
    assert committed == text(), "python -m finops_assets_tests.http.openapi_dump > docs/openapi.json"


def test_every_reference_leads_somewhere():
    shapes = {f"#/components/schemas/{name}" for name in TOLD["components"]["schemas"]}
    assert {"#/components/schemas/Problem", "#/components/schemas/Fault"} <= shapes
    assert not [part for part in json.dumps(TOLD).split('"') if part.startswith("#/") and part not in shapes]


def test_shapes_have_plain_names():
    assert not [name for name in TOLD["components"]["schemas"] if "__" in name or "-" in name or name == "Period"]


@each
def test_an_operation_says_who_may_ask_and_what_is_refused(name, operation):
    answered = set(operation["responses"])
    assert "503" in answered
    if name in OPEN:
        assert operation["security"] == []
        assert not {"401", "403"} & answered
    else:
        assert operation["security"] == [{"bearer": []}, {"apiKey": []}, {}]
        assert {"401", "403", "422"} <= answered
    if "requestBody" in operation:
        assert {"400", "408", "413"} <= answered


@each
def test_an_operation_and_its_parameters_are_explained(name, operation):
    assert operation["description"].strip()
    assert operation["tags"]
    assert operation["operationId"].isidentifier()


def test_the_page_on_calling_it_calls_what_there_is(api):
    page = (CHECKOUT / "docs" / "api.md").read_text("utf-8")
    called = re.findall(r"http://127\.0\.0\.1:3100(/\w+)(\?[^\s\"]+)?", page)
    assert len(called) >= 5
    for path, query in called:
        operation = next(iter(TOLD["paths"][path].values()))
        names = {one["name"] for one in operation.get("parameters", [])}
        assert set(re.findall(r"[?&](\w+)=", query)) <= names
    (body,) = re.findall(r"-d '(.*)'", page)
    assert api.post("/aggregate", json=json.loads(body)).status_code in (200, 404)


def test_operations_have_names_of_their_own():
    names = [operation["operationId"] for _, operation in OPERATIONS]
    assert len(set(names)) == len(names)


def test_the_page_for_people_names_every_operation_and_loads_nothing(api):
    page = api.get("/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert not [one["operationId"] for _, one in OPERATIONS if f"<details id={one['operationId']}>" not in page.text]
    assert "<script" not in page.text
    assert "://" not in page.text.replace("http://127.0.0.1", "")


def test_a_month_that_is_a_number_is_told_how_to_be_written(api):
    answer = api.post("/aggregate", json={"from": 202601, "to": "2026-01"})
    (fault,) = answer.json()["faults"]
    assert (answer.status_code, fault["what"]) == (
        422,
        "202601 is not a month: write YYYY-MM, for instance 2025-03",
    )
