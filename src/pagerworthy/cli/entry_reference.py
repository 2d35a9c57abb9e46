"""What may stand in an entry, taken from the schemas that `check` judges by."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from pagerworthy.catalog.model import FOLDERS
from pagerworthy.catalog.schemas import Schemas

_Schema = Mapping[str, Any]
_IN_LIST, _IN_TABLE = "[]", ".NAME"


class Row(msgspec.Struct, frozen=True):
    """A property: its path (`spec.slos[].objective`), type or values, whether it must be there, meaning and example."""

    path: str
    allowed: str
    required: bool
    says: str
    example: str


class Section(msgspec.Struct, frozen=True):
    """A part of a kind of entry, with the rules that hold between its properties; the first has the topmost ones."""

    path: str
    rows: tuple[Row, ...]
    rules: tuple[str, ...]


class EntryKind(msgspec.Struct, frozen=True):
    """A kind of entry, the folder of its files, how their names end, and its parts."""

    name: str
    folder: str
    suffix: str
    says: str
    sections: tuple[Section, ...]


class TextForm(msgspec.Struct, frozen=True):
    """A form of text that several properties share; `most` is the number of characters."""

    name: str
    says: str
    pattern: str
    most: int
    example: str


def entry_kinds() -> list[EntryKind]:
    """Every kind of entry, in the order in which the model has them."""
    schemas = Schemas()
    reader = _Reader(schemas.common()["$defs"])
    return [
        EntryKind(
            name=kind,
            folder=f"catalog/{folder}",
            suffix=".md" if kind == "Postmortem" else ".yaml",
            says=schemas.of(kind)["description"],
            sections=tuple(reader.sections(schemas.of(kind))),
        )
        for kind, folder in FOLDERS.items()
    ]


def text_forms() -> list[TextForm]:
    """The forms of text that the properties of all kinds are described by."""
    return [
        TextForm(name, each["description"], each["pattern"], each["maxLength"], each["examples"][0])
        for name, each in Schemas().common()["$defs"].items()
        if each["type"] == "string"
    ]


class _Reader:
    """Reads the schemas of entries, which refer to shared definitions only."""

    def __init__(self, shared: Mapping[str, _Schema]) -> None:
        self._shared = shared

    def sections(self, schema: _Schema) -> Iterator[Section]:
        """One for the topmost properties, one for `spec`'s own, and one for each part of it that has properties."""
        spec = self._whole(schema["properties"]["spec"])
        head = {name: part for name, part in schema["properties"].items() if name != "spec"}
        yield self._section("", {**schema, "properties": head})
        flat = {name: part for name, part in spec["properties"].items() if not self._has_parts(part)}
        yield Section("spec", tuple(self._rows("spec", {**spec, "properties": flat})), tuple(_rules("spec", spec)))
        for name, part in spec["properties"].items():
            if name not in flat:
                only = {"properties": {name: part}, "required": [each for each in spec["required"] if each == name]}
                yield self._section("spec", only, f"spec.{name}")

    def _section(self, path: str, schema: _Schema, title: str = "") -> Section:
        return Section(title, tuple(self._rows(path, schema)), tuple(self._all_rules(path, schema)))

    def _rows(self, path: str, schema: _Schema) -> Iterator[Row]:
        for name, raw in schema.get("properties", {}).items():
            part = self._whole(raw)
            part = {**part, "required": [*part.get("required", ()), *_always(schema, name)]}
            here = f"{path}.{name}" if path else name
            yield Row(
                path=here,
                allowed=self._allowed(raw),
                required=name in schema.get("required", ()),
                says=part["description"],
                example=_written(part["examples"][0]),
            )
            inside, there = self._inside(part)
            yield from self._rows(here + there, inside)

    def _all_rules(self, path: str, schema: _Schema) -> Iterator[str]:
        """The rules of a part and of all that it holds."""
        yield from _rules(path, schema)
        for name, raw in schema.get("properties", {}).items():
            inside, there = self._inside(self._whole(raw))
            yield from self._all_rules(f"{path}.{name}{there}".lstrip("."), inside)

    def _inside(self, part: _Schema) -> tuple[_Schema, str]:
        """The object whose properties come next, and how its place is written after the path."""
        if isinstance(items := part.get("items"), Mapping):
            return self._whole(items), _IN_LIST
        if isinstance(values := part.get("additionalProperties"), Mapping):
            return self._whole(values), _IN_TABLE
        return part, ""

    def _has_parts(self, raw: _Schema) -> bool:
        return "properties" in self._inside(self._whole(raw))[0]

    def _whole(self, schema: _Schema) -> _Schema:
        """The schema's own words before those of the definition that it refers to."""
        if "$ref" not in schema:
            return schema
        return {**self._whole(self._shared[_name_of(schema)]), **schema}

    def _allowed(self, raw: _Schema) -> str:
        """A type, or the allowed values, in a few words."""
        part = self._whole(raw)
        kind = "values" if {"const", "enum"} & part.keys() else part["type"]
        match kind:
            case "values":
                said = _names(map(_word, part.get("enum", [part.get("const")])))
            case "array":
                item = self._whole(part["items"])
                of = "" if "properties" in item else f" of {self._allowed(part['items'])}"
                once = ", each once" if part.get("uniqueItems") else ""
                said = f"list{of}{_size(part, 'minItems', 'maxItems')}{once}"
            case "object":
                values = part.get("additionalProperties")
                by, each = "", ""
                if isinstance(values, Mapping):
                    by = " by name"
                    each = "" if "properties" in self._whole(values) else f", each {self._allowed(values)}"
                said = f"table{by}{_size(part, 'minProperties', 'maxProperties')}{each}"
            case "string" if "$ref" in raw:
                said = f"[{_name_of(raw)}](#forms-of-text)"
            case "string":
                said = f"text{_length(part)}" + (f", like `{part['pattern']}`" if "pattern" in part else "")
            case "boolean":
                said = "`true`, `false`"
            case _:
                said = f"{'whole number' if kind == 'integer' else kind}{_range(part)}"
        return said


