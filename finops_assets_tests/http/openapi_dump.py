"""``python -m finops_assets_tests.http.openapi_dump``: the API's description, as ``docs/openapi.json`` keeps it."""

from __future__ import annotations

import json
import sys

from finops_assets.api.app import create_app
from finops_assets.api.place import Place, pool_of
from finops_assets.postgres.connection import Mart
from finops_assets.settings import Settings


def nobody(request):
    raise AssertionError("no request is made")


def described():
    """The description of an application that has no database."""
    mart = Mart("postgresql://127.0.0.1:1/none")
    return create_app(Place(Settings.from_environment({}), mart, pool_of(mart, 1), nobody)).openapi()


def text():
    """The description as a file: sorted, so that a change shows where it is."""
    return json.dumps(described(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
