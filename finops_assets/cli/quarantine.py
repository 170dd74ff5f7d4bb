"""``finops quarantine``: lines set aside, and what people decide about them."""

from __future__ import annotations

from typing import Annotated

import typer

from finops_assets import catalog
from finops_assets.catalog import known_domains
from finops_assets.cli.administration import Person, acting_person
from finops_assets.cli.running import chosen_domains, ready_mart, run_months
from finops_assets.cli.terminal import Format, Row, err, write
from finops_assets.period import Period
from finops_assets.postgres.connection import Mart
from finops_assets.quarantine import decisions
from finops_assets.quarantine.set_aside import Texts
from finops_assets.settings import Settings

app = typer.Typer(help="Quarantined lines: list, accept, fix or reject them, run again.", no_args_is_help=True)
Ids = Annotated[list[int], typer.Argument(metavar="ID...", help="Lines, by the ids that `list` shows.")]
Id = Annotated[int, typer.Argument(metavar="ID", help="A line, by the id that `list` shows.")]
Why = Annotated[str, typer.Option("--reason", help="Why; kept with the decision.")]
Form = Annotated[Format, typer.Option("--format", help="How to write it.")]


@app.command("list")
def list_lines(
    month: Annotated[str | None, typer.Argument(metavar="[MONTH]", help="Only of this month, YYYY-MM.")] = None,
    domain: Annotated[str | None, typer.Option("--domain", help="Only of this domain.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Also what is decided and done.")] = False,
    form: Form = Format.TABLE,
) -> None:
    """The lines that wait, with where each stands and why; its month cannot be closed meanwhile."""
    period = Period.parse(month) if month else None
    with _mart().connect("finops_admin") as connection:
        found = decisions.lines(connection, period=period, domain_id=domain, everything=everything)
    write([_row(line) for line in found], form, "Quarantined lines", ["id", "line"])


@app.command()
def show(quarantine_id: Id, form: Form = Format.TABLE) -> None:
    """One line whole: every column as delivered and as corrected, then every decision on it."""
    with _mart().connect("finops_admin") as connection:
        line = decisions.line(connection, quarantine_id)
        made = decisions.history(connection, line)
    correction = line.correction or {}
    columns: list[Row] = [
        {"column": name, "delivered": text, "corrected": correction.get(name, "") if name in correction else ""}
        for name, text in line.source_line.items()
    ]
    acts: list[Row] = [
        {
            "decision": decision.verdict,
            "correction": _pairs(decision.correction),
            "by": decision.decided_by,
            "at": decision.decided_at.isoformat(timespec="seconds"),
            "reason": decision.decision_reason,
        }
        for decision in made
    ]
    write([_row(line)], form, f"Line {quarantine_id}", ["id", "line"])
    write(columns, form, "What it says")
    if acts:
        write(acts, form, "Decisions")


@app.command()
def accept(ids: Ids, reason: Why, person: Person = None) -> None:
    """Take lines as they are, although they break a rule; the next run of their slice includes them."""
    with _mart().connect("finops_admin") as connection:
        _told(decisions.accept(connection, ids, person=acting_person(person), reason=reason))


@app.command()
def reject(ids: Ids, reason: Why, person: Person = None) -> None:
    """Leave lines out for good, also when they are delivered again."""
    with _mart().connect("finops_admin") as connection:
        _told(decisions.reject(connection, ids, person=acting_person(person), reason=reason))


@app.command()
def fix(
    quarantine_id: Id,
    sets: Annotated[list[str], typer.Option("--set", metavar="COLUMN=VALUE", help="A column and what it should say.")],
    reason: Why,
    person: Person = None,
) -> None:
    """Correct a line; the next run of its slice includes it so. What it said is kept."""
    changes = dict(_pair(given) for given in sets)
    with _mart().connect("finops_admin") as connection:
        _told([decisions.fix(connection, quarantine_id, changes, person=acting_person(person), reason=reason)])


@app.command()
def replay(
    month: Annotated[str, typer.Argument(metavar="MONTH", help="A month, written YYYY-MM.")],
    domain: Annotated[list[str] | None, typer.Option("--domain", help="Only this domain; may be given again.")] = None,
) -> None:
    """Run the slices of a month that have lines waiting again, then what is spread by them, and the marts."""
    period, mart = Period.parse(month), _mart()
    with mart.connect("finops_batch") as connection:
        waiting = domain or decisions.waiting_domains(connection, period)
        rows = catalog.domains(connection)
    if not waiting:
        err.print(f"no line of {period} waits")
        return
    again = known_domains.of_rows(rows.values()).with_followers(waiting)
    followers = [other for other in again if other in waiting or rows[other].is_enabled]
    landed = run_months(mart, chosen_domains(mart, followers), period, period)
    list_lines(month, domain[0] if domain and len(domain) == 1 else None)
    if not landed:
        raise typer.Exit(1)


def _mart() -> Mart:
    return ready_mart(Settings.from_environment())


def _pair(given: str) -> tuple[str, str]:
    column, equals, value = given.partition("=")
    if not equals:
        raise typer.BadParameter(f"{given!r} is not COLUMN=VALUE")
    return column.strip(), value


def _told(lines: list[decisions.Line]) -> None:
    for line in lines:
        place = f"{line.file_name}, line {line.line_number}"
        err.print(f"{line.quarantine_id} ({place}): {line.state}", markup=False)
    again = sorted({(f"{line.period_month:%Y-%m}", line.domain_id) for line in lines if line.decision is None})
    for month, domain_id in again:
        err.print(f"`finops quarantine replay {month} --domain {domain_id}` runs it again", markup=False)


def _row(line: decisions.Line) -> Row:
    return {
        "id": line.quarantine_id,
        "month": f"{line.period_month:%Y-%m}",
        "domain": line.domain_id,
        "file": line.file_name,
        "line": line.line_number,
        "column": line.column_name,
        "value": line.found_value,
        "reason": line.reason,
        "decision": line.state,
        "by": line.decided_by,
    }


def _pairs(texts: Texts | None) -> str:
    return ", ".join(f"{name}={text or ''}" for name, text in (texts or {}).items())
