"""Python's jsonschema explains what the fast tier refused: imported for nothing else, and never led astray."""

import json
import socket
import subprocess
import sys
from functools import partial
from pathlib import Path

import jsonschema_rs
import pytest

from pagerworthy.catalog.compose import compose
from pagerworthy.catalog.explain import compose_entry
from pagerworthy.catalog.faults import Fault, faults
from pagerworthy.catalog.schema_problems import schema_problems
from pagerworthy.catalog.schema_view import SchemaView
from pagerworthy.catalog.schemas import Schemas
from pagerworthy.problem import Problem
from tests.catalog.test_tiers import KINDS
from tests.catalog.wrong_entries import EXAMPLES, read, right_catalog

SCHEMAS = Schemas()
WRONG = sorted((EXAMPLES / "wrong").iterdir())


def found(schema: dict[str, object], value: object, **options: int) -> list[Fault]:
    validator = jsonschema_rs.Draft202012Validator(schema, pattern_options=jsonschema_rs.RegexOptions())
    return faults(validator, value, SchemaView(schema, {}), **options)  # type: ignore[arg-type]


def said(schema: dict[str, object], text: str) -> list[str]:
    """What people are told of a YAML text that breaks a schema."""
    validator = jsonschema_rs.Draft202012Validator(schema, pattern_options=jsonschema_rs.RegexOptions())
    composed = compose(text, "a.yaml")
    view = SchemaView(schema, {})
    return [f"{p.code} {p.message}" for p in schema_problems(validator, composed.value, composed, view, "a.yaml")]


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_the_fast_tiers_words_would_do_in_need(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    example = read(path)
    kind = KINDS[example.place.split("/")[1]]
    try:
        composed = compose_entry(example.content.decode(), example.place, kind)
    except UnicodeDecodeError:
        return
    if isinstance(composed, Problem) or not isinstance(composed.value, dict):
        return
    view = SchemaView(SCHEMAS.of(kind), SCHEMAS.common())

    def problems() -> list[Problem]:
        every = schema_problems(SCHEMAS.validator(kind), composed.value, composed, view, example.place)
        return sorted(every, key=lambda each: (each.where.line, each.code, each.message))

    explained = problems()
    monkeypatch.setattr("pagerworthy.catalog.schema_problems.faults", partial(faults, steps=0))
    assert problems() == explained


def _imported(root: Path) -> set[str]:
    code = (
        "import pathlib, sys; from pagerworthy.catalog import load; load(pathlib.Path(sys.argv[1]), cache=False);"
        "print(*(name for name in sys.modules if name.startswith('jsonschema')))"
    )
    run = subprocess.run([sys.executable, "-c", code, str(root)], capture_output=True, text=True, check=True)
    return {name.partition(".")[0] for name in run.stdout.split()}


def test_a_right_catalog_needs_no_explanation(tmp_path: Path) -> None:
    root = right_catalog(tmp_path)
    assert _imported(root) == {"jsonschema_rs"}
    entry = root / "catalog/services/payment.yaml"
    entry.write_text(entry.read_text(encoding="utf-8").replace("tier: ", "teir: "), encoding="utf-8")
    assert {"jsonschema_rs", "jsonschema"} <= _imported(root)


def test_no_reference_is_retrieved(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a reference was followed")

    # The fast tier would refuse such a schema; were it let through, nothing would be fetched for it.
    compiled = jsonschema_rs.Draft202012Validator({"properties": {"a": {"type": "integer"}}})
    monkeypatch.setattr("urllib.request.urlopen", refuse)
    monkeypatch.setattr(socket, "socket", refuse)
    for reference in ("https://example.com/a.json", "file:///etc/passwd", "other.json", "#/$defs/none"):
        view = SchemaView({"properties": {"a": {"$ref": reference}}}, {})
        (fault,) = faults(compiled, {"a": "x"}, view)
        assert (fault.path, fault.keyword) == (("a",), "type")


def test_of_several_that_would_do_the_nearest_is_explained() -> None:
    schema: dict[str, object] = {
        "properties": {
            "a": {
                "anyOf": [
                    {"type": "integer"},
                    {"type": "object", "properties": {"b": {"enum": ["x", "y"]}}},
                ]
            }
        }
    }
    (fault,) = found(schema, {"a": {"b": "z"}})
    assert (fault.path, fault.keyword, fault.asked) == (("a", "b"), "enum", ["x", "y"])
    assert said(schema, "a: {b: z}") == ["PW104 a.b is z, which is not one of the allowed values"]


def test_unknown_properties_come_in_the_order_of_the_file() -> None:
    schema: dict[str, object] = {
        "properties": {"a": {}},
        "patternProperties": {"^x": {}},
        "additionalProperties": False,
    }
    (fault,) = found(schema, {"q": 1, "a": 1, "c": 1, "xy": 1, "b": 1})
    assert fault.names == ("q", "c", "b")


def test_what_is_the_same_number_is_not_unique() -> None:
    schema: dict[str, object] = {"properties": {"a": {"uniqueItems": True}}}
    assert said(schema, "a: [{b: 1}, {b: true}, {b: 1.0}]") == ["PW112 {b: 1.0} is in a twice"]


def test_after_so_many_steps_the_fast_tier_has_the_word() -> None:
    schema: dict[str, object] = {"properties": {"a": {"anyOf": [{"type": "object"}, {"items": {"maxLength": 1}}]}}}
    assert [each.keyword for each in found(schema, {"a": ["xx"]})] == ["maxLength"]
    assert [each.keyword for each in found(schema, {"a": ["xx"]}, steps=1)] == ["anyOf"]


def test_patterns_mean_the_same_in_both_tiers() -> None:
    # Python's `$` matches before a last line break, its `\d` other digits, and its `re` takes for ever here.
    for pattern, text in (("^a$", "a\n"), (r"^\d$", "٣"), ("^(a+)+$", "a" * 40 + "!")):
        (fault,) = found({"properties": {"a": {"pattern": pattern}}}, {"a": text})
        assert (fault.path, fault.keyword) == (("a",), "pattern")


def test_faults_are_as_the_fast_tier_says_where_it_alone_can_tell() -> None:
    schema: dict[str, object] = {"allOf": [{"properties": {"a": {}}}], "unevaluatedProperties": False}
    (fault,) = found(schema, {"a": 1, "b": 1})
    assert (fault.keyword, fault.names) == ("unevaluatedProperties", ("b",))


def test_no_part_of_our_schemas_names_a_dialect() -> None:
    # It would be handed to jsonschema's own validator of that dialect, with Python's patterns.
    for schema in (SCHEMAS.common(), *(SCHEMAS.of(kind) for kind in KINDS.values())):
        assert json.dumps(schema).count('"$schema"') == 1
