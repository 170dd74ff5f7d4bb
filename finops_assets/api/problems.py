"""Refusals as RFC 9457 problems: what is wrong and what to do, never what is inside."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import psycopg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from psycopg_pool import PoolTimeout, TooManyRequests
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import compile_path

from finops_assets.api import phrases
from finops_assets.api.languages import asked_by
from finops_assets.api.schemas.values import Dto
from finops_assets.closing import Blocker
from finops_assets.errors import (
    Cited,
    FinopsError,
    MartRefused,
    MonthBlocked,
    NothingToExplain,
    NotThere,
    ServerError,
    listing,
)

MEDIA_TYPE = "application/problem+json"
_LOG = logging.getLogger("finops.api")


class Fault(Dto):
    """One thing wrong with what was sent."""

    where: str = Field(description="The parameter, or the place in the body, for instance `body.filters.domains.0`.")
    what: str


class Problem(Dto):
    """An RFC 9457 problem: why nothing was answered, and what to do."""

    type: str = Field(description="`about:blank`, or the kind of problem: `/problems/<kind>`.")
    title: str
    status: int
    detail: str
    instance: str = Field(description="Of this occurrence; the server's log has the same.")
    faults: list[Fault] = Field(
        default=[], description="Every parameter and field whose form is wrong; empty where `detail` says it all."
    )
    blockers: list[str] = Field(default=[], description="What stands in the way, one sentence each.")


class Refused(Exception):
    """A request that is not answered, with its status and what to do about it."""

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(detail)
        self.status, self.kind, self.detail, self.headers, self.more = status, kind, detail, headers, more


class NotModified(Exception):
    """What the caller has is still what there is."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__("not modified")
        self.headers = headers


class Answered(Exception):
    """What is asked for was answered before, and nothing has changed since."""

    def __init__(self, body: bytes, headers: Mapping[str, str]) -> None:
        super().__init__("answered before")
        self.body, self.headers = body, headers


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems a route may answer with, for its description."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in statuses
    }


def add_to(app: FastAPI) -> None:
    """Answer every refusal as a problem."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(NotModified, _not_modified)
    app.add_exception_handler(Answered, _answered)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(FinopsError, _ours)
    app.add_exception_handler(psycopg.errors.QueryCanceled, _too_long)
    app.add_exception_handler(psycopg.errors.LockNotAvailable, _busy)
    for lost in (psycopg.OperationalError, PoolTimeout, TooManyRequests):
        app.add_exception_handler(lost, _no_database)
    app.add_exception_handler(Exception, unexpected)


def problem(
    status: int, kind: str, detail: str, headers: Mapping[str, str] | None = None, *, language: str = "en", **more: Any
) -> JSONResponse:
    """A problem as an answer: its kind in words with dashes, and what to do."""
    told = Problem(
        type=f"/problems/{kind}",
        title=phrases.title(kind, language),
        status=status,
        detail=phrases.wrong(detail, language),
        instance=f"urn:uuid:{uuid4()}",
        **more,
    )
    content = told.model_dump(by_alias=True, mode="json")
    return JSONResponse(content, status, dict(headers or {}), media_type=MEDIA_TYPE)


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return problem(error.status, error.kind, error.detail, error.headers, language=asked_by(request), **error.more)


def _not_modified(request: Request, error: Exception) -> Response:
    assert isinstance(error, NotModified)
    return Response(status_code=304, headers=dict(error.headers))


def _answered(request: Request, error: Exception) -> Response:
    assert isinstance(error, Answered)
    return Response(error.body, media_type="application/json", headers=dict(error.headers))


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    language = asked_by(request)
    faults = [
        Fault(
            where=".".join(map(str, one["loc"])),
            what=phrases.wrong(one["msg"].removeprefix("Value error, "), language),
        )
        for one in error.errors()[:100]
    ]
    first = f"{faults[0].where}: {faults[0].what}" if faults else "the request cannot be read"
    return problem(422, "invalid-request", first, faults=faults, language=language)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_methods_of(request))
    phrase = HTTPStatus(error.status_code).phrase
    kind = phrase.lower().replace(" ", "-")
    return problem(error.status_code, kind, str(error.detail or phrase), headers, language=asked_by(request))


def _methods_of(request: Request) -> list[str]:
    """What an address answers to; the framework names the methods of its first route only."""
    path = request.scope["path"]
    routes = [one for one in iter_route_contexts(request.app.routes) if one.path_format]
    found = [one for one in routes if compile_path(one.path_format or "")[0].fullmatch(path)]
    return sorted({method for one in found for method in one.methods or ()})


def _ours(request: Request, error: Exception) -> Response:
    language = asked_by(request)
    if isinstance(error, NothingToExplain | NotThere):
        return problem(404, "not-found", str(error), language=language)
    if isinstance(error, MonthBlocked):
        return _blocked(error, language)
    if isinstance(error, Cited):
        return _cited(error, language)
    if isinstance(error, ServerError):
        return _no_database(request, error)
    return problem(409 if isinstance(error, MartRefused) else 422, "refused", str(error), language=language)


def _blocked(error: MonthBlocked, language: str) -> Response:
    if language == "en":
        return problem(409, "month-blocked", str(error), blockers=[str(one) for one in error.blockers])
    blockers = [" ; ".join(phrases.of_blocker(one, language)) for one in error.blockers if isinstance(one, Blocker)]
    detail = listing(f"{error.month} ne peut pas être clos", blockers)
    return problem(409, "month-blocked", detail, language=language, blockers=blockers)


def _cited(error: Cited, language: str) -> Response:
    blockers = [phrases.citing(one, language) for one in error.citations]
    detail = str(error)
    if language == "fr":
        cited = ", ".join(phrases.of_citation(one, language) for one in error.citations)
        detail = f"ce qui est cité n'est jamais supprimé ({cited}) : désactivez-le plutôt"
    return problem(409, "refused", detail, language=language, blockers=blockers)


def _too_long(request: Request, error: Exception) -> Response:
    told = "the answer took longer than is allowed: ask for fewer months or groups"
    return problem(503, "too-long", told, language=asked_by(request))


def _busy(request: Request, error: Exception) -> Response:
    told = "somebody else is changing the same: try again"
    return problem(503, "busy", told, {"Retry-After": "5"}, language=asked_by(request))


def _no_database(request: Request, error: Exception) -> Response:
    _LOG.warning("the database does not answer: %s", type(error).__name__)
    told = "the database does not answer: try again"
    return problem(503, "no-database", told, {"Retry-After": "2"}, language=asked_by(request))


def unexpected(request: Request, error: Exception) -> Response:
    """What is answered when nobody foresaw an error; the log gets it whole."""
    answer = problem(500, "unexpected", "something went wrong here; the log of the server has it under this instance")
    _LOG.error("%s %s", request.url.path, bytes(answer.body).decode(), exc_info=error)
    return answer
