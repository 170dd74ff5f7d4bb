"""Coefficients of the INDIRECT domains that are given some: licences each month, audits once."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from finops_assets.demo.company import applications
from finops_assets.demo.files import Table, plain
from finops_assets.demo.story import MONTHS
from finops_assets.period import Period

_HEADER = ("application_id", "coefficient")
_LICENSED = 46
_AUDITED = 10


def coefficient_tables(first: Period) -> Iterator[Table]:
    """The licence coefficients of every month, then the agreed audit shares; none adds up to 1."""
    licensed = Random("licensed").sample(applications(), _LICENSED)
    seats = {one: Random(f"seats of {one.application_id}").randint(5, 900) for one in licensed}
    for month in range(MONTHS):
        period = first.shift(month)
        random = Random(f"licences of {period}")
        living = [one for one in licensed if one.lives_in(month)]
        rows = [(one.application_id, plain(seats[one] * random.randint(90, 115), 2)) for one in living]
        yield Table(f"licences/{period}.csv", _HEADER, sorted(rows))
    yield Table("audit/shares.csv", _HEADER, _shares())


def _shares() -> list[tuple[str, str]]:
    random = Random("audited")
    audited = random.sample([one.application_id for one in applications() if one.lives_throughout], _AUDITED)
    return [(application_id, str(random.randint(4, 18))) for application_id in sorted(audited)]
