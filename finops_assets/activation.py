"""A domain goes live by data: what a change of ``dim_domain`` asks to be run. Pure.

A look compares the rows with what the look before has seen. A domain that was turned on is asked for once, from
its first month to the current one, and with it the domains spread by it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from finops_assets.catalog import DomainRow
from finops_assets.period import Period
from finops_assets.planning import MonthsRequest

RELOAD_AGAIN_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class Seen:
    """What a look has left behind: of each domain, whether it was on and how often it was turned on."""

    domains: Mapping[str, tuple[bool, int]] = field(default_factory=dict)
    # domains that the loaded definitions did not know, and when a reload was asked for
    reloads: Mapping[str, datetime] = field(default_factory=dict)

    @classmethod
    def parse(cls, cursor: str | None) -> Seen | None:
        """What ``str`` wrote; None when there is nothing that can be read, as before the first look."""
        try:
            held = json.loads(cursor or "")
            domains = {name: (bool(is_on), int(times)) for name, (is_on, times) in held["domains"].items()}
            reloads = {name: datetime.fromisoformat(at) for name, at in held["reloads"].items()}
        except (ValueError, TypeError, KeyError, AttributeError):
            return None
        return cls(domains, reloads)

    def __str__(self) -> str:
        reloads = {name: at.isoformat() for name, at in self.reloads.items()}
        return json.dumps({"domains": dict(self.domains), "reloads": reloads}, sort_keys=True)


def look(
    seen: Seen | None,
    rows: Mapping[str, DomainRow],
    drivers: Mapping[str, Collection[str]],
    *,
    first_month: Period,
    current: Period,
) -> tuple[list[MonthsRequest], Seen]:
    """What to run since the look before, and what this one has seen; the first look of all asks for nothing.

    ``drivers`` names the loaded domains, drivers before the domains spread by them, and whom each waits for.
    """
    now = Seen(dict(_switches(seen, rows, drivers)))
    if seen is None:
        return [], now
    turned_on = {d: times for d, (_, times) in now.domains.items() if times > seen.domains.get(d, (False, 0))[1]}
    enabled = [d for d in drivers if d in rows and rows[d].is_enabled]
    requests = []
    for group in _together([d, *_dependants(d, enabled, drivers)] for d in turned_on):
        causes = {d: turned_on[d] for d in drivers if d in group and d in turned_on}
        first = max(first_month, min(Period.of(rows[d].available_from) for d in causes))
        key = "+".join(f"{d}:{times}" for d, times in causes.items())
        requests.append(MonthsRequest(tuple(d for d in drivers if d in group), first, current, f"activate:{key}"))
    return [request for request in requests if request.first <= current], now


def reload(before: Seen | None, seen: Seen, absent: Iterable[str], now: datetime) -> tuple[bool, Seen]:
    """Whether to have the definitions read again, and what is then remembered of it.

    They are, once, for a domain that they lack (``absent``), again after a while if they still do; and for one that
    has just appeared in them, for who serves the pages may have read them before.
    """
    asked = before.reloads if before else {}
    appeared = before is not None and any(d not in before.domains and d not in asked for d in seen.domains)
    late = [d for d in absent if d not in asked or now - asked[d] >= RELOAD_AGAIN_AFTER]
    is_due = appeared or bool(late)
    return is_due, replace(seen, reloads={d: now if is_due else asked[d] for d in absent})


def _switches(
    seen: Seen | None, rows: Mapping[str, DomainRow], loaded: Collection[str]
) -> Iterator[tuple[str, tuple[bool, int]]]:
    """How each domain stands now. One that is not loaded stays as it was: it is turned on once it can run."""
    before = seen.domains if seen else {}
    for domain_id in [*before, *(d for d in rows if d not in before)]:
        was_on, times = before.get(domain_id, (False, 0))
        is_on = domain_id in rows and rows[domain_id].is_enabled
        if domain_id in loaded:
            yield domain_id, (is_on, times + (is_on and not was_on and seen is not None))
        elif domain_id in before:
            yield domain_id, (was_on and is_on, times)


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
