"""Import the referentials: full lists of products (dated editions) and of applications.

A product that an edition no longer lists is deactivated with a date; one that comes back is the same member
again. Nothing of this touches a fact.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from finops_assets import audit, catalog
from finops_assets.domain import Domain, Products
from finops_assets.errors import Fault, SourceRefused
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query
from finops_assets.settings import Settings
from finops_assets.sources import Reading
from finops_assets.sources.referential import read_applications, read_products

# the month of a product list, None of the undated one, and its lines
_List = tuple[Period | None, pd.DataFrame]
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

    All lists are applied in one pass: an import that says nothing new changes nothing, and one beside a
    publication locks members in the same order (families, then products, each by id). A product whose lifecycle
    a person holds keeps it. ContractBroken when a list counts a product in another metric than before.
    """
    lists = [
        (edition, read_products(path, max_bytes=settings.max_source_bytes).rows)
        for edition, path in editions(settings, domain).items()
    ]
    if not lists:
        return 0
    with audit.because(connection, f"product lists of {domain.domain_id}"):
        connection.execute(query("catalog/take_import_turn"))
        _register(connection, domain, lists, today)
        members = _members(lists, today)
        settled = members | _lifecycle(lists, members["ids"]) | {"domain": domain.domain_id, "today": today}
        connection.execute(query("catalog/apply_product_lists"), settled)
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
    with audit.because(connection, f"list of applications {path.name}"):
        connection.execute(query("catalog/take_import_turn"))
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


def _register(connection: Connection, domain: Domain, lists: Sequence[_List], today: date) -> None:
    """Families, and products that are not there yet, each counted in one metric only."""
    last = _together(lists, today).drop_duplicates("family_id", keep="last")
    columns = [_list(last[name]) for name in ("family_id", "family_label", "listed_in")]
    catalog.register_families(connection, domain, *columns)
    metrics = _together(lists, today).drop_duplicates("product_id").sort_values("product_id")["metric"]
    members = _members(lists, today) | {"domain": domain.domain_id, "metrics": _list(metrics)}
    connection.execute(query("catalog/add_products"), members)
    for edition, rows in lists:
        named = f"product list of {edition or Period.of(today)}"
        catalog.refuse_other_metrics(connection, domain, named, _list(rows["product_id"]), _list(rows["metric"]))


def _members(lists: Sequence[_List], today: date) -> dict[str, list[Any]]:
    """Each product the lists name, by id, as the last one that names it describes it."""
    last = _together(lists, today).drop_duplicates("product_id", keep="last").sort_values("product_id")
    columns = {"ids": "product_id", "labels": "product_label", "families": "family_id", "months": "listed_in"}
    return {name: _list(last[column]) for name, column in columns.items()}


def _together(lists: Sequence[_List], today: date) -> pd.DataFrame:
    """The lines of all lists, oldest list first, with the month of their list."""
    return pd.concat(
        [rows.assign(listed_in=edition.first_day if edition else today.replace(day=1)) for edition, rows in lists],
        ignore_index=True,
    )


def _lifecycle(lists: Sequence[_List], ids: Sequence[Any]) -> dict[str, list[Any]]:
    """For each product the lists name: whether the last one still does, and since when it is gone.

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
    return {"listed": [listed[product] for product in ids], "gone": [gone[product] for product in ids]}


def _list(values: pd.Series) -> list[Any]:
    return [None if pd.isna(value) else value for value in values]
