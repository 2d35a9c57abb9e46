"""`collect`: what it writes and where, its exit codes, and that `score` reads it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from pagerworthy.cli.app import app
from pagerworthy.errors import ProjectError
from pagerworthy.evidence import read_evidence
from tests.evidence.world import AS_OF, commit, service, start, write

WHEN = "2026-11-20T08:00:00Z"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = start(tmp_path / "root")
    service(folder)
    service(folder, "another", more="  design: {path: docs/design.md}\n")
    write(folder, "docs/design.md", "# Design")
    commit(folder, "2026-11-10")
    return folder


def run(root: Path, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["--root", str(root), *arguments], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return int(result.return_value or 0), result.output


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_plain_collect_writes_what_score_reads(root: Path) -> None:
    code, said = run(root, "collect", "--as-of", WHEN)
    assert (code, "does not read" in said) == (0, False)
    assert set(files(root / "catalog/evidence/collected")) == {"files.jsonl", "git.jsonl", "stacks.jsonl"}
    said = run(root, "score", "--as-of", WHEN, "--format", "json")[1]
    scored, _ = json.JSONDecoder().raw_decode(said[said.index("{") :])
    outcomes = {
        each["name"]: {one["id"]: (one["outcome"], one["evidence"]) for one in each["criteria"]}
        for each in scored["services"]
    }
    assert outcomes["another"]["design-document"] == ("pass", ["files.design@2026-11-20T08:00:00Z"])
    assert outcomes["checkout"]["design-document"][0] == "fail"


def test_the_same_bytes_each_time_and_only_valid_records(root: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert run(root, "collect", "--as-of", WHEN, "--out", str(tmp_path / name))[0] == 0
    assert files(tmp_path / "one") == files(tmp_path / "two")
    read = read_evidence(root, [tmp_path / "one"], as_of=AS_OF, subjects=["checkout", "another"])
    assert read.problems == ()
    assert set(read.of("checkout")) == {"git.entry", "files.design"}


def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    out.mkdir(parents=True)
    (out / "git.jsonl").write_text("old\n" * 1000)
    assert run(root, "collect", "git", "--as-of", WHEN, "--out", str(out))[0] == 0
    assert set(files(out)) == {"git.jsonl"}
    lines = (out / "git.jsonl").read_text().splitlines()
    assert [json.loads(each)["subject"] for each in lines] == ["another", "checkout"]
    assert (out / "git.jsonl").stat().st_mode & 0o777 == 0o644


def test_a_source_that_could_not_see_makes_the_exit_code_one(root: Path, tmp_path: Path) -> None:
    code, said = run(root, "collect", "git", "--as-of", "2026-11-01", "--out", str(tmp_path / "out"))
    assert code == 1
    assert "2 not known: the last commit on it is dated 2026-11-10T12:00:00Z" in said
    assert all(json.loads(each)["failed"] for each in (tmp_path / "out/git.jsonl").read_text().splitlines())


def test_it_says_when_score_will_not_read_it(root: Path, tmp_path: Path) -> None:
    assert "does not read" in run(root, "collect", "--as-of", WHEN, "--out", str(tmp_path / "out"))[1]


def test_it_does_not_write_through_a_link_that_leads_out(root: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (root / "catalog/evidence").symlink_to(tmp_path / "outside")
    with pytest.raises(ProjectError, match="leads out of the repository"):
        run(root, "collect", "--as-of", WHEN)
    assert not files(tmp_path / "outside")


def test_a_folder_that_cannot_be_written_is_said(root: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Exception, match=r"Not a directory|File exists"):
        run(root, "collect", "--out", str(tmp_path / "file" / "out"))
