"""What a request for figures asks about: months, pricing view, filters and labels, from its query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

from finops_assets.api.problems import Refused
from finops_assets.api.reading import Reading, Snapshot
from finops_assets.api.schemas.groupings import MOST_MONTHS, MOST_NAMED, Labels, Text
from finops_assets.api.schemas.values import MonthText
from finops_assets.costs.scopes import Scope, Shown, UnknownNames, UnknownView, refuse_unknown, shown
from finops_assets.period import Period


@dataclass(frozen=True)
class Figures:
    """A snapshot, and what is asked about in it."""

    reading: Reading
    scope: Scope


def months_of(
    month: Annotated[MonthText | None, Query(description="One month; by default the last one with data.")] = None,
    first: Annotated[MonthText | None, Query(alias="from", description="The first month of several.")] = None,
    last: Annotated[MonthText | None, Query(alias="to", description="The last month of several, included.")] = None,
) -> tuple[Period, Period] | None:
    """The months asked for; None is the last with data. Refused (422) when they contradict each other."""
    if month is not None:
        if first is not None or last is not None:
            raise Refused(422, "invalid-months", "give `month`, or `from` and `to`: not both")
        return Period.parse(month), Period.parse(month)
    if first is None and last is None:
        return None
    if first is None or last is None:
        raise Refused(422, "invalid-months", "`from` and `to` go together: both months are included")
    return in_order(Period.parse(first), Period.parse(last))


def in_order(first: Period, last: Period) -> tuple[Period, Period]:
    """The months; Refused (422) when the last is before the first, or there are too many."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    if count < 1:
        raise Refused(422, "invalid-months", f"`from` {first} is after `to` {last}")
    if count > MOST_MONTHS:
        raise Refused(422, "invalid-months", f"{count} months are too many: at most {MOST_MONTHS}, ask several times")
    return first, last


def figures(
    reading: Snapshot,
    months: Annotated[tuple[Period, Period] | None, Depends(months_of)],
    pricing_view: Annotated[
        Text | None, Query(alias="pricingView", description="A published pricing view; by default the default one.")
    ] = None,
    application: Annotated[
        list[Text], Query(max_length=MOST_NAMED, description="Only these applications; repeat it for several.")
    ] = [],  # noqa: B006 - FastAPI copies it
    labels: Annotated[Labels, Query(description="Families and names of products: of then, or of now.")] = Labels.THEN,
) -> Figures:
    """What a GET of figures asks about; Refused when a view or an application is unknown."""
    scope = scope_of(reading, months, pricing_view, {"applications": tuple(dict.fromkeys(application))}, labels)
    return Figures(reading, scope)


def scope_of(
    reading: Reading,
    months: tuple[Period, Period] | None,
    pricing_view: str | None,
    filters: Mapping[str, tuple[str, ...]],
    labels: Labels,
) -> Scope:
    """What is asked about, checked; Refused 404 for an unknown view, 422 for unknown names."""
    found = _shown(reading, pricing_view)
    _check(reading, filters)
    last = found.last_month or reading.current
    first, last = months or (last, last)
    return Scope(
        first=first,
        last=last,
        current=reading.current,
        view=found.view,
        refreshed_at=found.refreshed_at,
        filters={name: names for name, names in filters.items() if names},
        now=labels is Labels.NOW,
        sees_all=reading.caller.sees_every_application,
    )


def _shown(reading: Reading, pricing_view: str | None) -> Shown:
    try:
        return shown(reading.connection, pricing_view)
    except UnknownView as error:
        raise Refused(404, "unknown-pricing-view", str(error)) from error


def _check(reading: Reading, filters: Mapping[str, tuple[str, ...]]) -> None:
    try:
        refuse_unknown(reading.connection, filters)
    except UnknownNames as error:
        raise Refused(422, "unknown-names", str(error)) from error


Asking = Annotated[Figures, Depends(figures, scope="function")]
Top = Annotated[int, Query(ge=1, le=500)]
