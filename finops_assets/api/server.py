"""The served application: made from the environment in every worker, behind a protocol that waits for nobody."""

from __future__ import annotations

import asyncio
import logging

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from finops_assets import events
from finops_assets.api.app import create_app
from finops_assets.api.configuration import ApiSettings
from finops_assets.api.doors.entrance import entrance
from finops_assets.api.place import Place, pool_of
from finops_assets.postgres.connection import mart_of
from finops_assets.settings import Settings

APPLICATION = "finops_assets.api.server:app_from_environment"
MOST_HEAD_BYTES = 32_768
HEAD_SECONDS = 10
KEEP_ALIVE_SECONDS = 15
# longer than the longest statement of a request
GRACE_SECONDS = 65


def app_from_environment() -> FastAPI:
    """The application on the configured mart, as one worker serves it."""
    settings, configured = Settings.from_environment(), ApiSettings.from_environment()
    events.configure(settings.log_format)
    _log_alike()
    mart = mart_of(settings)
    pool = pool_of(mart, configured.pool)
    return create_app(Place(settings, mart, pool, entrance(configured, pool), configured.hosts))


def _log_alike() -> None:
    """What uvicorn says goes where events go, in their form, and without secrets."""
    logger = logging.getLogger("uvicorn")
    logger.handlers = logging.getLogger(events.LOGGER).handlers
    logger.propagate = False
    logger.setLevel(logging.WARNING)


def serve(host: str, port: int, workers: int, proxies: tuple[str, ...], application: str = APPLICATION) -> None:
    """Serve an application, named with its module, until interrupted; requests in flight are finished."""
    uvicorn.run(
        application,
        factory=True,
        host=host,
        port=port,
        workers=workers,
        http=HurriedProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=list(proxies) or None,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


class HurriedProtocol(HttpToolsProtocol):
    """uvicorn's protocol, with a limit to the size of a request's head and to the time it takes to come."""

    _head_bytes = 0
    _head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first head."""
        super().connection_made(transport)
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._cease()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, unless it is a head that has no end."""
        is_waiting = self._head_timer is not None
        if not is_waiting and (self.cycle is None or self.cycle.response_complete):
            self._wait_for_head()
            is_waiting = True
        self._head_bytes += len(data) if is_waiting else 0
        if is_waiting and self._head_bytes > MOST_HEAD_BYTES and not self._ends_here(data):
            self._refuse()
            return
        super().data_received(data)

    def on_headers_complete(self) -> None:
        """The head is there."""
        self._cease()
        super().on_headers_complete()

    def _ends_here(self, data: bytes) -> bool:
        """Whether a head that has been short so far ends in these bytes: what follows may be a body of any size."""
        room = MOST_HEAD_BYTES - (self._head_bytes - len(data))
        return 0 <= data.find(b"\r\n\r\n") <= room

    def _wait_for_head(self) -> None:
        self._head_bytes = 0
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._hang_up)

    def _cease(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _hang_up(self) -> None:
        self._head_timer = None
        if not self.transport.is_closing():
            self.transport.close()

    def _refuse(self) -> None:
        self._cease()
        self.transport.write(STATUS_LINE[431] + b"content-length: 0\r\nconnection: close\r\n\r\n")
        self.transport.close()
