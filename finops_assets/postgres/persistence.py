"""Work on a connection of its own, made again from its beginning after an error of the database that passes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from finops_assets.events import Event, emit
from finops_assets.postgres.connection import Connection, Mart
from finops_assets.postgres.transient import RETRIES, Retries, reason_of, retried

Done = TypeVar("Done")


def persistently(
    mart: Mart, role: str, work: Callable[[Connection], Done], *, name: str, retries: Retries = RETRIES
) -> Done:
    """What the work returns, given a new connection in a role for each try; every further try is an event.

    What the work has committed it must find again, for it starts over. The error that stops it is raised.
    """
    tries = 1

    def attempt() -> Done:
        with mart.connect(role) as connection:
            return work(connection)

    def again(error: Exception, wait: float) -> None:
        nonlocal tries
        tries += 1
        emit(Event.WORK_RETRIED, work=name, attempt=tries, wait_seconds=wait, reason=reason_of(error))

    return retried(attempt, retries, again)
