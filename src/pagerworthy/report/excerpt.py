"""The line of a file that a problem is about, with a mark under the place."""

import os
import re
import unicodedata
from pathlib import Path, PurePosixPath

from pagerworthy.problem import Where

_SIZE_LIMIT = 1 << 20
_BEFORE, _AFTER = 40, 40


class Excerpts:
    """Reads lines of the repository's files; keeps the last file, because problems come file by file."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._file = ""
        self._lines: list[str] = []

    def of(self, where: Where, width: int) -> list[str]:
        """Two lines, the source and the mark below it, at most `width` wide; nothing where there is no line."""
        if where.line < 1:
            return []
        if where.file != self._file:
            self._file, self._lines = where.file, _read(self._root, where.file)
        if where.line > len(self._lines):
            return []
        line = self._lines[where.line - 1]
        place = max(where.column - 1, 0)
        start = max(place - _BEFORE, 0) if len(line) > width else 0
        shown = line[start : max(start + width, place + _AFTER)][:width]
        if not shown.strip():
            return []
        gutter = f"{where.line:>5} | "
        found = [gutter + _drawn(shown)]
        if where.column:
            indent = sum(_cells(c) for c in shown[: place - start])
            found.append(" " * (len(gutter) - 2) + "| " + " " * indent + "^")
        return found


def _read(root: Path, file: str) -> list[str]:
    """The file's lines; none where it is not a small regular file below the root."""
    path = PurePosixPath(file)
    if path.is_absolute() or ".." in path.parts:
        return []
    try:
        descriptor = os.open(root / path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(descriptor, "rb") as opened:
            content = opened.read(_SIZE_LIMIT)
    except OSError:
        return []
    return re.split(r"\r\n|\r|\n", content.decode("utf-8", "replace"))


def _drawn(text: str) -> str:
    return "".join(" " if c == "\t" else c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def _cells(character: str) -> int:
    """How many columns a terminal gives the character."""
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
