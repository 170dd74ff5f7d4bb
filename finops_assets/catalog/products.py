"""The life of a product, as people see and change it: in service or not, what it is called, where it belongs.

What a person says is held: lists and usage do not undo it until ``release``. Nothing of this touches a fact.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from finops_assets import audit
from finops_assets.catalog import citations
from finops_assets.errors import MartRefused, NotThere
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query

PAGE = 100


class ProductState(StrEnum):
    """Where a product stands; ``unmapped`` is one in service that nothing but a fact has named."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    DECOMMISSIONED = "decommissioned"
    UNMAPPED = "unmapped"


@dataclass(frozen=True)
class Product:
    """One product as it is now; ``held_by`` holds its state, ``described_by`` its label and family."""

    domain_id: str
    product_id: str
    product_label: str
    family_id: str
    family_label: str
    consumption_metric: str
    state: ProductState
    decommissioned_at: date | None
    held_by: str | None
    described_by: str | None
    # the month from which on slices take what a person has said
    described_in: date | None
    in_referential: bool
    created_at: datetime


@dataclass(frozen=True)
class ProductMonth:
    """What a product came to in a month and a family of then; no price where none holds, no cost where the marts show
    none."""

    period_month: date
    quantity: Decimal
    applications: int
    label_then: str | None
    family_then: str
    unit_price: Decimal | None
    cost: Decimal | None
    unpriced_count: int | None


@dataclass(frozen=True)
class Key:
    """A product: its domain and its id, as ``DOMAIN/ID``."""

    domain_id: str
    product_id: str

    def __str__(self) -> str:
        return f"{self.domain_id}/{self.product_id}"

    @property
    def row(self) -> dict[str, str]:
        """The key as the queries take it."""
        return {"domain": self.domain_id, "product": self.product_id}


def products(
    connection: Connection,
    today: date,
    *,
    domain_id: str | None = None,
    state: ProductState | None = None,
    search: str | None = None,
    after: Key | None = None,
    limit: int | None = PAGE,
) -> list[Product]:
    """One page of the products as they stand on a day, by domain and id; ``after`` is the last of the page before."""
    wanted: dict[str, object] = {
        "today": today,
        "domain": domain_id,
        "product": None,
        "state": state,
        "search": search,
        "after_domain": after.domain_id if after else None,
        "after_product": after.product_id if after else None,
        "limit": limit,
    }
    return _read(connection, wanted)


def counts(
    connection: Connection, today: date, *, domain_id: str | None = None, search: str | None = None
) -> dict[ProductState, int]:
    """How many products are in each state on a day; together they are all there are of the domain and the search."""
    wanted = {"today": today, "domain": domain_id, "search": search}
    rows = connection.execute(query("catalog/product_counts"), wanted)
    return dict.fromkeys(ProductState, 0) | {ProductState(row["state"]): row["members"] for row in rows}


def product(connection: Connection, key: Key, today: date) -> Product:
    """One product as it stands on a day; NotThere when there is none."""
    wanted: dict[str, object] = {
        **key.row,
        "today": today,
        "state": None,
        "search": None,
        "after_domain": None,
        "after_product": None,
        "limit": 1,
    }
    found = _read(connection, wanted)
    if not found:
        raise NotThere(f"there is no product {key}: `finops product list --domain {key.domain_id}` shows them")
    return found[0]


def history(connection: Connection, key: Key, pricing_view_id: str | None) -> list[ProductMonth]:
    """The product month by month, oldest first, from the facts; costs are those of a pricing view, None without one."""
    rows = connection.execute(query("catalog/product_history"), key.row | {"view": pricing_view_id})
    return [ProductMonth(**row) for row in rows]


def acts(connection: Connection, key: Key, limit: int | None = None) -> list[audit.Act]:
    """Who changed the product, newest first."""
    named = {"domain_id": key.domain_id, "product_id": key.product_id}
    return audit.acts(connection, relation="dim_product", key=named, limit=limit)


def activate(connection: Connection, key: Key, *, person: str, reason: str | None) -> None:
    """Put a product into service, without an end date; MartRefused when there is none."""
    _hold(connection, key, person, reason, is_active=True, decommissioned_at=None)


