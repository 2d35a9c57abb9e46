"""How to mend an expression that does not compile, from what CEL says of it."""

import re
import typing
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

import msgspec

from pagerworthy.evidence import KEYS
from pagerworthy.scoring.facts import SubjectFacts

_FIELD = re.compile(r"undefined field '(\w+)' not found in struct '(\w+)'")
_NAME = re.compile(r"undeclared reference to '([\w.]+)'")
_OVERLOAD = re.compile(r"no matching overload for '_([<>=!+*/-]+)_' applied to '\((int|double), (?:int|double)\)'")
_KEY = re.compile(r"evidence\.([a-z_]+\.[a-z_]+)")
_WHERE = "`pagerworthy docs facts` and `pagerworthy docs evidence` list what can be asked"
_LONGEST = 60


def expression_help(reason: str, limits: Iterable[str], needs: Iterable[str]) -> str:
    """What to write instead; `reason` is CEL's, `limits` are those of the policy, `needs` the evidence asked for."""
    if field := _FIELD.search(reason):
        name, struct = field.groups()
        return _near(name, _fields(limits).get(struct, ()))
    if (name := _NAME.search(reason)) is not None:
        return _unknown(name[1], set(needs))
    if numbers := _OVERLOAD.search(reason):
        return _numbers(*numbers.groups())
    return _WHERE


def _numbers(sign: str, left: str) -> str:
    whole = "left" if left == "int" else "right"
    point = "right" if whole == "left" else "left"
    return (
        f"what stands {whole} of {sign} is a whole number, and what stands {point} of it is not: a size or a tier is "
        "compared with 2, every other number with 2.0"
    )


def _unknown(name: str, needs: set[str]) -> str:
    key = _KEY.match(f"{name}.") or _KEY.match(name)
    if key is not None and key[1] in KEYS and key[1] not in needs:
        return f"add {key[1]} to `needs`: only evidence that is named there can be asked about"
    if name.startswith("evidence."):
        return _near(name.removeprefix("evidence."), KEYS, "evidence.")
    return _near(name.partition(".")[0], [*SubjectFacts.__annotations__, "limits", "evidence"])


def _near(name: str, known: Iterable[str], before: str = "") -> str:
    near = get_close_matches(name[:_LONGEST], list(known), n=1)
    return f"did you mean {before}{near[0]}?" if near else _WHERE


def _fields(limits: Iterable[str]) -> Mapping[str, Iterable[str]]:
    """The fields of every struct that an expression can see, by the name that CEL calls it."""
    found: dict[str, Iterable[str]] = {"Limits": tuple(limits)}
    pending: list[type[msgspec.Struct]] = [SubjectFacts]
    for key in KEYS.values():
        found["Evidence_" + key.name.replace(".", "_")] = [each.name for each in msgspec.structs.fields(key.value)]
        pending.append(key.value)
    while pending:
        struct = pending.pop()
        fields = msgspec.structs.fields(struct)
        found.setdefault(struct.__name__, [each.name for each in fields])
        for each in fields:
            pending.extend(inner for inner in _structs(each.type) if inner.__name__ not in found)
    return found


def _structs(hint: Any) -> Iterator[type[msgspec.Struct]]:
    """The structs inside a type, such as that of the items of a tuple."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        yield hint
    for inner in typing.get_args(hint):
        yield from _structs(inner)
