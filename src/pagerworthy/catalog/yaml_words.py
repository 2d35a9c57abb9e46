"""Writes small values as a person would write them in YAML."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pagerworthy.catalog.scalars import InexactError, resolve

_SHORT = 160
_PLAIN = re.compile(r"^[A-Za-z0-9_$/.+(][^\n]*$")
_BREAKING = re.compile(r": |:$| #|[\[\]{},\"'\\]|^\s|\s$")


def as_yaml(value: Any) -> str:
    """The value on one line; what is inside it is left out where the line would be too long."""
    full = _flow(value, depth=9)
    for depth in (3, 2, 1):
        if len(full) <= _SHORT:
            break
        full = _flow(value, depth)
    return full


def _flow(value: Any, depth: int) -> str:
    if isinstance(value, Mapping):
        if depth == 0 and value:
            return "{...}"
        return "{" + ", ".join(f"{_text(str(key))}: {_flow(part, depth - 1)}" for key, part in value.items()) + "}"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Sequence):
        if depth == 0 and value:
            return "[...]"
        return "[" + ", ".join(_flow(part, depth - 1) for part in value) + "]"
    return json.dumps(value)


def is_plain_text(text: str) -> bool:
    """Whether the text, written without quotes, is read as text and not as a number, a truth value or nothing."""
    try:
        return isinstance(resolve(text), str)
    except InexactError:
        return False


def _text(text: str) -> str:
    if is_plain_text(text) and _PLAIN.match(text) and not _BREAKING.search(text):
        return text
    return json.dumps(text, ensure_ascii=False) if '"' not in text else "'" + text.replace("'", "''") + "'"
