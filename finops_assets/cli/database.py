"""``finops migrate`` and ``finops db``: the mart's database itself."""

from __future__ import annotations

import os
import shutil

import typer

from finops_assets.cli.terminal import err
from finops_assets.errors import ServerError
from finops_assets.postgres.binaries import binary_directory
from finops_assets.postgres.connection import mart_of, place_of
from finops_assets.postgres.migrations import migrate as bring_up_to_date
from finops_assets.settings import Settings

db = typer.Typer(help="The mart's database: its URL, a psql on it.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command()(migrate)
    app.add_typer(db, name="db")


def migrate() -> None:
    """Bring the database to the schema of this version; safe to run at any time, by several at once."""
    applied = bring_up_to_date(mart_of(Settings.from_environment()), announce=err.print)
    if not applied:
        err.print("the schema is up to date")


@db.command()
def url() -> None:
    """Print the mart's URL. It holds the password: keep it out of logs."""
    typer.echo(mart_of(Settings.from_environment()).url)


@db.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def psql(context: typer.Context) -> None:
    """Open psql on the mart; what follows is given to it, for instance -c 'SELECT 1'."""
    settings = Settings.from_environment()
    place = place_of(mart_of(settings).url)
    program = _psql_program()
    names = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}
    environment = os.environ | {names[key]: str(value) for key, value in place.items() if key in names}
    environment |= {"PGOPTIONS": "-c search_path=finops"}
    # a child, not an exec: this process holds the embedded server
    raise typer.Exit(os.spawnve(os.P_WAIT, program, ["psql", *context.args], environment))


def _psql_program() -> str:
    bundled = binary_directory(os.environ) / "psql"
    program = str(bundled) if bundled.exists() else shutil.which("psql")
    if program is None:
        raise ServerError("psql is not installed: install PostgreSQL's client, or use another one on `finops db url`")
    return program
