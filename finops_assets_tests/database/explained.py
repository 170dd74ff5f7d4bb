"""Explanations, and what holds of every one of them: parts add up, in fractions, at every level."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from finops_assets import lineage
from finops_assets.lineage import Asked
from finops_assets.lineage.nodes import Driver, Explanation, Fact, Holding
from finops_assets.period import Period
from finops_assets.postgres.connection import Mart
from finops_assets.verify import snapshot
from finops_assets_tests.factories import JANUARY


def explained(
    mart: Mart,
    application: str = "billing",
    month: Period = JANUARY,
    *,
    view: str | None = None,
    depth: int = lineage.DEPTH,
    **asked: object,
) -> Explanation:
    """The explanation of an amount, by default of billing in January 2024, as the API reads it; it adds up."""
    with mart.connect("finops_api") as connection, snapshot(connection):
        told = lineage.explain(connection, Asked(month, application, **asked), view, depth)
    assert_adds_up(told)
    return told


def lines_of(fact: Fact | Driver) -> list[tuple[str, int, Decimal]]:
    """File, line and quantity of each source line."""
    return [(line.file, line.line, line.quantity) for line in fact.lines]


def assert_adds_up(told: Explanation) -> None:
    assert _exact(told.cost) == _sum(holding.cost for holding in told.holdings)
    assert told.unpriced_count == sum(holding.unpriced_count for holding in told.holdings)
    for holding in told.holdings:
        _assert_holding(holding)


def _assert_holding(holding: Holding) -> None:
    assert _exact(holding.cost) == _sum(fact.cost for fact in holding.facts)
    if len({fact.metric for fact in holding.facts}) == 1:
        assert _exact(holding.quantity) == _sum(fact.quantity for fact in holding.facts)
    for fact in holding.facts:
        _assert_fact(fact)


def _assert_fact(fact: Fact) -> None:
    if fact.price is None:
        assert fact.cost is None
    else:
        assert _exact(fact.cost) == Fraction(fact.quantity) * Fraction(fact.price.unit_price)
    if fact.lines:
        assert _exact(fact.quantity) == _sum(line.quantity for line in fact.lines)
        assert _exact(fact.cost) == _sum(line.cost for line in fact.lines)
    elif fact.share is None:
        assert fact.gap
    if fact.share:
        assert _exact(fact.quantity) == _sum(driver.weight for driver in fact.share.drivers)
        assert _exact(fact.cost) == _sum(driver.cost for driver in fact.share.drivers)
        for driver in fact.share.drivers:
            _assert_driver(driver)


def _assert_driver(driver: Driver) -> None:
    assert _exact(driver.basis) == _sum([driver.quantity, driver.others_quantity])
    if driver.basis and driver.part is None:
        assert abs(Fraction(driver.quantity) / Fraction(driver.basis) - Fraction(driver.weight)) < Fraction(1, 10**12)
    if driver.lines:
        assert _exact(driver.quantity) == _sum(line.quantity for line in driver.lines)
    if driver.origin:
        assert (_exact(driver.origin.quantity) or 0) == Fraction(driver.quantity)
        _assert_holding(driver.origin)


def _exact(number: Decimal | None) -> Fraction | None:
    return None if number is None else Fraction(number)


def _sum(numbers: Iterable[Decimal | None]) -> Fraction | None:
    known = [Fraction(number) for number in numbers if number is not None]
    return sum(known) if known else None
