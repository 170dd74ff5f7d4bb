"""Three months of four domains, two of them closed, one twice: a row in every table there is something to attack in."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pandas as pd

from finops_assets import allocation
from finops_assets.catalog import access, api_keys
from finops_assets.closing import adjustments, invoices
from finops_assets.domain import Mode
from finops_assets.domains import discover
from finops_assets.period import Period
from finops_assets.postgres.connection import Mart
from finops_assets.quarantine import Settled, decisions
from finops_assets.quarantine.set_aside import QuarantinedLine
from finops_assets.settings import Settings
from finops_assets.slices import facts
from finops_assets.source_lines import Lineage, derived
from finops_assets.sources import SourceFile
from finops_assets_tests.factories import (
    JANUARY,
    ask,
    close,
    line,
    lines,
    price,
    price_view,
    publish,
    refresh,
    reopen,
    weight,
)

MONTHS = (JANUARY, JANUARY.next, JANUARY.shift(2))


def build(mart: Mart, folder: Path) -> None:
    """Fill an empty mart; January and February are closed, March is open and has lines that wait."""
    price_it(mart, folder)
    for month in MONTHS:
        load(mart, month)
    administer(mart)
    refresh(mart)
    sign(mart)


def blended(mart: Mart, month: Period, drivers: dict[str, str]) -> None:
    """WORKPLACE of a month, blended 70/30 of two drivers of the same applications."""
    rows = [{"application_id": name, "quantity": Decimal(quantity)} for name, quantity in drivers.items()]
    parts = [
        allocation.Component(name, part, lines(*rows)[["application_id", "quantity"]])
        for name, part in (("OPEN/CPU", 700_000_000_000), ("CLOUD/GB", 300_000_000_000))
    ]
    method = "composite:70*OPEN/CPU+30*CLOUD/GB"
    ask(
        mart,
        "UPDATE dim_domain SET indirect_method_key = %s WHERE domain_id = 'WORKPLACE'",
        method,
        role="finops_admin",
    )
    publication = facts.Publication(
        replace(discover()["WORKPLACE"].domain, indirect_method_key=method),
        month,
        uuid4(),
        allocation.blend(parts, "BLEND"),
        drivers={"OPEN": 2, "CLOUD": 1},
        components=allocation.components(parts),
    )
    with mart.connect("finops_batch") as connection:
        facts.publish_slice(connection, publication)


def quarantined(number: int) -> QuarantinedLine:
    said = {"application_id": f"bad-{number}", "product_id": "vm-small", "quantity": "-1", "charge_class": None}
    source = said | {"file": "open/2024-01.csv", "line": str(number)}
    return QuarantinedLine("open/2024-01.csv", number, "quantity", "-1", "negative", source)


def aside(*numbers: int) -> Settled:
    return Settled(tuple(quarantined(number) for number in numbers))


def lineage(*rows: dict[str, Any], file: str) -> Lineage:
    """One source line for each line that is published."""
    named = [{**row, "file": file, "line": place} for place, row in enumerate(rows, 2)]
    return derived(Mode.DIRECT, {file: pd.DataFrame(named)})


def price_it(mart: Mart, folder: Path) -> None:
    """Two views: one prices everything, the other one has a product without a price."""
    for view in ("internal", "listed"):
        price_view(mart, folder, view)
        for amount in ("2", "2.5"):
            price(mart, folder, amount, pricing_view_id=view)
        price(mart, folder, "9", "old", pricing_view_id=view, effective_from="2023-01")
        price(mart, folder, "7", "db", "CLOUD", pricing_view_id=view)
        for month in ("2024-01", "2024-02", "2024-03"):
            price(mart, folder, "-100", "*", "SUPPORT", pricing_view_id=view, effective_from=month)
            price(mart, folder, "600", "*", "WORKPLACE", pricing_view_id=view, effective_from=month)
    price(mart, folder, "3", "rare", "CLOUD")


def load(mart: Mart, month: Period) -> None:
    """Four domains in a month, each replaced once or twice, with lines set aside and drivers that are newer."""
    files = [SourceFile("open/2024-01.csv", "ab" * 32, 120, 3), SourceFile("open/2024-01b.csv", "cd" * 32, 60, 1)]
    usage = [
        line(application_id=name, quantity=Decimal(place)) for place, name in enumerate(("portal", "search", "shop"), 2)
    ]
    first, then = [line(), line(application_id="gone")], [line(), *usage]
    from_files = {"files": files, "lineage": lineage(*then, file=files[0].name)}
    publish(mart, *first, month=month, files=files[:1], lineage=lineage(*first, file=files[0].name))
    publish(mart, *then, month=month, settled=aside(1, 2), **from_files)
    publish(mart, *then, month=month, settled=aside(2, 3), **from_files)
    cloud = line(product_id="db", family_id="data", consumption_metric="GB", product_label="Database")
    rare = line(product_id="rare", product_label=None)
    publish(mart, cloud, rare, month=month, domain="CLOUD", files=files[1:])
    shares = [weight("billing", "0.666666666667", "10"), weight("portal", "0.333333333333", "5")]
    for driver in (1, 2):
        publish(mart, *shares, month=month, domain="SUPPORT", drivers={"OPEN": driver})
    blended(mart, month, {"billing": "1", "portal": "2"})
    blended(mart, month, {"billing": "3", "portal": "2"})


def decide(mart: Mart, month: Period) -> None:
    """Reject what waits in a month, one line of it after a correction that no run has taken."""
    with mart.connect("finops_admin") as connection:
        waiting = [found.quarantine_id for found in decisions.lines(connection, period=month)]
        decisions.fix(connection, waiting[0], {"quantity": "4"}, person="ada", reason="read again")
        decisions.reject(connection, waiting, person="ada", reason="a test meter")


def book_late(mart: Mart, reason: str) -> None:
    """Late data of January: a quantity, and an amount that was told."""
    metered = adjustments.LateData(JANUARY, "OPEN", "billing", "vm-small", Decimal("1.5"))
    told = adjustments.LateData(JANUARY, "SUPPORT", "portal", amounts={"internal": Decimal("12.34")})
    with mart.connect("finops_admin") as connection:
        for data in (metered, told):
            adjustments.book(connection, data, "ada", reason)


def administer(mart: Mart) -> None:
    """Two revisions of an invoice of each month, two grants, and a product described."""
    with mart.connect("finops_admin") as connection:
        for month in MONTHS:
            for amount in ("600", "601"):
                bill = {"amount": Decimal(amount), "currency": "EUR", "reference": "A-17", "person": "ada"}
                invoices.record(connection, month, "WORKPLACE", "internal", **bill)
        access.grant(connection, "group:web", "billing")
        access.grant(connection, "user:ana", "*")
        api_keys.create(connection, "old", api_keys.KeyRole.VIEWER)
        api_keys.revoke(connection, "old")
        api_keys.create(connection, "robot", api_keys.KeyRole.OWNER, principals=["group:web"])
        connection.execute("UPDATE dim_product SET product_label = 'VM S' WHERE product_id = 'vm-small'")


def sign(mart: Mart) -> None:
    """January closed, reopened and closed; late data of it in February, closed, and in March, open."""
    unset = Settings.from_environment({})
    decide(mart, JANUARY)
    close(mart, unset)
    reopen(mart)
    close(mart, unset)
    book_late(mart, "a late meter")
    decide(mart, JANUARY.next)
    close(mart, unset, JANUARY.next)
    book_late(mart, "a later meter")
