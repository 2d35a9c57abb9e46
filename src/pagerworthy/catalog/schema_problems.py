"""Turns what a validator says into problems that a person can act on: one for each thing that is wrong."""

import difflib
import json
from typing import TYPE_CHECKING

import msgspec

from pagerworthy.catalog.composed import Composed, Value
from pagerworthy.catalog.faults import Fault, faults
from pagerworthy.catalog.forms import GUESSES
from pagerworthy.catalog.limits import too_long
from pagerworthy.catalog.schema_view import (
    Condition,
    SchemaView,
    allowed_by,
    forbidden_in,
    listed,
    names_required,
    values_asked,
)
from pagerworthy.catalog.value_problems import LONGEST_GUESSED, Finding, Words, place_of, value_finding
from pagerworthy.catalog.yaml_words import as_yaml
from pagerworthy.codes import problem
from pagerworthy.problem import DocumentPath, Problem, Where, render_path

if TYPE_CHECKING:
    import jsonschema_rs

# Of several errors at one value, the first of these says best what is wrong with it.
_RANKS = ("type", "const", "enum", "minLength", "pattern", "maxLength", "format")
# No one reads more of one file, and a hostile one could have tens of thousands.
_MAX_UNKNOWN = 50
# Comparing names takes long: nothing is guessed of very many.
_MAX_GUESSES = 20


class Missing(msgspec.Struct, frozen=True):
    """A property that an object lacks; `options` are the names of which one would do."""

    parent: DocumentPath
    name: str
    options: tuple[str, ...]
    because: str
    cause: str = ""


def schema_problems(
    validator: "jsonschema_rs.Draft202012Validator",
    value: Value,
    composed: Composed,
    view: SchemaView,
    file: str,
    base: DocumentPath = (),
) -> list[Problem]:
    """The problems that a schema has with a value, each at its key or value; `validator` is the schema compiled.

    What is too long for its schema is looked at no further. `base` is the place in the document of what was
    validated, and of what `view` describes.
    """
    reader = _Reader(composed, view, base)
    long = too_long(value, view)
    for path, size, limit in long:
        reader.take_too_long((*base, *path), size, limit)
    found = [] if long else faults(validator, value, view)
    for fault in found:
        reader.take(fault)
    findings = reader.findings()
    if found and not findings and not composed.problems:
        # Nothing that a validator refuses may come through for want of words.
        findings = [reader.plainly(found[0])]
    problems = []
    for finding in findings:
        line, column = place_of(composed, finding.path, at_key=finding.at_key)
        where = Where(file=file, line=line, column=column, path=render_path(finding.path))
        problems.append(problem(finding.code, finding.message, where, finding.mend))
    return problems


