"""Each file of another tool is read as its snapshot says, or answered with the line and column and how to mend it."""

import shutil
import socket
import time
from pathlib import Path

import msgspec
import pytest

from pagerworthy.codes import CODES
from pagerworthy.interop import fragment
from pagerworthy.problem import Severity
from tests.catalog.wrong_entries import RIGHT, problems_of
from tests.interop import examples

HEAD = """\
apiVersion: pagerworthy/v1
kind: Service
metadata: {name: %s, description: Was read}
spec:
  owner: payments
  system: storefront
  tier: 3
  phase: design
"""
# Found while exporting: see test_openslo.
OF_EXPORT = {"PW615", "PW618"}


@pytest.fixture(autouse=True)
def _no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("reading opens a socket")

    monkeypatch.setattr(socket, "socket", refuse)


@pytest.mark.parametrize("path", examples.GOOD, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_good_example_gives_its_snapshot(path: Path) -> None:
    kept = examples.snapshot(path).read_text(encoding="utf-8")
    assert examples.shown(path) == kept, "if it should be so: python -m tests.interop.examples"


@pytest.mark.parametrize("path", examples.GOOD, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_entry_with_what_was_read_is_right(path: Path, tmp_path: Path) -> None:
    root = tmp_path / "repository"
    shutil.copytree(RIGHT, root)
    before = problems_of(root)
    services = examples.read(path).services
    assert services
    for promises in services:
        lines = "".join(f"  {line}\n" for line in fragment(promises).splitlines())
        name = promises.service
        (root / f"catalog/services/{name}.yaml").write_text(HEAD % name + lines, encoding="utf-8")
        found = [each for each in problems_of(root) if each.where.file == f"catalog/services/{name}.yaml"]
        assert [each for each in found if each.severity is Severity.ERROR] == []
    assert before == []


@pytest.mark.parametrize("path", examples.BAD, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_bad_example_has_its_problems_and_no_others(path: Path) -> None:
    wanted = examples.expected(path)
    assert wanted, f"{path} does not say what is wrong with it: '# expect: PW606 12:28 7d is nearest'"
    before = time.process_time()
    found = examples.read(path)
    assert time.process_time() - before < 10
    shown = "\n".join(f"{p.code} {p.where.line}:{p.where.column} {p.message} | {p.help}" for p in found.problems)
    assert [(p.code, p.where.line, p.where.column) for p in found.problems] == sorted(
        ((e.code, e.line, e.column) for e in wanted), key=lambda each: (each[1], each[2], each[0])
    ), shown
    for each in wanted:
        assert any(each.help in p.help for p in found.problems if p.code == each.code), shown
    assert all(p.where.file == str(path) for p in found.problems)
    assert any(p.severity is Severity.ERROR for p in found.problems)


def test_what_is_wrong_with_one_document_leaves_the_others(tmp_path: Path) -> None:
    folder = examples.FOLDER / "openslo"
    good = (folder / "good" / "smallest.yaml").read_text(encoding="utf-8")
    bad = (folder / "bad" / "window-of-three-days.yaml").read_text(encoding="utf-8").replace("checkout", "cart")
    path = tmp_path / "openslo" / "good" / "both.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(f"{bad}\n---\n{good}---\na: [1\n", encoding="utf-8")
    found = examples.read(path)
    assert [promises.service for promises in found.services] == ["checkout"]
    assert [(each.code, each.where.line) for each in found.problems] == [("PW606", 13), ("PW006", 35)]


def test_every_code_has_an_example() -> None:
    codes = {each.code for path in examples.BAD for each in examples.expected(path)}
    codes |= {each.code for path in examples.GOOD for each in examples.read(path).problems}
    assert {code for code in CODES if code.startswith("PW6")} - OF_EXPORT <= codes


def test_every_snapshot_has_its_example() -> None:
    kept = {path.with_suffix(".yaml") for path in examples.FOLDER.glob("*/good/*.expected")}
    assert kept == set(examples.GOOD)
    assert len(examples.GOOD) >= 15
    assert len(examples.BAD) >= 80


def test_what_was_read_is_not_changed_by_what_else_is_read() -> None:
    path = examples.FOLDER / "openslo" / "good" / "everything-kept.yaml"
    assert msgspec.json.encode(examples.read(path)) == msgspec.json.encode(examples.read(path))
