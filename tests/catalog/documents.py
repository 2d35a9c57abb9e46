"""Documents that a schema admits, drawn from the schema itself.

References lead into another file, and conditions are met by adding what they ask for and taking away what they forbid:
a general generator follows no such reference, and would have to draw until a condition is met by chance.
"""

import datetime as dt
import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pagerworthy.catalog.schemas import Schemas

SCHEMAS = Schemas()
_COMMON = SCHEMAS.common()
# Text that YAML, HTML, shells and terminals could take for something else.
_ODD_TEXTS = ("no", "010", "12:30", "null", "~", "a: b", "a #b", "- a", "<script>alert(1)</script>", "'", '"', "{{x}}")
_CHARACTERS = st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Cn", "Zl", "Zp"))
_TEXTS = st.text(_CHARACTERS, min_size=1, max_size=30) | st.sampled_from(_ODD_TEXTS)
_ASCII = st.characters(codec="ascii")


@st.composite
def documents(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """A document that the schema of the kind admits."""
    document: dict[str, Any] = _value(draw, SCHEMAS.of(kind))
    return document


def resolved(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with the definition that it refers to, its own words first."""
    merged = dict(schema)
    while "$ref" in merged:
        name = merged.pop("$ref").rpartition("/")[2]
        merged = {**_COMMON["$defs"][name], **merged}
    return merged


def _value(draw: st.DrawFn, schema: Mapping[str, Any]) -> Any:
    rule = resolved(schema)
    if "const" in rule:
        return rule["const"]
    if "enum" in rule:
        return draw(st.sampled_from(rule["enum"]))
    match rule.get("type"):
        case "string":
            return _text(draw, rule)
        case "integer":
            return draw(st.integers(rule["minimum"], rule["maximum"]))
        case "number":
            return _number(draw, rule)
        case "boolean":
            return draw(st.booleans())
        case "array":
            return _list(draw, rule)
    return _object(draw, rule)


def _text(draw: st.DrawFn, rule: Mapping[str, Any]) -> str:
    if rule.get("format") == "date":
        return draw(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31))).isoformat()
    if rule.get("format") == "date-time":
        moment = draw(st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2099, 12, 31)))  # noqa: DTZ001 -- always UTC
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    fits = _fitting(rule["pattern"], rule.get("minLength", 0), rule.get("maxLength", 10_000))
    examples = rule.get("examples")
    return draw(st.sampled_from(examples) | fits if examples else fits)


@cache
def _fitting(pattern: str, low: int, high: int) -> st.SearchStrategy[str]:
    # Python's `$` also matches before a last line break; `\Z` does not.
    whole = re.compile(pattern.removesuffix("$") + r"\Z")
    drawn = _TEXTS if "[^" in pattern else st.from_regex(whole, alphabet=_ASCII)
    return drawn.filter(lambda text: low <= len(text) <= high and whole.search(text) is not None)


def _number(draw: st.DrawFn, rule: Mapping[str, Any]) -> float:
    low: float = rule["minimum"] if "minimum" in rule else rule["exclusiveMinimum"]
    high: float = rule["maximum"] if "maximum" in rule else rule["exclusiveMaximum"]
    inside = st.floats(low, high, exclude_min="minimum" not in rule, exclude_max="maximum" not in rule)
    return draw(st.integers(int(low) + 1, int(high) - 1) | inside)


def _list(draw: st.DrawFn, rule: Mapping[str, Any]) -> list[Any]:
    size = draw(st.integers(rule.get("minItems", 0), 2))
    items = [_value(draw, rule["items"]) for _ in range(size)]
    if rule.get("uniqueItems"):
        return [item for index, item in enumerate(items) if item not in items[:index]]
    return items


def _object(draw: st.DrawFn, rule: Mapping[str, Any]) -> dict[str, Any]:
    properties = rule.get("properties", {})
    required = set(rule.get("required", ()))
    for condition in rule.get("allOf", ()):
        # The schema of a service asks for more of metadata than the others do.
        for name, more in condition.get("properties", {}).items():
            properties = {**properties, name: {**resolved(properties[name]), **more}}
    chosen = {name for name in properties if name in required or draw(st.integers(0, 3)) == 0}
    value = {name: _value(draw, part) for name, part in properties.items() if name in chosen}
    if not properties and isinstance(rule.get("additionalProperties"), Mapping):
        for _ in range(draw(st.integers(0, 2))):
            key = _text(draw, {"examples": [], **resolved(rule["propertyNames"])})
            value[key] = _value(draw, rule["additionalProperties"])
    elif not properties:
        return draw(
            st.dictionaries(_TEXTS, st.one_of(st.integers(-9, 9), _TEXTS, st.booleans(), st.none()), max_size=2)
        )
    return _met(draw, rule, properties, value)


def _met(
    draw: st.DrawFn, rule: Mapping[str, Any], properties: Mapping[str, Any], value: dict[str, Any]
) -> dict[str, Any]:
    """The value, changed until it meets the rule's conditions."""
    for _ in range(6):
        before = json.dumps(value, default=str)
        for condition in rule.get("allOf", ()):
            if "if" not in condition:
                continue
            branch = condition.get("then" if Draft202012Validator(condition["if"]).is_valid(value) else "else", {})
            for name, part in branch.get("properties", {}).items():
                if part is False:
                    value.pop(name, None)
            for name in branch.get("required", ()):
                if name not in value:
                    value[name] = _value(draw, properties[name])
            for name, part in branch.get("properties", {}).items():
                if isinstance(part, Mapping) and not value.get(name):
                    value[name] = _value(draw, {**resolved(properties[name]), **part})
        if rule.get("minProperties") and not value:
            name = draw(st.sampled_from(sorted(properties)))
            value[name] = _value(draw, properties[name])
        if json.dumps(value, default=str) == before:
            break
    return value
