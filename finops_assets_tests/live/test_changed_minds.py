"""Second thoughts about domains that were turned on: off and on at once, another method, off; and their checklist."""

from __future__ import annotations

from datetime import timedelta

from finops_assets_tests.live import pages
from finops_assets_tests.live.company import domain
from finops_assets_tests.live.story import SINCE

METHODS = """
SELECT DISTINCT version, method_key FROM allocation_detail WHERE domain_id = %s AND period_month = ANY(%s) ORDER BY 1
"""
KEPT = "SELECT DISTINCT period_month FROM fact_consumption WHERE domain_id = 'WORKPLACE' ORDER BY 1"


def turned_on_again(company, domain_id, times):
    """The one run that a second reason has brought, over."""
    [run] = company.until(f"{domain_id} is asked for again", lambda: company.asked_for(domain_id, times), 180)
    return company.run_ended(run["runId"], 180)


def months(company):
    return [month.first_day for month in company.months(SINCE, 30)]


def test_off_and_on_again_is_run_once_more_and_changes_nothing(company, story):
    run = turned_on_again(company, "AUDIT", 2)
    assert run["creationTime"] - story.flipped < 90
    again = [one for one in company.attempts(run["runId"]) if one["domain_id"] == "AUDIT"]
    assert [(one["month"], one["outcome"]) for one in again] == [
        (month, "UNCHANGED") for month in company.months(SINCE, 30)
    ]


def test_another_method_spreads_the_months_anew_and_so_does_what_is_spread_by_it(company, story):
    run = turned_on_again(company, "SAAS", 2)
    assert run["creationTime"] - story.changed < 180
    assert {one["domain_id"] for one in company.attempts(run["runId"])} == {"SAAS", "CARE"}
    assert run["status"] == "SUCCESS"
    # by that run, or by a night that came before it
    assert company.ask(METHODS, "SAAS", months(company)) == [
        {"version": 1, "method_key": "external_coefficients"},
        {"version": 2, "method_key": "even"},
    ]
    versions = (
        "SELECT DISTINCT max(version) AS version FROM slice_version WHERE domain_id = 'CARE' GROUP BY period_month"
    )
    assert company.ask(versions) == [{"version": 2}]


def test_every_reason_was_asked_for_once(company, story):
    """After every other request: a daemon that ticks for minutes has not asked again."""
    for domain_id in ("AUDIT", "SAAS"):
        turned_on_again(company, domain_id, 2)
    for domain_id, times in (("WORKPLACE", 1), ("AUDIT", 1), ("AUDIT", 2), ("SAAS", 1), ("SAAS", 2), ("CARE", 1)):
        assert len(company.asked_for(domain_id, times)) == 1


def test_what_was_turned_off_is_scheduled_no_more_and_keeps_its_months(company, story):
    night = (company.night + timedelta(days=1)).timestamp()
    for schedule in ("nightly", "monthly"):
        for names in pages.would_run(company.pages, schedule, night):
            assert names >= {"open", "cloud", "audit", "saas", "care"}
            assert not names & {"workplace", "spare"}
    assert [row["period_month"] for row in company.ask(KEPT)] == months(company)
    assert company.status(company.month(SINCE))["WORKPLACE"]["status"] == "LOADED"


def test_the_checklist_of_what_is_enabled_is_a_check_on_its_asset(company, looked):
    of_saas = pages.check(company.pages, "activation", *domain("SAAS"), run_id=looked)
    assert (of_saas["success"], of_saas["severity"]) == (False, "WARN")
    assert "has no price of SAAS" in of_saas["told"]["pricing view"]
    assert "acceptance run" not in of_saas["told"]
    of_workplace = pages.check(company.pages, "activation", *domain("WORKPLACE"), run_id=looked)
    assert of_workplace["told"] == {"domain": "not enabled"}
