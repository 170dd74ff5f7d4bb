"""Waiting for a recovery: what was reached, after how many seconds, within which limit."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg

from finops_assets.errors import FinopsError, ServerError

POLL_SECONDS = 0.5
# a recovery that is late is still measured, for so many times its limit
PATIENCE = 2


@dataclass(frozen=True)
class Step:
    """A part of a recovery: seconds since the strike, None when it never came, and its limit."""

    what: str
    seconds: float | None
    limit: int

    @property
    def ok(self) -> bool:
        """Whether it came in time."""
        return self.seconds is not None and self.seconds <= self.limit


@dataclass
class Watch:
    """A recovery, timed from the strike on."""

    started: float = field(default_factory=time.monotonic)
    steps: list[Step] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def until(self, what: str, reached: Callable[[], bool], limit: int) -> None:
        """Wait for a part of the recovery and keep when it came."""
        while not _holds(reached):
            if time.monotonic() - self.started > PATIENCE * limit:
                self.steps.append(Step(what, None, limit))
                return
            time.sleep(POLL_SECONDS)
        self.steps.append(Step(what, round(time.monotonic() - self.started, 1), limit))


def wait_until(what: str, reached: Callable[[], bool], limit: int) -> None:
    """Wait until something holds; ServerError when it does not in time."""
    deadline = time.monotonic() + limit
    while not _holds(reached):
        if time.monotonic() > deadline:
            raise ServerError(f"{what}: not after {limit} s")
        time.sleep(POLL_SECONDS)


def _holds(reached: Callable[[], bool]) -> bool:
    """Whether something holds; it does not while who is asked is down."""
    try:
        return reached()
    except (FinopsError, psycopg.Error):
        return False
