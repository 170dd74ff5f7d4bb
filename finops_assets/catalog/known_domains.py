"""The domains there are: those with a module, and the rows of ``dim_domain`` whose method is all they need.

Read where definitions load. A database that is down costs two seconds and no domain: the rows that were read
last are kept in FINOPS_HOME/domains.json.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import psycopg

from finops_assets import catalog, events
from finops_assets.allocation.indirect import Composite, method_of
from finops_assets.catalog import DomainRow
from finops_assets.domain import Consumption, Domain, Mode
from finops_assets.domains import Plugin, discover, in_order, wait_on_each_other
from finops_assets.errors import DomainError, FinopsError, ServerError
from finops_assets.postgres.connection import Connection, running_mart
from finops_assets.postgres.queries import query
from finops_assets.settings import Settings

SNAPSHOT = "domains.json"
WAIT_SECONDS = 2
# FINOPS_SOURCES/prices holds prices: a domain of that name would find them in its folder
RESERVED_FOLDERS = ("prices",)

log = logging.getLogger(events.LOGGER)


class Source(StrEnum):
    """Where the rows came from; PLUGINS: from nowhere, there are modules only."""

    DATABASE = "database"
    SNAPSHOT = "snapshot"
    PLUGINS = "plugins"


@dataclass(frozen=True)
class KnownDomains:
    """What can be computed, drivers first, and why the other rows of ``dim_domain`` cannot, by domain id."""

    plugins: dict[str, Plugin]
    problems: Mapping[str, str]
    source: Source

    def computed_by(self, domain_id: str) -> str:
        """What computes a domain: ``module``, ``method <key>``, or ``none`` and why."""
        plugin = self.plugins.get(domain_id)
        if plugin is None:
            return f"none: {self.problem(domain_id)}"
        return f"method {plugin.domain.indirect_method_key}" if plugin.is_data_alone else "module"

    def with_followers(self, domain_ids: Collection[str]) -> list[str]:
        """These domains and those spread by them, or by one of these, drivers first."""
        found: list[str] = []
        for domain_id, plugin in self.plugins.items():
            if domain_id in domain_ids or set(plugin.domain.depends_on) & set(found):
                found.append(domain_id)
        return found

    def problem(self, domain_id: str) -> str:
        """Why a domain that is not among the plugins cannot be computed."""
        return self.problems.get(domain_id, f"it has no module and no row (source: {self.source})")


def load(settings: Settings) -> KnownDomains:
    """The domains of the database within seconds, else of the last rows read, else the modules alone.

    Nothing that is wrong with the database, the snapshot or a row is raised: it is logged, and the rest stands.
    """
    try:
        rows = _read_database(settings)
    except Exception as error:  # whatever ails the database, definitions must load
        known = _without_database(settings, _told(error))
    else:
        _keep(settings.home / SNAPSHOT, rows)
        known = of_rows(rows)
    for domain_id, reason in known.problems.items():
        log.warning("domain %s cannot be computed: %s", domain_id, reason)
    return known


def of_rows(rows: Iterable[DomainRow], source: Source = Source.DATABASE) -> KnownDomains:
    """The domains that modules and rows make; a row that makes none is a problem, told by its domain id."""
    plugins, problems = discover(), {}
    for row in rows:
        if row.domain_id not in plugins:
            try:
                plugins[row.domain_id] = plugin_of_row(row)
            except DomainError as error:
                problems[row.domain_id] = str(error)
    problems |= _leave_out_undriven(plugins)
    problems |= _leave_out_cycles(plugins)
    ordered = in_order(plugin.domain for plugin in plugins.values())
    return KnownDomains({domain_id: plugins[domain_id] for domain_id in ordered}, problems, source)


def plugin_of_row(row: DomainRow) -> Plugin:
    """The domain that a row alone makes; DomainError says why it makes none."""
    if row.domain_mode != Mode.INDIRECT or row.indirect_method_key is None:
        raise DomainError(f"it is {row.domain_mode}, and no module computes it: see docs/adding-a-domain.md")
    method = method_of(row.indirect_method_key)
    domain = Domain(
        domain_id=row.domain_id,
        label=row.domain_label,
        mode=Mode.INDIRECT,
        description=f"One row per application: its share of the month's amount. {row.indirect_label}.",
        reads=method.sources,
        indirect_method_key=row.indirect_method_key,
        indirect_label=row.indirect_label,
    )
    if domain.folder in RESERVED_FOLDERS:
        raise DomainError(f"its folder would be {domain.folder}, which holds something else: use another domain id")
    blended = method.components if isinstance(method, Composite) else None
    components = (lambda period, inputs: blended(inputs)) if blended else None
    return Plugin(domain, lambda period, inputs: method.lines(inputs), example=None, components=components)


def add(connection: Connection, row: DomainRow) -> None:
    """Insert a domain that is data alone, disabled; DomainError when it is there or could not be computed."""
    if row.domain_id in discover():
        raise DomainError(f"domain {row.domain_id} has a module: `finops up` registers it")
    if not row.domain_label.strip():
        raise DomainError(f"domain {row.domain_id} needs a label")
    known = of_rows([*catalog.domains(connection).values(), row])
    if row.domain_id in known.problems:
        raise DomainError(f"domain {row.domain_id} cannot be computed: {known.problems[row.domain_id]}")
    catalog.add_domain(connection, row)


def _leave_out_undriven(plugins: dict[str, Plugin]) -> dict[str, str]:
    """Take out the rows whose driver is not there, and those behind them; why, by domain id."""
    problems: dict[str, str] = {}
    while found := {d: why for d, plugin in plugins.items() if (why := _driver_problem(plugin, plugins))}:
        problems |= found
        for domain_id in found:
            del plugins[domain_id]
    return problems


def _driver_problem(plugin: Plugin, plugins: Mapping[str, Plugin]) -> str | None:
    for read in plugin.domain.reads.values():
        if plugin.is_data_alone and isinstance(read, Consumption):
            driver = plugins.get(read.of)
            if driver is None:
                return f"it is spread by {read.of}, which cannot be computed itself"
            if driver.domain.mode is Mode.DIRECT and read.metric is None:
                return f"{read.of} counts in several metrics: name one, {read.of}/METRIC"
    return None


def _leave_out_cycles(plugins: dict[str, Plugin]) -> dict[str, str]:
    """Take out the rows that wait on each other, and those behind them; the path, by domain id."""
    left = set(plugins)
    while ready := {domain_id for domain_id in left if left.isdisjoint(plugins[domain_id].domain.depends_on)}:
        left -= ready
    problems = {domain_id: _cycle_of(domain_id, plugins, left) for domain_id in sorted(left)}
    for domain_id in left:
        del plugins[domain_id]
    return problems


def _cycle_of(domain_id: str, plugins: Mapping[str, Plugin], left: set[str]) -> str:
    """The cycle a domain is in, or waits on: each of those left waits on one of those left."""
    path = [domain_id]
    while (following := min(left.intersection(plugins[path[-1]].domain.depends_on))) not in path:
        path.append(following)
    start = path.index(following)
    behind = f"it waits on {following}: " if start else ""
    return behind + wait_on_each_other([*path[start:], following])


def _read_database(settings: Settings) -> list[DomainRow]:
    mart = running_mart(settings)
    if mart is None:
        raise ServerError(f"the embedded PostgreSQL of {settings.home} is not running")
    with mart.connect("finops_api", within=WAIT_SECONDS) as connection:
        # a migration may hold the table
        connection.execute(query("catalog/limit_waiting"), {"milliseconds": WAIT_SECONDS * 1000})
        return list(catalog.domains(connection).values())


def _without_database(settings: Settings, why: str) -> KnownDomains:
    path = settings.home / SNAPSHOT
    try:
        rows = _kept(path)
    except Exception as error:  # a snapshot that cannot be used is none
        log.warning("dim_domain cannot be read: %s; nor can %s: %s; only modules are known", why, path, _told(error))
        return of_rows([], Source.PLUGINS)
    log.warning("dim_domain cannot be read: %s; its rows are those of %s", why, path)
    return of_rows(rows, Source.SNAPSHOT)


def _keep(path: Path, rows: list[DomainRow]) -> None:
    """Write the snapshot when it would say something else."""
    domains = [asdict(row) | {"available_from": row.available_from.isoformat()} for row in rows]
    text = json.dumps({"sha256": _sha256(domains), "domains": domains}, ensure_ascii=False, indent=2) + "\n"
    try:
        if not path.exists() or path.read_bytes() != text.encode():
            path.parent.mkdir(parents=True, exist_ok=True)
            _replace(path, text)
    except OSError as error:
        log.warning("the rows of dim_domain cannot be kept in %s: %s", path, error)


def _replace(path: Path, text: str) -> None:
    """Write a file, whole or not at all, whoever else writes it."""
    descriptor, name = tempfile.mkstemp(prefix=f"{path.name}-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def _kept(path: Path) -> list[DomainRow]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    if found["sha256"] != _sha256(found["domains"]):
        raise ValueError("it is not as it was written")
    return [
        DomainRow(**row | {"available_from": date.fromisoformat(row["available_from"])}) for row in found["domains"]
    ]


def _sha256(domains: list[dict[str, Any]]) -> str:
    return hashlib.sha256(json.dumps(domains, sort_keys=True).encode()).hexdigest()


def _told(error: Exception) -> str:
    """What an error says, without what might hold a password: psycopg repeats a URL that it cannot read."""
    if isinstance(error, psycopg.Error):
        return error.diag.message_primary or type(error).__name__
    return str(error) if isinstance(error, FinopsError | OSError | ValueError) else repr(error)
