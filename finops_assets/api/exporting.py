"""Exports over HTTP: a file is written whole beside us, from one snapshot in the caller's role, and then sent.

So nothing is sent of an export that does not add up, memory does not grow with it, and a slow reader holds no snapshot.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import psycopg
from fastapi import Request
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from finops_assets import export as service
from finops_assets.api.callers import Caller
from finops_assets.api.place import Place
from finops_assets.api.problems import Refused
from finops_assets.api.reading import enter
from finops_assets.api.visibility import unknown_application
from finops_assets.export import Exported, Wanted
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection, open_connection
from finops_assets.postgres.queries import query

MOST_AT_ONCE = 2
EXPORT_TIMEOUT = "15min"
CHUNK = 1 << 20
LOOK_EVERY = 0.5


class Turns:
    """So many exports at once in one process, from the first line written to the last byte sent."""

    def __init__(self, most: int = MOST_AT_ONCE) -> None:
        self._left = most

    def take(self) -> None:
        """One of them; Refused (503) when all are taken."""
        if self._left == 0:
            told = "as many exports as are made at once are under way: try again"
            raise Refused(503, "busy", told, headers={"Retry-After": "15"})
        self._left -= 1

    def give_back(self) -> None:
        """The turn is over."""
        self._left += 1


@dataclass(frozen=True)
class Written:
    """An export that adds up, in a file that nobody else sees and that is gone once it is closed."""

    file: BinaryIO
    size: int
    told: Exported


class FileSent(StreamingResponse):
    """Sends a file; it is closed and the turn is over whether its reader stays to the end or not."""

    def __init__(self, written: Written, turns: Turns, media_type: str, headers: dict[str, str]) -> None:
        self._file, self._turns = written.file, turns
        length = {"Content-Length": str(written.size)}
        super().__init__(_chunks(written.file), media_type=media_type, headers=headers | length)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._file.close()
            self._turns.give_back()


async def write(request: Request, place: Place, caller: Caller, wanted: Wanted) -> Written:
    """The export of what a caller sees; Refused (404) of an application he does not see.

    ExportRefused or MartRefused as the service does. Ends at once when the caller goes away.
    """
    # whoever sends no body is seen to leave only once none has been read
    await request.body()
    connection = await asyncio.to_thread(_connected, place)
    try:
        async with _ended_with(request, connection):
            return await asyncio.to_thread(_written, connection, place, caller, wanted)
    finally:
        await asyncio.to_thread(connection.close)


def _connected(place: Place) -> Connection:
    connection = open_connection(place.mart.url)
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    return connection


@asynccontextmanager
async def _ended_with(request: Request, connection: Connection) -> AsyncIterator[None]:
    """What the connection does is cancelled as soon as who asked is gone."""

    async def look() -> None:
        while not await request.is_disconnected():
            await asyncio.sleep(LOOK_EVERY)
        await asyncio.to_thread(connection.cancel_safe)

    looking = asyncio.create_task(look())
    try:
        yield
    finally:
        looking.cancel()


def _written(connection: Connection, place: Place, caller: Caller, wanted: Wanted) -> Written:
    with connection.transaction(), tempfile.TemporaryDirectory(prefix="finops-export-") as folder:
        enter(connection, caller, EXPORT_TIMEOUT)
        _refuse_unseen(connection, wanted)
        path = Path(folder) / "export"
        told = service.export(connection, place.settings, wanted, path, _current(place))
        # its name goes with the folder, its bytes with the handle
        return Written(path.open("rb"), path.stat().st_size, told)


def _current(place: Place) -> Period:
    return Period.containing(datetime.now(UTC), place.settings.time_zone)


def _refuse_unseen(connection: Connection, wanted: Wanted) -> None:
    if wanted.application is None:
        return
    key = {"application": wanted.application}
    if connection.execute(query("lineage/application"), key).fetchone() is None:
        raise unknown_application(wanted.application)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk
