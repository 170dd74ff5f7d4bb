"""Cursors: where a page of a list ended, as an opaque text. A cursor that was not given out is refused."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

from finops_assets.api.problems import Refused

Item = TypeVar("Item")
Part = str | int


def cursor(*parts: Part) -> str:
    """The place after the row with this key."""
    return urlsafe_b64encode(json.dumps(parts, ensure_ascii=False).encode()).decode()


def place(given: str | None, *kinds: type[str] | type[int] | type[date]) -> tuple[str, ...] | None:
    """The key that ``cursor`` was given, each part as text of its kind; Refused (422) of anything else."""
    if given is None:
        return None
    try:
        parts = json.loads(urlsafe_b64decode(given))
        if not isinstance(parts, list) or len(parts) != len(kinds):
            raise ValueError("another list's cursor")
        return tuple(_part(part, kind) for part, kind in zip(parts, kinds, strict=True))
    except (ValueError, UnicodeError, RecursionError) as error:
        raise Refused(422, "invalid-cursor", "cursor: it is none that was given out: ask without one") from error


def page(found: Sequence[Item], limit: int, key: Callable[[Item], Sequence[Part]]) -> tuple[list[Item], str | None]:
    """The first ``limit`` of rows of which one more was asked for, and the cursor of the next page if there is one."""
    shown = list(found[:limit])
    return shown, cursor(*key(shown[-1])) if len(found) > limit else None


def _part(part: object, kind: type[str] | type[int] | type[date]) -> str:
    if kind is date and isinstance(part, str):
        return date.fromisoformat(part).isoformat()
    if kind is int and type(part) is int and abs(part) < 2**63:
        return str(part)
    if kind is str and isinstance(part, str) and "\0" not in part:
        # what cannot be sent to the database raises
        return part.encode().decode()
    raise ValueError("another list's cursor")
