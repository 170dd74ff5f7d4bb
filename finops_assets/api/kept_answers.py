"""Answers kept by their entity tag: whoever asks again before something changes costs no work."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

MOST_BYTES = 64 * 2**20


class KeptAnswers:
    """Bodies by entity tag; what was asked for longest ago is forgotten first.

    A tag is of one change number, caller's sight, address and language, so what is kept under it never becomes wrong.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._bodies: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, tag: str) -> bytes | None:
        """The body of a tag, if it is still kept."""
        with self._lock:
            body = self._bodies.get(tag)
            if body is not None:
                self._bodies.move_to_end(tag)
            return body

    def keep(self, tag: str, body: bytes) -> None:
        """Keep a body, and forget others to make room."""
        with self._lock:
            if tag in self._bodies or len(body) > self._most:
                return
            self._bodies[tag] = body
            self._size += len(body)
            while self._size > self._most:
                self._size -= len(self._bodies.popitem(last=False)[1])
