"""One ``finops up`` for all live tests: web server, daemon, code servers and PostgreSQL of its own.

What takes the daemon a while (it looks every half minute) is begun at once, by fixtures, and asserted when it has come.
The tests run in one process, in this order, and the machinery is struck last.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from finops_assets import catalog
from finops_assets.activation import Seen
from finops_assets.cli.faults import installation, processes
from finops_assets.settings import CHECKOUT
from finops_assets_tests.live import pages
from finops_assets_tests.live.company import ENABLED, RECONCILE, Company, write_own_package
from finops_assets_tests.live.story import Story, begin

ORDER = ("test_isolation", "test_unattended", "test_backfill", "test_machinery")
# seconds until the first night, and for a machine so busy that the daemon was not there by then
LEADS = (120, 300)


def pytest_collection_modifyitems(items):
    mine = [item for item in items if item.path.parent == CHECKOUT / "finops_assets_tests" / "live"]
    for item in mine:
        item.add_marker(pytest.mark.xdist_group("live"))
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
                enable(place)
                yield Company(place, night)
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
        "FINOPS_NIGHTLY_AT": f"{at:%H:%M}",
        "FINOPS_PREVIOUS_MONTH_UNTIL_DAY": "0",
    }


def enable(place):
    """Enable the domains, and let activation take that for how it has always been."""
    place.pages.stop_sensor(installation.ACTIVATION)
    place.pages.stop_sensor(RECONCILE)
    with place.mart.connect("finops_admin") as connection, connection.transaction():
        for domain_id in ENABLED:
            first = place.company.first
            catalog.set_enabled(connection, domain_id, is_enabled=True, available_from=first)
        times = catalog.times_asked_for(connection)
        seen = Seen({domain_id: times.get(domain_id, 0) for domain_id in catalog.domains(connection)})
    pages.set_cursor(place.pages, installation.ACTIVATION, str(seen))
    place.pages.start_sensor(installation.ACTIVATION)


@pytest.fixture(scope="session")
def story(company) -> Story:
    """What was begun at once: see ``begin``."""
    return begin(company)
