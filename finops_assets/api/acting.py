"""Acts: a connection that may change what people decide. Who acts is the caller; the database keeps his name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import Depends, Request

from finops_assets.api.callers import Caller
from finops_assets.api.place import Place
from finops_assets.api.problems import answers
from finops_assets.api.reading import admin_of, place_of
from finops_assets.period import Period
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query
from finops_assets.settings import Settings

ACT_TIMEOUT, PATIENCE = "60s", "10s"
REFUSALS = answers(404, 409)


@dataclass(frozen=True)
class Desk:
    """Where an administrator acts: his name, and a way to the mart. ``today`` is the day on the settings' clocks."""

    place: Place
    person: str
    today: date

    @property
    def settings(self) -> Settings:
        """The settings of the application."""
        return self.place.settings

    @property
    def current(self) -> Period:
        """The current month."""
        return Period.of(self.today)

    @contextmanager
    def open(self) -> Iterator[Connection]:
        """A connection as ``finops_admin``; MartRefused when the mart refuses what is done on it."""
        with self.place.mart.connect("finops_admin") as connection:
            connection.execute(query("api/limit"), {"timeout": ACT_TIMEOUT, "patience": PATIENCE})
            yield connection


def _desk(request: Request, caller: Annotated[Caller, Depends(admin_of)]) -> Desk:
    place = place_of(request)
    return Desk(place, caller.name, datetime.now(UTC).astimezone(place.settings.time_zone).date())


Acting = Annotated[Desk, Depends(_desk)]
