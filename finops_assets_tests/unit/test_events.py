"""Events as they are written: one line each, no digit lost, no secret told."""

from __future__ import annotations

import io
import json
import logging
import re
import sys
import time
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
import time_machine

from finops_assets.events import LOGGER, Event, Form, configure, emit, without_secrets
from finops_assets.period import Period
from finops_assets.settings import CHECKOUT

RUN = UUID("0b0e8a9e-3f0d-4f0a-9a41-5d3f7f0f4f11")
SLICE = {"run_id": RUN, "month": Period(2024, 1), "domain": "OPEN"}
GOLDEN = (
    '{"time": "2024-02-01T03:00:00.250Z", "level": "info", "event": "slice_published", '
    '"run_id": "0b0e8a9e-3f0d-4f0a-9a41-5d3f7f0f4f11", "month": "2024-01", "domain": "OPEN", "outcome": "LOADED", '
    '"rows": 12, "quantity": "12345678901234567890.123456789012", "version": 1, "quarantined": 0, "seconds": 0.412}\n'
)


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def told(request):
    """Configure a form on a stream of the test's own; gives the stream."""
    logger = logging.getLogger(LOGGER)
    before = (list(logger.handlers), logger.level, logger.propagate)

    def _told(form: Form, stream: io.StringIO | None = None) -> io.StringIO:
        stream = stream or io.StringIO()
        configure(form, stream)
        return stream

    yield _told
    logger.handlers[:], logger.propagate = before[0], before[2]
    logger.setLevel(before[1])


def published(**changes):
    figures = {"outcome": "LOADED", "rows": 12, "quantity": Decimal("12345678901234567890.123456789012")}
    emit(Event.SLICE_PUBLISHED, **(SLICE | figures | {"version": 1, "quarantined": 0, "seconds": 0.41249} | changes))


def test_an_event_is_one_line_of_json(told):
    stream = told(Form.JSON)
    with time_machine.travel("2024-02-01T03:00:00.25Z", tick=False):
        published()
    assert stream.getvalue() == GOLDEN


@pytest.mark.parametrize(
    ("number", "text"),
    [("1E+3", "1000"), ("0.000000000001", "0.000000000001"), ("-0.10", "-0.10"), ("1E-12", "0.000000000001")],
)
def test_a_decimal_keeps_its_digits(told, number, text):
    stream = told(Form.JSON)
    published(quantity=Decimal(number))
    assert json.loads(stream.getvalue())["quantity"] == text


def test_a_field_that_is_none_is_left_out(told):
    stream = told(Form.JSON)
    emit(Event.MARTS_REFRESHED, run_id=None, slices=0)
    assert set(json.loads(stream.getvalue())) == {"time", "level", "event", "slices"}


@pytest.mark.parametrize("reason", ["one\ntwo", "one\r\ntwo", "one\u2028two\x85three", "a\x00b", "\x1b[31mred"])
def test_whatever_a_reason_holds_the_line_is_one_and_reads_back(told, reason):
    stream = told(Form.JSON)
    emit(Event.SLICE_REFUSED, **SLICE, reason=reason)
    [line] = stream.getvalue().splitlines()
    assert line.isascii()
    assert json.loads(line)["reason"] == reason


def test_letters_of_any_language_read_back(told):
    stream = told(Form.JSON)
    emit(Event.SLICE_MISSING, **SLICE, reason="février : « électricité » 電気")
    assert json.loads(stream.getvalue())["reason"] == "février : « électricité » 電気"


@pytest.mark.parametrize("name", ["finops", "finops.reader"])
def test_an_exception_stays_on_its_line_without_its_password(told, name):
    stream = told(Form.JSON)
    try:
        raise ConnectionError("no answer from postgresql://mart:canary@db/finops")
    except ConnectionError:
        logging.getLogger(name).exception("gave up on %s", "postgresql://mart:canary@db/finops")
    [line] = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert (line["event"], line["message"]) == ("message", "gave up on postgresql://mart:***@db/finops")
    assert line["exception"].endswith("ConnectionError: no answer from postgresql://mart:***@db/finops")
    assert "test_events.py" in line["exception"]


