"""Quarantine: what was set aside and why, and what people decide about it."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from finops_assets.api import cursors, phrases, words
from finops_assets.api.acting import REFUSALS, Acting, Desk
from finops_assets.api.problems import Refused
from finops_assets.api.reading import Snapshot, language_of, viewer_of
from finops_assets.api.schemas.quarantine import (
    DecisionAsked,
    Quarantine,
    QuarantineAsked,
    QuarantinedLine,
    QuarantinedLines,
)
from finops_assets.postgres.connection import Connection
from finops_assets.quarantine import decisions
from finops_assets.quarantine.decisions import Line, Page
from finops_assets.quarantine.set_aside import Verdict

router = APIRouter(prefix="/quarantine", tags=["quarantine"], dependencies=[Depends(viewer_of)])


@router.get("")
def quarantined_lines(reading: Snapshot, asked: Annotated[QuarantineAsked, Query()]) -> Quarantine:
    """Lines that were set aside, by month, domain, file and line; a month closes once none waits."""
    key = cursors.place(asked.cursor, date, str, str, int, int)
    page = Page(None if key is None else (key[0], key[1], key[2], key[3], key[4]), asked.limit + 1)
    connection, month = reading.connection, asked.month
    found = decisions.lines(
        connection, period=month, domain_id=asked.domain, everything=True, stage=asked.state, page=page
    )
    shown, following = cursors.page(found, asked.limit, _key)
    return Quarantine(
        items=[_told(line, reading.language) for line in shown],
        counts=decisions.counts(connection, period=month, domain_id=asked.domain),
        next_cursor=following,
    )


@router.post("/decisions", responses=REFUSALS)
def decide_quarantined_lines(
    desk: Acting, asked: DecisionAsked, language: Annotated[str, Depends(language_of)]
) -> QuarantinedLines:
    """Take lines as they are, correct one, or leave them out for good; the same again is one more decision."""
    if (asked.verdict is Verdict.FIX) != bool(asked.correction) or (asked.correction and len(asked.ids) > 1):
        raise Refused(422, "invalid-request", "correction: it goes with FIX and one line, and with nothing else")
    with desk.open() as connection:
        for one in set(asked.ids) - decisions.known(connection, asked.ids):
            raise Refused(404, "not-found", f"there is no quarantined line {one}")
        decided = _decide(desk, connection, asked)
    return QuarantinedLines(items=[_told(line, language) for line in decided])


def _decide(desk: Desk, connection: Connection, asked: DecisionAsked) -> list[Line]:
    by = {"person": desk.person, "reason": asked.reason}
    match asked.verdict:
        case Verdict.ACCEPT:
            return decisions.accept(connection, asked.ids, **by)
        case Verdict.REJECT:
            return decisions.reject(connection, asked.ids, **by)
        case Verdict.FIX:
            return [decisions.fix(connection, asked.ids[0], asked.correction or {}, **by)]


def _told(line: Line, language: str) -> QuarantinedLine:
    in_words = {
        "text": words.of_quarantined(line, language),
        "reason": phrases.of_set_aside(line.reason, language),
    }
    return QuarantinedLine.model_validate(vars(line) | in_words)


def _key(line: Line) -> tuple[str, str, str, int, int]:
    return line.period_month.isoformat(), line.domain_id, line.file_name, line.line_number, line.quarantine_id
