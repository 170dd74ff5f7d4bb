"""An answer is read in one snapshot, and known again while nothing has changed."""

import pytest

from finops_assets_tests.factories import ask

CHANGES = {
    "slice_run": "INSERT INTO slice_run (run_id, period_month, domain_id, outcome) "
    "VALUES (gen_random_uuid(), '2024-01-01', 'OPEN', 'RUNNING')",
    "dim_domain": "UPDATE dim_domain SET is_enabled = TRUE WHERE domain_id = 'OPEN'",
}


def number(api):
    return api.get("/ready").json()["changeNumber"]


@pytest.mark.parametrize("table", CHANGES)
def test_a_change_of_what_is_shown_has_a_number(api, mart, table):
    before = number(api)
    ask(mart, CHANGES[table])
    assert number(api) == before + 1


def test_a_caller_is_told_who_he_is(api):
    assert api.get("/me").json() == {"name": "ada", "role": "admin", "seesEveryApplication": True}
