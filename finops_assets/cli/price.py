"""``finops price``: pricing views and unit prices."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from finops_assets import audit, pricing
from finops_assets.cli.administration import Person, Reason, acting_person
from finops_assets.cli.running import ready_mart, refresh_stale
from finops_assets.cli.terminal import err
from finops_assets.settings import Settings

app = typer.Typer(help="Prices: publish them from files.", no_args_is_help=True)


@app.callback()
def prices() -> None:
    """Prices: publish them from files."""


@app.command("import")
def import_prices(
    file: Annotated[Path, typer.Argument(help="A file of prices or of pricing views.", exists=True, dir_okay=False)],
    person: Person = None,
    reason: Reason = None,
) -> None:
    """Publish the prices of a file that say something new, and price the stale months again."""
    settings = Settings.from_environment()
    who, mart = acting_person(person), ready_mart(settings)
    with mart.connect("finops_admin") as connection, audit.acting(connection, who, reason):
        imported = pricing.import_file(connection, file, max_bytes=settings.max_source_bytes)
    again = refresh_stale(mart)
    err.print(f"{imported.new} of {imported.rows} {imported.kind} are new; {again} slices priced again")
