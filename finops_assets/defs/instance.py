"""Where Dagster keeps its own state: named in dagster.yaml, found from the settings when an instance starts."""

from __future__ import annotations

from typing import Any

from dagster._core.storage.local_compute_log_manager import LocalComputeLogManager
from dagster._core.storage.root import LocalArtifactStorage
from dagster._serdes import ConfigurableClassData
from dagster_postgres import DagsterPostgresStorage

from finops_assets.postgres.connection import dagster_url
from finops_assets.settings import Settings


class MartInstanceStorage(DagsterPostgresStorage):
    """Runs, events and schedules in the database that the settings name or the embedded server holds."""

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """No configuration: the settings say where."""
        return {}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> MartInstanceStorage:
        """Storage on PostgreSQL, the embedded server started when it is the one to use."""
        return cls(postgres_url=dagster_url(Settings.from_environment()), inst_data=inst_data)


class MartArtifacts(LocalArtifactStorage):
    """Dagster's files under FINOPS_HOME."""

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """No configuration: the settings say where."""
        return {}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> MartArtifacts:
        """Files under FINOPS_HOME/dagster."""
        return cls(inst_data=inst_data, base_dir=str(Settings.from_environment().home / "dagster"))


class MartComputeLogs(LocalComputeLogManager):
    """What runs print, under FINOPS_HOME."""

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """No configuration: the settings say where."""
        return {}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> MartComputeLogs:
        """Logs under FINOPS_HOME/dagster/logs."""
        return cls(inst_data=inst_data, base_dir=str(Settings.from_environment().home / "dagster" / "logs"))
