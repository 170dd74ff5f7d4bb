"""``finops api``: the HTTP API alone, for a supervisor to run."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Annotated

import typer

from finops_assets.catalog import api_keys
from finops_assets.cli.running import ready_mart
from finops_assets.cli.serving import FIRST_API_PORT, HOST
from finops_assets.errors import SettingsError
from finops_assets.gate import LOOPBACK
from finops_assets.postgres.connection import Mart
from finops_assets.settings import Settings

if TYPE_CHECKING:
    from finops_assets.api.configuration import ApiSettings

# where workers count together; set before prometheus-client is imported by them
COUNTERS = "PROMETHEUS_MULTIPROC_DIR"
MOST_WORKERS = 64


def add_to(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command()(api)


def refuse_to_be_open(configured: ApiSettings, mart: Mart) -> None:
    """SettingsError when an API beyond loopback would not know its own name, or could let nobody in but everybody."""
    if not configured.hosts:
        raise SettingsError("FINOPS_API_HOSTS is empty: name the hosts that an API beyond loopback answers to")
    with mart.connect("finops_api") as connection:
        has_doors = configured.has_tokens or api_keys.any_in_force(connection)
    if not has_doors:
        raise SettingsError(
            "nobody could be let in: set FINOPS_BACKSTAGE_URL or FINOPS_OIDC_ISSUER, or make a key: `finops key create`"
        )


def api(
    host: Annotated[str, typer.Option("--host", help="The address to listen on.")] = HOST,
    port: Annotated[int, typer.Option("--port", help="The port to listen on.", min=1, max=65535)] = FIRST_API_PORT,
    workers: Annotated[int, typer.Option("--workers", help="How many processes.", min=1, max=MOST_WORKERS)] = 1,
) -> None:
    """Serve the HTTP API until Ctrl-C: to this machine, and to the names of FINOPS_API_HOSTS."""
    from finops_assets.api.configuration import ApiSettings
    from finops_assets.api.server import serve  # a second to import: only for those who serve

    settings, configured = Settings.from_environment(), ApiSettings.from_environment()
    mart = ready_mart(settings)
    if host not in LOOPBACK:
        refuse_to_be_open(configured, mart)
    if workers > 1:
        counters = settings.home / "api-counters"
        shutil.rmtree(counters, ignore_errors=True)
        counters.mkdir(parents=True)
        os.environ[COUNTERS] = str(counters)
    serve(host, port, workers, configured.proxies)
