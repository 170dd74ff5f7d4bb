"""An explanation as a tree to read: amounts stand above what they are the sum of, and the sum is written below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from rich.text import Text
from rich.tree import Tree

from finops_assets.api import words
from finops_assets.lineage.finality import Finality
from finops_assets.lineage.nodes import Driver, Explanation, Fact, Holding, Line, Price, Slice
from finops_assets.lineage.reading import added
from finops_assets.money import in_full

NO_PRICE = "no price"


@dataclass(frozen=True)
class Branch:
    """An amount or a quantity, what it is, and its parts; ``adds_up`` when it is the sum of them.

    An amount of None is a line without a price.
    """

    amount: Decimal | None
    text: str
    notes: tuple[str, ...] = ()
    parts: tuple[Branch, ...] = ()
    adds_up: bool = True


@dataclass(frozen=True)
class Words:
    """How amounts and times are written."""

    zone: ZoneInfo
    currency: str
    known: Finality

    def branch(self, told: Explanation) -> Branch:
        """The whole explanation."""
        text = f"{self.currency}  {_named(told.application_id, told.application_label)} in {told.period}"
        holdings = tuple(self._holding(holding) for holding in told.holdings)
        return Branch(told.cost, text, tuple(self._standing(told)), holdings)

    def _standing(self, told: Explanation) -> Iterator[str]:
        """What the amount is, and what it is not."""
        yield f"pricing view {_named(told.view.pricing_view_id, told.view.pricing_view_label)}"
        if told.closed:
            yield f"the month is closed, by {told.closed.person} {self._time(told.closed.acted_at)}"
        for reason in self.known.reasons(told):
            yield f"{self.known.of(told)}: {words.of_reason(reason, 'en')}"
        for line in told.adjustments:
            late = f"{in_full(line.amount)} of {line.original_month:%Y-%m} {line.domain_id}: {line.reason}"
            yield f"adjustment {line.adjustment_id}, booked in this month and not in the amount: {late}"

    def _holding(self, holding: Holding) -> Branch:
        slice_ = holding.slice
        text = _named(slice_.domain_id, slice_.domain_label)
        parts = tuple(self._fact(fact, holding.slice) for fact in holding.facts)
        return Branch(holding.cost, text, tuple(self._run(slice_)), parts)

    def _run(self, slice_: Slice) -> Iterator[str]:
        """The version, its run and its files."""
        standing = "" if slice_.version == slice_.newest_version else f" (version {slice_.newest_version} stands now)"
        yield f"version {slice_.version}{standing}, published {self._time(slice_.published_at)}"
        yield f"run {slice_.run_id}"
        for file in slice_.files:
            yield f"file {file.name}, {_counted(file.rows, 'line')}, {_counted(file.bytes, 'byte')}"
            yield f"sha256 {file.sha256}"

    def _fact(self, fact: Fact, slice_: Slice) -> Branch:
        if slice_.domain_mode == "INDIRECT":
            return self._weight(fact)
        text = f"{_named(fact.product_id, fact.product_label)}: {in_full(fact.quantity)} {fact.metric}"
        lines = tuple(self._line(line, fact) for line in fact.lines)
        if fact.price is None:
            return Branch(None, text, tuple(_remarks(fact)), lines)
        text += f" × {in_full(fact.price.unit_price)}"
        return Branch(fact.cost, text, (self._price("price", fact.price), *_remarks(fact)), lines)

    def _weight(self, fact: Fact) -> Branch:
        method = f"method {fact.share.method_key}" if fact.share else fact.gap or ""
        drivers = tuple(self._driver(driver) for driver in (fact.share.drivers if fact.share else ()))
        if fact.price is None:
            return Branch(None, f"weight {in_full(fact.quantity)} of an amount that has no price", (method,), drivers)
        text = f"weight {in_full(fact.quantity)} × {in_full(fact.price.unit_price)} to distribute"
        return Branch(fact.cost, text, (self._price("amount", fact.price), method), drivers)

    def _price(self, what: str, price: Price) -> str:
        of = "every product without its own" if what == "price" and price.product_id == "*" else price.product_id
        whose = f"{what} of {of} from" if what == "price" else f"{what} of"
        told = f"{whose} {price.effective_from:%Y-%m}, revision {price.revision}, {price.source_name}"
        return f"{told}, by {price.published_by} {self._time(price.published_at)}"

    def _line(self, line: Line, fact: Fact) -> Branch:
        return Branch(line.cost, f"{line.file} line {line.line}: {in_full(line.quantity)} {fact.metric}")

    def _driver(self, driver: Driver) -> Branch:
        """What a driver gives of a cost; below it, in its own unit, its basis and what that is the sum of."""
        part = "" if driver.part is None else f"part {in_full(driver.part)} by "
        share = f"{in_full(driver.quantity)} of {in_full(driver.basis)}"
        text = f"{part}{driver.name}: {share} gives {in_full(driver.weight)}"
        notes = [driver.gap] if driver.gap else []
        for same in driver.same_weight_from:
            again = f"{in_full(same.quantity)} of {in_full(same.basis)}"
            notes.append(f"the same weight from version {same.version}: {again}")
        basis = (self._basis(driver),) if driver.basis else ()
        return Branch(driver.cost, text, tuple(notes), basis, adds_up=False)

    def _basis(self, driver: Driver) -> Branch:
        """What the application and the others have of a driver."""
        others = Branch(driver.others_quantity, _counted(driver.others_count, "other application"))
        rest = (others,) if driver.others_count else ()
        return Branch(driver.basis, f"{driver.name}, the basis", (), (self._own(driver), *rest))

    def _own(self, driver: Driver) -> Branch:
        """What the application has of a driver."""
        if driver.origin is None:
            lines = tuple(Branch(line.quantity, f"{line.file} line {line.line}") for line in driver.lines)
            return Branch(driver.quantity, "its own", (), lines)
        slice_ = driver.origin.slice
        parts = tuple(self._quantity(fact, slice_) for fact in driver.origin.facts)
        named = _named(slice_.domain_id, slice_.domain_label)
        return Branch(driver.quantity, f"its own in {named}", tuple(self._run(slice_)), parts)

    def _quantity(self, fact: Fact, slice_: Slice) -> Branch:
        """A fact of a driver, in its own unit: nothing has a price there."""
        if slice_.domain_mode == "DIRECT":
            lines = tuple(Branch(line.quantity, f"{line.file} line {line.line}") for line in fact.lines)
            text = f"{fact.metric}  {_named(fact.product_id, fact.product_label)}"
            return Branch(fact.quantity, text, tuple(_remarks(fact)), lines)
        drivers = tuple(
            replace(self._driver(driver), amount=driver.weight) for driver in (fact.share.drivers if fact.share else ())
        )
        method = (f"method {fact.share.method_key}",) if fact.share else ()
        return Branch(fact.quantity, "weight", (*method, *_remarks(fact)), drivers)

    def _time(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M}"


def drawn(branch: Branch, limit: int) -> Tree:
    """The branch as a tree; of more than ``limit`` parts the others are added up in one line, 0 shows all."""
    tree = Tree(_label(branch, 0), guide_style="dim")
    _grow(tree, branch, limit)
    return tree


def shortened(parts: Sequence[Branch], limit: int) -> tuple[Branch, ...]:
    """The first parts, and one for all the others together."""
    if not limit or len(parts) <= limit + 1:
        return tuple(parts)
    others = parts[limit:]
    unpriced = sum(part.amount is None for part in others)
    note = (f"{unpriced} of them without a price",) if unpriced else ()
    return (*parts[:limit], Branch(added(part.amount for part in others), f"{len(others)} more", note))


def _grow(tree: Tree, branch: Branch, limit: int) -> None:
    parts = shortened(branch.parts, limit)
    total = (Branch(branch.amount, "sum"),) if branch.adds_up and len(parts) > 1 else ()
    known = [part.amount for part in (*parts, *total) if part.amount is not None]
    point = max((_whole_digits(amount) for amount in known), default=0)
    for part in parts:
        _grow(tree.add(_label(part, point)), part, limit)
    for part in total:
        tree.add(_label(part, point))


def _remarks(fact: Fact) -> Iterator[str]:
    """What is to be known of a fact besides its price."""
    if fact.gap:
        yield fact.gap
    for decision in fact.decisions:
        how = "as corrected" if decision.verdict == "FIX" else "as it is"
        yield f"quarantined line {decision.quarantine_id} let in {how} by {decision.person}: {decision.reason}"


def _label(branch: Branch, point: int) -> Text:
    """The amount, its decimal point under those of its siblings, and what it is."""
    amount = NO_PRICE
    if branch.amount is not None:
        amount = " " * (point - _whole_digits(branch.amount)) + in_full(branch.amount)
    label = Text.assemble((amount, "bold"), "  ", branch.text)
    for note in branch.notes:
        label.append(f"\n{note}", "dim")
    return label


def _whole_digits(amount: Decimal) -> int:
    """What stands before the decimal point, the sign too."""
    return len(in_full(amount).partition(".")[0])


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _named(key: str | None, label: str | None) -> str:
    return f"{key} {label}" if label and label != key else str(key)
