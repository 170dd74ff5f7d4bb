"""What the mart measures of itself, for Prometheus: one family per statement of ``sql/queries/metrics``.

The file's name is the family's, behind ``finops_``; its first comment is what it means; its column ``value`` is
the sample and the others are the labels.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from psycopg import IsolationLevel

from finops_assets import __version__
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import files_in, query

PREFIX = "finops_"


@dataclass(frozen=True)
class Exposition:
    """Metrics as a scraper wants them, and what that form is called."""

    body: bytes
    content_type: str


def measure(connection: Connection, current: Period) -> list[Metric]:
    """Every family, of one snapshot of a connection that is in no transaction."""
    connection.isolation_level, connection.read_only = IsolationLevel.REPEATABLE_READ, True
    with connection.transaction():
        return [_family(connection, file.stem, current) for file in files_in("queries/metrics")]


def expose(families: Sequence[Metric], accept: str = "") -> Exposition:
    """The families in Prometheus' text form, or in the newer one that the scraper's Accept header asks for."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Measured(families))
    encode, content_type = choose_encoder(accept)
    return Exposition(encode(registry), content_type)


def _family(connection: Connection, name: str, current: Period) -> Metric:
    statement = query(f"metrics/{name}")
    known = {"current_month": current.first_day, "build": __version__}
    cursor = connection.execute(statement, known)
    labels = [column.name for column in cursor.description or [] if column.name != "value"]
    family = GaugeMetricFamily(PREFIX + name, statement.partition("\n")[0].removeprefix("-- "), labels=labels)
    for row in cursor:
        family.add_metric([row[label] for label in labels], row["value"])
    return family


class _Measured(Collector):
    """What a registry asks for, measured already."""

    def __init__(self, families: Sequence[Metric]) -> None:
        self._families = families

    def collect(self) -> Iterable[Metric]:
        return self._families
