"""Writes small values as a person would write them in YAML."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from pagerworthy.catalog.scalars import InexactError, resolve

_SHORT = 160
_LINES = 12
_DEEPEST = 6
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


def as_block(key: str, value: Any) -> list[str]:
    """A mapping, or a list with mappings in it, under its key, a line for each value; nothing for any other value, or
    where that takes more lines than a person reads in a message.
    """
    if not _has_mapping(value):
        return []
    lines = [f"{_text(key)}:", *_block(value, _DEEPEST)]
    return lines if len(lines) <= _LINES else []


def _has_mapping(value: Any) -> bool:
    parts = value if isinstance(value, list) else [value]
    return any(isinstance(part, Mapping) and part for part in parts)


def _block(value: Any, depth: int) -> list[str]:
    """The lines of a mapping or list, one step to the right of what they are the value of."""
    lines = []
    is_list = isinstance(value, list)
    for key, part in [("", item) for item in value] if is_list else value.items():
        mark = "-" if is_list else f"{_text(str(key))}:"
        inner = _block(part, depth - 1) if depth and _has_mapping(part) else []
        if not inner:
            lines.append(f"  {mark} {_flow(part, depth)}")
        elif is_list:
            lines += [f"  {mark} {inner[0][2:]}", *(f"  {line}" for line in inner[1:])]
        else:
            lines += [f"  {mark}", *(f"  {line}" for line in inner)]
    return lines


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
