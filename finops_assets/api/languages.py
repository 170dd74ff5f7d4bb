"""Which language a caller is told things in."""

from __future__ import annotations

import re

from starlette.requests import Request

LANGUAGES = ("en", "fr")
# a weight of 0: any language but this one
REFUSED = re.compile(r";q=0(\.0*)?$")


def asked_by(request: Request) -> str:
    """The language of texts: ``lang``, else the first of Accept-Language that there is, else English."""
    accepted = [one.replace(" ", "") for one in request.headers.get("accept-language", "").split(",")]
    wanted = [request.query_params.get("lang") or "", *(one for one in accepted if not REFUSED.search(one))]
    known = (one.strip().split(";")[0].split("-")[0].lower() for one in wanted)
    return next((one for one in known if one in LANGUAGES), "en")
