"""Reads YAML files of several documents, as other tools write them, with a position for each part.

A document has the limits of an entry, and a file may have many of them.
"""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from pagerworthy.catalog.composed import Composed
from pagerworthy.catalog.decode import decode
from pagerworthy.catalog.schemas import compiled_from
from pagerworthy.problem import DocumentPath, Problem, Where, render_path

if TYPE_CHECKING:
    import jsonschema_rs

STREAM_LIMIT = 16 * 1024 * 1024

# Nothing inside a document can begin a line so: not even a text in quotes.
_MARKER = re.compile(r"^(?:---|\.\.\.)(?=[ \t\r\n]|\Z)[^\n]*\n?", re.MULTILINE)
_DIRECTIVES = re.compile(r"(?:(?:[ \t\r]*(?:#[^\n]*)?|%[^\n]*)\n)*\Z")
_EMPTY = re.compile(r"(?:---)?(?:[ \t\r]*(?:#[^\n]*)?(?:\n|\Z))*\Z")


class Part(msgspec.Struct, frozen=True):
    """One document of a file, or one item of a document that is a list: its value, and where its parts stand.

    `base` is the place of the item in its document.
    """

    file: str
    value: Any
    composed: Composed
    base: DocumentPath = ()

    def items(self) -> "tuple[Part, ...]":
        """The items of a document that is a list; else the document itself."""
        if not isinstance(self.value, list):
            return (self,)
        return tuple(Part(self.file, item, self.composed, (index,)) for index, item in enumerate(self.value))

    def where(self, path: DocumentPath = (), *, at_key: bool = False) -> Where:
        """The position of a place; that of the nearest place around it where it is not there."""
        path = self.base + path
        shown = path
        while shown and shown not in self.composed.spots:
            shown = shown[:-1]
        spot = self.composed.spots.get(shown)
        if spot is None:
            return Where(self.file, path=render_path(path))
        line, column = spot.key if at_key else spot.shown
        return Where(self.file, line, column, render_path(path))


def read_stream(content: bytes, file: str) -> tuple[list[Part], list[Problem]]:
    """The documents of a file that can be read, in their order, and the problems of the others."""
    # The slow tier takes long to import.
    from pagerworthy.catalog.compose import compose

    text, problems = decode(content, file, STREAM_LIMIT)
    parts = []
    for first_line, document in _documents(text):
        composed = compose(document, file, first_line)
        problems.extend(composed.problems)
        if composed.complete and not composed.problems:
            parts.append(Part(file, composed.value, composed))
    return parts, problems


class Shape:
    """What a document has to look like: a schema, compiled once."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        from pagerworthy.catalog.schema_view import SchemaView

        self._view = SchemaView(schema, {})
        self._validator: jsonschema_rs.Draft202012Validator = compiled_from(schema)

    def fits(self, value: Any) -> bool:
        """Whether a value has this shape."""
        return self._validator.is_valid(value)

    def problems(self, part: Part) -> list[Problem]:
        """What is wrong with the shape of a document."""
        from pagerworthy.catalog.schema_problems import schema_problems

        if self.fits(part.value):
            return []
        return schema_problems(self._validator, part.value, part.composed, self._view, part.file, part.base)


def _documents(text: str) -> Iterator[tuple[int, str]]:
    """Each document that has something in it, with the number of its first line."""
    start = 0
    line = 1
    for marker in _MARKER.finditer(text):
        before = text[start : marker.start()]
        if "%" in before and _DIRECTIVES.match(before):
            # Directives belong to the document that begins behind them.
            continue
        if not _EMPTY.match(before):
            yield line, before
        line += before.count("\n")
        start = marker.start()
        # What follows --- on its line belongs to the document that begins there; what ends one does not.
        if marker[0].startswith("..."):
            line += marker[0].count("\n")
            start = marker.end()
    if not _EMPTY.match(rest := text[start:]):
        yield line, rest
