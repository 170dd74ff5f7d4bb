"""What people decide about quarantined lines: take one as it is, correct it, leave it out for good.

A decision is in force at once and kept for ever. The next run of the slice does what it asks for; until then the
line waits, and its month with it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from finops_assets import audit
from finops_assets.errors import MartRefused, NotThere
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query
from finops_assets.quarantine.screening import broken_by
from finops_assets.quarantine.set_aside import Texts, Verdict
from finops_assets.sources.corrections import checked

_PENDING = {Verdict.ACCEPT: "accepted", Verdict.FIX: "fixed", Verdict.REJECT: "rejected"}


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


def lines(
    connection: Connection, *, period: Period | None = None, domain_id: str | None = None, everything: bool = False
) -> list[Line]:
    """The lines that wait, or with ``everything`` all that ever did, by month, domain, file and line."""
    month = period.first_day if period else None
    wanted = {"ids": None, "month": month, "domain": domain_id, "everything": everything}
    return [Line(**row) for row in connection.execute(query("quarantine/lines"), wanted)]


def line(connection: Connection, quarantine_id: int) -> Line:
    """One line by its id; NotThere when there is none."""
    found = _by_id(connection, [quarantine_id])
    if not found:
        raise NotThere(f"there is no quarantined line {quarantine_id}: `finops quarantine list --all` shows them")
    return found[0]


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
    wanted = {"ids": list(quarantine_ids), "month": None, "domain": None, "everything": True}
    return [Line(**row) for row in connection.execute(query("quarantine/lines"), wanted)]
