"""The bytes of a source file: read once, bounded, decompressed, and proven to be clean text."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import re
import zlib
from dataclasses import dataclass
from pathlib import Path

from finops_assets.errors import Fault
from finops_assets.sources.faults import Faults, refused

STEP = 1 << 20
RATIO_FREE_BYTES = 20_000_000
RATIO_AT_MOST = 200
SHOWN_BYTES_AT_MOST = 20

_BOM = codecs.BOM_UTF8
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_CONTROLS = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
_NOT_CONTROLS = bytes(set(range(256)) - set(_CONTROLS))
_CONTROL = re.compile(b"[" + re.escape(_CONTROLS) + rb"]|\r(?!\n)")
_EXPORT_AGAIN = "ask for the file again, or export it again"


@dataclass(frozen=True)
class Content:
    """A file's decompressed bytes, and the digests of what was delivered and of what it holds."""

    name: str
    data: bytes
    delivered_bytes: int
    delivered_sha256: str
    content_sha256: str


def load(path: Path, name: str, max_bytes: int) -> Content:
    """The content of a file, gzip undone; SourceRefused when it is too big, empty or damaged."""
    try:
        size = path.stat().st_size
        _refuse_size(name, size, max_bytes)
        with path.open("rb") as file:
            delivered = file.read(size + 1)
    except OSError as error:
        raise refused(name, f"cannot be read: {error.strerror}", "check the file and its permissions") from error
    if len(delivered) != size:
        raise refused(name, "changed while it was read", "deliver under another name, then rename it")
    if not delivered:
        raise refused(name, "the file has 0 bytes", "deliver at least the header line, which says the month is empty")
    sha256 = hashlib.sha256(delivered).hexdigest()
    if not path.name.endswith(".gz"):
        return Content(name, delivered, len(delivered), sha256, sha256)
    data = _decompressed(name, delivered, max_bytes)
    if not data:
        raise refused(name, "the archive holds 0 bytes", "deliver at least the header line")
    return Content(name, data, len(delivered), sha256, hashlib.sha256(data).hexdigest())


def beginning(path: Path) -> bytes:
    """The first decompressed megabyte of a file, or nothing when it cannot be had."""
    try:
        with gzip.open(path) if path.name.endswith(".gz") else path.open("rb") as file:
            return file.read(STEP)
    except (OSError, EOFError, zlib.error):
        return b""


def text_bytes(content: Content, faults: Faults) -> bytes:
    """The bytes of clean UTF-8 text, without byte order mark; SourceRefused when they are not that."""
    name, data = content.name, content.data
    _refuse_other_formats(name, data)
    _refuse_controls(name, data)
    _refuse_encoding(name, data)
    if not data.endswith(b"\n"):
        last = data.count(b"\n") + 1
        reason = "the last line does not end with a line break, so the file may have been cut short"
        faults.add(Fault(name, reason, "check that it is complete and end its last line", line=last))
    return data.removeprefix(_BOM)


def _decompressed(name: str, delivered: bytes, max_bytes: int) -> bytes:
    size, pieces = 0, []
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(delivered)) as file:
            while piece := file.read(STEP):
                size += len(piece)
                _refuse_size(name, size, max_bytes)
                _refuse_ratio(name, size, len(delivered))
                pieces.append(piece)
    except (OSError, EOFError, zlib.error) as error:
        raise refused(name, f"is not a whole gzip file: {error}", "compress and deliver it again") from error
    return b"".join(pieces)


def _refuse_size(name: str, size: int, max_bytes: int) -> None:
    if size > max_bytes:
        reason = f"holds more than {max_bytes} bytes"
        raise refused(name, reason, "deliver it in several files, or raise FINOPS_MAX_SOURCE_BYTES")


def _refuse_ratio(name: str, size: int, delivered: int) -> None:
    if size > RATIO_FREE_BYTES and size > RATIO_AT_MOST * delivered:
        reason = f"is compressed more than {RATIO_AT_MOST} times, which no real export is"
        raise refused(name, reason, "deliver the file uncompressed if it is genuine")


def _refuse_other_formats(name: str, data: bytes) -> None:
    if data.startswith(_UTF16):
        raise refused(name, "is UTF-16 text (mark at byte 0)", "save it as UTF-8", line=1)
    if data.startswith(b"\x1f\x8b"):
        raise refused(name, "is compressed with gzip (byte 0)", "name it .csv.gz", line=1)
    if data.startswith(b"PK\x03\x04"):
        raise refused(name, "is a zip archive or a spreadsheet (byte 0)", "export it as CSV", line=1)
    if data.removeprefix(_BOM)[:200].lstrip().startswith(b"<"):
        raise refused(name, "is an HTML or XML page, not CSV", "look at what the download answered", line=1)


def _refuse_controls(name: str, data: bytes) -> None:
    """Name the first control characters; translate() finds out at memory speed whether there are any."""
    if not data.translate(None, _NOT_CONTROLS) and data.count(b"\r") == data.count(b"\r\n"):
        return
    found, line, counted = Faults(), 1, 0
    for match, _ in zip(_CONTROL.finditer(data), range(SHOWN_BYTES_AT_MOST), strict=False):
        line += data.count(b"\n", counted, match.start())
        counted = match.start()
        reason = f"control character 0x{match[0][0]:02X} at byte {match.start()}"
        found.add(Fault(name, reason, f"save it as plain UTF-8 text, or {_EXPORT_AGAIN}", line=line))
    found.refuse()


def _refuse_encoding(name: str, data: bytes) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(data), STEP):
            decoder.decode(data[start : start + STEP])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        _refuse_encoding_at(name, data)


def _refuse_encoding_at(name: str, data: bytes) -> None:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        reason = f"is not UTF-8 text: byte 0x{data[error.start]:02X} at byte {error.start}"
        raise refused(name, reason, "save it as UTF-8 (it may be Latin-1 or Windows-1252)", line=line) from error
