"""Read the tree of one application's amounts from the mart, branch by branch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import reduce
from typing import Any

from finops_assets.domain import UNALLOCATED, Consumption
from finops_assets.lineage.methods import COEFFICIENTS, driver_of, name_of
from finops_assets.lineage.nodes import Decision, Driver, Fact, Figures, File, Holding, Line, Price, Share, Slice
from finops_assets.money import EXACT
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query
from finops_assets.source_lines import kept_lines
from finops_assets.source_lines.kept_lines import KeptLine, Version

BEFORE = "published before source lines were kept"
OWN_WAY = "the domain's module makes this quantity in its own way and does not say of which source lines"
NO_DETAIL = "nothing says how this weight came about"
NO_BASIS = "nothing to spread by: the whole amount stands here"
NO_LINE = "the source lines of this coefficient are not kept"
IN_A_BLEND = "the lines of a blend's coefficients are not kept"
UNKNOWN_DRIVER = "nothing says which quantities of which version these are"
NOT_FOLLOWED = "not followed any deeper: ask for more depth"
_NAMED = ("product_id", "product_label", "family_id", "metric", "quantity", "cost")
Kept = Mapping[str, Sequence[KeptLine]]
_DECISION = ("quarantine_id", "verdict", "person", "reason")
_PRICE = ("unit_price", "effective_from", "revision", "source_name", "published_by", "published_at")


def added(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The exact sum of those that are there; None when none is."""
    known = [amount for amount in amounts if amount is not None]
    return reduce(EXACT.add, known) if known else None


@dataclass(frozen=True)
class Reader:
    """Reads what one application has in a month; without a pricing view nothing has a price."""

    connection: Connection
    period: Period
    application_id: str
    pricing_view_id: str | None

    def slices(self, domain_id: str | None = None, version: int | None = None) -> list[Slice]:
        """The month's slices, or that of one domain, each in its newest version or in the one asked for."""
        asked = {"month": self.period.first_day, "domain": domain_id, "version": version}
        rows = self.connection.execute(query("lineage/slices"), asked).fetchall()
        return [Slice(**row, files=self._files(row["domain_id"], row["version"])) for row in rows]

    def holding(
        self, slice_: Slice, *, depth: int, product_id: str | None = None, metric: str | None = None
    ) -> Holding:
        """What the application has in a slice, largest amounts first; of one product or metric when it is named."""
        of = {"view": self.pricing_view_id, "product": product_id, "metric": metric}
        asked = self._key(slice_) | of | {"is_newest": slice_.version == slice_.newest_version}
        rows = self.connection.execute(query("lineage/facts"), asked).fetchall()
        facts = tuple(self._facts(slice_, rows, depth)) if rows else ()
        quantity = added(fact.quantity for fact in facts) if len({fact.metric for fact in facts}) == 1 else None
        unpriced = sum(fact.price is None for fact in facts) if self.pricing_view_id else 0
        return Holding(slice_, facts, quantity, added(fact.cost for fact in facts), unpriced)

    def _facts(self, slice_: Slice, rows: Sequence[Mapping[str, Any]], depth: int) -> Iterator[Fact]:
        kept = _by_product(kept_lines.of_application(self.connection, self._version(slice_), self.application_id))
        decided = self._decisions(slice_)
        for row in rows:
            price = None if row["unit_price"] is None else Price(product_id=row["priced_as"], **_of(row, _PRICE))
            decisions = tuple(decision for product, decision in decided if product == row["product_id"])
            fact = Fact(**_of(row, _NAMED), price=price, lines=(), share=None, decisions=decisions, gap=None)
            if slice_.domain_mode == "INDIRECT":
                share = self._share(slice_, fact, kept, depth)
                yield replace(fact, share=share, gap=None if share else NO_DETAIL)
            else:
                lines = _lines(kept, slice_, fact)
                gap = BEFORE if kept is None else OWN_WAY
                yield replace(fact, lines=lines, gap=None if lines else gap)

    def _share(self, slice_: Slice, fact: Fact, kept: Kept | None, depth: int) -> Share | None:
        key = self._key(slice_)
        detail = self.connection.execute(query("lineage/weight"), key).fetchone()
        if detail is None:
            return None
        used = [row["driver_domain_id"] for row in self.connection.execute(query("lineage/used"), key)]
        components = self.connection.execute(query("lineage/components"), key).fetchall()
        whole = dict(detail) | {"driver": None, "part": None, "weight_part": fact.quantity}
        drivers = []
        for part in components or [whole]:
            source = driver_of(slice_.domain_id, detail["method_key"], used, part["driver"])
            driver = _driver(part, name_of(source), fact)
            if isinstance(source, Consumption):
                driver = self._followed(slice_, driver, source, depth)
            elif isinstance(source, COEFFICIENTS):
                driver = _with_coefficient(driver, _lines(kept, slice_, replace(fact, price=None)))
            elif source is None:
                driver = replace(driver, gap=UNKNOWN_DRIVER)
            drivers.append(driver if self.application_id != UNALLOCATED else _without_basis(driver))
        return Share(detail["method_key"], tuple(drivers))

    def _followed(self, of: Slice, driver: Driver, source: Consumption, depth: int) -> Driver:
        """The driver with the facts it is the sum of, in the newest version that has these figures.

        Figures stay those of the version that first gave a weight; versions that gave the same from others are told.
        """
        asked = self._key(of) | {"driver": source.of, "metric": source.metric}
        figures = [Figures(**row) for row in self.connection.execute(query("lineage/figures"), asked)]
        own = [found for found in figures if (found.quantity, found.basis) == (driver.quantity, driver.basis)]
        if not own:
            return replace(driver, gap=UNKNOWN_DRIVER)
        others = tuple(found for found in figures if found not in own)
        driver = replace(driver, of_version=own[-1].version, same_weight_from=others)
        if depth <= 0:
            return replace(driver, gap=NOT_FOLLOWED)
        unpriced = replace(self, pricing_view_id=None)
        (slice_,) = unpriced.slices(source.of, own[-1].version)
        return replace(driver, origin=unpriced.holding(slice_, metric=source.metric, depth=depth - 1))

    def _decisions(self, slice_: Slice) -> list[tuple[str, Decision]]:
        """Decisions on lines of the version that stands, each with the product its line counts in."""
        if slice_.version != slice_.newest_version:
            return []
        rows = self.connection.execute(query("lineage/decisions"), self._key(slice_))
        return [(row["product_id"], Decision(**_of(row, _DECISION))) for row in rows]

    def _files(self, domain_id: str, version: int) -> tuple[File, ...]:
        key = {"month": self.period.first_day, "domain": domain_id, "version": version}
        return tuple(File(**row) for row in self.connection.execute(query("lineage/files"), key))

    def _version(self, slice_: Slice) -> Version:
        return Version(self.period, slice_.domain_id, slice_.version)

    def _key(self, slice_: Slice) -> dict[str, object]:
        return self._version(slice_).key | {"application": self.application_id}


