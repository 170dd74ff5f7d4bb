"""What a printed explanation says, read back as a person reads it: amounts by their place in the tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

_LABEL = re.compile(r"(?P<guides>[│ ]*)[├└]── +(?P<amount>-?\d[\d.]*|no price)  (?P<text>.*)")
_ROOT = re.compile(r"(?P<amount>-?\d[\d.]*|no price)  (?P<text>.*)")


@dataclass
class Printed:
    """One branch; an amount of None is a line without a price."""

    amount: Fraction | None
    text: str
    parts: list[Printed] = field(default_factory=list)

    def walk(self) -> Iterator[Printed]:
        yield self
        for part in self.parts:
            yield from part.walk()


def printed(text: str) -> Printed:
    """The tree of a printed one; notes are left out."""
    first, *rows = text.splitlines()
    root = _branch(_ROOT.fullmatch(first))
    path = [root]
    for row in rows:
        if label := _LABEL.fullmatch(row):
            depth = len(label["guides"]) // 4 + 1
            del path[depth:]
            path[-1].parts.append(_branch(label))
            path.append(path[-1].parts[-1])
    return root


def read(text: str) -> Printed:
    """The tree of a printed one, in which every sum is that of what stands above it, and of its branch."""
    root = printed(text)
    sums = [branch for branch in root.walk() if branch.parts and branch.parts[-1].text == "sum"]
    for branch in sums:
        *parts, total = branch.parts
        known = [part.amount for part in parts if part.amount is not None]
        assert total.amount == branch.amount, branch.text
        assert (sum(known) if known else None) == branch.amount, branch.text
    return root


def _branch(label: re.Match[str] | None) -> Printed:
    assert label is not None
    amount = None if label["amount"] == "no price" else Fraction(label["amount"])
    return Printed(amount, label["text"])
