"""The API's own part of the FINOPS_* environment: who is let in, from where, and how many at a time."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from finops_assets.errors import SettingsError
from finops_assets.settings import host_names

POOL = "10"
MOST_CONNECTIONS = 1_000


@dataclass(frozen=True)
class Oidc:
    """An OpenID Connect provider, whom its tokens must be for, and which of their claims name a user and his groups."""

    issuer: str
    audience: str
    jwks_url: str | None
    user_claim: str
    groups_claim: str


@dataclass(frozen=True)
class ApiSettings:
    """What the API needs to know besides the settings of the mart.

    ``hosts`` are the names it answers to besides loopback, ``proxies`` the addresses whose word for a client's address
    is taken, ``admins`` and ``viewers`` users and groups, ``pool`` connections of each worker.
    """

    hosts: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    pool: int = int(POOL)
    backstage_url: str | None = None
    oidc: Oidc | None = None
    admins: frozenset[str] = field(default=frozenset())
    viewers: frozenset[str] = field(default=frozenset())

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> ApiSettings:
        """Settings from FINOPS_* variables; SettingsError names the one that cannot be used."""
        return cls(
            hosts=host_names("FINOPS_API_HOSTS", environment.get("FINOPS_API_HOSTS") or ""),
            proxies=_listed(environment.get("FINOPS_API_PROXIES")),
            pool=_pool(environment.get("FINOPS_API_POOL") or POOL),
            backstage_url=_url("FINOPS_BACKSTAGE_URL", environment.get("FINOPS_BACKSTAGE_URL")),
            oidc=_oidc(environment),
            admins=frozenset(_listed(environment.get("FINOPS_API_ADMINS"))),
            viewers=frozenset(_listed(environment.get("FINOPS_API_VIEWERS"))),
        )

    @property
    def is_local(self) -> bool:
        """Whether the person at this machine needs no credential: nobody else is let in by anything but a key."""
        return not (self.hosts or self.has_tokens)

    @property
    def has_tokens(self) -> bool:
        """Whether tokens of somebody are taken."""
        return self.backstage_url is not None or self.oidc is not None


def _oidc(environment: Mapping[str, str]) -> Oidc | None:
    issuer, audience = (_told(environment, name) for name in ("FINOPS_OIDC_ISSUER", "FINOPS_OIDC_AUDIENCE"))
    if (issuer is None) != (audience is None):
        raise SettingsError("FINOPS_OIDC_ISSUER and FINOPS_OIDC_AUDIENCE go together: set both, or none")
    if issuer is None or audience is None:
        return None
    _url("FINOPS_OIDC_ISSUER", issuer)
    return Oidc(
        issuer,
        audience,
        _url("FINOPS_OIDC_JWKS_URL", _told(environment, "FINOPS_OIDC_JWKS_URL")),
        _told(environment, "FINOPS_OIDC_USER_CLAIM") or "sub",
        _told(environment, "FINOPS_OIDC_GROUPS_CLAIM") or "groups",
    )


def _told(environment: Mapping[str, str], name: str) -> str | None:
    return environment.get(name, "").strip() or None


def _url(name: str, text: str | None) -> str | None:
    if not text:
        return None
    try:
        parts = urlsplit(text)
        is_url = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
    except ValueError:
        is_url = False
    if not is_url:
        raise SettingsError(f"{name} is not the address of a server: write https://backstage.example.org")
    return text.rstrip("/")


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(name.strip() for name in (text or "").split(",") if name.strip())


def _pool(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text, re.ASCII) or not 1 <= int(text) <= MOST_CONNECTIONS:
        raise SettingsError(f"FINOPS_API_POOL={text!r} is not a number of connections: write 1 to {MOST_CONNECTIONS}")
    return int(text)
