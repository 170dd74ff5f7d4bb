"""Costs by any dimensions, rankings, and histories."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from typing import Annotated

from fastapi import APIRouter, Query, Response

from finops_assets.api import cursors, problems, words
from finops_assets.api.asking import Asking, Figures, Top, filtered, in_order, scope_of
from finops_assets.api.problems import Refused
from finops_assets.api.reading import Reading, Snapshot
from finops_assets.api.schemas.amounts import SliceState
from finops_assets.api.schemas.groupings import (
    Aggregate,
    AggregateAsked,
    Group,
    History,
    HistoryMonth,
    Labels,
    OrderBy,
    Ranked,
    Ranking,
    Rankings,
    Text,
)
from finops_assets.api.shaping import Shaper, sent
from finops_assets.costs import Cost, Dimension, percent
from finops_assets.costs.groups import Group as Found
from finops_assets.costs.groups import Groups, Wanted, group
from finops_assets.costs.histories import History as Lived
from finops_assets.costs.histories import Month, Thing, history
from finops_assets.costs.scopes import FILTERS, months_before
from finops_assets.costs.standing import standing_of
from finops_assets.domain import RESERVED_APPLICATIONS

router = APIRouter(tags=["figures"], responses=problems.answers(404))
MONTHS_OF_A_HISTORY = 12


@router.post("/aggregate", response_model=Aggregate)
def aggregate(reading: Snapshot, asked: AggregateAsked, response: Response) -> Response:
    """Costs grouped by any dimensions, exactly: the dearest groups, or the first by key, and what is left; in pages."""
    if len(set(asked.group_by)) < len(asked.group_by):
        raise Refused(422, "invalid-request", "groupBy: a dimension is named twice")
    months = in_order(asked.first, asked.last)
    everything = scope_of(reading, months, asked.pricing_view, now=asked.labels is Labels.NOW)
    names = {name: tuple(dict.fromkeys(getattr(asked.filters, name))) for name in FILTERS}
    scope = filtered(reading, everything, names)
    wanted = Wanted(asked.top, by_key=asked.order_by is OrderBy.KEY, skip=_skipped(reading, asked))
    found = group(reading.connection, scope, asked.group_by, wanted)
    known = standing_of(reading.connection, scope)
    shape = Shaper(Figures(reading, scope), known.limited_to(names["domains"]))
    answer = Aggregate.model_construct(
        **shape.answer(found.total),
        group_by=asked.group_by,
        total=shape.now(found.total),
        groups=[_group(shape, one, asked.group_by) for one in found.listed],
        remainder=shape.remainder(found),
        next_cursor=_following(reading, asked, wanted.skip + len(found.listed)) if found.has_more else None,
    )
    return sent(reading, response, answer)


@router.get("/rankings", response_model=Rankings)
def rankings(
    asked: Asking,
    response: Response,
    dimension: Ranking = Ranking.APPLICATION,
    top: Top = 10,
    movers: Annotated[int, Query(ge=0, le=500)] = 10,
) -> Response:
    """The dearest of a dimension, what moved most against as many months before, and the rest."""
    wanted = Wanted(top, compares=True, movers=movers, ranks=True)
    found = group(asked.reading.connection, asked.scope, [Dimension(dimension)], wanted)
    shape = Shaper(asked, standing_of(asked.reading.connection, asked.scope, asked.scope.earlier))
    return sent(asked.reading, response, _rankings(shape, found, dimension))


@router.get("/history", response_model=History)
def costs_by_month(
    asked: Asking,
    response: Response,
    of: Annotated[Thing, Query(description="What has the history.")] = Thing.TOTAL,
    id_: Annotated[Text | None, Query(alias="id", description="Of the thing; none of the total.")] = None,
    domain: Annotated[Text | None, Query(description="Of a family or a product.")] = None,
) -> Response:
    """One thing month by month, months without data included; by default the twelve up to the last with data."""
    domain = _place(of, id_, domain)
    scope = asked.scope
    if not asked.names_months:
        scope = replace(scope, first=months_before(scope.last, MONTHS_OF_A_HISTORY - 1))
    found = history(asked.reading.connection, scope, of, id_, domain)
    return sent(
        asked.reading, response, _history(Shaper(replace(asked, scope=scope), found.standing), found, of, id_, domain)
    )


def _place(of: Thing, id_: str | None, domain: str | None) -> str | None:
    """The domain that the thing is in; Refused (422) when id or domain is missing or of no use."""
    if (of is Thing.TOTAL) != (id_ is None):
        raise Refused(422, "invalid-request", "id: it goes with every `of` but `total`")
    if of in (Thing.FAMILY, Thing.PRODUCT) and domain is None:
        raise Refused(422, "invalid-request", "domain: families and products are told apart by domain: name it")
    if of not in (Thing.FAMILY, Thing.PRODUCT) and domain is not None:
        raise Refused(422, "invalid-request", "domain: it goes with families and products only; see /aggregate")
    return id_ if of is Thing.DOMAIN else domain


def _skipped(reading: Reading, asked: AggregateAsked) -> int:
    """How many groups come before the page; Refused (422) of a cursor that is not of the same question and figures."""
    given = cursors.place(asked.cursor, str, int, int)
    if given is None:
        return 0
    question, change_number, place = given
    if question != _question(asked):
        raise Refused(422, "invalid-cursor", "cursor: it is of another question: ask the same, or without one")
    if int(change_number) != reading.change_number:
        raise Refused(422, "invalid-cursor", "cursor: figures have changed since that page: ask again without one")
    return max(int(place), 0)


def _following(reading: Reading, asked: AggregateAsked, place: int) -> str:
    return cursors.cursor(_question(asked), reading.change_number, place)


def _question(asked: AggregateAsked) -> str:
    """What is asked, whichever page of it, in short."""
    return sha256(asked.model_dump_json(exclude={"cursor", "top"}).encode()).hexdigest()[:16]


def _group(shape: Shaper, one: Found, by: list[Dimension]) -> Group:
    months = [one.month] if one.month else shape.scope.months
    return Group.model_construct(
        month=one.month,
        domain_id=one.domain_id,
        family_id=one.family_id,
        product_id=one.product_id,
        application_id=one.application_id,
        owner=one.owner,
        label=_label(shape, one, by[-1] if by else None),
        labels={dimension: _label(shape, one, dimension) for dimension in by},
        is_reserved=one.application_id in RESERVED_APPLICATIONS,
        quantity=one.quantity,
        metric=one.metric,
        amount=shape.amount(one.cost, months, one.domain_id),
    )


def _label(shape: Shaper, one: Found, by: Dimension | None) -> str:
    language = shape.reading.language
    labels = {
        Dimension.MONTH: str(one.month),
        Dimension.DOMAIN: one.domain_label or one.domain_id,
        Dimension.FAMILY: one.family_label or one.family_id or one.indirect_label,
        Dimension.PRODUCT: one.product_label or one.indirect_label,
        Dimension.APPLICATION: one.application_label or one.application_id,
        Dimension.OWNER: one.owner or words.word("NO_OWNER", language),
    }
    return (labels[by] if by else None) or words.word("TOTAL", language)


def _rankings(shape: Shaper, found: Groups, dimension: Ranking) -> Rankings:
    ranks = {_key(one): place for place, one in enumerate(found.listed, start=1)}
    listed = [_ranked(shape, one, found.total, dimension, ranks) for one in found.listed]
    return Rankings.model_construct(
        **shape.answer(found.total),
        dimension=dimension,
        total=shape.now(found.total),
        change=shape.change(found.total, found.previous),
        items=listed,
        remainder=shape.remainder(found),
        movers=[_ranked(shape, one, found.total, dimension, ranks) for one in found.movers],
    )


def _key(one: Found) -> tuple[str | None, ...]:
    return one.domain_id, one.family_id, one.product_id, one.application_id, one.owner


def _ranked(
    shape: Shaper, one: Found, total: Cost, dimension: Ranking, ranks: dict[tuple[str | None, ...], int]
) -> Ranked:
    ids = {
        Ranking.APPLICATION: one.application_id,
        Ranking.OWNER: one.owner,
        Ranking.DOMAIN: one.domain_id,
        Ranking.FAMILY: one.family_id,
        Ranking.PRODUCT: one.product_id,
    }
    return Ranked.model_construct(
        rank=ranks.get(_key(one)),
        previous_rank=one.previous_rank,
        domain_id=one.domain_id,
        id=ids[dimension],
        label=_label(shape, one, Dimension(dimension)),
        owner=one.application_owner or one.owner,
        amount=shape.now(one.cost, one.domain_id),
        share=percent(one.cost.cost, total.cost, 2),
        change=shape.change(one.cost, one.previous, one.domain_id),
    )


def _history(shape: Shaper, found: Lived, of: Thing, id_: str | None, domain: str | None) -> History:
    return History.model_construct(
        **shape.answer(found.total, domain),
        dimension=of,
        id=id_,
        domain_id=domain,
        label=found.label or words.word("TOTAL", shape.reading.language),
        series=[_month(shape, one, domain) for one in found.months],
        total=shape.now(found.total, domain),
    )


def _month(shape: Shaper, one: Month, domain: str | None) -> HistoryMonth:
    known = shape.standing.slices.get((one.month, domain)) if domain else None
    amount = shape.amount(one.cost, [one.month], domain)
    return HistoryMonth.model_construct(
        month=one.month,
        status=amount.status,
        has_data=one.cost.line_count > 0,
        amount=amount,
        state=SliceState(known.state) if known else None,
        closed_at=one.closed_at,
        label_then=one.label,
        quantity=one.quantity,
        reason=None if one.cost.line_count else _why(shape, one.month, domain),
    )


def _why(shape: Shaper, month: object, domain: str | None) -> str:
    told = [one for one in shape.standing.slices.values() if one.month == month and domain in (None, one.domain_id)]
    language = shape.reading.language
    if any(one.is_shown and one.state == "LOADED" for one in told):
        return words.word("FILTERED", language)
    if domain and told:
        return words.of_slice(told[0], language)
    return words.word("NO_DATA", language)
