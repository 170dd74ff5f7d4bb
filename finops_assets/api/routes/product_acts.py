"""What administrators do to products. Saying the same again changes nothing, and is recorded once."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from finops_assets.api.acting import REFUSALS, Acting, Desk
from finops_assets.api.schemas.members import (
    Decommission,
    Decommissioned,
    Deletion,
    Product,
    ProductAct,
    ProductMove,
    ProductRelabel,
)
from finops_assets.catalog import products
from finops_assets.catalog.products import Key
from finops_assets.postgres.connection import Connection

router = APIRouter(prefix="/products", tags=["products"], responses=REFUSALS)


@router.post("/activate")
def activate_product(desk: Acting, act: ProductAct) -> Product:
    """Put a product into service, without an end date."""
    with desk.open() as connection:
        products.activate(connection, _key(act), person=desk.person, reason=act.reason)
        return _now(desk, connection, act)


@router.post("/deactivate")
def deactivate_product(desk: Acting, act: ProductAct) -> Product:
    """Take a product out of service; what is still used of it counts."""
    with desk.open() as connection:
        products.deactivate(connection, _key(act), person=desk.person, reason=act.reason)
        return _now(desk, connection, act)


@router.post("/decommission")
def decommission_product(desk: Acting, act: Decommission) -> Decommissioned:
    """End a product on a day: lines of later months are quarantined when those are run."""
    with desk.open() as connection:
        later = products.decommission(connection, _key(act), act.on, desk.today, person=desk.person, reason=act.reason)
        return Decommissioned(product=_now(desk, connection, act), later_months=later)


@router.post("/relabel")
def relabel_product(desk: Acting, act: ProductRelabel) -> Product:
    """Call a product otherwise from a month on; earlier months keep the label of then."""
    with desk.open() as connection:
        products.relabel(connection, _key(act), act.label, act.from_month, person=desk.person, reason=act.reason)
        return _now(desk, connection, act)


@router.post("/move")
def move_product(desk: Acting, act: ProductMove) -> Product:
    """Put a product into another family of its domain from a month on; with a label, into one made for it."""
    with desk.open() as connection:
        products.move(
            connection,
            _key(act),
            act.family_id,
            act.from_month,
            new_label=act.new_family_label,
            person=desk.person,
            reason=act.reason,
        )
        return _now(desk, connection, act)


@router.post("/release")
def release_product(desk: Acting, act: ProductAct) -> Product:
    """Give a product back to its lists and its usage."""
    with desk.open() as connection:
        _now(desk, connection, act)
        products.release(connection, _key(act), person=desk.person, reason=act.reason)
        return _now(desk, connection, act)


@router.delete("", status_code=204)
def delete_product(desk: Acting, asked: Annotated[Deletion, Query()]) -> None:
    """Delete a product that was inferred by mistake; refused, with what cites it, when anything does."""
    with desk.open() as connection:
        products.delete(connection, Key(asked.domain, asked.product), person=desk.person, reason=asked.reason)


def _key(act: ProductAct) -> Key:
    return Key(act.domain_id, act.product_id)


def _now(desk: Desk, connection: Connection, act: ProductAct) -> Product:
    return Product.model_validate(products.product(connection, _key(act), desk.today))
