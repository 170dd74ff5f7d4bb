"""What ``docs/openapi.json`` says beyond the routes themselves: credentials, entity tags, the shape of problems."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from pydantic.json_schema import models_json_schema

from finops_assets.api.problems import Problem, answers
from finops_assets.api.reading import admin_of, caller_of, reading, scraper_of, viewer_of

SCHEMES = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "A user's token of Backstage or of the OIDC provider, or an API key (`fk_…`).",
    },
    "apiKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "An API key (`fk_…`), made by `finops key create`.",
    },
}
# on loopback the person at the machine needs none
SECURITY: list[dict[str, list[str]]] = [{"bearer": []}, {"apiKey": []}, {}]
ETAG = {
    "description": "Of this answer as this caller sees it: send it as `If-None-Match`.",
    "schema": {"type": "string"},
}
NOT_MODIFIED = {"description": "What the caller has is still what there is.", "headers": {"ETag": ETAG}}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of an earlier answer: 304 when it still holds.",
    "schema": {"type": "string"},
}


WHO = {
    viewer_of: "For viewers and administrators: it shows every application. Owners are told 403.",
    admin_of: "For administrators. Viewers and owners are told 403.",
}


class Described(FastAPI):
    """An application that describes itself whole."""

    def openapi(self) -> dict[str, Any]:
        """What ``docs/openapi.json`` holds, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = _whole(self, super().openapi())
        return self.openapi_schema


def routes_of(app: FastAPI) -> list[RouteContext]:
    """The routes that are described."""
    found = iter_route_contexts(app.routes)
    return [route for route in found if isinstance(route.original_route, APIRoute) and route.include_in_schema]


def needs(route: RouteContext, dependency: object) -> bool:
    """Whether answering a route takes a dependency, at any depth."""
    return any(one.call is dependency for one in _dependants(route.dependant))


def _whole(app: FastAPI, told: dict[str, Any]) -> dict[str, Any]:
    components = told.setdefault("components", {})
    components["securitySchemes"] = SCHEMES
    _, shapes = models_json_schema([(Problem, "serialization")], ref_template="#/components/schemas/{model}")
    components.setdefault("schemas", {}).update(shapes["$defs"])
    for route in routes_of(app):
        assert route.path_format is not None
        for method in route.methods or ():
            _complete(told["paths"][route.path_format][method.lower()], route, method)
    return told


def _complete(operation: dict[str, Any], route: RouteContext, method: str) -> None:
    """Say of one operation which credentials it takes, and when its answer is known already."""
    asks_who = needs(route, caller_of) or needs(route, scraper_of)
    operation["security"] = SECURITY if asks_who else []
    if not asks_who:
        for status in ("401", "403"):
            operation["responses"].pop(status, None)
    for dependency, who in WHO.items():
        if needs(route, dependency):
            operation["description"] = f"{operation.get('description', '')}\n\n{who}".strip()
    if "requestBody" not in operation:
        operation["responses"].pop("413", None)
    else:
        operation["responses"] |= {str(status): one for status, one in answers(400, 408).items()}
    if method == "GET" and needs(route, reading):
        operation["responses"]["304"] = NOT_MODIFIED
        operation["responses"]["200"].setdefault("headers", {})["ETag"] = ETAG
        operation.setdefault("parameters", []).append(IF_NONE_MATCH)


def _dependants(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for one in dependant.dependencies:
        yield from _dependants(one)
