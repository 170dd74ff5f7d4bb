"""What a change of dim_domain asks to be run, from one look to the next."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from finops_assets.catalog import DomainRow
from finops_assets.operations.activation import RELOAD_AGAIN_AFTER, Seen, look, reload
from finops_assets.period import Period

# A drives B, B drives C; D stands alone
DRIVERS = {"A": [], "B": ["A"], "C": ["B"], "D": []}
FIRST_MONTH = Period(2023, 1)
NOON = datetime(2024, 6, 15, 12, tzinfo=UTC)


def row(domain_id, is_enabled, first=(2024, 1)):
    return DomainRow(domain_id, domain_id, "DIRECT", None, None, is_enabled, date(*first, 1))


def rows(*enabled, first=None, **switched):
    domains = dict.fromkeys(DRIVERS, False) | dict.fromkeys(enabled, True) | switched
    return {d: row(d, on, (first or {}).get(d, (2024, 1))) for d, on in domains.items()}


def looking(seen, found, drivers=DRIVERS, first_month=FIRST_MONTH, **times):
    """A look in June 2024 whose memory went through a cursor, as it does between ticks.

    What is on was turned on once, unless ``times`` says how often.
    """
    counted = {d: int(row.is_enabled) for d, row in found.items()} | times
    requests, after = look(seen, found, drivers, times=counted, first_month=first_month, current=Period(2024, 6))
    return requests, Seen.parse(str(after))


@pytest.fixture
def all_off():
    return looking(None, rows())[1]


def test_the_first_look_asks_for_nothing_of_what_is_enabled_already():
    requests, seen = looking(None, rows("A", "D"))
    assert requests == []
    assert looking(seen, rows("A", "D"))[0] == []


def test_a_domain_turned_on_is_asked_for_once_from_its_first_month_to_the_current_one(all_off):
    [request], seen = looking(all_off, rows("D", first={"D": (2024, 3)}))
    assert request.domain_ids == ("D",)
    assert (request.first, request.last) == (Period(2024, 3), Period(2024, 6))
    assert request.run_key == "activate:D:1"
    assert looking(seen, rows("D"))[0] == []


def test_turning_off_asks_for_nothing_and_turning_on_again_asks_anew(all_off):
    _, on = looking(all_off, rows("D"))
    stopped, off = looking(on, rows(), D=1)
    [again], _ = looking(off, rows("D"), D=2)
    assert (stopped, again.run_key) == ([], "activate:D:2")


def test_off_and_on_between_two_looks_asks_anew(all_off):
    _, on = looking(all_off, rows("D"))
    [again], _ = looking(on, rows("D"), D=2)
    assert again.run_key == "activate:D:2"


def test_on_off_and_on_between_two_looks_is_asked_for_once(all_off):
    [request], seen = looking(all_off, rows("D"), D=2)
    assert request.run_key == "activate:D:2"
    assert looking(seen, rows("D"), D=2)[0] == []


def test_on_and_off_between_two_looks_asks_for_nothing_then_nor_later(all_off):
    requests, seen = looking(all_off, rows(), D=1)
    assert requests == []
    assert looking(seen, rows(), D=1)[0] == []


def test_a_lost_memory_does_not_make_a_later_key_one_that_was_used(all_off):
    _, seen = looking(None, rows("D"), D=3)
    [request], _ = looking(seen, rows("D"), D=4)
    assert request.run_key == "activate:D:4"


def test_what_is_spread_by_a_domain_of_another_method_follows_it(all_off):
    _, seen = looking(all_off, rows("B", "C"))
    [request], _ = looking(seen, rows("B", "C"), B=2)
    assert (request.domain_ids, request.run_key) == (("B", "C"), "activate:B:2")


def test_closed_months_are_not_asked_for(all_off):
    [request], _ = looking(all_off, rows("D"), first_month=Period(2024, 5))
    assert (request.first, request.last) == (Period(2024, 5), Period(2024, 6))


def test_a_look_that_is_taken_again_asks_the_same(all_off):
    assert looking(all_off, rows("D")) == looking(all_off, rows("D"))


def test_a_row_that_is_new_and_enabled_is_asked_for(all_off):
    [request], _ = looking(all_off, rows(NEW=True), DRIVERS | {"NEW": []})
    assert (request.domain_ids, request.run_key) == (("NEW",), "activate:NEW:1")


def test_what_is_spread_by_the_domain_follows_in_the_same_run(all_off):
    _, seen = looking(all_off, rows("B", "C"))
    [request], _ = looking(seen, rows("A", "B", "C"))
    assert request.domain_ids == ("A", "B", "C")
    assert request.run_key == "activate:A:1"


def test_what_is_disabled_does_not_follow_nor_what_is_behind_it(all_off):
    _, seen = looking(all_off, rows("C"))
    [request], _ = looking(seen, rows("A", "C"))
    assert request.domain_ids == ("A",)


def test_a_driver_is_not_run_again_for_its_dependant(all_off):
    _, seen = looking(all_off, rows("A"))
    [request], _ = looking(seen, rows("A", "B"))
    assert request.domain_ids == ("B",)


def test_a_driver_and_its_dependant_turned_on_at_once_are_one_run(all_off):
    [request], _ = looking(all_off, rows("A", "B", first={"A": (2024, 2), "B": (2023, 11)}))
    assert request.domain_ids == ("A", "B")
    assert request.first == Period(2023, 11)
    assert request.run_key == "activate:A:1+B:1"


def test_two_drivers_of_one_dependant_turned_on_at_once_are_one_run():
    drivers = {"A": [], "D": [], "B": ["A", "D"]}
    _, seen = looking(None, rows("B"), drivers)
    [request], _ = looking(seen, rows("A", "B", "D"), drivers)
    assert request.domain_ids == ("A", "D", "B")


def test_domains_that_have_nothing_to_do_with_each_other_are_runs_of_their_own(all_off):
    requests, _ = looking(all_off, rows("A", "D"))
    assert [request.run_key for request in requests] == ["activate:A:1", "activate:D:1"]


def test_months_before_the_first_one_that_can_be_run_are_not_asked_for(all_off):
    [request], _ = looking(all_off, rows("D", first={"D": (2013, 8)}))
    assert request.first == Period(2023, 1)


def test_a_domain_that_begins_later_asks_for_nothing_yet(all_off):
    requests, seen = looking(all_off, rows("D", first={"D": (2024, 7)}))
    assert requests == []
    assert seen.times["D"] == 1


def test_a_row_that_nothing_computes_waits_until_it_is_loaded(all_off):
    requests, seen = looking(all_off, rows(NEW=True))
    assert requests == []
    assert "NEW" not in seen.times
    [request], _ = looking(seen, rows(NEW=True), DRIVERS | {"NEW": []})
    assert request.run_key == "activate:NEW:1"


def test_a_domain_that_was_not_loaded_for_a_while_is_not_asked_for_again(all_off):
    _, on = looking(all_off, rows("D"))
    without = {d: waits for d, waits in DRIVERS.items() if d != "D"}
    requests, meanwhile = looking(on, rows("D"), without)
    assert requests == []
    assert looking(meanwhile, rows("D"))[0] == []


def test_a_domain_turned_on_while_it_was_not_loaded_is_asked_for_when_it_is(all_off):
    without = {d: waits for d, waits in DRIVERS.items() if d != "D"}
    _, meanwhile = looking(all_off, rows("D"), without)
    [request], _ = looking(meanwhile, rows("D"))
    assert request.domain_ids == ("D",)


def test_a_row_that_was_deleted_keeps_its_count(all_off):
    _, on = looking(all_off, rows("D"))
    found = rows()
    del found["D"]
    requests, gone = looking(on, found)
    assert requests == []
    [request], _ = looking(gone, rows("D"), D=2)
    assert request.run_key == "activate:D:2"


@pytest.mark.parametrize("cursor", [None, "", "{}", "[]", "7", "not json", '{"times": {"A": "x"}, "reloads": {}}'])
def test_a_cursor_that_says_nothing_is_a_first_look(cursor):
    assert Seen.parse(cursor) is None


def test_definitions_are_read_again_for_a_domain_they_lack_and_not_twice_at_once(all_off):
    is_due, seen = reload(all_off, all_off, ["NEW"], NOON)
    assert is_due
    kept = Seen.parse(str(seen))
    assert reload(kept, kept, ["NEW"], NOON + timedelta(seconds=30)) == (False, kept)
    assert reload(kept, kept, ["NEW"], NOON + RELOAD_AGAIN_AFTER)[0]
    assert reload(kept, kept, ["NEW", "OTHER"], NOON + timedelta(seconds=30))[0]


def test_definitions_are_read_again_when_a_domain_has_appeared_that_nobody_asked_for(all_off):
    _, after = looking(all_off, rows(NEW=True), DRIVERS | {"NEW": []})
    assert reload(all_off, after, [], NOON)[0]
    assert not reload(after, after, [], NOON)[0]


def test_a_domain_that_appears_because_it_was_asked_for_is_not_asked_for_again(all_off):
    _, asked = reload(all_off, all_off, ["NEW"], NOON)
    _, after = looking(asked, rows(NEW=True), DRIVERS | {"NEW": []})
    assert reload(asked, after, [], NOON) == (False, after)


def test_a_first_look_reads_nothing_again():
    _, seen = looking(None, rows("A"))
    assert reload(None, seen, [], NOON) == (False, seen)
