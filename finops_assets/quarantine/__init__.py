"""Lines set aside, as the mart keeps them: what a slice knows of them, and what a run has made of them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from uuid import UUID

from finops_assets.domain import Domain
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query
from finops_assets.quarantine.set_aside import KnownLine, QuarantinedLine, Screened, Verdict


@dataclass(frozen=True)
class Settled:
    """What a run makes of the lines of a slice: those that wait, and keys of known ones left out or taken in."""

    waiting: tuple[QuarantinedLine, ...] = ()
    rejected: tuple[str, ...] = ()
    landed: tuple[str, ...] = ()
    # the last decision the run knew of; None when it asked for none
    last_decision: int | None = None


@dataclass
class Screening:
    """The screening of one slice's sources, with the decisions in force when it began."""

    last_decision: int
    found: Screened = field(default_factory=Screened)

    @property
    def settled(self) -> Settled:
        """What has become of the lines so far."""
        found = self.found
        return Settled(tuple(found.waiting), tuple(found.rejected), tuple(found.landed), self.last_decision)


def begin(connection: Connection, domain: Domain, period: Period) -> Screening:
    """What is known of a slice's lines now; a decision that comes later makes ``keep`` refuse."""
    key = {"month": period.first_day, "domain": domain.domain_id}
    last = connection.execute(query("quarantine/last_decision"), key).fetchone()
    assert last is not None
    known = {
        row["line_key"]: KnownLine(
            row["line_key"],
            row["source_line"],
            Verdict(row["verdict"]) if row["verdict"] else None,
            row["correction"] or {},
        )
        for row in connection.execute(query("quarantine/known"), key)
    }
    return Screening(last["decision_id"], Screened(known))


def keep(connection: Connection, domain: Domain, period: Period, run_id: UUID, settled: Settled) -> None:
    """Make these what becomes of the slice's lines; a decision taken since the run began is a transient error.

    Lines that wait already, and lines that were rejected, stay as they are. A line that no longer waits is REPLAYED,
    or REJECTED where a person asked for that.
    """
    waiting = settled.waiting
    found = {
        "month": period.first_day,
        "domain": domain.domain_id,
        "run": run_id,
        "seen": settled.last_decision,
        "files": [line.file for line in waiting],
        "lines": [line.line for line in waiting],
        "columns": [line.column for line in waiting],
        "values": [line.value for line in waiting],
        "reasons": [line.reason for line in waiting],
        "rows": [json.dumps(dict(line.source_line), sort_keys=True) for line in waiting],
        "keys": [line.key for line in waiting],
        "rejected": list(settled.rejected),
        "landed": list(settled.landed),
    }
    connection.execute(query("quarantine/settle"), found)
