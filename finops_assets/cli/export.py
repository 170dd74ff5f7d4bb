"""``finops export``: months line by line, as FOCUS or as they are, in a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from finops_assets import export as service
from finops_assets.cli.running import now_in, ready_mart
from finops_assets.cli.terminal import err, escape
from finops_assets.errors import counted
from finops_assets.export import Exported, Form, Wanted
from finops_assets.money import in_full
from finops_assets.period import Period
from finops_assets.settings import Settings

Months = Annotated[str, typer.Argument(metavar="MONTH[..MONTH]", help="A month, or the first and the last of several.")]
Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="The file; one that is there is replaced.")]
As = Annotated[Form, typer.Option("--format", help="FOCUS columns or the mart's own, as CSV or Parquet.")]
Views = Annotated[
    list[str] | None,
    typer.Option("--view", help="Pricing view, by default the default one; again for another FOCUS cost."),
]
Application = Annotated[str | None, typer.Option("--application", help="Only this application.")]


def add_to(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command("export")(export)


def export(
    months: Months, out: Out, form: As = Form.FOCUS_CSV, view: Views = None, application: Application = None
) -> None:
    """Write every line of the months, priced, to a file: whole, adding up to the marts, or not at all."""
    settings = Settings.from_environment()
    first, several, last = months.partition("..")
    wanted = Wanted(Period.parse(first), Period.parse(last if several else first), form, tuple(view or ()), application)
    with ready_mart(settings).connect("finops_api") as connection:
        _tell(service.export(connection, settings, wanted, out, now_in(settings)), out)


def _tell(done: Exported, out: Path) -> None:
    err.print(f"{counted(done.lines, 'line')} in {escape(str(out))}", soft_wrap=True)
    for view, total in done.totals.items():
        err.print(f"{view}: {in_full(total) or 'nothing priced'} {done.currency if total is not None else ''}".rstrip())
    if done.unpriced:
        err.print(f"[yellow]incomplete:[/] {counted(done.unpriced, 'line')} without a price; the cost is empty")
    if done.stale:
        err.print(f"[yellow]stale:[/] {counted(done.stale, 'slice')} newer than the marts; run `finops refresh`")
