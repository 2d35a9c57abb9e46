"""`pagerworthy rules build`: which files it writes, keeps, removes and leaves alone."""

import os
import shutil
import time
from pathlib import Path

import pytest
import ryaml
import yaml
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.catalog import generate
from pagerworthy.cli.app import app
from pagerworthy.slo.rules import COMMON, Group, Rule, RuleFile, as_yaml
from tests.catalog.wrong_entries import RIGHT
from tests.slo.promtool import check
from tests.tools import require_tool

ROOT = Path(__file__).parents[2]
CHECKOUT, COMMON_SERVICES = "checkout.rules.yaml", {"checkout.rules.yaml", COMMON}


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    shutil.copytree(RIGHT, tmp_path / "repository")
    return tmp_path / "repository"


def build(root: Path, out: Path, *options: str) -> Result:
    return CliRunner().invoke(
        app, ["--root", str(root), "rules", "build", "--out", str(out), *options], standalone_mode=False
    )


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def edit(root: Path, old: str, new: str) -> None:
    entry = root / "catalog/services/checkout.yaml"
    text = entry.read_text()
    assert old in text
    entry.write_text(text.replace(old, new))


def test_one_file_a_service_and_one_for_all(root, tmp_path):
    done = build(root, tmp_path / "out")
    assert done.return_value == 0, done.output
    assert contents(tmp_path / "out").keys() >= COMMON_SERVICES
    for content in contents(tmp_path / "out").values():
        check(content.decode(), tmp_path)
    assert contents(tmp_path / "out")[CHECKOUT].startswith(
        b"# Written by Pagerworthy from catalog/services/checkout.yaml"
    )


def test_the_same_catalog_gives_the_same_bytes(root, tmp_path):
    build(root, tmp_path / "one")
    build(root, tmp_path / "two", "--no-cache")
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_runbooks_that_alerts_cannot_link_to_are_told(root, tmp_path):
    told = "note: site.url is not set, so that alerts name runbooks by their paths in the repository: catalog/runbooks/"
    settings = root / "pagerworthy.toml"
    settings.write_text("", encoding="utf-8")
    result = build(root, tmp_path / "out")
    assert result.stderr.count(told) == 1
    # Nothing was written: it was told before.
    assert told not in build(root, tmp_path / "out").stderr
    settings.write_text('[site]\nurl = "https://catalog.example.com/"\n', encoding="utf-8")
    result = build(root, tmp_path / "out")
    assert "0 files" not in result.stdout
    assert told not in result.stderr


def test_only_what_changed_is_written(root, tmp_path):
    out = tmp_path / "out"
    build(root, out)
    before = {path.name: path.stat().st_mtime_ns for path in out.iterdir()}
    assert "0 files written" in build(root, out).output
    # No rule follows from the languages and costs of a service.
    edit(root, "language: go", "language: java")
    assert "0 files written" in build(root, out).output
    edit(root, "objective: 99.9", "objective: 99.95")
    assert "1 file written" in build(root, out).output
    changed = {path.name for path in out.iterdir() if path.stat().st_mtime_ns != before[path.name]}
    assert changed == {CHECKOUT}


def test_a_file_that_was_changed_is_written_again(root, tmp_path):
    out = tmp_path / "out"
    build(root, out)
    before = contents(out)
    (out / CHECKOUT).write_bytes(before[CHECKOUT].replace(b"14.4", b"99.9"))
    assert "1 file written" in build(root, out).output
    (out / COMMON).unlink()
    assert "1 file written" in build(root, out).output
    assert contents(out) == before


def test_a_file_that_was_changed_is_written_again_whatever_is_remembered_of_it(root, tmp_path, monkeypatch):
    monkeypatch.setattr("pagerworthy.slo.rules.standing._FEW", 0)
    out = tmp_path / "out"
    build(root, out)
    before = contents(out)
    time.sleep(0.06)
    assert "0 files written" in build(root, out).output
    (kept,) = (tmp_path / "cache").rglob("rules/*.kept")
    remembered = kept.read_bytes()
    # As long as before, and as old.
    status = (out / CHECKOUT).stat()
    (out / CHECKOUT).write_bytes(before[CHECKOUT].replace(b"14.4", b"99.9"))
    os.utime(out / CHECKOUT, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert "1 file written" in build(root, out).output
    assert contents(out) == before
    for wrong in (b"", remembered[:-1], remembered[:32] + b"\x90", b"x" * len(remembered)):
        kept.write_bytes(wrong)
        assert "0 files written" in build(root, out).output


def test_files_of_services_that_are_gone_go_and_others_stay(root, tmp_path):
    out = tmp_path / "out"
    build(root, out)
    (out / "mine.rules.yaml").write_text("groups: []\n")
    (out / "notes.txt").write_text("mine")
    (out / "old.rules.yaml").write_bytes((out / CHECKOUT).read_bytes())
    assert "1 removed" in build(root, out).output
    assert {"mine.rules.yaml", "notes.txt", CHECKOUT} <= contents(out).keys()
    assert "old.rules.yaml" not in contents(out)


def test_what_is_not_ours_is_not_replaced(root, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / CHECKOUT).write_text("groups: []\n")
    (out / COMMON).symlink_to(tmp_path / "elsewhere")
    done = build(root, out)
    assert done.return_value == 1
    assert done.output.count("error[PW504]") == 2
    assert (out / CHECKOUT).read_text() == "groups: []\n"
    assert (out / COMMON).is_symlink()
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('{service="checkout"}[$window]))', '{service="checkout"}[$window])', "PW237"),
        ("objective: 99.9", "objective: 100", "PW109"),
        ("kind: Service", "kind: Service\nkind: Service", "PW0"),
    ],
)
def test_a_wrong_service_keeps_its_file_and_the_others_are_built(old, new, code, root, tmp_path):
    out = tmp_path / "out"
    build(root, out)
    before = contents(out)
    for name in before.keys() - {CHECKOUT}:
        (out / name).unlink()
    edit(root, old, new)
    done = build(root, out)
    assert done.return_value == 1
    assert f"error[{code}" in done.output
    assert f"{CHECKOUT} stays as it was" in done.output
    assert contents(out) == before
    (out / CHECKOUT).unlink()
    assert build(root, out).return_value == 1
    assert CHECKOUT not in contents(out)


