"""``finops web``: Dagster's pages alone, for a supervisor to run."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from finops_assets.cli.serving import FIRST_PORT, HOST
from finops_assets.errors import SettingsError
from finops_assets.settings import CHECKOUT, Settings


def add_to(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command()(web)


def web(
    host: Annotated[str, typer.Option("--host", help="The address to listen on.")] = HOST,
    port: Annotated[int, typer.Option("--port", help="The port to listen on.")] = FIRST_PORT,
    read_only: Annotated[bool, typer.Option("--read-only", help="Nothing can be run, wiped or reloaded.")] = False,
) -> None:
    """Serve Dagster's pages until Ctrl-C: to this machine, and to the names of FINOPS_DAGSTER_HOSTS."""
    hosts = Settings.from_environment().dagster_hosts
    if host != HOST and not hosts:
        raise SettingsError("FINOPS_DAGSTER_HOSTS is empty: name the hosts that a server beyond loopback answers to")
    from finops_assets.defs.webserver import serve  # seconds to import: only for those who serve

    os.environ.setdefault("DAGSTER_HOME", str(CHECKOUT))
    serve(CHECKOUT / "workspace.yaml", host, port, hosts, read_only=read_only)
