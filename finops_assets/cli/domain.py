"""``finops domain``: which domains there are, and which run."""

from __future__ import annotations

from typing import Annotated

import typer

from finops_assets import catalog
from finops_assets.cli.running import ready_mart
from finops_assets.cli.terminal import Format, Row, err, write
from finops_assets.domains import discover
from finops_assets.period import Period
from finops_assets.settings import Settings

app = typer.Typer(help="Domains: list them, enable, disable.", no_args_is_help=True)
Id = Annotated[str, typer.Argument(metavar="ID", help="A domain's id, for instance OPEN.")]


@app.command("list")
def list_domains(form: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.TABLE) -> None:
    """Every domain of dim_domain, and whether a plugin computes it."""
    plugins = discover()
    with ready_mart(Settings.from_environment()).connect("finops_api") as connection:
        known = catalog.domains(connection)
    rows: list[Row] = [
        {
            "domain": row.domain_id,
            "label": row.domain_label,
            "mode": row.domain_mode,
            "method": row.indirect_method_key,
            "enabled": "yes" if row.is_enabled else "no",
            "available_from": f"{row.available_from:%Y-%m}",
            "plugin": "yes" if row.domain_id in plugins else "none",
        }
        for row in known.values()
    ]
    write(rows, form, "Domains")


@app.command()
def enable(
    domain_id: Id,
    available_from: Annotated[
        str | None, typer.Option("--from", metavar="MONTH", help="Its first month; else the one it has.")
    ] = None,
) -> None:
    """Let a domain run; its months are computed from its first one on."""
    _switch(domain_id, is_enabled=True, available_from=Period.parse(available_from) if available_from else None)


@app.command()
def disable(domain_id: Id) -> None:
    """Stop new runs of a domain; months already computed stay visible."""
    _switch(domain_id, is_enabled=False, available_from=None)


def _switch(domain_id: str, *, is_enabled: bool, available_from: Period | None) -> None:
    with ready_mart(Settings.from_environment()).connect("finops_admin") as connection:
        catalog.set_enabled(connection, domain_id, is_enabled=is_enabled, available_from=available_from)
    err.print(f"{domain_id} is {'enabled' if is_enabled else 'disabled'}")
