"""``finops access``: who sees which applications."""

from __future__ import annotations

from typing import Annotated

import typer

from finops_assets import audit
from finops_assets.catalog import access
from finops_assets.cli.administration import Person, Reason, acting_person
from finops_assets.cli.running import ready_mart
from finops_assets.cli.terminal import Format, Row, err, write
from finops_assets.settings import Settings

app = typer.Typer(help="Who sees which applications: list, grant, revoke.", no_args_is_help=True)
Principal = Annotated[str, typer.Argument(metavar="PRINCIPAL", help="A user or a group, as tokens name it.")]
Application = Annotated[str, typer.Argument(metavar="APPLICATION", help="An application's id, or * for all of them.")]


@app.command("list")
def list_access(
    principal: Annotated[str | None, typer.Argument(metavar="PRINCIPAL", help="Only this user or group.")] = None,
    form: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.TABLE,
) -> None:
    """Which applications each user and group sees."""
    with ready_mart(Settings.from_environment()).connect("finops_api") as connection:
        found = access.accesses(connection, principal)
    rows: list[Row] = [
        {"principal": row.principal, "application": row.application_id, "granted_at": row.granted_at.isoformat()}
        for row in found
    ]
    write(rows, form, "Access")


@app.command()
def grant(principal: Principal, application: Application, person: Person = None, reason: Reason = None) -> None:
    """Let a user or a group see an application; what he sees already stays as it is."""
    who, mart = acting_person(person), ready_mart(Settings.from_environment())
    with mart.connect("finops_admin") as connection, audit.acting(connection, who, reason):
        is_new = access.grant(connection, principal, application)
    err.print(f"{principal} {'now sees' if is_new else 'saw already'} {application}", markup=False)


@app.command()
def revoke(principal: Principal, application: Application, person: Person = None, reason: Reason = None) -> None:
    """Take back what was granted to a user or a group; what his other groups see, he still sees."""
    who, mart = acting_person(person), ready_mart(Settings.from_environment())
    with mart.connect("finops_admin") as connection, audit.acting(connection, who, reason):
        access.revoke(connection, principal, application)
    err.print(f"{principal} no longer sees {application} by name", markup=False)
