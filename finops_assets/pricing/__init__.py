"""Pricing views and unit prices: published once, never changed, corrected by a higher revision.

Prices of a draft are kept apart (``draft_price``) until it is published: see ``price_books``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from finops_assets import catalog
from finops_assets.domain import Domain
from finops_assets.errors import MartRefused, NotThere, SourceRefused
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query
from finops_assets.pricing.price_lines import Known, late_faults, overlap_faults, price_faults, view_faults
from finops_assets.sources.prices import kind_of_price_file, read_prices, read_pricing_views


@dataclass(frozen=True)
class PricingView:
    """One way of pricing every quantity, in one currency; a draft may take what it does not say from another view."""

    pricing_view_id: str
    pricing_view_label: str
    currency: str
    kind: str
    is_default: bool
    is_draft: bool
    focus_cost: str | None
    based_on: str | None = None


@dataclass(frozen=True)
class Imported:
    """What a price file said, and how much of it was new."""

    file: str
    kind: str
    rows: int
    new: int


def views(connection: Connection) -> dict[str, PricingView]:
    """Every pricing view, by id."""
    return {row["pricing_view_id"]: PricingView(**row) for row in connection.execute(query("pricing/views"))}


def view_or_default(connection: Connection, pricing_view_id: str | None) -> PricingView:
    """The named view, or the default one; NotThere when it is unknown, MartRefused when none is the default."""
    known = views(connection)
    if pricing_view_id is None:
        chosen = next((view for view in known.values() if view.is_default), None)
        if chosen is None:
            raise MartRefused("no pricing view is the default: name one, or import a views file with is_default=true")
        return chosen
    if pricing_view_id not in known:
        raise NotThere(f"pricing view {pricing_view_id!r} is unknown: there are {', '.join(known) or 'none yet'}")
    return known[pricing_view_id]


def refuse_two_currencies(connection: Connection, first: str, second: str) -> None:
    """MartRefused when a view is unknown, or the two are in different currencies."""
    one, other = view_or_default(connection, first), view_or_default(connection, second)
    if one.currency != other.currency:
        raise MartRefused(
            f"{first} is in {one.currency} and {second} in {other.currency}: currencies are never converted or "
            "compared, choose two views in one currency"
        )


def import_file(connection: Connection, path: Path, *, max_bytes: int, allow_unknown: bool = False) -> Imported:
    """Publish the pricing views or the prices of a file; what says nothing new changes nothing.

    Prices of a draft are written into it instead. SourceRefused names every line that the mart would not take: its
    view, domain or (unless ``allow_unknown``) product is unknown, its currency is not the view's, its price is
    negative in a DIRECT domain, or it would change a closed month.
    """
    kind = kind_of_price_file(path)
    if kind == "views":
        rows = read_pricing_views(path, max_bytes=max_bytes).rows
        return Imported(path.name, kind, len(rows), _import_views(connection, rows, path.name))
    rows = read_prices(path, max_bytes=max_bytes).rows
    known = _known(connection, rows)
    return _import_prices(
        connection, rows, path.name, Known(known.currencies, known.modes, {}) if allow_unknown else known
    )


def import_folder(connection: Connection, folder: Path, *, max_bytes: int) -> list[Imported]:
    """Import every price file of a folder: files of views first, each kind in the order of the names.

    SourceRefused when two files price the same. A domain that knows no product yet takes any.
    """
    paths = sorted(folder.glob("*.csv")) + sorted(folder.glob("*.csv.gz"))
    kinds = {path: kind_of_price_file(path) for path in paths}
    done = [import_file(connection, path, max_bytes=max_bytes) for path in paths if kinds[path] == "views"]
    files = {path: read_prices(path, max_bytes=max_bytes).rows for path in paths if kinds[path] == "prices"}
    if files and (faults := overlap_faults(pd.concat(list(files.values()), ignore_index=True))):
        raise SourceRefused(faults)
    for path, rows in files.items():
        known = _known(connection, rows)
        products = {domain: ids for domain, ids in known.products.items() if ids}
        done.append(_import_prices(connection, rows, path.name, Known(known.currencies, known.modes, products)))
    return done


def publish(
    connection: Connection, prices: pd.DataFrame, sources: str | Sequence[str], *, insists: bool = False
) -> int:
    """Publish prices, one row per (view, domain, product or *, month); returns how many said something new.

    ``sources`` is where they come from, one for all or one a row. A price that its source has said before and that
    was corrected since says nothing new, unless it ``insists``.
    """
    offered = _offered(prices, sources, insists=insists)
    with connection.transaction():
        connection.execute(query("pricing/take_turn"))
        return connection.execute(query("pricing/publish"), offered).rowcount


def news(
    connection: Connection, prices: pd.DataFrame, sources: str | Sequence[str], *, insists: bool = False
) -> dict[int, date | None]:
    """Which rows would say something new, by place, with the first closed month that each would change."""
    found = connection.execute(query("pricing/news"), _offered(prices, sources, insists=insists))
    return {row["place"]: row["closed_month"] for row in found}


def publish_provider_prices(connection: Connection, domain: Domain, period: Period, prices: pd.DataFrame) -> int:
    """Publish a bill's own unit prices for its month, in every view that takes that cost of the bill.

    MartRefused when such a view is in another currency than the bill: nothing is converted silently.
    """
    rows = provider_prices(connection, domain, period, prices)
    return publish(connection, rows, bill_name(domain, period)) if len(rows) else 0


def bill_name(domain: Domain, period: Period) -> str:
    """The source that a bill's own prices are published under."""
    return f"{domain.domain_id} bill of {period}"


