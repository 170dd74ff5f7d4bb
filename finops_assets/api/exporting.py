"""Exports over HTTP: a file is written beside us, from one snapshot in the caller's role, and sent as it grows.

A small one is sent once it adds up. A larger one is broken off before its last bytes when it does not, so that nobody
takes it for whole. Memory does not grow with either, and a slow reader holds no snapshot.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import psycopg
from fastapi import Request
from starlette.requests import ClientDisconnect
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
# so many bytes are made before the first is sent: what is smaller is whole by then, or refused
BEGIN_AT = 1 << 20
A_MOMENT = 0.1


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


class Making:
    """An export that is being made in a file that nobody else sees; it is made to its end whoever reads how slowly."""

    def __init__(self, connection: Connection, place: Place, caller: Caller, wanted: Wanted) -> None:
        self._connection = connection
        self._file = tempfile.TemporaryFile(prefix="finops-export-")  # noqa: SIM115 - closed by ``close``
        self._made = asyncio.create_task(asyncio.to_thread(self._make, place, caller, wanted))

    @property
    def size(self) -> int:
        """How many bytes are there by now."""
        return os.fstat(self._file.fileno()).st_size

    @property
    def told(self) -> Exported | None:
        """What was made; None while it is, and the refusal when it does not add up."""
        return self._made.result() if self._made.done() else None

    async def wait(self) -> None:
        """Until the export has come to its end, or a moment."""
        await asyncio.wait([self._made], timeout=A_MOMENT)

    async def chunks(self) -> AsyncIterator[bytes]:
        """All of it, as it comes; broken off by the refusal when it does not add up in the end."""
        place = 0
        while not self._made.done():
            # the last byte is kept back until everything has been compared
            if chunk := self._read(place, self.size - 1):
                place += len(chunk)
                yield chunk
            else:
                await self.wait()
        self._made.result()
        while chunk := self._read(place, self.size):
            place += len(chunk)
            yield chunk

    def _read(self, place: int, end: int) -> bytes:
        return os.pread(self._file.fileno(), min(CHUNK, max(end - place, 0)), place)

    async def close(self) -> None:
        """End it at once, wherever it is, and leave nothing."""
        if not self._made.done():
            await asyncio.to_thread(self._connection.cancel_safe)
        await asyncio.wait([self._made])
        # whoever went away is told no refusal
        self._made.exception()
        await asyncio.to_thread(self._connection.close)
        self._file.close()

    def _make(self, place: Place, caller: Caller, wanted: Wanted) -> Exported:
        with self._connection.transaction():
            enter(self._connection, caller, EXPORT_TIMEOUT)
            _refuse_unseen(self._connection, wanted)
            return service.export(self._connection, place.settings, wanted, self._file, _current(place))


class FileSent(StreamingResponse):
    """Sends an export; nothing of it is left and the turn is over whether its reader stays to the end or not."""

    def __init__(self, making: Making, turns: Turns, media_type: str, headers: dict[str, str]) -> None:
        self._making, self._turns = making, turns
        length = {"Content-Length": str(making.size)} if making.told else {}
        super().__init__(making.chunks(), media_type=media_type, headers=headers | length)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await asyncio.shield(self._close())

    async def _close(self) -> None:
        try:
            await self._making.close()
        finally:
            self._turns.give_back()


async def begin(request: Request, place: Place, caller: Caller, wanted: Wanted) -> Making:
    """The export of what a caller sees, made, or so far that it can be sent; Refused (404): an application unseen.

    ExportRefused or MartRefused as the service does. Ends at once when the caller goes away.
    """
    # whoever sends no body is seen to leave only once none has been read
    await request.body()
    making = Making(await asyncio.to_thread(_connected, place), place, caller, wanted)
    try:
        while making.told is None and making.size < BEGIN_AT:
            if await request.is_disconnected():
                raise ClientDisconnect
            await making.wait()
    except BaseException:
        await asyncio.shield(making.close())
        raise
    return making


def _connected(place: Place) -> Connection:
    connection = open_connection(place.mart.url)
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
    return connection


def _current(place: Place) -> Period:
    return Period.containing(datetime.now(UTC), place.settings.time_zone)


def _refuse_unseen(connection: Connection, wanted: Wanted) -> None:
    if wanted.application is None:
        return
    key = {"application": wanted.application}
    if connection.execute(query("lineage/application"), key).fetchone() is None:
        raise unknown_application(wanted.application)
