"""Domains, families, products and applications: registered, described, deactivated, never deleted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from finops_assets.domain import Domain
from finops_assets.errors import ContractBroken, DomainError
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query


@dataclass(frozen=True)
class DomainRow:
    """One row of ``dim_domain``."""

    domain_id: str
    domain_label: str
    domain_mode: str
    indirect_method_key: str | None
    indirect_label: str | None
    is_enabled: bool
    available_from: date


@dataclass(frozen=True)
class Members:
    """What the lines of a slice name: per dimension one entry a member, as lists for unnest, labels beside the ids."""

    applications: dict[str, list[str | None]]
    families: dict[str, list[str | None]]
    products: dict[str, list[str | None]]


def domains(connection: Connection) -> dict[str, DomainRow]:
    """Every registered domain, by id."""
    return {row["domain_id"]: DomainRow(**row) for row in connection.execute(query("catalog/domains"))}


def times_asked_for(connection: Connection) -> dict[str, int]:
    """How often each domain was turned on, or given another method while it was on, as the audit log knows."""
    return {row["domain_id"]: row["times"] for row in connection.execute(query("catalog/times_asked_for"))}


def register_domains(connection: Connection, found: Iterable[Domain], available_from: Period) -> None:
    """Insert the plugins' domains that ``dim_domain`` does not know, disabled; DomainError when one differs in mode."""
    with connection.transaction():
        for domain in found:
            row = {
                "domain": domain.domain_id,
                "label": domain.label,
                "mode": domain.mode.value,
                "method": domain.indirect_method_key,
                "indirect_label": domain.indirect_label,
                "available_from": available_from.first_day,
            }
            connection.execute(query("catalog/register_domain"), row)
    known = domains(connection)
    for domain in found:
        if known[domain.domain_id].domain_mode != domain.mode.value:
            raise DomainError(
                f"domain {domain.domain_id} is {known[domain.domain_id].domain_mode} in dim_domain "
                f"and {domain.mode.value} in its plugin: a mode is stable, use a new domain id"
            )


def add_domain(connection: Connection, row: DomainRow) -> None:
    """Insert a domain, disabled; DomainError when ``dim_domain`` has it already."""
    inserted = {
        "domain": row.domain_id,
        "label": row.domain_label,
        "mode": row.domain_mode,
        "method": row.indirect_method_key,
        "indirect_label": row.indirect_label,
        "available_from": row.available_from,
    }
    if connection.execute(query("catalog/register_domain"), inserted).fetchone() is None:
        raise DomainError(f"domain {row.domain_id} is there already: `finops domain list` shows it")


def set_enabled(
    connection: Connection, domain_id: str, *, is_enabled: bool, available_from: Period | None = None
) -> None:
    """Switch a domain on or off; DomainError when ``dim_domain`` does not know it."""
    row = {
        "domain": domain_id,
        "is_enabled": is_enabled,
        "available_from": available_from.first_day if available_from else None,
    }
    if connection.execute(query("catalog/set_enabled"), row).fetchone() is None:
        raise DomainError(f"domain {domain_id} is unknown: `finops domain list` shows those there are")


def members_of(lines: pd.DataFrame) -> Members:
    """The families, products and applications that checked lines name. Pure."""
    described = lines[lines["product_id"].notna()]
    return Members(
        applications=_distinct(lines, ["application_id"], "application_label"),
        families=_distinct(described, ["family_id"], "family_label"),
        products=_distinct(described, ["product_id", "family_id", "consumption_metric"], "product_label"),
    )


def register_members(connection: Connection, domain: Domain, period: Period, members: Members) -> None:
    """Make sure every family, product and application that a slice's lines name is a member.

    One that no referential knows becomes an inferred member, its label its id. A label or family that the
    lines bring is taken unless a later month has already described the member. ContractBroken when a
    product is counted in another metric than before.
    """
    applications, families = members.applications, members.families
    named = {"ids": applications["application_id"], "labels": applications["application_label"]}
    connection.execute(query("catalog/add_applications"), named)
    if members.products["product_id"]:
        months = [period.first_day] * len(families["family_id"])
        register_families(connection, domain, families["family_id"], families["family_label"], months)
        _register_products(connection, domain, period, members.products)


def _register_products(
    connection: Connection, domain: Domain, period: Period, products: dict[str, list[str | None]]
) -> None:
    rows = {
        "domain": domain.domain_id,
        "ids": products["product_id"],
        "labels": products["product_label"],
        "families": products["family_id"],
        "metrics": products["consumption_metric"],
        "months": [period.first_day] * len(products["product_id"]),
    }
    connection.execute(query("catalog/add_products"), rows)
    # after adding: lines that give a new product two metrics are refused too
    refuse_other_metrics(connection, domain, str(period), products["product_id"], products["consumption_metric"])
    connection.execute(query("catalog/describe_products"), rows)


def register_families(
    connection: Connection, domain: Domain, ids: Sequence[Any], labels: Sequence[Any], months: Sequence[date]
) -> None:
    """Insert families that are not there and take labels unless a month later than theirs has given one."""
    rows = {"domain": domain.domain_id, "ids": ids, "labels": labels, "months": months}
    connection.execute(query("catalog/add_families"), rows)
    connection.execute(query("catalog/relabel_families"), rows)


def refuse_other_metrics(
    connection: Connection, domain: Domain, month: str, products: Sequence[Any], metrics: Sequence[Any]
) -> None:
    """ContractBroken naming every product that is counted in another metric than its member is."""
    offered = {"domain": domain.domain_id, "ids": products, "metrics": metrics}
    breaches = [
        f"product {row['product_id']!r} is counted in {row['consumption_metric']!r}, not in {row['metric']!r}: "
        "one product has one metric, use a new product id"
        for row in connection.execute(query("catalog/metric_conflicts"), offered)
    ]
    if breaches:
        raise ContractBroken(domain.domain_id, month, breaches)


def decommissioned_before(connection: Connection, domain: Domain, period: Period) -> dict[str, date]:
    """The domain's products that were gone before the month began, with the date."""
    key = {"domain": domain.domain_id, "month": period.first_day}
    rows = connection.execute(query("catalog/decommissioned_before"), key)
    return {row["product_id"]: row["decommissioned_at"] for row in rows}


def active_applications(connection: Connection) -> list[str]:
    """The ids of active applications, in byte order, the reserved ones left out."""
    return [row["application_id"] for row in connection.execute(query("catalog/active_applications"))]


def _distinct(lines: pd.DataFrame, keys: list[str], label: str) -> dict[str, list[str | None]]:
    """One entry per distinct keys with the first label given, as lists for unnest, in the order of the ids."""
    table = pa.Table.from_pandas(lines[[*keys, label]], preserve_index=False)
    # numbers are told apart much sooner than texts: of all the lines, one each is left
    numbers = {name: table[name].combine_chunks().dictionary_encode().indices for name in table.column_names}
    each = pa.table(numbers | {"place": np.arange(len(table))}).group_by(list(numbers)).aggregate([("place", "min")])
    found = table.take(each["place_min"].sort())
    # several threads would take any label for the first
    first = found.group_by(keys, use_threads=False).aggregate([(label, "first")])
    ordered = first.rename_columns([*keys, label]).sort_by([(key, "ascending") for key in keys])
    return {name: ordered[name].to_pylist() for name in (*keys, label)}
