"""Where a large mart stands: a durable PostgreSQL in a folder, kept or gone with the block, and its months."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pandas as pd

from benchmarks.volume.company import DOMAINS, OWNERS, VIEWS, Company
from finops_assets import catalog, pricing
from finops_assets.catalog import referential
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection, Mart, create_database
from finops_assets.postgres.embedded import EmbeddedServer
from finops_assets.postgres.migrations import migrate
from finops_assets.settings import Settings

FIRST = Period(2023, 1)
DATABASE = "finops"
PUBLISHED = """
SELECT count(*) AS months
FROM (SELECT FROM slice_version GROUP BY period_month HAVING count(DISTINCT domain_id) = %(domains)s) AS whole
"""


@contextmanager
def standing(folder: Path | None) -> Iterator[Mart]:
    """The mart of a folder, made when there is none; in a folder of its own, gone afterwards, when none is named."""
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="finops-volume-") as own:
            try:
                with standing(Path(own)) as mart:
                    yield mart
            finally:
                EmbeddedServer(Path(own) / "postgres").stop()
        return
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)  # root's server runs as another account
    embedded = EmbeddedServer(folder / "postgres", durable=True)
    server = embedded.start()
    try:
        create_database(server.url("postgres"), DATABASE)
        mart = Mart(server.url(DATABASE))
        migrate(mart)
        yield mart
    finally:
        # it stops when nobody uses it any more
        server.release()


def found(mart: Mart, company: Company) -> None:
    """Register domains, pricing views and applications; what is there already stays."""
    with tempfile.TemporaryDirectory(prefix="finops-volume-lists-") as folder:
        _found(mart, company, Path(folder))


def _found(mart: Mart, company: Company, folder: Path) -> None:
    with mart.connect("finops_admin") as connection:
        catalog.register_domains(connection, DOMAINS, FIRST)
        for domain in DOMAINS:
            catalog.set_enabled(connection, domain.domain_id, is_enabled=True, available_from=FIRST)
        _import_views(connection, folder / "views.csv")
    settings = replace(Settings.from_environment({"FINOPS_HOME": str(folder)}), sources=folder)
    _write_applications(company, folder / "applications.csv")
    with mart.connect("finops_batch") as connection:
        referential.import_applications(connection, settings)


def months_published(mart: Mart) -> int:
    """How many whole months the mart has."""
    with mart.connect("finops_batch") as connection:
        row = connection.execute(PUBLISHED, {"domains": len(DOMAINS)}).fetchone()
        assert row is not None
        return int(row["months"])


def publish_prices(mart: Mart, company: Company, period: Period) -> None:
    """Publish the prices that take effect in a month."""
    with mart.connect("finops_admin") as connection:
        pricing.publish(connection, company.prices(period, is_first=period == FIRST), f"prices of {period}")


def backend_cpu_seconds(connection: Connection) -> float:
    """What the server's process behind a connection has taken of a processor: it must be of this machine."""
    fields = Path(f"/proc/{connection.info.backend_pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _import_views(connection: Connection, path: Path) -> None:
    views = {
        "pricing_view_id": VIEWS,
        "pricing_view_label": [name.capitalize() for name in VIEWS],
        "currency": ["EUR"] * len(VIEWS),
        "kind": VIEWS,
        "is_default": ["true", *["false"] * (len(VIEWS) - 1)],
    }
    pd.DataFrame(views).to_csv(path, index=False)
    pricing.import_file(connection, path, max_bytes=10**6)


def _write_applications(company: Company, path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["application_id", "application_label", "owner"])
        for place, application in enumerate(company.applications.to_pylist()):
            writer.writerow([application, f"Application {place}", f"group:default/team-{place % OWNERS:03d}"])
