"""The command edge: ``finops``. Wiring only; what is done is in the services."""

from __future__ import annotations

import sys

import typer
from typer.core import TyperGroup

from finops_assets import __version__, events
from finops_assets.cli import (
    access,
    adjustments,
    administration,
    api,
    application,
    checks,
    closing,
    database,
    delivery,
    domain,
    explain,
    export,
    faults,
    invoices,
    key,
    metrics,
    months,
    price,
    product,
    quarantine,
    restatement,
    up,
    web,
)
from finops_assets.cli.terminal import complain
from finops_assets.errors import FinopsError, SettingsError
from finops_assets.settings import Settings

app = typer.Typer(
    name="finops",
    help="The open FinOps mart: who consumed what, in which month, at which price, to the last cent.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    cls=TyperGroup,
)
up.add_to(app)
months.add_to(app)
delivery.add_to(app)
checks.add_to(app)
explain.add_to(app)
export.add_to(app)
closing.add_to(app)
invoices.add_to(app)
database.add_to(app)
metrics.add_to(app)
administration.add_to(app)
web.add_to(app)
api.add_to(app)
restatement.add_to(app)
app.add_typer(domain.app, name="domain")
app.add_typer(product.app, name="product")
app.add_typer(application.app, name="application")
app.add_typer(price.app, name="price")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(access.app, name="access")
app.add_typer(key.app, name="key")
app.add_typer(invoices.app, name="invoice")
app.add_typer(adjustments.app, name="adjust")
app.add_typer(faults.app, name="faults")


@app.callback(invoke_without_command=True)
def version(show: bool = typer.Option(False, "--version", help="Print the version and leave.")) -> None:
    """The open FinOps mart: who consumed what, in which month, at which price, to the last cent."""
    if show:
        typer.echo(__version__)
        raise typer.Exit
    events.configure(Settings.from_environment().log_format)


def main() -> None:
    """Run a command: exit 0, 1 on refused input or a failed check, 2 on wrong usage."""
    try:
        app()
    except SettingsError as error:
        complain(error)
        sys.exit(2)
    except FinopsError as error:
        complain(error)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
