"""``python -m benchmarks.source_lines``: what keeping the source lines of a month adds to its run.

Each round publishes the same files into two empty marts, with the lines kept and with none, in alternating order.
"""

from __future__ import annotations

import csv
import dataclasses
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from benchmarks.ground import LAST, Ground, prepared
from finops_assets import slices
from finops_assets.domains import Plugin, discover
from finops_assets.postgres.connection import Mart
from finops_assets.settings import Settings
from finops_assets.slices import facts
from finops_assets.source_lines import ROWS, Lineage

LINES = 300_000
ROUNDS = 3
BARE = Lineage(ROWS.empty_table())
STORED = """
SELECT sum(length(lines))::BIGINT AS size, sum(row_count)::BIGINT AS kept,
  (SELECT count(*) FROM fact_consumption) AS facts
FROM slice_lines
"""
Write = Callable[[Path, int], None]


def usage(path: Path, applications: int) -> None:
    """A usage file of LINES lines, an hour of each for so many applications and 60 products."""
    chosen = random.Random(7)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["application_id", "product_id", "quantity", "family_id", "metric", "usage_start", "usage_end"])
        for place in range(LINES):
            application, product = place % applications, place // applications % 60
            hour = place // applications // 60
            start = f"{LAST}-{hour // 24 + 1:02d}T{hour % 24:02d}:00:00Z"
            end = f"{LAST}-{hour // 24 + 1:02d}T{hour % 24:02d}:59:59Z"
            quantity = f"{chosen.randrange(1, 10**9) / 10**6:.6f}"
            writer.writerow([f"app-{application:05d}", f"product-{product:02d}", quantity, "vm", "hour", start, end])


def bill(path: Path, applications: int) -> None:
    """A FOCUS bill of LINES charges, every second one rounded by its provider."""
    chosen = random.Random(7)
    names = "BilledCost,EffectiveCost,ListCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd"
    names += ",PricingUnit,ServiceName,SkuId,SkuPriceId,Tags,ContractedCost,ListUnitPrice,PricingQuantity"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names.split(","))
        for place in range(LINES):
            units, product = chosen.randrange(1, 10**6), place % 60
            price = 100 + product
            cost = units * price if place % 2 else round(units * price, -3)
            text, tag = f"{cost / 10**7:.7f}", f'{{"application": "app-{place % applications:05d}"}}'
            period = [f"{LAST}-01T00:00:00Z", f"{LAST}-02T00:00:00Z"]
            sku = ["hour", f"service-{product % 7}", f"sku-{product}", f"price-{product}"]
            costs = [text, f"{price / 10**4:.4f}", f"{units / 10**3:.3f}"]
            writer.writerow([text, text, text, "EUR", "Usage", *period, *sku, tag, *costs])


def published(ground: Ground, plugin: Plugin, *, with_lines: bool) -> tuple[float, float, Mart]:
    """Seconds of the whole run of a slice and of its publication alone, on a fresh mart."""
    with ground.fresh() as mart, mart.connect(slices.ROLE) as connection:
        settings = Settings.from_environment(ground.environment())
        if not with_lines:
            plugin = dataclasses.replace(plugin, lineage=None)
        started = time.perf_counter()
        publication = slices.compute(connection, settings, plugin, LAST, uuid4())
        if not with_lines:
            publication = dataclasses.replace(publication, lineage=BARE)
        computed = time.perf_counter()
        facts.publish_slice(connection, publication)
        ended = time.perf_counter()
        return ended - started, ended - computed, mart


def measured(ground: Ground, domain_id: str, name: str) -> str:
    """One row of the report."""
    seconds: dict[bool, list[tuple[float, float]]] = {True: [], False: []}
    size = kept = fact_count = 0
    for place in range(ROUNDS):
        for with_lines in (place % 2 == 0, place % 2 == 1):
            whole, alone, mart = published(ground, discover()[domain_id], with_lines=with_lines)
            seconds[with_lines].append((whole, alone))
            if with_lines:
                with mart.connect("finops_api") as connection:
                    size, kept, fact_count = next(iter(connection.execute(STORED))).values()
    middle = {key: [statistics.median(column) for column in zip(*rows, strict=True)] for key, rows in seconds.items()}
    added = middle[True][0] - middle[False][0]
    share = 100 * (middle[True][0] / middle[False][0] - 1)
    numbers = f"{fact_count} | {kept} | {middle[False][0]:.1f} | {middle[False][1]:.1f} | {added:.1f} | {share:.0f} %"
    return f"| {name} | {numbers} | {size / LINES:.1f} |"


def told(row: str) -> None:
    """Write a row of the report."""
    sys.stdout.write(row + "\n")
    sys.stdout.flush()


def main() -> None:
    """Print the report's table."""
    with prepared(1) as ground:
        told("| source | facts | rows kept | run, s | of it publishing, s | added, s | added | bytes a source line |")
        told("|---|---:|---:|---:|---:|---:|---:|---:|")
        cases: list[tuple[str, str, Write, int]] = [
            ("usage, 2 000 applications", "OPEN", usage, 2_000),
            ("usage, 50 000 applications", "OPEN", usage, 50_000),
            ("FOCUS bill, half of it rounded", "CLOUD", bill, 2_000),
        ]
        for name, domain_id, write, applications in cases:
            folder = ground.home / "sources" / domain_id.lower()
            for file in folder.glob("*"):
                file.unlink()
            write(folder / f"{LAST}.csv", applications)
            told(measured(ground, domain_id, name))


if __name__ == "__main__":
    main()
