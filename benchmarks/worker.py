"""One process of ``benchmarks.orchestration``: publishes a range of months, without Dagster or through it.

Each way imports what it needs and no more, for what a process imports is measured with what it does.
"""

from __future__ import annotations

import sys
from uuid import uuid4

DOMAIN_IDS = ("OPEN", "CLOUD", "LICENCES", "SUPPORT")


def plain(first: str, last: str) -> None:
    """Publish every slice of the months in one loop: the work, and nothing that starts or records it."""
    from finops_assets import events, slices
    from finops_assets.domains import discover
    from finops_assets.period import Period
    from finops_assets.postgres.connection import mart_of
    from finops_assets.settings import Settings

    settings = Settings.from_environment()
    events.configure(settings.log_format)
    mart, plugins, run_id = mart_of(settings), slices.ordered(discover(), DOMAIN_IDS), uuid4()
    for period in Period.parse(first).through(Period.parse(last)) if first else []:
        for plugin in plugins:
            slices.run_slice(mart, settings, plugin, period, run_id)
    if "dagster" in sys.modules:
        raise RuntimeError("the limit imported dagster: it measures nothing")


def through_dagster(way: str, first: str, last: str, months_a_run: int) -> None:
    """Publish the months as runs of so many months in this process, as ``finops backfill`` does."""
    from importlib import import_module

    from finops_assets.defs.launch import Launcher
    from finops_assets.period import Period

    module = "finops_assets.definitions" if way == "dagster" else "benchmarks.in_process"
    launcher = Launcher.of(import_module(module).defs)
    months = list(Period.parse(first).through(Period.parse(last))) if first else []
    for start in range(0, len(months), months_a_run):
        part = months[start : start + months_a_run]
        launched = launcher.publish_months(DOMAIN_IDS, part[0], part[-1], uuid4())
        if not launched.success:
            raise RuntimeError(f"{part[0]} to {part[-1]}: {launched.failures}")


def main(way: str, first: str = "", last: str = "", months_a_run: str = "1") -> None:
    """Run one way: plain, dagster, or bare, which is dagster without checks; without months it only starts."""
    if way == "plain":
        plain(first, last)
    else:
        through_dagster(way, first, last, int(months_a_run))


if __name__ == "__main__":
    main(*sys.argv[1:])
