"""``finops up --once`` on an empty home: the demonstration company, all of it through Dagster; then again."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from finops_assets.postgres.connection import mart_of
from finops_assets.settings import Settings


@pytest.fixture(scope="module")
def home():
    with tempfile.TemporaryDirectory(prefix="finops-up-") as folder:
        Path(folder).chmod(0o755)  # as root, PostgreSQL runs in another account
        yield Path(folder)


def up(home: Path) -> subprocess.CompletedProcess[str]:
    mine = ("FINOPS_DATABASE_URL", "FINOPS_DAGSTER_DATABASE_URL", "FINOPS_SOURCES", "DAGSTER_HOME")
    environment = {name: value for name, value in os.environ.items() if name not in mine}
    command = [sys.executable, "-m", "finops_assets", "up", "--once"]
    return subprocess.run(
        command, env=environment | {"FINOPS_HOME": str(home)}, capture_output=True, text=True, timeout=280, check=False
    )


def fingerprint(home: Path) -> dict[str, object]:
    mart = mart_of(Settings.from_environment({"FINOPS_HOME": str(home)}))
    with mart.connect("finops_api") as connection:
        row = connection.execute(
            """
            SELECT
              (SELECT count(*) FROM fact_consumption) AS facts,
              (SELECT count(*) FROM slice_version) AS versions,
              (SELECT max(published_at) FROM slice_version) AS published_at,
              (SELECT count(*) FROM slice_run) AS attempts,
              (SELECT version FROM mart_state) AS mart_version
            """
        ).fetchone()
    assert row is not None
    return row


def test_a_newcomer_gets_priced_months_and_a_second_up_changes_nothing(home):
    first = up(home)
    assert first.returncode == 0, first.stderr
    assert "Demonstration data" in first.stderr
    assert "SUPPORT" in first.stdout
    assert "total" in first.stdout
    before = fingerprint(home)
    assert before["versions"] == 144  # 30 months of 4 domains, and 24 of one that came later
    second = up(home)
    assert second.returncode == 0, second.stderr
    assert fingerprint(home) == before
    assert second.stdout == first.stdout
