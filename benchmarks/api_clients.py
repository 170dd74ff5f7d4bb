"""Clients of an HTTP server on loopback: so many at once, each asks, waits for the whole answer, and asks again."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Asked:
    """One request: a path with its query, and a body for a POST."""

    path: str
    body: str | None = None

    def head(self, port: int) -> bytes:
        """The request as it goes over the wire."""
        body = (self.body or "").encode()
        lines = [f"{'GET' if self.body is None else 'POST'} {self.path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
        if self.body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + body


async def _client(port: int, requests: Sequence[Asked], seconds: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    for asked in requests:
        started = time.perf_counter()
        writer.write(asked.head(port))
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        if not head.startswith("http/1.1 200"):
            raise RuntimeError(f"{asked.path}: {head.splitlines()[0]}")
        size = next(line for line in head.splitlines() if line.startswith("content-length:"))
        await reader.readexactly(int(size.partition(":")[2]))
        seconds.append(time.perf_counter() - started)
    writer.close()


async def _all(port: int, clients: int, requests: Sequence[Asked]) -> list[float]:
    seconds: list[float] = []
    await asyncio.gather(*(_client(port, requests[place::clients], seconds) for place in range(clients)))
    return seconds


def main() -> None:
    """Read port, clients and requests from standard input, print the seconds of each answer."""
    told = json.load(sys.stdin)
    requests = [Asked(*one) for one in told["requests"]]
    json.dump(asyncio.run(_all(told["port"], told["clients"], requests)), sys.stdout)


if __name__ == "__main__":
    main()
