"""Costs as the shapes of answers: amounts with their currency, status and change, and what every answer says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fastapi import Response

from finops_assets.api import words
from finops_assets.api.asking import Figures
from finops_assets.api.reading import Reading
from finops_assets.api.schemas.amounts import (
    Amount,
    ApplicationAmount,
    Change,
    DomainMode,
    DomainRef,
    FamilyAmount,
    MonthAmount,
    Months,
    PricingViewRef,
    ProductAmount,
    Remainder,
    SliceState,
    State,
)
from finops_assets.api.schemas.amounts import Status as Shown
from finops_assets.api.schemas.values import Dto
from finops_assets.api.standing import told
from finops_assets.costs import NOTHING, Cost, delta, percent
from finops_assets.costs.groups import Group, Groups
from finops_assets.costs.overview import Monthly
from finops_assets.costs.reasons import reasons
from finops_assets.costs.standing import DomainRow, Standing
from finops_assets.period import Period


class Shaper:
    """Makes the shapes of one answer: it knows the currency, the months and how they stand."""

    def __init__(self, figures: Figures, standing: Standing) -> None:
        self.reading: Reading = figures.reading
        self.scope = figures.scope
        self.standing = standing
        self._comparable: dict[str | None, bool] = {}
        self._statuses: dict[tuple[bool, str | None], Shown] = {}
        self._currency = figures.scope.view.currency

    def amount(self, cost: Cost, months: Iterable[Period], domain_id: str | None = None) -> Amount:
        """A cost of some months, of one domain or of several."""
        return Amount.model_construct(
            amount=cost.cost,
            currency=self._currency,
            status=self._status(cost, months, domain_id),
            line_count=cost.line_count,
            unpriced_count=cost.unpriced_count,
        )

    def _status(self, cost: Cost, months: Iterable[Period], domain_id: str | None) -> Shown:
        """How the months of a cost stand; those of the scope are looked at once, and not for each of many amounts."""
        is_now = months is self.scope.months
        if cost.unpriced_count > 0 or not (is_now or months is self.scope.before):
            return Shown(self.standing.of(months, domain_id, cost))
        if (is_now, domain_id) not in self._statuses:
            self._statuses[is_now, domain_id] = Shown(self.standing.of(months, domain_id))
        return self._statuses[is_now, domain_id]

    def now(self, cost: Cost, domain_id: str | None = None) -> Amount:
        """A cost of the months asked for."""
        return self.amount(cost, self.scope.months, domain_id)

    def change(self, cost: Cost, before: Cost, domain_id: str | None = None) -> Change | None:
        """A cost against that of the months before; None when there was nothing, or the data begin among them."""
        if before is NOTHING or before.line_count == 0 or not self._is_comparable(domain_id):
            return None
        moved = delta(cost, before)
        return Change.model_construct(
            previous=self.amount(before, self.scope.before, domain_id),
            delta=moved,
            percent=percent(moved, before.cost, 1),
        )

    def _is_comparable(self, domain_id: str | None) -> bool:
        if domain_id not in self._comparable:
            self._comparable[domain_id] = self.standing.has_begun(self.scope.before, domain_id)
        return self._comparable[domain_id]

    def remainder(self, groups: Groups, domain_id: str | None = None) -> Remainder:
        """What a list leaves out."""
        return self.left(groups.left, groups.left_count, self.scope.months, domain_id)

    def left(self, cost: Cost, count: int | None, months: Iterable[Period], domain_id: str | None = None) -> Remainder:
        """What is not listed, of some months."""
        return Remainder.model_construct(count=count, amount=self.amount(cost, months, domain_id))

    def none_left(self) -> Remainder:
        """Nothing is left out."""
        return self.left(NOTHING, 0, self.scope.months)

    def answer(self, total: Cost, domain_id: str | None = None) -> dict[str, Any]:
        """What every answer says of itself and its total; states are those of one domain, or of all."""
        scope, how = self.scope, self.standing.limited_to([domain_id] if domain_id else [])
        return {
            "months": Months.model_construct(first=scope.first, last=scope.last),
            "pricing_view": PricingViewRef.model_validate(scope.view),
            "status": Shown(how.of(scope.months, cost=total)),
            "reasons": told(reasons(how, scope.months, total), self.reading.language),
            "applications": list(scope.filters["applications"]) if "applications" in scope.filters else None,
            "states": [
                State.model_construct(
                    month=one.month,
                    domain_id=one.domain_id,
                    state=SliceState(one.state),
                    text=words.of_slice(one, self.reading.language),
                    reason=one.reason,
                    changed_at=one.changed_at,
                    quarantined_count=one.quarantined_count,
                )
                for one in how.told(scope.months)
            ],
            "refreshed_at": scope.refreshed_at,
        }

    def months_of(self, monthly: Monthly, domain_ids: list[str]) -> list[MonthAmount]:
        """The trend of one domain, or of several together."""
        alone = domain_ids[0] if len(domain_ids) == 1 else None
        return [self._month(monthly, month, domain_ids, alone) for month in monthly.trend]

    def _month(self, monthly: Monthly, month: Period, domain_ids: list[str], alone: str | None) -> MonthAmount:
        cost = monthly.costs.get((month, alone), NOTHING) if alone else monthly.of([month], domain_ids)
        amount = self.amount(cost, [month], alone)
        known = self.standing.slices.get((month, alone)) if alone else None
        return MonthAmount.model_construct(
            month=month,
            status=amount.status,
            has_data=cost.line_count > 0,
            amount=amount,
            state=SliceState(known.state) if known else None,
        )

    def family(self, one: Group) -> FamilyAmount:
        """A family in a list."""
        return FamilyAmount.model_construct(
            domain_id=one.domain_id,
            family_id=one.family_id,
            family_label=one.family_label or one.family_id,
            amount=self.now(one.cost, one.domain_id),
            change=self.change(one.cost, one.previous, one.domain_id),
        )

    def product(self, one: Group) -> ProductAmount:
        """A product in a list."""
        return ProductAmount.model_construct(
            domain_id=one.domain_id,
            product_id=one.product_id,
            product_label=one.product_label,
            family_id=one.product_family_id,
            family_label=one.product_family_label or one.product_family_id,
            metric=one.metric,
            quantity=one.quantity,
            amount=self.now(one.cost, one.domain_id),
            change=self.change(one.cost, one.previous, one.domain_id),
        )

    def application(self, one: Group, total: Cost, domain_id: str | None = None) -> ApplicationAmount:
        """An application in a list, with its part of a total."""
        return ApplicationAmount.model_construct(
            application_id=one.application_id,
            application_label=one.application_label or one.application_id,
            owner=one.application_owner,
            amount=self.now(one.cost, domain_id),
            share=percent(one.cost.cost, total.cost, 2),
            change=self.change(one.cost, one.previous, domain_id),
        )


def domain_ref(domain: DomainRow) -> dict[str, Any]:
    """A domain, as every shape about one says it."""
    told = {name: getattr(domain, name) for name in DomainRef.model_fields}
    return told | {"domain_mode": DomainMode(domain.domain_mode)}


def sent(reading: Reading, response: Response, shape: Dto) -> Response:
    """The answer as bytes, serialised once and kept; the headers of its snapshot come along."""
    body = shape.__pydantic_serializer__.to_json(shape, by_alias=True)
    reading.keep(body)
    return Response(body, media_type="application/json", headers=dict(response.headers))
