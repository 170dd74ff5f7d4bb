"""The application that the tags of a FOCUS charge name."""

from __future__ import annotations

import json

from finops_assets.domain import UNASSIGNED
from finops_assets.sources.values import Rule, Unfit, application

_MALFORMED = ("is not a JSON object", 'write tags as {"key": "value"}')


def application_in(tag: str) -> Rule:
    """The rule of a Tags column: the application under one key, UNASSIGNED when there is none.

    A key with spaces around it counts only where no key is written exactly so.
    """

    def named(text: str) -> str:
        tags = _pairs(text)
        values = [value for key, value in tags if key == tag] or [value for key, value in tags if key.strip() == tag]
        names = {_name(value) for value in values} - {""}
        if len(names) > 1:
            raise Unfit(f"the tag {tag!r} names {' and '.join(sorted(names))}", "keep one of them")
        return _application(tag, names.pop()) if names else UNASSIGNED

    return named


def _pairs(text: str) -> list[tuple[str, object]]:
    try:
        # Pairs show a key written twice; numbers stay as they are written.
        tags = json.loads(text, object_pairs_hook=_Pairs, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise Unfit(*_MALFORMED) from error
    if tags is None:
        return []
    if not isinstance(tags, _Pairs):
        raise Unfit(*_MALFORMED)
    return tags


class _Pairs(list[tuple[str, object]]):
    """The keys and values of a JSON object, in the order written."""


def _name(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unfit("the application tag is not a text", "tag the resource with an application id")
    return value.strip(" ")


def _application(tag: str, name: str) -> str:
    try:
        return application(name)
    except Unfit as unfit:
        raise Unfit(f"the tag {tag!r} is {name!r}: {unfit.problem.reason}", unfit.problem.remedy) from unfit
