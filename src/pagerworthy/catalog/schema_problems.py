"""Turns what a validator says into problems that a person can act on: one for each thing that is wrong."""

import difflib
import re
from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

from pagerworthy.catalog.composed import Composed, Value
from pagerworthy.catalog.forms import GUESSES
from pagerworthy.catalog.limits import errors_of, too_long
from pagerworthy.catalog.schema_view import (
    Condition,
    SchemaView,
    allowed_by,
    forbidden_in,
    listed,
    names_required,
    values_asked,
)
from pagerworthy.catalog.yaml_words import as_yaml
from pagerworthy.codes import problem
from pagerworthy.problem import DocumentPath, Problem, Where, render_path

if TYPE_CHECKING:
    import jsonschema_rs

_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping of keys to values",
    "null": "nothing",
}
# Of several errors at one value, the first of these says best what is wrong with it.
_RANKS = ("type", "const", "enum", "minLength", "pattern", "maxLength", "format")
_NUMBER = re.compile(r"([-+]?)([0-9]+)(?:[.,]([0-9]+))?[ ]?%?")
# No one reads more of one file, and a hostile one could have tens of thousands.
_MAX_ERRORS = 60
_MAX_UNKNOWN = 50
# Comparing names takes long: nothing is guessed of a long one, nor of very many.
_LONGEST_GUESSED = 60
_MAX_GUESSES = 20
_YES = frozenset({"yes", "y", "on", "true", "1"})
_NO = frozenset({"no", "n", "off", "false", "0"})


class Missing(msgspec.Struct, frozen=True):
    """A property that an object lacks; `options` are the names of which one would do."""

    parent: DocumentPath
    name: str
    options: tuple[str, ...]
    because: str


class _Finding(msgspec.Struct, frozen=True):
    path: DocumentPath
    at_key: bool
    code: str
    message: str
    mend: str


def schema_problems(
    validator: "jsonschema_rs.Draft202012Validator",
    value: Value,
    composed: Composed,
    view: SchemaView,
    file: str,
    base: DocumentPath = (),
) -> list[Problem]:
    """The problems that a validator has with a value, each at its key or value.

    What is too long for its schema is looked at no further. `base` is the place in the document of what was
    validated, and of what `view` describes.
    """
    reader = _Reader(composed, view, base)
    long = too_long(value, view)
    for path, size, limit in long:
        reader.take_too_long((*base, *path), size, limit)
    if not long:
        for error in islice(errors_of(validator, value), _MAX_ERRORS):
            reader.take(error)
    problems = []
    for finding in reader.findings():
        line, column = place_of(composed, finding.path, at_key=finding.at_key)
        where = Where(file=file, line=line, column=column, path=render_path(finding.path))
        problems.append(problem(finding.code, finding.message, where, finding.mend))
    return problems


def place_of(composed: Composed, path: DocumentPath, *, at_key: bool = False) -> tuple[int, int]:
    """The line and column of a place, or of the nearest place above it that is in the file."""
    for length in range(len(path), -1, -1):
        spot = composed.spots.get(path[:length])
        if spot is not None:
            return spot.key if at_key else spot.shown
    return (1, 1)


