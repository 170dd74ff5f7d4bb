"""Which domains there are: from the database, or what was read of it last, or the modules; never an error."""

from __future__ import annotations

import json
import logging
import socket
import tempfile
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from finops_assets import catalog, events
from finops_assets.catalog import DomainRow, known_domains
from finops_assets.catalog.known_domains import SNAPSHOT, Source, load
from finops_assets.domains import discover
from finops_assets.errors import DomainError
from finops_assets.postgres.connection import MART_DATABASE, Mart, create_database
from finops_assets.postgres.embedded import EmbeddedServer
from finops_assets.postgres.migrations import migrate
from finops_assets.settings import Settings
from finops_assets_tests.factories import ask, new_mart

MODULES = set(discover())
# what a load may take when the database is down: two seconds to connect, and some for a busy machine
SECONDS = 3
INSERT = """
INSERT INTO dim_domain (domain_id, domain_label, domain_mode, indirect_method_key, indirect_label, available_from)
VALUES (%s, 'Subscriptions', 'INDIRECT', %s, 'Users of each application', '2024-01-01')
"""
SAAS = DomainRow("SAAS", "Subscriptions", "INDIRECT", "external_coefficients", "Users", False, date(2024, 1, 1))


@pytest.fixture
def told(monkeypatch):
    """What is logged, also where another test has configured the logger."""
    records = []
    handler = logging.Handler()
    handler.emit = lambda record: records.append(record.getMessage())
    logger = logging.getLogger(events.LOGGER)
    monkeypatch.setattr(logger, "handlers", [handler])
    return records


@pytest.fixture
def saas(mart):
    """A domain that is a row and nothing else, inserted by plain SQL."""
    ask(mart, INSERT, "SAAS", "external_coefficients", role="finops_admin")


@pytest.fixture
def kept(settings, saas):
    """The snapshot of a mart that knows SAAS."""
    assert "SAAS" in load(settings).plugins
    return settings.home / SNAPSHOT


@pytest.fixture
def silent():
    """The URL of a server that accepts connections and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield f"postgresql://someone:very-secret@127.0.0.1:{listener.getsockname()[1]}/finops"


def at(settings, url):
    return replace(settings, database_url=url)


def refused():
    """The URL of a port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"postgresql://someone:very-secret@127.0.0.1:{probe.getsockname()[1]}/finops"


# With the database


def test_a_row_with_a_known_method_is_a_domain(settings, saas):
    known = load(settings)
    assert (known.source, set(known.plugins), known.problems) == (Source.DATABASE, {*MODULES, "SAAS"}, {})
    assert known.computed_by("SAAS") == "method external_coefficients"


def test_a_row_with_an_unknown_method_is_told_and_the_rest_is_loaded(settings, mart, saas, told):
    ask(mart, INSERT, "ODD", "astrology", role="finops_admin")
    known = load(settings)
    assert set(known.plugins) == {*MODULES, "SAAS"}
    assert "method 'astrology' is unknown" in known.problems["ODD"]
    assert [line for line in told if line.startswith("domain ODD cannot be computed: method 'astrology'")]


def test_a_database_that_knows_no_domain_has_the_modules(settings, mart):
    ask(mart, "DELETE FROM dim_domain", role="finops_admin")
    known = load(settings)
    assert (known.source, set(known.plugins)) == (Source.DATABASE, MODULES)


