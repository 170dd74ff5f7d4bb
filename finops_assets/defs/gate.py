"""A gate before Dagster's pages, which ask nobody who they are: foreign web pages do not get through.

Whoever opens such a page while Dagster runs lends it a browser that reaches loopback. The page's requests carry its
own origin, or a host name of its own (DNS rebinding), and those of an image or a link are GET requests, by which
Dagster would execute a mutation. It does not replace authentication: that is a proxy's (docs/operating.md).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import parse_qs, urlsplit

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocketClose

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Gate:
    """ASGI middleware: requests of the hosts' own pages pass, the others are refused before Dagster sees them."""

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        """Let requests to loopback and to these host names through."""
        self._app, self._hosts = app, LOOPBACK | set(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, answer it with 403 or 405, or close its websocket."""
        refusal = self._refusal(scope) if scope["type"] in ("http", "websocket") else None
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await WebSocketClose(code=1008, reason=refusal[1])(scope, receive, send)
        else:
            await PlainTextResponse(refusal[1], status_code=refusal[0])(scope, receive, send)

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get("host", "")
        if _name_of(host) not in self._hosts:
            return 403, f"This server is not {host!r}: add the name to FINOPS_DAGSTER_HOSTS if it is.\n"
        if not _is_of(headers, host):
            return 403, "Refused: the request comes from another site's page.\n"
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and "query" in _asked(scope):
            return 405, "Refused: a GraphQL operation is sent by POST.\n"
        return None


def _is_of(headers: Mapping[str, str], host: str) -> bool:
    """Whether a request is of the host's own pages, or of no page at all."""
    origin = headers.get("origin")
    return origin is None or (origin != "null" and urlsplit(origin).netloc == host)


def _name_of(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _asked(scope: Scope) -> dict[str, list[str]]:
    is_graphql = str(scope["path"]).rstrip("/").endswith("/graphql")
    return parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True) if is_graphql else {}
