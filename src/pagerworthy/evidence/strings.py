"""What the strings within a value show: nothing that a page or a terminal shows otherwise than it is written."""

import json
from collections.abc import Callable, Iterator

import msgspec

from pagerworthy.catalog.precheck import UNPRINTABLE

_SHOWN = "\N{REPLACEMENT CHARACTER}"


def disguised(value: bytes) -> str:
    """Where in a value there is a string with control or invisible characters; empty where there is none."""
    # Numbers stay text: Python refuses to make one of thousands of digits.
    return next(_places(json.loads(value, parse_int=str, parse_float=str), "value"), "") if value else ""


def undisguised(value: bytes) -> bytes:
    """The same value with each such character replaced by one that is seen."""
    if _is_plain(value):
        return value
    return msgspec.json.encode(_mapped(msgspec.json.decode(value), shown))


def shown(text: str) -> str:
    """The text with each control or invisible character replaced by one that is seen; lines stay lines."""
    return UNPRINTABLE.sub(_SHOWN, text)


def _is_plain(value: bytes) -> bool:
    return value.isascii() and b"\\" not in value and b"\x7f" not in value


def _places(value: object, place: str) -> Iterator[str]:
    if isinstance(value, str):
        if UNPRINTABLE.search(value):
            yield place
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _places(each, f"{place}[{number}]")
    elif isinstance(value, dict):
        for name, each in value.items():
            if UNPRINTABLE.search(name):
                yield f"a name in {place}"
            yield from _places(each, f"{place}.{name}")


def _mapped(value: object, change: Callable[[str], str]) -> object:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_mapped(each, change) for each in value]
    if isinstance(value, dict):
        return {change(name): _mapped(each, change) for name, each in value.items()}
    return value
