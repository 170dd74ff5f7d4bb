"""The groups of Backstage's users, which it is asked for and which are kept for some minutes."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from finops_assets.api.doors.documents import Unreachable, document

FRESH_SECONDS = 300
# while Backstage cannot be reached
STALE_SECONDS = 3_600
MOST_USERS = 10_000
MOST_GROUPS = 2_000


class GroupsOfUsers:
    """The groups of each user, as Backstage's catalogue has them; safe to use from many threads."""

    def __init__(self, address: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._address, self._clock, self._turn = address, clock, threading.Lock()
        self._kept: OrderedDict[str, tuple[float, tuple[str, ...]]] = OrderedDict()

    def of(self, user: str, token: str) -> tuple[str, ...]:
        """The groups of the user whose verified token this is; Unreachable when nobody can tell."""
        with self._turn:
            asked_at, groups = self._kept.get(user, (-math.inf, ()))
        age = self._clock() - asked_at
        if age <= FRESH_SECONDS:
            return groups
        try:
            groups = self._asked(user, token)
        except Unreachable:
            if age > STALE_SECONDS:
                raise
            return groups
        with self._turn:
            self._kept[user] = (self._clock(), groups)
            self._kept.move_to_end(user)
            while len(self._kept) > MOST_USERS:
                self._kept.popitem(last=False)
        return groups

    def _asked(self, user: str, token: str) -> tuple[str, ...]:
        claims = document(self._address, {"Authorization": f"Bearer {token}"}).get("claims")
        told = claims.get("ent") if isinstance(claims, dict) else None
        if not isinstance(claims, dict) or claims.get("sub", user) != user or not isinstance(told, list):
            raise Unreachable("Backstage does not tell the groups of this user")
        return tuple(one for one in told[:MOST_GROUPS] if isinstance(one, str) and one.strip())
