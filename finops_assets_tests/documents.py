"""Pages that tests follow: the files and commands they show, in the order of the page.

A file is its path in backquotes on a line of its own, then a block. A command is a line of a ``console`` block that
begins with ``$``; the lines below it are what it prints, where a line ``…`` stands for any lines, and ``…`` inside a
line for any text. ``# exits with N`` after a command is its exit code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_BLOCK = re.compile(r"^(?:`(?P<path>[^`\n]+)`\n\n)?```(?P<language>\w+)\n(?P<body>.*?)^```$", re.M | re.S)
_EXIT = re.compile(r"\s+# exits with (\d+)$")


@dataclass(frozen=True)
class File:
    """A file that the page writes."""

    path: str
    body: str


@dataclass(frozen=True)
class Command:
    """A command that the page types, the lines it shows below, and the exit code it expects."""

    words: str
    shown: tuple[str, ...]
    exit_code: int = 0

    def is_answered_by(self, printed: str) -> bool:
        """Whether what was printed is what the page shows; a page that shows nothing takes anything."""
        lines = "".join(f"{line.rstrip()}\n" for line in printed.splitlines())
        return not self.shown or re.fullmatch("".join(map(_pattern, self.shown)), lines) is not None


def steps(page: str) -> list[File | Command]:
    """Every file and command of a page; blocks of other kinds are left out."""
    found: list[File | Command] = []
    for block in _BLOCK.finditer(page):
        if block["path"]:
            found.append(File(block["path"], block["body"]))
        elif block["language"] == "console":
            found += _commands(block["body"])
    return found


def _commands(block: str) -> list[Command]:
    typed: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            typed.append((line[2:], []))
        else:
            typed[-1][1].append(line)
    return [
        Command(_EXIT.sub("", words), tuple(shown), int(told[1]) if (told := _EXIT.search(words)) else 0)
        for words, shown in typed
    ]


def _pattern(line: str) -> str:
    if line == "…":
        return "(?:.*\n)*?"
    return ".*?".join(re.escape(part) for part in line.rstrip().split("…")) + "\n"
