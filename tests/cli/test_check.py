"""`pagerworthy check` and `pagerworthy explain` as people and CI see them."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from pagerworthy.cli.app import app
from pagerworthy.codes import CODES

RIGHT = Path(__file__).parents[1] / "examples" / "entries" / "right"
AS_OF = ["--as-of", "2026-06-01"]


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    shutil.copytree(RIGHT, root)
    return root


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(arguments), standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return int(result.return_value or 0), result.stdout


def change(root: Path, place: str, old: str, new: str) -> None:
    path = root / "catalog" / place
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_right_catalog_is_fine(root: Path) -> None:
    code, said = run("--root", str(root), "check", *AS_OF)
    assert code == 0
    assert said.startswith("No problems")


def test_errors_fail_and_are_drawn(root: Path) -> None:
    change(root, "services/payment.yaml", "phase: design", "phase: desgin")
    code, said = run("--root", str(root), "check", *AS_OF)
    assert code == 1
    assert "error[PW104]: spec.phase is desgin, which is not one of the allowed values" in said
    assert "--> catalog/services/payment.yaml:11:10" in said
    assert "   11 |   phase: desgin\n      |          ^" in said
    assert "help: did you mean design?" in said
    assert "1 error in 1 file" in said


def test_warnings_fail_only_when_strict(root: Path) -> None:
    change(root, "services/checkout.yaml", "objective: 99.9", "objective: 99.995")
    assert run("--root", str(root), "check", *AS_OF)[0] == 0
    assert run("--root", str(root), "check", "--strict", *AS_OF)[0] == 1


def test_json_has_what_was_promised(root: Path) -> None:
    change(root, "services/payment.yaml", "tier: 1", "tier: 7")
    code, said = run("--root", str(root), "check", "--format", "json", *AS_OF)
    assert code == 1
    (problem,) = json.loads(said)["problems"]
    assert problem == {
        "code": "PW109",
        "severity": "error",
        "message": "spec.tier is 7; it has to be at most 4",
        "help": problem["help"],
        "file": "catalog/services/payment.yaml",
        "line": 10,
        "column": 9,
        "path": "spec.tier",
    }


def test_paths_choose_what_is_reported(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change(root, "services/payment.yaml", "tier: 1", "tier: 7")
    change(root, "teams/storefront.yaml", "role: development", "role: ops")
    (root / ".git").mkdir()
    monkeypatch.chdir(root / "catalog" / "services")
    for paths, codes in (
        (["payment.yaml"], ["PW109"]),
        (["."], ["PW109"]),
        (["../teams"], ["PW104"]),
        (["email.yaml"], []),
        ([str(root)], ["PW109", "PW104"]),
        ([], ["PW109", "PW104"]),
    ):
        code, said = run("check", "--format", "json", *AS_OF, *paths)
        assert [problem["code"] for problem in json.loads(said)["problems"]] == codes
        assert code == bool(codes)


@pytest.mark.parametrize("path", ["nothing.yaml", "/etc/passwd"])
def test_paths_elsewhere_are_refused(path: str, root: Path) -> None:
    result = CliRunner().invoke(app, ["--root", str(root), "check", path])
    assert result.exit_code == 2


def test_moment_decides_what_has_expired(root: Path) -> None:
    _, said = run("--root", str(root), "check", "--as-of", "2027-01-01", "--format", "json")
    assert [problem["code"] for problem in json.loads(said)["problems"]] == ["PW254", "PW254", "PW215"]


def test_hostile_text_does_nothing_to_a_terminal(root: Path) -> None:
    change(root, "services/payment.yaml", "description: Charges cards", 'description: "\\e[31m"')
    change(root, "services/email.yaml", "tier: 3", "tier: \x1b[31m")
    _, said = run("--root", str(root), "check", *AS_OF)
    assert "\x1b" not in said
    assert said.count("PW005") >= 2


def test_process_ends_with_the_documented_codes(root: Path, tmp_path: Path) -> None:
    change(root, "services/payment.yaml", "tier: 1", "tier: 7")
    program = [sys.executable, "-m", "pagerworthy"]
    for arguments, code in (
        (["--root", str(root), "check"], 1),
        (["--root", str(tmp_path / "nowhere"), "check"], 2),
        (["--root", str(root), "check", "--format", "xml"], 2),
        (["explain", "PW104"], 0),
        (["explain", "PW999"], 2),
    ):
        done = subprocess.run([*program, *arguments], capture_output=True, text=True, check=False, cwd=tmp_path)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_explained(code: str) -> None:
    returned, said = run("explain", code)
    assert returned == 0
    row = CODES[code]
    assert said.startswith(f"{row.severity}[{code}]: {row.title}")
    assert row.why.split()[0] in said
    assert row.mend.split()[0] in said
    assert row.title[0].isupper()
    assert row.why.endswith(".")
    assert row.mend.endswith(".")


def test_explaining_is_forgiving() -> None:
    assert run("explain", "pw104") == run("explain", "PW104") == run("explain", "104")


def test_criteria_are_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    code, said = run("explain", "slo-measured")
    assert code == 0
    assert said.startswith("slo-measured: Does every SLO return data")
    assert "To pass it" in said


def test_own_criterion_comes_before_the_shipped(root: Path) -> None:
    folder = root / "scoring/criteria/service-levels"
    folder.mkdir(parents=True)
    shipped = Path(__file__).parents[2] / "scoring/criteria/service-levels/slo-measured.yaml"
    text = shipped.read_text(encoding="utf-8")
    question = next(line for line in text.splitlines() if line.startswith("question:"))
    (folder / shipped.name).write_text(text.replace(question, "question: Is it ours?"), encoding="utf-8")
    assert "slo-measured: Is it ours?" in run("--root", str(root), "explain", "slo-measured")[1]


def test_unknown_names_are_guessed(root: Path) -> None:
    for name, said in (
        ("slo-measurd", "did you mean slo-measured?"),
        ("PW1044", "`pagerworthy docs problems` lists all"),
    ):
        result = CliRunner().invoke(app, ["--root", str(root), "explain", name])
        assert result.exit_code == 2
        assert said in result.output


RECORD = (
    '{"subject": "checkout", "key": "git.entry", "value": {"age_days": 12}, "source": "git", "strength": "linked", '
)


def record_evidence(root: Path, *lines: str) -> Path:
    """A file of evidence with these lines."""
    file = root / "catalog/evidence/own.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return file


def test_evidence_is_checked_with_the_entries(root: Path) -> None:
    right = RECORD + '"time": "2026-05-01T00:00:00Z"}'
    record_evidence(root, right, "{}", right.replace("git.entry", "git.entri"), right.replace('": 12', '": "twelve"'))
    code, said = run("--root", str(root), "check", *AS_OF)
    assert code == 1
    for line, each in ((2, "PW401"), (3, "PW402"), (4, "PW403")):
        assert each in said
        assert f"catalog/evidence/own.jsonl:{line}" in said
    assert "3 errors in 1 file" in said


def test_only_the_evidence_that_is_asked_about_is_shown(root: Path) -> None:
    file = record_evidence(root, "{}")
    assert run("--root", str(root), "check", *AS_OF, str(root / "catalog/services"))[0] == 0
    assert run("--root", str(root), "check", *AS_OF, str(file))[0] == 1
    assert run("--root", str(root), "check", *AS_OF, str(root / "catalog"))[0] == 1


def test_much_evidence_is_left_and_said_to_be(root: Path) -> None:
    file = record_evidence(root, "{}", " " * 2_000_000)
    result = CliRunner().invoke(app, ["--root", str(root), "check", *AS_OF])
    assert result.exit_code == 0
    assert "--evidence catalog/evidence" in result.stderr
    assert "note" not in result.stdout
    for asked in (["--evidence", str(file.parent)], [str(file)]):
        assert run("--root", str(root), "check", *AS_OF, *asked)[0] == 1


def test_evidence_that_is_not_there_is_wrong_usage(root: Path) -> None:
    result = CliRunner().invoke(app, ["--root", str(root), "check", "--evidence", str(root / "nowhere")])
    assert result.exit_code == 2
    assert "there is no evidence" in result.output


def test_links_in_evidence_are_reported_and_not_followed(root: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.jsonl").write_text("secret\n", encoding="utf-8")
    (record_evidence(root).parent / "link.jsonl").symlink_to(tmp_path / "secret.jsonl")
    code, said = run("--root", str(root), "check", *AS_OF)
    assert code == 1
    assert "a symbolic link is not read" in said
    assert "secret\n" not in said
