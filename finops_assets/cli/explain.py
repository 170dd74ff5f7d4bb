"""``finops explain``: what an amount comes from, down to the source lines."""

from __future__ import annotations

import dataclasses
import json
import sys
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import typer

from finops_assets import lineage, marts
from finops_assets.api import words
from finops_assets.cli.amount_tree import Words, drawn
from finops_assets.cli.running import now_in, ready_mart
from finops_assets.cli.terminal import draw, err
from finops_assets.errors import counted
from finops_assets.lineage import Asked
from finops_assets.lineage.finality import Finality, finality
from finops_assets.lineage.nodes import Explanation
from finops_assets.period import Period
from finops_assets.settings import Settings
from finops_assets.verify import snapshot

PARTS_SHOWN = 10


class Form(StrEnum):
    """How an explanation is written."""

    TREE = "tree"
    JSON = "json"


Month = Annotated[str, typer.Argument(metavar="MONTH", help="A month, written YYYY-MM.")]
Application = Annotated[str, typer.Option("--application", help="The application whose cost it is.")]
Domain = Annotated[str | None, typer.Option("--domain", help="Only what it cost in this domain.")]
Product = Annotated[str | None, typer.Option("--product", help="Only this product of the domain.")]
Version = Annotated[int | None, typer.Option("--version", help="A version of the domain's slice, by default the last.")]
View = Annotated[str | None, typer.Option("--view", help="Pricing view; by default the default one.")]
Depth = Annotated[int, typer.Option("--depth", min=0, help="How many drivers behind each other to follow.")]
Limit = Annotated[int, typer.Option("--limit", min=0, help="Parts shown of each amount, the rest summed; 0: all.")]
Written = Annotated[Form, typer.Option("--format", help="How to write it; json has every part, numbers as text.")]


def add_to(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command()(explain)


def explain(
    month: Month,
    application: Application,
    domain: Domain = None,
    product: Product = None,
    version: Version = None,
    view: View = None,
    depth: Depth = lineage.DEPTH,
    limit: Limit = PARTS_SHOWN,
    form: Written = Form.TREE,
) -> None:
    """What an application cost, down to price, run, source file and source lines; parts add up."""
    if domain is None and (product is not None or version is not None):
        raise typer.BadParameter("--product and --version are of a domain: give --domain too")
    settings, asked = Settings.from_environment(), Asked(Period.parse(month), application, domain, product, version)
    with ready_mart(settings).connect("finops_api") as connection, snapshot(connection):
        told, stale = lineage.explain(connection, asked, view, depth), marts.stale_count(connection)
        known = finality(connection, told, domain, now_in(settings))
    if form is Form.JSON:
        _write_json(told, known)
    else:
        _show(told, known, settings, limit)
    if stale:
        err.print(f"[yellow]stale:[/] reports do not show {counted(stale, 'slice')} as published; run `finops refresh`")


def _write_json(told: Explanation, known: Finality) -> None:
    why = [words.of_reason(reason, "en") for reason in known.reasons(told)]
    whole = dataclasses.asdict(told) | {"period": str(told.period), "status": known.of(told), "reasons": why}
    sys.stdout.write(json.dumps(whole, default=_text, ensure_ascii=False, indent=2) + "\n")


def _show(told: Explanation, known: Finality, settings: Settings, limit: int) -> None:
    draw(drawn(Words(settings.time_zone, told.view.currency, known).branch(told), limit))


def _text(value: Any) -> str:
    """Numbers with every digit, months and times in ISO 8601, hashes in hexadecimal."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(f"{type(value).__name__} has no text")
