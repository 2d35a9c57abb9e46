"""What the store keeps, what it leaves out, and that order never matters."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.evidence import KEYS, Evidence, read_evidence

AS_OF = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)


def line(**changes: Any) -> str:
    """A valid record about the age of an entry, with changes; None removes a property."""
    record: dict[str, Any] = {
        "subject": "checkout",
        "key": "git.entry",
        "value": {"age_days": 12},
        "source": "git",
        "strength": "linked",
        "time": "2026-11-19T06:00:00Z",
    }
    record.update(changes)
    return json.dumps({key: value for key, value in record.items() if value is not None})


def read(folder: Path, *lines: str, **options: Any) -> Evidence:
    file = folder / "evidence.jsonl"
    file.write_text("\n".join(lines) + "\n")
    return read_evidence(folder, [file], as_of=AS_OF, **options)


def test_newest_record_not_later_than_the_moment_counts(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        line(time="2026-11-18T06:00:00Z", value={"age_days": 1}),
        line(time="2026-11-19T06:00:00Z", value={"age_days": 2}),
        line(time="2026-11-21T06:00:00Z", value={"age_days": 3}),
    )
    known = found.of("checkout")["git.entry"][""]
    assert known.record.reference == "git.entry@2026-11-19T06:00:00Z"
    assert found.problems == ()


def test_each_wrong_line_is_reported_with_its_number_and_hides_no_other(tmp_path: Path) -> None:
    wrong = {
        "PW401": [
            "{",
            line(time="yesterday"),
            line(time="2026-11-19T06:00:00"),
            line(subject=None),
            line(colour="red"),
            "\x00",
            '{"subject": "\\ud800"}',
            "[" * 5000,
        ],
        "PW402": [line(key="git.entri")],
        "PW403": [
            line(strength="observed"),
            line(item="availability"),
            line(key="slo.events", value={"good": 1, "total": 1, "days": 1}, strength="observed"),
            line(value={"age_days": "old"}),
            line(value=None),
            line(value={"age_days": 1, "colour": "red"}),
        ],
        "PW404": [line(subject="chekout")],
    }
    for code, lines in wrong.items():
        for each in lines:
            found = read(tmp_path, line(), each, subjects=["checkout"])
            assert [problem.code for problem in found.problems] == [code], each
            assert found.problems[0].where.line == 2
            assert list(found.of("checkout")) == ["git.entry"]


def test_a_line_without_end_is_not_read_into_memory(tmp_path: Path) -> None:
    found = read(tmp_path, line(), "x" * 200_000, line(key="git.activity"))
    assert [problem.where.line for problem in found.problems] == [2]


def test_a_missing_path_is_a_problem_and_a_folder_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a.jsonl").write_text(line())
    (tmp_path / "deep" / "notes.txt").write_text("not evidence")
    found = read_evidence(tmp_path, [tmp_path / "deep", tmp_path / "gone"], as_of=AS_OF)
    assert [problem.code for problem in found.problems] == ["PW401"]
    assert "git.entry" in found.of("checkout")


@given(order=st.permutations(range(6)), split=st.integers(0, 6))
def test_neither_order_nor_files_change_what_is_known(tmp_path_factory: Any, order: list[int], split: int) -> None:
    lines = [line(time=f"2026-11-{10 + n // 2}T06:00:00Z", value={"age_days": n}) for n in range(6)]
    shuffled = [lines[index] for index in order]
    whole, parts = tmp_path_factory.mktemp("whole"), tmp_path_factory.mktemp("parts")
    (whole / "a.jsonl").write_text("\n".join(lines))
    (parts / "z.jsonl").write_text("\n".join(shuffled[:split]))
    (parts / "b.jsonl").write_text("\n".join(shuffled[split:]) + "\n\n")
    one = read_evidence(whole, [whole], as_of=AS_OF)
    other = read_evidence(parts, [parts], as_of=AS_OF)
    assert (one.digest, one.subjects) == (other.digest, other.subjects)


def test_every_key_says_who_brings_it_and_documents_each_field() -> None:
    for key in KEYS.values():
        assert key.says
        assert key.collector
        hints = key.value.__annotations__
        assert hints, key.name
        for hint in hints.values():
            assert hint.__metadata__[0].description, key.name
