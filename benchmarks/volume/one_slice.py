"""One process that publishes one slice of so many rows, and tells how much memory it took."""

from __future__ import annotations

import json
import sys

from benchmarks.volume.company import DOMAINS, Company
from benchmarks.volume.place import FIRST
from benchmarks.volume.publishing import publication, publish
from benchmarks.volume.stages import peak_bytes
from finops_assets.postgres.connection import Mart


def main(url: str, rows: str) -> None:
    """Publish the slice, another edition of it, and that once more."""
    company = Company(int(rows) * 100 // 32)
    told = {"started": peak_bytes()}
    with Mart(url).connect("finops_batch") as connection:
        for stage, edition in {"published": 0, "replaced": 1, "unchanged": 1}.items():
            ready = publication(company, DOMAINS[0], FIRST, edition)
            told.setdefault("prepared", peak_bytes())
            told["rows"] = publish(connection, ready).row_count
            told[stage] = peak_bytes()
        told["server"] = peak_bytes(connection.info.backend_pid)
    sys.stdout.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
