"""Ask Dagster's web server to read the definitions again, as its Reload button does.

The daemon that serves a workspace of its own reads it again every minute, unasked; the web server does not. Where
both use one code server (``dagster dev``, ``dagster code-server``), this reaches them both.
"""

from __future__ import annotations

import json
from http.client import HTTPException
from typing import Any
from urllib.request import Request, urlopen

from finops_assets import events

LOCATION = "finops_assets"
ANSWER_SECONDS = 45

_MUTATION = """
mutation ($location: String!) {
  reloadRepositoryLocation(repositoryLocationName: $location) {
    __typename
    ... on WorkspaceLocationEntry { locationOrLoadError { __typename } }
  }
}
"""


def reload_definitions(url: str | None) -> str:
    """Ask for a reload; the answer is what was done about it, for people."""
    if url is None:
        return "reload the code location on the Deployment page (no FINOPS_DAGSTER_URL to ask)"
    place = events.without_secrets(url)
    try:
        outcome = _ask(url)
        loaded = (outcome.get("locationOrLoadError") or outcome)["__typename"]
    except (OSError, HTTPException, ValueError, LookupError, TypeError, AttributeError) as error:
        told = events.without_secrets(repr(error))
        return f"{place} could not be asked to reload ({told}): reload the code location on its Deployment page"
    if loaded != "RepositoryLocation":
        return f"{place} did not reload ({loaded}): see its Deployment page"
    return f"{place} has reloaded"


def _ask(url: str) -> dict[str, Any]:
    """What the mutation gives back."""
    body = json.dumps({"query": _MUTATION, "variables": {"location": LOCATION}}).encode()
    request = Request(f"{url.rstrip('/')}/graphql", body, {"Content-Type": "application/json"})
    with urlopen(request, timeout=ANSWER_SECONDS) as answer:
        outcome: dict[str, Any] = json.load(answer)["data"]["reloadRepositoryLocation"]
    return outcome
