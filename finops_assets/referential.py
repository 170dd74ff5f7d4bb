"""Import the referentials: full lists of products (dated editions) and of applications.

A product that an edition no longer lists is deactivated with a date; one that comes back is the same member
again. Nothing of this touches a fact.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pandas as pd

from finops_assets import catalog
from finops_assets.domain import Domain, Products
from finops_assets.errors import Fault, SourceRefused
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query
from finops_assets.settings import Settings
from finops_assets.sources import Reading
from finops_assets.sources.referential import read_applications, read_products

_EDITION = re.compile(r"products(?:-(\d{4}-\d{2}))?\.csv")


def editions(settings: Settings, domain: Domain) -> dict[Period | None, Path]:
    """The product lists in the domain's folder, oldest first: ``products-YYYY-MM.csv``, ``products.csv`` is newest."""
    folder = settings.sources / domain.folder
    found: dict[Period | None, Path] = {}
    for path in sorted(folder.glob("products*.csv")):
        match = _EDITION.fullmatch(path.name)
        if match is None:
            remedy = "name it products.csv or products-YYYY-MM.csv"
            raise SourceRefused([Fault(str(path.name), "is no product list by its name", remedy)])
        found[Period.parse(match[1]) if match[1] else None] = path
    return dict(sorted(found.items(), key=lambda item: (item[0] is None, item[0] or Period(1970, 1))))


def products_of(settings: Settings, domain: Domain, period: Period) -> Reading | None:
    """The edition in force in a month: the last one not after it, or the first one there is."""
    dated = editions(settings, domain)
    if not dated:
        return None
    current = [path for edition, path in dated.items() if edition is not None and edition <= period]
    undated = dated.get(None)
    chosen = current[-1] if current else (undated or next(iter(dated.values())))
    return read_products(chosen, max_bytes=settings.max_source_bytes)


def import_products(connection: Connection, settings: Settings, domain: Domain, today: date) -> int:
    """Apply a domain's product lists, oldest first, in one transaction; returns how many products the last one names.

    The lists are described one by one and the lifecycle is settled once over all of them, so that an import
    that says nothing new changes nothing.
    """
    lists = [
        (edition, read_products(path, max_bytes=settings.max_source_bytes).rows)
        for edition, path in editions(settings, domain).items()
    ]
    if not lists:
        return 0
    with connection.transaction():
        for edition, rows in lists:
            _describe(connection, domain, rows, edition.first_day if edition else today)
        settled = _lifecycle(lists) | {"domain": domain.domain_id, "today": today}
        connection.execute(query("catalog/set_lifecycle"), settled)
        connection.execute(query("catalog/retire_absent_products"), settled)
    return len(lists[-1][1])


def import_applications(connection: Connection, settings: Settings) -> int:
    """Apply ``applications.csv``, a full list, when it is there; returns how many it lists."""
    path = settings.sources / "applications.csv"
    if not path.exists():
        return 0
    rows = read_applications(path, max_bytes=settings.max_source_bytes).rows
    columns = {
        "ids": _list(rows["application_id"]),
        "labels": _list(rows["application_label"]),
        "owners": _list(rows["owner"]),
    }
    with connection.transaction():
        connection.execute(query("catalog/import_applications"), columns)
        connection.execute(query("catalog/retire_absent_applications"), {"ids": columns["ids"]})
    return len(rows)


def import_all(connection: Connection, settings: Settings, domains: list[Domain], today: date) -> dict[str, int]:
    """Every referential there is: how many members each lists, by ``applications`` or domain id."""
    counts = {"applications": import_applications(connection, settings)}
    for domain in domains:
        if any(isinstance(read, Products) for read in domain.reads.values()):
            counts[domain.domain_id] = import_products(connection, settings, domain, today)
    return counts


def _describe(connection: Connection, domain: Domain, rows: pd.DataFrame, listed_on: date) -> None:
    key = {"domain": domain.domain_id, "month": Period.of(listed_on).first_day}
    families = rows.groupby("family_id", as_index=False)[["family_label"]].first()
    catalog.register_families(connection, key, _list(families["family_id"]), _list(families["family_label"]))
    ids, metrics = _list(rows["product_id"]), _list(rows["metric"])
    catalog.refuse_other_metrics(connection, domain, f"product list of {listed_on:%Y-%m}", ids, metrics)
    named = key | {
        "ids": ids,
        "labels": _list(rows["product_label"]),
        "families": _list(rows["family_id"]),
        "metrics": metrics,
    }
    connection.execute(query("catalog/add_products"), named)
    connection.execute(query("catalog/describe_products"), named)


def _lifecycle(lists: Sequence[tuple[Period | None, pd.DataFrame]]) -> dict[str, object]:
    """Each product the lists name: whether the last one still does, and since when it is gone.

    A product that a list no longer names is gone since that list's month; an undated list gives no date.
    """
    listed: dict[str, bool] = {}
    gone: dict[str, object] = {}
    for edition, rows in lists:
        named = dict(zip(rows["product_id"], _list(rows["decommissioned_at"]), strict=True))
        for product in [known for known, is_listed in listed.items() if is_listed and known not in named]:
            listed[product], gone[product] = False, edition.first_day if edition else gone[product]
        listed |= dict.fromkeys(named, True)
        gone |= named
    return {"ids": list(listed), "listed": list(listed.values()), "gone": [gone[product] for product in listed]}


def _list(values: pd.Series) -> list[object]:
    return [None if pd.isna(value) else value for value in values]
