"""Asking a web server to read the definitions again: a real server each time, whatever it answers."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from finops_assets.defs.reload import reload_definitions

RELOADED = {"__typename": "WorkspaceLocationEntry", "locationOrLoadError": {"__typename": "RepositoryLocation"}}
BROKEN = {"__typename": "WorkspaceLocationEntry", "locationOrLoadError": {"__typename": "PythonError"}}
UNKNOWN = {"__typename": "RepositoryLocationNotFound"}


@pytest.fixture
def serving():
    """Serve one answer to a POST; gives the address and what was asked."""
    servers = []

    def _serving(status, body):
        asked = []

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self):
                asked.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words):
                """Nothing: the test says what matters."""

        server = HTTPServer(("127.0.0.1", 0), Answer)
        thread = Thread(target=server.serve_forever)
        thread.start()
        servers.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}", asked

    yield _serving
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


def answer(outcome):
    return json.dumps({"data": {"reloadRepositoryLocation": outcome}}).encode()


def test_a_server_that_has_reloaded_is_told(serving):
    url, asked = serving(200, answer(RELOADED))
    assert reload_definitions(f"{url}/") == f"{url}/ has reloaded"
    [(path, body)] = asked
    assert path == "/graphql"
    assert body["variables"] == {"location": "finops_assets"}


@pytest.mark.parametrize(("outcome", "told"), [(BROKEN, "PythonError"), (UNKNOWN, "RepositoryLocationNotFound")])
def test_a_server_that_could_not_reload_is_told(serving, outcome, told):
    url, _ = serving(200, answer(outcome))
    assert f"{url} did not reload ({told})" in reload_definitions(url)


@pytest.mark.parametrize(
    ("status", "body"),
    [(403, b"no"), (500, b""), (200, b"not json"), (200, b"[]"), (200, b'{"errors": [{"message": "Unauthorized"}]}')],
)
def test_a_server_that_answers_something_else_is_told(serving, status, body):
    url, _ = serving(status, body)
    assert "could not be asked to reload" in reload_definitions(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "not a url", "file:///etc/hostname"])
def test_a_server_that_is_not_there_is_told(url):
    assert "could not be asked to reload" in reload_definitions(url)


def test_without_an_address_a_person_is_told_what_to_do():
    assert reload_definitions(None).startswith("reload the code location on the Deployment page")


def test_a_password_in_the_address_is_not_told():
    assert "secret" not in reload_definitions("http://operator:secret@127.0.0.1:1")