def deactivate(connection: Connection, key: Key, *, person: str, reason: str | None) -> None:
    """Take a product out of service; what is still used of it counts. MartRefused when there is none."""
    _hold(connection, key, person, reason, is_active=False)


def decommission(
    connection: Connection, key: Key, day: date, today: date, *, person: str, reason: str | None
) -> list[Period]:
    """End a product on a day, which may be to come: lines of later months are quarantined when those are run.

    Returns the later months that have published lines of it already. MartRefused when there is no such product.
    """
    _hold(connection, key, person, reason, is_active=day > today, decommissioned_at=day)
    rows = connection.execute(query("catalog/months_with_product"), key.row | {"day": day})
    return [Period.of(row["period_month"]) for row in rows]


def relabel(connection: Connection, key: Key, label: str, month: Period, *, person: str, reason: str | None) -> None:
    """Call a product otherwise from a month on; MartRefused when there is none, or the label is empty."""
    if not label.strip():
        raise MartRefused(f"{key} needs a label")
    _describe(connection, key, month, person, reason, label=label.strip())


def move(
    connection: Connection,
    key: Key,
    family_id: str,
    month: Period,
    *,
    new_label: str | None = None,
    person: str,
    reason: str | None,
) -> None:
    """Put a product into another family of its domain from a month on; with a label, into one that is made for it.

    MartRefused when there is no such product or family, or the one to be made is there.
    """
    product(connection, key, month.first_day)
    is_new = _is_to_be_made(connection, key.domain_id, family_id, new_label)
    with audit.acting(connection, person, reason):
        if is_new:
            made = {"ids": [family_id], "labels": [new_label], "months": [month.first_day], "domain": key.domain_id}
            connection.execute(query("catalog/add_families"), made)
        _describe(connection, key, month, person, reason, family=family_id)


def release(connection: Connection, key: Key, *, person: str, reason: str | None) -> None:
    """Give a product back to its lists and its usage; MartRefused when nobody holds it."""
    with audit.acting(connection, person, reason):
        if connection.execute(query("catalog/release_product"), key.row).rowcount == 0:
            raise MartRefused(f"nobody holds {key}, or there is no such product")


def delete(connection: Connection, key: Key, *, person: str, reason: str | None) -> None:
    """Delete a product that was inferred by mistake; MartRefused names what cites it, or says that there is none."""
    citations.refuse(f"product {key}", citations.of_product(connection, key.domain_id, key.product_id))
    with audit.acting(connection, person, reason):
        # the database has the last word: something may have come to cite it since
        _refuse_none(connection.execute(query("catalog/delete_product"), key.row).rowcount, key)


def _is_to_be_made(connection: Connection, domain_id: str, family_id: str, new_label: str | None) -> bool:
    named = {"domain": domain_id, "family": family_id}
    family = connection.execute(query("catalog/family"), named).fetchone()
    if family is None and not (new_label or "").strip():
        raise MartRefused(f"{domain_id} has no family {family_id!r}: give a label to make one")
    if family is not None and new_label not in (None, family["family_label"]):
        raise MartRefused(f"family {family_id} is there already: {family['family_label']}")
    return family is None


def _read(connection: Connection, wanted: dict[str, object]) -> list[Product]:
    rows = connection.execute(query("catalog/products"), wanted)
    return [Product(**row | {"state": ProductState(row["state"])}) for row in rows]


def _hold(connection: Connection, key: Key, person: str, reason: str | None, **state: object) -> None:
    said = {"keeps_date": "decommissioned_at" not in state, "decommissioned_at": None} | state
    with audit.acting(connection, person, reason):
        row = key.row | said | {"person": person.strip()}
        _refuse_none(connection.execute(query("catalog/hold_product"), row).rowcount, key)


def _describe(
    connection: Connection, key: Key, month: Period, person: str, reason: str | None, **said: str | None
) -> None:
    row = key.row | {"label": None, "family": None} | said | {"month": month.first_day, "person": person.strip()}
    with audit.acting(connection, person, reason):
        _refuse_none(connection.execute(query("catalog/describe_product_by_hand"), row).rowcount, key)


def _refuse_none(changed: int, key: Key) -> None:
    if changed == 0:
        raise NotThere(f"there is no product {key}: `finops product list --domain {key.domain_id}` shows them")
