"""`pagerworthy rules test`: what it prints, what it exits with, and what it writes for promtool."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from pagerworthy.cli.app import app
from pagerworthy.project import data_folder
from tests.catalog.wrong_entries import RIGHT

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((data_folder("schemas") / "rules-test.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    shutil.copytree(RIGHT, tmp_path / "repository")
    return tmp_path / "repository"


def run(root: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["--root", str(root), "rules", "test", *arguments], standalone_mode=False)


def edit(root: Path, old: str, new: str) -> None:
    entry = root / "catalog/services/checkout.yaml"
    text = entry.read_text()
    assert old in text
    entry.write_text(text.replace(old, new))


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_demo_is_as_it_must_be():
    done = run(ROOT, "--format", "json")
    assert done.return_value == 0, done.output
    answer = json.loads(done.stdout)
    Draft202012Validator(SCHEMA).validate(answer)
    names = [(each["service"], each["slo"]) for each in answer["objectives"]]
    assert names == sorted(names)
    assert len(names) > 20
    for each in answer["objectives"]:
        total = each["scenarios"][0]
        assert total["scenario"] == "total"
        assert total["page"]["after"] > 0


def test_the_schema_and_its_examples_are_right():
    Draft202012Validator.check_schema(SCHEMA)

    def examples(node: object) -> None:
        if isinstance(node, dict):
            for example in node.get("examples", []) if "description" in node else []:
                Draft202012Validator({**node, "$defs": SCHEMA["$defs"]}).validate(example)
            for child in node.values():
                examples(child)

    examples(SCHEMA)


def test_a_service_is_told_by_its_objectives(root):
    done = run(root, "checkout")
    assert done.return_value == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0].startswith("checkout-")
    assert "99.9 % over 30d" in lines[1]
    total = next(line.split() for line in lines if line.strip().startswith("total "))
    assert total[:2] == ["total", "page"]
    assert lines[-1].endswith("whoever must hear of an outage does, and nobody else.")


def test_an_objective_that_nothing_notices_is_an_answer_of_no(root):
    edit(root, "objective: 99.9", "objective: 80")
    done = run(root)
    assert done.return_value == 1
    assert "MISSED: nobody hears of it" in done.stdout
    assert "not as they must be: checkout-" in done.stdout
    answer = json.loads(run(root, "--format", "json").stdout)
    Draft202012Validator(SCHEMA).validate(answer)
    assert not answer["right"]
    assert "missed" in {shown["verdict"] for each in answer["objectives"] for shown in each["scenarios"]}


def test_an_unknown_service_is_wrong_usage(root):
    done = run(root, "chekout")
    assert "did you mean checkout?" in str(done.exception)


def test_a_broken_objective_is_told_and_the_others_are_played(root):
    edit(root, "objective: 99.9", "objective: 100")
    done = run(root)
    assert done.return_value == 1
    assert "catalog/services/checkout.yaml" in done.stderr


def test_unit_tests_are_written_beside_the_rules_and_only_once(root, tmp_path):
    out, again = tmp_path / "out", tmp_path / "again"
    assert run(root, "--promtool", str(out)).return_value == 0
    assert {"checkout.rules.yaml", "checkout.test.yaml"} <= contents(out).keys()
    assert b'rule_files:\n- "checkout.rules.yaml"\n' in contents(out)["checkout.test.yaml"]
    before = {path.name: path.stat().st_mtime_ns for path in out.iterdir()}
    done = run(root, "checkout", "--promtool", str(out), "--no-cache")
    assert "0 unit tests written, 1 unchanged, 0 removed" in done.stderr
    assert before == {path.name: path.stat().st_mtime_ns for path in out.iterdir()}
    run(root, "--promtool", str(again), "--no-cache")
    assert contents(out) == contents(again)


def test_unit_tests_of_ours_go_with_their_service_and_others_stay(root, tmp_path):
    out = tmp_path / "out"
    run(root, "--promtool", str(out))
    ours = (out / "checkout.test.yaml").read_bytes()
    (out / "gone.test.yaml").write_bytes(ours)
    (out / "mine.test.yaml").write_text("tests: []\n")
    # Asked of one service, it answers of no other.
    run(root, "checkout", "--promtool", str(out))
    assert (out / "gone.test.yaml").exists()
    run(root, "--promtool", str(out))
    assert not (out / "gone.test.yaml").exists()
    assert (out / "mine.test.yaml").read_text() == "tests: []\n"
    # What cannot be read today keeps its rules, and its tests.
    edit(root, "objective: 99.9", "objective: 100")
    assert run(root, "--promtool", str(out)).return_value == 1
    assert (out / "checkout.test.yaml").read_bytes() == ours


def test_a_file_of_somebody_else_is_not_replaced(root, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "checkout.test.yaml").write_text("tests: []\n")
    done = run(root, "--promtool", str(out))
    assert done.return_value == 1
    assert "PW504" in done.stderr
    assert (out / "checkout.test.yaml").read_text() == "tests: []\n"


def test_a_broken_decision_writes_nothing(root, tmp_path):
    folder = root / "catalog/decisions"
    folder.mkdir(exist_ok=True)
    (folder / "broken.yaml").write_text("kind: Decision\n  spec: [\n")
    out = tmp_path / "out"
    assert run(root, "--promtool", str(out)).return_value == 2
    assert not out.exists()
    # Who holds a pager changes no time.
    assert "total" in run(root).stdout
