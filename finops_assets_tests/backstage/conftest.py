"""One Backstage for all its tests, on the company of the API's tests; and a browser for each person."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from finops_assets_tests.backstage.portal import OWNERS, opened
from finops_assets_tests.backstage.visit import Visit
from finops_assets_tests.e2e.browser import chromium, launch
from finops_assets_tests.factories import new_mart
from finops_assets_tests.http import company

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(pytest.mark.xdist_group("backstage"))
            item.add_marker(pytest.mark.timeout(900))
            if not os.environ.get("FINOPS_TEST_BACKSTAGE"):
                item.add_marker(pytest.mark.skip("thousands of npm packages: `make backstage` runs it"))


@pytest.fixture(scope="session")
def filled(server_url, template, tmp_path_factory):
    """The company; the people of payments may see one of its applications."""
    folder = tmp_path_factory.mktemp("company")
    with new_mart(server_url, template) as mart:
        company.build(mart, company.settings_of(mart, folder), folder)
        company.grant(mart, OWNERS, "billing")
        yield mart


@pytest.fixture(scope="session")
def portal(filled, server_url, tmp_path_factory):
    """A Backstage with the plugin, and the API on the company."""
    with opened(filled, server_url, tmp_path_factory.mktemp("portal")) as portal:
        yield portal


@pytest.fixture(scope="session")
def browser():
    path = chromium()
    assert path, "no Chromium: install Debian's package chromium, or set FINOPS_TEST_CHROMIUM"
    with sync_playwright() as playwright:
        running = launch(playwright, path)
        yield running
        running.close()


@pytest.fixture
def visit(portal, browser):
    """Begins the visit of a person, in a browser of his own; nothing may have failed in it at its end."""
    visits = []

    def begin(persona, language="en", theme="light"):
        visits.append(Visit.begin(portal, browser, persona, language, theme))
        return visits[-1]

    yield begin
    for one in visits:
        one.end()
