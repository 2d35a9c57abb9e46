"""What a stranger's pull request may hold: each gets its problem at once, and nothing is opened, followed or run."""

import json
import os
import shutil
import socket
import time
from pathlib import Path

import pytest

from pagerworthy.catalog import check_entry, load
from pagerworthy.catalog.precheck import SIZE_LIMIT
from pagerworthy.codes import CODES
from tests.catalog.hostile import HOSTILE, PAYMENT
from tests.catalog.test_across import ACROSS
from tests.catalog.test_across import read as read_across
from tests.catalog.wrong_entries import EXAMPLES, Expected, compare, problems_of, read, right_catalog

PLACE = "catalog/services/payment.yaml"


@pytest.fixture(autouse=True)
def _no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("checking an entry opens a socket")

    monkeypatch.setattr(socket, "socket", refuse)


def _seconds(content: bytes, root: Path) -> float:
    before = time.process_time()
    check_entry(content, PLACE, "Service", root)
    return time.process_time() - before


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_entry_gets_one_problem_in_a_tenth_of_a_second(name: str, tmp_path: Path) -> None:
    hostile = HOSTILE[name]
    content = hostile.make()
    root = right_catalog(tmp_path)
    (root / PLACE).write_bytes(content)
    found = [each for each in problems_of(root) if each.where.file == PLACE]
    compare(
        [each for each in found if each.code == hostile.code], (Expected(hostile.code, hostile.line, hostile.help),)
    )
    # What holds the bomb has no business there either; nothing else may be said.
    assert {each.code for each in found} <= {hostile.code, "PW014", "PW015", "PW105"}
    assert min(_seconds(content, root) for _ in range(3)) < 0.1


SLO = "    - {name: a%d, objective: 99, window: 30d, sli: {ratio: x}, %s}\n"
MANY: dict[str, str] = {
    "misspelt-slos": "  slos:\n" + "".join(f"    - {{nme: a{n}}}\n" for n in range(3_000)),
    "slos-of-which-each-is-wrong": "  slos:\n" + "".join(SLO % (n, "objectve: 1") for n in range(1_000)),
    "slos-as-many-as-are-read": "  slos:\n" + "".join(f"    - {{nme: a{n}}}\n" for n in range(1_200)),
    "dependencies": "  dependencies:\n" + "".join(f"    - {{servce: a{n}}}\n" for n in range(500)),
    "too-many-dependencies": "  dependencies:\n" + "".join(f"    - {{servce: a{n}}}\n" for n in range(2_500)),
    "unknown-properties": "".join(f"  ownr{n}: 1\n" for n in range(2_400)),
    "more-unknown-properties": "".join(f"  a{n}: 1\n" for n in range(9_000)),
    "top-level-keys": "".join(f"a{n}: 1\n" for n in range(2_400)),
    "more-top-level-keys": "".join(f"a{n}: 1\n" for n in range(14_000)),
    "long-unknown-keys": "".join(f"  {'k' * 110}{n}: 1\n" for n in range(1_000)),
    "question-marks": f"  a: {'? ' * 60_000}\n",
    "the-same-key": "  tier: 1\n" * 11_000,
    "extensions": "  extensions:\n" + "".join(f"    a{n}: {{a: 1}}\n" for n in range(1_000)),
    "keys-of-resources": "  resources:\n" + "".join(f"    Bad Key {n}: {{}}\n" for n in range(2_000)),
    "equal-environments": f"  environments: [{'a,' * 4_000}]\n",
    "references-to-no-alert": "  monitoring:\n    alerts:\n"
    + "".join(f"      - {{name: an-alert-{n}, severity: page}}\n" for n in range(200))
    + "  runbooks:\n"
    + f"    - {{title: a, path: a.md, alerts: [{', '.join(f'no-alert-{n}' for n in range(50))}]}}\n" * 70,
}


@pytest.mark.parametrize("name", MANY)
def test_many_problems_are_cut_short(name: str, tmp_path: Path) -> None:
    content = (PAYMENT + MANY[name]).encode()
    assert len(content) < SIZE_LIMIT
    assert 0 < len(check_entry(content, PLACE, "Service", tmp_path)) <= 130
    assert min(_seconds(content, tmp_path) for _ in range(3)) < 0.1


