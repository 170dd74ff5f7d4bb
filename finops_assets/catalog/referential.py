"""Import the referentials: full lists of products (dated editions) and of applications.

A product that an edition no longer lists is deactivated with a date; one that comes back is the same member
again. Nothing of this touches a fact.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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
APPLICATIONS = "applications"
_EDITION = re.compile(r"products(?:-(\d{4}-\d{2}))?\.csv")


@dataclass(frozen=True)
class Imported:
    """What importing the lists of ``applications`` or of a domain did; ``listed`` is what the last one names."""

    name: str
    listed: int
    new: int = 0
    changed: int = 0
    deactivated: int = 0
    returned: int = 0


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


def import_products(connection: Connection, settings: Settings, domain: Domain, today: date) -> Imported | None:
    """Apply a domain's product lists, oldest first, in one transaction; None when there is none.

    All lists are applied in one pass: an import that says nothing new changes nothing, and one beside a
    publication locks members in the same order (families, then products, each by id). A product whose lifecycle
    or description a person holds keeps it. ContractBroken when a list counts a product in another metric than before.
    """
    lists = [
        (edition, read_products(path, max_bytes=settings.max_source_bytes).rows)
        for edition, path in editions(settings, domain).items()
    ]
    if not lists:
        return None
    with audit.because(connection, f"product lists of {domain.domain_id}"):
        connection.execute(query("catalog/take_import_turn"))
        new = _register(connection, domain, lists, today)
        members = _members(lists, today)
        settled = members | _lifecycle(lists, members["ids"]) | {"domain": domain.domain_id, "today": today}
        written = connection.execute(query("catalog/apply_product_lists"), settled).fetchall()
    became = Counter(row["became"] for row in written if row["product_id"] not in new and row["became"])
    return Imported(domain.domain_id, len(lists[-1][1]), len(new), **became)


def import_applications(connection: Connection, settings: Settings) -> Imported | None:
    """Apply ``applications.csv``, a full list, in one transaction; None when it is not there."""
    path = settings.sources / "applications.csv"
    if not path.exists():
        return None
    rows = read_applications(path, max_bytes=settings.max_source_bytes).rows
    columns = {
        "ids": _list(rows["application_id"]),
        "labels": _list(rows["application_label"]),
        "owners": _list(rows["owner"]),
    }
    with audit.because(connection, f"list of applications {path.name}"):
        connection.execute(query("catalog/take_import_turn"))
        written = connection.execute(query("catalog/import_applications"), columns).fetchall()
        retired = connection.execute(query("catalog/retire_absent_applications"), {"ids": columns["ids"]}).rowcount
    new, returned = sum(row["is_new"] for row in written), sum(row["is_returned"] is True for row in written)
    return Imported(APPLICATIONS, len(rows), new, len(written) - new - returned, retired, returned)


def import_all(connection: Connection, settings: Settings, domains: Iterable[Domain], today: date) -> list[Imported]:
    """Apply every list there is, applications first, then domain by domain."""
    done = [import_applications(connection, settings)]
    done += [import_products(connection, settings, domain, today) for domain in domains if takes_lists(domain)]
    return [one for one in done if one is not None]


def takes_lists(domain: Domain) -> bool:
    """Whether a domain has product lists."""
    return any(isinstance(read, Products) for read in domain.reads.values())


def _register(connection: Connection, domain: Domain, lists: Sequence[_List], today: date) -> set[str]:
    """Register families, and products that are not there yet, each counted in one metric only; returns the new ids."""
    last = _together(lists, today).drop_duplicates("family_id", keep="last")
    columns = [_list(last[name]) for name in ("family_id", "family_label", "listed_in")]
    catalog.register_families(connection, domain, *columns)
    metrics = _together(lists, today).drop_duplicates("product_id").sort_values("product_id")["metric"]
    members = _members(lists, today) | {"domain": domain.domain_id, "metrics": _list(metrics)}
    new = {row["product_id"] for row in connection.execute(query("catalog/add_products"), members)}
    for edition, rows in lists:
        named = f"product list of {edition or Period.of(today)}"
        catalog.refuse_other_metrics(connection, domain, named, _list(rows["product_id"]), _list(rows["metric"]))
    return new


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
