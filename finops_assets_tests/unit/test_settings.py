"""Settings from the environment: defaults, and values that are refused by the name of their variable."""

from __future__ import annotations

import os
from datetime import time
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from finops_assets.errors import SettingsError
from finops_assets.events import Form
from finops_assets.period import Period
from finops_assets.settings import CHECKOUT, MonthlyAt, Settings, Tolerance


def test_nothing_set_gives_a_home_in_the_checkout():
    assert Settings.from_environment({}) == Settings(
        home=CHECKOUT / ".finops",
        sources=CHECKOUT / ".finops" / "sources",
        database_url=None,
        dagster_database_url=None,
        dagster_url=None,
        dagster_hosts=(),
        time_zone=ZoneInfo("Europe/Paris"),
        first_month=Period(2024, 1),
        imports_at=time(2, 30),
        nightly_at=time(3),
        monthly_at=MonthlyAt(3, time(4)),
        previous_month_until_day=5,
        application_tag="application",
        max_source_bytes=4_000_000_000,
        volume_factor=Decimal(3),
        reconciliation_tolerance=Tolerance(amount=Decimal("0.01")),
        reconciliation_blocks_close=False,
        log_format=Form.AUTO,
    )


def test_every_variable_is_taken():
    environment = {
        "FINOPS_HOME": "/srv/finops",
        "FINOPS_SOURCES": "/data/drop",
        "FINOPS_DATABASE_URL": "postgresql://mart/finops",
        "FINOPS_DAGSTER_DATABASE_URL": "postgresql://mart/dagster",
        "FINOPS_TIME_ZONE": "America/New_York",
        "FINOPS_DAGSTER_URL": "http://127.0.0.1:3000",
        "FINOPS_DAGSTER_HOSTS": "finops.example.org, Costs.example.org,",
        "FINOPS_FIRST_MONTH": "2013-08",
        "FINOPS_IMPORTS_AT": "22:15",
        "FINOPS_NIGHTLY_AT": "23:45",
        "FINOPS_MONTHLY_AT": "28 06:30",
        "FINOPS_PREVIOUS_MONTH_UNTIL_DAY": "0",
        "FINOPS_APPLICATION_TAG": "app",
        "FINOPS_MAX_SOURCE_BYTES": "1000",
        "FINOPS_VOLUME_FACTOR": "2.5",
        "FINOPS_RECONCILIATION_TOLERANCE": "0.5%",
        "FINOPS_RECONCILIATION_BLOCKS_CLOSE": "true",
        "FINOPS_LOG_FORMAT": "json",
    }
    assert Settings.from_environment(environment) == Settings(
        home=Path("/srv/finops"),
        sources=Path("/data/drop"),
        database_url="postgresql://mart/finops",
        dagster_database_url="postgresql://mart/dagster",
        time_zone=ZoneInfo("America/New_York"),
        dagster_url="http://127.0.0.1:3000",
        dagster_hosts=("finops.example.org", "costs.example.org"),
        first_month=Period(2013, 8),
        imports_at=time(22, 15),
        nightly_at=time(23, 45),
        monthly_at=MonthlyAt(28, time(6, 30)),
        previous_month_until_day=0,
        application_tag="app",
        max_source_bytes=1000,
        volume_factor=Decimal("2.5"),
        reconciliation_tolerance=Tolerance(share=Decimal("0.005")),
        reconciliation_blocks_close=True,
        log_format=Form.JSON,
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


@pytest.mark.parametrize("factor", ["1", "0", "-3", "3x", "1e3", "2,5", "nan", "inf", "٣", " 3"])
def test_a_factor_that_is_not_above_1_is_refused(factor):
    with pytest.raises(SettingsError, match="FINOPS_VOLUME_FACTOR"):
        Settings.from_environment({"FINOPS_VOLUME_FACTOR": factor})


@pytest.mark.parametrize("form", ["JSON", "text", "json "])
def test_a_log_format_that_is_none_is_refused(form):
    with pytest.raises(SettingsError, match="FINOPS_LOG_FORMAT.*write auto, json, human"):
        Settings.from_environment({"FINOPS_LOG_FORMAT": form})


@pytest.mark.parametrize("moment", ["3:00", "24:00", "03:60", "03h00", "03:00:00", "٠٣:٠٠", " 03:00"])
def test_a_time_of_the_day_that_is_none_is_refused(moment):
    with pytest.raises(SettingsError, match="FINOPS_NIGHTLY_AT"):
        Settings.from_environment({"FINOPS_NIGHTLY_AT": moment})


@pytest.mark.parametrize(
    "moment", ["04:00", "0 04:00", "29 04:00", "3 4:00", "3 24:00", "3  04:00", "3rd 04:00", "٣ 04:00"]
)
def test_a_day_and_time_that_are_none_are_refused(moment):
    with pytest.raises(SettingsError, match="FINOPS_MONTHLY_AT"):
        Settings.from_environment({"FINOPS_MONTHLY_AT": moment})


@pytest.mark.parametrize("day", ["29", "-1", "x", "1.5", "٣"])
def test_a_day_that_not_every_month_has_is_refused(day):
    with pytest.raises(SettingsError, match="FINOPS_PREVIOUS_MONTH_UNTIL_DAY"):
        Settings.from_environment({"FINOPS_PREVIOUS_MONTH_UNTIL_DAY": day})


@pytest.mark.parametrize("host", ["http://finops", "finops:443", "*", "a b", "-finops", "fínops"])
def test_a_host_that_is_no_name_is_refused(host):
    with pytest.raises(SettingsError, match="FINOPS_DAGSTER_HOSTS"):
        Settings.from_environment({"FINOPS_DAGSTER_HOSTS": host})


@pytest.mark.parametrize("text", ["-1", "1,5", "0.5 %", "%", "1e3", "NaN", "٤"])
def test_a_tolerance_that_is_none_is_refused(text):
    with pytest.raises(SettingsError, match="FINOPS_RECONCILIATION_TOLERANCE=.*write 0.01 or 0.5%"):
        Settings.from_environment({"FINOPS_RECONCILIATION_TOLERANCE": text})


@pytest.mark.parametrize("text", ["yes", "1", "TRUE"])
def test_a_switch_that_is_none_is_refused(text):
    with pytest.raises(SettingsError, match="FINOPS_RECONCILIATION_BLOCKS_CLOSE"):
        Settings.from_environment({"FINOPS_RECONCILIATION_BLOCKS_CLOSE": text})
