"""What was measured, as tables of Markdown. Every ratio is taken within one round."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median

from benchmarks.volume.growing import Stages
from benchmarks.volume.publishing import BARE, Spent

COLUMNS = (
    "months",
    "publish, s",
    *(f"÷ {name}" for name in BARE),
    "refresh, s",
    "replace ÷ COPY",
    "again ÷ replace",
    "refresh of one slice, s",
    "verify, s",
    "verify a month, s",
)


@dataclass(frozen=True)
class Measured:
    """What a mart of some months took: its last month, rounds of a changed slice, and verify."""

    months: int
    month: Stages
    rounds: list[Stages]
    verified: Stages


def table(rows: Iterable[Measured], by: Callable[[Spent], float]) -> str:
    """One row per history, in the seconds that ``by`` takes of each."""
    lines = [COLUMNS, ("---:",) * len(COLUMNS), *(cells(one, by) for one in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def cells(one: Measured, by: Callable[[Spent], float]) -> tuple[str, ...]:
    """The cells of a row; empty where nothing was measured."""
    month, verified = one.month, sum(by(taken) for taken in one.verified.values())
    return (
        str(one.months),
        _seconds(by(month["publish"]) if month else None),
        *(_ratio(by(month["publish"]) / by(month[name]) if name in month else None) for name in BARE),
        _seconds(by(month["refresh"]) if month else None),
        _ratio(among(one, "replace", "COPY", by)),
        _ratio(among(one, "rerun", "replace", by), 3),
        _seconds(least(one, by)),
        _seconds(verified or None),
        _seconds(verified / one.months if verified else None),
    )


def among(one: Measured, stage: str, other: str, by: Callable[[Spent], float]) -> float | None:
    """The median over the rounds of how many times a stage takes what another does."""
    return median(by(each[stage]) / by(each[other]) for each in one.rounds) if one.rounds else None


def least(one: Measured, by: Callable[[Spent], float]) -> float | None:
    """What the refresh after one changed slice took in the round that was disturbed least."""
    return min((by(each["refresh one"]) for each in one.rounds), default=None)


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _ratio(value: float | None, digits: int = 2) -> str:
    return "" if value is None else f"{value:.{digits}f}"
