"""What becomes of a slice: its lines before and after, and its cost in every view. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from functools import reduce
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from finops_assets.contract import LINES
from finops_assets.money import EXACT, in_full
from finops_assets.period import Period

_KEYS = ["application_id", "product_id"]
_VALUES = ["quantity", "family_id", "consumption_metric"]

# what the content of a line is; a label is not part of it
COMPARED = pa.schema([LINES.field(name) for name in (*_KEYS, *_VALUES)])

Row = dict[str, str | int | None]


class Verdict(StrEnum):
    """What a run would make of a slice."""

    LOADED = "LOADED"
    UNCHANGED = "UNCHANGED"
    EMPTY = "EMPTY"
    # the run would fail: database, source, contract or domain stop it, or a past month has no source
    REFUSED = "REFUSED"
    MISSING = "MISSING"
    # the run would leave the slice alone: the month is not over, or before the domain's first one
    EXPECTED = "EXPECTED"
    NOT_AVAILABLE = "NOT_AVAILABLE"
    # not to be told: spread by a domain that has no slice yet and would land first in the same run
    UNKNOWN = "UNKNOWN"


class LineChange(StrEnum):
    """How a line differs."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Move:
    """What a slice costs in one pricing view, as it stands and as it would; None when nothing of it has a price."""

    pricing_view_id: str
    currency: str
    is_default: bool
    before: Decimal | None
    after: Decimal | None
    unpriced_before: int
    unpriced_after: int

    @property
    def moved(self) -> Decimal | None:
        """The difference between what has a price; None when nothing has one on either side."""
        if self.before is None and self.after is None:
            return None
        return EXACT.subtract(self.after or Decimal(0), self.before or Decimal(0))

    def told(self) -> Row:
        """One row for people, amounts with all their digits."""
        return {
            "view": self.pricing_view_id,
            "currency": self.currency,
            "before": in_full(self.before) or None,
            "after": in_full(self.after) or None,
            "moved": in_full(self.moved) or None,
            "unpriced_before": self.unpriced_before,
            "unpriced_after": self.unpriced_after,
        }


@dataclass(frozen=True)
class Change:
    """What a run would do to one (month, domain); what was not compared is None."""

    domain_id: str
    period: Period
    verdict: Verdict
    # why it would not land, or what to know of how it would
    reason: str | None = None
    # the version that stands, when one does
    version: int | None = None
    lines_before: int | None = None
    lines_after: int | None = None
    added: int | None = None
    removed: int | None = None
    changed: int | None = None
    # what ``differences`` gives, or the first rows of it
    lines: pa.Table | None = None
    moves: tuple[Move, ...] = ()
    quarantined: int = 0
    # faults named by a source that is refused
    refused: int = 0
    is_unallocated: bool = False

    @property
    def would_fail(self) -> bool:
        """Whether the run would end red because of this slice."""
        return self.verdict in (Verdict.REFUSED, Verdict.MISSING)

    def shortened(self, lines: int) -> Change:
        """The same with the first lines only: those of a whole year may not fit into memory."""
        if self.lines is None:
            return self
        return replace(self, lines=self.lines.take(pa.array(range(min(lines, len(self.lines))), pa.int64())))

    def summary(self) -> Row:
        """What would happen, to how many lines, as one row for people."""
        return {
            "month": str(self.period),
            "domain": self.domain_id,
            "verdict": self.verdict.value,
            "version": self.version,
            "lines_before": self.lines_before,
            "lines_after": self.lines_after,
            "added": self.added,
            "removed": self.removed,
            "changed": self.changed,
            "quarantined": self.quarantined,
            "moved": self._moved_by_default(),
            "reason": self.reason,
        }

    def _moved_by_default(self) -> str | None:
        moved = [f"{in_full(move.moved)} {move.currency}" for move in self.moves if move.is_default and move.moved]
        return moved[0] if moved else None

    def money(self) -> list[Row]:
        """One row per pricing view, amounts with all their digits."""
        return [{"month": str(self.period), "domain": self.domain_id, **move.told()} for move in self.moves]

    def differing(self) -> list[Row]:
        """One row per line that differs."""
        return [] if self.lines is None else told(self.lines)


def differences(before: pa.Table, after: pa.Table) -> pa.Table:
    """The lines that are not the same on both sides, in byte order of their keys.

    A row is ``change`` (added, removed or changed), the key, and each value ``_before`` and ``_after``; product and
    family are empty in an INDIRECT domain.
    """
    joined = _side(before, "_before").join(_side(after, "_after"), keys=_KEYS, join_type="full outer")
    same = reduce(pc.and_kleene, (pc.equal(joined[f"{name}_before"], joined[f"{name}_after"]) for name in _VALUES))
    found = joined.filter(pc.invert(pc.fill_null(same, False))).sort_by([(name, "ascending") for name in _KEYS])
    was, will = pc.is_valid(found["quantity_before"]), pc.is_valid(found["quantity_after"])
    change = pc.if_else(was, pc.if_else(will, "changed", "removed"), "added")
    return found.add_column(0, "change", change)


def counted(lines: pa.Table, change: str) -> int:
    """How many of the differences are ``added``, ``removed`` or ``changed``."""
    return int(pc.sum(pc.equal(lines["change"], change)).as_py() or 0)


def limited_to(lines: pa.Table, change: LineChange | None) -> pa.Table:
    """The differences of one kind, in their order; all of them of None."""
    return lines if change is None else lines.filter(pc.equal(lines["change"], change.value))


def told(lines: pa.Table) -> list[Row]:
    """What ``differences`` gives as rows for people, quantities with all their digits."""
    return [
        {
            "change": row["change"],
            "application": row["application_id"],
            "product": row["product_id"] or None,
            "before": in_full(row["quantity_before"]) or None,
            "after": in_full(row["quantity_after"]) or None,
            "metric": _turned(row["consumption_metric_before"], row["consumption_metric_after"]),
            "family": _turned(row["family_id_before"], row["family_id_after"]),
        }
        for row in lines.to_pylist()
    ]


def by_product(lines: pa.Table) -> dict[str, list[Any]]:
    """Quantity and number of the lines of each product, exact; the product is empty in an INDIRECT domain."""
    wide = lines["quantity"].cast(pa.decimal256(60, 12))
    totals = pa.table({"product": pc.fill_null(lines["product_id"], ""), "quantity": wide})
    totals = totals.group_by("product").aggregate([("quantity", "sum"), ([], "count_all")])
    return dict(zip(("products", "quantities", "line_counts"), totals.to_pydict().values(), strict=True))


def _side(lines: pa.Table, suffix: str) -> pa.Table:
    # a join never finds a NULL equal to another
    columns = {name: pc.fill_null(lines[name], "") for name in (*_KEYS, "family_id")}
    columns |= {name: lines[name] for name in ("quantity", "consumption_metric")}
    return pa.table({name if name in _KEYS else name + suffix: columns[name] for name in (*_KEYS, *_VALUES)})


def _turned(before: str | None, after: str | None) -> str | None:
    """The value a line has, or what it was and would be."""
    return f"{before} → {after}" if before and after and before != after else after or before or None
