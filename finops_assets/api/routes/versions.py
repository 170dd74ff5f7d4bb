"""Versions of a slice, and what a restatement moved."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from finops_assets import marts, pricing
from finops_assets.api import cursors
from finops_assets.api.problems import answers
from finops_assets.api.reading import Reading, Snapshot, viewer_of
from finops_assets.api.schemas.amounts import PricingViewRef
from finops_assets.api.schemas.versions import (
    ApplicationMove,
    Diff,
    DiffAsked,
    LineCounts,
    MovedLine,
    OtherMoves,
    Version,
    Versions,
    VersionsAsked,
    ViewMove,
)
from finops_assets.api.standing import told as in_words
from finops_assets.costs import Cost
from finops_assets.costs.reasons import NOT_SIGNED, reasons
from finops_assets.costs.standing import standing, unsigned
from finops_assets.slices import changes, restatement
from finops_assets.slices.restatement import Restatement

Names = Mapping[tuple[str, str], str]

router = APIRouter(tags=["versions"], dependencies=[Depends(viewer_of)])


@router.get("/versions", responses=answers(404))
def slice_versions(reading: Snapshot, asked: Annotated[VersionsAsked, Query()]) -> Versions:
    """Every published version of a slice: run, lines, when, and its source files; the last one stands."""
    found = restatement.versions(reading.connection, asked.domain, asked.month)
    items = [Version.model_validate(version) for version in found]
    return Versions(domain_id=asked.domain, month=asked.month, items=items)


@router.get("/diff", responses=answers(404, 409))
def diff_versions(reading: Snapshot, asked: Annotated[DiffAsked, Query()]) -> Diff:
    """What moved between two versions: lines, and money by view and application, both at the prices in force now."""
    view = pricing.view_or_default(reading.connection, asked.pricing_view)
    found = restatement.restatement(reading.connection, asked.domain, asked.month, asked.older, asked.newer)
    rows, following = _page(found, asked)
    called = _called(reading, found, rows)
    return Diff(
        domain_id=asked.domain,
        month=asked.month,
        older=Version.model_validate(found.older),
        newer=Version.model_validate(found.newer),
        pricing_view=PricingViewRef.model_validate(view),
        **_money(reading, found, called, view.pricing_view_id, asked.applications),
        line_counts=LineCounts(**{name: changes.counted(found.lines, name) for name in LineCounts.model_fields}),
        lines=[_line(row, called) for row in rows],
        next_cursor=following,
    )


def _called(reading: Reading, found: Restatement, rows: list[dict[str, Any]]) -> Names:
    """What is listed, as it is called."""
    return restatement.names(
        reading.connection,
        found.domain_id,
        applications={row["application_id"] for row in rows} | {one.application_id for one in found.applications},
        products={row["product_id"] for row in rows if row["product_id"]},
        views={move.pricing_view_id for move in found.totals},
    )


def _money(reading: Reading, found: Restatement, called: Names, view: str, most: int) -> dict[str, Any]:
    """What moved in every view, and of the applications in one; a version that does not stand was signed by nobody."""
    own = [one for one in found.applications if one.move.pricing_view_id == view]
    known = standing(reading.connection, found.period, found.period, reading.current).limited_to([found.domain_id])
    newest = restatement.versions(reading.connection, found.domain_id, found.period)[-1]
    stands = found.newer.version == newest.version
    why = reasons(known, [found.period], Cost(None, 0, max((one.unpriced_after for one in found.totals), default=0)))

    def told(move: changes.Move) -> dict[str, Any]:
        status = known.of([found.period], cost=Cost(move.after, 0, move.unpriced_after))
        return vars(move) | {"moved": move.moved, "status": unsigned(status, stands=stands)}

    def of_application(one: restatement.ApplicationMove) -> ApplicationMove:
        name, label = one.application_id, called["application", one.application_id]
        return ApplicationMove(application_id=name, application_label=label, **told(one.move))

    return {
        "totals": [
            ViewMove(pricing_view_label=called["view", one.pricing_view_id], **told(one)) for one in found.totals
        ],
        "reasons": in_words(why if stands else [*why, NOT_SIGNED], reading.language),
        "applications": [of_application(one) for one in own[:most]],
        "other_applications": _others(own[most:]),
    }


def _others(others: list[restatement.ApplicationMove]) -> OtherMoves:
    moves = [one.move for one in others]
    sums = {
        name: marts.add([amount for move in moves if (amount := getattr(move, name)) is not None])
        for name in ("before", "after", "moved")
    }
    return OtherMoves(count=len(others), **sums)


def _page(found: Restatement, asked: DiffAsked) -> tuple[list[dict[str, Any]], str | None]:
    """One page: two versions never change, so a place in what differs is one for good."""
    given = cursors.place(asked.cursor, int)
    wanted = changes.limited_to(found.lines, asked.change)
    start = min(max(int(given[0]), 0), len(wanted)) if given else 0
    end = start + asked.limit
    return wanted.slice(start, asked.limit).to_pylist(), cursors.cursor(end) if end < len(wanted) else None


def _line(row: dict[str, Any], called: Names) -> MovedLine:
    product = row["product_id"] or None
    return MovedLine(
        change=row["change"],
        application_id=row["application_id"],
        application_label=called["application", row["application_id"]],
        product_id=product,
        product_label=called["product", product] if product else None,
        quantity_before=row["quantity_before"],
        quantity_after=row["quantity_after"],
        metric_before=row["consumption_metric_before"],
        metric_after=row["consumption_metric_after"],
        family_before=row["family_id_before"] or None,
        family_after=row["family_id_after"] or None,
    )
