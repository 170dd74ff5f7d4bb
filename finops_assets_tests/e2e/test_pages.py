"""Every page in a real Chromium: figures, filters, states, both languages, both themes, desktop and phone."""

import csv
import gzip
import io
import re

import httpx2
import pytest
from playwright.sync_api import expect

from finops_assets.api.routes.pages import STATIC
from finops_assets_tests.e2e.browser import violations
from finops_assets_tests.http.conftest import OWNER, VIEWER

pytestmark = pytest.mark.xdist_group("e2e")

# path, what is there once the figures are
PAGES = [
    ("/", ".fa-headline-amount data"),
    ("/domains", ".fa-table-box tbody data"),
    ("/domains/OPEN?month=2024-02", ".fa-headline-amount data"),
    ("/domains/SUPPORT?from=2024-02&to=2024-03", ".fa-headline-amount data"),
    ("/applications?month=2024-02", ".fa-table-box tbody data"),
    ("/applications/portal?month=2024-02", ".fa-headline-amount data"),
    ("/rankings?of=product&from=2024-01&to=2024-02", ".fa-table-box tbody data"),
    ("/history?of=domain&id=OPEN&from=2023-12&to=2024-03", ".fa-table-box tbody data"),
    ("/history?of=family", ".fa-notice"),
    ("/months", ".fa-table-box tbody data"),
    ("/months/2024-02", ".fa-table-box tbody data"),
    ("/months/2024-01", ".fa-table-box tbody data"),
    ("/months/2024-01/statement", ".fa-table-box tbody data"),
    ("/explain?month=2024-02&domain=OPEN", ".fa-table-box tbody data"),
    ("/explain?application=portal&month=2024-02", ".fa-fact-cost data"),
    ("/quarantine", ".fa-table-box tbody th"),
    ("/quarantine?month=2024-02&domain=OPEN&stage=decided", ".fa-table-box tbody th"),
    ("/quarantine?month=2024-01", ".fa-notice"),
    ("/months/changes?month=2024-02&domain=OPEN", ".fa-moved"),
    ("/months/changes?month=2024-02&domain=OPEN&from=2&to=1&change=added&view=yen", ".fa-moved"),
    ("/months/changes?month=2024-01&domain=CLOUD", ".fa-notice"),
    ("/months/changes", ".fa-notice"),
    ("/products", ".fa-table-box tbody th"),
    ("/products?state=decommissioned", ".fa-notice"),
    ("/products/OPEN/vm-small", ".fa-table-box .fa-explained data"),
    ("/pricing", ".fa-table-box tbody th"),
    ("/pricing/internal?at=2024-02", ".fa-table-box tbody data"),
    ("/pricing/dearer?at=2024-02", ".fa-table-box tbody data"),
    ("/pricing/internal/OPEN/vm-small", ".fa-table-box tbody data"),
    ("/pricing/compare?before=internal&after=yen", ".fa-notice"),
    ("/pricing/compare?month=2024-02&by=product", ".fa-side-amount data"),
]
MOST_BYTES = 300_000


def total(page):
    return page.locator(".fa-headline-amount data")


@pytest.fixture
def asked(address):
    """What the API itself answers."""

    def ask(path, **query):
        return httpx2.get(f"{address}{path}", params=query).raise_for_status().json()

    return ask


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("path", "figures"), PAGES)
def test_every_page_is_whole_and_accessible(opened, faults, path, figures, language, theme, size):
    page = opened(path, language, theme, size)
    expect(page.locator(figures).first).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == language
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert violations(page) == []
    assert faults.seen == []


def test_the_first_page_is_light():
    sent = [gzip.compress(path.read_bytes()) for path in STATIC.rglob("*") if path.is_file()]
    assert sum(map(len, sent)) < MOST_BYTES


def test_an_amount_is_the_one_of_the_api(opened, asked):
    page = opened()
    expect(total(page)).to_have_attribute("value", asked("/dashboard")["total"]["amount"])


def test_a_change_of_month_is_in_the_address_and_undone_by_going_back(opened, asked):
    page = opened("/?month=2024-02")
    expect(total(page)).to_have_attribute("value", asked("/dashboard", month="2024-02")["total"]["amount"])
    page.get_by_role("button", name="Previous month").click()
    expect(page).to_have_url(re.compile("month=2024-01"))
    expect(total(page)).to_have_attribute("value", asked("/dashboard", month="2024-01")["total"]["amount"])
    page.go_back()
    expect(total(page)).to_have_attribute("value", asked("/dashboard", month="2024-02")["total"]["amount"])


