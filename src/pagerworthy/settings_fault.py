"""What is wrong with settings that cannot be read: in words, with the line, and what to write instead."""

import difflib
import re
from typing import Any, NamedTuple, get_args

import msgspec

_AT = re.compile(r" - at `\$\.?([\w.]*)[^`]*`$")
_TOML = re.compile(r"(.+) \(at line (\d+), column (\d+)\)", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_TYPE = re.compile(r"Expected `([\w| ]+)`, got `(\w+)`")
_TABLE = re.compile(r"\s*\[+\s*([\w.\-\" ]+?)\s*\]+\s*(?:#.*)?$")
_TYPES = {
    "str": "text in quotes",
    "int": "a number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
    "datetime": "a moment",
}
_LISTED = "`pagerworthy docs settings` lists all settings, and what they take"


class Fault(NamedTuple):
    """What is wrong, how to mend it, and where; 0 where that is about the whole file."""

    message: str
    help: str
    line: int = 0
    column: int = 0


def fault_of(error: Exception, text: str, settings: type[msgspec.Struct]) -> Fault:
    """The fault behind what a reader of TOML or a decoder to `settings` says of the text."""
    said = str(error)
    if syntax := _TOML.fullmatch(said):
        return Fault(f"this is not TOML: {syntax[1]}", "write it as TOML (toml.io)", int(syntax[2]), int(syntax[3]))
    at = _AT.search(said)
    place = at[1] if at else ""
    said = said[: at.start()] if at else said
    if unknown := _UNKNOWN.fullmatch(said):
        name = unknown[1]
        known = _fields(settings, place)
        near = difflib.get_close_matches(name[:60], known, n=1)
        where = f"[{place}] has" if place else "the settings have"
        mend = f"did you mean {near[0]}?" if near else f"remove it, or write one of: {', '.join(known) or 'nothing'}"
        line = _line(text, f"{place}.{name}".lstrip("."))
        return Fault(f"{where} an unknown key {name[:60]}", mend, line, 1 if line else 0)
    line = _line(text, place)
    if kinds := _TYPE.fullmatch(said):
        wanted = " or ".join(_TYPES.get(each.strip(), each.strip()) for each in kinds[1].split("|"))
        said = f"{place} should be {wanted}, and is {_TYPES.get(kinds[2], kinds[2])}"
    elif said.startswith("Invalid RFC3339"):
        said = f"{place} is no moment, such as 2026-03-31T14:05:00Z"
    elif place:
        said = f"{place}: {said}"
    return Fault(said, _LISTED, line, 1 if line else 0)


def _fields(settings: Any, place: str) -> list[str]:
    """The keys that a table may have."""
    for part in filter(None, place.split(".")):
        found = {field.encode_name: field.type for field in msgspec.structs.fields(settings)}.get(part)
        inner = [each for each in (found, *get_args(found)) if isinstance(each, type)]
        settings = next((each for each in inner if issubclass(each, msgspec.Struct)), None)
        if settings is None:
            return []
    return [field.encode_name for field in msgspec.structs.fields(settings)]


def _line(text: str, place: str) -> int:
    """The line, from 1, in which a key is written: `site.title` under [site], or as it stands. 0 where it is not."""
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if head := _TABLE.match(line):
            table = head[1].replace('"', "").replace(" ", "")
            if table == place:
                return number
        elif place == f"{table}.{line.partition('=')[0].strip()}".lstrip("."):
            return number
    return 0
