"""Pricing books: what a view or a draft says, how two of them differ, and the life of a draft.

A draft holds the prices that it changes; every other one is that of the published view it is based on. It is in no
mart. Publishing makes it a view of its own, or puts its prices into a view as revisions, whole or not at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd

from finops_assets.errors import MartRefused
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query
from finops_assets.pricing import PricingView, news, publish, refuse_late, refuse_two_currencies, view_or_default
from finops_assets.pricing.editions import ALL, Edition, Page
from finops_assets.pricing.price_lines import VIEW_ID


@dataclass(frozen=True)
class Book:
    """A view or a draft, with how many lines it has of its own and when one was last written."""

    pricing_view_id: str
    pricing_view_label: str
    currency: str
    kind: str
    is_default: bool
    is_draft: bool
    based_on: str | None
    line_count: int
    last_at: datetime | None


@dataclass(frozen=True)
class BookLine:
    """One price of a book; ``period_month`` is given where it is asked what holds in a month.

    Without a label and a metric is ``*``, and what no list and no fact has named yet.
    """

    period_month: date | None
    domain_id: str
    product_id: str
    effective_from: date
    revision: int | None
    unit_price: Decimal
    source_name: str
    source_line: int | None
    published_at: datetime
    published_by: str
    is_drafted: bool
    product_label: str | None
    consumption_metric: str | None


@dataclass(frozen=True)
class PriceChange:
    """A price that two books do not have in common: added, removed or changed."""

    change: str
    domain_id: str
    product_id: str
    effective_from: date
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True)
class PublishedDraft:
    """Where a draft's prices went, how many lines there were, and how many of them were new there."""

    pricing_view_id: str
    rows: int
    new: int


def books(connection: Connection) -> list[Book]:
    """Every view and draft, published ones first."""
    return [Book(**row) for row in connection.execute(query("pricing/books"))]


def lines(
    connection: Connection,
    edition: Edition,
    *,
    month: Period | None = None,
    domain_id: str | None = None,
    product_id: str | None = None,
    search: str | None = None,
    drafted: bool = False,
    page: Page = ALL,
) -> list[BookLine]:
    """The prices of a book, each the last word on its month of effect; with ``month``, those that hold in it.

    ``search`` is a part of a product's id or label, small or large letters; with ``drafted``, of a draft what it says
    itself.
    """
    name = "lines" if month is None else "in_force"
    asked = _asked(connection, edition, domain_id, product_id) | page.row | {"search": search}
    asked |= {"month": month.first_day if month else None, "drafted": drafted}
    return [BookLine(**row) for row in connection.execute(query(f"pricing/{name}"), asked)]


def revisions(
    connection: Connection,
    edition: Edition,
    *,
    domain_id: str | None = None,
    product_id: str | None = None,
    search: str | None = None,
    page: Page = ALL,
) -> list[BookLine]:
    """Every revision of a published view's prices, the superseded ones too."""
    asked = _asked(connection, edition, domain_id, product_id) | page.row | {"search": search}
    return [BookLine(**row) for row in connection.execute(query("pricing/revisions"), asked)]


def differences(
    connection: Connection,
    before: Edition,
    after: Edition,
    *,
    month: Period | None = None,
    domain_id: str | None = None,
) -> list[PriceChange]:
    """The prices that differ, by domain and product; MartRefused when the books are in two currencies.

    Lines are compared by their month of effect; with ``month``, what holds in that month is.
    """
    refuse_two_currencies(connection, before.pricing_view_id, after.pricing_view_id)
    sides = []
    for edition in (before, after):
        found = lines(connection, edition, month=month, domain_id=domain_id)
        sides.append(
            {(line.domain_id, line.product_id, None if month else line.effective_from): line for line in found}
        )
    changes = [_change(sides[0].get(key), sides[1].get(key)) for key in {**sides[0], **sides[1]}]
    kept = [change for change in changes if change.before != change.after]
    return sorted(kept, key=lambda change: (change.domain_id, change.product_id, change.effective_from))