def test_another_pricing_view_is_another_currency(opened, asked):
    page = opened("/?month=2024-01")
    page.get_by_label("Prices").select_option("yen")
    in_yen = asked("/dashboard", month="2024-01", pricingView="yen")
    expect(total(page)).to_have_attribute("value", in_yen["total"]["amount"])
    expect(total(page)).to_contain_text("¥")


def test_the_chart_is_gone_through_by_keyboard(opened):
    page = opened("/?month=2024-02")
    month = page.locator(".fa-plot-month-button[aria-current]")
    month.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("month=2024-01"))


def test_language_and_theme_chosen_outlast_a_reload(opened):
    page = opened()
    page.get_by_label("Language").select_option("fr")
    page.get_by_label("Couleurs").select_option("dark")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tableau de bord")
    assert page.evaluate("document.documentElement.dataset.themeMode") == "dark"


def test_a_table_is_downloaded_with_every_digit(opened, asked):
    page = opened()
    with page.expect_download() as started:
        page.get_by_role("button", name="Download the whole table as CSV: Domains").click()
    lines = csv.DictReader(io.StringIO(started.value.path().read_text("utf-8-sig")))
    told = {line["Domain"]: line["Cost"] for line in lines}
    answered = {row["domainLabel"]: row["amount"]["amount"] or "" for row in asked("/dashboard")["domains"]}
    assert told == answered


def test_a_month_without_data_says_why(opened):
    page = opened("/?month=2024-03")
    expect(page.get_by_role("heading", name="1 domain without data")).to_be_visible()


def test_the_amount_of_some_applications_leads_to_what_it_is_the_sum_of(opened):
    page = opened("/?month=2024-02&app=portal&app=billing")
    amount = total(page).get_attribute("value")
    page.locator(".fa-headline-amount a").click()
    expect(page.locator("tfoot data").last).to_have_attribute("value", amount)


def test_the_status_of_a_month_leads_to_why(opened):
    page = opened("/?month=2024-02")
    page.get_by_role("link", name="Incomplete").or_(page.get_by_role("link", name="Provisional")).click()
    expect(page.get_by_role("heading", name="February 2024: is it final?")).to_be_visible()


def test_a_month_that_is_blocked_says_what_keeps_it_open(opened, asked):
    page = opened("/months/2024-02")
    expect(page.get_by_role("heading", name="Not final: ")).to_be_visible()
    for blocker in asked("/months/2024-02")["checklist"]:
        expect(page.get_by_text(blocker["remedy"]).first).to_be_visible()


def test_a_month_is_opened_again_and_closed(opened, asked):
    page = opened("/months/2024-01")
    for button, done in (("Open it again", "is open again"), ("Close the month", "is closed")):
        expect(page.get_by_role("button", name=button)).to_be_visible()
        assert violations(page, "main") == []
        page.get_by_role("button", name=button).click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Reason").fill("a credit note")
        dialog.get_by_role("button", name=button).click()
        expect(page.get_by_text(f"January 2024 {done}")).to_be_visible()
        expect(dialog).to_be_hidden()
    acts = asked("/months/2024-01")["acts"]
    assert [(act["act"], act["person"]) for act in acts[1:]] == [("REOPEN", "ada"), ("CLOSE", "ada")]


def test_a_server_that_is_away_is_said_and_asked_again(opened):
    page = opened()
    expect(total(page)).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("button", name="Previous month").click()
    expect(page.get_by_role("alert")).to_contain_text("cannot be reached")
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(total(page)).to_be_visible()


def test_who_is_not_recognised_is_told_to_sign_in(opened, door):
    door.caller = None
    page = opened()
    expect(page.get_by_role("alert").first).to_contain_text("You are not signed in")


def test_products_are_not_for_owners_of_applications(opened, door):
    door.caller = OWNER
    page = opened("/products")
    expect(page.get_by_role("alert").first).to_contain_text("This is not open to you")


def test_a_product_is_changed_by_administrators_alone(opened, door):
    door.caller = VIEWER
    page = opened("/products/OPEN/vm-small")
    expect(page.get_by_role("heading", name="Who changed it")).to_be_visible()
    expect(page.get_by_role("button", name="Deactivate")).to_have_count(0)


def test_a_product_that_is_cited_is_taken_out_of_service_instead_of_deleted(opened, faults):
    page = opened("/products/OPEN/mystery")
    page.get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 fact (2024-02)")
    dialog.get_by_role("button", name="Deactivate it instead").click()
    dialog.get_by_label("Reason").fill("nobody knows it")
    assert violations(page) == []
    dialog.get_by_role("button", name="Deactivate").click()
    expect(page.get_by_text("mystery is out of service.")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("ada.*Taken out of service.*nobody knows it"))).to_be_visible()
    assert faults.seen == []


