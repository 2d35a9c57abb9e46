"""Where two documents differ, so that one can be made of the other again.

A place is a JSON pointer (RFC 6901). What the first document had is noted beside what the second has: if the first
has changed since, what is noted of that place no longer holds.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType


class Difference(msgspec.Struct, frozen=True, omit_defaults=True):
    """One place: what `was` there, and what `is`; unset where there is nothing."""

    at: str
    was: Any | UnsetType = UNSET
    is_: Any | UnsetType = msgspec.field(name="is", default=UNSET)


def plain(value: Any) -> Any:
    """A struct, or what holds such, as it stands in a file: mappings, lists, texts and numbers."""
    return msgspec.json.decode(msgspec.json.encode(value))


def differences(first: Any, second: Any, at: str = "") -> list[Difference]:
    """What makes the second value of the first; lists of different length differ as a whole."""
    if isinstance(first, dict) and isinstance(second, dict):
        found = []
        for key in [*first, *(key for key in second if key not in first)]:
            here = f"{at}/{_escaped(key)}"
            found.extend(differences(first.get(key, UNSET), second.get(key, UNSET), here))
        return found
    if isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        return [
            each for n, (a, b) in enumerate(zip(first, second, strict=True)) for each in differences(a, b, f"{at}/{n}")
        ]
    same = type(first) is type(second) or (isinstance(first, int | float) and isinstance(second, int | float))
    return [] if same and first == second else [Difference(at, first, second)]


def applied(value: Any, found: Sequence[Difference], unit: Callable[[str], str]) -> tuple[Any, tuple[str, ...]]:
    """The value with the differences, and the places that were left as they are.

    Differences of one `unit`, a function of their place, are taken together or not at all: not, where one of them was
    noted against something else than is there now.
    """
    stale = {unit(each.at) for each in found if not _fits(value, each)}
    for each in found:
        if unit(each.at) not in stale:
            value = _changed(value, _keys(each.at), each.is_)
    return value, tuple(each.at for each in found if unit(each.at) in stale)


def _fits(value: Any, difference: Difference) -> bool:
    *way, last = _keys(difference.at)
    here: Any = value
    for key in way:
        here = _at(here, key)
    if not isinstance(here, dict) and not (isinstance(here, list) and _at(here, last) is not UNSET):
        return False
    return not differences(_at(here, last), difference.was)


def _at(value: Any, key: str) -> Any:
    if isinstance(value, dict):
        return value.get(key, UNSET)
    if isinstance(value, list) and key.isdecimal() and len(key) < 6 and int(key) < len(value):
        return value[int(key)]
    return UNSET


def _changed(value: Any, keys: Sequence[str], new: Any) -> Any:
    if not keys:
        return new
    changed = _changed(_at(value, keys[0]), keys[1:], new)
    if isinstance(value, list):
        index = int(keys[0])
        return [*value[:index], changed, *value[index + 1 :]]
    rest = dict(value)
    if changed is UNSET:
        rest.pop(keys[0], None)
    else:
        rest[keys[0]] = changed
    return rest


def _keys(at: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in at.split("/")[1:]]


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
