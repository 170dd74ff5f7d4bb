"""``finops explain``: what an amount comes from, down to the source lines."""

from __future__ import annotations

import dataclasses
import json
import sys
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import typer

from finops_assets import lineage, marts
from finops_assets.cli.amount_tree import Words, drawn
from finops_assets.cli.running import ready_mart
from finops_assets.cli.terminal import err, out
from finops_assets.lineage import Asked
from finops_assets.lineage.nodes import Explanation
from finops_assets.period import Period
from finops_assets.settings import Settings
from finops_assets.verify import snapshot

PARTS_SHOWN = 10


def add_to(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command()(explain)


def explain(
    month: Annotated[str, typer.Argument(metavar="MONTH", help="A month, written YYYY-MM.")],
    application: Annotated[str, typer.Option("--application", help="The application whose cost it is.")],
    domain: Annotated[str | None, typer.Option("--domain", help="Only what it cost in this domain.")] = None,
    product: Annotated[str | None, typer.Option("--product", help="Only this product of the domain.")] = None,
    version: Annotated[int | None, typer.Option("--version", help="A version of the domain's slice.")] = None,
    view: Annotated[str | None, typer.Option("--view", help="Pricing view; by default the default one.")] = None,
    depth: Annotated[int, typer.Option("--depth", min=0, help="How many drivers behind each other to follow.")] = 1,
    limit: Annotated[
        int, typer.Option("--limit", min=0, help="Parts shown of each amount, the others added up; 0 shows all.")
    ] = PARTS_SHOWN,
    as_json: Annotated[bool, typer.Option("--json", help="Write all of it as JSON, numbers as text.")] = False,
) -> None:
    """What an application cost, down to price, run, source file and source lines; parts add up."""
    settings = Settings.from_environment()
    if domain is None and (product is not None or version is not None):
        raise typer.BadParameter("--product and --version are of a domain: give --domain too")
    asked = Asked(Period.parse(month), application, domain, product, version)
    with ready_mart(settings).connect("finops_api") as connection, snapshot(connection):
        told = lineage.explain(connection, asked, view, depth)
        stale = marts.stale_count(connection)
    _write_json(told) if as_json else _show(told, settings, limit)
    if stale:
        err.print(f"[yellow]stale:[/] reports do not show {stale} slices as they are; run `finops refresh`")


def _write_json(told: Explanation) -> None:
    whole = dataclasses.asdict(told) | {"period": str(told.period)}
    sys.stdout.write(json.dumps(whole, default=_text, ensure_ascii=False, indent=2) + "\n")


def _show(told: Explanation, settings: Settings, limit: int) -> None:
    out.print(drawn(Words(settings.time_zone, told.view.currency).branch(told), limit))


def _text(value: Any) -> str:
    """Numbers with every digit, months and times in ISO 8601."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no text")
