"""The FINOPS_* environment, read once when a process starts, never at import."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from finops_assets.errors import SettingsError
from finops_assets.events import Form
from finops_assets.period import Period

CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Tolerance:
    """By how much an amount may be off: so much, and such a share of what it should be."""

    amount: Decimal = Decimal(0)
    share: Decimal = Decimal(0)

    @classmethod
    def parse(cls, text: str) -> Tolerance:
        """An amount, ``0.01``, or a percentage, ``0.5%``; ValueError when it is neither."""
        if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,12})?%?", text, re.ASCII):
            raise ValueError(f"{text!r} is neither an amount nor a percentage: write 0.01 or 0.5%")
        if text.endswith("%"):
            return cls(share=Decimal(text[:-1]).scaleb(-2))
        return cls(amount=Decimal(text))


@dataclass(frozen=True)
class MonthlyAt:
    """A day of every month and a time of that day."""

    day: int
    time: time


@dataclass(frozen=True)
class Settings:
    """What a process of the mart needs to know about where it runs."""

    home: Path
    sources: Path
    database_url: str | None = field(repr=False)
    dagster_database_url: str | None = field(repr=False)
    dagster_url: str | None
    dagster_hosts: tuple[str, ...]
    time_zone: ZoneInfo
    first_month: Period
    imports_at: time
    nightly_at: time
    monthly_at: MonthlyAt
    previous_month_until_day: int
    application_tag: str
    max_source_bytes: int
    volume_factor: Decimal
    reconciliation_tolerance: Tolerance
    reconciliation_blocks_close: bool
    log_format: Form

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Settings from FINOPS_* variables; SettingsError names the one that cannot be used."""
        home = Path(environment.get("FINOPS_HOME") or CHECKOUT / ".finops").expanduser().absolute()
        return cls(
            home=home,
            sources=Path(environment.get("FINOPS_SOURCES") or home / "sources").expanduser().absolute(),
            database_url=environment.get("FINOPS_DATABASE_URL") or None,
            dagster_database_url=environment.get("FINOPS_DAGSTER_DATABASE_URL") or None,
            dagster_url=environment.get("FINOPS_DAGSTER_URL") or None,
            dagster_hosts=host_names("FINOPS_DAGSTER_HOSTS", environment.get("FINOPS_DAGSTER_HOSTS") or ""),
            time_zone=_zone(environment.get("FINOPS_TIME_ZONE") or "Europe/Paris"),
            first_month=_month(environment.get("FINOPS_FIRST_MONTH") or "2024-01"),
            imports_at=_time_of_day("FINOPS_IMPORTS_AT", environment.get("FINOPS_IMPORTS_AT") or "02:30"),
            nightly_at=_time_of_day("FINOPS_NIGHTLY_AT", environment.get("FINOPS_NIGHTLY_AT") or "03:00"),
            monthly_at=_monthly(environment.get("FINOPS_MONTHLY_AT") or "3 04:00"),
            previous_month_until_day=_day(environment.get("FINOPS_PREVIOUS_MONTH_UNTIL_DAY") or "5"),
            application_tag=environment.get("FINOPS_APPLICATION_TAG") or "application",
            max_source_bytes=_bytes(environment.get("FINOPS_MAX_SOURCE_BYTES") or "4000000000"),
            volume_factor=_factor(environment.get("FINOPS_VOLUME_FACTOR") or "3"),
            reconciliation_tolerance=_tolerance(environment.get("FINOPS_RECONCILIATION_TOLERANCE") or "0.01"),
            reconciliation_blocks_close=_switch(environment.get("FINOPS_RECONCILIATION_BLOCKS_CLOSE") or "false"),
            log_format=_form(environment.get("FINOPS_LOG_FORMAT") or Form.AUTO),
        )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError(f"FINOPS_TIME_ZONE={name!r} is not a time zone: try Europe/Paris") from error


def host_names(setting: str, text: str) -> tuple[str, ...]:
    """The names of hosts in a text, comma between them; SettingsError quotes the one that is none."""
    names = tuple(name.strip().lower() for name in text.split(",") if name.strip())
    for name in names:
        if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", name, re.ASCII):
            raise SettingsError(f"{setting}: {name!r} is not a host name: write finops.example.org")
    return names


def _month(label: str) -> Period:
    try:
        return Period.parse(label)
    except SettingsError as error:
        raise SettingsError(f"FINOPS_FIRST_MONTH={error}") from error


def _time_of_day(name: str, text: str) -> time:
    found = _time(text)
    if found is None:
        raise SettingsError(f"{name}={text!r} is not a time of the day: write HH:MM, for instance 03:00")
    return found


def _monthly(text: str) -> MonthlyAt:
    day, _, at = text.partition(" ")
    found = _time(at)
    if found is None or not _is_day(day) or int(day) == 0:
        raise SettingsError(
            f"FINOPS_MONTHLY_AT={text!r} is not a day of every month and a time: write D HH:MM, for instance 3 04:00"
        )
    return MonthlyAt(int(day), found)


def _time(text: str) -> time | None:
    match = re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])", text, re.ASCII)
    return time(int(match[1]), int(match[2])) if match else None


def _day(text: str) -> int:
    if not _is_day(text):
        raise SettingsError(f"FINOPS_PREVIOUS_MONTH_UNTIL_DAY={text!r} is not a day of every month: write 0 to 28")
    return int(text)


def _is_day(text: str) -> bool:
    """Whether it is a day that every month has, or 0."""
    return re.fullmatch(r"[0-9]{1,2}", text, re.ASCII) is not None and int(text) <= 28


def _bytes(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        raise SettingsError(f"FINOPS_MAX_SOURCE_BYTES={text!r} is not a number of bytes")
    return int(text)


def _factor(text: str) -> Decimal:
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text, re.ASCII) or Decimal(text) <= 1:
        raise SettingsError(f"FINOPS_VOLUME_FACTOR={text!r} is not a number above 1: write 3 or 2.5")
    return Decimal(text)


def _tolerance(text: str) -> Tolerance:
    try:
        return Tolerance.parse(text)
    except ValueError as error:
        raise SettingsError(f"FINOPS_RECONCILIATION_TOLERANCE={error}") from error


def _switch(text: str) -> bool:
    if text not in ("true", "false"):
        raise SettingsError(f"FINOPS_RECONCILIATION_BLOCKS_CLOSE={text!r} is neither: write true or false")
    return text == "true"


def _form(text: str) -> Form:
    if text not in list(Form):
        raise SettingsError(f"FINOPS_LOG_FORMAT={text!r} is not a form: write {', '.join(Form)}")
    return Form(text)