class _Reader:
    def __init__(self, composed: Composed, view: SchemaView, base: DocumentPath) -> None:
        self._composed = composed
        self._view = view
        self._base = base
        self._missing: dict[tuple[DocumentPath, tuple[str, ...]], Missing] = {}
        self._guesses = 0
        self._unknown: list[tuple[DocumentPath, str]] = []
        self._values: dict[DocumentPath, tuple[int, _Finding]] = {}
        self._others: dict[tuple[DocumentPath, str], _Finding] = {}

    def take(self, error: "jsonschema_rs.ValidationError") -> None:
        """Sorts one error to those of its kind."""
        inner: DocumentPath = tuple(error.instance_path)
        path = self._base + inner
        if any(path[: len(place)] == place for place in self._composed.doubtful):
            return
        keyword = error.kind.name
        condition = self._view.condition(error.evaluation_path)
        kind: Any = error.kind
        match keyword:
            case "required":
                self._take_missing(path, kind.property, condition)
            case "additionalProperties" | "unevaluatedProperties":
                room = _MAX_UNKNOWN - len(self._unknown)
                self._unknown.extend((path, name) for name in kind.unexpected[:room])
            case "falseSchema":
                self._take_forbidden(path, condition)
            case "propertyNames":
                self._take_key(path, str(kind.error.instance))
            case "uniqueItems":
                self._take_repeated(path)
            case _:
                self._take_value(path, inner, keyword, error, condition)

    def take_too_long(self, path: DocumentPath, size: int, limit: int) -> None:
        """Notes a list or mapping with more parts than its schema allows."""
        if path not in self._composed.doubtful:
            message = f"{self._label(path)} has {size:,} items; at most {limit:,} are allowed"
            self._values[path] = (0, _Finding(path, False, "PW111", message, "remove some of them"))

    def findings(self) -> list[_Finding]:
        """All findings, after typing errors have been matched with what is missing because of them."""
        found = [finding for _, finding in self._values.values()] + list(self._others.values())
        missing = dict(self._missing)
        for parent, name in self._unknown:
            found.append(self._unknown_property(parent, name, missing))
        found.extend(self._missing_property(each) for each in missing.values())
        return found

    def _take_missing(self, path: DocumentPath, name: str, condition: Condition | None) -> None:
        if path in self._composed.gaps:
            return
        options = tuple(allowed_by(condition)) if condition and condition.holds else ()
        options = options if name in options else (*options, name) if options else (name,)
        because = ""
        if condition is not None and len(options) == 1:
            if condition.holds and names_required(condition):
                because = f", which {listed(names_required(condition))} needs beside it"
            else:
                because = self._because(path, condition, ", which is needed where ")
        self._missing.setdefault((path, options), Missing(path, name, options, because))

    def _because(self, parent: DocumentPath, condition: Condition, words: str) -> str:
        parts = []
        for name, values in values_asked(condition).items():
            here = self._value((*parent, name))
            if condition.holds:
                parts.append(f"{name} is {as_yaml(here)}")
            else:
                parts.append(f"{name} is not {' or '.join(map(str, values))}")
        return words + " and ".join(parts) if parts else ""

    def _missing_property(self, missing: Missing) -> _Finding:
        what = self._label(missing.parent)
        if len(missing.options) > 1:
            message = f"{what} lacks one of {', '.join(missing.options)}"
        else:
            message = f"{what} lacks {missing.name}{missing.because}"
        says = self._view.at((*missing.parent[len(self._base) :], missing.name))
        meaning = says.get("description", "")
        mend = f"add {self._line(missing.name, says)}"
        return _Finding(missing.parent, True, "PW106", message, f"{mend}  # {meaning}" if meaning else mend)

    def _unknown_property(
        self, parent: DocumentPath, name: str, missing: dict[tuple[DocumentPath, tuple[str, ...]], Missing]
    ) -> _Finding:
        inner = parent[len(self._base) :]
        known = list(self._view.properties_at(inner))
        message = f"{self._label(parent)} has an unknown property {name}"
        wanted = [option for (at, options) in missing if at == parent for option in options]
        near = self._near(name.lower(), wanted, 0.5) or self._near(name.lower(), known, 0.6)
        places = [place for place in self._view.places_of(name) if place != inner]
        if places and (not near or near[0] != name):
            near = []
        if near:
            for key in [key for key in missing if key[0] == parent and near[0] in key[1]]:
                del missing[key]
            mend = f"did you mean {near[0]}?"
        elif places:
            missing.pop((self._base + places[0], (name,)), None)
            mend = f"it belongs under {render_path(places[0]) or 'the top level'}: move it there"
        elif known:
            mend = f"remove it, or write one of: {listed(sorted(known), most=40)}"
        else:
            mend = "remove it"
        return _Finding((*parent, name), True, "PW105", message, mend)

    def _near(self, name: str, names: list[str], cutoff: float) -> list[str]:
        self._guesses += 1
        if self._guesses > 2 * _MAX_GUESSES or len(name) > _LONGEST_GUESSED:
            return []
        return difflib.get_close_matches(name, names, n=1, cutoff=cutoff)

    def _take_forbidden(self, path: DocumentPath, condition: Condition | None) -> None:
        parent, name = path[:-1], str(path[-1])
        beside = names_required(condition) if condition and condition.holds else []
        if condition is None:
            finding = _Finding(path, True, "PW113", f"{name} cannot stand here", "remove it")
        elif beside:
            other = beside[0]
            # Each of the two forbids the other: the one that comes later is reported.
            twin = self._others.pop(((*parent, other), "PW113"), None)
            if twin is not None and self._order((*parent, other)) > self._order(path):
                self._others[(*parent, other), "PW113"] = twin
                return
            message = f"{name} cannot stand beside {other}"
            finding = _Finding(path, True, "PW113", message, f"keep one of the two: {other} or {name}")
        else:
            why = self._because(parent, condition, " cannot stand where ")
            inner = parent[len(self._base) :]
            known = set(self._view.properties_at(inner))
            allowed = sorted(known - forbidden_in(condition.branch))
            if condition.holds:
                mend = f"remove it; what can stand here: {listed(allowed, most=40)}"
            else:
                changes = [f"{key}: {listed(values)}" for key, values in values_asked(condition).items()]
                mend = f"remove it, or write {' and '.join(changes)}"
            finding = _Finding(path, True, "PW113", f"{name}{why or ' cannot stand here'}", mend)
        self._others.setdefault((path, "PW113"), finding)

    def _order(self, path: DocumentPath) -> tuple[int, int]:
        return place_of(self._composed, path, at_key=True)

    def _take_key(self, parent: DocumentPath, name: str) -> None:
        says = self._view.at(parent[len(self._base) :])
        guess = "" if "pattern" in says.get("propertyNames", {}) else GUESSES["name"](name)
        example = next(iter((says.get("examples") or [{}])[0]), "")
        mend = f"write {guess}" if guess and guess != name else f"write e.g. {example}"
        message = f"the key {name[:60]} is not of the form that {self._label(parent)} asks for"
        path = (*parent, name)
        self._others.setdefault((path, "PW115"), _Finding(path, True, "PW115", message, mend))

    def _take_repeated(self, path: DocumentPath) -> None:
        value = self._value(path)
        seen: list[Value] = []
        for index, item in enumerate(value if isinstance(value, list) else []):
            if item in seen:
                where = (*path, index)
                message = f"{as_yaml(item)} is in {self._label(path)} twice"
                mend = "remove it, or write the one that was meant"
                self._others.setdefault((where, "PW112"), _Finding(where, False, "PW112", message, mend))
                return
            seen.append(item)

    def _take_value(
        self,
        path: DocumentPath,
        inner: DocumentPath,
        keyword: str,
        error: "jsonschema_rs.ValidationError",
        condition: Condition | None,
    ) -> None:
        rank = _RANKS.index(keyword) if keyword in _RANKS else len(_RANKS)
        if path in self._values and self._values[path][0] <= rank:
            return
        says = self._view.at(inner)
        finding = self._value_finding(path, keyword, error, says)
        if keyword == "minItems" and condition is not None:
            why = self._because(path[:-1], condition, "; it needs some where ")
            finding = msgspec.structs.replace(finding, message=finding.message + why)
        self._values[path] = (rank, finding)

    def _value_finding(
        self, path: DocumentPath, keyword: str, error: "jsonschema_rs.ValidationError", says: Mapping[str, Any]
    ) -> _Finding:
        value = self._value(path)
        what = self._label(path)
        kind: Any = error.kind
        shown = self._shown(path, value)
        write = f"write e.g. {self._line(path[-1] if path else '', says)}"
        meaning = says.get("description", "")
        code, message, mend = "PW118", f"{what} breaks the rule {keyword} of its schema", write
        match keyword:
            case "type":
                code, message, mend = self._type(path, value, kind.types, says)
            case "enum" | "const":
                code = "PW101" if path == ("apiVersion",) else "PW102" if path == ("kind",) else "PW104"
                options = kind.options if keyword == "enum" else [kind.expected_value]
                message = f"{what} is {shown}, which is not one of the allowed values"
                mend = _one_of(value, options)
            case "pattern":
                code, message = "PW108", f"{what} is {shown}, which does not have the form that is asked for"
                mend = self._form(value, error, write, meaning)
            case "format":
                code = "PW114"
                message = f"{what} is {shown}, and there is no such {'day' if kind.format == 'date' else kind.format}"
            case "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum":
                words = {
                    "minimum": "at least",
                    "maximum": "at most",
                    "exclusiveMinimum": "more than",
                    "exclusiveMaximum": "less than",
                }
                code = "PW109"
                message = f"{what} is {shown}; it has to be {words[keyword]} {_count(kind.limit)}"
                mend = f"{write}  # {meaning}" if meaning else write
            case "minLength":
                code, message = "PW110", f"{what} is {'empty' if value == '' else 'too short'}"
                mend = f"{write}  # {meaning}" if meaning else write
            case "maxLength":
                size = len(value) if isinstance(value, str) else 0
                code, message = "PW110", f"{what} has {size:,} characters; at most {_count(kind.limit)} are allowed"
                mend = "shorten it"
            case "minItems" | "minProperties":
                code, message = "PW111", f"{what} has too few items" if value else f"{what} is empty"
                mend = write if value else f"{write}, or remove the line"
            case "maxItems" | "maxProperties":
                size = len(value) if isinstance(value, list | dict) else 0
                code, message = "PW111", f"{what} has {size:,} items; at most {_count(kind.limit)} are allowed"
                mend = "remove some of them"
        return _Finding(path, False, code, message, mend)

    def _type(
        self, path: DocumentPath, value: Value, types: list[str], says: Mapping[str, Any]
    ) -> tuple[str, str, str]:
        what, key = self._label(path), str(path[-1]) if path else ""
        line = self._line(path[-1] if path else "", says)
        if value is None:
            return "PW116", f"{what} has no value", f"write {line}, or remove the line"
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
            mend = f"write {prefix}{sign}{whole}{'.' + number[3] if number[3] else ''}, without quotes{allowed}"
        elif want == "integer" and isinstance(value, float):
            mend = f"write {prefix}{round(value)}{allowed}"
        elif want == "string" and not isinstance(value, dict | list):
            mend = f'write {prefix}"{self._composed.written.get(path, "")}", in quotes'
            mend = f"write e.g. {line}{allowed}" if allowed else mend
        elif want == "array" and not isinstance(value, dict):
            mend = f"write it as a list: {prefix}[{as_yaml(value)}]"
        elif want == "array":
            mend = f"put a hyphen before each item of the list: {as_yaml([value])[1:-1]} becomes - {as_yaml(value)}"
        return "PW107", message, mend

    def _form(self, value: Value, error: "jsonschema_rs.ValidationError", write: str, meaning: str) -> str:
        definition = str(error.schema_path[1]) if error.schema_path[:1] == ["$defs"] else ""
        short = isinstance(value, str) and len(value) <= 300
        guess = GUESSES[definition](str(value)) if definition in GUESSES and short else ""
        if guess and guess != value:
            write = f"write {as_yaml(guess)}"
        about = self._view.definition(definition).get("description", "") or meaning
        return f"{write}  # {about}" if about else write

    def _line(self, key: str | int, says: Mapping[str, Any]) -> str:
        """The line to write, with the example of the schema."""
        examples = says.get("examples") or [says["enum"][0] if says.get("enum") else "..."]
        text = as_yaml(examples[0])
        return f"{key}: {text}" if isinstance(key, str) and key else text

    def _label(self, path: DocumentPath) -> str:
        return render_path(path) or "the entry"

    def _shown(self, path: DocumentPath, value: Value) -> str:
        text = self._composed.written.get(path) or as_yaml(value)
        return text if len(text) <= 60 else text[:57] + "..."

    def _value(self, path: DocumentPath) -> Value:
        here: Value = self._composed.value
        for part in path:
            if isinstance(here, dict) and isinstance(part, str):
                here = here.get(part)
            elif isinstance(here, list) and isinstance(part, int) and part < len(here):
                here = here[part]
            else:
                return None
        return here


