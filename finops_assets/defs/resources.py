"""What assets are given: the settings, the mart, and the domains there are."""

from __future__ import annotations

from functools import cached_property

import dagster as dg

from finops_assets.catalog import known_domains
from finops_assets.catalog.known_domains import KnownDomains
from finops_assets.domains import Plugin
from finops_assets.postgres.connection import Mart, mart_of
from finops_assets.settings import Settings


class MartResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The mart as an asset sees it; nothing is opened before it is used."""

    @cached_property
    def settings(self) -> Settings:
        """The environment of the process that runs the asset."""
        return Settings.from_environment()

    @cached_property
    def mart(self) -> Mart:
        """The mart's database, its embedded server started if need be."""
        return mart_of(self.settings)

    @cached_property
    def known(self) -> KnownDomains:
        """The domains there are, as the process that runs the asset finds them."""
        return known_domains.load(self.settings)

    @property
    def plugins(self) -> dict[str, Plugin]:
        """Every domain that can be computed, by id, drivers first."""
        return self.known.plugins
