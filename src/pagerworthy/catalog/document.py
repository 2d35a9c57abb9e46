"""Reads any YAML document against any of our schemas, with a position for each part: rubric and policy are such."""

import json
from functools import cache
from typing import Any

import msgspec

from pagerworthy.catalog.compose import Composed, compose
from pagerworthy.codes import problem
from pagerworthy.problem import DocumentPath, Problem, Where, render_path
from pagerworthy.project import data_folder


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
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        wrong = problem(
            "PW001", "is not UTF-8 text", Where(file, content[: error.start].count(b"\n") + 1, 1), "save it as UTF-8"
        )
        return Document(file, None, (wrong,), (), Composed(None, {}, (), frozenset(), complete=False))
    composed = compose(text, file)
    document = Document(file, composed.value, composed.problems, tuple(text.splitlines()), composed)
    if document.problems:
        return document
    problems = tuple(
        problem("PW105", error.message, document.where(tuple(error.absolute_path)), "see the schema")
        for error in _validator(schema).iter_errors(composed.value)
    )
    return msgspec.structs.replace(document, problems=problems)


@cache
def _validator(schema: str) -> Any:
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource

    folder = data_folder("schemas")
    common = Resource.from_contents(json.loads((folder / "common.schema.json").read_bytes()))
    registry: Registry[Any] = Registry().with_resource("common.schema.json", common)
    contents = json.loads((folder / f"{schema}.schema.json").read_bytes())
    return Draft202012Validator(contents, registry=registry)
