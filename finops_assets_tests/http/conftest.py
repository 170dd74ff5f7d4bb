"""The real application in process, on the test's own mart, asked as whoever a test says."""

import pytest
from fastapi.testclient import TestClient

from finops_assets.api.app import create_app
from finops_assets.api.callers import Caller, Role
from finops_assets.api.place import Place, pool_of

ADMIN = Caller("ada", ("user:default/ada",), Role.ADMIN, "test")

VIEWER = Caller("vera", ("user:default/vera",), Role.VIEWER, "test")
OWNER = Caller("olga", ("user:default/olga", "group:default/billing"), Role.OWNER, "test")


class Door:
    """Recognises everybody as the caller of the moment."""

    def __init__(self):
        self.caller = ADMIN

    def __call__(self, request):
        return self.caller


@pytest.fixture
def door():
    return Door()


@pytest.fixture
def api(mart, settings, door):
    """A client of the application; ``door.caller`` is who asks, an administrator to begin with."""
    app = create_app(Place(settings, mart, pool_of(mart, 2), door))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        yield client
