"""The API as ``finops api`` serves it, with one route more: a snapshot that asks PostgreSQL for 1."""

from __future__ import annotations

import sys

from fastapi import FastAPI
from fastapi.routing import APIRoute

from finops_assets.api import server
from finops_assets.api.reading import Snapshot

SELECT_1 = "/benchmark/select-1"


def app_from_environment() -> FastAPI:
    """The served application, with the route before its own."""
    app = server.app_from_environment()
    app.router.routes.insert(0, APIRoute(SELECT_1, select_1, methods=["GET"]))
    return app


def select_1(reading: Snapshot) -> dict[str, int]:
    """The least that a request can ask: who he is, a connection, a transaction in his role, one statement."""
    row = reading.connection.execute("SELECT 1 AS one").fetchone()
    assert row is not None
    return row


if __name__ == "__main__":
    server.serve("127.0.0.1", int(sys.argv[1]), int(sys.argv[2]), (), f"{__spec__.name}:app_from_environment")
