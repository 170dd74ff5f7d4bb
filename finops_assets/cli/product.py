"""``finops product``: the products there are, and their lives."""

from __future__ import annotations

from typing import Annotated

import typer

from finops_assets.catalog import citations
from finops_assets.catalog import products as service
from finops_assets.catalog.products import Key, Product, ProductMonth, ProductState
from finops_assets.cli import lives
from finops_assets.cli.administration import Person, Reason, acting_person
from finops_assets.cli.running import now_in, ready_mart, today_in
from finops_assets.cli.terminal import Format, Row, err, write
from finops_assets.errors import SettingsError
from finops_assets.money import in_full
from finops_assets.period import Period
from finops_assets.settings import Settings

app = typer.Typer(help="Products: list and show them, end, relabel, move or delete one.", no_args_is_help=True)
Domain = Annotated[str, typer.Argument(metavar="DOMAIN", help="A domain's id, for instance OPEN.")]
Id = Annotated[str, typer.Argument(metavar="PRODUCT", help="A product's id in that domain.")]
Form = Annotated[Format, typer.Option("--format", help="How to write it.")]
Why = Annotated[str, typer.Option("--reason", help="Why, for the audit log.")]
From = Annotated[
    str | None, typer.Option("--from", metavar="MONTH", help="From this month on; by default the current one.")
]


@app.command("list")
def list_products(
    domain: Annotated[str | None, typer.Option("--domain", metavar="ID", help="Only of this domain.")] = None,
    state: Annotated[ProductState | None, typer.Option("--state", help="Only those in this state.")] = None,
    after: Annotated[
        str | None, typer.Option("--after", metavar="DOMAIN/ID", help="Those behind this one: the next page.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at most.")] = service.PAGE,
    form: Form = Format.TABLE,
) -> None:
    """The products as they are now, page by page; how many are in each state is told too."""
    settings = Settings.from_environment()
    today, last = today_in(settings), _key(after) if after else None
    with ready_mart(settings).connect("finops_api") as connection:
        found = service.products(connection, today, domain_id=domain, state=state, after=last, limit=limit + 1)
        counts = service.counts(connection, today, domain_id=domain)
    page = found[:limit]
    write([_row(one) for one in page], form, "Products")
    lives.say_counts("product", counts.items())
    if len(found) > limit:
        err.print(f"more follow: --after {page[-1].domain_id}/{page[-1].product_id}", markup=False)


@app.command()
def show(domain: Domain, product: Id, form: Form = Format.TABLE) -> None:
    """One product: as it is now, what was used of it month by month as it was then, what was done to it."""
    settings, key = Settings.from_environment(), Key(domain, product)
    with ready_mart(settings).connect("finops_admin") as connection:
        found = service.product(connection, key, today_in(settings))
        view = lives.default_view(connection)
        months = service.history(connection, key, view.pricing_view_id if view else None)
        cited = citations.of_product(connection, domain, product)
        acts = service.acts(connection, key)
    rows = [_month(month, found, view.currency if view else None) for month in months]
    lives.write_life(_row(found), rows, cited, acts, form, settings.time_zone)


@app.command()
def activate(domain: Domain, product: Id, person: Person = None, reason: Reason = None) -> None:
    """Put a product into service, without an end date."""
    with lives.admin() as connection:
        service.activate(connection, Key(domain, product), person=acting_person(person), reason=reason)
    _say(domain, product, "is active")


@app.command()
def deactivate(domain: Domain, product: Id, person: Person = None, reason: Reason = None) -> None:
    """Take a product out of service; what is still used of it lands and counts."""
    with lives.admin() as connection:
        service.deactivate(connection, Key(domain, product), person=acting_person(person), reason=reason)
    _say(domain, product, "is inactive")


