"""One ``finops up`` for all live tests: web server, daemon, code servers and PostgreSQL of its own.

What takes the daemon a while (it looks every half minute) is begun at once, by fixtures, and asserted when it has come.
The tests run in one process, in this order, and the machinery is struck last.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from finops_assets import catalog, demo
from finops_assets.cli.faults import installation, processes
from finops_assets.operations.activation import Seen
from finops_assets.period import Period
from finops_assets.settings import CHECKOUT
from finops_assets_tests.live import pages
from finops_assets_tests.live.company import ENABLED, RECONCILE, Company, write_own_package
from finops_assets_tests.live.story import FILLED, IS_WHOLE, Story, begin

ORDER = ("test_isolation", "test_unattended", "test_backfill", "test_changed_minds", "test_seen", "test_machinery")
# seconds until the first night, and for a machine so busy that the daemon was not there by then
LEADS = (90, 300)
# whatever waits says so itself, long before
SECONDS = 1800
UNLISTED = b",base-vectorielle,"


def pytest_collection_modifyitems(items):
    mine = [item for item in items if item.path.parent == CHECKOUT / "finops_assets_tests" / "live"]
    for item in mine:
        item.add_marker(pytest.mark.xdist_group("live"))
        item.add_marker(pytest.mark.timeout(SECONDS))
        if item.path.stem == "test_machinery" and not IS_WHOLE:
            item.add_marker(pytest.mark.skip("minutes long: `make live` strikes the machinery"))
    ordered = sorted(mine, key=lambda item: ORDER.index(item.path.stem))
    places = [number for number, item in enumerate(items) if item in mine]
    for number, item in zip(places, ordered, strict=True):
        items[number] = item


@pytest.fixture(scope="session")
def company(tmp_path_factory) -> Iterator[Company]:
    """OPEN, CLOUD, LICENCES, SUPPORT and FAULTY are enabled and nothing of them has been run."""
    own = tmp_path_factory.mktemp("own")
    write_own_package(own)
    for lead in LEADS:
        night = (datetime.now().astimezone() + timedelta(seconds=lead + 59)).replace(second=0, microsecond=0)
        with installation.served(environment(own, night)) as place:
            home, is_in_time = place.settings.home, datetime.now().astimezone() < night - timedelta(seconds=10)
            if is_in_time:
                served = Company(place, night)
                deliver_before(served)
                enable(served)
                yield served
        assert processes.of_home(home) == []
        assert not home.exists()
        if is_in_time:
            return
    pytest.fail(f"the daemon is not there after {LEADS[-1]} s")


def environment(own, night):
    """Settings of the installation: where the company's package is, and when the night begins."""
    at = night.astimezone(installation.Settings.from_environment({}).time_zone)
    return {
        "PYTHONPATH": os.pathsep.join([str(own), str(CHECKOUT)]),
        "FINOPS_FIRST_MONTH": str(Period.of(at.date()).shift(min(FILLED[0], 1) - 30)),
        "FINOPS_NIGHTLY_AT": f"{at:%H:%M}",
        # the night of the third as well, unless there is no such day in every month
        "FINOPS_MONTHLY_AT": f"{at.day} {at:%H:%M}" if at.day <= 28 else "3 04:00",
        "FINOPS_PREVIOUS_MONTH_UNTIL_DAY": "0",
    }


def deliver_before(company):
    """Files of the months before the demonstration's first that a backfill begins with: those of an older one."""
    with TemporaryDirectory() as folder:
        older = Path(folder) / "older"
        demo.generate(older, company.place.company.first.previous)
        for month in company.months(FILLED[0], 0) if FILLED[0] < 1 else []:
            for file in older.glob(f"*/{month}*"):
                # a product that was on no list then is on one now, counted in something else
                kept = [line for line in file.read_bytes().splitlines(keepends=True) if UNLISTED not in line]
                (company.sources / file.relative_to(older)).write_bytes(b"".join(kept))


def enable(company):
    """Enable the domains, and let activation take that for how it has always been."""
    place, first = company.place, company.month(min(FILLED[0], 1))
    place.pages.stop_sensor(installation.ACTIVATION)
    place.pages.stop_sensor(RECONCILE)
    with place.mart.connect("finops_admin") as connection, connection.transaction():
        for domain_id in ENABLED:
            catalog.set_enabled(connection, domain_id, is_enabled=True, available_from=first)
        times = catalog.times_asked_for(connection)
        seen = Seen({domain_id: times.get(domain_id, 0) for domain_id in catalog.domains(connection)})
    pages.set_cursor(place.pages, installation.ACTIVATION, str(seen))
    place.pages.start_sensor(installation.ACTIVATION)


@pytest.fixture(scope="session")
def story(company) -> Story:
    """What was begun at once: see ``begin``."""
    return begin(company)


@pytest.fixture(scope="session")
def looked(company, story) -> str:
    """The id of a run of the job ``checks``, over."""
    run_id = company.pages.launch("checks")
    assert company.run_ended(run_id, 180)["status"] == "SUCCESS"
    return run_id
