"""What a property was and is to be, as one line for a person. Pulumi has masked what is secret before it tells."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from pulumi.automation.events import StepEventMetadata

_LONGEST = 60
# Of one resource this many are shown; what differs has its name beside them in any case.
_MOST = 12
_ABSENT: Final = object()
_STEP = re.compile(r'\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|\.?([^.\[\]]+)')


class Shift(msgspec.Struct, frozen=True, order=True):
    """A property, by its path in the resource, with the values before and after as JSON; `-` where there is none."""

    path: str
    old: str
    new: str


def shifts(step: "StepEventMetadata") -> tuple[Shift, ...]:
    """How the properties shift that a step says differ."""
    found = []
    for path in sorted({*(step.detailed_diff or ()), *(() if step.detailed_diff else step.diffs or ())}):
        for old, new in _sides(step):
            before, after = _at(old, path), _at(new, path)
            if before != after:
                found.append(Shift(path, _shown(before), _shown(after)))
                break
    return tuple(found[:_MOST])


def _sides(step: "StepEventMetadata") -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """What is asked for before what is there: of a change outside, only the latter differs."""
    if step.old and step.new:
        yield step.old.inputs or {}, step.new.inputs or {}
        yield step.old.outputs or {}, step.new.inputs or {}
        yield step.old.outputs or {}, step.new.outputs or {}


def _at(value: Any, path: str) -> Any:
    for quoted, index, name in _STEP.findall(path):
        if isinstance(value, Mapping):
            value = value.get(quoted or name or index, _ABSENT)
        elif isinstance(value, list) and index and int(index) < len(value):
            value = value[int(index)]
        else:
            return _ABSENT
    return value


def _shown(value: Any) -> str:
    if value is _ABSENT or value is None:
        return "-"
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
