"""Who asks: a person or a program, and what he may see and do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from starlette.requests import Request


class Role(StrEnum):
    """What a caller may do: see his own applications, see all of them, or administer too."""

    OWNER = "application-owner"
    VIEWER = "viewer"
    ADMIN = "admin"


@dataclass(frozen=True)
class Caller:
    """One authenticated caller.

    ``name`` is what the audit log gets; ``principals`` are the user and his groups, as ``application_access`` names
    them; ``way`` is how he was recognised, for the logs.
    """

    name: str
    principals: tuple[str, ...]
    role: Role
    way: str

    @property
    def sees_every_application(self) -> bool:
        """Whether nothing is hidden from him; else the database shows him what is his."""
        return self.role in (Role.VIEWER, Role.ADMIN)

    @property
    def is_admin(self) -> bool:
        """Whether he may change what people decide."""
        return self.role is Role.ADMIN


# Recognises the caller of a request; Refused (401) when nobody can be recognised.
Recognise = Callable[[Request], Caller]
