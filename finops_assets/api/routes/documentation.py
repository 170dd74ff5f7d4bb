"""``/docs``: the API's own description as one page, without a script and without anything of another site."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

router = APIRouter()

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:62rem;margin:0 auto;padding:1rem;color:#1b1f24;background:#fff}
code,pre{font:14px/1.45 ui-monospace,monospace;background:#f3f4f6;padding:.1em .3em;overflow-wrap:anywhere}
pre{padding:.7rem;overflow:auto}summary{cursor:pointer;padding:.35rem 0}details{border-top:1px solid #d0d7de}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.2rem .6rem .2rem 0}
b.method{display:inline-block;min-width:4.2rem}a{color:#0b57a4}
"""


@router.get("/docs", include_in_schema=False)
def docs(request: Request) -> HTMLResponse:
    """The description of every route and shape, for people."""
    return HTMLResponse("".join(_page(request.app.openapi())))


def _page(told: Mapping[str, Any]) -> Iterator[str]:
    title = escape(f"{told['info']['title']} {told['info']['version']}")
    yield "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    yield f"<title>{title}</title><style>{STYLE}</style><main><h1>{title}</h1>"
    yield "".join(f"<p>{_words(part)}</p>" for part in told["info"]["description"].split("\n\n"))
    yield "<p>For programs: <a href=openapi.json>openapi.json</a>. Credentials: "
    schemes = told["components"]["securitySchemes"].values()
    yield " ".join(_words(scheme["description"]) for scheme in schemes) + "</p>"
    operations = [(path, method, one) for path, ways in told["paths"].items() for method, one in ways.items()]
    for tag in dict.fromkeys(tag for *_, one in operations for tag in one.get("tags", ["other"])):
        yield f"<h2>{escape(tag.capitalize())}</h2>"
        for path, method, one in operations:
            if tag in one.get("tags", ["other"]):
                yield from _operation(path, method, one)
    yield "<h2>Shapes</h2>"
    for name, shape in sorted(told["components"]["schemas"].items()):
        yield from _shape(name, shape)
    yield "</main></html>"


def _operation(path: str, method: str, told: Mapping[str, Any]) -> Iterator[str]:
    yield f"<details id={escape(told['operationId'])}><summary><b class=method>{method.upper()}</b>"
    yield f"<code>{escape(path)}</code> {_words(told.get('summary', ''))}</summary>"
    yield f"<p>{_words(told.get('description', ''))}</p>"
    if method == "get" and "{" not in path:
        yield f"<p><a href='{escape(path.lstrip('/'))}'>try it</a></p>"
    asked = [(one["name"], one["in"], one) for one in told.get("parameters", [])]
    yield from _table(("parameter", "in", "", ""), ((name, of, _kind(one), one) for name, of, one in asked))
    for kind, body in told.get("requestBody", {}).get("content", {}).items():
        yield f"<p>Body, <code>{escape(kind)}</code>: {_type(body['schema'])}</p>"
    answers = [(status, *next(iter(one.get("content", {}).items()), ("", {})), one) for status, one in _by_status(told)]
    yield from _table(
        ("status", "", "", ""), ((status, kind, _type(of.get("schema", {})), one) for status, kind, of, one in answers)
    )
    yield "</details>"


def _by_status(told: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return sorted(told["responses"].items())


def _kind(one: Mapping[str, Any]) -> str:
    return _type(one.get("schema", {})) + (" <b>required</b>" if one.get("required") else "")


def _shape(name: str, told: Mapping[str, Any]) -> Iterator[str]:
    yield f"<details id='{escape(name)}'><summary><code>{escape(name)}</code></summary>"
    yield f"<p>{_words(told.get('description', ''))}</p>"
    if "enum" in told:
        yield f"<p>{', '.join(f'<code>{escape(str(one))}</code>' for one in told['enum'])}</p>"
    required = told.get("required", [])
    fields = told.get("properties", {}).items()
    yield from _table(
        ("field", "", "", ""), ((field, "" if field in required else "optional", _type(of), of) for field, of in fields)
    )
    yield "</details>"


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, str, str, Mapping[str, Any]]]) -> Iterator[str]:
    told = [
        f"<tr><td><code>{escape(name)}</code><td>{escape(more)}<td>{kind}<td>{_words(one.get('description', ''))}"
        for name, more, kind, one in rows
    ]
    if told:
        yield "<table><tr>" + "".join(f"<th>{word}" for word in head) + "".join(told) + "</table>"


def _type(schema: Mapping[str, Any]) -> str:
    """What a schema is, in a few words, with a link where it has a name."""
    if "$ref" in schema:
        name = escape(str(schema["$ref"]).rpartition("/")[2])
        return f"<a href='#{name}'>{name}</a>"
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            return " or ".join(_type(one) for one in schema[several])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    default = f" = <code>{escape(json.dumps(schema['default']))}</code>" if "default" in schema else ""
    return escape(str(schema.get("type", ""))) + default


def _words(text: str) -> str:
    """A text with what is in backquotes as code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if place % 2 else part for place, part in enumerate(parts))
