"""An answer shows one version, also between a publication and the refresh of the marts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from finops_assets_tests.factories import line, publish, refresh
from finops_assets_tests.http import company
from finops_assets_tests.http.company import FEBRUARY
from finops_assets_tests.http.figures.asking import exact, got, posted

BODY = {"from": "2024-02", "to": "2024-02", "groupBy": ["application", "product"]}


@pytest.fixture
def changing(mart, settings, tmp_path, clock, api_of):
    company.build(mart, settings, tmp_path)
    return mart, api_of(mart)


def figures(api):
    """Keys and amounts; whether they are provisional or incomplete may change with a publication."""
    lists = (
        posted(api, BODY)["groups"],
        got(api, "/domains/OPEN", month="2024-02", application="billing")["products"],
        got(api, "/applications/portal", month="2024-02")["products"],
        got(api, "/dashboard", month="2024-02")["domains"],
    )
    names = ("domainId", "productId", "applicationId")
    return [
        [(*[one.get(name) for name in names], one.get("quantity"), one["amount"]["amount"]) for one in each]
        for each in lists
    ]


def test_published_slice_shows_when_its_mart_does_and_all_at_once(changing):
    mart, api = changing
    before = figures(api)
    for quantity in (50, 60):
        publish(mart, line(quantity=Decimal(quantity)), line(application_id="newcomer"), month=FEBRUARY)
        assert figures(api) == before
    refresh(mart)
    after = posted(api, BODY)
    billing = [one for one in after["groups"] if (one["applicationId"], one["domainId"]) == ("billing", "OPEN")]
    assert [exact(one["amount"]) for one in billing] == [Decimal(6)]
    assert sum(exact(one["amount"]) for one in after["groups"]) == exact(after["total"])


def test_first_version_shows_nothing_until_the_refresh_and_says_so(changing):
    mart, api = changing
    publish(mart, line(), month=company.MARCH)
    found = got(api, "/domains/OPEN", month="2024-03")
    assert (found["total"]["amount"], found["products"]) == (None, [])
    [state] = found["states"]
    assert (state["state"], state["text"][:29]) == ("LOADED", "Computed, and not priced yet:")
    refresh(mart)
    assert got(api, "/domains/OPEN", month="2024-03")["states"] == []


def test_domain_spread_by_a_driver_that_was_restated_is_incomplete_and_says_so(changing):
    mart, api = changing
    assert got(api, "/domains/SUPPORT", month="2024-02")["status"] == "provisional"
    publish(mart, line(quantity=Decimal(50)), month=FEBRUARY)
    refresh(mart)
    found = got(api, "/domains/SUPPORT", month="2024-02")
    assert found["total"]["status"] == "incomplete"
    [state] = found["states"]
    assert (state["state"], state["text"][:40]) == ("LOADED", "Computed from figures of its driver that")
