"""A domain goes live by data: what a change of ``dim_domain`` asks to be run. Pure.

The audit log counts how often each domain was turned on, or given another method while it was on. A look compares the
counts with those that the look before has seen: a domain whose count has grown is asked for once, from its first month
to the current one, and with it the domains spread by it. Closed months are left alone.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from finops_assets.catalog import DomainRow
from finops_assets.operations.planning import MonthsRequest
from finops_assets.period import Period

RELOAD_AGAIN_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class Seen:
    """What a look has left behind: of each domain, how often its months had a reason to be asked for."""

    times: Mapping[str, int] = field(default_factory=dict)
    # domains that the loaded definitions did not know as they are, and when a reload was asked for
    reloads: Mapping[str, datetime] = field(default_factory=dict)

    @classmethod
    def parse(cls, cursor: str | None) -> Seen | None:
        """What ``str`` wrote; None when there is nothing that can be read, as before the first look."""
        try:
            held = json.loads(cursor or "")
            times = {name: int(count) for name, count in held["times"].items()}
            reloads = {name: datetime.fromisoformat(at) for name, at in held["reloads"].items()}
        except (ValueError, TypeError, KeyError, AttributeError):
            return None
        return cls(times, reloads)

    def __str__(self) -> str:
        reloads = {name: at.isoformat() for name, at in self.reloads.items()}
        return json.dumps({"times": dict(self.times), "reloads": reloads}, sort_keys=True)


def look(
    seen: Seen | None,
    rows: Mapping[str, DomainRow],
    drivers: Mapping[str, Collection[str]],
    *,
    times: Mapping[str, int],
    first_month: Period,
    current: Period,
) -> tuple[list[MonthsRequest], Seen]:
    """What to run since the look before (nothing at the first one of all), and what this one has seen.

    ``drivers``, drivers first: the domains loaded as their rows say, and whom each waits for. Others stay as seen.
    """
    before = dict(seen.times) if seen else {}
    now = Seen(before | {d: times.get(d, 0) for d in drivers if d in rows})
    enabled = [d for d in drivers if d in rows and rows[d].is_enabled and seen is not None]
    due = {d: now.times[d] for d in enabled if now.times[d] > before.get(d, 0)}
    found = []
    for group in _together([d, *_dependants(d, enabled, drivers)] for d in due):
        causes = {d: due[d] for d in drivers if d in group and d in due}
        first = max(first_month, min(Period.of(rows[d].available_from) for d in causes))
        found.append(MonthsRequest(tuple(d for d in drivers if d in group), first, current, _key(causes)))
    return [request for request in found if request.first <= current], now


def _key(causes: Mapping[str, int]) -> str:
    return "activate:" + "+".join(f"{domain_id}:{times}" for domain_id, times in causes.items())


def reload(before: Seen | None, seen: Seen, absent: Iterable[str], now: datetime) -> tuple[bool, Seen]:
    """Whether to have the definitions read again, and what is then remembered of it.

    They are, once, for a domain that they lack (``absent``), again after a while if they still do; and for one that
    has just appeared in them, for who serves the pages may have read them before.
    """
    asked = before.reloads if before else {}
    appeared = before is not None and any(d not in before.times and d not in asked for d in seen.times)
    late = [d for d in absent if d not in asked or now - asked[d] >= RELOAD_AGAIN_AFTER]
    is_due = appeared or bool(late)
    return is_due, replace(seen, reloads={d: now if is_due else asked[d] for d in absent})


def _dependants(domain_id: str, enabled: Iterable[str], drivers: Mapping[str, Collection[str]]) -> list[str]:
    """The enabled domains spread by a domain, or by one of these, in the order of ``enabled``."""
    following = [domain_id]
    for other in enabled:
        if other not in following and set(drivers[other]) & set(following):
            following.append(other)
    return following[1:]


def _together(groups: Iterable[list[str]]) -> list[set[str]]:
    """Groups that share a domain as one: a domain is run once, after its drivers."""
    apart: list[set[str]] = []
    for group in map(set, groups):
        touching = [other for other in apart if other & group]
        apart = [other for other in apart if not other & group] + [group.union(*touching)]
    return apart
