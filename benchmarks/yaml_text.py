"""Writes entries as people write them: block style, plain scalars where they are safe."""

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TypeGuard

Value = str | int | float | bool | dt.date | dt.datetime | Sequence["Value"] | Mapping[str, "Value"]

# What every YAML reader takes for text.
_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9 _/.,+-]*(?<! )")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def dump(document: Mapping[str, Value]) -> str:
    """The document as YAML, in the order of its keys."""
    return "\n".join(_mapping(document, "")) + "\n"


def _mapping(value: Mapping[str, Value], indent: str) -> Iterator[str]:
    for key, part in value.items():
        if isinstance(part, Mapping):
            yield f"{indent}{key}:"
            yield from _mapping(part, indent + "  ")
        elif _is_list(part):
            yield f"{indent}{key}:"
            yield from _sequence(part, indent + "  ")
        else:
            yield f"{indent}{key}: {_scalar(part)}"


def _sequence(value: Sequence[Value], indent: str) -> Iterator[str]:
    for part in value:
        if isinstance(part, Mapping):
            first, *rest = _mapping(part, indent + "  ")
            yield f"{indent}- {first.lstrip()}"
            yield from rest
        else:
            yield f"{indent}- {_scalar(part)}"


def _is_list(value: Value) -> TypeGuard[Sequence[Value]]:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _scalar(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, str):
        plain = _PLAIN.fullmatch(value) and value.lower() not in _WORDS
        return value if plain else json.dumps(value, ensure_ascii=False)
    return str(value)
