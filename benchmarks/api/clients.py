"""Clients that ask one request after another over connections they keep: one process, plain sockets, no pause."""

from __future__ import annotations

import math
import re
import selectors
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.api.questions import HOST

PATIENCE = 60
REFUSED = b"HTTP/1.1 503"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass
class Client:
    """One connection, with the answer that is coming over it."""

    socket: socket.socket
    number: int
    answer: bytearray
    asked_at: float = 0

    def ask(self, request: bytes) -> None:
        """Send a request."""
        self.answer.clear()
        self.asked_at = time.perf_counter()
        self.socket.sendall(request)

    def is_answered(self) -> bool:
        """Take what came; whether the answer is whole. RuntimeError when it is no 200 or 503, or has no length."""
        self.answer += self.socket.recv(1 << 18)
        end = self.answer.find(b"\r\n\r\n")
        if end < 0:
            return False
        told = _LENGTH.search(self.answer, 0, end)
        if not self.answer.startswith((b"HTTP/1.1 200", REFUSED)) or told is None:
            raise RuntimeError(bytes(self.answer[:2000]).decode(errors="replace"))
        return len(self.answer) >= end + 4 + int(told[1])


def latencies(port: int, request: Callable[[int], bytes], clients: int, seconds: float) -> list[float]:
    """Seconds of every answer of so many clients, endless where it was refused; each asks a number once."""
    sockets = [socket.create_connection((HOST, port), PATIENCE) for _ in range(clients)]
    waiting = selectors.DefaultSelector()
    taken: list[float] = []
    until = time.perf_counter() + seconds
    try:
        asking = [Client(one, number, bytearray()) for number, one in enumerate(sockets)]
        for client in asking:
            waiting.register(client.socket, selectors.EVENT_READ, client)
            client.ask(request(client.number))
        while waiting.get_map():
            for key, _ in waiting.select(PATIENCE):
                if key.data.is_answered():
                    _go_on(key.data, taken, waiting, request, clients, until)
    finally:
        for one in sockets:
            one.close()
        waiting.close()
    return taken


def _go_on(
    client: Client,
    taken: list[float],
    waiting: selectors.DefaultSelector,
    request: Callable[[int], bytes],
    step: int,
    until: float,
) -> None:
    now = time.perf_counter()
    # who is told to try again is never answered
    taken.append(math.inf if client.answer.startswith(REFUSED) else now - client.asked_at)
    if now > until:
        waiting.unregister(client.socket)
        return
    client.number += step
    client.ask(request(client.number))