def add_draft(connection: Connection, draft: str, *, based_on: str, label: str | None = None) -> PricingView:
    """A new, empty draft of a published view, in its currency; MartRefused when the name is taken or unfit."""
    base = view_or_default(connection, based_on)
    if not re.fullmatch(VIEW_ID, draft, re.ASCII):
        raise MartRefused(f"{draft!r} is no id of a pricing view: small letters, digits, - and _, at most 40")
    row: dict[str, Any] = {
        "pricing_view_id": draft,
        "pricing_view_label": label or f"Draft of {base.pricing_view_label}",
        "currency": base.currency,
        "kind": "what_if",
        "is_default": False,
        "focus_cost": None,
        "is_draft": True,
        "based_on": based_on,
    }
    with connection.transaction():
        if connection.execute(query("pricing/add_draft"), row).fetchone() is None:
            raise MartRefused(f"pricing view {draft} is there already: `finops price list` shows it")
    return PricingView(**row)


def drop_draft(connection: Connection, draft: str) -> int:
    """Take a draft away with its prices; returns how many it had. MartRefused when it is no draft."""
    with connection.transaction():
        connection.execute(query("pricing/take_turn"))
        _refuse_published(connection, draft)
        dropped = connection.execute(query("pricing/empty_draft"), {"draft": draft}).rowcount
        connection.execute(query("pricing/drop_draft"), {"draft": draft})
    return dropped


def publish_draft(connection: Connection, draft: str, *, into: str | None = None) -> PublishedDraft:
    """Publish a draft whole or not at all: as a view of its own, or its prices ``into`` a published view.

    A view of its own has the base's prices too; closed months it leaves alone. SourceRefused names the file and line
    of every drafted price that would change a closed month; MartRefused when it is no draft, or currencies differ.
    """
    with connection.transaction():
        connection.execute(query("pricing/take_turn"))
        _refuse_published(connection, draft)
        if into is not None:
            _refuse_target(connection, draft, into)
        name = "whole_draft" if into is None else "draft_lines"
        rows = connection.execute(query(f"pricing/{name}"), {"draft": draft}).fetchall()
        connection.execute(query("pricing/empty_draft"), {"draft": draft})
        ended = "release_draft" if into is None else "drop_draft"
        connection.execute(query(f"pricing/{ended}"), {"draft": draft})
        new = _publish_lines(connection, rows, into or draft, draft)
    return PublishedDraft(into or draft, len(rows), new)


def _publish_lines(connection: Connection, rows: list[dict[str, Any]], view: str, draft: str) -> int:
    if not rows:
        return 0
    prices = pd.DataFrame(rows).assign(pricing_view_id=view)
    sources = [f"{row['source_name']} (draft {draft})" if row["source_line"] else row["source_name"] for row in rows]
    placed = [row | {"file": row["source_name"], "line": row["source_line"] or 0} for row in rows]
    refuse_late(placed, news(connection, prices, sources, insists=True))
    return publish(connection, prices, sources, insists=True)


def _refuse_published(connection: Connection, draft: str) -> None:
    if not view_or_default(connection, draft).is_draft:
        raise MartRefused(f"pricing view {draft} is published: only a draft is published or dropped")


def _refuse_target(connection: Connection, draft: str, into: str) -> None:
    if view_or_default(connection, into).is_draft:
        raise MartRefused(f"{into} is a draft itself: publish into a published view")
    refuse_two_currencies(connection, draft, into)


def _change(before: BookLine | None, after: BookLine | None) -> PriceChange:
    line = after or before
    assert line is not None
    change = "added" if before is None else "removed" if after is None else "changed"
    key = (line.domain_id, line.product_id, line.effective_from)
    return PriceChange(change, *key, before.unit_price if before else None, after.unit_price if after else None)


def _asked(connection: Connection, edition: Edition, domain_id: str | None, product_id: str | None) -> dict[str, Any]:
    view_or_default(connection, edition.pricing_view_id)
    return {
        "book": edition.pricing_view_id,
        "known_before": edition.known_before,
        "last_revision": edition.last_revision,
        "domain": domain_id,
        "product": product_id,
    }
