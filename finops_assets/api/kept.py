"""What was answered or read before, kept until it is forgotten: whoever asks again costs no work.

A key is of one change number and of what its caller may see, so what is kept under it never becomes wrong.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeVar

Value = TypeVar("Value")

MOST_BYTES = 64 * 2**20
# what is known of a dozen months by domain is some 100 kB
MOST_READS = 400


class Kept(Generic[Value]):
    """Values by key, up to a size in all; what was asked for longest ago is forgotten first."""

    def __init__(self, most: int, size_of: Callable[[Value], int]) -> None:
        self._most, self._size_of = most, size_of
        self._values: OrderedDict[Hashable, Value] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, key: Hashable) -> Value | None:
        """The value of a key, if it is still kept."""
        with self._lock:
            value = self._values.get(key)
            if value is not None:
                self._values.move_to_end(key)
            return value

    def keep(self, key: Hashable, value: Value) -> None:
        """Keep a value, and forget others to make room."""
        size = self._size_of(value)
        with self._lock:
            if key in self._values or size > self._most:
                return
            self._values[key] = value
            self._size += size
            while self._size > self._most:
                self._size -= self._size_of(self._values.popitem(last=False)[1])


def kept_answers() -> Kept[bytes]:
    """Bodies of answers by entity tag."""
    return Kept(MOST_BYTES, len)


def kept_reads() -> Kept[Any]:
    """What questions of many pages have in common, by question."""
    return Kept(MOST_READS, lambda _: 1)
