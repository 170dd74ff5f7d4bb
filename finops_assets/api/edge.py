"""Around every request: who may reach us, how much may be sent and how slowly, what browsers are told, the log."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from http import HTTPStatus

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from finops_assets import events
from finops_assets.api.languages import asked_by
from finops_assets.api.problems import problem, unexpected
from finops_assets.api.traffic import Traffic
from finops_assets.gate import Gate

MOST_BYTES = 1_000_000
BODY_SECONDS = 20
SEND_SECONDS = 60
# asked all the time by what watches us
WATCHED = ("/health", "/ready", "/metrics")
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; connect-src 'self'; font-src 'self' data:; "
    "img-src 'self' data:; style-src 'self' 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
}
_ADDED = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]


def add_to(app: FastAPI, hosts: Collection[str]) -> None:
    """Put the edge around an application that answers to these names besides loopback."""
    traffic = app.state.traffic = Traffic()
    app.add_middleware(Limits)
    app.add_middleware(Gate, hosts=hosts, setting="FINOPS_API_HOSTS", refusal=_refused)
    app.add_middleware(Watch, traffic=traffic)


def _refused(status: int, why: str) -> Response:
    return problem(status, "foreign-page", why)


class Watch:
    """ASGI middleware: logs and counts every request, adds the security headers, and answers what nobody foresaw."""

    def __init__(self, app: ASGIApp, traffic: Traffic) -> None:
        self._app, self._traffic = app, traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and tell of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, status = time.perf_counter(), 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", []), *_ADDED]
            await asyncio.wait_for(send(message), SEND_SECONDS)

        try:
            await self._answered(scope, receive, watched, lambda: status > 0)
        finally:
            self._tell(scope, status, time.perf_counter() - begun)

    async def _answered(self, scope: Scope, receive: Receive, send: Send, has_begun: Callable[[], bool]) -> None:
        try:
            await self._app(scope, receive, send)
        except Exception as error:
            # half an answer cannot become a problem: the connection is broken off, so that nobody takes it for whole
            answer = unexpected(Request(scope), error)
            if has_begun():
                raise
            await answer(scope, receive, send)

    def _tell(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path_format", "none")
        self._traffic.count(scope["method"], route, status, seconds)
        if scope["path"] in WATCHED and status == HTTPStatus.OK:
            return
        caller = scope.get("state", {}).get("caller")
        events.emit(
            events.Event.REQUEST_ANSWERED,
            caller=getattr(caller, "name", None),
            way=getattr(caller, "way", None),
            method=scope["method"],
            path=scope["path"],
            status=status or "aborted",
            ms=round(seconds * 1000, 1),
        )


class Limits:
    """ASGI middleware: an address holds no NUL; a body is neither too large, told or not, nor sent too slowly."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on whose body is counted while it is read; 413 at once where its length is told."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif "\0" in scope["path"] or b"%00" in scope["query_string"]:
            told = "a NUL character is in no name"
            await problem(422, "invalid-request", told, language=asked_by(Request(scope)))(scope, receive, send)
        elif _told_length(scope) > MOST_BYTES:
            await problem(413, "too-large", _TOO_LARGE, {"Connection": "close"})(scope, receive, send)
        else:
            await self._app(scope, _counted(receive), send)


_TOO_LARGE = f"a body has at most {MOST_BYTES} bytes"


def _told_length(scope: Scope) -> int:
    told = [value for name, value in scope["headers"] if name == b"content-length"]
    return max((int(value) for value in told if value.isdigit()), default=0)


def _counted(receive: Receive) -> Receive:
    read, deadline = 0, time.monotonic() + BODY_SECONDS
    is_whole = False

    async def counted() -> Message:
        nonlocal read, is_whole
        if is_whole:
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), max(0.0, deadline - time.monotonic()))
        except TimeoutError:
            raise HTTPException(408, f"the body has not come within {BODY_SECONDS} seconds") from None
        read += len(message.get("body", b""))
        is_whole = not message.get("more_body", False)
        if read > MOST_BYTES:
            raise HTTPException(413, _TOO_LARGE, {"Connection": "close"})
        return message

    return counted
