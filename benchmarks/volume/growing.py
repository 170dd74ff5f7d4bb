"""Month after month into the mart, as months come: prices, every slice, and one refresh."""

from __future__ import annotations

from benchmarks.volume.company import DOMAINS, Company
from benchmarks.volume.place import FIRST, months_published, publish_prices
from benchmarks.volume.publishing import BARE, Spent, bare_copies, publication, publish, spent
from finops_assets import marts
from finops_assets.period import Period
from finops_assets.postgres.connection import Mart

Stages = dict[str, Spent]


def month_of(history: int) -> Period:
    """The last month of a mart that has so many."""
    return FIRST.shift(history - 1)


def grow(mart: Mart, company: Company, months: int, *, compares_last: bool = False) -> Stages:
    """Publish and refresh the months that are missing up to so many; what the last took, nothing if it was there.

    ``compares_last`` also copies the rows of its slices into bare tables, before each slice and after it: their mean.
    """
    taken: Stages = {}
    for history in range(months_published(mart) + 1, months + 1):
        taken = add_month(mart, company, month_of(history), compares=compares_last and history == months)
    return taken


def add_month(mart: Mart, company: Company, period: Period, *, compares: bool) -> Stages:
    """Publish every slice of a month and refresh the marts once."""
    publish_prices(mart, company, period)
    total = dict.fromkeys(["publish", *(BARE if compares else ())], Spent())
    with mart.connect("finops_batch") as connection:
        for domain in DOMAINS:
            ready = publication(company, domain, period)
            before = bare_copies(mart, ready) if compares else {}
            done = {"publish": spent(connection, lambda ready=ready: publish(connection, ready))}  # type: ignore[misc]
            after = bare_copies(mart, ready) if compares else {}
            bare = {name: before[name].plus(after[name]).halved() for name in before}
            total = {name: total[name].plus(one) for name, one in (done | bare).items()}
        return total | {"refresh": spent(connection, lambda: marts.refresh(connection))}