def provider_prices(connection: Connection, domain: Domain, period: Period, prices: pd.DataFrame) -> pd.DataFrame:
    """A bill's own unit prices as they are published, one row per (view, product); MartRefused as for publishing."""
    taken = []
    for view in views(connection).values():
        offered = prices[prices["focus_cost"] == view.focus_cost]
        if view.focus_cost is None or view.is_draft or len(offered) == 0:
            continue
        if (foreign := offered["currency"].iloc[0]) != view.currency:
            raise MartRefused(
                f"{domain.domain_id} {period} is billed in {foreign}, and pricing view {view.pricing_view_id} is in "
                f"{view.currency}: currencies are never converted, give the view no focus_cost or its own currency"
            )
        taken.append(offered.assign(pricing_view_id=view.pricing_view_id))
    rows = pd.concat(taken, ignore_index=True) if taken else prices.head(0).assign(pricing_view_id="")
    return rows.assign(domain_id=domain.domain_id, effective_from=period.first_day)


def refuse_late(lines: Sequence[Mapping[str, Any]], said: Mapping[int, date | None]) -> None:
    """SourceRefused names the lines (``file``, ``line``, ``effective_from``) whose news would change a closed month."""
    if faults := late_faults(lines, {place: month for place, month in said.items() if month is not None}):
        raise SourceRefused(faults)


def _import_views(connection: Connection, rows: pd.DataFrame, file: str) -> int:
    before = views(connection)
    currencies = {name: view.currency for name, view in before.items()}
    drafts = [name for name, view in before.items() if view.is_draft]
    if faults := view_faults(file, rows, currencies, drafts):
        raise SourceRefused(faults)
    with connection.transaction():
        for row in rows.sort_values("based_on", na_position="first", kind="stable").to_dict("records"):
            view = {name: None if pd.isna(value) else value for name, value in row.items()}
            if view["is_default"]:
                connection.execute(query("pricing/clear_default"), view)
            connection.execute(query("pricing/add_view"), view)
    after = views(connection)
    return sum(before.get(name) != view for name, view in after.items())


def _import_prices(connection: Connection, rows: pd.DataFrame, file: str, known: Known) -> Imported:
    if faults := price_faults(file, rows, known):
        raise SourceRefused(faults)
    drafts = [view.pricing_view_id for view in views(connection).values() if view.is_draft]
    is_drafted = rows["pricing_view_id"].isin(drafts)
    drafted, published = rows[is_drafted], rows[~is_drafted]
    with connection.transaction():
        connection.execute(query("pricing/take_turn"))
        lines = published.assign(file=file).to_dict("records")
        refuse_late(lines, news(connection, published, file))
        new = publish(connection, published, file) + _draft(connection, drafted, file)
    return Imported(file, "prices", len(rows), new)


def _draft(connection: Connection, prices: pd.DataFrame, file: str) -> int:
    """Write lines into drafts, in the place of those with the same key; returns how many say something else."""
    offered = _offered(prices, file) | {"lines": prices["line"].tolist()}
    connection.execute(query("pricing/clear_draft_lines"), offered)
    return connection.execute(query("pricing/add_draft_lines"), offered).rowcount


def _known(connection: Connection, rows: pd.DataFrame) -> Known:
    products: dict[str, set[str]] = {domain: set() for domain in rows["domain_id"].unique().tolist()}
    for row in connection.execute(query("pricing/known_products"), {"domains": list(products)}):
        products[row["domain_id"]].add(row["product_id"])
    currencies = {name: view.currency for name, view in views(connection).items()}
    modes = {name: row.domain_mode for name, row in catalog.domains(connection).items()}
    return Known(currencies, modes, products)


def _offered(prices: pd.DataFrame, sources: str | Sequence[str], *, insists: bool = False) -> dict[str, Any]:
    """Prices as the queries take them."""
    return {
        "views": prices["pricing_view_id"].tolist(),
        "domains": prices["domain_id"].tolist(),
        "products": prices["product_id"].tolist(),
        "months": prices["effective_from"].tolist(),
        "prices": prices["unit_price"].tolist(),
        "sources": [sources] * len(prices) if isinstance(sources, str) else list(sources),
        "insists": insists,
    }
