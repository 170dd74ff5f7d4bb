"""Read what a domain declares it reads, for one month: files, referentials, other domains' quantities."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd
import pyarrow as pa

from finops_assets import catalog, quarantine
from finops_assets.catalog import referential
from finops_assets.contract import QUANTITY, frame
from finops_assets.domain import (
    ActiveApplications,
    CoefficientFiles,
    Consumption,
    Domain,
    FixedShares,
    FocusFiles,
    Products,
    Source,
    SqlQuery,
    UsageFiles,
)
from finops_assets.errors import SettingsError, SourceMissing
from finops_assets.period import Period
from finops_assets.postgres.bulk import copy_out
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query
from finops_assets.quarantine import screening
from finops_assets.settings import Settings
from finops_assets.sources import Reading, SourceFile
from finops_assets.sources.coefficients import read_coefficients, read_shares
from finops_assets.sources.focus import read_focus
from finops_assets.sources.sql_table import read_query
from finops_assets.sources.usage import read_usage

DRIVERS = pa.schema([("application_id", pa.string()), ("quantity", QUANTITY)])
PRODUCTS = pa.schema(
    [(name, pa.string()) for name in ("product_id", "product_label", "family_id", "family_label", "metric")]
)


@dataclass(frozen=True)
class Gathered:
    """Everything a domain's compute needs for one month, and where it came from."""

    frames: Mapping[str, pd.DataFrame]
    files: tuple[SourceFile, ...]
    drivers: Mapping[str, int]
    settled: quarantine.Settled


@dataclass
class _Gathering:
    connection: Connection
    settings: Settings
    domain: Domain
    period: Period
    files: list[SourceFile] = field(default_factory=list)
    drivers: dict[str, int] = field(default_factory=dict)
    # begun by the first source whose lines are screened
    screening: quarantine.Screening | None = None


def gather(connection: Connection, settings: Settings, domain: Domain, period: Period) -> Gathered:
    """Read every declared input of a domain for one month.

    SourceMissing when a file or a driver's slice is not there yet; SourceRefused when a file cannot be
    trusted. Usage lines that break a business rule come back apart, in ``settled``, unless a person has
    taken them.
    """
    gathering = _Gathering(connection, settings, domain, period)
    frames = {name: _read(gathering, source) for name, source in domain.reads.items()}
    settled = gathering.screening.settled if gathering.screening else quarantine.Settled()
    return Gathered(frames, tuple(gathering.files), gathering.drivers, settled)


def _read(gathering: _Gathering, source: Source) -> pd.DataFrame:
    match source:
        case UsageFiles() | FocusFiles():
            return _screened(gathering, _delivered(gathering, source))
        case SqlQuery():
            reading = _queried(gathering, source)
            return _screened(gathering, reading) if source.kind == "usage" else _kept(gathering, reading)
        case CoefficientFiles() | FixedShares():
            return _kept(gathering, _delivered(gathering, source))
        case Products():
            return _products(gathering)
        case Consumption():
            return _consumption(gathering, source)
        case ActiveApplications():
            applications = catalog.active_applications(gathering.connection)
            return frame({"application_id": applications, "quantity": [1] * len(applications)}, DRIVERS)


def _delivered(gathering: _Gathering, source: Source) -> Reading:
    settings, period = gathering.settings, gathering.period
    folder = settings.sources / gathering.domain.folder
    match source:
        case UsageFiles():
            return read_usage(folder, period, zone=settings.time_zone, max_bytes=settings.max_source_bytes)
        case FocusFiles():
            tag = settings.application_tag
            return read_focus(folder, period, application_tag=tag, max_bytes=settings.max_source_bytes)
        case FixedShares():
            return read_shares(folder / "shares.csv", max_bytes=settings.max_source_bytes)
        case _:
            return read_coefficients(folder, period, max_bytes=settings.max_source_bytes)


def _queried(gathering: _Gathering, source: SqlQuery) -> Reading:
    url = os.environ.get(source.url_variable)
    if not url:
        raise SettingsError(f"{gathering.domain.domain_id} reads a database: set {source.url_variable} to its URL")
    return read_query(
        url,
        source.query,
        kind=source.kind,
        name=source.url_variable,
        period=gathering.period,
        zone=gathering.settings.time_zone,
    )


def _kept(gathering: _Gathering, reading: Reading) -> pd.DataFrame:
    gathering.files.extend(reading.files)
    return reading.rows


def _screened(gathering: _Gathering, reading: Reading) -> pd.DataFrame:
    connection, domain, period = gathering.connection, gathering.domain, gathering.period
    if gathering.screening is None:
        gathering.screening = quarantine.begin(connection, domain, period)
    gone = catalog.decommissioned_before(connection, domain, period)
    return screening.screen(_kept(gathering, reading), period, gone, gathering.screening.found)


def _products(gathering: _Gathering) -> pd.DataFrame:
    reading = referential.products_of(gathering.settings, gathering.domain, gathering.period)
    if reading is None:
        return frame([], PRODUCTS)
    return _kept(gathering, reading)[PRODUCTS.names]


def _consumption(gathering: _Gathering, source: Consumption) -> pd.DataFrame:
    key = {"month": gathering.period.first_day, "domain": source.of}
    published = gathering.connection.execute(query("facts/current_version"), key).fetchone()
    if published is None:
        raise SourceMissing(
            f"{gathering.domain.domain_id} {gathering.period} is spread by {source.of}, which has no slice for that "
            f"month yet: run {source.of} first"
        )
    # of two readings of one domain the older counts: what was published between them makes the slice stale
    gathering.drivers.setdefault(source.of, published["version"])
    statement = query("facts/consumption_by_application")
    rows = copy_out(gathering.connection, statement, key | {"metric": source.metric}, DRIVERS)
    return rows.to_pandas(types_mapper=pd.ArrowDtype)
