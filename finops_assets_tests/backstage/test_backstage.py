"""Browser, Backstage's proxy, our API, PostgreSQL: with people who are signed in to a real Backstage."""

from __future__ import annotations

import os
import subprocess
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from finops_assets_tests.backstage.portal import FOLDER, answered
from finops_assets_tests.e2e.browser import violations
from finops_assets_tests.factories import ask

PAGE = "/finops/dashboard?month=2024-02"
ENTITY = "/catalog/default/component"
DISK = {"domainId": "OPEN", "productId": "disk", "reason": "replaced by flash"}


def cost(mart, *applications):
    """What February cost, of everything or of some applications, from the marts."""
    [row] = ask(
        mart,
        """
        SELECT sum(cost) AS cost FROM mv_cost_app_month
        WHERE period_month = '2024-02-01' AND pricing_view_id = 'internal'
          AND (%s::text[] = '{}' OR application_id = ANY(%s))
        """,
        list(applications),
        list(applications),
    )
    return row["cost"]


def headline(page, month="February 2024"):
    """The amount at the top of the page, exact, once it is that of the month."""
    expect(page.locator(".fa-page [aria-busy=true]")).to_have_count(0)
    expect(page.get_by_text(month, exact=True).first).to_be_visible()
    shown = page.locator(".fa-headline-amount data").first
    expect(shown).to_be_visible()
    return Decimal(shown.get_attribute("value"))


def audited(mart):
    return ask(mart, "SELECT person, reason FROM audit_log WHERE reason = %s", DISK["reason"])


def test_the_menu_leads_a_controller_to_the_figures_of_the_database(visit, filled):
    page = visit("malik").open("/")
    page.get_by_role("link", name="FinOps").click()
    page.wait_for_url("**/finops/dashboard")
    page.get_by_label("Month", exact=True).select_option("2024-02")
    page.wait_for_url("**/finops/dashboard?month=2024-02")
    assert headline(page) == cost(filled)


def test_a_person_of_a_team_sees_the_applications_that_were_granted_to_it(visit, filled):
    page = visit("ines").open(PAGE)
    assert headline(page) == cost(filled)
    expect(page.get_by_text("billing").first).to_be_visible()
    expect(page.get_by_text("portal")).to_have_count(0)


def test_a_component_that_names_its_application_has_a_tab_of_its_costs(visit, filled):
    page = visit("malik").open(f"{ENTITY}/billing?month=2024-02")
    page.get_by_role("link", name="Costs").click()
    page.get_by_label("Month", exact=True).select_option("2024-02")
    assert headline(page) == cost(filled, "billing")


def test_tabs_keep_what_is_filtered_until_it_is_reset(visit, filled):
    page = visit("malik").open(PAGE)
    assert headline(page) == cost(filled)
    page.get_by_role("tab", name="Rankings").click()
    page.wait_for_url("**/finops/rankings?month=2024-02")
    page.get_by_role("button", name="Reset filters").click()
    page.wait_for_url("**/finops/rankings")
    page.get_by_role("tab", name="Domains").click()
    expect(page.get_by_role("heading", name="Domains", level=1)).to_be_visible()
    assert page.url.endswith("/finops/domains")


def test_a_component_that_names_none_has_no_such_tab(visit):
    page = visit("malik").open(f"{ENTITY}/library")
    expect(page.get_by_role("link", name="Overview")).to_be_visible()
    expect(page.get_by_role("link", name="Costs")).to_have_count(0)


def test_pages_speak_the_language_that_backstage_is_set_to(visit):
    page = visit("malik", "fr").open(PAGE)
    expect(page.get_by_role("heading", name="Coût total")).to_be_visible()
    expect(page.get_by_text("février 2024").first).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_are_accessible_in_the_themes_of_backstage(visit, theme):
    page = visit("malik", theme=theme).open(PAGE)
    headline(page)
    assert page.locator("body").get_attribute("data-theme-mode") == theme
    assert violations(page, ".fa") == []


def test_an_act_of_a_controller_is_refused_and_changes_nothing(visit, filled):
    visitor = visit("malik")
    headline(visitor.open(PAGE))
    answer = visitor.act("/products/deactivate", DISK)
    assert answer.status == 403
    assert audited(filled) == []
    assert ask(filled, "SELECT is_active FROM dim_product WHERE product_id = 'disk'") == [{"is_active": True}]


def test_an_act_of_an_administrator_is_done_in_his_name(visit, filled):
    visitor = visit("claire")
    headline(visitor.open(PAGE))
    answer = visitor.act("/products/deactivate", DISK)
    assert answer.status == 200, answer.text()
    assert audited(filled) == [{"person": "user:default/claire", "reason": DISK["reason"]}]
    assert ask(filled, "SELECT is_active FROM dim_product WHERE product_id = 'disk'") == [{"is_active": False}]


@pytest.mark.parametrize("token", ["", "made-up"])
def test_nobody_is_let_through_without_a_token_of_backstage(portal, token):
    assert answered(f"{portal.backend}/api/proxy/finops/dashboard", token) == 401


def test_the_setting_of_the_plugin_reaches_the_browser():
    told = {"APP_CONFIG_finops_proxyPath": '"/costs/api"', "FINOPS_API_URL": "-", "BACKSTAGE_DATABASE_URL": "-"}
    command = [FOLDER / "node_modules" / ".bin" / "backstage-cli", "config:print", "--frontend", "--package", "app"]
    printed = subprocess.run(command, cwd=FOLDER, env=os.environ | told, capture_output=True, text=True, check=True)
    assert "finops:\n  proxyPath: /costs/api\n" in printed.stdout
