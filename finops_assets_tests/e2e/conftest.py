"""A company of three months served with its pages, and browsers that look at them."""

from __future__ import annotations

import socket
import threading
import time
from decimal import Decimal

import pytest
import time_machine
import uvicorn
from playwright.sync_api import expect, sync_playwright

from finops_assets import pricing
from finops_assets.api.app import create_app
from finops_assets.api.place import Place, pool_of
from finops_assets.api.problems import Refused
from finops_assets.closing import invoices
from finops_assets.pricing import price_books
from finops_assets.quarantine import decisions
from finops_assets_tests.e2e.browser import Faults, chromium, launch
from finops_assets_tests.factories import new_mart, refresh, run, write_csv
from finops_assets_tests.http import company
from finops_assets_tests.http.conftest import ADMIN

SIZES = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
LOCALES = {"en": "en-GB", "fr": "fr-FR"}
PATIENCE_MS = 15_000
expect.set_options(timeout=PATIENCE_MS)


class Door:
    """Recognises everybody as the caller of the moment, or nobody."""

    def __init__(self):
        self.caller = ADMIN

    def __call__(self, request):
        if self.caller is None:
            raise Refused(401, "no-credential", "Sign in, then ask again.")
        return self.caller


@pytest.fixture(scope="package")
def door():
    return Door()


@pytest.fixture(autouse=True)
def recognised(door):
    """Each test begins with an administrator."""
    door.caller = ADMIN


@pytest.fixture(scope="package")
def address(server_url, template, tmp_path_factory, door):
    """Where the API and its pages are served, on a company whose last month with data is March 2024."""
    folder = tmp_path_factory.mktemp("pages")
    with new_mart(server_url, template) as mart:
        kept = company.settings_of(mart, folder)
        with time_machine.travel("2024-04-05T12:00:00Z", tick=True):
            company.build(mart, kept, folder)
            restate(mart, kept)
            invoice(mart)
            draft(mart, folder)
        app = create_app(Place(kept, mart, pool_of(mart, 4), door))
        with socket.socket() as listening:
            listening.bind(("127.0.0.1", 0))
            server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
            thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
            thread.start()
            deadline = time.monotonic() + 30
            while not server.started and time.monotonic() < deadline:
                time.sleep(0.02)
            assert server.started
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
            server.should_exit = True
            thread.join(30)


def restate(mart, settings):
    """OPEN of February as its source delivers it: lines added, gone, changed and set aside, two of these decided."""
    good = [
        ("billing", "vm-small", "6.5"),
        ("portal", "vm-small", "10"),
        ("search", "vm-small", "2"),
        ("search", "mystery", "1"),
    ]
    bad = [("search", f"vm-{number}", f"-{number}.5") for number in range(1, 56)]
    rows = [
        {"application_id": a, "product_id": p, "family_id": "compute", "metric": "CPU", "quantity": q}
        for a, p, q in good + bad
    ]
    write_csv(settings.sources / "open" / "2024-02.csv", rows)
    run(mart, settings, month=company.FEBRUARY)
    with mart.connect("finops_admin") as connection:
        first, second, *_ = (one.quarantine_id for one in decisions.lines(connection))
        decisions.accept(connection, [first], person="ada", reason="a credit of the platform team")
        decisions.reject(connection, [second], person="grace", reason="booked twice")
    refresh(mart)


def invoice(mart):
    """February's bills of OPEN, which is not what is allocated, and of CLOUD; none of SUPPORT."""
    with mart.connect("finops_admin") as connection:
        for domain, amount in (("OPEN", "9.99"), ("CLOUD", "28")):
            known = {"currency": "EUR", "reference": f"INV-{domain}-2024-02", "person": "grace"}
            invoices.record(connection, company.FEBRUARY, domain, "internal", amount=Decimal(amount), **known)


def draft(mart, folder):
    """A draft of the internal prices that makes vm-small dearer from February 2024 on."""
    row = {"pricing_view_id": "dearer", "domain_id": "OPEN", "product_id": "vm-small"}
    file = write_csv(folder / "dearer.csv", [row | {"effective_from": "2024-02", "unit_price": "0.15"}])
    with mart.connect("finops_admin") as connection:
        price_books.add_draft(connection, "dearer", based_on="internal", label="Dearer")
        pricing.import_file(connection, file, max_bytes=10**9)


@pytest.fixture(scope="package")
def browser():
    path = chromium()
    if path is None:
        pytest.skip("no Chromium: install Debian's package chromium, or set FINOPS_TEST_CHROMIUM")
    with sync_playwright() as playwright:
        running = launch(playwright, path)
        yield running
        running.close()


@pytest.fixture
def faults():
    """What went wrong in the pages of the test."""
    return Faults()


@pytest.fixture
def opened(browser, address, faults):
    """Open a page as a reader with a language, a theme and a screen."""
    contexts = []

    def open_it(path="/", language="en", theme="light", size="desktop"):
        context = browser.new_context(viewport=SIZES[size], color_scheme=theme, locale=LOCALES[language])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        faults.watch(page)
        page.goto(f"{address}/ui{path}")
        return page

    yield open_it
    for context in contexts:
        context.close()
