"""Which errors pass by themselves, and how often and how long the work is tried again."""

from __future__ import annotations

import psycopg
import pytest

from finops_assets.errors import ContractBroken, Fault, MartRefused, ServerError, SourceRefused
from finops_assets.postgres.transient import RETRIES, Retries, is_transient, retried


def of_state(state: str) -> psycopg.Error:
    """The error psycopg raises for a SQLSTATE; one of our own states is a plain DatabaseError."""
    try:
        return psycopg.errors.lookup(state)()
    except KeyError:
        error = psycopg.DatabaseError()
        error.sqlstate = state
        return error


def unreachable(cause: Exception) -> ServerError:
    error = ServerError("PostgreSQL cannot be reached")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "state",
    [
        "08000",
        "08001",
        "08003",
        "08006",
        "40001",
        "40P01",
        "53000",
        "53200",
        "53300",
        "53400",
        "55P03",
        "57P01",
        "57P02",
        "57P03",
        "57P05",
    ],
)
def test_a_state_that_passes_is_transient(state):
    assert is_transient(of_state(state))


@pytest.mark.parametrize(
    "state",
    [
        "22003",
        "23505",
        "23514",
        "25006",
        "28P01",
        "3D000",
        "42501",
        "42P01",
        "53100",
        "57014",
        "57P04",
        "58030",
        "UF001",
        "UF002",
        "UF009",
        "XX000",
    ],
)
def test_a_state_that_stays_is_not(state):
    assert not is_transient(of_state(state))


def test_a_lost_connection_is_transient_and_so_is_one_that_cannot_be_made():
    lost = psycopg.OperationalError("server closed the connection unexpectedly")
    assert is_transient(lost)
    assert is_transient(unreachable(lost))


@pytest.mark.parametrize(
    "error",
    [
        None,
        ValueError("a bug"),
        ZeroDivisionError(),
        OSError("a disk"),
        psycopg.ProgrammingError("no statement"),
        psycopg.InterfaceError("a cursor is closed"),
        MartRefused("month 2024-01 is closed"),
        SourceRefused([Fault("a.csv", "is wrong", "mend it")]),
        ContractBroken("OPEN", "2024-01", ["no"]),
        ServerError("the embedded PostgreSQL cannot be found"),
        unreachable(OSError("no route")),
    ],
)
def test_what_is_no_error_of_the_database_is_never_transient(error):
    assert not is_transient(error)


def test_waits_double_up_to_the_longest_and_differ_by_chance():
    longest = [0.5, 1, 2, 4, 8, 8, 8]
    for _ in range(50):
        waits = list(RETRIES.waits())
        assert len(waits) == len(longest)
        assert all(0.75 * limit <= wait <= limit for wait, limit in zip(waits, longest, strict=True))
    assert list(RETRIES.waits()) != list(RETRIES.waits())


class Failing:
    """Work that fails so many times before it is done."""

    def __init__(self, times: int, error: Exception) -> None:
        self.left, self.error, self.tries = times, error, 0

    def __call__(self) -> str:
        self.tries += 1
        if self.left:
            self.left -= 1
            raise self.error
        return "done"


QUICK = Retries(tries=4, first_wait=0.001, longest_wait=0.002)


def test_work_that_fails_in_passing_is_done_in_the_end():
    work, announced = Failing(3, of_state("40P01")), []
    assert retried(work, QUICK, lambda error, wait: announced.append((error, wait))) == "done"
    assert work.tries == 4
    assert [error for error, _ in announced] == [work.error] * 3
    assert all(wait > 0 for _, wait in announced)


def test_the_last_error_is_raised_when_the_tries_are_used_up():
    work = Failing(9, of_state("40P01"))
    with pytest.raises(psycopg.errors.DeadlockDetected):
        retried(work, QUICK, lambda error, wait: None)
    assert work.tries == 4


def test_no_try_begins_after_the_time_is_over():
    work = Failing(9, of_state("57P03"))
    with pytest.raises(psycopg.errors.CannotConnectNow):
        retried(work, Retries(tries=9, first_wait=0.02, longest_wait=0.02, within=0.07), lambda error, wait: None)
    assert 2 <= work.tries <= 5


def test_an_error_that_stays_is_not_tried_again():
    for error in (of_state("53100"), of_state("UF002"), ValueError("a bug")):
        work = Failing(9, error)
        with pytest.raises(type(error)):
            retried(work, QUICK, lambda error, wait: pytest.fail("tried again"))
        assert work.tries == 1
