"""From one amount to the price, the fact, the run, the source file and the source lines it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from finops_assets import catalog, closing, pricing
from finops_assets.closing import PeriodAct, adjustments
from finops_assets.closing.adjustments import AdjustmentLine
from finops_assets.domain import RESERVED_APPLICATIONS
from finops_assets.errors import NothingToExplain
from finops_assets.lineage.nodes import Explanation, Holding, Slice
from finops_assets.lineage.reading import Reader, added
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query

DEPTH = 1


@dataclass(frozen=True)
class Asked:
    """What is to be explained: all that an application cost in a month, or what of it is of one slice or product."""

    period: Period
    application_id: str
    domain_id: str | None = None
    product_id: str | None = None
    # of the slice of the domain; by default the one that stands
    version: int | None = None


def explain(
    connection: Connection, asked: Asked, pricing_view_id: str | None = None, depth: int = DEPTH
) -> Explanation:
    """The tree of an amount in a pricing view, by default the default one, at the prices in force now.

    ``depth`` is how many drivers behind each other are followed. The caller's transaction is the snapshot.
    NothingToExplain when there is no such application, domain, version or product, or the view is a draft;
    MartRefused when there is no such view.
    """
    view = pricing.view_or_default(connection, pricing_view_id)
    if view.is_draft:
        raise NothingToExplain(f"pricing view {view.pricing_view_id} is a draft: explain the one it is based on")
    label, holdings = _application_label(connection, asked), _holdings(connection, asked, view.pricing_view_id, depth)
    return Explanation(
        asked.period,
        asked.application_id,
        label,
        view,
        holdings,
        cost=added(holding.cost for holding in holdings),
        unpriced_count=sum(holding.unpriced_count for holding in holdings),
        closed=_closed(connection, asked.period),
        adjustments=tuple(_adjustments(connection, asked, view.pricing_view_id)),
    )


def _holdings(connection: Connection, asked: Asked, pricing_view_id: str, depth: int) -> tuple[Holding, ...]:
    """What the application has in each slice that is asked for, the largest first; a reserved one may have nothing."""
    reader = Reader(connection, asked.period, asked.application_id, pricing_view_id)
    slices = _slices(reader, connection, asked)
    found = [reader.holding(slice_, product_id=asked.product_id, depth=depth) for slice_ in slices]
    holdings = tuple(sorted((holding for holding in found if holding.facts), key=_largest_first))
    may_be_empty = asked.application_id in RESERVED_APPLICATIONS and asked == Asked(asked.period, asked.application_id)
    if not holdings and not may_be_empty:
        raise NothingToExplain(_nothing(asked, slices))
    return holdings


def _largest_first(holding: Holding) -> tuple[bool, Decimal, str]:
    """What has no price at all comes first."""
    cost = holding.cost or Decimal(0)
    return holding.cost is not None, cost.copy_abs().copy_negate(), holding.slice.domain_id


def _closed(connection: Connection, period: Period) -> PeriodAct | None:
    acts = closing.acts(connection, period)
    return acts[-1] if acts and acts[-1].act == "CLOSE" else None


def _adjustments(connection: Connection, asked: Asked, pricing_view_id: str) -> Iterator[AdjustmentLine]:
    """What was booked in the month of what is asked, in the pricing view."""
    own = (asked.period.first_day, asked.application_id, pricing_view_id)
    for line in adjustments.booked(connection, asked.period):
        is_asked = asked.domain_id in (None, line.domain_id) and asked.product_id in (None, line.product_id)
        if is_asked and (line.period_month, line.application_id, line.pricing_view_id) == own:
            yield line


def _application_label(connection: Connection, asked: Asked) -> str:
    found = connection.execute(query("lineage/application"), {"application": asked.application_id}).fetchone()
    if found is None:
        raise NothingToExplain(
            f"application {asked.application_id!r} is unknown: `finops report {asked.period} --by application` lists "
            "those of the month"
        )
    return str(found["application_label"])


def _slices(reader: Reader, connection: Connection, asked: Asked) -> list[Slice]:
    """The slices that may hold something of it."""
    known = catalog.domains(connection)
    if asked.domain_id is not None and asked.domain_id not in known:
        raise NothingToExplain(f"domain {asked.domain_id!r} is unknown: there are {', '.join(sorted(known))}")
    if asked.product_id is not None and asked.domain_id is None:
        raise NothingToExplain(f"product {asked.product_id!r}: name its domain too, two domains may use one id")
    slices = reader.slices(asked.domain_id, asked.version)
    if slices or asked.domain_id is None:
        return slices
    standing = reader.slices(asked.domain_id)
    if not standing:
        raise NothingToExplain(f"{asked.domain_id} has no slice in {asked.period}: `finops status` says why")
    raise NothingToExplain(
        f"{asked.domain_id} {asked.period} has no version {asked.version}: the newest is {standing[0].version}"
    )


def _nothing(asked: Asked, slices: list[Slice]) -> str:
    where = f"{asked.domain_id} {asked.period}" if asked.domain_id else str(asked.period)
    if asked.version is not None:
        where += f" version {asked.version}"
    if asked.product_id is not None and slices and slices[0].domain_mode == "INDIRECT":
        return f"{asked.domain_id} is INDIRECT: it has one amount per application, and no product"
    product = f" of product {asked.product_id!r}" if asked.product_id else ""
    return f"application {asked.application_id!r} has no line{product} in {where}"