def _driver(part: Mapping[str, Any], name: str, fact: Fact) -> Driver:
    """A driver of a weight with what it gives of it, before anything is known of where it comes from."""
    weight = part["weight_part"]
    return Driver(
        name=part["driver"] or name,
        part=part["part"],
        quantity=part["driver_quantity"],
        basis=part["basis_quantity"],
        others_count=part["others_count"],
        others_quantity=part["others_quantity"],
        weight=weight,
        cost=None if fact.price is None else EXACT.multiply(weight, fact.price.unit_price),
    )


def _with_coefficient(driver: Driver, lines: tuple[Line, ...]) -> Driver:
    """The driver with the source lines of its coefficient."""
    if driver.part is not None:
        return replace(driver, gap=IN_A_BLEND)
    if added(line.quantity for line in lines) != driver.quantity:
        return replace(driver, gap=NO_LINE if driver.basis else NO_BASIS)
    return replace(driver, lines=lines)


def _without_basis(driver: Driver) -> Driver:
    return replace(driver, origin=None, gap=NO_BASIS) if not driver.basis else driver


def _by_product(lines: Sequence[KeptLine] | None) -> Kept | None:
    """The lines of each product, by file and line; None when none were kept."""
    if lines is None:
        return None
    found: dict[str, list[KeptLine]] = {}
    for line in sorted(lines, key=lambda line: (line.file, line.line)):
        found.setdefault(line.product_id, []).append(line)
    return found


def _lines(kept: Kept | None, slice_: Slice, fact: Fact) -> tuple[Line, ...]:
    """The source lines of a fact, or of the coefficient of a weight, at the fact's price."""
    price = fact.price.unit_price if fact.price else None
    return tuple(
        Line(
            slice_.files[line.file].name,
            line.line,
            line.quantity,
            None if price is None else EXACT.multiply(line.quantity, price),
        )
        for line in (kept or {}).get(fact.product_id or "", ())
    )


def _of(row: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: row[name] for name in names}
