"""Takes out of a service's entry that cannot be read what is right by itself. Part of the slow tier."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import TYPE_CHECKING, TypeVar

import msgspec

from pagerworthy.catalog.accept import stem
from pagerworthy.catalog.composed import Composed, Value
from pagerworthy.catalog.model import OnCall, Runbook
from pagerworthy.catalog.schemas import COMMON, Schemas, compiled_from
from pagerworthy.catalog.unreadable import Unreadable
from pagerworthy.problem import DocumentPath, Problem, Severity, render_path

if TYPE_CHECKING:
    import jsonschema_rs

_KIND = "Service"
# Names of services as others write them; `cart/valkey` has two.
_WORD = re.compile(rb"(?<![A-Za-z0-9_])[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_SHORTEST_NAME, _LONGEST_NAME = 2, 40
_MOST_RUNBOOKS = 100
_SHARED = f"{COMMON}.schema.json"
_ITEMS = 0

_T = TypeVar("_T")


def remains(content: bytes, path: str, composed: Composed | None, problems: Sequence[Problem]) -> Unreadable | None:
    """What can be said of the service in the file at `path`; None where not even its name can be told.

    `composed` is None where nothing of the file could be composed. Nothing here makes a broken part count: a part is
    taken only where its own schema accepts it, and nothing stood in the way of reading it.
    """
    parts = _Parts(composed)
    written = parts.text(("metadata", "name"))
    called = stem(path)
    name = next((each for each in (called, written, called.lower()) if _is_name(each)), "")
    if not name:
        return None
    runbooks = (parts.part(("spec", "runbooks", index), Runbook) for index in range(parts.length(("spec", "runbooks"))))
    return Unreadable(
        name=name,
        file=path,
        line=_first_line(problems),
        title=parts.text(("metadata", "title")),
        description=parts.text(("metadata", "description")),
        owner=parts.text(("spec", "owner")),
        oncall=parts.part(("spec", "oncall"), OnCall),
        runbooks=tuple(each for each in runbooks if each is not None),
        mentions=frozenset(word.decode() for word in _WORD.findall(content)) - {name},
    )


def _is_name(text: str) -> bool:
    return _SHORTEST_NAME <= len(text) <= _LONGEST_NAME and _WORD.fullmatch(text.encode()) is not None


def _first_line(problems: Iterable[Problem]) -> int:
    lines = [each.where.line for each in problems if each.severity is Severity.ERROR and each.where.line]
    return min(lines, default=0)


class _Parts:
    """The parts of a composed document that are right by themselves."""

    def __init__(self, composed: Composed | None) -> None:
        self._value: Value = composed.value if composed else None
        self._spoilt = composed.doubtful | composed.gaps if composed else frozenset()
        self._wrong = {each.where.path for each in composed.problems} if composed else set()

    def text(self, path: DocumentPath) -> str:
        value = self._right(path)
        return value if isinstance(value, str) else ""

    def part(self, path: DocumentPath, kind: type[_T]) -> _T | None:
        value = self._right(path)
        try:
            return None if value is None else msgspec.convert(value, kind)
        except msgspec.ValidationError:
            return None

    def length(self, path: DocumentPath) -> int:
        value = self._at(path)
        return min(len(value), _MOST_RUNBOOKS) if isinstance(value, list) else 0

    def _right(self, path: DocumentPath) -> Value:
        value = self._at(path)
        # What is beside a doubtful part may be right; a part with a doubt inside is not.
        if value is None or any(each[: len(path)] == path for each in self._spoilt) or render_path(path) in self._wrong:
            return None
        return value if _schema_of(path).is_valid(value) else None

    def _at(self, path: DocumentPath) -> Value:
        value = self._value
        for step in path:
            if isinstance(value, dict) and isinstance(step, str):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value


def _schema_of(path: DocumentPath) -> "jsonschema_rs.Draft202012Validator":
    return _compiled(tuple(_ITEMS if isinstance(step, int) else step for step in path))


@cache
def _compiled(path: tuple[str | int, ...]) -> "jsonschema_rs.Draft202012Validator":
    """The schema of one part of a service's entry, as a schema of its own."""
    schemas = Schemas()
    schema, pointer = schemas.of(_KIND), ""
    for step in path:
        pointer += "/items" if step == _ITEMS else f"/properties/{step}"
        schema = schema["items"] if step == _ITEMS else schema["properties"][step]
        # A reference inside the shared definitions is relative to them: the part is named from there.
        if "$ref" in schema:
            pointer = schema["$ref"] if _SHARED in schema["$ref"] else f"{_SHARED}{schema['$ref']}"
            schema = schemas.common()["$defs"][pointer.rsplit("/", 1)[-1]]
    return compiled_from({"$ref": pointer} if _SHARED in pointer else schema)
