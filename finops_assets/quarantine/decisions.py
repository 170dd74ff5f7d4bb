"""What people decide about quarantined lines: take one as it is, correct it, leave it out for good.

A decision is in force at once and kept for ever. The next run of the slice does what it asks for; until then the
line waits, and its month with it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from finops_assets import audit
from finops_assets.errors import MartRefused, NotThere
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query
from finops_assets.quarantine.screening import broken_by
from finops_assets.quarantine.set_aside import Texts, Verdict
from finops_assets.sources.corrections import checked

_PENDING = {Verdict.ACCEPT: "accepted", Verdict.FIX: "fixed", Verdict.REJECT: "rejected"}


class Stage(StrEnum):
    """How far a line has come: it waits for a decision, or for the run that does what was decided, or is settled."""

    WAITING = "waiting"
    DECIDED = "decided"
    REPLAYED = "replayed"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"


@dataclass(frozen=True)
class Line:
    """A line that was set aside, and what has become of it."""

    quarantine_id: int
    period_month: date
    domain_id: str
    file_name: str
    line_number: int
    column_name: str
    found_value: str | None
    reason: str
    source_line: Texts
    line_key: str
    is_current: bool
    # whether the slice as it stands holds it, as delivered or as corrected
    is_landed: bool
    decision: str | None
    decided_by: str | None
    decided_at: datetime | None
    decision_reason: str | None
    # the decision in force on it, whether a run has done it yet or not
    verdict: Verdict | None
    correction: Texts | None
    stage: str

    @property
    def state(self) -> str:
        """What has become of it, in words."""
        if self.decision is not None:
            return self.decision
        if not self.is_current:
            return "set aside again"
        return f"{_PENDING[Verdict(self.verdict)]}, waits for a run" if self.verdict else "waits for a decision"


@dataclass(frozen=True)
class Decision:
    """One decision on a line."""

    verdict: Verdict
    correction: Texts | None
    decided_by: str
    decided_at: datetime
    decision_reason: str


@dataclass(frozen=True)
class Page:
    """So many lines after one: its month, domain, file, line and id. Without, all of them."""

    after: tuple[str, str, str, str, str] | None = None
    limit: int | None = None

    @property
    def row(self) -> dict[str, object]:
        """The page as parameters of a statement."""
        names = ("after_month", "after_domain", "after_file", "after_line", "after_id")
        return dict(zip(names, self.after or (None,) * 5, strict=True)) | {"limit": self.limit}


ALL = Page()


def lines(
    connection: Connection,
    *,
    period: Period | None = None,
    domain_id: str | None = None,
    everything: bool = False,
    stage: Stage | None = None,
    page: Page = ALL,
) -> list[Line]:
    """The lines that wait, or with ``everything`` all that ever did, by month, domain, file and line.

    With a ``stage`` those that have come so far.
    """
    month = period.first_day if period else None
    wanted = {"ids": None, "month": month, "domain": domain_id, "stage": stage, "everything": everything or bool(stage)}
    return [Line(**row) for row in connection.execute(query("quarantine/lines"), wanted | page.row)]


def counts(connection: Connection, *, period: Period | None = None, domain_id: str | None = None) -> dict[Stage, int]:
    """How many lines have come how far; together they are all that were ever set aside."""
    wanted = {"month": period.first_day if period else None, "domain": domain_id}
    rows = connection.execute(query("quarantine/counts"), wanted)
    return dict.fromkeys(Stage, 0) | {Stage(row["stage"]): row["line_count"] for row in rows}


def line(connection: Connection, quarantine_id: int) -> Line:
    """One line by its id; NotThere when there is none."""
    found = _by_id(connection, [quarantine_id])
    if not found:
        raise NotThere(f"there is no quarantined line {quarantine_id}: `finops quarantine list --all` shows them")
    return found[0]


def known(connection: Connection, quarantine_ids: Sequence[int]) -> set[int]:
    """Those of the ids that are lines."""
    return {line.quarantine_id for line in _by_id(connection, quarantine_ids)}


def history(connection: Connection, decided: Line) -> list[Decision]:
    """Every decision on a line, oldest first."""
    key = {"month": decided.period_month, "domain": decided.domain_id, "key": decided.line_key}
    return [Decision(**row) for row in connection.execute(query("quarantine/decisions"), key)]


def accept(connection: Connection, quarantine_ids: Sequence[int], *, person: str, reason: str) -> list[Line]:
    """Take lines as they are; MartRefused for a closed month, or a line that is not there."""
    return _decide(connection, quarantine_ids, Verdict.ACCEPT, None, person, reason)


def reject(connection: Connection, quarantine_ids: Sequence[int], *, person: str, reason: str) -> list[Line]:
    """Leave lines out for good, wherever they are delivered again; MartRefused as ``accept``."""
    return _decide(connection, quarantine_ids, Verdict.REJECT, None, person, reason)


def fix(connection: Connection, quarantine_id: int, changes: Mapping[str, str], *, person: str, reason: str) -> Line:
    """Take a line with other values in some columns; what it said is kept.

    SourceRefused when a value breaks its column's rule, MartRefused when the line as corrected would be set aside
    too, or says what it said before, or as ``accept``.
    """
    told = line(connection, quarantine_id)
    correction = {
        name: text for name, text in checked(told.source_line, changes).items() if text != told.source_line[name]
    }
    if not correction:
        raise MartRefused(f"line {quarantine_id} says that already: `finops quarantine accept` takes it as it is")
    period = Period.of(told.period_month)
    key = {"month": period.first_day, "domain": told.domain_id}
    gone = connection.execute(query("catalog/decommissioned_before"), key)
    decommissioned = {row["product_id"]: row["decommissioned_at"] for row in gone}
    said = dict(told.source_line) | correction
    if broken := broken_by(said, period, decommissioned):
        column, why = broken
        raise MartRefused(f"line {quarantine_id} as corrected would be set aside: {column} {said[column]!r}: {why}")
    return _decide(connection, [quarantine_id], Verdict.FIX, correction, person, reason)[0]


def waiting_domains(connection: Connection, period: Period) -> list[str]:
    """The domains that have lines waiting in a month."""
    return sorted({waiting.domain_id for waiting in lines(connection, period=period)})


def _decide(
    connection: Connection,
    quarantine_ids: Sequence[int],
    verdict: Verdict,
    correction: Texts | None,
    person: str,
    reason: str,
) -> list[Line]:
    if not reason.strip():
        raise MartRefused("a decision on a quarantined line needs a reason")
    asked = {
        "lines": list(quarantine_ids),
        "verdict": verdict.value,
        "correction": None if correction is None else json.dumps(dict(correction)),
    }
    with audit.acting(connection, person, reason.strip()):
        decided = [row["quarantine_id"] for row in connection.execute(query("quarantine/decide"), asked)]
        return _by_id(connection, decided)


def _by_id(connection: Connection, quarantine_ids: Sequence[int]) -> list[Line]:
    wanted = {"ids": list(quarantine_ids), "month": None, "domain": None, "stage": None, "everything": True}
    return [Line(**row) for row in connection.execute(query("quarantine/lines"), wanted | ALL.row)]