def test_many_lines_that_say_nothing_cost_nothing(tmp_path: Path) -> None:
    for text in ("#\n" * 60_000, "\n" * 120_000):
        assert check_entry((PAYMENT + text).encode(), PLACE, "Service", tmp_path) == []
        assert min(_seconds((PAYMENT + text).encode(), tmp_path) for _ in range(3)) < 0.1


def test_keys_of_annotations_that_are_all_wrong_cost_no_time(tmp_path: Path) -> None:
    annotations = "  annotations:\n" + "".join(f"    Bad Key {n}: x\n" for n in range(2_000))
    content = PAYMENT.replace("spec:", f"{annotations}spec:").encode()
    (found,) = check_entry(content, PLACE, "Service", tmp_path)
    assert (found.code, found.where.path) == ("PW111", "metadata.annotations")
    assert min(_seconds(content, tmp_path) for _ in range(3)) < 0.1


def test_fields_of_an_extension_that_are_all_wrong_cost_no_time(tmp_path: Path) -> None:
    root = right_catalog(tmp_path)
    (root / "schemas/extensions").mkdir(parents=True)
    schema = '{"properties": {"a": {"propertyNames": {"pattern": "^[a-z]+$"}, "additionalProperties": false}}}'
    (root / "schemas/extensions/acme.schema.json").write_text(schema, encoding="utf-8")
    fields = "".join(f"        Bad Key {n}: x\n" for n in range(2_000))
    content = (PAYMENT + "  extensions:\n    acme:\n      a:\n" + fields).encode()
    assert 0 < len(check_entry(content, PLACE, "Service", root)) <= 60
    assert min(_seconds(content, root) for _ in range(3)) < 0.1


def test_extension_schema_with_a_number_beyond_all_floats_is_usable(tmp_path: Path) -> None:
    root = right_catalog(tmp_path)
    (root / "schemas/extensions").mkdir(parents=True)
    schema = f'{{"properties": {{"a": {{"minimum": {"9" * 400}}}}}}}'
    (root / "schemas/extensions/acme.schema.json").write_text(schema, encoding="utf-8")
    (root / PLACE).write_text(PAYMENT + "  extensions:\n    acme: {a: 1}\n", encoding="utf-8")
    (found,) = problems_of(root)
    assert found.code == "PW121"
    assert "15 digits" in found.message


@pytest.mark.parametrize("name", ["../../x", "a b", "Checkout", "."])
def test_name_that_no_file_should_have_is_not_offered_as_one(name: str, tmp_path: Path) -> None:
    content = PAYMENT.replace("name: payment", f"name: {name}").encode()
    found = [each for each in check_entry(content, PLACE, "Service", tmp_path) if each.code == "PW117"]
    assert len(found) == 1
    assert "rename" not in found[0].help
    assert "lower-case" in found[0].help


def test_symbolic_links_are_never_followed(tmp_path: Path) -> None:
    root = right_catalog(tmp_path)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.yaml").write_text(PAYMENT.replace("payment", "secret"), encoding="utf-8")
    (root / "catalog/services/secret.yaml").symlink_to(outside / "secret.yaml")
    (root / "catalog/services/more").symlink_to(outside)
    (root / "catalog/runbooks/secret.md").symlink_to("/etc/passwd")
    (root / "catalog/elsewhere").symlink_to(outside)
    found = problems_of(root)
    assert [(p.code, p.where.file) for p in found] == [
        ("PW002", "catalog/elsewhere"),
        ("PW002", "catalog/runbooks/secret.md"),
        ("PW002", "catalog/services/more"),
        ("PW002", "catalog/services/secret.yaml"),
    ]
    assert "secret" not in load(root, cache=False).catalog.services


def test_catalog_that_is_a_link_is_not_read(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "catalog").symlink_to(right_catalog(tmp_path) / "catalog")
    loaded = load(root, cache=False)
    assert [p.code for p in loaded.problems] == ["PW002"]
    assert not loaded.catalog.services


def test_runbook_that_is_a_link_is_a_problem(tmp_path: Path) -> None:
    root = right_catalog(tmp_path)
    (root / "docs/checkout.md").unlink()
    (root / "docs/checkout.md").symlink_to("/etc/passwd")
    found = [(each.code, each.where.path) for each in problems_of(root)]
    # A design document of the one entry, and what the other attests.
    assert found == [("PW214", "spec.about.path"), ("PW214", "spec.design.path")]


