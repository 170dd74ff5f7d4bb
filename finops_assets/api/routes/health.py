"""Whether the process lives, and whether it can answer."""

from __future__ import annotations

from fastapi import APIRouter, Request

from finops_assets.api.reading import place_of
from finops_assets.api.schemas.values import Dto
from finops_assets.postgres.queries import query

router = APIRouter(tags=["operation"])


class Health(Dto):
    """It lives."""

    status: str


class Ready(Health):
    """It can answer, and how often what it shows has changed."""

    change_number: int


@router.get("/health")
def health() -> Health:
    """The process answers; nothing else is asked."""
    return Health(status="ok")


@router.get("/ready")
def ready(request: Request) -> Ready:
    """The database answers too; 503 when it does not."""
    with place_of(request).pool.connection(timeout=2) as connection, connection.transaction():
        row = connection.execute(query("api/ready")).fetchone()
    assert row is not None
    return Ready(status="ok", change_number=row["change_number"])
