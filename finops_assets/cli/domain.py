"""``finops domain``: which domains there are, and which run."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from finops_assets import audit, catalog
from finops_assets.allocation.indirect import method_of
from finops_assets.catalog import known_domains
from finops_assets.cli import automation
from finops_assets.cli.administration import Person, Reason, acting_person
from finops_assets.cli.running import now_in, ready_mart
from finops_assets.cli.terminal import Format, Row, err, escape, out, write
from finops_assets.domain import Mode
from finops_assets.operations import checklist
from finops_assets.period import Period
from finops_assets.settings import Settings

app = typer.Typer(help="Domains: list them, add one by data alone, enable, disable.", no_args_is_help=True)
Id = Annotated[str, typer.Argument(metavar="ID", help="A domain's id, for instance OPEN.")]
First = Annotated[
    str | None,
    typer.Option("--from", metavar="MONTH", help="Its first month; else the one it has, or the current one."),
]


@app.command("list")
def list_domains(form: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.TABLE) -> None:
    """Every domain of dim_domain, and what computes it: a module, its method, or nothing and why."""
    with ready_mart(Settings.from_environment()).connect("finops_api") as connection:
        found = catalog.domains(connection)
    known = known_domains.of_rows(found.values())
    rows: list[Row] = [
        {
            "domain": row.domain_id,
            "label": row.domain_label,
            "mode": row.domain_mode,
            "method": row.indirect_method_key,
            "enabled": "yes" if row.is_enabled else "no",
            "available_from": f"{row.available_from:%Y-%m}",
            "plugin": known.computed_by(row.domain_id),
        }
        for row in found.values()
    ]
    write(rows, form, "Domains")


@app.command()
def add(
    domain_id: Id,
    label: Annotated[str, typer.Option("--label", help="Its name.")],
    method: Annotated[str, typer.Option("--method", help="How its amount is spread: see docs/adding-a-domain.md.")],
    indirect_label: Annotated[str | None, typer.Option("--indirect-label", help="The method, for people.")] = None,
    available_from: First = None,
    person: Person = None,
    reason: Reason = None,
) -> None:
    """Add an INDIRECT domain by data alone, disabled: its method is one that the mart knows."""
    settings, who = Settings.from_environment(), acting_person(person)
    row = catalog.DomainRow(
        domain_id=domain_id,
        domain_label=label,
        domain_mode=Mode.INDIRECT,
        indirect_method_key=method,
        indirect_label=indirect_label or _sentence(method_of(method).description),
        is_enabled=False,
        available_from=(Period.parse(available_from) if available_from else now_in(settings)).first_day,
    )
    with ready_mart(settings).connect("finops_admin") as connection, audit.acting(connection, who, reason):
        known_domains.add(connection, row)
    err.print(f"{domain_id} is added, disabled: `finops domain enable {domain_id}` lets it run")


def _sentence(words: str) -> str:
    """The words with their first letter large; the ids in them as they are."""
    return words[:1].upper() + words[1:]


@app.command()
def enable(
    domain_id: Id,
    available_from: First = None,
    person: Person = None,
    reason: Reason = None,
) -> None:
    """Let a domain run; its months are computed from its first one on. What its checklist lacks is told first."""
    who, first = acting_person(person), Period.parse(available_from) if available_from else None
    _show(domain_id, err)
    _switch(domain_id, is_enabled=True, available_from=first, person=who, reason=reason)


@app.command("checklist")
def show_checklist(domain_id: Id) -> None:
    """What a domain should have before it goes live, met or not; nothing of it is a wall."""
    _show(domain_id, out)


@app.command()
def disable(domain_id: Id, person: Person = None, reason: Reason = None) -> None:
    """Stop new runs of a domain; months already computed stay visible."""
    _switch(domain_id, is_enabled=False, available_from=None, person=acting_person(person), reason=reason)


def _show(domain_id: str, console: Console) -> None:
    with ready_mart(Settings.from_environment()).connect("finops_api") as connection:
        items = checklist.checklist(connection, domain_id)
    for item in [*items, automation.watched()]:
        mark = "[green]ok     [/]" if item.is_met else "[yellow]not met[/]"
        console.print(f"{mark} {item.title}: {escape(item.told)}", soft_wrap=True)


def _switch(
    domain_id: str, *, is_enabled: bool, available_from: Period | None, person: str, reason: str | None
) -> None:
    mart = ready_mart(Settings.from_environment())
    with mart.connect("finops_admin") as connection, audit.acting(connection, person, reason):
        catalog.set_enabled(connection, domain_id, is_enabled=is_enabled, available_from=available_from)
    err.print(f"{domain_id} is {'enabled' if is_enabled else 'disabled'}")
