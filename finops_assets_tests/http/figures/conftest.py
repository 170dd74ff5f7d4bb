"""The company of ``company.py``, built once a module and only read, on the fifth of April 2024."""

from contextlib import ExitStack

import pytest
import time_machine
from fastapi.testclient import TestClient

from finops_assets.api.app import create_app
from finops_assets.api.place import Place, pool_of
from finops_assets_tests.factories import new_mart
from finops_assets_tests.http import company
from finops_assets_tests.http.conftest import ADMIN, Door
from finops_assets_tests.http.figures.asking import OWNER


@pytest.fixture(scope="module", autouse=True)
def clock():
    with time_machine.travel("2024-04-05T12:00:00Z", tick=True):
        yield


@pytest.fixture(scope="module")
def filled(server_url, template, tmp_path_factory, clock):
    """The company; it is only read."""
    folder = tmp_path_factory.mktemp("company")
    with new_mart(server_url, template) as mart:
        company.build(mart, company.settings_of(mart, folder), folder)
        company.grant(mart, OWNER.principals[0], "portal")
        yield mart


@pytest.fixture(scope="module")
def entrance(filled, tmp_path_factory):
    door = Door()
    place = Place(company.settings_of(filled, tmp_path_factory.mktemp("home")), filled, pool_of(filled, 2), door)
    with TestClient(create_app(place), base_url="http://127.0.0.1") as client:
        yield client, door


@pytest.fixture
def api_of(settings):
    """Makes a client of an application on a mart of the test's own."""
    with ExitStack() as open_clients:

        def make(mart):
            app = create_app(Place(settings, mart, pool_of(mart, 2), Door()))
            return open_clients.enter_context(TestClient(app, base_url="http://127.0.0.1"))

        yield make


@pytest.fixture
def door(entrance):
    entrance[1].caller = ADMIN
    return entrance[1]


@pytest.fixture
def api(entrance, door):
    return entrance[0]
