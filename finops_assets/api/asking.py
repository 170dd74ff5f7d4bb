"""What a request for figures asks about: months, pricing view, filters and labels, from its query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends, Query, Request
from fastapi.dependencies.models import Dependant

from finops_assets.api.problems import Refused
from finops_assets.api.reading import Reading, Snapshot
from finops_assets.api.schemas.groupings import MOST_MONTHS, MOST_NAMED, Labels, Text
from finops_assets.api.schemas.values import MonthText
from finops_assets.costs.scopes import Scope, Shown, UnknownNames, UnknownView, refuse_unknown, shown
from finops_assets.period import Period


@dataclass(frozen=True)
class Figures:
    """A snapshot, and what is asked about in it; ``names_months`` when the caller chose the months."""

    reading: Reading
    scope: Scope
    names_months: bool = True


def months_of(
    month: Annotated[
        MonthText | None, Query(description="One month, without `from` and `to`; by default the last one with data.")
    ] = None,
    first: Annotated[
        MonthText | None, Query(alias="from", description=f"The first of up to {MOST_MONTHS} months, with `to`.")
    ] = None,
    last: Annotated[MonthText | None, Query(alias="to", description="The last of them, included.")] = None,
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


def refuse_unknown_parameters(request: Request) -> None:
    """Refused (422) when the query has a parameter that the route has not: a typing error would change figures."""
    known = _parameters(request.scope["route"].dependant)
    unknown = [name for name in request.query_params if name not in known]
    if unknown:
        there = ", ".join(sorted(known))
        raise Refused(422, "invalid-request", f"unknown parameter {unknown[0][:100]!r}: there are {there}")


def _parameters(dependant: Dependant) -> set[str]:
    own = {field.alias for field in dependant.query_params}
    return own.union(*(_parameters(one) for one in dependant.dependencies))


def of_everything(
    known: Annotated[None, Depends(refuse_unknown_parameters)],
    reading: Snapshot,
    months: Annotated[tuple[Period, Period] | None, Depends(months_of)],
    pricing_view: Annotated[
        Text | None, Query(alias="pricingView", description="A published pricing view; by default the default one.")
    ] = None,
    labels: Annotated[Labels, Query(description="Families and names of products: of then, or of now.")] = Labels.THEN,
) -> Figures:
    """What a GET of figures asks about, before any filter; Refused when the view is unknown."""
    scope = scope_of(reading, months, pricing_view, now=labels is Labels.NOW)
    return Figures(reading, scope, months is not None)


def figures(
    everything: Annotated[Figures, Depends(of_everything, scope="function")],
    application: Annotated[
        list[Text], Query(max_length=MOST_NAMED, description="Only these applications; repeat it for several.")
    ] = [],  # noqa: B006 - FastAPI copies it
) -> Figures:
    """The same of some applications; Refused (422) when one is unknown."""
    names = tuple(dict.fromkeys(application))
    scope = filtered(everything.reading, everything.scope, {"applications": names})
    return replace(everything, scope=scope)


def scope_of(reading: Reading, months: tuple[Period, Period] | None, pricing_view: str | None, *, now: bool) -> Scope:
    """Months and view, by default the last month with data and the default view; Refused (404): unknown view."""
    found = reading.once(("view", pricing_view), lambda: _shown(reading, pricing_view))
    last = found.last_month or reading.current
    first, last = months or (last, last)
    return Scope(
        first=first,
        last=last,
        current=reading.current,
        view=found.view,
        refreshed_at=found.refreshed_at,
        now=now,
        sees_all=reading.caller.sees_every_application,
        once=reading.once,
    )


def filtered(reading: Reading, scope: Scope, filters: Mapping[str, tuple[str, ...]]) -> Scope:
    """The scope limited to what filters name; Refused (422) tells every name that is unknown."""
    refuse_unknown_names(reading, **filters)
    return replace(scope, filters={name: names for name, names in filters.items() if names})


def refuse_unknown_names(reading: Reading, **filters: tuple[str, ...]) -> None:
    """Refused (422) tells every name of a filter that nothing has: it would pass for an amount of nothing."""
    try:
        refuse_unknown(reading.connection, filters)
    except UnknownNames as error:
        raise Refused(422, "unknown-names", str(error)) from error


def _shown(reading: Reading, pricing_view: str | None) -> Shown:
    try:
        return shown(reading.connection, pricing_view)
    except UnknownView as error:
        raise Refused(404, "unknown-pricing-view", str(error)) from error


AskingAll = Annotated[Figures, Depends(of_everything, scope="function")]
Asking = Annotated[Figures, Depends(figures, scope="function")]
Top = Annotated[int, Query(ge=1, le=500)]
