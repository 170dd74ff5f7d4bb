"""JSON documents of other servers: fetched within a time, of a size, from where the settings say and nowhere else."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

SECONDS = 5
MOST_BYTES = 1_000_000


class Unreachable(Exception):
    """Another server did not give the document it should have."""


class Unwanted(Unreachable):
    """Another server refused what was sent to it."""


class _NoRedirect(HTTPRedirectHandler):
    """Where a server sends us is not where the settings do."""

    def redirect_request(self, *args: object) -> None:
        """Go nowhere."""


_OPENER = build_opener(_NoRedirect)


def document(url: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """The JSON object at an address; Unwanted when the server refuses the credential, else Unreachable."""
    try:
        asked = Request(url, headers={"Accept": "application/json", **(headers or {})})
        with _OPENER.open(asked, timeout=SECONDS) as got:
            text = got.read(MOST_BYTES + 1)
            found = json.loads(text) if len(text) <= MOST_BYTES else None
    except HTTPError as error:
        refused = Unwanted if error.code in (401, 403) else Unreachable
        # without the cause: it may quote what was sent
        raise refused(f"{url} answered {error.code}") from None
    except (OSError, ValueError) as error:
        raise Unreachable(f"{url} did not answer: {type(error).__name__}") from None
    if not isinstance(found, dict):
        raise Unreachable(f"{url} answered something else")
    return found
