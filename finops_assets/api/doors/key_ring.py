"""The public keys of whoever signs tokens: fetched when needed, kept while he cannot be reached, asked for seldom."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from jwt import PyJWK
from jwt.exceptions import PyJWTError

from finops_assets.api.doors.documents import Unreachable, document

FRESH_SECONDS = 600
# for a kid that is not known: somebody who makes them up must not make us ask for keys all the time
UNKNOWN_SECONDS = 10
# a key that was taken out of the set because it leaked is not taken for ever, whatever happens to the server
STALE_SECONDS = 86_400
MOST_KEYS = 100
ALGORITHMS = {"EC": "ES256", "RSA": "RS256"}
SMALLEST_RSA_BITS = 2048
_LOG = logging.getLogger("finops.api")


class KeyRing:
    """The keys at an address, by their ids; safe to use from many threads."""

    def __init__(self, address: Callable[[], str], clock: Callable[[], float] = time.monotonic) -> None:
        """``address`` tells where the keys are, each time they are fetched; Unreachable when it cannot."""
        self._address, self._clock, self._turn = address, clock, threading.Lock()
        self._keys: Mapping[str, PyJWK] = {}
        self._tried_at = self._fetched_at = -math.inf
        self._is_reachable = True

    def key(self, kid: str) -> PyJWK | None:
        """The key of that id, None when there is none; Unreachable when nobody can tell."""
        now = self._clock()
        if kid not in self._keys or now - self._fetched_at > FRESH_SECONDS:
            self._renew(kid)
        if self._clock() - self._fetched_at > STALE_SECONDS or (kid not in self._keys and not self._is_reachable):
            raise Unreachable("the keys that tokens are checked by cannot be fetched")
        return self._keys.get(kid)

    def _renew(self, kid: str) -> None:
        with self._turn:
            # somebody else may have been here meanwhile
            if self._clock() - self._tried_at < UNKNOWN_SECONDS:
                return
            self._tried_at = self._clock()
            try:
                self._keys, self._is_reachable = _usable(document(self._address())), True
                self._fetched_at = self._clock()
            except Unreachable as error:
                self._is_reachable = False
                _LOG.warning("keys of tokens: %s; those known already go on", error)


def _usable(found: Mapping[str, Any]) -> dict[str, PyJWK]:
    """The keys of a set that sign by an algorithm we take, by id; what cannot be read is left out."""
    told = found.get("keys")
    if not isinstance(told, list):
        raise Unreachable("the set of keys is none")
    keys: dict[str, PyJWK] = {}
    for one in told[:MOST_KEYS]:
        if isinstance(one, dict) and isinstance(one.get("kid"), str) and one.get("use", "sig") == "sig":
            key = _read(one)
            if key is not None:
                keys[one["kid"]] = key
    return keys


def _read(told: Mapping[str, Any]) -> PyJWK | None:
    algorithm = ALGORITHMS.get(str(told.get("kty")))
    if algorithm is None or told.get("alg", algorithm) != algorithm or told.get("crv", "P-256") != "P-256":
        return None
    try:
        key = PyJWK(dict(told), algorithm)
    except (PyJWTError, ValueError, TypeError):
        return None
    return None if algorithm == "RS256" and key.key.key_size < SMALLEST_RSA_BITS else key
