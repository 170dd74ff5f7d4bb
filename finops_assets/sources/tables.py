"""A source as text: its columns, the line of each row, and the file it came from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from finops_assets.errors import Fault
from finops_assets.sources import SourceFile
from finops_assets.sources.content import beginning, load, text_bytes
from finops_assets.sources.faults import Faults
from finops_assets.sources.header import Header
from finops_assets.sources.parquet import parquet_header, read_parquet
from finops_assets.sources.strict_csv import csv_header, read_csv


@dataclass(frozen=True)
class TextTable:
    """One source file as text columns ('' where nothing is written), one entry per line of data."""

    source: SourceFile
    columns: Mapping[str, pa.ChunkedArray]
    lines: pa.ChunkedArray
    content_sha256: str

    @property
    def file(self) -> str:
        """The name of the file in messages and lineage."""
        return self.source.name


def read_tables(paths: Iterable[Path], header: Header, *, max_bytes: int, faults: Faults) -> list[TextTable]:
    """The files as text tables; one that cannot be trusted becomes faults, and so does a copy of another."""
    tables = []
    for path in paths:
        with faults.gathering():
            tables.append(read_table(path, f"{path.parent.name}/{path.name}", header, max_bytes, faults))
    _report_copies(tables, faults)
    return tables


def read_table(path: Path, name: str, header: Header, max_bytes: int, faults: Faults) -> TextTable:
    """One file as a text table; SourceRefused when its structure cannot be trusted."""
    content = load(path, name, max_bytes)
    if path.name.endswith(".parquet"):
        columns, lines = read_parquet(content, header, max_bytes)
    else:
        columns, lines = read_csv(name, text_bytes(content, faults), header, faults)
    source = SourceFile(name, content.delivered_sha256, content.delivered_bytes, len(lines))
    return TextTable(source, columns, lines, content.content_sha256)


def header_of(path: Path) -> tuple[str, ...] | None:
    """The column names of a file, read without the rest of it; None when they cannot be told."""
    return parquet_header(path) if path.name.endswith(".parquet") else csv_header(beginning(path))


def _report_copies(tables: list[TextTable], faults: Faults) -> None:
    seen: dict[str, str] = {}
    for table in tables:
        first = seen.setdefault(table.content_sha256, table.file)
        if first != table.file:
            reason = f"holds the same bytes as {first}, and would be counted twice"
            faults.add(Fault(table.file, reason, "remove one of the two"))
