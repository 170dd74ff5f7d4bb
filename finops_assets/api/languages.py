"""Which language a caller is told things in."""

from __future__ import annotations

from starlette.requests import Request

LANGUAGES = ("en", "fr")


def asked_by(request: Request) -> str:
    """The language of texts: ``lang``, else the first of Accept-Language that there is, else English."""
    accepted = request.headers.get("accept-language", "").split(",")
    wanted = [request.query_params.get("lang") or "", *accepted]
    known = (one.strip().split(";")[0].split("-")[0].lower() for one in wanted)
    return next((one for one in known if one in LANGUAGES), "en")
