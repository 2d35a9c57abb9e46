"""Records that are newer than the moment that is judged, and those that nobody can have seen yet."""

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pagerworthy.cli.app import app

RIGHT = Path(__file__).parents[1] / "examples" / "entries" / "right"
NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
DAY = dt.timedelta(days=1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    shutil.copytree(RIGHT, root)
    service = min(path.stem for path in (root / "catalog/services").glob("*.yaml"))
    record = {"subject": service, "key": "git.entry", "value": {"age_days": 1}, "source": "git", "strength": "linked"}
    lines = [json.dumps(record | {"time": (NOW + days * DAY).isoformat()}) for days in (-3, -1, 7)]
    (root / "catalog/evidence").mkdir()
    (root / "catalog/evidence/mine.jsonl").write_text("\n".join(lines) + "\n")
    return root


def run(root: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(app, ["--root", str(root), *arguments], standalone_mode=False)
    assert result.exception is None, result.exception
    return result


def test_check_finds_a_record_that_nobody_can_have_seen(root: Path) -> None:
    result = run(root, "check")
    assert "error[PW405]: the record is dated" in result.stdout
    assert "catalog/evidence/mine.jsonl:3" in result.stdout
    assert result.stdout.count("PW405]") == 1
    assert result.return_value == 1
    # Where the moment that is judged is later still, it has been seen by then.
    assert "PW405" not in run(root, "check", "--as-of", f"{NOW + 9 * DAY:%Y-%m-%d}").stdout


def test_clocks_that_differ_by_minutes_are_no_fault(root: Path) -> None:
    file = root / "catalog/evidence/mine.jsonl"
    last = file.read_text().splitlines()[-1]
    file.write_text(last.replace((NOW + 7 * DAY).isoformat(), (NOW + dt.timedelta(minutes=20)).isoformat()))
    assert "PW405" not in run(root, "check").stdout


@pytest.mark.parametrize("command", [("score",), ("evidence",)])
def test_what_is_newer_than_the_moment_is_counted_in_one_line(root: Path, command: tuple[str, ...]) -> None:
    service = min(path.stem for path in (root / "catalog/services").glob("*.yaml"))
    before = NOW - 2 * DAY
    result = run(root, *command, service, "--as-of", f"{before:%Y-%m-%dT%H:%M:%SZ}", "--format", "json")
    said = f"note: 2 records are newer than {before:%Y-%m-%dT%H:%M:%SZ}, which is judged, and left out"
    assert result.stderr.count(said) == 1
    json.loads(result.stdout)
    later = run(root, *command, service, "--as-of", f"{NOW + 8 * DAY:%Y-%m-%dT%H:%M:%SZ}")
    assert "newer than" not in later.stderr