def _rules(path: str, schema: _Schema) -> Iterator[str]:
    """What holds between the properties of one object, a sentence each."""
    place = f"In `{path}`, " if path else ""
    for each in schema.get("allOf", ()):
        condition = each.get("if")
        if condition is None:
            continue
        if missing := _absent(condition):
            names = dict.fromkeys([*missing, *each["then"]["required"]])
            said = f"one of {_names(names)} is required."
            yield place + said if place else said.capitalize()
            continue
        for branch, holds in (("then", True), ("else", False)):
            if branch in each:
                said = f"{_when(condition, holds=holds)}: {_asked(each[branch])}."
                yield place + said if place else said[0].upper() + said[1:]


def _always(schema: _Schema, name: str) -> list[str]:
    """What the object asks of the part of this name under no condition, beyond what the part itself does."""
    free = [each for each in schema.get("allOf", ()) if "if" not in each]
    return [inner for each in free for inner in each["properties"].get(name, {}).get("required", ())]


def _absent(condition: _Schema) -> list[str]:
    negated = condition.get("not", {})
    return [name for option in negated.get("anyOf", [negated]) for name in option.get("required", ())]


def _when(condition: _Schema, *, holds: bool) -> str:
    values = [
        f"`{name}` is {'' if holds else 'not '}{_either(part)}"
        for name, part in condition.get("properties", {}).items()
    ]
    if values:
        return f"where {' and '.join(values)}"
    return f"{'with' if holds else 'without'} {_names(condition['required'])}"


def _either(part: _Schema) -> str:
    *others, last = [f"`{_word(each)}`" for each in part.get("enum", [part.get("const")])]
    return f"{', '.join(others)} or {last}" if others else last


def _asked(branch: _Schema) -> str:
    """What a branch asks for, forbids, and wants not to be empty."""
    said = []
    required = branch.get("required", ())
    parts = branch.get("properties", {})
    if required:
        said.append(f"{_names(required)} {'is' if len(required) == 1 else 'are'} required")
    filled = [name for name, part in parts.items() if part is not False and {"minItems", "minProperties"} & part.keys()]
    if filled:
        said.append(f"{_names(filled)} {'is' if len(filled) == 1 else 'are'} not empty")
    if forbidden := [name for name, part in parts.items() if part is False]:
        said.append(f"{'no' if len(forbidden) == 1 else 'none of'} {_names(forbidden)}")
    return "; ".join(said)


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _size(part: _Schema, low: str, high: str) -> str:
    """How much a list or a table holds."""
    least, most = part.get(low, 0), part.get(high)
    said = ", not empty" if least == 1 else f", at least {least:,}" if least else ""
    return f"{said}, at most {most:,}" if most is not None else said


def _length(part: _Schema) -> str:
    """How long a text is; that it is not empty goes without saying."""
    least, most = part.get("minLength", 0), part["maxLength"]
    if least == most:
        return f" of {most:,} characters"
    return f" of {least:,} to {most:,} characters" if least > 1 else f" of at most {most:,} characters"


def _range(part: _Schema) -> str:
    if {"minimum", "maximum"} <= part.keys():
        return f", {part['minimum']:,.15g} to {part['maximum']:,.15g}"
    words = {
        "minimum": "at least",
        "exclusiveMinimum": "more than",
        "maximum": "at most",
        "exclusiveMaximum": "less than",
    }
    return "".join(f", {word} {part[key]:,.15g}" for key, word in words.items() if key in part)


def _name_of(schema: _Schema) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


def _word(value: object) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _written(value: object) -> str:
    """An example as it is written in YAML: a word as it is, a list or table as JSON, which YAML reads as well."""
    return f"`{_word(value)}`"
