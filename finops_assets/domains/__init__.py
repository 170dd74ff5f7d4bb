"""One file per domain, found and not registered: a module with DOMAIN, compute and EXAMPLE.

A domain imports the pure modules and no other domain. Companies add theirs from their own package
through the entry-point group ``finops_assets.domains``.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import entry_points
from types import ModuleType

import pandas as pd

from finops_assets.domain import Domain, Example, Inputs
from finops_assets.errors import DomainError
from finops_assets.period import Period

ENTRY_POINT_GROUP = "finops_assets.domains"


@dataclass(frozen=True)
class Plugin:
    """A domain and what its module can do, or its method where its row in ``dim_domain`` is all there is of it."""

    domain: Domain
    compute: Callable[[Period, Inputs], pd.DataFrame]
    # None for a domain that is data alone
    example: Example | None
    # the provider's own unit prices, for domains whose source is a priced bill
    prices: Callable[[Period, Inputs], pd.DataFrame] | None = None
    # what each weight was blended of, for domains with several drivers
    components: Callable[[Period, Inputs], pd.DataFrame] | None = None
    # which source lines each quantity sums, for domains whose lines are not their inputs' by application and product
    lineage: Callable[[Period, Inputs], pd.DataFrame] | None = None

    @property
    def is_data_alone(self) -> bool:
        """Whether the domain has no module."""
        return self.example is None


def discover() -> dict[str, Plugin]:
    """Every domain of this package and of the entry points, by id, drivers before their dependants.

    DomainError when a module lacks a part, an id is used twice, or domains wait on each other.
    """
    modules = [importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)]
    modules += [entry.load() for entry in sorted(entry_points(group=ENTRY_POINT_GROUP))]
    plugins: dict[str, Plugin] = {}
    for module in modules:
        plugin = plugin_of(module)
        if plugin.domain.domain_id in plugins:
            raise DomainError(f"domain {plugin.domain.domain_id} is declared twice, again in {module.__name__}")
        plugins[plugin.domain.domain_id] = plugin
    return {domain_id: plugins[domain_id] for domain_id in in_order(p.domain for p in plugins.values())}


def plugin_of(module: ModuleType) -> Plugin:
    """The plugin a module holds; DomainError names what it lacks."""
    lacking = [name for name in ("DOMAIN", "compute", "EXAMPLE") if not hasattr(module, name)]
    if lacking:
        raise DomainError(f"{module.__name__} lacks {', '.join(lacking)}: see docs/adding-a-domain.md")
    optional = {name: getattr(module, name, None) for name in ("prices", "components", "lineage")}
    return Plugin(module.DOMAIN, module.compute, module.EXAMPLE, **optional)


def in_order(domains: Iterable[Domain]) -> list[str]:
    """Domain ids, each after those it depends on; DomainError gives the path of a cycle."""
    waits: Mapping[str, set[str]] = {domain.domain_id: set(domain.depends_on) for domain in domains}
    for domain_id, drivers in waits.items():
        if unknown := sorted(drivers - set(waits)):
            raise DomainError(f"domain {domain_id} depends on {', '.join(unknown)}, which no plugin declares")
    sorter = TopologicalSorter({domain_id: sorted(waits[domain_id]) for domain_id in sorted(waits)})
    try:
        return list(sorter.static_order())
    except CycleError as error:
        raise DomainError(wait_on_each_other(error.args[1][::-1])) from error


def wait_on_each_other(path: Iterable[str]) -> str:
    """What is said of a cycle: its domains, each before one it waits on."""
    return f"domains wait on each other: {' → '.join(path)}"
