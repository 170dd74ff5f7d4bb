"""``finops import``: the members and prices that the company delivers in its sources."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from finops_assets import audit, catalog, pricing
from finops_assets.catalog import referential
from finops_assets.catalog.referential import Imported
from finops_assets.cli.administration import Person, Reason, acting_person
from finops_assets.cli.price import show_refreshed
from finops_assets.cli.running import ready_mart, today_in
from finops_assets.cli.terminal import Format, Row, err, write
from finops_assets.domain import Domain
from finops_assets.domains import discover
from finops_assets.errors import DomainError, counted
from finops_assets.postgres.connection import Mart
from finops_assets.settings import Settings
from finops_assets.slices import current_period


def add_to(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command("import")(import_delivered)


def import_delivered(
    domain: Annotated[
        list[str] | None, typer.Option("--domain", metavar="ID", help="Only this one's product lists; again for more.")
    ] = None,
    person: Person = None,
    reason: Reason = None,
    form: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.TABLE,
) -> None:
    """Import the list of applications, the product lists and the price files; what says nothing new changes nothing."""
    settings, who = Settings.from_environment(), acting_person(person)
    chosen, mart = _with_lists(domain or []), ready_mart(settings)
    with mart.connect("finops_batch") as connection, audit.acting(connection, who, reason):
        if domain:
            found = [referential.import_products(connection, settings, one, today_in(settings)) for one in chosen]
            done = [one for one in found if one is not None]
        else:
            modules = [plugin.domain for plugin in discover().values()]
            catalog.register_domains(connection, modules, current_period(settings, datetime.now(UTC)))
            done = referential.import_all(connection, settings, chosen, today_in(settings))
    write([_row(one) for one in done], form, "Lists", ["listed", "new", "changed", "deactivated", "returned"])
    if not domain:
        _import_prices(settings, mart, who, reason)


def _import_prices(settings: Settings, mart: Mart, who: str, reason: str | None) -> None:
    folder = settings.sources / "prices"
    with mart.connect("finops_admin") as connection, audit.acting(connection, who, reason):
        done = pricing.import_folder(connection, folder, max_bytes=settings.max_source_bytes)
    new = sum(one.new for one in done)
    err.print(f"{counted(len(done), 'price file')}, of whose rows {new} {'is' if new == 1 else 'are'} new")
    if new:
        show_refreshed(mart)


def _with_lists(wanted: list[str]) -> list[Domain]:
    """The domains that have product lists, or those of them that are wanted; DomainError for one that has none."""
    found = {name: plugin.domain for name, plugin in discover().items() if referential.takes_lists(plugin.domain)}
    if strange := [name for name in wanted if name not in found]:
        raise DomainError(f"{', '.join(strange)} takes no product list: {', '.join(found) or 'no domain'} does")
    return [found[name] for name in wanted] if wanted else list(found.values())


def _row(one: Imported) -> Row:
    return {
        "list": one.name,
        "listed": one.listed,
        "new": one.new,
        "changed": one.changed,
        "deactivated": one.deactivated,
        "returned": one.returned,
    }
