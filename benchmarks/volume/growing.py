"""Month after month into the mart, as months come: prices, every slice, and one refresh."""

from __future__ import annotations

from benchmarks.volume.company import DOMAINS, Company
from benchmarks.volume.place import FIRST, months_published, publish_prices
from benchmarks.volume.publishing import Spent, publication, publish, spent
from finops_assets import marts
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection, Mart


def month_of(history: int) -> Period:
    """The last month of a mart that has so many."""
    return FIRST.shift(history - 1)


def grow(mart: Mart, company: Company, months: int) -> dict[int, dict[str, Spent]]:
    """Publish and refresh the months that are missing up to so many; what each took, by months there are."""
    taken = {}
    for history in range(months_published(mart) + 1, months + 1):
        publish_prices(mart, company, month_of(history))
        with mart.connect("finops_batch") as connection:
            taken[history] = add_month(connection, company, month_of(history))
    return taken


def add_month(connection: Connection, company: Company, period: Period) -> dict[str, Spent]:
    """Publish every slice of a month and refresh the marts once."""
    nothing = Spent(0, 0, 0)
    published = nothing
    for domain in DOMAINS:
        ready = publication(company, domain, period)
        published = published.plus(spent(connection, lambda ready=ready: publish(connection, ready)))  # type: ignore[misc]
    return {"publish": published, "refresh": spent(connection, lambda: marts.refresh(connection))}