@pytest.mark.parametrize(
    ("event", "level"),
    [
        (Event.SLICE_STARTED, "info"),
        (Event.SLICE_MISSING, "warning"),
        (Event.SLICE_RETRIED, "warning"),
        (Event.SLICE_REFUSED, "error"),
        (Event.SLICE_FAILED, "error"),
    ],
)
def test_an_event_has_its_level(told, event, level):
    stream = told(Form.JSON)
    emit(event, **SLICE)
    assert json.loads(stream.getvalue())["level"] == level


def test_a_person_reads_a_sentence(told):
    stream = told(Form.HUMAN)
    published()
    assert re.fullmatch(
        r"\d\d:\d\d:\d\d info OPEN 2024-01 published: outcome LOADED, rows 12, "
        r"quantity 12345678901234567890\.123456789012, version 1, quarantined 0, seconds 0\.412\n",
        stream.getvalue(),
    )


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        ("no file", "no file"),
        ("source refused (1):\n  - line 3: 'x'", "source refused (1): line 3: 'x'"),
        ("source refused (3):\n  - line 3\n  - line 4\n  - line 5", "source refused (3): line 3 …"),
        ("\x1b[2Jgone\ttab", "\\x1b[2Jgone\\ttab"),
    ],
)
def test_a_person_reads_the_first_of_the_reasons_and_no_control_character(told, reason, shown):
    stream = told(Form.HUMAN)
    emit(Event.SLICE_REFUSED, **SLICE, reason=reason)
    assert stream.getvalue()[9:] == f"error OPEN 2024-01 refused: {shown}\n"


def test_on_a_terminal_only_what_went_wrong_is_told(told):
    stream = told(Form.AUTO, Terminal())
    published()
    emit(Event.MARTS_REFRESHED, slices=3, version=2)
    emit(Event.SLICE_MISSING, **SLICE, reason="no file")
    assert [line[9:] for line in stream.getvalue().splitlines()] == ["warning OPEN 2024-01 missing: no file"]


def test_elsewhere_everything_is_told_as_json(told):
    stream = told(Form.AUTO)
    published()
    emit(Event.SLICE_MISSING, **SLICE)
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == [
        "slice_published",
        "slice_missing",
    ]


def test_events_follow_the_error_output_where_it_goes(told, monkeypatch):
    configure(Form.JSON)
    moved = io.StringIO()
    monkeypatch.setattr(sys, "stderr", moved)
    published()
    assert json.loads(moved.getvalue())["event"] == "slice_published"


def test_configuring_again_tells_nothing_twice(told):
    stream = told(Form.JSON)
    told(Form.JSON, stream)
    published()
    assert len(stream.getvalue().splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://mart:canary@db:5432/finops", "postgresql://mart:***@db:5432/finops"),
        ("(postgresql+psycopg2://mart:can:ar/y@x@db)", "(postgresql+psycopg2://mart:***@db)"),
        ("postgresql://:canary@db", "postgresql://:***@db"),
        ("HTTPS://ada:canary@proxy:3128", "HTTPS://ada:***@proxy:3128"),
        ("host=db password=canary user=mart", "host=db password=*** user=mart"),
        ("host=db password = 'can ary' user=mart", "host=db password = *** user=mart"),
        ("PGPASSWORD=canary psql", "PGPASSWORD=*** psql"),
        ("https://api/v1?token=canary&month=1", "https://api/v1?token=***&month=1"),
    ],
)
def test_a_secret_is_not_shown(text, shown):
    assert without_secrets(text) == shown


@pytest.mark.parametrize(
    "text",
    ["", "http://127.0.0.1:3000/runs", "see https://example.org", "postgresql://db/finops", "mail ada@example.org"],
)
def test_what_is_no_secret_is_shown(text):
    assert without_secrets(text) == text


@pytest.mark.parametrize("piece", ["a://b:", "a.", "password", "password=' ", "x://y:z@", " ", "://"])
def test_a_long_text_is_looked_through_in_no_time(piece):
    started = time.monotonic()
    without_secrets(piece * 20_000)
    assert time.monotonic() - started < 2


def test_operating_explains_every_event():
    page = Path(CHECKOUT / "docs" / "operating.md").read_text("utf-8")
    table = page.partition("### Events")[2].partition("\n#")[0]
    assert set(re.findall(r"^\| `(\w+)`", table, re.M)) == set(Event)
