"""What is wrong with a single value, in words, and what to write instead."""

import difflib
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from pagerworthy.catalog.composed import Composed, Value
from pagerworthy.catalog.faults import Fault
from pagerworthy.catalog.forms import GUESSES
from pagerworthy.catalog.schema_view import SchemaView, listed
from pagerworthy.catalog.yaml_words import as_block, as_yaml
from pagerworthy.problem import DocumentPath, render_path

_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping of keys to values",
    "null": "nothing",
}
_NUMBER = re.compile(r"([-+]?)([0-9]+)(?:[.,]([0-9]+))?[ ]?%?")
# Comparing names takes long: nothing is guessed of a long one, and none of very many.
LONGEST_GUESSED = 60
_MOST_GUESSED = 200
_LONGEST_SHOWN = 200
_YES = frozenset({"yes", "y", "on", "true", "1"})
_NO = frozenset({"no", "n", "off", "false", "0"})


class Finding(msgspec.Struct, frozen=True):
    """One thing that is wrong, before its line is known; `at_key` says that its key is to be shown."""

    path: DocumentPath
    at_key: bool
    code: str
    message: str
    mend: str


class Words:
    """Names the parts of a document, and says how they are written; `view` describes the part at `base`."""

    def __init__(self, composed: Composed, view: SchemaView, base: DocumentPath) -> None:
        self._composed = composed
        self._base = base
        self.view = view

    def label(self, path: DocumentPath) -> str:
        """The place as people read it."""
        return render_path(path) or "the entry"

    def shown(self, path: DocumentPath, value: Value) -> str:
        """The value as it is written in the file, shortened."""
        return _cut(self._composed.written.get(path) or _as_yaml(value), 60)

    def line(self, key: str | int, says: Mapping[str, Any]) -> str:
        """The line to write, with the example of the schema."""
        examples = says.get("examples") or [says["enum"][0] if says.get("enum") else "..."]
        text = as_yaml(examples[0])
        return f"{key}: {text}" if isinstance(key, str) and key else text

    def block(self, key: str, says: Mapping[str, Any]) -> list[str]:
        """The example of the schema as lines to write, where it is more than one value."""
        return as_block(key, (says.get("examples") or [None])[0])

    def or_remove(self, path: DocumentPath) -> str:
        """`, or remove the line`, where the schema lets it be removed."""
        inner = path[len(self._base) :]
        needed = inner and inner[-1] in self.view.at(inner[:-1]).get("required", ())
        return "" if needed else ", or remove the line"

    def written(self, path: DocumentPath) -> str:
        """The spelling of a scalar without quotes that is not text."""
        return self._composed.written.get(path, "")

    def value(self, path: DocumentPath) -> Value:
        """The value at a place; None where there is none."""
        here: Value = self._composed.value
        for part in path:
            if isinstance(here, dict) and isinstance(part, str):
                here = here.get(part)
            elif isinstance(here, list) and isinstance(part, int) and part < len(here):
                here = here[part]
            else:
                return None
        return here


def place_of(composed: Composed, path: DocumentPath, *, at_key: bool = False) -> tuple[int, int]:
    """The line and column of a place, or of the nearest place above it that is in the file."""
    for length in range(len(path), -1, -1):
        spot = composed.spots.get(path[:length])
        if spot is not None:
            return spot.key if at_key else spot.shown
    return (1, 1)


def value_finding(words: Words, path: DocumentPath, fault: Fault, says: Mapping[str, Any]) -> Finding:
    """The finding behind a fault of one value; `says` is what the schema says of that place."""
    keyword, asked = fault.keyword, fault.asked
    value = words.value(path)
    what = words.label(path)
    shown = words.shown(path, value)
    write = f"write e.g. {words.line(path[-1] if path else '', says)}"
    meaning = says.get("description", "")
    code, message, mend = "PW118", f"{what} breaks the rule {keyword} of its schema", write
    match keyword:
        case "type":
            code, message, mend = _type(words, path, value, asked if isinstance(asked, list) else [asked], says)
        case "enum" | "const":
            code = "PW101" if path == ("apiVersion",) else "PW102" if path == ("kind",) else "PW104"
            options = asked if keyword == "enum" else [asked]
            message = f"{what} is {shown}, which is not one of the allowed values"
            mend = _one_of(value, options)
        case "pattern":
            code, message = "PW108", f"{what} is {shown}, which does not have the form that is asked for"
            mend = _form(words, value, fault, write, meaning)
        case "format":
            code = "PW114"
            message = f"{what} is {shown}, and there is no such {'day' if asked == 'date' else asked}"
        case "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum":
            bounds = {
                "minimum": "at least",
                "maximum": "at most",
                "exclusiveMinimum": "more than",
                "exclusiveMaximum": "less than",
            }
            code = "PW109"
            message = f"{what} is {shown}; it has to be {bounds[keyword]} {_count(asked)}"
            if keyword in {"minimum", "maximum"} and path:
                write = f"write e.g. {path[-1]}: {asked}" if isinstance(path[-1], str) else f"write e.g. {asked}"
            mend = f"{write}  # {meaning}" if meaning else write
        case "minLength":
            size = len(value) if isinstance(value, str) else 0
            short = f"has {size} character{'' if size == 1 else 's'}; at least {_count(asked)} are needed"
            code, message = "PW110", f"{what} {short if size else 'is empty'}"
            mend = f"{write}  # {meaning}" if meaning else write
        case "maxLength":
            size = len(value) if isinstance(value, str) else 0
            code, message = "PW110", f"{what} has {size:,} characters; at most {_count(asked)} are allowed"
            mend = "shorten it"
        case "minItems" | "minProperties":
            code, message = "PW111", f"{what} has too few items" if value else f"{what} is empty"
            mend = write if value else write + words.or_remove(path)
        case "maxItems" | "maxProperties":
            size = len(value) if isinstance(value, list | dict) else 0
            code, message = "PW111", f"{what} has {size:,} items; at most {_count(asked)} are allowed"
            mend = "remove some of them"
    return Finding(path, False, code, message, mend)


