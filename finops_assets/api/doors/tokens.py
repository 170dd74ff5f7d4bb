"""Tokens of users: signed by Backstage or by an OIDC provider, for us, and not expired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from jwt.exceptions import ExpiredSignatureError, InvalidTokenError

from finops_assets.api.configuration import Oidc
from finops_assets.api.doors.documents import Unreachable, document
from finops_assets.api.doors.groups import GroupsOfUsers
from finops_assets.api.doors.key_ring import KeyRing

LEEWAY_SECONDS = 30
BACKSTAGE_TYPE = "vnd.backstage.user"
OIDC_TYPES = {None, "jwt", "at+jwt", "application/at+jwt"}
REQUIRED = {"require": ["exp", "iss", "aud", "sub"], "verify_iat": True}
MOST_PRINCIPALS = 2_000


class Untrusted(Exception):
    """A token that lets nobody in; the message quotes nothing of it."""


@dataclass(frozen=True)
class Person:
    """Whom a token names: the user, and his groups."""

    name: str
    groups: tuple[str, ...]


class BackstageUsers:
    """Tokens that a Backstage backend gives its users; it is asked for their groups, which tokens do not tell."""

    way = "backstage"

    def __init__(self, url: str) -> None:
        self._issuer = f"{url}/api/auth"
        self._ring = KeyRing(lambda: f"{self._issuer}/.well-known/jwks.json")
        self._groups = GroupsOfUsers(f"{self._issuer}/v1/userinfo")

    def takes(self, header: Mapping[str, Any]) -> bool:
        """Whether a token says that it is one of Backstage's."""
        return header.get("typ") == BACKSTAGE_TYPE

    def person(self, token: str, header: Mapping[str, Any]) -> Person:
        """Whom a token names; Untrusted when it lets nobody in, Unreachable when Backstage cannot tell."""
        claims = verified(token, header, self._ring, issuer=self._issuer, audience="backstage")
        name = _text(claims, "sub")
        told = claims.get("ent")
        groups = self._groups.of(name, token) if told is None else _texts(told)
        return Person(name, tuple(one for one in groups if one != name))


class OidcUsers:
    """Tokens of an OpenID Connect provider. A user ``ada`` is the principal ``user:ada``, a group ``group:…``."""

    way = "oidc"

    def __init__(self, oidc: Oidc) -> None:
        self._oidc = oidc
        self._ring = KeyRing(lambda: oidc.jwks_url or discovered(oidc.issuer))

    def takes(self, header: Mapping[str, Any]) -> bool:
        """Whether a token may be one for us: not one that asks to end a session, for instance."""
        kind = header.get("typ")
        return (kind.lower() if isinstance(kind, str) else kind) in OIDC_TYPES

    def person(self, token: str, header: Mapping[str, Any]) -> Person:
        """Whom a token names; Untrusted when it lets nobody in, Unreachable when the provider cannot tell."""
        claims = verified(token, header, self._ring, issuer=self._oidc.issuer, audience=self._oidc.audience)
        groups = _texts(claims.get(self._oidc.groups_claim, []))
        return Person(f"user:{_text(claims, self._oidc.user_claim)}", tuple(f"group:{name}" for name in groups))


def header_of(token: str) -> Mapping[str, Any]:
    """What a token says of itself, which proves nothing; Untrusted when it is no token."""
    try:
        return jwt.get_unverified_header(token)
    except InvalidTokenError:
        raise Untrusted("it is no token") from None


def verified(token: str, header: Mapping[str, Any], ring: KeyRing, *, issuer: str, audience: str) -> Mapping[str, Any]:
    """The claims of a token that its issuer signed for an audience; Untrusted, or Unreachable without his keys.

    The key is one of the issuer's own set, and it alone decides the algorithm: whatever key, address of keys or
    algorithm the token proposes counts for nothing.
    """
    kid = header.get("kid")
    key = ring.key(kid) if isinstance(kid, str) and "crit" not in header else None
    if key is None:
        raise Untrusted("it is signed by an unknown key")
    taken: dict[str, Any] = {"algorithms": [key.algorithm_name], "leeway": LEEWAY_SECONDS, "options": REQUIRED}
    try:
        return jwt.decode(token, key, issuer=issuer, audience=audience, **taken)
    except ExpiredSignatureError:
        raise Untrusted("it has expired") from None
    except (InvalidTokenError, ValueError, TypeError):
        raise Untrusted("its signature, issuer, audience or time is wrong") from None


def discovered(issuer: str) -> str:
    """Where an OIDC provider says its keys are; Unreachable when it does not, or speaks for another."""
    told = document(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    address = told.get("jwks_uri")
    if told.get("issuer") != issuer or not str(address).startswith(("https://", "http://")):
        raise Unreachable("the provider's own description is of another issuer, or names no keys")
    return str(address)


def _text(claims: Mapping[str, Any], name: str) -> str:
    found = claims.get(name)
    if not isinstance(found, str) or not found.strip() or found != found.strip() or len(found) > 300:
        raise Untrusted(f"its claim {name} names nobody")
    return found


def _texts(found: object) -> tuple[str, ...]:
    if not isinstance(found, list) or not all(isinstance(one, str) and one.strip() for one in found):
        raise Untrusted("its groups cannot be read")
    return tuple(dict.fromkeys(found[:MOST_PRINCIPALS]))
