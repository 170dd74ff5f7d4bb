"""The source lines that each published version sums, kept with it: written, read back, and proved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from finops_assets.contract import QUANTITY
from finops_assets.domain import Domain, Mode
from finops_assets.errors import ContractBroken
from finops_assets.period import Period
from finops_assets.postgres.bulk import copy_out
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query
from finops_assets.source_lines import KEPT, Chunk, Lineage, matched, packed, unpacked

_FACTS = pa.schema([("application_id", pa.string()), ("product_id", pa.string()), ("quantity", QUANTITY)])


@dataclass(frozen=True)
class Version:
    """One published version of a slice."""

    period: Period
    domain_id: str
    number: int

    @property
    def key(self) -> dict[str, object]:
        """The version as parameters of a statement."""
        return {"month": self.period.first_day, "domain": self.domain_id, "version": self.number}


@dataclass(frozen=True)
class KeptLine:
    """What one source line gives a fact; ``file`` is its place among the version's files by name, from 0."""

    product_id: str
    file: int
    line: int
    quantity: Decimal


def ready(domain: Domain, period: Period, lineage: Lineage, facts: pa.Table, files: Sequence[str]) -> list[Chunk]:
    """The source lines of a slice to be published, packed; ``facts`` are its canonical lines. Pure.

    ContractBroken when the domain's module declares lines that do not sum to its facts.
    """
    summed = "quantity" if domain.mode is Mode.DIRECT else "driver_quantity"
    columns = [facts["application_id"], facts["product_id"], facts[summed]]
    lines, others = matched(lineage, pa.table(columns, schema=_FACTS), sorted(set(files), key=str.encode))
    if others and lineage.is_declared:
        told = [f"application {application!r} product {product!r}" for application, product in others]
        breaches = [f"{place}: the lines that lineage gives do not sum to its quantity" for place in told]
        raise ContractBroken(domain.domain_id, str(period), breaches)
    if lines["file"].null_count:
        breaches = ["lineage names a file that the slice was not computed from"]
        raise ContractBroken(domain.domain_id, str(period), breaches)
    return [] if domain.mode is Mode.INDIRECT and len(lines) == 0 else list(packed(lines))


def keep(connection: Connection, version: Version, chunks: Sequence[Chunk]) -> None:
    """Keep the packed source lines of the version that this transaction publishes."""
    for place, chunk in enumerate(chunks):
        row = {"chunk": place + 1, "rows": chunk.row_count, "lines": chunk.lines}
        ends = {"first": chunk.first_application_id, "last": chunk.last_application_id}
        connection.execute(query("source_lines/add_chunk"), version.key | row | ends)


def of_application(connection: Connection, version: Version, application_id: str) -> list[KeptLine] | None:
    """The source lines of an application in a version, by product, file and line; None when none were kept of it."""
    everyone = version.key | {"application": None}
    if connection.execute(query("source_lines/is_kept"), everyone).fetchone() is None:
        return None
    chunks = connection.execute(query("source_lines/of_application"), version.key | {"application": application_id})
    rows = pa.concat_tables([KEPT.empty_table(), *(unpacked(chunk["lines"], application_id) for chunk in chunks)])
    columns = (rows[name].to_pylist() for name in ("product_id", "file", "line", "quantity"))
    return [KeptLine(*row) for row in zip(*columns, strict=True)]


def breaches(connection: Connection) -> Iterator[dict[str, Any]]:
    """Every (version, application, product) whose kept source lines do not sum to its fact, one row each."""
    for row in connection.execute(query("source_lines/versions")).fetchall():
        version = Version(Period.of(row["period_month"]), row["domain_id"], row["version"])
        yield from (row | breach for breach in _breaches_of(connection, version))


def _breaches_of(connection: Connection, version: Version) -> list[dict[str, Any]]:
    """What of one version does not add up; a fact without lines was never said to have any."""
    chunks = connection.execute(query("source_lines/of_application"), version.key | {"application": None}).fetchall()
    try:
        tables = [unpacked(chunk["lines"]) for chunk in chunks]
    except pa.ArrowInvalid as error:
        return [{"reason": f"the lines cannot be read: {error}"}]
    if [chunk["row_count"] for chunk in chunks] != list(map(len, tables)):
        return [{"reason": "a chunk holds more or fewer lines than it says"}]
    keys = ["application_id", "product_id"]
    totals = pa.concat_tables(tables).group_by(keys).aggregate([("quantity", "sum")])
    facts = copy_out(connection, query("source_lines/facts"), version.key, _FACTS)
    facts = facts.set_column(1, "product_id", pc.fill_null(facts["product_id"], ""))
    found = totals.join(facts, keys, join_type="left outer").sort_by([(key, "ascending") for key in keys])
    same = pc.fill_null(pc.equal(found["quantity_sum"], found["quantity"]), False)
    wrong: list[dict[str, Any]] = found.filter(pc.invert(same)).to_pylist()
    return wrong
