"""``finops audit``: who did what; and who is acting, for the commands that administer."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from finops_assets import audit
from finops_assets.cli.running import ready_mart
from finops_assets.cli.terminal import Format, Row, write
from finops_assets.errors import SettingsError
from finops_assets.settings import Settings

Person = Annotated[
    str | None, typer.Option("--person", help="Who does it; by default FINOPS_PERSON, else the system's user.")
]
Reason = Annotated[str | None, typer.Option("--reason", help="Why, for the audit log.")]


def add_to(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command("audit")(show_acts)


def acting_person(named: str | None) -> str:
    """The person a command was told, or the default one."""
    return audit.default_person() if named is None else named


def show_acts(
    since: Annotated[str | None, typer.Option("--since", metavar="DAY", help="From this day on, YYYY-MM-DD.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DAY", help="Up to the end of this day.")] = None,
    relation: Annotated[str | None, typer.Option("--relation", help="Of this table, for instance dim_domain.")] = None,
    person: Annotated[str | None, typer.Option("--by", help="Of this person.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at most.")] = 100,
    form: Annotated[Format, typer.Option("--format", help="How to write it.")] = Format.TABLE,
) -> None:
    """Administrative acts, newest first: who, when, why, and what changed from what to what."""
    settings = Settings.from_environment()
    zone = settings.time_zone
    first = _midnight(since, zone) if since else None
    last = _midnight(until, zone, days=1) if until else None
    with ready_mart(settings).connect("finops_admin") as connection:
        found = audit.acts(connection, since=first, until=last, relation=relation, person=person, limit=limit)
    if form is Format.JSON:
        whole = [act_whole(act, zone) for act in found]
        sys.stdout.write(json.dumps(whole, ensure_ascii=False, indent=2, default=str) + "\n")
    else:
        write([act_row(act, zone) for act in found], form, "Administrative acts, newest first")


def _midnight(day: str, zone: ZoneInfo, *, days: int = 0) -> datetime:
    try:
        return datetime.combine(date.fromisoformat(day) + timedelta(days=days), time(), zone)
    except ValueError as error:
        raise SettingsError(f"{day!r} is not a day: write YYYY-MM-DD, for instance 2025-03-31") from error


def act_row(act: audit.Act, zone: ZoneInfo) -> Row:
    """An act for people: what changed from what to what, a line each."""
    return {
        "when": f"{act.acted_at.astimezone(zone):%Y-%m-%d %H:%M:%S}",
        "person": act.person,
        "act": act.act,
        "relation": act.relation,
        "key": ", ".join(_text(value) for value in act.key.values()),
        "changes": "\n".join(_change(act, name, *values) for name, values in act.changes.items()),
        "reason": act.reason,
    }


def _change(act: audit.Act, name: str, before: Any, after: Any) -> str:
    if act.before is None:
        return f"{name}: {_text(after)}"
    return f"{name}: {_text(before)} → {'deleted' if act.after is None else _text(after)}"


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def act_whole(act: audit.Act, zone: ZoneInfo) -> dict[str, Any]:
    """An act for programs, with every value."""
    return {
        "id": act.audit_id,
        "when": act.acted_at.astimezone(zone).isoformat(),
        "login": act.login,
        "person": act.person,
        "reason": act.reason,
        "act": act.act,
        "relation": act.relation,
        "key": act.key,
        "changes": {name: {"before": before, "after": after} for name, (before, after) in act.changes.items()},
    }
