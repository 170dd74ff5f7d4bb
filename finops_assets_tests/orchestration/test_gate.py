"""Dagster's pages answer to their own pages and to tools of this machine, and to nobody's browser beside."""

from __future__ import annotations

import dagster as dg
import pytest
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import EmptyWorkspaceTarget
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from finops_assets.defs.webserver import app_of

ASKED = {"query": "{ version }"}
PAGE = "http://127.0.0.1:3000"


@pytest.fixture(scope="module")
def dagster():
    with (
        dg.instance_for_test() as instance,
        WorkspaceProcessContext(instance, EmptyWorkspaceTarget(), dg.__version__) as context,
    ):
        yield TestClient(app_of(context, ["finops.example.org"]), base_url=PAGE)


def post(dagster, **headers):
    return dagster.post("/graphql", json=ASKED, headers=headers)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": PAGE},
        {"host": "localhost:3000"},
        {"host": "[::1]:3000", "origin": "http://[::1]:3000"},
        {"host": "finops.example.org", "origin": "https://finops.example.org"},
        {"host": "FINOPS.example.org"},
    ],
    ids=str,
)
def test_its_own_pages_and_tools_of_this_machine_are_answered(dagster, headers):
    assert post(dagster, **headers).json() == {"data": {"version": dg.__version__}}


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "finops.example.org.evil.example", "", "["])
def test_another_host_name_is_refused(dagster, host):
    answer = post(dagster, host=host)
    assert answer.status_code == 403
    assert "FINOPS_DAGSTER_HOSTS" in answer.text


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "", "http://127.0.0.1:8000", "http://localhost:3000"]
)
def test_a_request_of_another_sites_page_is_refused(dagster, origin):
    assert post(dagster, origin=origin).status_code == 403


@pytest.mark.parametrize("path", ["/graphql", "/graphql/"])
@pytest.mark.parametrize("accept", ["*/*", "text/html", "image/png"])
def test_an_operation_by_get_is_refused(dagster, path, accept):
    assert dagster.get(path, params=ASKED, headers={"accept": accept}).status_code == 405


def test_a_websocket_of_another_sites_page_is_closed(dagster):
    def connect(origin):
        with dagster.websocket_connect(
            "/graphql", ["graphql-ws"], headers={"host": "127.0.0.1:3000", "origin": origin}
        ) as socket:
            socket.send_json({"type": "connection_init"})
            return socket.receive_json()

    assert connect(PAGE) == {"type": "connection_ack"}
    with pytest.raises(WebSocketDisconnect):
        connect("https://evil.example")