def test_pipe_does_not_block(tmp_path: Path) -> None:
    root = right_catalog(tmp_path)
    os.mkfifo(root / "catalog/services/pipe.yaml")
    assert [(p.code, p.where.file) for p in problems_of(root)] == [("PW002", "catalog/services/pipe.yaml")]


def test_unreadable_file_is_a_problem_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = right_catalog(tmp_path)
    opened = os.open

    def refuse(path: Path, *arguments: int) -> int:
        if Path(path).name == "email.yaml":
            raise PermissionError(13, "Permission denied")
        return opened(path, *arguments)

    monkeypatch.setattr(os, "open", refuse)
    found = load(root, cache=False).problems
    assert [(p.code, p.where.file) for p in found] == [("PW001", "catalog/services/email.yaml")]


def test_names_of_files_are_harmless(tmp_path: Path) -> None:
    root = right_catalog(tmp_path)
    folder = root / "catalog/services"
    for name in (
        b"-rf.yaml",
        b"a b.yaml",
        b"esc\x1b[31m.yaml",
        b"latin-\xe9.yaml",
        b"new\nline.yaml",
        b"bidi\xe2\x80\xae.yaml",
    ):
        (folder / os.fsdecode(name)).write_text(PAYMENT, encoding="utf-8")
    found = problems_of(root)
    assert sorted(p.code for p in found) == ["PW020", "PW020", "PW020", "PW020", "PW117", "PW117"]
    assert all(p.where.file.isprintable() for p in found)
    # What cannot be encoded must not break the second process or the cache either.
    assert load(root, cache=False).catalog.digest


@pytest.mark.parametrize(
    "schema",
    [
        '{"properties": {"a": {"pattern": "^(a+)+$"}}}',
        '{"properties": {"a": {"pattern": "(((a{100}){100}){100}){100}"}}}',
        '{"properties": {"a": {"pattern": "(?=a)b"}}}',
        '{"$ref": "#"}',
        '{"allOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}]}}}',
        '{"$ref": "#/$defs/nothing"}',
        '{"$dynamicRef": "#a"}',
        '{"$schema": "https://example.com/other"}',
        "[" * 5_000,
        '{"a":' * 5_000 + "1" + "}" * 5_000,
        "[]",
        "",
    ],
)
def test_extension_schemas_cost_no_time_and_open_nothing(schema: str, tmp_path: Path) -> None:
    root = right_catalog(tmp_path)
    (root / "schemas/extensions").mkdir(parents=True)
    (root / "schemas/extensions/acme.schema.json").write_text(schema, encoding="utf-8")
    entry = PAYMENT + f"  extensions:\n    acme:\n      a: {'a' * 5_000}!\n"
    (root / PLACE).write_text(entry, encoding="utf-8")
    found = [p for p in problems_of(root) if p.code in {"PW121", "PW122", "PW108"}]
    assert len(found) == 1
    assert min(_seconds(entry.encode(), root) for _ in range(3)) < 0.1


_MANY_TYPES = [{"type": name} for name in ("array", "object", "null", "boolean")] * 80
_ONES = f"[{','.join('1' * 4_000)}]"
_LISTS: dict[str, tuple[object, str]] = {
    "any-of-many-for-each": ({"items": {"anyOf": _MANY_TYPES}}, _ONES),
    "any-of-many-for-long-text": ({"items": {"anyOf": _MANY_TYPES}}, f"['{'x' * 100_000}']"),
    "any-of-for-each": ({"items": {"anyOf": _MANY_TYPES[:4]}}, _ONES),
    "conditions": ({"allOf": [{"if": {"items": {"type": "integer"}}, "then": {"minItems": 9_000}}] * 300}, _ONES),
    "contains": ({"contains": {"anyOf": _MANY_TYPES}}, _ONES),
    "one-of": ({"oneOf": [{"type": "array"}] * 900}, _ONES),
    "enum": ({"items": {"enum": list(range(2, 1_500))}}, f"[{','.join('1' * 480)}]"),
    "giant-enum": ({"items": {"enum": list(range(2, 15_000))}}, f"[{','.join('1' * 480)}]"),
    "unique": ({"uniqueItems": True}, f"[{','.join(f'{{a: {n}}}' for n in range(1_500))}, {{a: 1}}]"),
    "keys": ({"propertyNames": {"pattern": "^(a+)+$"}}, f"{{{'a' * 900}!: 1}}"),
    "pattern-properties": (
        {"patternProperties": {"^(a+)+$": {}}, "additionalProperties": False},
        f"{{{'a' * 900}!: 1}}",
    ),
    "unevaluated": ({"patternProperties": {"^(a+)+$": {}}, "unevaluatedProperties": False}, f"{{{'a' * 900}!: 1}}"),
    "pattern-in-a-condition": ({"if": {"pattern": "^(a+)+$"}, "else": {"const": "b"}}, f"{'a' * 5_000}!"),
    "pattern-in-a-part-with-a-dialect": (
        {"$schema": "https://json-schema.org/draft/2020-12/schema", "pattern": "^(a+)+$"},
        f"{'a' * 5_000}!",
    ),
}


