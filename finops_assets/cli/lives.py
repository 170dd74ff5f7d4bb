"""What ``finops product`` and ``finops application`` share: the life of a member, written."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from enum import StrEnum
from zoneinfo import ZoneInfo

from finops_assets import audit, pricing
from finops_assets.cli.administration import act_row, act_whole
from finops_assets.cli.running import ready_mart
from finops_assets.cli.terminal import Format, Row, err, write
from finops_assets.errors import Citation, SettingsError, counted
from finops_assets.postgres.connection import Connection
from finops_assets.settings import Settings


@contextmanager
def admin() -> Iterator[Connection]:
    """A connection for a person's act."""
    with ready_mart(Settings.from_environment()).connect("finops_admin") as connection:
        yield connection


def default_view(connection: Connection) -> pricing.PricingView | None:
    """The default pricing view; None while there is none, and then nothing has a cost."""
    return next((view for view in pricing.views(connection).values() if view.is_default), None)


def day(text: str) -> date:
    """A day as it was typed; SettingsError when it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise SettingsError(f"{text!r} is not a day: write YYYY-MM-DD, for instance 2025-03-31") from error


def say_counts(thing: str, counts: Collection[tuple[StrEnum, int]]) -> None:
    """Tell how many members there are, and how many in each state; the parts add up."""
    parts = ", ".join(f"{number} {state.value}" for state, number in counts)
    err.print(f"{counted(sum(number for _, number in counts), thing)}: {parts}")


def write_life(
    member: Row,
    months: Sequence[Row],
    cited: Sequence[Citation],
    acts: Sequence[audit.Act],
    form: Format,
    zone: ZoneInfo,
) -> None:
    """A member as it is now, what was used month by month, what was done to it; of CSV the months alone."""
    if form is Format.JSON:
        done, citing = [act_whole(act, zone) for act in acts], [str(one) for one in cited]
        whole = {"now": member, "months": list(months), "cited_by": citing, "acts": done}
        sys.stdout.write(json.dumps(whole, ensure_ascii=False, indent=2, default=str) + "\n")
        return
    if form is Format.TABLE:
        write([member], form, "Now")
    write(months, form, "Month by month, as it was then", ["quantity", "cost", "unpriced", "applications", "products"])
    if form is Format.TABLE:
        write([act_row(act, zone) for act in acts], form, "What was done to it, newest first")
        told = ", ".join(map(str, cited))
        err.print(f"cited by {told}: it is never deleted" if cited else "nothing cites it: it may be deleted")