def _one_of(value: Value, options: list[Any]) -> str:
    allowed = f"allowed: {listed(options, most=40)}"
    if len(options) == 1:
        return f"write {as_yaml(options[0])}"
    near: list[str] = []
    if isinstance(value, str) and len(value) <= _LONGEST_GUESSED:
        lower = {str(option).lower(): str(option) for option in options}
        near = [lower[found] for found in difflib.get_close_matches(value.lower(), list(lower), n=1, cutoff=0.5)]
    elif isinstance(value, int | float) and not isinstance(value, bool):
        numbers = [option for option in options if isinstance(option, int | float)]
        near = [str(min(numbers, key=lambda option: abs(option - value)))] if numbers else []
    return f"did you mean {near[0]}? {allowed}" if near else allowed


def _kind_of(value: Value) -> str:
    match value:
        case bool():
            return f"the truth value {str(value).lower()}"
        case str():
            shown = as_yaml(value)
            return f"the text {shown if len(shown) <= 40 else shown[:37] + '...'}"
        case int() | float():
            return f"the number {value}"
        case list():
            return "a list"
    return "a mapping of keys to values"


def _count(limit: Any) -> str:
    # An organisation's schema may ask for a number that no float can hold.
    return f"{int(limit):,}" if isinstance(limit, int) or float(limit).is_integer() else str(limit)
