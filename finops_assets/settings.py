"""The FINOPS_* environment, read once when a process starts, never at import."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from finops_assets.errors import SettingsError
from finops_assets.period import Period

CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Settings:
    """What a process of the mart needs to know about where it runs."""

    home: Path
    sources: Path
    database_url: str | None
    dagster_database_url: str | None
    time_zone: ZoneInfo
    first_month: Period
    application_tag: str
    max_source_bytes: int

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Settings from FINOPS_* variables; SettingsError names the one that cannot be used."""
        home = Path(environment.get("FINOPS_HOME") or CHECKOUT / ".finops").expanduser().absolute()
        return cls(
            home=home,
            sources=Path(environment.get("FINOPS_SOURCES") or home / "sources").expanduser().absolute(),
            database_url=environment.get("FINOPS_DATABASE_URL") or None,
            dagster_database_url=environment.get("FINOPS_DAGSTER_DATABASE_URL") or None,
            time_zone=_zone(environment.get("FINOPS_TIME_ZONE") or "Europe/Paris"),
            first_month=_month(environment.get("FINOPS_FIRST_MONTH") or "2024-01"),
            application_tag=environment.get("FINOPS_APPLICATION_TAG") or "application",
            max_source_bytes=_bytes(environment.get("FINOPS_MAX_SOURCE_BYTES") or "4000000000"),
        )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError(f"FINOPS_TIME_ZONE={name!r} is not a time zone: try Europe/Paris") from error


def _month(label: str) -> Period:
    try:
        return Period.parse(label)
    except SettingsError as error:
        raise SettingsError(f"FINOPS_FIRST_MONTH={error}") from error


def _bytes(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise SettingsError(f"FINOPS_MAX_SOURCE_BYTES={text!r} is not a number of bytes")
    return int(text)
