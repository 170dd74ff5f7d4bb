"""A real Chromium, and what a page did wrong in it."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import axe_playwright_python
from playwright.sync_api import Browser, Page, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_AT_REST = """() => document.getAnimations().every(
  one => one.playState !== "running" || one.effect.getTiming().iterations === Infinity
)"""
_RUN_AXE = """async ([within, rules]) => {
  const { violations } = await axe.run(within, { runOnly: rules });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}"""


def chromium() -> str | None:
    """The path of FINOPS_TEST_CHROMIUM, else of the Chromium that is installed, or nothing."""
    return os.environ.get("FINOPS_TEST_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def launch(playwright: Playwright, path: str) -> Browser:
    """A headless one. Its sandbox needs another user than root."""
    arguments = [*ARGUMENTS, *(["--no-sandbox"] if os.getuid() == 0 else [])]
    return playwright.chromium.launch(executable_path=path, args=arguments)


@dataclass
class Faults:
    """What went wrong in a page since it was opened: what its console complained of, and what was not answered well."""

    seen: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Begin to listen to a page."""
        page.on("console", lambda told: self.seen.append(told.text) if told.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.seen.append(str(error)))
        page.on("requestfailed", lambda request: self._failed(request.url, request.failure))
        page.on("response", lambda answer: self.seen.append(answer.url) if answer.status >= 400 else None)

    def _failed(self, url: str, failure: str | None) -> None:
        # given up by the page itself, when something else was asked for
        if failure != "net::ERR_ABORTED":
            self.seen.append(f"{url}: {failure}")


def violations(page: Page, within: str = "html") -> list[str]:
    """What of WCAG 2.2 A and AA a page breaks, or what is within a selector, once colours have stopped changing."""
    page.wait_for_function(_AT_REST)
    page.evaluate(AXE.read_text("utf-8"))
    found: list[str] = page.evaluate(_RUN_AXE, [within, RULES])
    return found
