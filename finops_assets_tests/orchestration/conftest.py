"""The Dagster edge in this process, on a mart and a Dagster storage of the test's own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import dagster as dg
import pytest

from finops_assets import catalog, cli
from finops_assets.definitions import defs
from finops_assets.period import Period
from finops_assets.postgres.connection import Mart
from finops_assets.settings import Settings
from finops_assets_tests.factories import write_csv

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
Run = Callable[..., dg.ExecuteInProcessResult]
# the words after finops → exit code, stdout, stderr
Finops = Callable[..., tuple[int, str, str]]


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


@pytest.fixture
def company(mart: Mart, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A company with OPEN, SUPPORT and LICENCES enabled and files for January and February 2024."""
    monkeypatch.setenv("FINOPS_HOME", str(settings.home))
    monkeypatch.setenv("FINOPS_DATABASE_URL", mart.url)
    with mart.connect("finops_admin") as connection:
        for domain_id in ("OPEN", "SUPPORT", "LICENCES"):
            catalog.set_enabled(connection, domain_id, is_enabled=True, available_from=Period(2024, 1))
    for month, hours in (("2024-01", "10"), ("2024-02", "30")):
        used = {"application_id": "billing", "product_id": "vm-small", "quantity": hours, "metric": "CPU"}
        write_csv(settings.sources / "open" / f"{month}.csv", [used, used | {"application_id": "portal"}])
        shares = [{"application_id": "billing", "coefficient": 1}, {"application_id": "portal", "coefficient": 3}]
        write_csv(settings.sources / "licences" / f"{month}.csv", shares)
    return settings


@pytest.fixture
def run(instance: dg.DagsterInstance) -> Run:
    """Run the consumption of some domains for one month or, with ``last``, a range of months."""

    def _run(*domain_ids: str, month: str = "2024-01", last: str | None = None) -> dg.ExecuteInProcessResult:
        keys = [dg.AssetKey(["domain", domain_id.lower()]) for domain_id in domain_ids]
        tags = {"dagster/asset_partition_range_start": month, "dagster/asset_partition_range_end": last or month}
        return defs.resolve_job_def("month").execute_in_process(
            instance=instance,
            asset_selection=[*keys, dg.AssetKey("fact_consumption")],
            partition_key=None if last else month,
            tags=tags if last else {},
            run_config=QUIET,
            raise_on_error=False,
        )

    return _run


@pytest.fixture
def finops(
    settings: Settings, mart: Mart, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Finops:
    """Run a command in this process; gives its exit code, stdout and stderr as ``main`` leaves them."""
    monkeypatch.setenv("FINOPS_HOME", str(settings.home))
    monkeypatch.setenv("FINOPS_DATABASE_URL", mart.url)
    monkeypatch.setenv("FINOPS_DAGSTER_DATABASE_URL", mart.url)

    def _finops(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["finops", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        shown = capsys.readouterr()
        return int(ended.value.code or 0), shown.out, shown.err

    return _finops
