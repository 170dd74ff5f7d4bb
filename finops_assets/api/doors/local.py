"""The person at this machine, who needs no credential while nobody else can ask."""

from __future__ import annotations

from starlette.requests import Request

from finops_assets import audit
from finops_assets.api.callers import Caller, Role
from finops_assets.gate import LOOPBACK

# what a proxy adds: who asks through one is not at this machine
FORWARDED = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


def local_person() -> Caller:
    """The person of FINOPS_PERSON, else the operating system's user, an administrator; SettingsError without a name."""
    name = audit.default_person()
    return Caller(name, (f"user:{name}",), Role.ADMIN, "local")


def is_local(request: Request) -> bool:
    """Whether a request was made on this machine, under a name of this machine, and through no proxy that says so."""
    is_near = request.client is not None and request.client.host in LOOPBACK
    is_named = (request.url.hostname or "") in LOOPBACK
    return is_near and is_named and not any(name in request.headers for name in FORWARDED)
