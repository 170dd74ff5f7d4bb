"""A gate before pages of this machine, Dagster's and the API's: foreign web pages do not get through.

Whoever opens such a page while we serve lends it a browser that reaches loopback. The page's requests carry its own
origin, or a host name of its own (DNS rebinding), and those of an image or a link are GET requests, by which Dagster
would execute a mutation. It does not replace authentication.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from urllib.parse import parse_qs, urlsplit

from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def _in_words(status: int, why: str) -> Response:
    return PlainTextResponse(f"{why}\n", status_code=status)


class Gate:
    """ASGI middleware: requests of the hosts' own pages pass, the others are refused before the pages see them."""

    def __init__(
        self,
        app: ASGIApp,
        hosts: Collection[str],
        setting: str = "FINOPS_DAGSTER_HOSTS",
        refusal: Callable[[int, str], Response] = _in_words,
    ) -> None:
        """Let requests to loopback and to these host names through, which ``setting`` names."""
        self._app, self._hosts, self._setting, self._refuse = app, LOOPBACK | set(hosts), setting, refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, answer it with 403 or 405, or close its websocket."""
        refusal = self._refusal(scope) if scope["type"] in ("http", "websocket") else None
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocketClose(code=1008, reason=refusal[1])(scope, receive, send)
        else:
            await self._refuse(*refusal)(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get("host", "")
        if _name_of(host) not in self._hosts:
            return 403, f"This server is not {host[:300]!r}: add the name to {self._setting} if it is."
        if not _is_of(headers, host):
            return 403, "Refused: the request comes from another site's page."
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and "query" in _asked(scope):
            return 405, "Refused: a GraphQL operation is sent by POST."
        return None


def _is_of(headers: Mapping[str, str], host: str) -> bool:
    """Whether a request is of the host's own pages, or of no page at all."""
    origin = headers.get("origin")
    return origin is None or (origin != "null" and _netloc(origin) == host)


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _name_of(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _asked(scope: Scope) -> dict[str, list[str]]:
    is_graphql = str(scope["path"]).rstrip("/").endswith("/graphql")
    return parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True) if is_graphql else {}
