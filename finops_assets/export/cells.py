"""Cells of a CSV file that a spreadsheet shows as the texts they are, and never computes.

A text that begins as a formula may (OWASP, CSV injection) gets an apostrophe before it, and so does one that begins
with an apostrophe, so that taking one away gives every text back. Every text is quoted, so that no separator in it can
begin a cell. Numbers are no texts and stay as they are.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

# the last four are what = + - @ are on a keyboard for wide letters
FORMULA_BEGINS_WITH: Final = "=+-@\t\r\n\0＝＋－＠"
_UNSAFE = r"\A([=+\-@\t\r\n\x00'＝＋－＠])"


def safe(texts: pa.Array) -> pa.Array:
    """The texts, an apostrophe before each that a spreadsheet could compute or that begins with one."""
    return pc.replace_substring_regex(texts, _UNSAFE, r"'\1")


def original(cell: str) -> str:
    """The text that ``safe`` made a cell of."""
    return cell.removeprefix("'")


def quoted(texts: pa.Array) -> pa.Array:
    """The texts as cells of a CSV file: safe and in quotes; NULL stays NULL."""
    inner = pc.replace_substring(safe(texts), '"', '""')
    return pc.binary_join_element_wise('"', inner, '"', "")
