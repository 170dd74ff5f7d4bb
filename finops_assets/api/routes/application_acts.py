"""What administrators do to applications."""

from __future__ import annotations

from fastapi import APIRouter

from finops_assets.api.acting import REFUSALS, Acting
from finops_assets.api.schemas.members import Application, ApplicationAct, ApplicationGift, ApplicationRelabel
from finops_assets.catalog import applications
from finops_assets.postgres.connection import Connection

router = APIRouter(prefix="/applications", tags=["applications"], responses=REFUSALS)


@router.post("/activate")
def activate_application(desk: Acting, act: ApplicationAct) -> Application:
    """Put an application into service: what is spread evenly counts it."""
    with desk.open() as connection:
        applications.activate(connection, act.application_id, person=desk.person, reason=act.reason)
        return _now(connection, act)


@router.post("/deactivate")
def deactivate_application(desk: Acting, act: ApplicationAct) -> Application:
    """Take an application out of service: what is spread evenly leaves it out; what it still uses counts."""
    with desk.open() as connection:
        applications.deactivate(connection, act.application_id, person=desk.person, reason=act.reason)
        return _now(connection, act)


@router.post("/relabel")
def relabel_application(desk: Acting, act: ApplicationRelabel) -> Application:
    """Call an application otherwise."""
    with desk.open() as connection:
        applications.relabel(connection, act.application_id, act.label, person=desk.person, reason=act.reason)
        return _now(connection, act)


@router.post("/give")
def give_application(desk: Acting, act: ApplicationGift) -> Application:
    """Say who owns an application, or that nobody does."""
    with desk.open() as connection:
        applications.give_to(connection, act.application_id, act.owner, person=desk.person, reason=act.reason)
        return _now(connection, act)


@router.post("/release")
def release_application(desk: Acting, act: ApplicationAct) -> Application:
    """Give an application back to the list."""
    with desk.open() as connection:
        _now(connection, act)
        applications.release(connection, act.application_id, person=desk.person, reason=act.reason)
        return _now(connection, act)


def _now(connection: Connection, act: ApplicationAct) -> Application:
    return Application.model_validate(applications.application(connection, act.application_id))
