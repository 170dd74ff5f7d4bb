"""``finops close | reopen | statement``: months that finance has signed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

import typer

from finops_assets import closing, marts, pricing
from finops_assets.cli.administration import Person, Reason, acting_person
from finops_assets.cli.running import now_in, ready_mart
from finops_assets.cli.terminal import Format, Row, err, escape, out, write
from finops_assets.closing import adjustments
from finops_assets.errors import MonthBlocked, counted
from finops_assets.money import in_full
from finops_assets.period import Period
from finops_assets.settings import Settings

Month = Annotated[str, typer.Argument(metavar="MONTH", help="A month, written YYYY-MM.")]


def add_to(app: typer.Typer) -> None:
    """Add this module's commands."""
    for command in (close, reopen, statement):
        app.command()(command)


def close(
    month: Month,
    check: Annotated[bool, typer.Option("--check", help="Only say what blocks it; nothing is closed.")] = False,
    person: Person = None,
    reason: Reason = None,
) -> None:
    """Close a month for good: store its rounded statement and refuse every later change; exit 1 when it is blocked."""
    settings, period = Settings.from_environment(), Period.parse(month)
    with ready_mart(settings).connect("finops_admin") as connection:
        try:
            if check:
                closing.require_closable(connection, settings, period, now_in(settings))
                out.print(f"[green]{period} can be closed[/]")
                return
            done = closing.close(connection, settings, period, now_in(settings), acting_person(person), reason)
        except MonthBlocked as blocked:
            _say_what_blocks(period, blocked.blockers)
            raise typer.Exit(1) from blocked
        totals = closing.totals(connection, period, done.close_number)
    _say_closed(period, done, totals)


def _say_what_blocks(period: Period, blockers: Sequence[object]) -> None:
    out.print(f"[red]{period} cannot be closed[/] ({len(blockers)}):")
    for one in blockers:
        out.print(f"  - {escape(str(one))}", soft_wrap=True)


def _say_closed(period: Period, done: closing.PeriodAct, totals: Sequence[closing.StatementTotal]) -> None:
    for total in totals:
        lacks = f", {counted(total.unpriced_count, 'line')} without a price" if total.unpriced_count else ""
        out.print(escape(f"{total.pricing_view_id}: {in_full(total.rounded_cost)} {total.currency}{lacks}"))
    out.print(f"[green]{period} is closed[/] (closing {done.close_number}), {done.entry_sha256.hex()}", soft_wrap=True)


def reopen(
    month: Month,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with the month.")],
    person: Person = None,
) -> None:
    """Open the last closed month again; its statement is kept."""
    period = Period.parse(month)
    with ready_mart(Settings.from_environment()).connect("finops_admin") as connection:
        done = closing.reopen(connection, period, acting_person(person), reason)
        late = [line for line in adjustments.booked(connection, period) if line.original_month == period.first_day]
    out.print(
        f"{period} is open again (closing {done.close_number} is kept), {done.entry_sha256.hex()}", soft_wrap=True
    )
    for number in sorted({line.adjustment_id for line in late}):
        err.print(f"[yellow]adjustment {number}[/] is late data of {period}: book an opposite one if you load it now")


def statement(
    month: Month,
    view: Annotated[str | None, typer.Option("--view", help="Pricing view; by default the default one.")] = None,
    number: Annotated[int | None, typer.Option("--closing", help="Of an earlier closing; by default the last.")] = None,
    form: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.TABLE,
) -> None:
    """What a closed month came to, rounded so that the lines add up; adjustments keep their original month."""
    period = Period.parse(month)
    with ready_mart(Settings.from_environment()).connect("finops_admin") as connection:
        chosen = pricing.view_or_default(connection, view)
        done = closing.closing(connection, period, number)
        lines = closing.statement(connection, period, done.close_number, chosen.pricing_view_id)
        last = closing.acts(connection, period)[-1]
    total = marts.add([line.rounded_cost for line in lines if line.rounded_cost is not None])
    rows = [_line(line) for line in lines]
    if form is Format.TABLE:
        rows.append(_total(total, chosen.currency))
    title = f"{period}, closing {done.close_number} by {done.person}, {chosen.pricing_view_label}"
    write(rows, form, escape(title), ["amount", "exact", "unpriced"])
    if last.act == "REOPEN":
        err.print(escape(f"{period} was opened again by {last.person}: {last.reason}"))


def _line(line: closing.StatementLine) -> Row:
    return {
        "domain": line.domain_id,
        "application": line.application_id,
        "label": line.application_label,
        "original_month": f"{line.original_month:%Y-%m}",
        "amount": None if line.rounded_cost is None else f"{line.rounded_cost:f}",
        "currency": line.currency,
        "exact": in_full(line.cost) or None,
        "unpriced": line.unpriced_count,
    }


def _total(total: Decimal | None, currency: str) -> Row:
    named: Row = {"domain": None, "application": None, "label": "total", "original_month": None}
    return named | {
        "amount": None if total is None else f"{total:f}",
        "currency": currency,
        "exact": None,
        "unpriced": None,
    }
