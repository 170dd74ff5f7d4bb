"""Coefficients of a month from its files, one row per application; they need not add up to 1."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from finops_assets.errors import SourceMissing
from finops_assets.period import Period
from finops_assets.sources import Reading
from finops_assets.sources.columns import Column, Decimals, Texts, frame, header, typed
from finops_assets.sources.drop_folder import files_of
from finops_assets.sources.faults import Faults
from finops_assets.sources.keys import report_duplicates
from finops_assets.sources.tables import TextTable, read_tables
from finops_assets.sources.values import Problem, application, label

_NAMED = Problem("is empty: a coefficient must name an application", "name it, or leave the line out")
COEFFICIENT_COLUMNS = (
    Column("application_id", Texts(application), when_empty=_NAMED),
    Column("coefficient", Decimals(minimum=0)),
    Column("application_label", Texts(label), required=False),
)


def read_coefficients(folder: Path, period: Period, *, max_bytes: int) -> Reading:
    """Coefficients of a month, one row per application; SourceMissing or SourceRefused when they cannot be had."""
    faults = Faults()
    paths = files_of(folder, period)
    tables = read_tables(paths, header(COEFFICIENT_COLUMNS), max_bytes=max_bytes, faults=faults)
    return coefficients_of(tables, faults)


def read_shares(path: Path, *, max_bytes: int) -> Reading:
    """Shares agreed once, one row per application, from one undated file; SourceMissing when it is not there."""
    if not path.exists():
        raise SourceMissing(f"no agreed shares yet: {path} is not there; write it with application_id,coefficient")
    faults = Faults()
    tables = read_tables([path], header(COEFFICIENT_COLUMNS), max_bytes=max_bytes, faults=faults)
    return coefficients_of(tables, faults)


def coefficients_of(tables: Sequence[TextTable], faults: Faults) -> Reading:
    """Coefficients of a month's tables, one row per application; SourceRefused on any fault."""
    read = [typed(table, COEFFICIENT_COLUMNS, faults) for table in tables]
    if read:
        report_duplicates(pa.concat_tables(read), ["application_id"], faults)
    faults.refuse()
    return Reading(frame(pa.concat_tables(read)), tuple(table.source for table in tables))