def _exact(value: Value) -> Value:
    """The value with numbers that are the same written the same."""
    if isinstance(value, dict):
        return {key: _exact(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_exact(part) for part in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


class _Reader:
    def __init__(self, composed: Composed, view: SchemaView, base: DocumentPath) -> None:
        self._composed = composed
        self._view = view
        self._base = base
        self._words = Words(composed, view, base)
        self._missing: dict[tuple[DocumentPath, tuple[str, ...]], Missing] = {}
        self._guesses = 0
        self._unknown: list[tuple[DocumentPath, str]] = []
        self._values: dict[DocumentPath, tuple[int, Finding]] = {}
        self._others: dict[tuple[DocumentPath, str], Finding] = {}

    def take(self, fault: Fault) -> None:
        """Sorts one fault to those of its kind."""
        path = self._base + fault.path
        if any(path[: len(place)] == place for place in self._composed.doubtful):
            return
        condition = self._view.condition(fault.way)
        match fault.keyword:
            case "required":
                for name in fault.names:
                    self._take_missing(path, name, condition)
            case "additionalProperties" | "unevaluatedProperties":
                room = _MAX_UNKNOWN - len(self._unknown)
                self._unknown.extend((path, name) for name in fault.names[:room])
            case "falseSchema" if path:
                self._take_forbidden(path, condition)
            case "propertyNames" if fault.names:
                self._take_key(path, fault.names[0])
            case "uniqueItems":
                self._take_repeated(path)
            case _:
                self._take_value(path, fault, condition)

    def take_too_long(self, path: DocumentPath, size: int, limit: int) -> None:
        """Notes a list or mapping with more parts than its schema allows."""
        if path not in self._composed.doubtful:
            message = f"{self._words.label(path)} has {size:,} items; at most {limit:,} are allowed"
            self._values[path] = (0, Finding(path, False, "PW111", message, "remove some of them"))

    def plainly(self, fault: Fault) -> Finding:
        """A finding for what needs no more than to be said."""
        path = self._base + fault.path
        message = f"{self._words.label(path)} breaks the rule {fault.keyword} of its schema"
        return Finding(path, False, "PW118", message, "compare it with the example in the schema")

    def findings(self) -> list[Finding]:
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
        because = cause = ""
        if condition is not None and len(options) == 1:
            if condition.holds and names_required(condition):
                because = f", which {listed(names_required(condition))} needs beside it"
            else:
                because = self._because(path, condition, ", which is needed where ")
                cause = next(iter(values_asked(condition)), "") if condition.holds else ""
        self._missing.setdefault((path, options), Missing(path, name, options, because, cause))

    def _because(self, parent: DocumentPath, condition: Condition, words: str) -> str:
        parts = []
        for name, values in values_asked(condition).items():
            here = self._words.value((*parent, name))
            if condition.holds:
                parts.append(f"{name} is {as_yaml(here)}")
            else:
                parts.append(f"{name} is not {' or '.join(map(as_yaml, values))}")
        return words + " and ".join(parts) if parts else ""

    def _missing_property(self, missing: Missing) -> Finding:
        what = self._words.label(missing.parent)
        if len(missing.options) > 1:
            message = f"{what} lacks one of {', '.join(missing.options)}"
        else:
            message = f"{what} lacks {missing.name}{missing.because}"
        says = self._view.at((*missing.parent[len(self._base) :], missing.name))
        meaning = says.get("description", "")
        block = self._words.block(missing.name, says)
        if block:
            # On one line, and without a word of warning, an example is pasted as it stands.
            meaning = f"{meaning} In this form, with values of your own:\n" + "\n".join(block)
            mend = f"add {missing.name}:"
        else:
            mend = f"add {self._words.line(missing.name, says)}"
        # Of what is needed only because of another line, that line tells where to look.
        place = (*missing.parent, missing.cause) if missing.cause else missing.parent
        return Finding(place, True, "PW106", message, f"{mend}  # {meaning}" if meaning else mend)

    def _unknown_property(
        self, parent: DocumentPath, name: str, missing: dict[tuple[DocumentPath, tuple[str, ...]], Missing]
    ) -> Finding:
        inner = parent[len(self._base) :]
        known = list(self._view.properties_at(inner))
        message = f"{self._words.label(parent)} has an unknown property {name}"
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
        return Finding((*parent, name), True, "PW105", message, mend)

    def _near(self, name: str, names: list[str], cutoff: float) -> list[str]:
        self._guesses += 1
        if self._guesses > 2 * _MAX_GUESSES or len(name) > LONGEST_GUESSED:
            return []
        return difflib.get_close_matches(name, names, n=1, cutoff=cutoff)

    def _take_forbidden(self, path: DocumentPath, condition: Condition | None) -> None:
        parent, name = path[:-1], str(path[-1])
        beside = names_required(condition) if condition and condition.holds else []
        if condition is None:
            finding = Finding(path, True, "PW113", f"{name} cannot stand here", "remove it")
        elif beside:
            other = beside[0]
            # Each of the two forbids the other: the one that comes later is reported.
            twin = self._others.pop(((*parent, other), "PW113"), None)
            if twin is not None and self._order((*parent, other)) > self._order(path):
                self._others[(*parent, other), "PW113"] = twin
                return
            message = f"{name} cannot stand beside {other}"
            finding = Finding(path, True, "PW113", message, f"keep one of the two: {other} or {name}")
        else:
            why = self._because(parent, condition, " cannot stand where ")
            inner = parent[len(self._base) :]
            known = set(self._view.properties_at(inner))
            allowed = sorted(known - forbidden_in(condition.branch))
            if condition.holds:
                mend = f"remove it; what can stand here: {listed(allowed, most=40)}"
            else:
                changes = [f"{key}: {listed(map(as_yaml, values))}" for key, values in values_asked(condition).items()]
                mend = f"remove it, or write {' and '.join(changes)}"
            finding = Finding(path, True, "PW113", f"{name}{why or ' cannot stand here'}", mend)
        self._others.setdefault((path, "PW113"), finding)

    def _order(self, path: DocumentPath) -> tuple[int, int]:
        return place_of(self._composed, path, at_key=True)

    def _take_key(self, parent: DocumentPath, name: str) -> None:
        says = self._view.at(parent[len(self._base) :])
        guess = "" if "pattern" in says.get("propertyNames", {}) else GUESSES["name"](name)
        example = next(iter((says.get("examples") or [{}])[0]), "")
        mend = f"write {guess}" if guess and guess != name else f"write e.g. {example}"
        message = f"the key {name[:60]} is not of the form that {self._words.label(parent)} asks for"
        path = (*parent, name)
        self._others.setdefault((path, "PW115"), Finding(path, True, "PW115", message, mend))

    def _take_repeated(self, path: DocumentPath) -> None:
        value = self._words.value(path)
        seen: set[str] = set()
        for index, item in enumerate(value if isinstance(value, list) else []):
            same = json.dumps(_exact(item), sort_keys=True)
            if same in seen:
                where = (*path, index)
                message = f"{as_yaml(item)} is in {self._words.label(path)} twice"
                mend = "remove it, or write the one that was meant"
                self._others.setdefault((where, "PW112"), Finding(where, False, "PW112", message, mend))
                return
            seen.add(same)

    def _take_value(self, path: DocumentPath, fault: Fault, condition: Condition | None) -> None:
        keyword = fault.keyword
        rank = _RANKS.index(keyword) if keyword in _RANKS else len(_RANKS)
        if path in self._values and self._values[path][0] <= rank:
            return
        says = self._view.at(fault.path)
        finding = value_finding(self._words, path, fault, says)
        if keyword in {"minItems", "minProperties"} and condition is not None:
            why = self._because(path[:-1], condition, "; it needs some where ")
            mend = finding.mend.removesuffix(", or remove the line")
            finding = msgspec.structs.replace(finding, message=finding.message + why, mend=mend)
        self._values[path] = (rank, finding)