@pytest.mark.parametrize("name", _LISTS)
def test_fields_that_a_schema_takes_long_to_judge_cost_no_time(name: str, tmp_path: Path) -> None:
    root = right_catalog(tmp_path)
    (root / "schemas/extensions").mkdir(parents=True)
    part, value = _LISTS[name]
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "properties": {"a": part}}
    (root / "schemas/extensions/acme.schema.json").write_text(json.dumps(schema), encoding="utf-8")
    content = f"{PAYMENT}  extensions:\n    acme:\n      a: {value}\n".encode()
    assert 0 < len(check_entry(content, PLACE, "Service", root)) <= 60
    assert min(_seconds(content, root) for _ in range(3)) < 0.1


def test_extension_schema_that_multiplies_itself_is_refused(tmp_path: Path) -> None:
    root = right_catalog(tmp_path)
    (root / "schemas/extensions").mkdir(parents=True)
    definitions = ", ".join(
        f'"d{n}": {{"allOf": [{{"$ref": "#/$defs/d{n + 1}"}}, {{"$ref": "#/$defs/d{n + 1}"}}]}}' for n in range(40)
    )
    schema = f'{{"$ref": "#/$defs/d0", "$defs": {{{definitions}, "d40": {{}}}}}}'
    (root / "schemas/extensions/acme.schema.json").write_text(schema, encoding="utf-8")
    (root / PLACE).write_text(PAYMENT + "  extensions:\n    acme: {a: 1}\n", encoding="utf-8")
    assert [(p.code, p.where.file) for p in problems_of(root)] == [("PW121", "schemas/extensions/acme.schema.json")]


def test_extension_schema_that_is_a_link_is_refused(tmp_path: Path) -> None:
    root = right_catalog(tmp_path)
    (root / "schemas/extensions").mkdir(parents=True)
    (root / "schemas/extensions/acme.schema.json").symlink_to("/etc/passwd")
    (root / PLACE).write_text(PAYMENT + "  extensions:\n    acme: {a: 1}\n", encoding="utf-8")
    assert [p.code for p in problems_of(root)] == ["PW121"]


def test_one_hostile_file_leaves_all_others_loaded(tmp_path: Path) -> None:
    root = right_catalog(tmp_path)
    for number, hostile in enumerate(HOSTILE.values()):
        (root / f"catalog/services/hostile-{number}.yaml").write_bytes(hostile.make())
    loaded = load(root, cache=False)
    assert set(loaded.catalog.services) == {"cart", "checkout", "email", "payment"}
    assert {p.where.file for p in loaded.problems} == {
        f"catalog/services/hostile-{number}.yaml" for number in range(len(HOSTILE))
    }


def test_every_code_has_an_example() -> None:
    shown = {each.code for path in (EXAMPLES / "wrong").iterdir() for each in read(path).expected}
    shown |= {each.code for folder in ACROSS for each in read_across(folder)}
    shown |= {hostile.code for hostile in HOSTILE.values()}
    # These need a file system that a checkout cannot hold; the tests above make it.
    shown |= {"PW001", "PW002", "PW020", "PW214"}
    # These need more entries than anybody would read; test_cloud_limits makes them.
    shown |= {"PW720", "PW721", "PW723"}
    codes = {code for code in CODES if code[:3] in {"PW0", "PW1", "PW2", "PW7"}}
    assert codes - shown == set()
    assert shown - codes == set()


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    root = right_catalog(tmp_path)
    before = sorted(path.relative_to(root) for path in root.rglob("*"))
    problems_of(root)
    load(root)
    assert sorted(path.relative_to(root) for path in root.rglob("*")) == before
    shutil.rmtree(root)
