"""Who the caller is, as the API sees him."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from finops_assets.api.callers import Caller, Role
from finops_assets.api.reading import caller_of
from finops_assets.api.schemas.values import Dto

router = APIRouter(tags=["caller"])


class Me(Dto):
    """The caller, and what he may do."""

    name: str
    role: Role
    sees_every_application: bool


@router.get("/me")
def me(caller: Annotated[Caller, Depends(caller_of)]) -> Me:
    """Who asks, and what he may do."""
    return Me.model_validate(caller)
