"""The page of entries says all that the schemas ask for, found here by another way through them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pagerworthy.catalog import FOLDERS
from pagerworthy.cli.entry_reference import Row, entry_kinds, text_forms

SCHEMAS = Path(__file__).parents[2] / "schemas"
SHARED = json.loads((SCHEMAS / "common.schema.json").read_text())["$defs"]
KINDS = {kind.name: kind for kind in entry_kinds()}


def schema_of(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SCHEMAS / f"{kind.lower()}.schema.json").read_text())
    return found


def rows_of(kind: str) -> dict[str, Row]:
    return {row.path: row for section in KINDS[kind].sections for row in section.rows}


def properties(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, bool]]:
    """Every property by its path, and whether it must be there."""
    if "$ref" in schema:
        schema = SHARED[schema["$ref"].rpartition("/")[2]] | schema
    for name, part in schema.get("properties", {}).items():
        here = f"{path}.{name}".lstrip(".")
        yield here, name in schema.get("required", [])
        yield from properties(part, here)
    for word, mark in (("items", "[]"), ("additionalProperties", ".NAME")):
        if isinstance(schema.get(word), dict):
            yield from properties(schema[word], path + mark)


@pytest.mark.parametrize("kind", FOLDERS)
def test_every_property_is_there_and_no_other(kind: str) -> None:
    rows = rows_of(kind)
    wanted = dict(properties(schema_of(kind)))
    # A heading of its own.
    assert wanted.pop("spec")
    assert rows.keys() == wanted.keys()
    assert {path for path, must in wanted.items() if must} <= {path for path, row in rows.items() if row.required}
    for row in rows.values():
        assert row.allowed, row
        assert row.says, row
        assert row.example, row


@pytest.mark.parametrize("kind", FOLDERS)
def test_every_condition_has_a_sentence(kind: str) -> None:
    def branches(part: Any) -> int:
        if isinstance(part, list):
            return sum(map(branches, part))
        if not isinstance(part, dict):
            return 0
        own = len({"then", "else"} & part.keys()) if "if" in part else 0
        return own + sum(branches(inner) for name, inner in part.items() if name not in {"if", "then", "else"})

    rules = [rule for section in KINDS[kind].sections for rule in section.rules]
    assert len(rules) == branches(schema_of(kind))
    assert all(rule.endswith(".") and not rule.endswith(": .") for rule in rules)


def test_forms_that_are_named_are_explained() -> None:
    named = {
        form for kind in KINDS for row in rows_of(kind).values() for form in re.findall(r"\[(\w+)\]\(", row.allowed)
    }
    assert named <= {form.name for form in text_forms()}


def test_what_a_newcomer_looks_up() -> None:
    rows = rows_of("Service")
    assert rows["metadata.description"].required
    assert rows["spec.slos[].objective"].allowed == "number, more than 0, less than 100"
    assert rows["spec.dependencies[].criticality"].allowed == "`hard`, `soft`"
    assert rows["spec.compute.replicas.min"].allowed == "whole number, 0 to 1,000"
    rules = [rule for section in KINDS["Service"].sections for rule in section.rules]
    assert "In `spec.runbooks[]`, one of `url`, `path` is required." in rules
    assert "In `spec.dependencies[]`, where `criticality` is `soft`: `fallback` is required; no `any_of`." in rules
