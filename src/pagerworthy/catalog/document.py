"""Reads any YAML document against any of our schemas, with a position for each part: rubric and policy are such."""

from typing import Any

import msgspec

from pagerworthy.catalog.composed import Composed
from pagerworthy.catalog.decode import decode
from pagerworthy.catalog.schemas import Schemas
from pagerworthy.problem import DocumentPath, Problem, Where, render_path


class Document(msgspec.Struct, frozen=True):
    """A document that was read: its value, what is wrong with it, and where its parts stand."""

    file: str
    value: Any
    problems: tuple[Problem, ...]
    lines: tuple[str, ...]
    composed: Composed

    def where(self, path: DocumentPath) -> Where:
        """The position of a part; that of the nearest part around it where it is not there."""
        shown = path
        while shown and shown not in self.composed.spots:
            shown = shown[:-1]
        spot = self.composed.spots.get(shown)
        return Where(self.file, spot.line, spot.column, render_path(path)) if spot else Where(self.file)

    def is_plain(self, path: DocumentPath) -> bool:
        """Whether a text is written plainly, so that a position inside it is one in its line."""
        spot, value = self.composed.spots.get(path), self._at(path)
        if spot is None or not isinstance(value, str):
            return False
        return self.lines[spot.line - 1][spot.column - 1 :].startswith(value)

    def _at(self, path: DocumentPath) -> Any:
        value = self.value
        for part in path:
            value = value[part]
        return value


def read_document(content: bytes, file: str, schema: str) -> Document:
    """Reads a document against `schemas/<schema>.schema.json`. Never raises for what is written in it."""
    # The slow tier takes long to import, and most who import this module only check entries.
    from pagerworthy.catalog.compose import compose
    from pagerworthy.catalog.schema_problems import schema_problems
    from pagerworthy.catalog.schema_view import SchemaView

    text, problems = decode(content, file)
    if problems:
        return Document(file, None, tuple(problems), (), _NOTHING)
    composed = compose(text, file)
    problems.extend(composed.problems)
    if composed.complete and composed.spots:
        schemas = Schemas()
        view = SchemaView(schemas.named(schema), schemas.common())
        problems.extend(schema_problems(schemas.compiled(schema), composed.value, composed, view, file))
    return Document(file, composed.value, tuple(problems), tuple(text.splitlines()), composed)


_NOTHING = Composed(None, {}, (), frozenset(), complete=False, gaps=frozenset(), written={})
