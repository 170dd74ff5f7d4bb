"""Who is let in, as whom, and who is not: tokens signed by real keys, told by a real server, and API keys."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from fastapi.testclient import TestClient

from finops_assets import audit, events
from finops_assets.api.app import create_app
from finops_assets.api.configuration import ApiSettings
from finops_assets.api.doors import groups, key_ring
from finops_assets.api.doors.documents import Unreachable
from finops_assets.api.doors.entrance import entrance
from finops_assets.api.place import Place, pool_of
from finops_assets.catalog import api_keys
from finops_assets.catalog.api_keys import KeyRole
from finops_assets_tests.http.issuers import JWKS, OIDC_JWKS, USERINFO, Issuer, Key, times

REMOTE = "https://finops.example.org"
ADMINS = {"FINOPS_API_ADMINS": "group:default/finops, user:root", "FINOPS_API_VIEWERS": "group:default/controlling"}


@pytest.fixture
def issuer():
    with Issuer() as server:
        yield server


@pytest.fixture
def served(mart, settings):
    """A client of an application that is configured by an environment; it asks from the machine, or from elsewhere."""
    with ExitStack() as stack:

        def _served(environment, base_url="http://127.0.0.1", client=("127.0.0.1", 50000)):
            configured, pool = ApiSettings.from_environment(environment), pool_of(mart, 2)
            app = create_app(Place(settings, mart, pool, entrance(configured, pool), configured.hosts))
            return stack.enter_context(TestClient(app, base_url=base_url, client=client))

        yield _served


@pytest.fixture
def backstage(served, issuer):
    return served({"FINOPS_BACKSTAGE_URL": issuer.url} | ADMINS)


@pytest.fixture
def oidc(served, issuer):
    return served({"FINOPS_OIDC_ISSUER": issuer.url, "FINOPS_OIDC_AUDIENCE": "finops"} | ADMINS)


def me(client, token=None, **headers):
    return client.get("/me", headers=headers | ({"Authorization": f"Bearer {token}"} if token else {}))


def made(mart, name="robot", role=KeyRole.VIEWER, **more):
    with mart.connect("finops_admin") as connection:
        return api_keys.create(connection, name, role, **more)


def is_refused(answer):
    assert answer.status_code == 401, answer.text
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["content-type"] == "application/problem+json"
    return True


# At this machine


def test_the_person_at_the_machine_is_an_administrator(served, monkeypatch):
    monkeypatch.setenv("FINOPS_PERSON", "erin")
    assert me(served({})).json() == {"name": "erin", "role": "admin", "seesEveryApplication": True}


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "via", "x-real-ip"])
def test_who_comes_through_a_proxy_is_not_at_the_machine(served, header):
    assert is_refused(me(served({}), **{header: "192.0.2.7"}))


def test_who_comes_from_elsewhere_is_not_at_the_machine(served):
    assert is_refused(me(served({}, client=("192.0.2.7", 50000))))


@pytest.mark.parametrize(
    "environment",
    [
        {"FINOPS_API_HOSTS": "finops.example.org"},
        {"FINOPS_BACKSTAGE_URL": "http://127.0.0.1:9"},
        {"FINOPS_OIDC_ISSUER": "http://127.0.0.1:9", "FINOPS_OIDC_AUDIENCE": "finops"},
    ],
    ids=["a name", "backstage", "oidc"],
)
def test_with_doors_nobody_is_let_in_without_a_credential(served, environment):
    assert is_refused(me(served(environment)))


# Backstage


def test_a_user_of_backstage_sees_as_himself_and_his_groups(backstage, issuer):
    issuer.groups["user:default/ada"] = ["group:default/web"]
    told = me(backstage, issuer.backstage()).json()
    assert told == {"name": "user:default/ada", "role": "application-owner", "seesEveryApplication": False}


@pytest.mark.parametrize(
    ("user", "ent", "role"),
    [
        ("user:default/ada", ["group:default/finops"], "admin"),
        ("user:root", [], "admin"),
        ("user:default/ada", ["group:default/controlling"], "viewer"),
        ("user:default/ada", ["group:default/finops-not", "GROUP:default/finops"], "application-owner"),
    ],
)
def test_roles_come_from_users_and_groups_as_they_are_written(backstage, issuer, user, ent, role):
    issuer.groups[user] = ent
    assert me(backstage, issuer.backstage(user)).json()["role"] == role


def test_groups_are_asked_for_once_in_a_while(backstage, issuer):
    for _ in range(5):
        assert me(backstage, issuer.backstage()).status_code == 200
    assert issuer.asked.count(USERINFO) == 1


def test_groups_go_on_while_backstage_is_down_and_not_for_ever(issuer):
    clock = [0.0]
    known = groups.GroupsOfUsers(f"{issuer.url}{USERINFO}", lambda: clock[0])
    issuer.groups["user:default/ada"] = ["group:default/web"]
    first = known.of("user:default/ada", issuer.backstage())
    issuer.is_down, clock[0] = True, groups.FRESH_SECONDS + 1
    assert known.of("user:default/ada", issuer.backstage()) == first == ("user:default/ada", "group:default/web")
    clock[0] = groups.STALE_SECONDS + 1
    with pytest.raises(Unreachable):
        known.of("user:default/ada", issuer.backstage())


def test_who_cannot_be_told_is_503_and_not_somebody_without_groups(backstage, issuer):
    issuer.is_down = True
    answer = me(backstage, issuer.backstage())
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


def without_signature(token):
    return token.rpartition(".")[0] + "."


def unsigned(issuer):
    """A token of the algorithm none."""
    claims = {"iss": f"{issuer.url}/api/auth", "aud": "backstage", "sub": "user:root", **times()}
    return jwt.encode(claims, None, algorithm="none", headers={"typ": "vnd.backstage.user", "kid": "first"})


def encoded(part):
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")


def signed_by_the_public_key(issuer):
    """HS256 with the public key, which everybody has, as its secret."""
    header = {"alg": "HS256", "typ": "vnd.backstage.user", "kid": "first"}
    claims = {"iss": f"{issuer.url}/api/auth", "aud": "backstage", "sub": "user:root", **times()}
    text = encoded(header) + b"." + encoded(claims)
    signature = base64.urlsafe_b64encode(hmac.new(issuer.keys[0].pem, text, hashlib.sha256).digest()).rstrip(b"=")
    return (text + b"." + signature).decode()


def tampered(token):
    head, claims, signature = token.split(".")
    told = json.loads(base64.urlsafe_b64decode(claims + "=="))
    return ".".join([head, encoded(told | {"sub": "user:root"}).decode(), signature])


MINE = Key("mine")
FORGED = {
    "expired": lambda one: one.backstage(exp=int(time.time()) - 60),
    "not yet": lambda one: one.backstage(nbf=int(time.time()) + 600),
    "from the future": lambda one: one.backstage(iat=int(time.time()) + 600),
    "another audience": lambda one: one.backstage(aud="other"),
    "another issuer": lambda one: one.backstage(iss="https://evil.example/api/auth"),
    "the issuer of OIDC": lambda one: one.backstage(iss=one.url),
    "another type": lambda one: one.backstage(header={"typ": "vnd.backstage.plugin"}),
    "no type": lambda one: one.backstage(header={"typ": None}),
    "no user": lambda one: one.backstage(None),
    "an empty user": lambda one: one.backstage(" "),
    "no end": lambda one: one.backstage(exp=None),
    "no audience": lambda one: one.backstage(aud=None),
    "no issuer": lambda one: one.backstage(iss=None),
    "no signature": lambda one: without_signature(one.backstage()),
    "algorithm none": unsigned,
    "HS256 by the public key": signed_by_the_public_key,
    "changed claims": lambda one: tampered(one.backstage()),
    "my own key under its id": lambda one: one.backstage("user:root", Key("first")),
    "my own key under my id": lambda one: one.backstage("user:root", MINE),
    "my own key in the header": lambda one: one.backstage("user:root", MINE, {"jwk": MINE.told}),
    "my own address of keys": lambda one: one.backstage("user:root", MINE, {"jku": f"{one.url}/mine"}),
    "an id that is a path": lambda one: one.backstage("user:root", MINE, {"kid": "../../../../dev/null"}),
    "an id that is a query": lambda one: one.backstage("user:root", MINE, {"kid": "' OR 1=1 --"}),
    "an id that is an address": lambda one: one.backstage("user:root", MINE, {"kid": f"{one.url}/mine"}),
    "no id": lambda one: one.backstage("user:root", MINE, {"kid": None}),
    "a critical extension": lambda one: one.backstage(header={"crit": ["exp"]}),
    "groups that are none": lambda one: one.backstage(ent="group:default/finops"),
    "no token": lambda one: "nonsense",
    "three dots": lambda one: "...",
    "not text": lambda one: "\u00e9.\u00e9.\u00e9",
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_token_that_is_not_backstages_for_us_now_is_refused(backstage, issuer, kind):
    token = FORGED[kind](issuer).encode("utf-8")
    answer = backstage.get("/me", headers={b"Authorization": b"Bearer " + token})
    assert is_refused(answer)
    assert "/mine" not in issuer.asked
    assert token.decode() not in answer.text or kind in ("three dots",)


def test_a_clock_may_be_a_little_off(backstage, issuer):
    assert me(backstage, issuer.backstage(exp=int(time.time()) - 5)).status_code == 200
    assert me(backstage, issuer.backstage(iat=int(time.time()) + 5)).status_code == 200


# Keys of tokens


def ring(issuer, clock):
    return key_ring.KeyRing(lambda: f"{issuer.url}{JWKS}", lambda: clock[0])


def test_a_new_key_is_found_and_an_old_one_forgotten(issuer):
    clock = [0.0]
    found = ring(issuer, clock)
    assert found.key("first")
    issuer.keys = [Key("second")]
    clock[0] += key_ring.UNKNOWN_SECONDS
    assert found.key("second")
    assert found.key("first") is None


def test_ids_that_are_made_up_do_not_make_us_ask(issuer):
    clock = [0.0]
    found = ring(issuer, clock)
    for place in range(50):
        assert found.key(f"unknown-{place}") is None
        clock[0] += 0.1
    assert issuer.asked == [JWKS]


def test_keys_go_on_while_their_server_is_down_and_not_for_ever(issuer):
    clock = [0.0]
    found = ring(issuer, clock)
    assert found.key("first")
    issuer.is_down, clock[0] = True, key_ring.FRESH_SECONDS + 1
    assert found.key("first")
    with pytest.raises(Unreachable):
        found.key("unknown")
    clock[0] = key_ring.STALE_SECONDS + 1
    with pytest.raises(Unreachable):
        found.key("first")


def test_a_server_that_comes_back_is_asked_again(issuer):
    clock = [0.0]
    found, issuer.is_down = ring(issuer, clock), True
    with pytest.raises(Unreachable):
        found.key("first")
    issuer.is_down, clock[0] = False, key_ring.UNKNOWN_SECONDS
    assert found.key("first")


@pytest.mark.parametrize(
    "change",
    [{"use": "enc"}, {"alg": "HS256"}, {"kty": "oct", "k": "c2VjcmV0"}, {"crv": "P-384"}, {"x": "?"}, {"kid": 7}],
    ids=str,
)
def test_a_key_that_is_not_for_signatures_we_take_is_no_key(issuer, change):
    told = issuer.keys[0].told | change
    issuer.keys = [type("Told", (), {"told": told})]
    assert ring(issuer, [0.0]).key("first") is None


def test_a_short_rsa_key_is_no_key(issuer):
    issuer.keys = [Key("first", "RS256", bits=1024)]
    assert ring(issuer, [0.0]).key("first") is None


def test_where_we_are_sent_we_do_not_go(issuer):
    class Elsewhere(Issuer):
        def answer(self, path, authorization):
            self.asked.append(path)
            return 302, {}

    with Elsewhere() as other, pytest.raises(Unreachable):
        ring(other, [0.0]).key("first")


# OIDC


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_a_user_of_a_provider_is_told_apart_from_groups(oidc, issuer, algorithm):
    issuer.keys = [Key("first", algorithm)]
    told = me(oidc, issuer.oidc(groups=["default/finops"])).json()
    assert told == {"name": "user:ada", "role": "admin", "seesEveryApplication": True}
    assert me(oidc, issuer.oidc("default/finops")).json()["role"] == "application-owner"
    assert me(oidc, issuer.oidc("root")).json()["role"] == "admin"
    assert issuer.asked.count(OIDC_JWKS) == 1


def test_claims_are_those_of_the_settings(served, issuer):
    named = {"FINOPS_OIDC_USER_CLAIM": "preferred_username", "FINOPS_OIDC_GROUPS_CLAIM": "roles"}
    known = {"FINOPS_OIDC_ISSUER": issuer.url, "FINOPS_OIDC_AUDIENCE": "finops", **named}
    client = served(known | {"FINOPS_OIDC_JWKS_URL": f"{issuer.url}{OIDC_JWKS}", "FINOPS_API_ADMINS": "group:finops"})
    told = me(client, issuer.oidc("7f3a", preferred_username="ada", roles=["finops"], groups=["other"])).json()
    assert (told["name"], told["role"]) == ("user:ada", "admin")
    assert is_refused(me(client, issuer.oidc("7f3a")))


@pytest.mark.parametrize(
    "token",
    [
        lambda one: one.oidc(aud="other"),
        lambda one: one.oidc(iss=f"{one.url}/"),
        lambda one: one.oidc(exp=int(time.time()) - 60),
        lambda one: one.oidc(header={"typ": "logout+jwt"}),
        lambda one: one.oidc(groups={"finops": True}),
        lambda one: one.oidc(groups=["finops", 7]),
        lambda one: one.backstage(),
        lambda one: one.oidc("root", MINE),
    ],
    ids=["audience", "issuer", "expired", "type", "groups", "one group", "backstage's", "key"],
)
def test_a_token_that_is_not_the_providers_for_us_now_is_refused(oidc, issuer, token):
    assert is_refused(me(oidc, token(issuer)))


def test_both_doors_are_open_side_by_side(served, issuer):
    both = {"FINOPS_OIDC_ISSUER": issuer.url, "FINOPS_OIDC_AUDIENCE": "finops", "FINOPS_BACKSTAGE_URL": issuer.url}
    client = served(both)
    assert me(client, issuer.oidc()).json()["name"] == "user:ada"
    assert me(client, issuer.backstage()).json()["name"] == "user:default/ada"


# API keys


@pytest.mark.parametrize("header", ["Authorization", "X-API-Key"])
def test_the_holder_of_a_key_is_let_in(served, mart, header):
    client, key = served({"FINOPS_API_HOSTS": "finops.example.org"}, REMOTE), made(mart)
    value = f"Bearer {key}" if header == "Authorization" else key
    told = client.get("/me", headers={header: value}).json()
    assert told == {"name": "key:robot", "role": "viewer", "seesEveryApplication": True}


def test_a_key_is_taken_at_the_machine_too_and_is_not_its_person(served, mart):
    key = made(mart, role=KeyRole.OWNER, principals=["group:web"])
    assert me(served({}), key).json()["role"] == "application-owner"


def wrong(key):
    return key[:-1] + ("0" if key[-1] != "0" else "1")


@pytest.mark.parametrize(
    "spoiled",
    [
        wrong,
        lambda key: key[:-1],
        lambda key: key + "0",
        lambda key: key.upper(),
        lambda key: key.replace("fk_", "fk_0", 1)[:-1],
        lambda key: "fk_",
        lambda key: "fk_000000000000_" + "0" * 64,
        lambda key: "fk_' OR 1=1 --",
    ],
)
def test_what_is_not_quite_a_key_is_refused(served, mart, spoiled):
    assert is_refused(me(served({}), spoiled(made(mart))))


def test_a_revoked_key_is_refused_from_the_next_request_on(served, mart):
    client, key = served({}), made(mart)
    assert me(client, key).status_code == 200
    with mart.connect("finops_admin") as connection:
        api_keys.revoke(connection, "robot")
    assert is_refused(me(client, key))


def test_an_expired_key_is_refused(served, mart):
    key = made(mart, expires_at=datetime.now(UTC) + timedelta(seconds=0.3))
    client = served({})
    assert me(client, key).status_code == 200
    time.sleep(0.3)
    assert is_refused(me(client, key))


def test_only_a_hash_of_a_key_is_kept(mart):
    key = made(mart)
    secret = key.rpartition("_")[2]
    with mart.connect("") as connection:
        kept = str(connection.execute("SELECT * FROM api_key").fetchall())
        acts = str(connection.execute("SELECT * FROM audit_log").fetchall())
    assert secret not in kept + acts
    assert hashlib.sha256(secret.encode()).hexdigest() in acts


def test_making_and_revoking_a_key_are_acts(mart):
    with mart.connect("finops_admin") as connection:
        with audit.acting(connection, "erin", "the nightly export"):
            api_keys.create(connection, "robot", KeyRole.ADMIN)
        with audit.acting(connection, "erin", "no longer"):
            api_keys.revoke(connection, "robot")
        acts = audit.acts(connection, relation="api_key")
    assert [(act.act, act.person, act.reason) for act in acts] == [
        ("UPDATE", "erin", "no longer"),
        ("INSERT", "erin", "the nightly export"),
    ]


# What is shown


@pytest.mark.parametrize(
    "headers",
    [
        [("Authorization", "Basic YWRhOnNlY3JldA==")],
        [("Authorization", "Bearer")],
        [("Authorization", "Bearer ")],
        [("X-API-Key", "secret")],
        [("X-API-Key", "")],
        [("Authorization", "Bearer a.b.c"), ("Authorization", "Bearer a.b.c")],
        [("Authorization", "Bearer a.b.c"), ("X-API-Key", "fk_1")],
    ],
)
def test_what_is_no_credential_lets_nobody_in_even_at_the_machine(served, headers):
    assert is_refused(served({}).get("/me", headers=headers))


def test_no_token_and_no_key_gets_into_the_log(served, mart, issuer, capsys):
    client = served({"FINOPS_BACKSTAGE_URL": issuer.url})
    events.configure(events.Form.JSON)
    token, key = issuer.backstage(), made(mart)
    shown = [token, key, wrong(key), without_signature(token), issuer.backstage(exp=1)]
    for secret in shown:
        me(client, secret)
        client.get(f"/me?token={secret}", headers={"X-API-Key": secret})
        client.get(f"/{secret}")
    issuer.is_down = True
    me(client, issuer.backstage("user:default/new"))
    logging.getLogger("finops.api").error("as an error tells it: %s", " ".join(shown), exc_info=ValueError(token))
    said = capsys.readouterr()
    told = said.out + said.err
    assert "request_answered" in told
    secrets = [part for one in shown for part in (one, one.rpartition("_")[2], one.rpartition(".")[2])]
    assert not [one for one in secrets if len(one) > 8 and one in told]
