"""What happens to slices and marts, told once: an event with a name and fields, as a JSON line or as a sentence.

Events go through the logger ``finops`` of the standard library: to the error output of the process, and, in a
Dagster run, to its event log (``managed_python_loggers`` in dagster.yaml). No password of a URL goes with them.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TextIO

LOGGER = "finops"


class Event(StrEnum):
    """Every event there is."""

    SLICE_STARTED = "slice_started"
    SLICE_PUBLISHED = "slice_published"
    SLICE_MISSING = "slice_missing"
    SLICE_REFUSED = "slice_refused"
    SLICE_FAILED = "slice_failed"
    SLICE_SKIPPED = "slice_skipped"
    SLICE_RETRIED = "slice_retried"
    MARTS_REFRESHED = "marts_refreshed"
    WORK_RETRIED = "work_retried"
    METRICS_FAILED = "metrics_failed"
    REQUEST_ANSWERED = "request_answered"


class Form(StrEnum):
    """How events are written; AUTO is HUMAN, and warnings only, on a terminal, and JSON elsewhere."""

    AUTO = "auto"
    JSON = "json"
    HUMAN = "human"


LEVELS = {
    Event.SLICE_MISSING: logging.WARNING,
    Event.SLICE_REFUSED: logging.ERROR,
    Event.SLICE_FAILED: logging.ERROR,
    Event.SLICE_SKIPPED: logging.WARNING,
    Event.SLICE_RETRIED: logging.WARNING,
    Event.WORK_RETRIED: logging.WARNING,
    Event.METRICS_FAILED: logging.WARNING,
}

# to the last @ of the word: an unescaped one belongs to the password; bounded, for a text may be long
_IN_URL = re.compile(r"(?P<before>\b[a-z][a-z0-9+.-]{0,40}://[^\s:/@]{0,200}:)\S{0,1000}@", re.IGNORECASE)
_IN_PAIR = re.compile(
    r"(?P<before>(?:password|passwd|pwd|secret|token)\s{0,9}=\s{0,9})(?:'(?:[^'\\]|\\.)*'|[^\s&;,'\"]+)", re.IGNORECASE
)
_KEY = re.compile(r"\b(?P<before>fk_[0-9a-f]{12}_)[0-9A-Za-z]{1,200}")
_TOKEN = re.compile(r"(?P<before>\beyJ)[\w-]{2,8000}\.[\w-]{2,16000}(?:\.[\w-]{0,8000})?")
_HIDDEN = r"\g<before>***"


def emit(event: Event, **fields: object) -> None:
    """Tell an event; a field that is None is left out."""
    logger, level = logging.getLogger(LOGGER), LEVELS.get(event, logging.INFO)
    if logger.isEnabledFor(level):
        told = {name: _plain(value) for name, value in fields.items() if value is not None}
        logger.log(level, _sentence(event, told), extra={"finops_event": event.value, "finops_fields": told})


def configure(form: Form, stream: TextIO | None = None) -> None:
    """Write events to a stream, by default the error output as it is at each event; the last call holds."""
    logger, handler = logging.getLogger(LOGGER), _Handler(stream)
    on_terminal = form is Form.AUTO and handler.stream.isatty()
    handler.setLevel(logging.WARNING if on_terminal else logging.INFO)
    handler.setFormatter(HumanFormatter() if on_terminal or form is Form.HUMAN else JsonFormatter())
    for earlier in [known for known in logger.handlers if isinstance(known, _Handler)]:
        logger.removeHandler(earlier)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False


def without_secrets(text: str) -> str:
    """The text with tokens, keys, and the passwords of URLs and of ``password=…`` replaced by stars."""
    text = _TOKEN.sub(_HIDDEN, _KEY.sub(_HIDDEN, text))
    return _IN_PAIR.sub(_HIDDEN, _IN_URL.sub(_HIDDEN + "@", text))


class JsonFormatter(logging.Formatter):
    """One line of ASCII JSON per event: time, level, event, then its fields."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, object] = {"time": time.replace("+00:00", "Z"), "level": record.levelname.lower()}
        event = getattr(record, "finops_event", None)
        if event is None:
            line |= {"event": "message", "message": without_secrets(record.getMessage())}
        else:
            line |= {"event": event, **record.__dict__["finops_fields"]}
        if record.exc_info:
            line["exception"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(line)


class HumanFormatter(logging.Formatter):
    """Time of day and a sentence; of a list of reasons the first one, without control characters."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        event = getattr(record, "finops_event", None)
        told = _sentence(event, record.__dict__["finops_fields"]) if event else without_secrets(record.getMessage())
        title, *items = told.splitlines() or [""]
        first = " ".join([title, *(item.strip(" -") for item in items[:1]), *("…" for _ in items[1:2])])
        shown = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in first)
        time = datetime.fromtimestamp(record.created).astimezone()
        return f"{time:%H:%M:%S} {record.levelname.lower()} {shown}"


class _Handler(logging.Handler):
    """Writes whole lines; looks the error output up each time, because progress bars and tests replace it."""

    def __init__(self, stream: TextIO | None) -> None:
        super().__init__()
        self._stream = stream

    @property
    def stream(self) -> TextIO:
        return self._stream or sys.stderr

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self.stream.write(self.format(record) + "\n")
            self.stream.flush()
        except Exception:  # as every handler of logging: what is told must not stop what is done
            self.handleError(record)


def _sentence(event: str, fields: dict[str, Any]) -> str:
    """``OPEN 2024-01 published: rows 2, version 1`` of a slice; the run is not named, the reason comes last."""
    rest = {name: value for name, value in fields.items() if name not in ("domain", "month", "run_id", "reason")}
    subject, _, verb = event.partition("_")
    slice_ = " ".join(str(fields[name]) for name in ("domain", "month") if name in fields)
    told = ", ".join(f"{name} {value}" for name, value in rest.items())
    parts = [f"{slice_ or subject} {verb}", told, str(fields.get("reason", ""))]
    return ": ".join(part for part in parts if part)


def _plain(value: object) -> str | int | float | bool:
    """A field as JSON can hold it: no digit of a Decimal lost, no secret in a text."""
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return round(value, 3)
    return f"{value:f}" if isinstance(value, Decimal) else without_secrets(str(value))
