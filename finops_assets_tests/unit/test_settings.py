"""Settings from the environment: defaults, and values that are refused by the name of their variable."""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from finops_assets.errors import SettingsError
from finops_assets.period import Period
from finops_assets.settings import CHECKOUT, Settings


def test_nothing_set_gives_a_home_in_the_checkout():
    assert Settings.from_environment({}) == Settings(
        home=CHECKOUT / ".finops",
        sources=CHECKOUT / ".finops" / "sources",
        database_url=None,
        dagster_database_url=None,
        time_zone=ZoneInfo("Europe/Paris"),
        first_month=Period(2024, 1),
        application_tag="application",
        max_source_bytes=4_000_000_000,
    )


def test_every_variable_is_taken():
    environment = {
        "FINOPS_HOME": "/srv/finops",
        "FINOPS_SOURCES": "/data/drop",
        "FINOPS_DATABASE_URL": "postgresql://mart/finops",
        "FINOPS_DAGSTER_DATABASE_URL": "postgresql://mart/dagster",
        "FINOPS_TIME_ZONE": "America/New_York",
        "FINOPS_FIRST_MONTH": "2013-08",
        "FINOPS_APPLICATION_TAG": "app",
        "FINOPS_MAX_SOURCE_BYTES": "1000",
    }
    assert Settings.from_environment(environment) == Settings(
        home=Path("/srv/finops"),
        sources=Path("/data/drop"),
        database_url="postgresql://mart/finops",
        dagster_database_url="postgresql://mart/dagster",
        time_zone=ZoneInfo("America/New_York"),
        first_month=Period(2013, 8),
        application_tag="app",
        max_source_bytes=1000,
    )


def test_sources_are_under_the_home_unless_told_otherwise():
    assert Settings.from_environment({"FINOPS_HOME": "/srv/finops"}).sources == Path("/srv/finops/sources")


def test_an_empty_variable_is_as_good_as_none():
    names = ["HOME", "SOURCES", "DATABASE_URL", "TIME_ZONE", "FIRST_MONTH", "APPLICATION_TAG", "MAX_SOURCE_BYTES"]
    assert Settings.from_environment({f"FINOPS_{name}": "" for name in names}) == Settings.from_environment({})


def test_a_relative_home_is_of_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert Settings.from_environment({"FINOPS_HOME": "here"}).home == Path(os.path.realpath(tmp_path)) / "here"


def test_a_tilde_is_the_home_directory(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ada")
    assert Settings.from_environment({"FINOPS_HOME": "~/finops"}).home == Path("/home/ada/finops")


@pytest.mark.parametrize("zone", ["Paris", "Europe/paris ", "../etc/passwd", "/etc/localtime", "UTC+1", "Mars/Olympus"])
def test_a_zone_that_is_none_is_refused(zone):
    with pytest.raises(SettingsError, match="FINOPS_TIME_ZONE"):
        Settings.from_environment({"FINOPS_TIME_ZONE": zone})


@pytest.mark.parametrize("month", ["2024", "2024-1", "January", "2024-13"])
def test_a_first_month_that_is_none_is_refused(month):
    with pytest.raises(SettingsError, match="FINOPS_FIRST_MONTH=.*is not a month: write YYYY-MM"):
        Settings.from_environment({"FINOPS_FIRST_MONTH": month})


@pytest.mark.parametrize("size", ["0", "-1", "1e9", "4 GB", "1_000", "1.5", "٤", "²"])
def test_a_size_that_is_no_number_of_bytes_is_refused(size):
    with pytest.raises(SettingsError, match="FINOPS_MAX_SOURCE_BYTES"):
        Settings.from_environment({"FINOPS_MAX_SOURCE_BYTES": size})
