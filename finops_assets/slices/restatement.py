"""What was restated: the published versions of a slice, and what moved from one of them to another.

Both versions are priced with the prices in force now, so that what moved is the lines alone: a version knows no
price, and the amounts are not those that were shown at the time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pyarrow as pa

from finops_assets.errors import MartRefused, NotThere
from finops_assets.period import Period
from finops_assets.postgres.bulk import copy_out
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query
from finops_assets.slices.changes import COMPARED, Move, differences
from finops_assets.sources import SourceFile
from finops_assets.verify import snapshot


@dataclass(frozen=True)
class Version:
    """One published version of a slice; quantities of several metrics make ``sum_quantity`` a check sum."""

    version: int
    run_id: UUID
    row_count: int
    sum_quantity: Decimal
    published_at: datetime
    files: tuple[SourceFile, ...]


@dataclass(frozen=True)
class ApplicationMove:
    """What an application costs in one pricing view, before and after."""

    application_id: str
    move: Move


@dataclass(frozen=True)
class Restatement:
    """From one version of a slice to another: the lines that differ, as ``differences`` gives them, and the money."""

    domain_id: str
    period: Period
    older: Version
    newer: Version
    lines: pa.Table
    # one per published pricing view, none when neither version has a line
    totals: tuple[Move, ...]
    # those whose cost or unpriced lines differ; what they move adds up to what the totals move
    applications: tuple[ApplicationMove, ...]


def versions(connection: Connection, domain_id: str, period: Period) -> list[Version]:
    """Every published version of a slice, the current one last; NotThere when there is none."""
    key = {"month": period.first_day, "domain": domain_id}
    found = [_version(row) for row in connection.execute(query("restatement/versions"), key)]
    if not found:
        raise NotThere(f"{domain_id} {period} has no version: nothing of it was ever published")
    return found


def restatement(
    connection: Connection, domain_id: str, period: Period, older: int | None = None, newer: int | None = None
) -> Restatement:
    """What changed between two versions of a slice, by default the current one and the one before it.

    Everything is read in one snapshot. NotThere when there is no such version, MartRefused when none is before it.
    """
    with snapshot(connection):
        found = {version.version: version for version in versions(connection, domain_id, period)}
        last = max(found) if newer is None else newer
        pair = _chosen(found, f"{domain_id} {period}", last - 1 if older is None else older, last)
        key: dict[str, object] = {"month": period.first_day, "domain": domain_id}
        sides = [_lines(connection, key | {"version": side.version}) for side in pair]
        numbers = {"older": pair[0].version, "newer": pair[1].version}
        costs = [_move(row) for row in connection.execute(query("restatement/moves"), key | numbers)]
    return Restatement(
        domain_id,
        period,
        *pair,
        lines=differences(*sides),
        totals=tuple(move for application, move in costs if application is None),
        applications=tuple(ApplicationMove(name, move) for name, move in costs if name is not None),
    )


def names(
    connection: Connection,
    domain_id: str,
    *,
    applications: Iterable[str],
    products: Iterable[str],
    views: Iterable[str],
) -> dict[tuple[str, str], str]:
    """What they are called now, by kind (``application``, ``product``, ``view``) and id; without a name, the id."""
    asked = {"application": set(applications), "product": set(products), "view": set(views)}
    known = {(kind, one): one for kind, ids in asked.items() for one in ids}
    parameters = {f"{kind}s": sorted(ids) for kind, ids in asked.items()} | {"domain": domain_id}
    rows = connection.execute(query("restatement/names"), parameters)
    return known | {(row["kind"], row["id"]): row["label"] for row in rows if row["label"]}


def _chosen(found: dict[int, Version], slice_: str, older: int, newer: int) -> tuple[Version, Version]:
    known = ", ".join(map(str, found))
    if older == 0 and newer in found:
        raise MartRefused(f"{slice_} version {newer} is the first: there is nothing before it to compare it with")
    for wanted in (newer, older):
        if wanted not in found:
            raise NotThere(f"{slice_} has no version {wanted}: there is {known}")
    return found[older], found[newer]


def _lines(connection: Connection, key: dict[str, object]) -> pa.Table:
    return copy_out(connection, query("restatement/lines"), key, COMPARED)


def _version(row: dict[str, Any]) -> Version:
    return Version(**row | {"files": tuple(SourceFile(**file) for file in row["files"])})


def _move(row: dict[str, Any]) -> tuple[str | None, Move]:
    application_id = row.pop("application_id")
    return application_id, Move(**row)
