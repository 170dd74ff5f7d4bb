"""Domains go live, or stop: by a person. What they should have before is a checklist."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from finops_assets import audit, catalog
from finops_assets.api import phrases
from finops_assets.api.acting import REFUSALS, Acting
from finops_assets.api.problems import Refused, answers
from finops_assets.api.reading import Snapshot, viewer_of
from finops_assets.api.schemas.members import Checklist, ChecklistItem, DomainAdministered, DomainChange
from finops_assets.api.schemas.values import Name
from finops_assets.catalog import DomainRow
from finops_assets.operations import checklist
from finops_assets.postgres.connection import Connection

router = APIRouter(prefix="/domains", tags=["domains"])
DomainId = Annotated[Name, Path(alias="domainId")]


@router.patch("/{domainId}", responses=REFUSALS)
def change_domain(desk: Acting, domain: DomainId, change: DomainChange) -> DomainAdministered:
    """Let a domain run, or stop its new runs, and say which its first month is; computed months stay visible.

    Where Dagster's daemon runs, a domain that is turned on is run within a minute, from its first month on.
    """
    with desk.open() as connection, audit.acting(connection, desk.person, change.reason):
        known = _known(connection, domain)[domain]
        is_enabled = known.is_enabled if change.is_enabled is None else change.is_enabled
        catalog.set_enabled(connection, domain, is_enabled=is_enabled, available_from=change.available_from)
        return _administered(_known(connection, domain), domain)


@router.get("/{domainId}/checklist", responses=answers(404), dependencies=[Depends(viewer_of)])
def domain_checklist(reading: Snapshot, domain: DomainId) -> Checklist:
    """What a domain should have before it goes live, met or not."""
    _known(reading.connection, domain)
    items = checklist.checklist(reading.connection, domain)
    return Checklist(
        domain_id=domain,
        items=[
            ChecklistItem(
                title=phrases.of_check(item.title, reading.language),
                is_met=item.is_met,
                text=phrases.of_check(item.told, reading.language),
            )
            for item in items
        ],
    )


def _known(connection: Connection, domain: str) -> dict[str, DomainRow]:
    """Every domain by id, the one that is asked for among them."""
    known = catalog.domains(connection)
    if domain not in known:
        there = ", ".join(known)
        raise Refused(404, "not-found", f"domain {domain!r} is unknown: there are {there}")
    return known


def _administered(known: dict[str, DomainRow], domain: str) -> DomainAdministered:
    return DomainAdministered.model_validate({**vars(known[domain]), "place": list(known).index(domain)})
