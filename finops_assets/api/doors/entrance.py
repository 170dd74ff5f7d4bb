"""The one place where a request becomes a caller."""

from __future__ import annotations

from starlette.requests import Request

from finops_assets.api.callers import Caller, Recognise
from finops_assets.api.configuration import ApiSettings
from finops_assets.api.doors.local import is_local, local_person
from finops_assets.api.place import Pool
from finops_assets.api.problems import Refused

CHALLENGE = {"WWW-Authenticate": "Bearer"}


def entrance(configured: ApiSettings, pool: Pool) -> Recognise:
    """What recognises callers, as it is configured; SettingsError when the local person has no name."""
    person = local_person() if configured.is_local else None

    def recognise(request: Request) -> Caller:
        if person is None or not is_local(request):
            raise Refused(401, "unauthenticated", "who asks is not known: send a token or a key", headers=CHALLENGE)
        return person

    return recognise
