"""OPEN's usage files: what each application used of each product, with the odd line a real export has."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from random import Random
from typing import NamedTuple

from finops_assets.demo.company import Application, applications
from finops_assets.demo.files import Table, plain
from finops_assets.demo.platform import CPU, NEW, PRODUCTS, RETIRED, UNLISTED, Product
from finops_assets.demo.story import CORRECTED_MONTHS, LATE_LINE, MONTHS, UNLISTED_STARTS, season
from finops_assets.period import Period

_HEADER = ("application_id", "product_id", "quantity", "charge_class")
_DECIMALS = 6
_CORRECTIONS = 3


class _Need(NamedTuple):
    """A product an application uses all its life, and how much it likes it, in thousandths."""

    product: Product
    liking: int


class _Line(NamedTuple):
    """A usage line; the quantity is in millionths."""

    application_id: str
    product_id: str
    quantity: int
    charge_class: str = ""


def usage_tables(first: Period) -> Iterator[Table]:
    """One usage file a month, one row per source line."""
    for month in range(MONTHS):
        period = first.shift(month)
        lines = [*_usage(period, month), *_unexpected(month), *_corrections(period, month)]
        rows = [
            (line.application_id, line.product_id, plain(line.quantity, _DECIMALS), line.charge_class) for line in lines
        ]
        yield Table(f"open/{period}.csv", _HEADER, rows)


def _usage(period: Period, month: int) -> Iterator[_Line]:
    random = Random(f"usage of {period}")
    for application in applications():
        if not application.lives_in(month):
            continue
        for need in _needs(application):
            if need.product.is_used_in(month):
                quantity = _quantity(application, need, period, month, random)
                yield _Line(application.application_id, need.product.product_id, quantity)


@cache
def _needs(application: Application) -> tuple[_Need, ...]:
    """Two products of processor time, and some others: the same ones every month."""
    random = Random(f"needs of {application.application_id}")
    processors = [product for product in PRODUCTS if product.metric == CPU and product is not RETIRED]
    others = [product for product in PRODUCTS if product not in processors and product is not NEW]
    chosen = [*random.sample(processors, 2), *random.sample(others, random.randint(2, 7))]
    if random.randint(1, 4) == 1:
        chosen.append(NEW)
    return tuple(_Need(product, random.randint(400, 1900)) for product in chosen)


def _quantity(application: Application, need: _Need, period: Period, month: int, random: Random) -> int:
    """Weight × growth × liking × season × chance, in millionths, with no more decimals than the meter shows."""
    product = need.product
    thousandths = need.liking * season(period.month) * random.randint(930, 1070)
    millionths = product.usual * application.size_in(month) * thousandths // 10**8
    step: int = 10 ** (_DECIMALS - product.decimals)
    return max(step, millionths // step * step)


def _unexpected(month: int) -> Iterator[_Line]:
    """The line that quarantine shows, and those of a product no list knows."""
    living = [one.application_id for one in applications() if one.lives_throughout]
    if month == LATE_LINE:
        yield _Line(living[4], RETIRED.product_id, 18_250_000)
    if month >= UNLISTED_STARTS:
        for place, application_id in enumerate(living[10:40:10]):
            yield _Line(application_id, UNLISTED, (41 + 13 * place + 7 * month) * 125_000)


def _corrections(period: Period, month: int) -> list[_Line]:
    """A small part of three of the month's lines, given back."""
    if month not in CORRECTED_MONTHS:
        return []
    corrected = Random(f"corrections of {period}").sample(list(_usage(period, month)), _CORRECTIONS)
    return [line._replace(quantity=-max(1, line.quantity // 50), charge_class="CORRECTION") for line in corrected]
