"""Errors of the database that pass by themselves, and how often and how long to try again.

A restart, a lost connection, a deadlock and a server out of slots pass; a full disk, a guard that refuses
(SQLSTATE class UF), a bug and a refused source do not, and are never tried again.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import psycopg

from finops_assets.errors import ServerError
from finops_assets.events import without_secrets

# connection exceptions, and a server short of memory, connections or configured limits
_CLASSES = ("08", "53")
_STATES = {
    "40001",  # serialization failure
    "40P01",  # deadlock
    "55P03",  # a lock was not to be had in time
    "57P01",  # ended by an administrator
    "57P02",  # another backend crashed
    "57P03",  # starting up, or in recovery
    "57P05",  # ended as idle
}
_DISK_FULL = "53100"

Done = TypeVar("Done")


@dataclass(frozen=True)
class Retries:
    """How often a failed attempt is made again: waits double from the first to the longest."""

    tries: int = 8
    first_wait: float = 0.5
    longest_wait: float = 8.0
    # seconds after the first failure within which the last try must begin
    within: float = 30.0

    def waits(self) -> Iterator[float]:
        """Seconds to wait before each further try, up to a quarter less by chance so that runs do not meet again."""
        wait = self.first_wait
        for _ in range(self.tries - 1):
            yield wait * random.uniform(0.75, 1)
            wait = min(wait * 2, self.longest_wait)


RETRIES = Retries()


def is_transient(error: BaseException | None) -> bool:
    """Whether the same work may succeed a moment later on a new connection."""
    if isinstance(error, ServerError):
        # the server could not be reached: it is its cause that tells why
        return is_transient(error.__cause__)
    if not isinstance(error, psycopg.Error):
        return False
    state = error.sqlstate
    if state is None:
        # the client's own words for a connection that is gone or cannot be made
        return isinstance(error, psycopg.OperationalError)
    return state in _STATES or (state.startswith(_CLASSES) and state != _DISK_FULL)


def reason_of(error: Exception) -> str:
    """The error's own words; of the database's, without the function and line they come from."""
    told = error.diag.message_primary if isinstance(error, psycopg.Error) else str(error)
    return without_secrets(told or str(error) or repr(error))


def retried(attempt: Callable[[], Done], retries: Retries, announce: Callable[[Exception, float], None]) -> Done:
    """What the attempt returns, made again after every transient error while the retries last.

    ``announce`` is told the error and the seconds to wait before each further try. The last error is raised.
    """
    waits, deadline = retries.waits(), None
    while True:
        try:
            return attempt()
        except Exception as error:
            now = time.monotonic()
            deadline = now + retries.within if deadline is None else deadline
            wait = next(waits, None) if is_transient(error) else None
            if wait is None or now + wait > deadline:
                raise
            announce(error, wait)
        time.sleep(wait)