def test_a_broken_decision_stops_everything(root, tmp_path):
    (root / "catalog/decisions/broken.yaml").write_text("kind: [\n")
    done = build(root, tmp_path / "out")
    assert done.return_value == 2
    assert not (tmp_path / "out").exists()


def test_decisions_out_of_order_stop_everything(root, tmp_path):
    """A freeze is lifted that nobody declared: nobody can say what was meant."""
    text = (root / "catalog/decisions/checkout-agree.yaml").read_text()
    head, rest = text.partition("  levels:")[0], text[text.index("  reason:") :]
    lifted = head.replace("checkout-agree", "checkout-resume").replace("2026-03-01", "2026-05-01") + rest
    lifted = lifted.replace("action: agree", "action: resume")
    (root / "catalog/decisions/checkout-resume.yaml").write_text(lifted)
    done = build(root, tmp_path / "out")
    assert done.return_value == 2
    assert "PW220" in done.output
    assert not (tmp_path / "out").exists()


def test_a_file_in_place_of_the_folder_is_refused(root, tmp_path):
    (tmp_path / "out").write_text("")
    done = build(root, tmp_path / "out")
    assert done.exception
    assert "is a file" in str(done.exception)


def test_a_build_that_breaks_off_leaves_no_half(root, tmp_path, monkeypatch):
    out = tmp_path / "out"
    build(root, out)
    before = contents(out)
    edit(root, "objective: 99.9", "objective: 99.95")
    (out / COMMON).unlink()

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", full)
        assert isinstance(build(root, out).exception, OSError)
    assert contents(out) == {name: content for name, content in before.items() if name != COMMON}
    assert os.listdir(out) == [name for name in os.listdir(out) if not name.startswith(".")]  # noqa: PTH208


def test_rules_of_the_demo_and_of_a_thousand_services_are_right(tmp_path, monkeypatch):
    import subprocess

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    generate(tmp_path / "large", 1000)
    for root, out in ((ROOT, tmp_path / "demo"), (tmp_path / "large", tmp_path / "thousand")):
        done = build(root, out)
        assert done.return_value == 0, done.output
        files = sorted(map(str, out.iterdir()))
        judged = subprocess.run(
            [require_tool("promtool"), "check", "rules", "--lint-fatal", *files],
            capture_output=True,
            text=True,
            check=False,
        )
        assert judged.returncode == 0, judged.stdout[-2000:] + judged.stderr[-2000:]
        assert judged.stdout.count("SUCCESS") == len(files)


@given(
    st.text(max_size=80).filter(lambda text: text.strip() and "\r" not in text),
    st.text(max_size=40),
    st.sampled_from(
        [
            "up",
            "slo:sli_error:ratio_rate5m",
            "yes",
            "a: b",
            "1e3",
            "x # y",
            "{{ $value }}",
            "- x",
            "é\N{NO-BREAK SPACE}",
        ]
    ),
)
def test_whatever_is_in_a_rule_is_read_back(expr, note, text):
    labels, annotations = {"a": text, "b": note}, {"c": note, "d": text}
    rule = Rule(record="slo:x", expr=expr, labels=labels, annotations=annotations)
    written = as_yaml(RuleFile(name="x", source="", groups=(Group(name="g", rules=(rule,)),)))
    expected = {
        "groups": [
            {
                "name": "g",
                "rules": [{"record": "slo:x", "expr": expr.rstrip(), "labels": labels, "annotations": annotations}],
            }
        ]
    }
    assert yaml.safe_load(written) == expected
    assert ryaml.loads(written) == expected
