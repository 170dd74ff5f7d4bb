"""``finops adjust``: late data of closed months."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

import typer

from finops_assets import pricing
from finops_assets.cli.administration import Person, acting_person
from finops_assets.cli.invoices import exact
from finops_assets.cli.running import ready_mart
from finops_assets.cli.terminal import Format, Row, err, write
from finops_assets.closing import adjustments
from finops_assets.money import in_full
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.settings import Settings

app = typer.Typer(help="Late data of closed months: book it in the next open month, list it.", no_args_is_help=True)


Original = Annotated[str, typer.Argument(metavar="MONTH", help="The closed month it belongs to, YYYY-MM.")]
DomainId = Annotated[str, typer.Option("--domain", help="The domain.")]
ApplicationId = Annotated[str, typer.Option("--application", help="The application that owes it.")]
Why = Annotated[str, typer.Option("--reason", help="Why; kept with it.")]
ProductId = Annotated[str | None, typer.Option("--product", help="The product, in a DIRECT domain.")]
Quantity = Annotated[
    str | None, typer.Option("--quantity", help="How much of it; priced as in that month. Below 0 takes back.")
]
Amounts = Annotated[
    list[str] | None,
    typer.Option("--amount", help="An amount instead: 12.50 in the default view, or VIEW=12.50; again for more."),
]


@app.command()
def add(
    month: Original,
    domain: DomainId,
    application: ApplicationId,
    reason: Why,
    product: ProductId = None,
    quantity: Quantity = None,
    amount: Amounts = None,
    person: Person = None,
) -> None:
    """Book late data of a closed month in the first open one; it keeps its month and joins that one's statement."""
    with ready_mart(Settings.from_environment()).connect("finops_admin") as connection:
        late = adjustments.LateData(
            Period.parse(month),
            domain,
            application,
            product,
            exact(quantity) if quantity is not None else None,
            _amounts(connection, amount or []),
        )
        booked = adjustments.book(connection, late, acting_person(person), reason)
    err.print(f"adjustment {booked.adjustment_id} of {month} is booked in {booked.period_month:%Y-%m}")


def _amounts(connection: Connection, told: Sequence[str]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for text in told:
        view, _, number = text.rpartition("=")
        found[pricing.view_or_default(connection, view or None).pricing_view_id] = exact(number)
    return found


@app.command("list")
def list_adjustments(
    month: Annotated[str | None, typer.Option("--month", help="Booked in it, or belonging to it.")] = None,
    form: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.TABLE,
) -> None:
    """Every adjustment, one line per pricing view."""
    with ready_mart(Settings.from_environment()).connect("finops_admin") as connection:
        found = adjustments.booked(connection, Period.parse(month) if month else None)
    write([_row(line) for line in found], form, "Adjustments", ["adjustment", "quantity", "amount"])


def _row(line: adjustments.AdjustmentLine) -> Row:
    return {
        "adjustment": line.adjustment_id,
        "booked": f"{line.period_month:%Y-%m}",
        "original": f"{line.original_month:%Y-%m}",
        "domain": line.domain_id,
        "application": line.application_id,
        "product": line.product_id,
        "quantity": in_full(line.quantity) or None,
        "view": line.pricing_view_id,
        "amount": in_full(line.amount) or None,
        "currency": line.currency,
        "by": line.person,
        "reason": line.reason,
    }
