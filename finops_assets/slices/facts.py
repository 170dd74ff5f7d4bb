"""Publish a slice: one (month, domain), all of its lines or none, in one transaction.

The database's own functions (sql/repeatable/20_publishing.sql) take the lock, keep the replaced version and
write the ledger; this module sends the lines and says what was sent. The caller owns the connection.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from finops_assets import audit, catalog, pricing, quarantine
from finops_assets.allocation import COMPONENTS
from finops_assets.contract import QUANTITY, canonical, content_hash, in_units
from finops_assets.domain import Domain, Mode
from finops_assets.money import from_units
from finops_assets.period import Period
from finops_assets.postgres.bulk import copy_in
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query
from finops_assets.source_lines import ROWS, Lineage, kept_lines
from finops_assets.sources import SourceFile


class Outcome(StrEnum):
    """What publishing did: new lines, the same lines, no line, or nothing because this run did it before."""

    LOADED = "LOADED"
    UNCHANGED = "UNCHANGED"
    EMPTY = "EMPTY"
    ALREADY = "ALREADY"


@dataclass(frozen=True)
class Publication:
    """What a run has computed for one slice and now publishes."""

    domain: Domain
    period: Period
    run_id: UUID
    lines: pd.DataFrame
    files: Sequence[SourceFile] = ()
    # the versions of the slices this one was computed from, by domain
    drivers: Mapping[str, int] = field(default_factory=dict)
    # what becomes of the lines that business rules or people set aside
    settled: quarantine.Settled = quarantine.Settled()
    prices: pd.DataFrame | None = None
    # what each weight was blended of, where there are several drivers
    components: pd.DataFrame | None = None
    # the source lines that the lines sum
    lineage: Lineage = Lineage(ROWS.empty_table())


@dataclass(frozen=True)
class Published:
    """What stands in the mart after publishing; quantities of several metrics make ``sum_quantity`` a check sum."""

    outcome: Outcome
    version: int
    row_count: int
    sum_quantity: Decimal
    content_sha256: bytes


def publish_slice(connection: Connection, publication: Publication) -> Published:
    """Make the slice equal to the publication's lines, with their members, prices and quarantined lines.

    MartRefused when the month is closed, not available, or the database did not store what was sent.
    """
    domain, period = publication.domain, publication.period
    lines = canonical(publication.lines)
    key = {"month": period.first_day, "domain": domain.domain_id}
    slice_ = key | {"run": publication.run_id, "rows": len(lines), "sum": _sum(lines), "content": None}
    # partitions are made in a transaction of their own: attaching one must not wait for the lines
    leaf = connection.execute(query("facts/ensure_slice"), key).fetchone()["leaf"]  # type: ignore[index]
    with audit.because(connection, f"publication of {domain.domain_id} {period}"):
        answer, version = _opened(connection, slice_)
        if answer == "COMPARE":
            slice_["content"] = content_hash(lines)
            answer, version = _opened(connection, slice_)
        if answer == "WRITE":
            _write(connection, publication, leaf, lines, slice_, version)
        if answer != "ALREADY":
            _write_what_comes_with_it(connection, publication, key | {"version": version})
    standing = connection.execute(query("facts/version"), key | {"version": version}).fetchone()
    assert standing is not None
    return Published(_outcome(answer, len(lines)), **standing)


def _opened(connection: Connection, slice_: Mapping[str, object]) -> tuple[str, int]:
    opened = connection.execute(query("facts/open_publication"), slice_).fetchone()
    assert opened is not None
    return opened["answer"], opened["version"]


def _write(
    connection: Connection,
    publication: Publication,
    leaf: str,
    lines: pa.Table,
    sent: Mapping[str, object],
    version: int,
) -> None:
    domain, period = publication.domain, publication.period
    names = [file.name for file in publication.files]
    # what else the lines give is computed while the database takes them
    with ThreadPoolExecutor(1) as aside:
        members = aside.submit(catalog.members_of, publication.lines)
        chunks = aside.submit(kept_lines.ready, domain, period, publication.lineage, lines, names)
        content = aside.submit(lambda: sent["content"] or content_hash(lines))
        copy_in(connection, leaf, columns_of_facts(publication, lines))
    catalog.register_members(connection, domain, period, members.result())
    hashes = {"content": content.result(), "source": _source_hash(publication.files)}
    connection.execute(query("facts/seal_publication"), {**sent, **hashes})
    _write_sources(connection, publication, lines, version)
    kept_lines.keep(connection, kept_lines.Version(period, domain.domain_id, version), chunks.result())


def _write_sources(connection: Connection, publication: Publication, lines: pa.Table, version: int) -> None:
    """What the version was computed from: its files, and what made its weights."""
    domain, period = publication.domain, publication.period
    key = {"month": period.first_day, "domain": domain.domain_id, "version": version}
    for file in publication.files:
        row = {"name": file.name, "sha256": bytes.fromhex(file.sha256), "bytes": file.bytes, "rows": file.rows}
        connection.execute(query("facts/add_source"), key | row)
    if domain.mode is Mode.INDIRECT:
        copy_in(connection, "allocation_detail", _details(publication, lines, version))
    if publication.components is not None:
        copy_in(connection, "allocation_component", _components(publication, publication.components, version))


def _write_what_comes_with_it(connection: Connection, publication: Publication, key: dict[str, object]) -> None:
    """Drivers, quarantined lines and the provider's prices: written for unchanged lines too."""
    domain, period = publication.domain, publication.period
    for driver, driver_version in publication.drivers.items():
        connection.execute(query("facts/add_driver"), key | {"driver": driver, "driver_version": driver_version})
    quarantine.keep(connection, domain, period, publication.run_id, publication.settled)
    if publication.prices is not None:
        pricing.publish_provider_prices(connection, domain, period, publication.prices)


