"""``finops invoice | reconcile``: what was invoiced, and what the mart makes of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import typer

from finops_assets import marts, pricing
from finops_assets.cli.administration import Person, acting_person
from finops_assets.cli.running import ready_mart
from finops_assets.cli.terminal import Format, Row, err, escape, write
from finops_assets.closing import invoices
from finops_assets.errors import SettingsError, counted
from finops_assets.money import in_full
from finops_assets.period import Period
from finops_assets.settings import Settings
from finops_assets.sources.values import Unfit, exact_decimal

app = typer.Typer(help="Invoice totals: record, withdraw, list.", no_args_is_help=True)
Month = Annotated[str, typer.Argument(metavar="MONTH", help="A month, written YYYY-MM.")]
DomainId = Annotated[str, typer.Option("--domain", help="The domain it is the invoice of.")]
View = Annotated[str | None, typer.Option("--view", help="Pricing view; by default the default one.")]
Form = Annotated[Format, typer.Option("--format", help="How to write it.")]


def add_to(app: typer.Typer) -> None:
    """Add the command beside the group."""
    app.command()(reconcile)


@app.command("set")
def record(
    month: Month,
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help="The invoice's total, for instance 1234.56.")],
    domain: DomainId,
    reference: Annotated[str, typer.Option("--reference", help="Which invoice: its number.")],
    view: View = None,
    currency: Annotated[str | None, typer.Option("--currency", help="Its currency; must be the view's.")] = None,
    person: Person = None,
) -> None:
    """Record what a domain's invoice of a month came to; again to correct it: every revision is kept."""
    _record(month, exact(amount), domain, view, currency, reference, person)


@app.command()
def withdraw(
    month: Month,
    domain: DomainId,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with it.")],
    view: View = None,
    person: Person = None,
) -> None:
    """Take an invoice back; what it said is kept."""
    _record(month, None, domain, view, None, reason, person)


def _record(
    month: str,
    amount: Decimal | None,
    domain: str,
    view: str | None,
    currency: str | None,
    reference: str,
    person: str | None,
) -> None:
    with ready_mart(Settings.from_environment()).connect("finops_admin") as connection:
        chosen = pricing.view_or_default(connection, view)
        done = invoices.record(
            connection,
            Period.parse(month),
            domain,
            chosen.pricing_view_id,
            amount=amount,
            currency=currency or chosen.currency,
            reference=reference,
            person=acting_person(person),
        )
    told = "withdrawn" if done.amount is None else f"{in_full(done.amount)} {done.currency}"
    err.print(escape(f"{domain} {month} in {done.pricing_view_id}: {told} (revision {done.revision})"))


@app.command("list")
def list_invoices(
    month: Annotated[str | None, typer.Option("--month", help="Of this month only.")] = None, form: Form = Format.TABLE
) -> None:
    """Every invoice and every revision of it."""
    with ready_mart(Settings.from_environment()).connect("finops_admin") as connection:
        found = invoices.recorded(connection, Period.parse(month) if month else None)
    rows: list[Row] = [
        {
            "month": f"{one.period_month:%Y-%m}",
            "domain": one.domain_id,
            "view": one.pricing_view_id,
            "revision": one.revision,
            "amount": in_full(one.amount) or "withdrawn",
            "currency": one.currency,
            "reference": one.reference,
            "by": one.recorded_by,
        }
        for one in found
    ]
    write(rows, form, "Invoices", ["revision", "amount"])


def reconcile(month: Month, view: View = None, form: Form = Format.TABLE) -> None:
    """What was invoiced, where each part of it is, and the variance that nothing explains; to the last digit."""
    period = Period.parse(month)
    with ready_mart(Settings.from_environment()).connect("finops_admin") as connection:
        chosen = pricing.view_or_default(connection, view)
        lines = invoices.reconcile(connection, period, chosen.pricing_view_id)
        stale = marts.stale_count(connection)
    whole = invoices.total(lines)
    rows = [_line(line) for line in [*lines, *([whole] if whole and form is Format.TABLE else [])]]
    write(
        rows,
        form,
        escape(f"{period}, {chosen.pricing_view_label} ({chosen.currency})"),
        list(rows[0])[1:] if rows else [],
    )
    if stale:
        err.print(f"[yellow]stale:[/] {counted(stale, 'slice')} changed since the last refresh; run `finops refresh`")


def _line(line: invoices.ReconciliationLine) -> Row:
    amounts = ("invoice", "allocated", "unassigned", "unallocated", "adjusted", "quarantined", "variance")
    counts = ("unpriced_count", "quarantined_count", "unvalued_count")
    told: Row = {"domain": line.domain_id or "invoiced"}
    told |= {name: in_full(getattr(line, name)) or None for name in amounts}
    return told | {name.replace("_count", "_lines"): getattr(line, name) for name in counts}


def exact(text: str) -> Decimal:
    """The number a person wrote; SettingsError names what is wrong with it."""
    try:
        return exact_decimal(text)
    except Unfit as unfit:
        raise SettingsError(f"{text!r} is no amount: {unfit.problem.reason}; {unfit.problem.remedy}") from unfit
