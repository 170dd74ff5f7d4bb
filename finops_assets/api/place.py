"""What the application stands on: settings, the mart, its pool of reading connections, and who recognises callers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool

from finops_assets.api.callers import Recognise
from finops_assets.postgres.connection import CONNECT_SECONDS, Connection, Mart
from finops_assets.settings import Settings

Pool = ConnectionPool[psycopg.Connection[dict[str, Any]]]


@dataclass(frozen=True)
class Place:
    """One running application's surroundings; ``hosts`` are the names it answers to besides loopback."""

    settings: Settings
    mart: Mart
    pool: Pool
    recognise: Recognise
    hosts: tuple[str, ...] = ()


def pool_of(mart: Mart, size: int) -> Pool:
    """A closed pool of connections whose every transaction is one snapshot that only reads.

    A connection that PostgreSQL dropped is found out when it is taken, and replaced.
    """
    return ConnectionPool(
        mart.url,
        connection_class=psycopg.Connection[dict[str, Any]],
        kwargs={"autocommit": True, "row_factory": dict_row, "connect_timeout": CONNECT_SECONDS},
        min_size=min(2, size),
        max_size=size,
        configure=_only_snapshots,
        check=ConnectionPool.check_connection,
        timeout=5,
        # after so long a new try begins with the next request, not after a wait that has grown with the downtime
        reconnect_timeout=5,
        max_waiting=500,
        open=False,
        name="finops api",
    )


def _only_snapshots(connection: Connection) -> None:
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    connection.read_only = True
