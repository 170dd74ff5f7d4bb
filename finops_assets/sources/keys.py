"""Rules over all lines of a month: a key that may come once, a column that has one value per key."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from finops_assets.errors import Fault
from finops_assets.sources.faults import Faults


def report_duplicates(lines: pa.Table, keys: Sequence[str], faults: Faults) -> None:
    """Add a fault for every line whose key another line had before, naming both places."""
    keys = list(keys)
    lines = _trusted(lines, faults)
    if lines.select(keys).group_by(keys).aggregate([]).num_rows == lines.num_rows:
        return
    rows = lines.select([*keys, "file", "line"]).to_pandas(types_mapper=pd.ArrowDtype)
    repeated = rows[rows.duplicated(keys, keep=False)]
    first: dict[tuple[str, ...], str] = {}
    shown = [*repeated[keys].astype(object).itertuples(index=False)]
    for key, file, line in zip(shown, repeated["file"], repeated["line"], strict=True):
        values = tuple("" if pd.isna(value) else str(value) for value in key)
        place = f"{file}, line {line}"
        earlier = first.setdefault(values, place)
        if earlier != place:
            reason = f"the same {', '.join(keys)} as {earlier}"
            faults.add(
                Fault(file, reason, "keep one of the two lines", line=line, value=" / ".join(filter(None, values)))
            )


def report_several(lines: pa.Table, key: str, column: str, faults: Faults) -> None:
    """Add a fault for the first line that gives a key a second value of a column, nulls aside."""
    pairs = lines.select([key, column]).group_by([key, column], use_threads=False).aggregate([])
    pairs = pairs.filter(pc.and_(pc.is_valid(pairs[key]), pc.is_valid(pairs[column])))
    if pairs.num_rows == pc.count_distinct(pairs[key]).as_py():
        return
    rows = _trusted(lines, faults).select([key, column, "file", "line"]).drop_null()
    seen = rows.to_pandas(types_mapper=pd.ArrowDtype).drop_duplicates([key, column])
    first: dict[str, tuple[str, str]] = {}
    for owner, value, file, line in seen.itertuples(index=False):
        earlier, place = first.setdefault(owner, (value, f"{file}, line {line}"))
        if earlier != value:
            reason = f"{key} {owner} has {earlier!r} at {place}"
            faults.add(Fault(file, reason, f"give it one {column} in the month", line=line, column=column, value=value))


def _trusted(lines: pa.Table, faults: Faults) -> pa.Table:
    """The lines that have no fault yet: a faulty value is null, and would look like another line's."""
    places = faults.places
    if not places:
        return lines
    written = pa.array([f"{file}\n{line}" for file, line in places], pa.string())
    numbers = lines["line"].cast(pa.string())
    faulty = pc.is_in(pc.binary_join_element_wise(lines["file"], numbers, "\n"), value_set=written)
    return lines.filter(pc.invert(faulty))
