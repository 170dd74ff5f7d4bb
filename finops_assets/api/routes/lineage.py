"""Where an amount comes from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from finops_assets import lineage
from finops_assets.api import cursors
from finops_assets.api.problems import Refused, answers
from finops_assets.api.reading import Reading, Snapshot
from finops_assets.api.schemas.lineage import Lineage, LineageAsked, LineageLine, LineageLines, LineageLinesAsked
from finops_assets.api.trees import tree
from finops_assets.api.visibility import see_behind
from finops_assets.lineage.finality import finality
from finops_assets.lineage.nodes import Holding, Line
from finops_assets.lineage.reading import added

router = APIRouter(prefix="/lineage", tags=["lineage"], responses=answers(404))


@router.get("")
def explain_amount(reading: Snapshot, asked: Annotated[LineageAsked, Query()]) -> Lineage:
    """What an application cost in a month, down to prices, runs, files and source lines; of an owner's, his own."""
    see_behind(reading, asked.application)
    wanted = lineage.Asked(asked.month, asked.application, asked.domain, asked.product, asked.version)
    told = lineage.explain(reading.connection, wanted, asked.pricing_view, asked.depth)
    known = finality(reading.connection, told, asked.domain, reading.current)
    return tree(told, known, asked.lines, reading.language)


@router.get("/lines")
def source_lines(reading: Snapshot, asked: Annotated[LineageLinesAsked, Query()]) -> LineageLines:
    """The source lines of one fact, or of the coefficient of a weight, by file and line, in pages."""
    see_behind(reading, asked.application)
    holding, lines = _holding(reading, asked)
    given = cursors.place(asked.cursor, int)
    start = max(int(given[0]), 0) if given else 0
    end = start + asked.limit
    return LineageLines(
        domain_id=holding.slice.domain_id,
        version=holding.slice.version,
        count=len(lines),
        quantity=added(line.quantity for line in lines),
        cost=added(line.cost for line in lines),
        items=[LineageLine.model_validate(line) for line in lines[start:end]],
        next_cursor=cursors.cursor(end) if end < len(lines) else None,
    )


def _holding(reading: Reading, asked: LineageLinesAsked) -> tuple[Holding, tuple[Line, ...]]:
    """What the application has of the one fact asked for, and its lines; Refused (422) when it is several facts."""
    wanted = lineage.Asked(asked.month, asked.application, asked.domain, asked.product, asked.version)
    (holding,) = lineage.explain(reading.connection, wanted, asked.pricing_view, 0).holdings
    if len(holding.facts) > 1:
        raise Refused(422, "invalid-request", f"product: {asked.domain} has several of this application, name one")
    fact = holding.facts[0]
    drivers = fact.share.drivers if fact.share else ()
    return holding, fact.lines or tuple(line for driver in drivers for line in driver.lines)
