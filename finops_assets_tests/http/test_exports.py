"""Exports over HTTP: the file of the service, an owner's part of it, whole or not at all, so many at once."""

import csv
import io
import socket
import threading
import time
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import time_machine
import uvicorn
from fastapi.testclient import TestClient

from finops_assets import export as service
from finops_assets.api import exporting
from finops_assets.api.app import create_app
from finops_assets.api.exporting import MOST_AT_ONCE
from finops_assets.api.place import Place, pool_of
from finops_assets.export import Form, Wanted
from finops_assets_tests.factories import JANUARY, ask, new_mart, price_view
from finops_assets_tests.http import company
from finops_assets_tests.http.company import APRIL, MARCH
from finops_assets_tests.http.conftest import ADMIN, OWNER, VIEWER, Door

MONTHS = {"from": "2024-01", "to": "2024-03"}


@pytest.fixture(scope="module")
def filled(server_url, template, tmp_path_factory):
    """The company, January closed; it is only read."""
    folder = tmp_path_factory.mktemp("company")
    with new_mart(server_url, template) as mart, time_machine.travel("2024-04-05T12:00:00Z", tick=True):
        company.build(mart, company.settings_of(mart, folder), folder)
        company.grant(mart, OWNER.principals[0], "portal")
        yield mart


@pytest.fixture(scope="module")
def entrance(filled, tmp_path_factory):
    door = Door()
    place = Place(company.settings_of(filled, tmp_path_factory.mktemp("home")), filled, pool_of(filled, 2), door)
    with TestClient(create_app(place), base_url="http://127.0.0.1") as client:
        yield client, door


@pytest.fixture
def exported(entrance):
    """Export as somebody, an administrator unless told otherwise; January to March."""
    client, door = entrance

    def export_it(form="csv", caller=ADMIN, **query):
        door.caller = caller
        return client.get(f"/exports/{form}", params=MONTHS | query)

    return export_it


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Where exports are written before they are sent."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    return place


def rows(answer):
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


@pytest.mark.parametrize("form", list(Form))
def test_a_file_is_that_of_the_service(exported, filled, settings, tmp_path, folder, form):
    with filled.connect("finops_api") as connection:
        done = service.export(connection, settings, Wanted(JANUARY, MARCH, form), tmp_path / "expected", APRIL)
    answer = exported(form.value)
    # two Parquet files of the same rows need not be the same bytes
    told = pq.read_table(io.BytesIO(answer.content)) if form.kind == "parquet" else answer.content
    path = tmp_path / "expected"
    assert told == (pq.read_table(path) if form.kind == "parquet" else path.read_bytes())
    assert (answer.headers["x-finops-lines"], answer.headers["x-finops-unpriced"]) == (
        str(done.lines),
        str(done.unpriced),
    )
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("form", "name", "kind"),
    [
        ("csv", "finops-2024-01_2024-03.csv", "text/csv; charset=utf-8"),
        ("focus-parquet", "focus-2024-01_2024-03.parquet", "application/vnd.apache.parquet"),
    ],
)
def test_a_file_has_a_name_and_a_kind(exported, form, name, kind):
    headers = exported(form).headers
    assert (headers["content-disposition"], headers["content-type"]) == (f'attachment; filename="{name}"', kind)


@pytest.mark.parametrize("form", ["csv", "focus-csv"])
def test_an_owners_file_has_his_applications_only_and_all_of_them(exported, form):
    key, cost = ("application_id", "cost") if form == "csv" else ("x_ApplicationId", "EffectiveCost")
    if form == "focus-csv":
        key = next(name for name in rows(exported(form))[0] if "application" in name.lower() and "id" in name.lower())
    whole = [row for row in rows(exported(form, VIEWER)) if row[key] == "portal"]
    own = rows(exported(form, OWNER))
    assert (len(own), own) == (len(whole), whole)
    assert sum(Decimal(row[cost]) for row in own if row[cost]) > 0


def test_one_application_is_its_lines_only(exported):
    assert {row["application_id"] for row in rows(exported(application="billing"))} == {"billing"}


@pytest.mark.parametrize(("caller", "application"), [(OWNER, "billing"), (OWNER, "none"), (ADMIN, "none")])
def test_an_application_that_one_does_not_see_is_not_found(exported, caller, application):
    assert exported(caller=caller, application=application).status_code == 404


