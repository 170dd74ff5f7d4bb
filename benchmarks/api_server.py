"""The API as ``finops api`` serves it, with one route more: ``/select-1``, which asks the database for nothing."""

from __future__ import annotations

import sys

import uvicorn
from fastapi import FastAPI, Response

from finops_assets.api import server
from finops_assets.api.reading import Snapshot

LIMIT = "/select-1"


def app() -> FastAPI:
    """The application of the environment, and the limit: same gate, same caller, same snapshot, no work."""
    made = server.app_from_environment()
    made.add_api_route(LIMIT, _select_1, methods=["GET"])
    return made


def _select_1(reading: Snapshot, number: int = 0) -> Response:
    reading.connection.execute("SELECT 1").fetchone()
    return Response(b'{"one":1}', media_type="application/json")


def main(port: str, workers: str) -> None:
    """Serve until terminated."""
    uvicorn.run(
        "benchmarks.api_server:app",
        factory=True,
        host="127.0.0.1",
        port=int(port),
        workers=int(workers),
        http=server.HurriedProtocol,
        ws="none",
        log_config=None,
        access_log=False,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
