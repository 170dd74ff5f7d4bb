"""``finops metrics``: the mart's own figures for Prometheus, printed once or served on loopback."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Annotated
from urllib.parse import urlsplit

import psycopg
import typer

from finops_assets import events
from finops_assets.cli.running import now_in, ready_mart
from finops_assets.cli.terminal import err
from finops_assets.errors import FinopsError, ServerError
from finops_assets.operations import metrics as figures
from finops_assets.postgres.connection import Mart
from finops_assets.settings import Settings

HOST = "127.0.0.1"
FIRST_PORT = 9464
PORTS_TRIED = 20
PATH = "/metrics"
TURN_SECONDS = 5


def add_to(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command()(metrics)


def metrics(
    serve: Annotated[bool, typer.Option("--serve", help="Serve them over HTTP until Ctrl-C.")] = False,
    port: Annotated[int | None, typer.Option(help="The port; by default 9464, or the next free one.")] = None,
) -> None:
    """Print what the mart measures of itself, for Prometheus; or serve it."""
    settings = Settings.from_environment()
    mart = ready_mart(settings)
    if not serve:
        sys.stdout.buffer.write(_measured(settings, mart, "").body)
        return
    with MetricsServer(settings, mart, port) as server, suppress(KeyboardInterrupt):
        err.print(f"metrics at {server.address}, until Ctrl-C")
        server.serve_forever()


@contextmanager
def served(settings: Settings, mart: Mart) -> Iterator[str]:
    """Serve the metrics in the background while the block runs; gives their address."""
    with MetricsServer(settings, mart, None) as server:
        threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
        try:
            yield server.address
        finally:
            server.shutdown()


def _measured(settings: Settings, mart: Mart, accept: str) -> figures.Exposition:
    with mart.connect("finops_api") as connection:
        return figures.expose(figures.measure(connection, now_in(settings)), accept)


class MetricsServer(ThreadingHTTPServer):
    """Answers GET /metrics on loopback, one scrape at a time, so that scrapers cannot load the database."""

    daemon_threads = True

    def __init__(self, settings: Settings, mart: Mart, wanted: int | None) -> None:
        self._settings, self._mart, self._turn = settings, mart, threading.Lock()
        for port in [wanted] if wanted is not None else range(FIRST_PORT, FIRST_PORT + PORTS_TRIED):
            try:
                super().__init__((HOST, port), _Scrape)
            except OSError:
                continue
            return
        raise ServerError("no free port for the metrics: name one with --port")

    @property
    def address(self) -> str:
        """Where the metrics are."""
        return f"http://{HOST}:{self.server_port}{PATH}"

    def scrape(self, accept: str) -> figures.Exposition:
        """The metrics of this moment; ServerError when other scrapes take too long."""
        if not self._turn.acquire(timeout=TURN_SECONDS):
            raise ServerError("another scrape is still being answered")
        try:
            return _measured(self._settings, self._mart, accept)
        finally:
            self._turn.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """A scraper that went away in the middle is no news."""


class _Scrape(BaseHTTPRequestHandler):
    """One request: the metrics, or in one line why not."""

    server: MetricsServer
    server_version, sys_version = "finops", ""
    timeout = 10

    def do_GET(self) -> None:
        if urlsplit(self.path).path != PATH:
            self._answer(HTTPStatus.NOT_FOUND, f"only {PATH} is here\n".encode())
            return
        try:
            found = self.server.scrape(self.headers.get("Accept", ""))
        except (FinopsError, psycopg.Error) as error:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, (str(error).splitlines() or [repr(error)])[0])
        except Exception as error:  # whatever it is, a scraper gets no trace of it
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, type(error).__name__)
        else:
            self._answer(HTTPStatus.OK, found.body, found.content_type)

    do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing of a request that was answered."""

    def _refuse(self, status: HTTPStatus, reason: str) -> None:
        events.emit(events.Event.METRICS_FAILED, reason=reason)
        self._answer(status, f"{events.without_secrets(reason)}\n".encode())

    def _answer(self, status: HTTPStatus, body: bytes, content_type: str = "text/plain; charset=utf-8") -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
