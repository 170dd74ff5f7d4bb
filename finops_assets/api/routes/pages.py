"""``/ui``: the pages for people, as the package brings them; an address that is no file is one of the pages."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

STATIC = Path(__file__).resolve().parent.parent.parent / "ui_static"
ENTRY = "index.html"
# names stay the same from version to version: a browser asks each time, and is told that nothing has changed
HEADERS = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"}

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class File:
    """A file of the pages, as it is and packed."""

    media_type: str
    content: bytes
    packed: bytes
    tag: str


@cache
def files() -> dict[str, File]:
    """The files of the pages, by their address below ``/ui/``; read once."""
    return {path.relative_to(STATIC).as_posix(): _file(path) for path in STATIC.rglob("*") if path.is_file()}


@router.get("/")
def root() -> RedirectResponse:
    """People who come without an address want the pages."""
    return RedirectResponse("ui/")


@router.get("/ui")
def without_slash(request: Request) -> RedirectResponse:
    """The pages refer to each other from ``/ui/`` on; what the address asks for comes along."""
    asked = request.url.query
    return RedirectResponse(f"ui/?{asked}" if asked else "ui/")


@router.get("/ui/{address:path}")
def page(address: str, request: Request) -> Response:
    """A file of the pages, or the page that routes any other address; 304 when the browser has it."""
    known = files()
    file = known.get(address) or known[ENTRY]
    headers = HEADERS | {"ETag": file.tag}
    if file.tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(file.packed, headers=headers | {"Content-Encoding": "gzip"}, media_type=file.media_type)
    return Response(file.content, headers=headers, media_type=file.media_type)


def _file(path: Path) -> File:
    content = path.read_bytes()
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return File(kind, content, gzip.compress(content, mtime=0), tag)