@app.command()
def decommission(
    domain: Domain,
    product: Id,
    reason: Why,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DAY", help="The day, YYYY-MM-DD; by default today.")
    ] = None,
    person: Person = None,
) -> None:
    """End a product on a day: lines of later months are quarantined, what was used before stays."""
    settings, who = Settings.from_environment(), acting_person(person)
    today = today_in(settings)
    day = lives.day(on) if on else today
    with ready_mart(settings).connect("finops_admin") as connection:
        late = service.decommission(connection, Key(domain, product), day, today, person=who, reason=reason)
    _say(domain, product, f"is decommissioned on {day}: its lines of later months are quarantined")
    if late:
        months = ", ".join(map(str, late))
        err.print(f"published with lines of it: {months}; `finops run MONTH --domain {domain}` quarantines them")


@app.command()
def relabel(
    domain: Domain,
    product: Id,
    label: Annotated[str, typer.Argument(metavar="LABEL", help="What it is called.")],
    first: From = None,
    person: Person = None,
    reason: Reason = None,
) -> None:
    """Call a product otherwise from a month on; earlier months keep the label of then."""
    settings, who = Settings.from_environment(), acting_person(person)
    month = Period.parse(first) if first else now_in(settings)
    with ready_mart(settings).connect("finops_admin") as connection:
        service.relabel(connection, Key(domain, product), label, month, person=who, reason=reason)
    _say(domain, product, f"is called {label.strip()} from {month} on")


@app.command()
def move(
    domain: Domain,
    product: Id,
    family: Annotated[str, typer.Argument(metavar="FAMILY", help="The id of a family of its domain.")],
    family_label: Annotated[
        str | None, typer.Option("--family-label", metavar="LABEL", help="Make the family, under this name.")
    ] = None,
    first: From = None,
    person: Person = None,
    reason: Reason = None,
) -> None:
    """Put a product into another family from a month on; earlier months keep the family of then."""
    settings, who = Settings.from_environment(), acting_person(person)
    key, month = Key(domain, product), Period.parse(first) if first else now_in(settings)
    with ready_mart(settings).connect("finops_admin") as connection:
        service.move(connection, key, family, month, new_label=family_label, person=who, reason=reason)
    _say(domain, product, f"is in family {family} from {month} on")


@app.command()
def release(domain: Domain, product: Id, person: Person = None, reason: Reason = None) -> None:
    """Give a product back: its lists and its usage say again what it is called and whether it is in service."""
    with lives.admin() as connection:
        service.release(connection, Key(domain, product), person=acting_person(person), reason=reason)
    err.print(f"{domain}/{product} is held by nobody: the next `finops import` says what it is", markup=False)


@app.command()
def delete(domain: Domain, product: Id, reason: Why, person: Person = None) -> None:
    """Delete a product that came to be by mistake; refused, with everything that cites it, when anything does."""
    with lives.admin() as connection:
        service.delete(connection, Key(domain, product), person=acting_person(person), reason=reason)
    err.print(f"{domain}/{product} is deleted", markup=False)


def _key(text: str) -> Key:
    domain_id, slash, product_id = text.partition("/")
    if not slash:
        raise SettingsError(f"{text!r} is not DOMAIN/ID, for instance OPEN/vm-small")
    return Key(domain_id, product_id)


def _say(domain: str, product: str, what: str) -> None:
    key = f"{domain}/{product}"
    err.print(f"{key} {what}", markup=False)
    err.print(f"lists leave that alone until `finops product release {domain} {product}`", markup=False)


def _row(one: Product) -> Row:
    return {
        "domain": one.domain_id,
        "product": one.product_id,
        "label": one.product_label,
        "family": one.family_id,
        "family_label": one.family_label,
        "metric": one.consumption_metric,
        "state": one.state.value,
        "until": str(one.decommissioned_at) if one.decommissioned_at else None,
        "held_by": one.held_by,
        "described_by": one.described_by,
    }


def _month(month: ProductMonth, now: Product, currency: str | None) -> Row:
    return {
        "month": f"{month.period_month:%Y-%m}",
        "quantity": in_full(month.quantity),
        "metric": now.consumption_metric,
        "applications": month.applications,
        "cost": in_full(month.cost) or None,
        "currency": currency,
        "unpriced": month.unpriced_count,
        "label_then": month.label_then,
        "label_now": now.product_label,
        "family_then": month.family_then,
        "family_now": now.family_id,
    }