def test_loading_again_leaves_the_snapshot_alone(settings, kept):
    before = kept.stat()
    load(settings)
    assert (kept.stat().st_ino, kept.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_changed_row_is_in_the_next_snapshot_and_nothing_is_left_beside_it(settings, mart, kept):
    ask(mart, "UPDATE dim_domain SET indirect_method_key = 'even' WHERE domain_id = 'SAAS'", role="finops_admin")
    load(settings)
    down = load(at(settings, refused()))
    assert down.plugins["SAAS"].domain.indirect_method_key == "even"
    assert [path.name for path in settings.home.iterdir() if path.name.startswith(SNAPSHOT)] == [SNAPSHOT]


def test_a_snapshot_that_cannot_be_written_is_told_and_the_rows_serve(settings, saas, told, tmp_path):
    (tmp_path / "file").touch()
    known = load(replace(settings, home=tmp_path / "file" / "home"))
    assert "SAAS" in known.plugins
    assert any("cannot be kept" in line for line in told)


# Without the database


def test_a_database_that_is_down_leaves_the_last_rows(settings, kept, told):
    started = time.monotonic()
    known = load(at(settings, refused()))
    assert time.monotonic() - started < SECONDS
    assert (known.source, set(known.plugins)) == (Source.SNAPSHOT, {*MODULES, "SAAS"})
    assert any("cannot be reached" in line and str(kept) in line for line in told)


def test_a_database_that_never_answers_is_given_up_in_seconds(settings, kept, silent):
    started = time.monotonic()
    known = load(at(settings, silent))
    assert time.monotonic() - started < SECONDS
    assert known.source is Source.SNAPSHOT


def test_a_table_that_a_migration_holds_is_given_up_in_seconds(settings, mart, kept):
    with mart.connect("") as connection, connection.transaction():
        connection.execute("LOCK TABLE dim_domain IN ACCESS EXCLUSIVE MODE")
        started = time.monotonic()
        known = load(settings)
        assert time.monotonic() - started < SECONDS
    assert (known.source, "SAAS" in known.plugins) == (Source.SNAPSHOT, True)


def test_a_mart_without_tables_leaves_the_last_rows(settings, kept, server_url):
    with new_mart(server_url) as empty:
        assert load(at(settings, empty.url)).source is Source.SNAPSHOT


def test_without_rows_and_snapshot_there_are_the_modules(settings, told):
    known = load(at(settings, refused()))
    assert (known.source, set(known.plugins)) == (Source.PLUGINS, MODULES)
    assert any("only modules are known" in line for line in told)


def test_the_database_serves_again_when_it_is_back(settings, kept):
    assert load(at(settings, refused())).source is Source.SNAPSHOT
    assert load(settings).source is Source.DATABASE


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: "",
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("external_coefficients", "even"),
        lambda text: text.replace("2024-01-01", "the first", 1),
        lambda text: "[" * 100_000,
        lambda text: "[]",
        lambda text: "null",
        lambda text: json.dumps({"sha256": "", "domains": [{"domain_id": 5}]}),
        lambda text: b"\xff\xfe\x00broken",
    ],
)
def test_a_damaged_snapshot_is_none(settings, kept, damage):
    damaged = damage(kept.read_text("utf-8"))
    kept.write_bytes(damaged if isinstance(damaged, bytes) else damaged.encode())
    assert load(at(settings, refused())).source is Source.PLUGINS


def test_a_damaged_snapshot_is_written_anew(settings, kept):
    kept.write_bytes(b"\xff")
    load(settings)
    assert load(at(settings, refused())).source is Source.SNAPSHOT


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://someone:very-secret@127.0.0.1:notaport/finops",
        "postgresql//someone:very-secret@127.0.0.1/finops",
        "postgresql://someone:very-secret@127.0.0.1:1/finops?nonsense=1",
        "very-secret",
    ],
)
def test_a_url_that_cannot_be_used_is_told_without_its_password(settings, told, url):
    assert load(at(settings, url)).source is Source.PLUGINS
    assert told
    assert "very-secret" not in "".join(told)


def test_the_embedded_server_is_read_while_it_runs_and_never_started(server_url):
    with tempfile.TemporaryDirectory(prefix="finops-known-") as folder:
        home = Path(folder)
        home.chmod(0o755)  # as root, PostgreSQL runs in another account
        settings = Settings.from_environment({"FINOPS_HOME": folder})
        assert load(settings).source is Source.PLUGINS
        assert not (home / "postgres").exists()
        server = EmbeddedServer(home / "postgres", durable=False)
        running = server.start()
        create_database(running.url("postgres"), MART_DATABASE)
        mart = Mart(running.url(MART_DATABASE))
        migrate(mart)
        ask(mart, INSERT, "SAAS", "even", role="finops_admin")
        assert load(settings).source is Source.DATABASE
        server.stop()
        assert load(settings).source is Source.SNAPSHOT
        assert server.running() is None
        running.release()


# Adding one


def add(mart, row):
    with mart.connect("finops_admin") as connection:
        known_domains.add(connection, row)


def test_an_added_domain_is_disabled(mart):
    add(mart, replace(SAAS, is_enabled=True))
    with mart.connect("finops_api") as connection:
        assert catalog.domains(connection)["SAAS"] == SAAS


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (replace(SAAS, domain_id="OPEN"), "domain OPEN has a module"),
        (replace(SAAS, domain_id="saas"), "use A-Z"),
        (replace(SAAS, domain_label=" "), "needs a label"),
        (replace(SAAS, indirect_method_key="astrology"), "method 'astrology' is unknown"),
        (replace(SAAS, indirect_method_key="open_weight:SAAS"), "SAAS → SAAS"),
    ],
)
def test_a_domain_that_could_not_be_computed_is_not_added(mart, row, why):
    before = ask(mart, "SELECT * FROM dim_domain ORDER BY 1")
    with pytest.raises(DomainError, match=why):
        add(mart, row)
    assert ask(mart, "SELECT * FROM dim_domain ORDER BY 1") == before


def test_a_domain_is_added_once(mart):
    add(mart, SAAS)
    with pytest.raises(DomainError, match="SAAS is there already"):
        add(mart, replace(SAAS, domain_label="Another"))