def columns_of_facts(publication: Publication, lines: pa.Table) -> pa.Table:
    """The canonical lines in the columns of fact_consumption, but for those that are defaults of the slice's leaf."""
    size = len(lines)
    return pa.table(
        {
            "family_id": lines["family_id"],
            "product_id": lines["product_id"],
            "application_id": lines["application_id"],
            "quantity": lines["quantity"],
            "consumption_metric": lines["consumption_metric"],
            "run_id": pa.DictionaryArray.from_arrays(
                pa.repeat(pa.scalar(0, pa.int8()), size), [str(publication.run_id)]
            ),
            "product_label_snapshot": pc.coalesce(lines["product_label"], lines["product_id"]),
        }
    )


def _details(publication: Publication, lines: pa.Table, version: int) -> pa.Table:
    """Driver, basis and method of each weight, one row per application."""
    size, drivers = len(lines), lines["driver_quantity"]
    basis = pc.sum(drivers).cast(QUANTITY) if size else None
    return pa.table(
        {
            "period_month": pa.repeat(publication.period.first_day, size),
            "domain_id": pa.repeat(publication.domain.domain_id, size),
            "version": pa.repeat(version, size),
            "application_id": lines["application_id"],
            "driver_quantity": drivers,
            "basis_quantity": pa.repeat(basis, size) if size else pa.nulls(0, QUANTITY),
            "method_key": pa.repeat(publication.domain.indirect_method_key, size),
        }
    )


def _components(publication: Publication, components: pd.DataFrame, version: int) -> pa.Table:
    """What each weight was blended of, one row per (application, driver)."""
    size = len(components)
    key = {
        "period_month": pa.repeat(publication.period.first_day, size),
        "domain_id": pa.repeat(publication.domain.domain_id, size),
        "version": pa.repeat(version, size),
    }
    rows = pa.Table.from_pandas(components, schema=COMPONENTS, preserve_index=False)
    return pa.table(key | {name: rows[name] for name in COMPONENTS.names})


def _sum(lines: pa.Table) -> Decimal:
    units = pc.sum(pc.cast(in_units(lines["quantity"]), pa.decimal256(60, 0))).as_py()
    return from_units(int(units or 0))


def _source_hash(files: Sequence[SourceFile]) -> bytes:
    """One hash over the sources a slice was computed from, in the order of their names."""
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.name):
        digest.update(f"{file.sha256} {file.name}\n".encode())
    return digest.digest()


def _outcome(answer: str, rows: int) -> Outcome:
    if answer == "WRITE":
        return Outcome.LOADED if rows else Outcome.EMPTY
    return Outcome(answer)
