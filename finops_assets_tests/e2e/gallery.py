"""``python -m finops_assets_tests.e2e.gallery [FOLDER]``: every page of the demonstration company, as pictures.

The company is made as ``finops up`` makes it, then led by commands to where every page has something to show: months
are closed as far as they can be, a slice is restated, and a draft tariff is asked "what if".
"""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from finops_assets.cli.terminal import err, escape
from finops_assets.period import Period
from finops_assets.settings import CHECKOUT
from finops_assets_tests.e2e.browser import chromium, launch
from finops_assets_tests.http.test_server import command, environment, serving

SIZES = {"desktop": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
LOCALES = {"en": "en-GB", "fr": "fr-FR"}
TALLEST = 1_800
BY = ("--person", "Camille Roux", "--reason", "Month-end")


@dataclass(frozen=True)
class Picture:
    """A page as somebody with a language, a theme and a screen sees it; its path may name the months of the company."""

    name: str
    path: str
    language: str = "en"
    theme: str = "light"
    size: str = "desktop"


PICTURES = (
    Picture("dashboard", "/?month={last}"),
    Picture("dashboard-fr-dark", "/?month={last}", "fr", "dark"),
    Picture("dashboard-phone", "/?month={last}", size="phone"),
    Picture("domains", "/domains?month={last}"),
    Picture("domain-direct", "/domains/OPEN?month={last}"),
    Picture("domain-indirect-fr", "/domains/SUPPORT?month={last}", "fr"),
    Picture("applications", "/applications?month={last}"),
    Picture("application", "/applications/panier?month={last}"),
    Picture("application-phone-dark", "/applications/panier?month={last}", "en", "dark", "phone"),
    Picture("rankings", "/rankings?of=product&month={last}"),
    Picture("history", "/history?of=domain&id=OPEN&from={first}&to={last}"),
    Picture("months", "/months"),
    Picture("month", "/months/{open}"),
    Picture("month-closed-fr", "/months/{closed}", "fr"),
    Picture("month-phone", "/months/{open}", size="phone"),
    Picture("statement", "/months/{closed}/statement"),
    Picture("quarantine", "/quarantine"),
    Picture("difference", "/months/changes?month={last}&domain=OPEN"),
    Picture("products", "/products"),
    Picture("product", "/products/OPEN/lame-x86"),
    Picture("pricing", "/pricing"),
    Picture("pricing-view", "/pricing/internal"),
    Picture("pricing-compare", "/pricing/compare?before=internal&after=next-year&month={last}"),
    Picture("pricing-compare-fr-dark", "/pricing/compare?before=internal&after=next-year&month={last}", "fr", "dark"),
    Picture("explain", "/explain?application=panier&month={last}"),
)


def main(folder: Path) -> None:
    """Make the company, lead it, serve it, and keep a picture of every page in a folder."""
    path = chromium()
    if path is None:
        sys.exit("no Chromium: install Debian's package chromium, or set FINOPS_TEST_CHROMIUM")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="finops-gallery-") as place:
        home = Path(place) / "home"
        months = lead(home)
        with serving(home, Path(place) / "api.log") as (address, _), sync_playwright() as playwright:
            browser = launch(playwright, path)
            for picture in PICTURES:
                take(browser, f"{address}/ui{picture.path.format_map(months)}", picture, folder)
            browser.close()


def lead(home: Path) -> dict[str, Period]:
    """The demonstration company in a home, as far as the pages tell of it; months by what they are."""
    finops(home, "up", "--once")
    files = sorted((home / "sources" / "open").glob("[0-9]*.csv"))
    first, last = Period.parse(files[0].stem), Period.parse(files[-2].stem)
    blocked = next(
        month for month in first.through(last) if not finops(home, "close", str(month), *BY, may_refuse=True)
    )
    restate(files[-2])
    finops(home, "run", str(last))
    dearer(home, Path(files[0]).parents[1] / "prices" / "open.csv", last)
    return {"first": first, "last": last, "open": blocked, "closed": blocked.shift(-1)}


def restate(file: Path) -> None:
    """The source corrects its first line: half as much was consumed."""
    header, row, *others = csv.reader(file.read_text("utf-8").splitlines())
    place = header.index("quantity")
    row[place] = str(int(float(row[place])) // 2 + 1)
    with file.open("w", encoding="utf-8", newline="") as written:
        csv.writer(written).writerows([header, row, *others])


def dearer(home: Path, prices: Path, month: Period) -> None:
    """A draft of next year's tariff: the latest price of every tenth product, a tenth dearer."""
    with prices.open(encoding="utf-8", newline="") as listed:
        rows = [row for row in csv.DictReader(listed) if row["pricing_view_id"] == "internal" and row["unit_price"]]
    latest = {row["product_id"]: row for row in sorted(rows, key=lambda row: row["effective_from"])}
    changed = home / "next-year.csv"
    with changed.open("w", encoding="utf-8", newline="") as written:
        writer = csv.DictWriter(written, list(rows[0]))
        writer.writeheader()
        for row in list(latest.values())[::10]:
            price = f"{float(row['unit_price']) * 1.1:.6f}"
            asked = {"pricing_view_id": "next-year", "effective_from": str(month), "unit_price": price}
            writer.writerow(row | asked)
    finops(home, "price", "draft", "next-year", "--on", "internal", "--label", "Next year's tariff", *BY)
    finops(home, "price", "import", str(changed), *BY)


def finops(home: Path, *words: str, may_refuse: bool = False) -> bool:
    """Whether a command succeeded; what it told goes by."""
    err.print("finops", *words)
    ended = subprocess.run(command(*words), env=environment(home), cwd=CHECKOUT, capture_output=True, text=True)
    if ended.returncode and not may_refuse:
        sys.exit(ended.stderr)
    return ended.returncode == 0


def take(browser: Browser, address: str, picture: Picture, folder: Path) -> None:
    """Keep a page as a picture once it is at rest, whole if it is not too tall."""
    with browser.new_context(
        viewport=SIZES[picture.size], color_scheme=picture.theme, locale=LOCALES[picture.language]
    ) as context:
        page = context.new_page()
        page.goto(address, wait_until="networkidle")
        page.wait_for_function("!document.querySelector('[aria-busy=true]')")
        height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
        width = SIZES[picture.size]["width"]
        file = folder / f"{picture.name}.png"
        page.screenshot(path=file, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height})
        err.print(f"{escape(str(file))}: {file.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else CHECKOUT / "docs" / "images" / "pages")
