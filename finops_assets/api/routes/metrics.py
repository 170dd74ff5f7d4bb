"""``/metrics``: what the mart measures of itself, and what the API counts, for Prometheus."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from finops_assets.api import problems
from finops_assets.api.place import Place
from finops_assets.api.reading import place_of, scraper_of
from finops_assets.operations import metrics
from finops_assets.period import Period

TURN_SECONDS = 5
# scrapers cannot load the database: one at a time
_TURN = threading.Lock()
TEXT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Prometheus' text form, or OpenMetrics.",
        "content": {"text/plain": {}, "application/openmetrics-text": {}},
    }
}

router = APIRouter(tags=["operation"])


@router.get("/metrics", responses=TEXT, response_class=Response, dependencies=[Depends(scraper_of)])
def measured(request: Request) -> Response:
    """The figures of this moment; for whoever asks on this machine, and for callers who see every application."""
    if not _TURN.acquire(timeout=TURN_SECONDS):
        raise problems.Refused(503, "busy", "another scrape is still being answered", headers={"Retry-After": "5"})
    try:
        found = _exposed(place_of(request), request)
    finally:
        _TURN.release()
    return Response(found.body, media_type=None, headers={"Content-Type": found.content_type})


def _exposed(place: Place, request: Request) -> metrics.Exposition:
    today = datetime.now(UTC).astimezone(place.settings.time_zone).date()
    with place.mart.connect("finops_api") as connection:
        of_the_mart = metrics.measure(connection, Period.of(today))
    counted = request.app.state.traffic.collect()
    return metrics.expose([*of_the_mart, *counted], request.headers.get("accept", ""))
