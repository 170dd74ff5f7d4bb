"""A server of this test that signs tokens, tells its keys and the groups of its users, or is down."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

BACKSTAGE_TYPE = "vnd.backstage.user"
JWKS, USERINFO = "/api/auth/.well-known/jwks.json", "/api/auth/v1/userinfo"
DISCOVERY, OIDC_JWKS = "/.well-known/openid-configuration", "/keys"


class Key:
    """One key pair, as whoever signs has it and as a set of keys tells it."""

    def __init__(self, kid, algorithm="ES256", bits=2048):
        self.kid, self.algorithm = kid, algorithm
        if algorithm == "ES256":
            self.private = ec.generate_private_key(ec.SECP256R1())
        else:
            self.private = rsa.generate_private_key(public_exponent=65537, key_size=bits)

    @property
    def told(self):
        """The public key, as JSON."""
        kind = ECAlgorithm if self.algorithm == "ES256" else RSAAlgorithm
        told = json.loads(kind.to_jwk(self.private.public_key()))
        return told | {"kid": self.kid, "alg": self.algorithm, "use": "sig"}

    @property
    def pem(self):
        """The public key as text."""
        return self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


class Issuer:
    """Backstage and an OIDC provider at one address."""

    def __init__(self):
        self.keys, self.groups, self.asked, self.is_down = [Key("first")], {}, [], False
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Answers", (_Answers,), {"issuer": self}))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def backstage(self, user="user:default/ada", key=None, header=None, **claims):
        """A token as Backstage makes them; a claim that is None is left out."""
        told = {"iss": f"{self.url}/api/auth", "aud": "backstage", "sub": user, **times(), **claims}
        return self.signed(told, key, {"typ": BACKSTAGE_TYPE, **(header or {})})

    def oidc(self, user="ada", key=None, header=None, **claims):
        """A token as an OpenID Connect provider makes them."""
        return self.signed({"iss": self.url, "aud": "finops", "sub": user, **times(), **claims}, key, header)

    def signed(self, claims, key=None, header=None):
        key = key or self.keys[0]
        told = {name: value for name, value in claims.items() if value is not None}
        headers = {"kid": key.kid, **(header or {})}
        if headers["kid"] is None:
            del headers["kid"]
        return jwt.encode(told, key.private, algorithm=key.algorithm, headers=headers)

    def answer(self, path, authorization):
        """What is told at a path: a status and a document."""
        self.asked.append(path)
        if self.is_down:
            return 500, {}
        if path == DISCOVERY:
            return 200, {"issuer": self.url, "jwks_uri": f"{self.url}{OIDC_JWKS}"}
        if path in (JWKS, OIDC_JWKS):
            return 200, {"keys": [key.told for key in self.keys]}
        if path == USERINFO:
            user = jwt.decode(authorization.removeprefix("Bearer "), options={"verify_signature": False})["sub"]
            return 200, {"claims": {"sub": user, "ent": [user, *self.groups.get(user, [])]}}
        return 404, {}


def times(lasts=3600):
    now = int(time.time())
    return {"iat": now, "exp": now + lasts}


class _Answers(BaseHTTPRequestHandler):
    issuer: Issuer

    def do_GET(self):
        status, document = self.issuer.answer(self.path, self.headers.get("Authorization", ""))
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass
