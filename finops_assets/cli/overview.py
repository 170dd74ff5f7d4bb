"""The last months at a glance: what each domain cost, and which totals are not whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from finops_assets import marts, pricing
from finops_assets.cli.terminal import Row, err, escape, out, short, table
from finops_assets.period import Period
from finops_assets.postgres.connection import Mart

MONTHS_SHOWN = 6
TOTAL = "total"

Cells = dict[tuple[str, str], tuple[Decimal | None, int]]


def show(mart: Mart, last: Period) -> None:
    """Print what the last months cost by domain, in the default pricing view."""
    first = last.shift(1 - MONTHS_SHOWN)
    with mart.connect("finops_api") as connection:
        if not any(view.is_default for view in pricing.views(connection).values()):
            err.print("No pricing view is the default yet: `finops price import` a file of views")
            return
        view = pricing.view_or_default(connection, None)
        rows = marts.by_month(connection, first, last, view.pricing_view_id)
    months = [str(month) for month in first.through(last)]
    cells = _cells(rows)
    domains = sorted({domain for domain, _ in cells} - {TOTAL})
    lines = [_line(domain, months, cells) for domain in [*domains, TOTAL]]
    title = f"{view.pricing_view_label} ({view.currency}), to the cent; exact amounts: `finops report MONTH`"
    out.print(table(lines, escape(title), months))
    if any(unpriced for _, unpriced in cells.values()):
        out.print("* incomplete: some lines have no price in this view")


def _cells(rows: Sequence[Mapping[str, Any]]) -> Cells:
    """Cost and unpriced lines by (domain or total, month)."""
    cells: Cells = {}
    for row in rows:
        month = f"{row['period_month']:%Y-%m}"
        cells[row["domain_id"], month] = (row["cost"], row["unpriced_count"])
        cost, unpriced = cells.get((TOTAL, month), (None, 0))
        known = [amount for amount in (cost, row["cost"]) if amount is not None]
        cells[TOTAL, month] = (marts.add(known), unpriced + row["unpriced_count"])
    return cells


def _line(domain: str, months: Sequence[str], cells: Cells) -> Row:
    line: Row = {"domain": domain}
    for month in months:
        cost, unpriced = cells.get((domain, month), (None, 0))
        line[month] = short(cost) + "*" * bool(unpriced)
    return line
