"""The reference is a contract: what docs/reference/ says is what the code says, both ways."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from pagerworthy.cli.app import COMMANDS, app
from pagerworthy.cli.docs import WRITTEN
from pagerworthy.cli.exits import MEANINGS, Exit
from pagerworthy.cli.reference import TOPICS, reference
from pagerworthy.codes import CODES
from pagerworthy.evidence import KEYS
from pagerworthy.project import data_folder

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "reference"


def test_every_page_is_a_topic_and_every_topic_a_page() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(TOPICS)


@pytest.mark.parametrize("topic", TOPICS)
def test_a_page_says_what_the_code_says(topic: str) -> None:
    assert (FOLDER / f"{topic}.md").read_text() == reference(topic, ROOT), "run `make docs`"


@pytest.mark.parametrize("topic", TOPICS)
def test_the_command_prints_the_page(topic: str) -> None:
    result = CliRunner().invoke(app, ["--root", str(ROOT), "docs", topic], standalone_mode=False)
    assert result.return_value == Exit.FINE
    assert result.output == reference(topic, ROOT)


def test_without_a_topic_all_are_named() -> None:
    result = CliRunner().invoke(app, ["--root", str(ROOT), "docs"], standalone_mode=False)
    assert [line.split()[0] for line in result.output.splitlines()] == [*TOPICS, *WRITTEN]


@pytest.mark.parametrize("topic", WRITTEN)
def test_what_people_wrote_is_printed_as_it_stands(topic: str, tmp_path: Path) -> None:
    written = (ROOT / "docs" / f"{topic}.md").read_text()
    for more in ((), ("--out", str(tmp_path))):
        result = CliRunner().invoke(app, ["docs", topic, *more], standalone_mode=False)
        assert result.return_value == Exit.FINE
        assert result.output == ("" if more else written)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(f"{topic}.md", written)]


def test_outside_a_repository_the_shipped_rubric_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, ["docs", "criteria"], standalone_mode=False)
    assert result.return_value == Exit.FINE
    assert "### business-owner" in result.output


def _headings(topic: str, level: int) -> list[str]:
    return re.findall(rf"(?m)^{'#' * level} (.+)$", reference(topic, ROOT))


def test_nothing_is_left_out() -> None:
    assert [title.split(":")[0] for title in _headings("problems", 2)] == sorted(CODES)
    assert _headings("evidence", 2) == list(KEYS)
    criteria = {path.stem for path in data_folder("scoring").glob("criteria/*/*.yaml")}
    assert set(_headings("criteria", 3)) == criteria
    commands = [title.removeprefix("pagerworthy ") for title in _headings("commands", 2)]
    assert [name for name in commands if " " not in name] == list(COMMANDS)
    codes = re.findall(r"(?m)^\| (\d+) \| (.+) \|$", reference("exit-codes", ROOT))
    assert codes == [(str(int(code)), meaning) for code, meaning in MEANINGS.items()]


def test_every_fact_and_every_field_is_explained() -> None:
    for topic in ("facts", "evidence"):
        rows = re.findall(r"(?m)^\| `([^`]+)` \| (.*?) \| (.*) \|$", reference(topic, ROOT))
        assert rows
        for name, kind, said in rows:
            assert kind, name
            assert said, name
