"""A person who looks at Backstage in a browser."""

from __future__ import annotations

from dataclasses import dataclass, field

from playwright.sync_api import APIResponse, Browser, Page, Request, Response, expect

from finops_assets_tests.backstage.portal import Portal

# what a development server is asked for the first time, it builds first
MILLISECONDS = 60_000
expect.set_options(timeout=MILLISECONDS)
NAMES = {"claire": "Claire", "malik": "Malik", "ines": "Inès"}
LOCALES = {"en": "en-GB", "fr": "fr-FR"}


@dataclass
class Visit:
    """A page, the person who looks at it, the token his browser sends for him, and what went wrong."""

    portal: Portal
    persona: str
    page: Page
    authorization: str = ""
    failures: list[str] = field(default_factory=list)

    @classmethod
    def begin(cls, portal: Portal, browser: Browser, persona: str, language: str, theme: str) -> Visit:
        """Open a browser for a person who has set Backstage to a language and a theme."""
        context = browser.new_context(viewport={"width": 1360, "height": 900}, locale=LOCALES[language])
        for name, chosen in (("language", language), ("theme", theme)):
            context.add_init_script(f"localStorage.setItem('{name}', '{chosen}')")
        visit = cls(portal, persona, context.new_page())
        visit.page.set_default_timeout(MILLISECONDS)
        visit.page.on("pageerror", lambda error: visit.failures.append(f"page error: {error}"))
        visit.page.on("response", visit._answered)
        visit.page.on("request", visit._asked)
        return visit

    def open(self, path: str) -> Page:
        """Go to an address and sign in."""
        self.page.goto(f"{self.portal.app}{path}")
        self.page.get_by_role("button", name=NAMES[self.persona]).click()
        return self.page

    def act(self, path: str, body: dict[str, str]) -> APIResponse:
        """Do an act through the proxy, as the page would: with the token that Backstage gave this person."""
        assert self.authorization, "the page has not asked the API for anything"
        address = f"{self.portal.backend}/api/proxy/finops{path}"
        return self.page.request.post(address, data=body, headers={"Authorization": self.authorization})

    def end(self) -> None:
        """Close the browser; AssertionError with what went wrong in it."""
        self.page.context.close()
        assert self.failures == []

    def _asked(self, request: Request) -> None:
        if "/api/proxy/finops/" in request.url and "authorization" in request.headers:
            self.authorization = request.headers["authorization"]

    def _answered(self, response: Response) -> None:
        if response.status >= 400:
            self.failures.append(f"{response.status} {response.request.method} {response.url}")
