"""How a slice's result reads in Dagster's metadata; Dagster plots the numbers over months."""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from finops_assets.slices import SliceResult

Metadata = dict[str, dg.MetadataValue]


def metadata(result: SliceResult) -> Metadata:
    """Rows, check sum, hash, version, quarantined lines and a preview of the first lines."""
    published = result.published
    return {
        "outcome": dg.MetadataValue.text(published.outcome.value),
        "dagster/row_count": dg.MetadataValue.int(published.row_count),
        "quantity": dg.MetadataValue.text(f"{published.sum_quantity:f}"),
        "version": dg.MetadataValue.int(published.version),
        "content_sha256": dg.MetadataValue.text(published.content_sha256.hex()),
        "quarantined_lines": dg.MetadataValue.int(result.quarantined),
        "seconds": dg.MetadataValue.float(round(result.seconds, 3)),
        "preview": dg.MetadataValue.md(table(result.preview)),
    }


def fact_metadata(results: Sequence[SliceResult]) -> Metadata:
    """Lines of the month by domain, as this run left them, and how long that took."""
    rows = [
        {
            "domain": result.domain_id,
            "lines": str(result.published.row_count),
            "version": str(result.published.version),
            "outcome": result.published.outcome.value,
        }
        for result in results
    ]
    return {
        "dagster/row_count": dg.MetadataValue.int(sum(result.published.row_count for result in results)),
        "quarantined_lines": dg.MetadataValue.int(sum(result.quarantined for result in results)),
        "seconds": dg.MetadataValue.float(round(sum(result.seconds for result in results), 3)),
        "domains": dg.MetadataValue.md(table(rows)),
    }


def table(rows: Sequence[dict[str, str]]) -> str:
    """The rows as a table in Markdown."""
    if not rows:
        return "no line"
    names = list(rows[0])
    body = [" | ".join(row.get(name, "") for name in names) for row in rows]
    return "\n".join([" | ".join(names), " | ".join("---" for _ in names), *body])
