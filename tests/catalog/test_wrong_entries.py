"""Each wrong entry is answered with the right line and with how to mend it; a right one with nothing."""

import socket
import time
from pathlib import Path

import pytest

from pagerworthy.catalog import check_entry
from tests.catalog import wrong_entries as examples

WRONG = sorted((examples.EXAMPLES / "wrong").glob("*.*"))


@pytest.fixture(autouse=True)
def _no_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("checking an entry opens a socket")

    monkeypatch.setattr(socket, "socket", refuse)


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_problem_is_on_its_line_and_help_names_the_mend(path: Path, tmp_path: Path) -> None:
    example = examples.read(path)
    root = examples.right_catalog(tmp_path)
    (root / example.place).write_bytes(example.content)
    examples.compare(examples.problems_of(root), example.expected)


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_answer_takes_less_than_a_tenth_of_a_second(path: Path, tmp_path: Path) -> None:
    example = examples.read(path)
    folders = {"decisions": "Decision", "waivers": "Waiver", "postmortems": "Postmortem"}
    folder = example.place.split("/")[1]
    kind = folders.get(folder, folder.removesuffix("s").capitalize())
    times = []
    for _ in range(3):
        before = time.process_time()
        check_entry(example.content, example.place, kind, tmp_path)
        times.append(time.process_time() - before)
    assert min(times) < 0.1


def test_there_are_at_least_two_hundred() -> None:
    assert len(WRONG) >= 200


def test_right_entries_have_no_problems(tmp_path: Path) -> None:
    assert examples.problems_of(examples.right_catalog(tmp_path)) == []
    assert examples.problems_of(examples.RIGHT) == []
