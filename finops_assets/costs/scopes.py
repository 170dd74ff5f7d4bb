"""What is asked about: months, a pricing view, and filters, checked against what there is."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from finops_assets.errors import MartRefused
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query

# Of a question, what reading it gave: it may have been read before.
Once = Callable[[Hashable, Callable[[], Any]], Any]

FILTERS = ("domains", "families", "products", "applications", "owners")
NAMES_SHOWN = 20


class UnknownView(MartRefused):
    """No published pricing view has the name; its message lists those there are."""


class UnknownNames(MartRefused):
    """Filters name what there is not; the message has every one, by filter."""


@dataclass(frozen=True)
class View:
    """The pricing view that costs are in."""

    pricing_view_id: str
    pricing_view_label: str
    currency: str
    kind: str
    is_default: bool


@dataclass(frozen=True)
class Shown:
    """What the marts show: in which view, when they were last refreshed, and the last month that has costs."""

    view: View
    refreshed_at: datetime
    last_month: Period | None


def _every_time(question: Hashable, read: Callable[[], Any]) -> Any:
    return read()


@dataclass(frozen=True)
class Scope:
    """What is asked about. A filter that is empty leaves everything in.

    ``now`` says that products are in the families, and under the names, of now. ``sees_all`` is false for whoever
    sees the rows of some applications only. ``once`` reads what pages have in common: every time, or once a change.
    """

    first: Period
    last: Period
    current: Period
    view: View
    refreshed_at: datetime
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    now: bool = False
    sees_all: bool = True
    once: Once = field(default=_every_time, compare=False, repr=False)

    @cached_property
    def months(self) -> list[Period]:
        """Every month asked for, in order."""
        return list(self.first.through(self.last))

    @property
    def earlier(self) -> Period:
        """The first of as many months before, to compare with."""
        return months_before(self.first, len(self.months))

    @cached_property
    def before(self) -> list[Period]:
        """The months to compare with, in order."""
        return list(self.earlier.through(self.first))[:-1]

    def alike(self, what: str) -> Hashable:
        """A question that every page about the same months, view and filters asks."""
        view, filters = self.view.pricing_view_id, sorted(self.filters.items())
        return what, view, self.first, self.last, self.current, self.now, *filters

    @property
    def by_person(self) -> bool:
        """Whether applications or their owners are filtered."""
        return bool(self.filters.get("applications") or self.filters.get("owners"))


def months_before(month: Period, count: int) -> Period:
    """The month so many earlier, or the first there is."""
    return Period(1970, 1) if (month.year - 1970) * 12 + month.month - 1 < count else month.shift(-count)


def shown(connection: Connection, pricing_view_id: str | None) -> Shown:
    """What the marts show in a published view, or in the default one; UnknownView says which there are."""
    row = connection.execute(query("costs/view"), {"view": pricing_view_id}).fetchone()
    if row is None:
        there = ", ".join(one["pricing_view_id"] for one in connection.execute(query("costs/published_views")))
        asked = "no pricing view is the default" if pricing_view_id is None else f"no published {pricing_view_id!r}"
        raise UnknownView(f"{asked}: there are {there or 'none yet'}")
    refreshed_at, last = row.pop("refreshed_at"), row.pop("last_month")
    return Shown(View(**row), refreshed_at, Period.of(last) if last else None)


def refuse_unknown(connection: Connection, filters: Mapping[str, tuple[str, ...]]) -> None:
    """UnknownNames tells every name of a filter that nothing has, or that the caller may not know of."""
    asked = {name: list(filters.get(name, ())) for name in FILTERS}
    if not any(asked.values()):
        return
    unknown: dict[str, list[str]] = {}
    for row in connection.execute(query("costs/unknown"), asked):
        unknown.setdefault(row["filter"], []).append(row["name"])
    if unknown:
        raise UnknownNames("; ".join(_told(name, names) for name, names in unknown.items()))


def _told(name: str, names: list[str]) -> str:
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return f"unknown {name}: {', '.join(map(repr, names[:NAMES_SHOWN]))}{more}"
