"""Thousands of requests made by schemathesis from the API's own description, to the real application on a real mart.

No answer is a server error, has a status that is not described, or a form that is not. Half of the requests keep the
description, half break it; known ids are mixed in, so that answers are not all refusals. ``FINOPS_TEST_CASES=10000``
asks so many, of other seeds.
"""

from __future__ import annotations

import os
import warnings

import pytest
import schemathesis
import time_machine
from fastapi.testclient import TestClient
from httpx2 import InvalidURL
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS, load_all_checks

from finops_assets.api.app import create_app
from finops_assets.api.place import Place, pool_of
from finops_assets_tests.factories import new_mart
from finops_assets_tests.http import company
from finops_assets_tests.http.conftest import ADMIN, OWNER, Door
from finops_assets_tests.http.openapi_dump import described

CASES = int(os.environ.get("FINOPS_TEST_CASES", "2000"))
GROUPS = 4
BASE = "http://127.0.0.1"
# names of parameters and fields, and what there is of them
KNOWN = {
    "domainId": ["OPEN", "CLOUD", "SUPPORT", "AUDIT"],
    "productId": ["vm-small", "disk", "mystery"],
    "applicationId": ["billing", "portal", "search", "UNASSIGNED"],
    "pricingViewId": ["internal", "yen"],
    "month": ["2024-01", "2024-02", "2024-03", "2024-04"],
    "form": ["csv", "parquet", "focus-csv"],
    "reason": ["tried"],
    "familyId": ["compute", "storage"],
}
ALIKE = {
    "domain": "domainId",
    "product": "productId",
    "application": "applicationId",
    "pricingView": "pricingViewId",
    "before": "pricingViewId",
    "after": "pricingViewId",
    "from": "month",
    "to": "month",
    "fromMonth": "month",
}
KNOWN |= {name: KNOWN[other] for name, other in ALIKE.items()}
NAMES = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")


def operations():
    """Every operation of the description."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        schema = schemathesis.openapi.from_dict(described())
    return [result.ok() for result in schema.get_all_operations()]


load_all_checks()
CHECKED = [CHECKS.get_one(name) for name in NAMES]
OPERATIONS = operations()


def some_known(draw, part):
    """A part of a request with some of what it names taken from what there is."""
    if not isinstance(part, dict):
        return part
    return {
        name: draw(st.sampled_from(KNOWN[name])) if name in KNOWN and draw(st.booleans()) else value
        for name, value in part.items()
    }


@st.composite
def requests(draw, operation):
    """A request to an operation that keeps its description, or breaks it."""
    modes = [schemathesis.GenerationMode.POSITIVE]
    if any((operation.query, operation.path_parameters, operation.body)):
        modes.append(schemathesis.GenerationMode.NEGATIVE)
    case = draw(st.sampled_from(modes).flatmap(lambda mode: operation.as_strategy(generation_mode=mode)))
    for part in ("path_parameters", "query", "body"):
        setattr(case, part, some_known(draw, getattr(case, part)))
    return case


@pytest.fixture(scope="module")
def served(server_url, template, tmp_path_factory):
    """A client of the application on a company of three months, and the door that says who asks."""
    folder, door = tmp_path_factory.mktemp("generated"), Door()
    (folder / "sources").mkdir()
    with time_machine.travel("2024-04-05T12:00:00Z", tick=True), new_mart(server_url, template) as mart:
        kept = company.settings_of(mart, folder)
        company.build(mart, kept, folder)
        company.grant(mart, OWNER.principals[0], "portal")
        with TestClient(create_app(Place(kept, mart, pool_of(mart, 2), door)), base_url=BASE) as client:
            yield client, door


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param(one, id=one.label, marks=pytest.mark.xdist_group(f"generated-{place % GROUPS}"))
        for place, one in enumerate(OPERATIONS)
    ],
)
def test_every_answer_is_as_described(served, operation):
    client, door = served

    @settings(
        max_examples=-(-CASES // len(OPERATIONS)),
        derandomize=CASES == 2000,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(requests(operation), st.sampled_from([ADMIN, OWNER]))
    def ask(case, caller):
        door.caller = caller
        try:
            answer = client.request(**case.as_transport_kwargs(base_url=BASE))
        except (InvalidURL, UnicodeEncodeError):  # the client's own limits
            reject()
        case.validate_response(answer, checks=CHECKED)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ask()
