"""``finops key``: the keys by which programs call the API."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from finops_assets import audit
from finops_assets.catalog import api_keys
from finops_assets.catalog.api_keys import ApiKey, KeyRole
from finops_assets.cli.administration import Person, Reason, acting_person
from finops_assets.cli.running import ready_mart
from finops_assets.cli.terminal import Format, Row, err, write
from finops_assets.errors import SettingsError
from finops_assets.settings import Settings

app = typer.Typer(help="Keys of programs that call the API: list, create, revoke.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="NAME", help="What the key is called, for instance billing-export.")]
KeyRoles = Annotated[KeyRole, typer.Option("--role", help="What its holder may do.")]
Principals = Annotated[
    list[str] | None, typer.Option("--principal", help="Whose applications it sees; again for more.")
]
Expires = Annotated[str | None, typer.Option("--expires", metavar="DAY", help="Its last day, YYYY-MM-DD.")]


@app.command("list")
def list_keys(form: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.TABLE) -> None:
    """Every key there ever was, without its secret, which is kept nowhere."""
    with ready_mart(Settings.from_environment()).connect("finops_api") as connection:
        found = api_keys.keys(connection)
    write([_row(key) for key in found], form, "API keys")


@app.command()
def create(
    name: Name,
    role: KeyRoles = KeyRole.OWNER,
    principal: Principals = None,
    expires: Expires = None,
    person: Person = None,
    reason: Reason = None,
) -> None:
    """Make a key and print it: nobody can show it again."""
    settings = Settings.from_environment()
    until = _end_of(expires, settings.time_zone) if expires else None
    who, mart = acting_person(person), ready_mart(settings)
    with mart.connect("finops_admin") as connection, audit.acting(connection, who, reason):
        key = api_keys.create(connection, name, role, principals=principal or [], expires_at=until)
    err.print(f"key {name}, {role}: keep it now, it is shown this once", markup=False)
    typer.echo(key)


@app.command()
def revoke(name: Name, person: Person = None, reason: Reason = None) -> None:
    """Take a key back: the next request with it is refused."""
    who, mart = acting_person(person), ready_mart(Settings.from_environment())
    with mart.connect("finops_admin") as connection, audit.acting(connection, who, reason):
        api_keys.revoke(connection, name)
    err.print(f"key {name} is revoked", markup=False)


def _row(key: ApiKey) -> Row:
    return {
        "name": key.name,
        "key_id": key.key_id,
        "role": key.role.value,
        "principals": " ".join(key.principals),
        "created_at": key.created_at.isoformat(),
        "expires_at": key.expires_at.isoformat() if key.expires_at else "",
        "revoked_at": key.revoked_at.isoformat() if key.revoked_at else "",
    }


def _end_of(day: str, zone: ZoneInfo) -> datetime:
    try:
        end = datetime.combine(date.fromisoformat(day) + timedelta(days=1), time(), zone)
    except (ValueError, OverflowError) as error:
        raise SettingsError(f"--expires {day!r} is not a day: write YYYY-MM-DD") from error
    if end <= datetime.now(UTC):
        raise SettingsError(f"--expires {day} is over")
    return end
