"""What is asked for of what is due: once, and again only for a reason."""

from __future__ import annotations

from datetime import date

import pytest

from finops_assets.operations.reconciliation import MONTHS_A_REQUEST, TIMES_A_DAY, Asked, Due, DueSlice, ask
from finops_assets.period import Period

TODAY = date(2024, 6, 15)
TOMORROW = date(2024, 6, 16)
JANUARY = Period(2024, 1)


def due(domain="OPEN", month=JANUARY, why=Due.MISSING, fingerprint="as it is", attempt=""):
    return DueSlice(month, domain, why, fingerprint, attempt)


def looks(*slices, before=None, under_way=(), day=TODAY, times=2):
    """Several looks at the same state; what they asked for and what the last has left, through its cursor."""
    seen, requests = before or Asked(), []
    for _ in range(times):
        found, seen = ask(seen, slices, under_way, day)
        requests += found
        seen = Asked.parse(str(seen))
    return requests, seen


def told(requests):
    return [(request.domain_ids, str(request.first), str(request.last)) for request in requests]


def test_what_is_due_is_asked_for_at_second_sight():
    assert looks(due(), times=1)[0] == []
    assert told(looks(due())[0]) == [(("OPEN",), "2024-01", "2024-01")]


def test_what_was_tried_in_vain_is_not_asked_for_again():
    first, seen = looks(due())
    again, _ = looks(due(why=Due.FAILED, attempt="run 1"), before=seen, times=10)
    assert (len(first), again) == (1, [])


def test_what_changes_before_the_second_look_waits_for_another():
    _, seen = looks(due(), times=1)
    arriving, seen = looks(due(fingerprint="half a file"), before=seen, times=1)
    still, seen = looks(due(fingerprint="a whole file"), before=seen, times=1)
    there, _ = looks(due(fingerprint="a whole file"), before=seen, times=1)
    assert (arriving, still, len(there)) == ([], [], 1)


def test_another_fingerprint_is_asked_for_again_under_another_key():
    [first], seen = looks(due(attempt="run 1"))
    [again], _ = looks(due(fingerprint="a new file", attempt="run 2"), before=seen)
    assert first.run_key != again.run_key


def test_another_day_is_asked_for_again_under_another_key():
    [first], seen = looks(due())
    [again], seen = looks(due(attempt="run 1"), before=seen, day=TOMORROW, times=1)
    assert looks(due(attempt="run 2"), before=seen, day=TOMORROW)[0] == []
    assert first.run_key != again.run_key


def test_what_landed_and_failed_again_on_one_day_is_not_asked_for_twice():
    _, seen = looks(due(why=Due.FAILED, attempt="run 1"))
    _, seen = looks(before=seen)
    assert looks(due(why=Due.FAILED, attempt="run 2"), before=seen)[0] == []


def test_a_slice_that_a_run_is_busy_with_is_left_to_it():
    assert looks(due(), under_way={(JANUARY, "OPEN")}, times=5)[0] == []
    assert len(looks(due(), under_way={(JANUARY, "SUPPORT"), (JANUARY.next, "OPEN")})[0]) == 1


def test_a_slice_whose_run_ended_at_the_last_look_has_a_look_of_its_own():
    _, seen = looks(due(), under_way={(JANUARY, "OPEN")})
    assert looks(due(), before=seen, times=1)[0] == []


def test_a_run_that_never_tried_the_slice_is_asked_for_again_a_few_times():
    asked, _ = looks(due(attempt="run 1"), times=20)
    assert len(asked) == TIMES_A_DAY
    assert len({request.run_key for request in asked}) == TIMES_A_DAY


def test_a_run_that_was_killed_on_the_slice_is_asked_for_again_a_few_times():
    seen, asked = Asked(), []
    for attempt in range(20):
        found, seen = looks(due(why=Due.UNENDED, attempt=f"run {attempt}"), before=seen, times=1)
        asked += found
    assert len(asked) == TIMES_A_DAY


def test_a_new_file_counts_from_the_beginning():
    asked, seen = looks(due(attempt="run 1"), times=20)
    again, _ = looks(due(fingerprint="a new file", attempt="run 1"), before=seen, times=20)
    assert len(asked) == len(again) == TIMES_A_DAY


def test_a_slice_that_waits_for_its_driver_is_asked_for_once():
    assert len(looks(due("SUPPORT", attempt=None), times=20)[0]) == 1


def test_months_of_the_same_domains_in_a_row_are_one_run():
    slices = [due(domain, JANUARY.shift(n)) for n in range(3) for domain in ("OPEN", "SUPPORT")]
    assert told(looks(*slices)[0]) == [(("OPEN", "SUPPORT"), "2024-01", "2024-03")]


def test_a_gap_and_other_domains_begin_another_run():
    slices = [due(), due(month=JANUARY.shift(2)), due("AUDIT", JANUARY.shift(3)), due(month=JANUARY.shift(4))]
    assert told(looks(*slices)[0]) == [
        (("OPEN",), "2024-01", "2024-01"),
        (("OPEN",), "2024-03", "2024-03"),
        (("AUDIT",), "2024-04", "2024-04"),
        (("OPEN",), "2024-05", "2024-05"),
    ]


@pytest.mark.parametrize("domains", [("OPEN",), ("OPEN", "SUPPORT", "LICENCES")])
def test_a_run_has_a_year_at_most(domains):
    slices = [due(domain, JANUARY.shift(n)) for n in range(30) for domain in domains]
    spans = [len(list(request.first.through(request.last))) for request in looks(*slices)[0]]
    assert spans == [MONTHS_A_REQUEST, MONTHS_A_REQUEST, 6]


def test_run_keys_are_the_same_for_the_same_state():
    assert looks(due())[0] == looks(due())[0]


@pytest.mark.parametrize("cursor", [None, "", "{}", "[]", "7", "not json", '{"day": "x", "due": {}, "asks": {"a": 1}}'])
def test_a_cursor_that_says_nothing_is_a_first_look(cursor):
    assert Asked.parse(cursor) == Asked()
