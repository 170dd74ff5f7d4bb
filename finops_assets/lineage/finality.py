"""How an explained amount stands, and why it is no more final than that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from finops_assets.costs import Cost, together
from finops_assets.costs.reasons import NOT_SIGNED, Reason, reasons
from finops_assets.costs.standing import Standing, Status, standing, unsigned
from finops_assets.lineage.nodes import Explanation, Holding
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection


@dataclass(frozen=True)
class Finality:
    """How the parts of an explanation stand, each by its domain; nobody has signed an older version."""

    period: Period
    how: Standing

    def cost(self, holdings: Iterable[Holding]) -> Cost:
        """What they come to, as one cost."""
        return together(Cost(one.cost, len(one.facts), one.unpriced_count) for one in holdings)

    def of_holding(self, holding: Holding) -> Status:
        """How what one slice gives stands."""
        status = self.how.of([self.period], holding.slice.domain_id, self.cost([holding]))
        return unsigned(status, stands=_stands(holding))

    def of(self, told: Explanation) -> Status:
        """How the whole amount stands."""
        status = self.how.of([self.period], cost=self.cost(told.holdings))
        return unsigned(status, stands=all(map(_stands, told.holdings)))

    def reasons(self, told: Explanation) -> list[Reason]:
        """Why it is not closed; nothing of one that is."""
        found = reasons(self.how, [self.period], self.cost(told.holdings))
        return found if all(map(_stands, told.holdings)) else [*found, NOT_SIGNED]


def finality(connection: Connection, told: Explanation, domain_id: str | None, current: Period) -> Finality:
    """How everything stands in the month of an explanation that is limited to a domain, or to none."""
    how = standing(connection, told.period, told.period, current)
    return Finality(told.period, how.limited_to([domain_id] if domain_id else []))


def _stands(holding: Holding) -> bool:
    return holding.slice.version == holding.slice.newest_version
