"""Who may see what an application's amounts come from. The database decides, in the role of who asks."""

from __future__ import annotations

from finops_assets.api.problems import Refused
from finops_assets.api.reading import Reading
from finops_assets.postgres.queries import query


def unknown_application(application_id: str) -> Refused:
    """The refusal (404) of an application that there is not, or that the caller may not see: both alike."""
    return Refused(404, "not-found", f"application {application_id!r} is unknown, or another's")


def see_behind(reading: Reading, application_id: str) -> None:
    """From here on the snapshot shows everything, to explain an application that its caller sees; Refused (404) else.

    What lies behind an amount is of no application, or of all: prices, runs, files, drivers. Whoever calls this asks
    for nothing of another application.
    """
    if reading.caller.sees_every_application:
        return
    seen = reading.connection.execute(query("lineage/application"), {"application": application_id}).fetchone()
    if seen is None:
        raise unknown_application(application_id)
    reading.connection.execute(query("api/see_behind"))
