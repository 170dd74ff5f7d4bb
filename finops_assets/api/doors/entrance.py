"""The one place where a request becomes a caller."""

from __future__ import annotations

from starlette.requests import Request

from finops_assets.api.callers import Caller, Recognise, Role
from finops_assets.api.configuration import ApiSettings
from finops_assets.api.doors.documents import Unreachable
from finops_assets.api.doors.local import is_local, local_person
from finops_assets.api.doors.tokens import BackstageUsers, OidcUsers, Person, Untrusted, header_of
from finops_assets.api.place import Pool
from finops_assets.api.problems import Refused
from finops_assets.catalog import api_keys

REALM = 'Bearer realm="finops"'


def entrance(configured: ApiSettings, pool: Pool) -> Recognise:
    """What recognises callers, as it is configured; SettingsError when the local person has no name."""
    return Entrance(configured, pool)


class Entrance:
    """Recognises the caller of a request by his key or token; without one, the person at this machine."""

    def __init__(self, configured: ApiSettings, pool: Pool) -> None:
        self._configured, self._pool = configured, pool
        self._person = local_person() if configured.is_local else None
        self._users: list[BackstageUsers | OidcUsers] = []
        if configured.backstage_url is not None:
            self._users.append(BackstageUsers(configured.backstage_url))
        if configured.oidc is not None:
            self._users.append(OidcUsers(configured.oidc))

    def __call__(self, request: Request) -> Caller:
        """The caller; Refused with 401, or with 503 while nobody can tell who he is."""
        credential = _credential(request)
        if credential is None:
            if self._person is None or not is_local(request):
                raise _nobody("send a token or an API key", is_wrong=False)
            return self._person
        if credential.startswith(api_keys.PREFIX):
            return self._holder(credential)
        return self._user(credential)

    def _holder(self, key: str) -> Caller:
        with self._pool.connection() as connection, connection.transaction():
            found = api_keys.holder(connection, key)
        if found is None:
            raise _nobody("the API key is none, has expired or was revoked")
        name = f"key:{found.name}"
        return Caller(name, found.principals or (name,), Role(found.role), "key")

    def _user(self, token: str) -> Caller:
        try:
            header = header_of(token)
            users = next((one for one in self._users if one.takes(header)), None)
            if users is None:
                raise Untrusted("no token of that kind is taken here")
            person, way = users.person(token, header), users.way
        except Untrusted as error:
            raise _nobody(f"the token is not taken: {error}") from None
        except Unreachable:
            detail = "whoever knows who asks does not answer: try again"
            raise Refused(503, "unknown-caller", detail, headers={"Retry-After": "10"}) from None
        principals = (person.name, *person.groups)
        return Caller(person.name, principals, self._role(person), way)

    def _role(self, person: Person) -> Role:
        named = {person.name, *person.groups}
        if named & self._configured.admins:
            return Role.ADMIN
        return Role.VIEWER if named & self._configured.viewers else Role.OWNER


def _credential(request: Request) -> str | None:
    """What a request shows; None when it shows nothing. Refused when it shows more than one thing, or another kind."""
    shown = [*request.headers.getlist("authorization"), *request.headers.getlist("x-api-key")]
    if len(shown) > 1:
        raise _nobody("send one credential, not several")
    if not shown:
        return None
    if "x-api-key" in request.headers:
        if not shown[0].startswith(api_keys.PREFIX):
            raise _nobody("X-API-Key is for API keys, which begin with fk_")
        return shown[0]
    scheme, _, credential = shown[0].partition(" ")
    if scheme.lower() != "bearer" or not credential.strip():
        raise _nobody("write Authorization: Bearer and the token or the API key")
    return credential.strip()


def _nobody(why: str, *, is_wrong: bool = True) -> Refused:
    challenge = f'{REALM}, error="invalid_token"' if is_wrong else REALM
    return Refused(401, "unauthenticated", why, headers={"WWW-Authenticate": challenge})
