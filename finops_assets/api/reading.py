"""One request, one snapshot: a transaction that only reads, in the role that shows a caller what he may see."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Annotated, Any

from fastapi import Depends, Query, Request, Response

from finops_assets.api.callers import Caller
from finops_assets.api.doors.local import is_local
from finops_assets.api.kept import Kept
from finops_assets.api.languages import asked_by
from finops_assets.api.place import Place
from finops_assets.api.problems import Answered, NotModified, Refused
from finops_assets.period import Period
from finops_assets.postgres.connection import READER, Connection
from finops_assets.postgres.queries import query
from finops_assets.settings import Settings

READ_TIMEOUT = "15s"


@dataclass(frozen=True)
class Reading:
    """A snapshot of the mart as its caller may see it.

    The connection is in the role ``finops_api``, or ``finops_reader`` for those who see some applications only; the
    same statements do for both. ``today`` is the day on the clocks of the settings, ``language`` is ``en`` or ``fr``.
    ``change_number`` counts the changes of what can be shown; ``keep`` takes the answer for whoever asks the same
    before the next one; ``once`` reads what questions of many pages have in common.
    """

    connection: Connection
    caller: Caller
    settings: Settings
    today: date
    language: str
    change_number: int
    keep: Callable[[bytes], None]
    once: Callable[[Hashable, Callable[[], Any]], Any]

    @property
    def current(self) -> Period:
        """The current month."""
        return Period.of(self.today)


def place_of(request: Request) -> Place:
    """What the application stands on."""
    place = request.app.state.place
    assert isinstance(place, Place)
    return place


def caller_of(request: Request) -> Caller:
    """Who asks; Refused (401) when nobody can be recognised."""
    caller = place_of(request).recognise(request)
    request.state.caller = caller
    return caller


def admin_of(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
    """Who asks, an administrator; Refused (403) when he is none."""
    if not caller.is_admin:
        told = f"{caller.name} is no administrator: this changes what others see"
        raise Refused(403, "forbidden", told)
    return caller


def viewer_of(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
    """Who asks, and sees every application; Refused (403) when he does not."""
    if not caller.sees_every_application:
        told = f"{caller.name} sees some applications only: this shows all of them"
        raise Refused(403, "forbidden", told)
    return caller


def scraper_of(request: Request) -> None:
    """Whoever watches us: somebody on this machine, or a caller who sees every application; Refused otherwise."""
    shows_something = "authorization" in request.headers or "x-api-key" in request.headers
    if shows_something or not is_local(request):
        viewer_of(caller_of(request))


async def language_of(
    request: Request,
    lang: Annotated[
        str | None, Query(description="`en` or `fr`, before `Accept-Language`; another is passed over.")
    ] = None,
) -> str:
    """The language of texts: ``lang``, else the first of Accept-Language that there is, else English."""
    return asked_by(request)


def reading(
    request: Request,
    response: Response,
    caller: Annotated[Caller, Depends(caller_of)],
    language: Annotated[str, Depends(language_of)],
) -> Iterator[Reading]:
    """A snapshot for the time of a request; NotModified when the caller has its answer already, Answered when we do."""
    place = place_of(request)
    today = datetime.now(UTC).astimezone(place.settings.time_zone).date()
    with place.pool.connection() as connection, connection.transaction():
        version = enter(connection, caller)
        headers = _headers(request, caller, language, f"{version} {today}")
        keep: Callable[[bytes], None] = _forget
        if request.method in ("GET", "HEAD"):
            keep = _kept_before(request, headers)
            response.headers.update(headers)
        once = _once(request, (version, _sight(caller)))
        yield Reading(connection, caller, place.settings, today, language, version, keep, once)


def enter(connection: Connection, caller: Caller, timeout: str = READ_TIMEOUT) -> int:
    """Begin the snapshot in the caller's role; returns the number of the last change of what can be shown."""
    role, schema = ("finops_api", "finops") if caller.sees_every_application else (READER, "finops_visible")
    asked = {"role": role, "search_path": f"{schema}, pg_temp", "timeout": timeout}
    connection.execute(query("api/enter"), asked | {"principals": json.dumps(caller.principals)})
    row = connection.execute(query("api/change_number")).fetchone()
    assert row is not None
    return int(row["change_number"])


def _kept_before(request: Request, headers: dict[str, str]) -> Callable[[bytes], None]:
    """Where the answer will be kept; NotModified or Answered when there is one already."""
    tag, kept = headers["ETag"], request.app.state.kept_answers
    assert isinstance(kept, Kept)
    if _known(request) & {tag, "*"}:
        raise NotModified(headers)
    body = kept.get(tag)
    if body is not None:
        raise Answered(body, headers)
    return partial(kept.keep, tag)


def _forget(body: bytes) -> None:
    """An answer to a POST is not kept: its address does not say what was asked."""


def _once(request: Request, seen: Hashable) -> Callable[[Hashable, Callable[[], Any]], Any]:
    """Reads what is asked for, unless it was read already of the same change and sight."""
    kept: Kept[Any] = request.app.state.kept_reads

    def once(question: Hashable, read: Callable[[], Any]) -> Any:
        found = kept.get((seen, question))
        if found is None:
            found = read()
            kept.keep((seen, question), found)
        return found

    return once


def _sight(caller: Caller) -> str:
    """What the database shows him: everything, or what his principals may see."""
    return "*" if caller.sees_every_application else json.dumps(sorted(caller.principals))


def _known(request: Request) -> set[str]:
    given = request.headers.get("if-none-match", "")
    return {one.strip().removeprefix("W/") for one in given.split(",")}


def _headers(request: Request, caller: Caller, language: str, version: str) -> dict[str, str]:
    told = json.dumps([version, request.url.path, request.url.query, language, _sight(caller), caller.role])
    return {
        "ETag": f'"{hashlib.sha256(told.encode()).hexdigest()[:32]}"',
        "Cache-Control": "private, no-cache",
        "Vary": "Authorization, Accept-Language, Cookie",
        "Content-Language": language,
    }


Snapshot = Annotated[Reading, Depends(reading, scope="function")]
Viewer = Annotated[Caller, Depends(viewer_of)]
Admin = Annotated[Caller, Depends(admin_of)]