@pytest.mark.parametrize(
    ("form", "asked", "status"),
    [
        ("csv", {"pricingView": "none"}, 404),
        ("csv", {"pricingView": ["internal", "yen"]}, 422),
        ("focus-csv", {"pricingView": ["internal", "yen"]}, 422),
        ("pdf", {}, 422),
        ("csv", {"to": "2023-12"}, 422),
        ("csv", {"to": "2054-01"}, 422),
        ("csv", {"application": "\0"}, 422),
    ],
)
def test_what_cannot_be_exported_is_told_so(exported, form, asked, status):
    answer = exported(form, **asked)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_lines_that_do_not_add_up_to_the_marts_are_never_sent(api, mart, tmp_path, folder):
    price_view(mart, tmp_path)
    company.load(mart, JANUARY, 3)
    company.refresh(mart)
    ask(mart, "UPDATE cost_app_month SET cost = 1, line_count = 7 WHERE application_id = 'billing'")
    answer = api.get("/exports/csv", params={"from": "2024-01", "to": "2024-01"})
    assert (answer.status_code, "differ" in answer.json()["detail"]) == (422, True)
    assert list(folder.iterdir()) == []


def test_so_many_exports_are_made_at_once_and_the_next_is_told_when_to_come_again(exported, entrance, filled):
    assert exported().status_code == 200
    turns = entrance[0].app.state.exports
    for _ in range(MOST_AT_ONCE):
        turns.take()
    try:
        answer = exported()
    finally:
        for _ in range(MOST_AT_ONCE):
            turns.give_back()
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "15")
    # a refused one took no turn, nor did those before it keep theirs
    assert [exported().status_code for _ in range(MOST_AT_ONCE + 1)] == [200] * (MOST_AT_ONCE + 1)


def test_a_refused_export_gives_its_turn_back(exported):
    for _ in range(MOST_AT_ONCE + 1):
        assert exported(pricingView="none").status_code == 404


@pytest.fixture
def served(mart, settings):
    """The application behind a real server; returns its application and port."""
    app = create_app(Place(settings, mart, pool_of(mart, 2), Door()))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield app, listening.getsockname()[1]
        server.should_exit = True
        thread.join(30)


def wait_until(holds, seconds=30):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never became true"
        time.sleep(0.05)


def test_an_export_ends_and_leaves_nothing_when_its_reader_goes_away(served, mart, tmp_path, folder):
    app, port = served
    price_view(mart, tmp_path)
    company.load(mart, JANUARY, 3)
    running = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY%'"
    with mart.connect("") as holder, holder.transaction():
        # an export that takes long: it waits for a table that somebody holds
        holder.execute("LOCK TABLE finops.dim_family IN ACCESS EXCLUSIVE MODE")
        with socket.create_connection(("127.0.0.1", port)) as reader:
            reader.sendall(b"GET /exports/csv?from=2024-01&to=2024-01 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            wait_until(lambda: ask(mart, running))
        wait_until(lambda: not ask(mart, running), 10)
    wait_until(lambda: app.state.exports._left == MOST_AT_ONCE)
    assert list(Path(folder).iterdir()) == []


GET = b"GET /exports/csv?from=2024-01&to=2024-03 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


def answered(reader):
    """All that is still sent, until the connection is closed."""
    parts = []
    while part := reader.recv(1 << 16):
        parts.append(part)
    return b"".join(parts)


@pytest.mark.parametrize("adds_up", [True, False])
def test_a_large_export_is_sent_while_it_is_made_and_broken_off_when_it_does_not_add_up(
    served, mart, settings, tmp_path, folder, monkeypatch, adds_up
):
    app, port = served
    monkeypatch.setattr(exporting, "BEGIN_AT", 1)
    company.build(mart, settings, tmp_path)
    if not adds_up:
        ask(mart, "UPDATE cost_app_month SET line_count = 7 WHERE application_id = 'billing'")
    with socket.create_connection(("127.0.0.1", port), 30) as reader:
        with mart.connect("") as holder, holder.transaction():
            # it cannot be compared before somebody lets go of what it is compared with
            holder.execute("LOCK TABLE finops.cost_app_month IN ACCESS EXCLUSIVE MODE")
            reader.sendall(GET)
            begun = reader.recv(1 << 16)
            while b"period_month" not in begun:
                begun += reader.recv(1 << 16)
        told = begun + answered(reader)
    head, _, body = told.partition(b"\r\n\r\n")
    assert (head.split()[1], b"content-length" in head.lower()) == (b"200", False)
    assert body.endswith(b"0\r\n\r\n") is adds_up
    wait_until(lambda: app.state.exports._left == MOST_AT_ONCE)
    assert list(folder.iterdir()) == []
