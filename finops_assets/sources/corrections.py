"""What a correction may say of a line that was read: each column is judged by the rule it has in its source."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from zoneinfo import ZoneInfo

import pyarrow as pa

from finops_assets.errors import Fault
from finops_assets.sources import SourceFile
from finops_assets.sources.columns import Column, Decimals, Texts, typed
from finops_assets.sources.faults import Faults
from finops_assets.sources.tables import TextTable
from finops_assets.sources.usage import usage_columns
from finops_assets.sources.values import (
    Unfit,
    application,
    currency,
    day,
    identifier,
    long_label,
    month,
    one_of,
    product,
)


def _first_day(text: str) -> date:
    found = day(text) if len(text) > len("YYYY-MM") else month(text)
    if found.day != 1:
        raise Unfit("is not the first day of a month", "write YYYY-MM, for instance 2025-03")
    return found


_USAGE = {column.name: column for column in usage_columns(ZoneInfo("UTC"))}
# a provider's charge, in the mart's words for its columns
_CHARGE = {
    column.name: column
    for column in (
        Column("application_id", Texts(application)),
        Column("product_id", Texts(product)),
        Column("family_id", Texts(identifier)),
        Column("product_label", Texts(long_label), required=False),
        Column("family_label", Texts(long_label), required=False),
        Column("metric", Texts(identifier)),
        Column("quantity", Decimals()),
        Column("charge_class", Texts(one_of("CREDIT", "CORRECTION")), required=False),
        Column("currency", Texts(currency)),
        Column("list_cost", Decimals()),
        Column("contracted_cost", Decimals(), required=False),
        Column("billed_cost", Decimals()),
        Column("effective_cost", Decimals()),
        Column("list_unit_price", Decimals(), required=False),
        Column("contracted_unit_price", Decimals(), required=False),
        Column("charge_month", Texts(_first_day, pa.date32())),
    )
}


def checked(source_line: Mapping[str, str | None], changes: Mapping[str, str]) -> dict[str, str | None]:
    """The changes as the line's columns may hold them, an empty one as None; SourceRefused names every fault.

    ``source_line`` is a line as it was set aside: every column as text, and its file and line.
    """
    file, line = str(source_line["file"]), int(source_line["line"] or 0)
    known = _CHARGE if "charge_month" in source_line else _USAGE
    columns = {name: known[name] for name in source_line if name in known}
    faults = Faults()
    for name in changes.keys() - columns.keys():
        remedy = f"name one of {', '.join(sorted(columns))}"
        faults.add(Fault(file, "the line has no such column that may be corrected", remedy, line, name, changes[name]))
    given = {name: text for name, text in changes.items() if name in columns}
    texts = {name: pa.chunked_array([pa.array([text], pa.string())]) for name, text in given.items()}
    table = TextTable(SourceFile(file, "", 0, 1), texts, pa.chunked_array([pa.array([line], pa.int64())]), "")
    values = typed(table, [columns[name] for name in given], faults)
    faults.refuse()
    found = {name: values[name][0].as_py() for name in given}
    return {
        name: None if value is None else value.isoformat() if isinstance(value, date) else given[name]
        for name, value in found.items()
    }
