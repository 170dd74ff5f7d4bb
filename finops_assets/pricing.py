"""Pricing views and unit prices: published once, never changed, corrected by a higher revision."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from finops_assets import catalog
from finops_assets.domain import Domain
from finops_assets.errors import Fault, MartRefused, SourceRefused
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query
from finops_assets.sources import Reading
from finops_assets.sources.prices import kind_of_price_file, read_prices, read_pricing_views


@dataclass(frozen=True)
class PricingView:
    """One way of pricing every quantity, in one currency."""

    pricing_view_id: str
    pricing_view_label: str
    currency: str
    kind: str
    is_default: bool
    is_draft: bool
    focus_cost: str | None


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
    """The named view, or the default one; MartRefused when there is none."""
    known = views(connection)
    if pricing_view_id is None:
        chosen = next((view for view in known.values() if view.is_default), None)
        if chosen is None:
            raise MartRefused("no pricing view is the default: name one, or import a views file with is_default=true")
        return chosen
    if pricing_view_id not in known:
        raise MartRefused(f"pricing view {pricing_view_id!r} is unknown: there are {', '.join(known) or 'none yet'}")
    return known[pricing_view_id]


def import_file(connection: Connection, path: Path, *, max_bytes: int) -> Imported:
    """Publish the pricing views or the prices of a file; what says nothing new changes nothing.

    SourceRefused names every line whose view or domain is unknown, or whose price the mart would refuse.
    """
    kind = kind_of_price_file(path)
    if kind == "views":
        reading = read_pricing_views(path, max_bytes=max_bytes)
        return Imported(path.name, kind, len(reading.rows), _import_views(connection, reading))
    reading = read_prices(path, max_bytes=max_bytes)
    _refuse_unknown(connection, path.name, reading.rows)
    return Imported(path.name, kind, len(reading.rows), publish(connection, reading.rows, path.name))


def import_folder(connection: Connection, folder: Path, *, max_bytes: int) -> list[Imported]:
    """Import every price file of a folder: files of views first, each kind in the order of the names."""
    paths = sorted(folder.glob("*.csv")) + sorted(folder.glob("*.csv.gz"))
    ordered = sorted(paths, key=lambda path: kind_of_price_file(path) != "views")
    return [import_file(connection, path, max_bytes=max_bytes) for path in ordered]


def publish(connection: Connection, prices: pd.DataFrame, source: str) -> int:
    """Publish prices, one row per (view, domain, product or *, month); returns how many said something new."""
    offered = {
        "views": prices["pricing_view_id"].tolist(),
        "domains": prices["domain_id"].tolist(),
        "products": prices["product_id"].tolist(),
        "months": prices["effective_from"].tolist(),
        "prices": prices["unit_price"].tolist(),
        "source": source,
    }
    with connection.transaction():
        connection.execute(query("pricing/take_turn"))
        return connection.execute(query("pricing/publish"), offered).rowcount


def publish_provider_prices(connection: Connection, domain: Domain, period: Period, prices: pd.DataFrame) -> int:
    """Publish a bill's own unit prices for its month, in every view that takes that cost of the bill.

    MartRefused when such a view is in another currency than the bill: nothing is converted silently.
    """
    rows = provider_prices(connection, domain, period, prices)
    return publish(connection, rows, f"{domain.domain_id} bill of {period}") if len(rows) else 0


def provider_prices(connection: Connection, domain: Domain, period: Period, prices: pd.DataFrame) -> pd.DataFrame:
    """A bill's own unit prices as they are published, one row per (view, product); MartRefused as for publishing."""
    taken = []
    for view in views(connection).values():
        offered = prices[prices["focus_cost"] == view.focus_cost]
        if view.focus_cost is None or len(offered) == 0:
            continue
        if (foreign := offered["currency"].iloc[0]) != view.currency:
            raise MartRefused(
                f"{domain.domain_id} {period} is billed in {foreign}, and pricing view {view.pricing_view_id} is in "
                f"{view.currency}: currencies are never converted, give the view no focus_cost or its own currency"
            )
        taken.append(offered.assign(pricing_view_id=view.pricing_view_id))
    rows = pd.concat(taken, ignore_index=True) if taken else prices.head(0).assign(pricing_view_id="")
    return rows.assign(domain_id=domain.domain_id, effective_from=period.first_day)


def _import_views(connection: Connection, reading: Reading) -> int:
    before = views(connection)
    with connection.transaction():
        for row in reading.rows.to_dict("records"):
            view = {name: None if pd.isna(value) else value for name, value in row.items()}
            if view["is_default"]:
                connection.execute(query("pricing/clear_default"), view)
            connection.execute(query("pricing/add_view"), view)
    after = views(connection)
    return sum(before.get(name) != view for name, view in after.items())


def _refuse_unknown(connection: Connection, file: str, rows: pd.DataFrame) -> None:
    known = {"pricing_view_id": set(views(connection)), "domain_id": set(catalog.domains(connection))}
    direct = {row.domain_id for row in catalog.domains(connection).values() if row.domain_mode == "DIRECT"}
    faults = []
    for row in rows.to_dict("records"):
        for column, there in known.items():
            if row[column] not in there:
                remedy = f"known are {', '.join(sorted(there)) or 'none'}"
                faults.append(Fault(file, "is unknown", remedy, int(row["line"]), column, row[column]))
        if row["domain_id"] in direct and row["unit_price"] < 0:
            faults.append(_fault(file, row, "unit_price", "is negative", "only an INDIRECT amount may be"))
        if row["domain_id"] in known["domain_id"] - direct and row["product_id"] != "*":
            faults.append(_fault(file, row, "product_id", "is no product of an INDIRECT domain", "write *"))
    if faults:
        raise SourceRefused(faults)


def _fault(file: str, row: dict[str, object], column: str, reason: str, remedy: str) -> Fault:
    return Fault(file, reason, remedy, int(str(row["line"])), column, str(row[column]))