def _type(
    words: Words, path: DocumentPath, value: Value, types: list[str], says: Mapping[str, Any]
) -> tuple[str, str, str]:
    what, key = words.label(path), str(path[-1]) if path else ""
    line = words.line(path[-1] if path else "", says)
    if value is None:
        return "PW116", f"{what} has no value", f"write {line}{words.or_remove(path)}"
    wanted = " or ".join(_TYPES.get(name, name) for name in types)
    message = f"{what} should be {wanted}, and is {_kind_of(value)}"
    allowed = f"; allowed: {listed(says['enum'])}" if "enum" in says else ""
    want = types[0] if types else ""
    mend = f"write e.g. {line}"
    text = value if isinstance(value, str) else ""
    number = _NUMBER.fullmatch(text.strip()) if len(text) < 40 else None
    prefix = f"{key}: " if key and isinstance(path[-1], str) else ""
    if want == "boolean" and (text.lower() in _YES | _NO or value in (0, 1)):
        mend = f"write {prefix}{'true' if str(value).lower() in _YES else 'false'}"
    elif want in {"integer", "number"} and number and not (want == "integer" and number[3]):
        sign = "-" if number[1] == "-" else ""
        whole = number[2].lstrip("0") or "0"
        plain = f"{sign}{whole}{'.' + number[3] if number[3] else ''}"
        # Only what is a number already was in quotes: 99,9 and 99.9% are texts without any.
        mend = f"write {prefix}{plain}{', without quotes' if text.strip() == plain else ''}{allowed}"
    elif want == "integer" and isinstance(value, float):
        mend = f"write {prefix}{round(value)}{allowed}"
    elif want == "string" and not isinstance(value, dict | list):
        mend = f'write {prefix}"{words.written(path)}", in quotes'
        mend = f"write e.g. {line}{allowed}" if allowed else mend
    elif want == "array" and not isinstance(value, dict) and not isinstance(_first(says), dict):
        mend = f"write it as a list: {prefix}[{as_yaml(value)}]"
    elif want == "array" and not isinstance(value, dict):
        mend = f"write it as a list, e.g. {line}"
    elif want == "array":
        mend = f"put a hyphen before each item, as in - {as_yaml(_first(says))}"
    return "PW107", message, mend


def _first(says: Mapping[str, Any]) -> Any:
    """The first item of a list's example."""
    examples = says.get("examples") or [["..."]]
    return examples[0][0] if isinstance(examples[0], list) and examples[0] else "..."


def _form(words: Words, value: Value, fault: Fault, write: str, meaning: str) -> str:
    definition = words.view.defined_as(fault.way)
    if definition == "path" and isinstance(value, str) and value.startswith(("https://", "http://")):
        return f"write url: {_cut(value, 60)}, if it may have one: a path names a file of this repository"
    short = isinstance(value, str) and len(value) <= 300
    guess = GUESSES[definition](str(value)) if definition in GUESSES and short else ""
    if guess and guess != value:
        write = f"write {as_yaml(guess)}"
    about = words.view.definition(definition).get("description", "") or meaning
    return f"{write}  # {about}" if about else write


def _one_of(value: Value, options: list[Any]) -> str:
    allowed = f"allowed: {listed(options, most=40)}"
    if len(options) == 1:
        return f"write {as_yaml(options[0])}"
    near: list[str] = []
    if len(options) > _MOST_GUESSED:
        return allowed
    if isinstance(value, str) and len(value) <= LONGEST_GUESSED:
        lower = {str(option).lower(): str(option) for option in options}
        near = [lower[found] for found in difflib.get_close_matches(value.lower(), list(lower), n=1, cutoff=0.6)]
        near = near or [name for key, name in lower.items() if len(value) > 2 and key.startswith(value.lower())]
    elif isinstance(value, int | float) and not isinstance(value, bool):
        numbers = [option for option in options if isinstance(option, int | float)]
        near = [str(min(numbers, key=lambda option: abs(option - value)))] if numbers else []
    return f"did you mean {near[0]}? {allowed}" if near else allowed


def _kind_of(value: Value) -> str:
    match value:
        case bool():
            return f"the truth value {str(value).lower()}"
        case str():
            return f"the text {_cut(_as_yaml(value), 40)}"
        case int() | float():
            return f"the number {value}"
        case list():
            return "a list"
    return "a mapping of keys to values"


def _as_yaml(value: Value) -> str:
    """The value on one line, of a long text its beginning: no more of it is shown."""
    return as_yaml(value[:_LONGEST_SHOWN] if isinstance(value, str) else value)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."


def _count(limit: Any) -> str:
    # An organisation's schema may ask for a number that no float can hold.
    return f"{int(limit):,}" if isinstance(limit, int) or float(limit).is_integer() else str(limit)
