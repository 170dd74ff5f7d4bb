"""Collecting every fault of a reading, so that they are raised together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from finops_assets.errors import Fault, SourceRefused

COLLECTED_AT_MOST = 1000


@dataclass
class Faults:
    """The faults found so far, in the order found, the first thousand of them."""

    _found: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        """Keep one more fault, unless there are enough already."""
        if self.room:
            self._found.append(fault)

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """Keep the faults of a SourceRefused raised inside, and go on after it."""
        try:
            yield
        except SourceRefused as refused:
            for fault in refused.faults:
                self.add(fault)

    @property
    def room(self) -> int:
        """How many more faults will be kept."""
        return COLLECTED_AT_MOST - len(self._found)

    @property
    def places(self) -> set[tuple[str, int | None]]:
        """The file and line of every fault found."""
        return {(fault.file, fault.line) for fault in self._found}

    def refuse(self) -> None:
        """Raise SourceRefused with all faults; do nothing when there is none."""
        if self._found:
            raise SourceRefused(self._found)


def refused(file: str, reason: str, remedy: str, *, line: int | None = None) -> SourceRefused:
    """The error of a file that cannot be read any further."""
    return SourceRefused([Fault(file, reason, remedy, line=line)])
