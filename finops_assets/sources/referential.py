"""Referentials: the products of a domain and the applications of the company, one row per member."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from finops_assets.sources import Reading
from finops_assets.sources.columns import Column, Texts, frame, header, typed
from finops_assets.sources.faults import Faults
from finops_assets.sources.keys import report_duplicates
from finops_assets.sources.tables import read_table
from finops_assets.sources.values import application, day, identifier, label, product

_PRODUCTS = (
    Column("product_id", Texts(product)),
    Column("product_label", Texts(label)),
    Column("family_id", Texts(identifier)),
    Column("family_label", Texts(label)),
    Column("metric", Texts(identifier)),
    Column("decommissioned_at", Texts(day, pa.date32()), required=False),
)
_APPLICATIONS = (
    Column("application_id", Texts(application)),
    Column("application_label", Texts(label)),
    Column("owner", Texts(label), required=False),
)


def read_products(path: Path, *, max_bytes: int, name: str | None = None) -> Reading:
    """The product referential, one row per product; SourceRefused when the file cannot be trusted."""
    return read_members(path, _PRODUCTS, ["product_id"], max_bytes=max_bytes, name=name)


def read_applications(path: Path, *, max_bytes: int, name: str | None = None) -> Reading:
    """The application referential, one row per application; SourceRefused when it cannot be trusted."""
    return read_members(path, _APPLICATIONS, ["application_id"], max_bytes=max_bytes, name=name)


def read_members(
    path: Path, columns: Sequence[Column], keys: Sequence[str], *, max_bytes: int, name: str | None
) -> Reading:
    """The rows of one file that all have different keys, one row per line; SourceRefused on any fault."""
    faults = Faults()
    table = read_table(path, name or f"{path.parent.name}/{path.name}", header(columns), max_bytes, faults)
    rows = typed(table, columns, faults)
    report_duplicates(rows, keys, faults)
    faults.refuse()
    return Reading(frame(rows), (table.source,))