def test_a_line_set_aside_is_corrected_and_waits_for_a_run(opened, faults, asked):
    page = opened("/quarantine?month=2024-02")
    page.get_by_role("button", name="open/2024-02.csv, line 10", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Correct").click()
    dialog = page.get_by_role("dialog", name="Correct line 10 of open/2024-02.csv")
    dialog.get_by_label("quantity").fill("5.5")
    dialog.get_by_label("Reason").fill("the sign was wrong")
    assert violations(page) == []
    dialog.get_by_role("button", name="Correct").click()
    expect(
        page.get_by_text("1 line corrected. The next run of February 2024 does it: until then it waits.")
    ).to_be_visible()
    decided = asked("/quarantine", month="2024-02", state="decided")["items"]
    line = next(one for one in decided if one["lineNumber"] == 10)
    assert (line["correction"], line["decidedBy"]) == ({"quantity": "5.5"}, "ada")
    assert faults.seen == []


def test_lines_set_aside_are_downloaded_over_every_page(opened, asked):
    page = opened("/quarantine?stage=all")
    with page.expect_download() as started:
        page.get_by_role("button", name="Download the whole table as CSV: Quarantine").click()
    told = [line["Line number"] for line in csv.DictReader(io.StringIO(started.value.path().read_text("utf-8-sig")))]
    counts = asked("/quarantine")["counts"]
    assert (len(told), len(set(told))) == (sum(counts.values()), 55)


def test_the_quarantine_is_not_for_owners_of_applications(opened, door):
    door.caller = OWNER
    page = opened("/quarantine")
    expect(page.get_by_role("alert").first).to_contain_text("This is not open to you")


def test_what_a_draft_would_change_is_two_clicks_from_the_dashboard(opened, asked, faults):
    page = opened("/")
    page.get_by_role("link", name="Pricing").click()
    page.get_by_role("row", name=re.compile("^Dearer")).get_by_role("link", name="What would it change?").click()
    page.get_by_label("Month", exact=True).select_option("2024-02")
    sides = asked("/pricing-views/compare", before="internal", after="dearer", **{"from": "2024-02", "to": "2024-02"})
    amounts = page.locator(".fa-side-amount > .fa-amount data")
    expect(amounts).to_have_count(2)
    for place, side in enumerate(("before", "after")):
        expect(amounts.nth(place)).to_have_attribute("value", sides["total"][side]["amount"])
    assert faults.seen == []


def test_what_a_restatement_changed_is_reached_from_its_month_and_adds_up(opened, asked, faults):
    page = opened("/months/2024-02")
    page.get_by_role("link", name="what changed").click()
    told = asked("/diff", month="2024-02", domain="OPEN")
    expect(page.get_by_text(f"The {len(told['applications'])} parts add up exactly")).to_be_visible()
    shown = page.get_by_role("table", name="By application").locator("tfoot tr:last-child data")
    sides = [told["totals"][0][side] for side in ("before", "after")]
    assert [shown.nth(place).get_attribute("value") for place in range(2)] == sides
    assert faults.seen == []


def test_one_kind_of_lines_is_downloaded(opened, asked):
    page = opened("/months/changes?month=2024-02&domain=OPEN&change=removed")
    with page.expect_download() as started:
        page.get_by_role("button", name="Download the whole table as CSV: Lines that differ").click()
    lines = csv.DictReader(io.StringIO(started.value.path().read_text("utf-8-sig")))
    told = [(line["Id of the application"], line["Id of the product"], line["Quantity before"]) for line in lines]
    answered = asked("/diff", month="2024-02", domain="OPEN", change="removed")["lines"]
    assert told == [(one["applicationId"], one["productId"], one["quantityBefore"]) for one in answered]


def test_lines_of_a_month_that_wait_are_decided_on_its_page(opened, faults):
    page = opened("/months/2024-02")
    page.get_by_label("Select line 12 of open/2024-02.csv").check()
    page.get_by_role("button", name="Reject", exact=True).click()
    dialog = page.get_by_role("dialog", name="Reject 1 line for good?")
    dialog.get_by_label("Reason").fill("booked elsewhere")
    assert violations(page) == []
    dialog.get_by_role("button", name="Reject").click()
    expect(page.get_by_text("1 line rejected. That holds from now on, and needs no run.")).to_be_visible()
    assert faults.seen == []


def test_an_address_of_no_page_leads_back(opened):
    page = opened("/nowhere")
    page.get_by_role("link", name="To the dashboard").click()
    expect(total(page)).to_be_visible()
