"""Keys by which programs call the API. A key is told once, when it is made; only the hash of its secret is kept."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from finops_assets.catalog.access import refuse_unless_principal
from finops_assets.errors import MartRefused
from finops_assets.postgres.connection import Connection
from finops_assets.postgres.queries import query

PREFIX = "fk_"
_KEY = re.compile(r"fk_([0-9a-f]{12})_([0-9a-f]{64})", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)


class KeyRole(StrEnum):
    """What the holder of a key may do."""

    OWNER = "application-owner"
    VIEWER = "viewer"
    ADMIN = "admin"


@dataclass(frozen=True)
class ApiKey:
    """One key, without its secret."""

    key_id: str
    name: str
    role: KeyRole
    principals: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True)
class Holder:
    """Whose a key in force is."""

    name: str
    role: str
    principals: tuple[str, ...]


def create(
    connection: Connection,
    name: str,
    role: KeyRole,
    *,
    principals: Sequence[str] = (),
    expires_at: datetime | None = None,
) -> str:
    """A new key, which is kept nowhere; MartRefused when the name is taken or none, or when it would see nothing.

    The key of an application owner sees what its principals see; another has none.
    """
    if not _NAME.fullmatch(name):
        raise MartRefused(f"{name!r} is no name of a key: letters, digits, dots, dashes, at most 100")
    if (role is KeyRole.OWNER) != bool(principals):
        raise MartRefused("a key has principals, whose applications it sees, or the role viewer or admin: not both")
    for principal in principals:
        refuse_unless_principal(principal)
    key_id, secret = secrets.token_hex(6), secrets.token_hex(32)
    made: dict[str, object] = {"key_id": key_id, "name": name, "role": role.value, "expires_at": expires_at}
    made |= {"secret_sha256": _hashed(secret), "principals": list(principals)}
    if connection.execute(query("keys/create"), made).fetchone() is None:
        raise MartRefused(f"there is a key {name!r} already: keys stay, so take another name")
    return f"{PREFIX}{key_id}_{secret}"


def revoke(connection: Connection, name: str) -> None:
    """Take a key back, from the next request on; MartRefused when there is none of that name in force."""
    if connection.execute(query("keys/revoke"), {"name": name}).fetchone() is None:
        raise MartRefused(f"there is no key {name!r} to revoke: `finops key list` shows them")


def keys(connection: Connection) -> list[ApiKey]:
    """Every key there ever was, by name."""
    rows = connection.execute(query("keys/list"))
    return [ApiKey(**row | {"role": KeyRole(row["role"]), "principals": tuple(row["principals"])}) for row in rows]


def any_in_force(connection: Connection) -> bool:
    """Whether anybody could be let in by a key."""
    return connection.execute(query("keys/any_in_force")).fetchone() is not None


def holder(connection: Connection, key: str) -> Holder | None:
    """Whose a key is; None when it is none, has expired or was revoked. Secrets are compared in constant time."""
    parts = _KEY.fullmatch(key)
    if parts is None:
        return None
    row = connection.execute(query("keys/in_force"), {"key_id": parts[1]}).fetchone()
    kept = b"\0" * 32 if row is None else bytes(row["secret_sha256"])
    if not hmac.compare_digest(kept, _hashed(parts[2])) or row is None:
        return None
    return Holder(row["name"], row["role"], tuple(row["principals"]))


def _hashed(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("ascii")).digest()
