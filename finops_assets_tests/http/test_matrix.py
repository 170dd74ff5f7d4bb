"""Every route, asked by every role about its own application and about another's: what each is answered.

The table is the rule. A route of the application that is missing in it fails the first test.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from fastapi.testclient import TestClient

from finops_assets.api.app import create_app
from finops_assets.api.configuration import ApiSettings
from finops_assets.api.doors.entrance import entrance
from finops_assets.api.place import Place, pool_of
from finops_assets.catalog import api_keys
from finops_assets.catalog.api_keys import KeyRole
from finops_assets_tests.factories import new_mart
from finops_assets_tests.http.company import build, settings_of
from finops_assets_tests.http.openapi_dump import described

OWN, OTHER = "portal", "billing"
PRINCIPAL = "team-web"  # the owner of portal and search, as the company has them
ROLES = ("anonymous", "owner", "viewer", "admin")

# for whom, in the order of the roles
EVERYBODY = (200, 200, 200, 200)
KNOWN = (401, 200, 200, 200)
VIEWERS = (401, 403, 200, 200)
ADMINS = (401, 403, 403, 200)
# an application that one may not see is one that is not there: not found, or an unknown name
HIDDEN = (401, 404, 200, 200)
UNKNOWN = (401, 422, 200, 200)


def admins(status):
    """What an administrator is answered where others are refused: it may be that the mart refuses him."""
    return (401, 403, 403, status)


@dataclass(frozen=True)
class Case:
    """A request, and what each role is answered."""

    operation: str
    statuses: tuple[int, int, int, int]
    path: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] | None = None

    def __str__(self) -> str:
        about = {**self.path, **self.query, **(self.body or {})}
        return " ".join([self.operation, *(str(one) for one in about.values() if one in (OWN, OTHER))])


def of(operation, own, other=UNKNOWN, **more):
    """The same request about one's own application and about another's."""
    return [
        Case(operation, statuses, query={"application": name, **more})
        for name, statuses in ((OWN, own), (OTHER, other))
    ]


PRODUCT = {"domainId": "OPEN", "productId": "vm-small", "reason": "tried"}
SOURCE = {"month": "2024-02", "domain": "OPEN"}
MONTHS = {"from": "2024-01", "to": "2024-03"}
MATRIX = [
    Case("GET /health", EVERYBODY),
    Case("GET /ready", EVERYBODY),
    Case("GET /metrics", VIEWERS),
    Case("GET /me", KNOWN),
    Case("GET /dashboard", KNOWN),
    *of("GET /dashboard", KNOWN),
    Case("GET /domains", KNOWN),
    *of("GET /domains", KNOWN),
    Case("GET /domains/{domainId}", KNOWN, {"domainId": "OPEN"}),
    Case("GET /domains/{domainId}/checklist", VIEWERS, {"domainId": "OPEN"}),
    Case("PATCH /domains/{domainId}", ADMINS, {"domainId": "OPEN"}, body={"isEnabled": True}),
    Case("GET /applications", KNOWN),
    *of("GET /applications", KNOWN),
    Case("GET /applications/{applicationId}", KNOWN, {"applicationId": OWN}),
    Case("GET /applications/{applicationId}", HIDDEN, {"applicationId": OTHER}),
    Case("POST /aggregate", KNOWN, body=MONTHS | {"groupBy": ["application"]}),
    *(
        Case("POST /aggregate", statuses, body=MONTHS | {"filters": {"applications": [name]}})
        for name, statuses in ((OWN, KNOWN), (OTHER, UNKNOWN))
    ),
    Case("GET /rankings", KNOWN),
    *of("GET /rankings", KNOWN),
    Case("GET /history", KNOWN, query={"of": "domain", "id": "OPEN"}),
    *(
        Case("GET /history", statuses, query={"of": "application", "id": name})
        for name, statuses in ((OWN, KNOWN), (OTHER, HIDDEN))
    ),
    Case("GET /months", KNOWN),
    Case("GET /months/{month}", KNOWN, {"month": "2024-01"}),
    Case("GET /months/{month}/statement", KNOWN, {"month": "2024-01"}),
    Case("GET /pricing-views", KNOWN),
    Case("GET /pricing-views/compare", VIEWERS, query=MONTHS | {"before": "internal", "after": "internal"}),
    Case("GET /pricing-views/{pricingViewId}/prices", VIEWERS, {"pricingViewId": "internal"}),
    Case("GET /products", VIEWERS),
    Case("GET /products/history", VIEWERS, query={"domain": "OPEN", "product": "vm-small"}),
    Case("GET /quarantine", VIEWERS),
    Case("GET /versions", VIEWERS, query=SOURCE),
    # of the first version there is no difference yet
    Case("GET /diff", (401, 403, 409, 409), query=SOURCE),
    Case("GET /audit", VIEWERS),
    Case("GET /exports/{form}", KNOWN, {"form": "csv"}, MONTHS),
    *(
        Case("GET /exports/{form}", statuses, {"form": "csv"}, MONTHS | {"application": name})
        for name, statuses in ((OWN, KNOWN), (OTHER, HIDDEN))
    ),
    *of("GET /lineage", KNOWN, HIDDEN, month="2024-02"),
    *of("GET /lineage/lines", KNOWN, HIDDEN, product="vm-small", **SOURCE),
    Case("DELETE /products", admins(409), query={"domain": "OPEN", "product": "vm-small"}),
    *(
        Case(f"POST /products/{act}", ADMINS, body=PRODUCT | more)
        for act, more in {
            "activate": {},
            "deactivate": {},
            "decommission": {"on": "2030-01-31"},
            "move": {"familyId": "compute", "fromMonth": "2024-04"},
            "relabel": {"label": "VM", "fromMonth": "2024-04"},
            "release": {},
        }.items()
    ),
    *(
        Case(f"POST /applications/{act}", ADMINS, body={"applicationId": name, "reason": "tried", **more})
        for name in (OWN, OTHER)
        for act, more in {
            "activate": {},
            "deactivate": {},
            "give": {"owner": PRINCIPAL if name == OWN else "team-money"},
            "relabel": {"label": "Label"},
            "release": {},
        }.items()
    ),
    Case("POST /months/{month}/close", admins(409), {"month": "2024-03"}, body={"reason": "tried"}),
    Case("POST /months/{month}/reopen", ADMINS, {"month": "2024-01"}, body={"reason": "tried"}),
    Case("POST /quarantine/decisions", admins(404), body={"ids": [1], "verdict": "REJECT", "reason": "tried"}),
]


@pytest.fixture(scope="module")
def company(server_url, template, tmp_path_factory):
    """A client, and the headers of each role: keys of an owner, a viewer and an administrator."""
    folder = tmp_path_factory.mktemp("matrix")
    (folder / "sources").mkdir()
    with time_machine.travel(datetime(2024, 4, 5, 12, tzinfo=UTC)), new_mart(server_url, template) as mart:
        settings = settings_of(mart, folder)
        build(mart, settings, folder)
        made = {"owner": (KeyRole.OWNER, [PRINCIPAL]), "viewer": (KeyRole.VIEWER, []), "admin": (KeyRole.ADMIN, [])}
        with mart.connect("finops_admin") as connection:
            keys = {
                name: api_keys.create(connection, name, role, principals=principals)
                for name, (role, principals) in made.items()
            }
        configured, pool = ApiSettings.from_environment({"FINOPS_API_HOSTS": "finops.example.org"}), pool_of(mart, 2)
        app = create_app(Place(settings, mart, pool, entrance(configured, pool), configured.hosts))
        with TestClient(app, base_url="https://finops.example.org") as client:
            yield client, {"anonymous": {}} | {name: {"X-API-Key": key} for name, key in keys.items()}


def answered(company, case, role):
    client, headers = company
    method, _, path = case.operation.partition(" ")
    return client.request(method, path.format(**case.path), params=case.query, json=case.body, headers=headers[role])


def test_the_matrix_has_every_route():
    routes = {f"{method.upper()} {path}" for path, ways in described()["paths"].items() for method in ways}
    assert {case.operation for case in MATRIX} == routes


# what an act may do comes last: what others are refused has then changed nothing
@pytest.mark.parametrize("case", MATRIX, ids=str)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_answered_as_the_matrix_says(company, case, role):
    answer = answered(company, case, role)
    assert answer.status_code == case.statuses[ROLES.index(role)], answer.text
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"


def of_nowhere(case):
    """The same request about an application that there is not."""
    return replace(case, **{part: renamed(getattr(case, part)) for part in ("path", "query", "body")})


def renamed(part):
    if isinstance(part, dict):
        return {name: renamed(value) for name, value in part.items()}
    if isinstance(part, list):
        return [renamed(value) for value in part]
    return "nowhere" if part == OTHER else part


@pytest.mark.parametrize("case", [case for case in MATRIX if case.statuses in (HIDDEN, UNKNOWN)], ids=str)
def test_what_is_hidden_is_answered_as_what_is_not_there(company, case):
    hidden, absent = (answered(company, one, "owner").json() for one in (case, of_nowhere(case)))
    assert hidden | {"instance": "", "detail": hidden["detail"].replace(OTHER, "nowhere")} == absent | {"instance": ""}
