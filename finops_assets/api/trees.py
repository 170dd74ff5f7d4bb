"""The tree of an amount as it is answered: as many source lines of a fact as are asked for, the others added up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from finops_assets.api.schemas.amounts import PricingViewRef
from finops_assets.api.schemas.lineage import (
    Closed,
    Lineage,
    LineageAdjustment,
    LineageDriver,
    LineageFact,
    LineageHolding,
    LineageLine,
    LineageShare,
    LineageSlice,
    OtherLineageLines,
)
from finops_assets.api.standing import amount
from finops_assets.api.standing import told as in_words
from finops_assets.closing import PeriodAct
from finops_assets.lineage.finality import Finality
from finops_assets.lineage.nodes import Driver, Explanation, Fact, Holding, Line, Share
from finops_assets.lineage.reading import added


def tree(told: Explanation, known: Finality, lines: int, language: str) -> Lineage:
    """An explanation and how it stands, with so many lines of each fact at most."""
    grower = _Grower(told.view.currency, known, lines)
    return Lineage(
        month=told.period,
        application_id=told.application_id,
        application_label=told.application_label,
        pricing_view=PricingViewRef.model_validate(told.view),
        amount=amount(known.cost(told.holdings), told.view.currency, known.of(told)),
        reasons=in_words(known.reasons(told), language),
        closed=_closed(told.closed),
        holdings=[grower.holding(holding) for holding in told.holdings],
        adjustments=[LineageAdjustment.model_validate(line) for line in told.adjustments],
    )


class _Grower:
    """Grows the branches of one tree."""

    def __init__(self, currency: str, known: Finality, lines: int) -> None:
        self.currency, self.known, self.lines = currency, known, lines

    def holding(self, holding: Holding) -> LineageHolding:
        total = amount(self.known.cost([holding]), self.currency, self.known.of_holding(holding))
        return LineageHolding(
            slice=LineageSlice.model_validate(holding.slice),
            quantity=holding.quantity,
            amount=total,
            facts=[self._fact(fact) for fact in holding.facts],
        )

    def _fact(self, fact: Fact) -> LineageFact:
        share = self._share(fact.share) if fact.share else None
        return LineageFact.model_validate(vars(fact) | self._listed(fact.lines) | {"share": share})

    def _share(self, share: Share) -> LineageShare:
        return LineageShare(method_key=share.method_key, drivers=[self._driver(driver) for driver in share.drivers])

    def _driver(self, driver: Driver) -> LineageDriver:
        origin = self.holding(driver.origin) if driver.origin else None
        return LineageDriver.model_validate(vars(driver) | self._listed(driver.lines) | {"origin": origin})

    def _listed(self, lines: Sequence[Line]) -> dict[str, Any]:
        shown, others = lines[: self.lines], lines[self.lines :]
        rest = None
        if others:
            quantity, cost = added(line.quantity for line in others), added(line.cost for line in others)
            rest = OtherLineageLines.model_validate({"count": len(others), "quantity": quantity, "cost": cost})
        return {"lines": [LineageLine.model_validate(line) for line in shown], "other_lines": rest}


def _closed(act: PeriodAct | None) -> Closed | None:
    return Closed(person=act.person, at=act.acted_at, number=act.close_number) if act else None
