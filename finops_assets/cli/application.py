"""``finops application``: the applications there are, and their lives."""

from __future__ import annotations

from typing import Annotated

import typer

from finops_assets.catalog import applications as service
from finops_assets.catalog import citations
from finops_assets.catalog.applications import Application, ApplicationMonth, ApplicationState
from finops_assets.cli import lives
from finops_assets.cli.administration import Person, Reason, acting_person
from finops_assets.cli.running import ready_mart
from finops_assets.cli.terminal import Format, Row, err, write
from finops_assets.money import in_full
from finops_assets.settings import Settings

app = typer.Typer(help="Applications: list and show them, relabel, give or delete one.", no_args_is_help=True)
Id = Annotated[str, typer.Argument(metavar="APPLICATION", help="An application's id.")]
Form = Annotated[Format, typer.Option("--format", help="How to write it.")]


@app.command("list")
def list_applications(
    state: Annotated[ApplicationState | None, typer.Option("--state", help="Only those in this state.")] = None,
    after: Annotated[
        str | None, typer.Option("--after", metavar="ID", help="Those behind this one: the next page.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at most.")] = service.PAGE,
    form: Form = Format.TABLE,
) -> None:
    """The applications as they are now, page by page; how many are in each state is told too."""
    with ready_mart(Settings.from_environment()).connect("finops_api") as connection:
        found = service.applications(connection, state=state, after=after, limit=limit + 1)
        counts = service.counts(connection)
    page = found[:limit]
    write([_row(one) for one in page], form, "Applications")
    lives.say_counts("application", counts.items())
    if len(found) > limit:
        err.print(f"more follow: --after {page[-1].application_id}", markup=False)


@app.command()
def show(application: Id, form: Form = Format.TABLE) -> None:
    """One application: as it is now, what it used month by month, what was done to it."""
    settings = Settings.from_environment()
    with ready_mart(settings).connect("finops_admin") as connection:
        found = service.application(connection, application)
        view = lives.default_view(connection)
        months = service.history(connection, application, view.pricing_view_id if view else None)
        cited = citations.of_application(connection, application)
        acts = service.acts(connection, application)
    rows = [_month(month, view.currency if view else None) for month in months]
    lives.write_life(_row(found), rows, cited, acts, form, settings.time_zone)


@app.command()
def activate(application: Id, person: Person = None, reason: Reason = None) -> None:
    """Put an application into service: what is spread evenly counts it."""
    with lives.admin() as connection:
        service.activate(connection, application, person=acting_person(person), reason=reason)
    _say(application, "is active")


@app.command()
def deactivate(application: Id, person: Person = None, reason: Reason = None) -> None:
    """Take an application out of service: what is spread evenly leaves it out; what it still uses counts."""
    with lives.admin() as connection:
        service.deactivate(connection, application, person=acting_person(person), reason=reason)
    _say(application, "is inactive")


@app.command()
def relabel(
    application: Id,
    label: Annotated[str, typer.Argument(metavar="LABEL", help="What it is called.")],
    person: Person = None,
    reason: Reason = None,
) -> None:
    """Call an application otherwise."""
    with lives.admin() as connection:
        service.relabel(connection, application, label, person=acting_person(person), reason=reason)
    _say(application, f"is called {label.strip()}")


@app.command()
def own(
    application: Id,
    owner: Annotated[str, typer.Argument(metavar="OWNER", help="Who owns it; empty for nobody.")],
    person: Person = None,
    reason: Reason = None,
) -> None:
    """Say who owns an application."""
    with lives.admin() as connection:
        service.give_to(connection, application, owner, person=acting_person(person), reason=reason)
    _say(application, f"is owned by {owner.strip() or 'nobody'}")


@app.command()
def release(application: Id, person: Person = None, reason: Reason = None) -> None:
    """Give an application back: the list says again what it is called, whose it is and whether it is in service."""
    with lives.admin() as connection:
        service.release(connection, application, person=acting_person(person), reason=reason)
    err.print(f"{application} is held by nobody: the next `finops import` says what it is", markup=False)


@app.command()
def delete(
    application: Id,
    reason: Annotated[str, typer.Option("--reason", help="Why, for the audit log.")],
    person: Person = None,
) -> None:
    """Delete an application that came to be by mistake; refused, with everything that cites it, when anything does."""
    with lives.admin() as connection:
        service.delete(connection, application, person=acting_person(person), reason=reason)
    err.print(f"{application} is deleted", markup=False)


def _say(application: str, what: str) -> None:
    err.print(f"{application} {what}", markup=False)
    err.print(f"the list leaves that alone until `finops application release {application}`", markup=False)


def _row(one: Application) -> Row:
    return {
        "application": one.application_id,
        "label": one.application_label,
        "owner": one.owner,
        "state": one.state.value,
        "held_by": one.held_by,
        "described_by": one.described_by,
    }


def _month(month: ApplicationMonth, currency: str | None) -> Row:
    return {
        "month": f"{month.period_month:%Y-%m}",
        "domain": month.domain_id,
        "products": month.products,
        "cost": in_full(month.cost) or None,
        "currency": currency,
        "unpriced": month.unpriced_count,
    }
