"""A slice of the invented company on its way into the mart, and the shortest ways its rows could go."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid4

import pyarrow as pa

from benchmarks.volume.company import Company
from benchmarks.volume.place import backend_cpu_seconds
from finops_assets import contract, source_lines
from finops_assets.domain import Domain, Mode
from finops_assets.period import Period
from finops_assets.postgres.bulk import copy_in
from finops_assets.postgres.connection import Connection, Mart
from finops_assets.postgres.queries import query
from finops_assets.slices import facts
from finops_assets.sources import SourceFile

# what a COPY alone costs: into the facts' columns without anything else, and with their unique index
BARE = {
    "COPY": "CREATE TABLE benchmark.bare (LIKE finops.fact_consumption)",
    "COPY with index": "CREATE TABLE benchmark.bare (LIKE finops.fact_consumption INCLUDING INDEXES)",
}


@dataclass(frozen=True)
class Spent:
    """Seconds on the clock; processor seconds of the client's process, and of the server's behind its connection."""

    seconds: float = 0
    client: float = 0
    server: float = 0

    @property
    def cpu(self) -> float:
        """Processor seconds of both."""
        return self.client + self.server

    def plus(self, other: Spent) -> Spent:
        """Both, one after the other."""
        return Spent(self.seconds + other.seconds, self.client + other.client, self.server + other.server)

    def halved(self) -> Spent:
        """The mean of two, of their sum."""
        return Spent(self.seconds / 2, self.client / 2, self.server / 2)


def spent(connection: Connection, work: Callable[[], object]) -> Spent:
    """What some work on a connection takes."""
    before = time.perf_counter(), time.process_time(), backend_cpu_seconds(connection)
    work()
    after = time.perf_counter(), time.process_time(), backend_cpu_seconds(connection)
    return Spent(*(end - start for start, end in zip(before, after, strict=True)))


def publication(company: Company, domain: Domain, period: Period, edition: int = 0) -> facts.Publication:
    """What a run would publish for a slice, checked."""
    lines = contract.check(domain, period, company.lines(domain, period, edition))
    file = f"{period}.csv"
    told = hashlib.sha256(f"{company.seed} {domain.domain_id} {period} {edition}".encode()).hexdigest()
    read = company.source_lines(lines, file) if domain.mode is Mode.DIRECT else None
    return facts.Publication(
        domain=domain,
        period=period,
        run_id=uuid4(),
        lines=lines,
        files=(SourceFile(file, told, 64 * len(lines), len(lines)),),
        lineage=source_lines.Lineage(source_lines.ROWS.empty_table()) if read is None else source_lines.declared(read),
    )


def publish(connection: Connection, ready: facts.Publication) -> facts.Published:
    """Publish and record the attempt, as a run does."""
    key = {"run": ready.run_id, "month": ready.period.first_day, "domain": ready.domain.domain_id}
    connection.execute(query("slices/begin"), key | {"reason": None})
    done = facts.publish_slice(connection, ready)
    ended = {"outcome": done.outcome.value, "reason": None, "rows": done.row_count, "quarantined": 0, "refused": 0}
    connection.execute(query("slices/end"), key | ended)
    return done


def bare_copies(mart: Mart, ready: facts.Publication) -> dict[str, Spent]:
    """The same rows by one COPY into each of the bare tables, committed."""
    rows = _whole(ready, facts.columns_of_facts(ready, contract.canonical(ready.lines)))
    taken = {}
    with mart.connect("") as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS benchmark")
        connection.execute("SET search_path TO benchmark")
        for name, table in BARE.items():
            connection.execute("DROP TABLE IF EXISTS benchmark.bare")
            connection.execute(table)
            taken[name] = spent(connection, lambda: copy_in(connection, "bare", rows))
        connection.execute("DROP TABLE benchmark.bare")
    return taken


def _whole(ready: facts.Publication, rows: pa.Table) -> pa.Table:
    """With the columns that are defaults of a leaf, in which a bare table has none."""
    of_leaf = {
        "period_month": ready.period.first_day,
        "domain_id": ready.domain.domain_id,
        "consumption_type": ready.domain.mode.value,
    }
    for name, value in of_leaf.items():
        rows = rows.append_column(name, pa.repeat(value, len(rows)))
    return rows
