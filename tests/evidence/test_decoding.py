"""Wrong lines of evidence are told in words: what, where in the line, and how to mend it."""

import re
from pathlib import Path

import pytest

from pagerworthy.evidence import read_evidence
from tests.evidence.test_store import AS_OF, line, read

# Words of decoders and of Python, which say nothing to whoever wrote the line.
_JARGON = re.compile(r"`(float|str|int|bool|object|array)`|\$\.|RFC3339|codec|truncated|msgspec|Expected|\bfield\b")

WRONG = [
    (line(value={"age_days": "old"}), "age_days should be a number, and is text", "age_days", '"old"'),
    (line(value={"age_days": True}), "age_days should be a number, and is true or false", "age_days", "true"),
    (line(value={"age_days": None}), "age_days should be a number, and is nothing (null)", "age_days", "null"),
    (line(value={"age_day": 1}), "unknown property 'age_day'", "did you mean age_days?", "1}"),
    (line(value={}), "it lacks age_days", "add age_days", "{}"),
    (line(value=[1]), "it should be a mapping in braces, and is a list", "age_days", "[1]"),
    (line(value={"age_days": -1}), "age_days has to be at least 0", "docs evidence", "-1"),
    (line().replace("12}", "1e999}"), "age_days is a number that nothing here can hold", "docs", "1e999"),
    (line(time="yesterday"), "time is no moment", "2026-03-31T08:00:00Z", '"yesterday"'),
    (line(time=3), "time should be a moment, and is a number", "2026-03-31T08:00:00Z", "3}"),
    (line(subject=None), "the record lacks subject", "add subject", "{"),
    (line(subjct="x"), "the record has an unknown property 'subjct'", "did you mean subject?", '"x"'),
    (
        line(strength="linkd"),
        "strength is 'linkd', which is not one of the allowed values",
        "did you mean linked?",
        '"l',
    ),
    (line(strength="sure"), "strength is 'sure'", "declared, linked, observed, exercised", '"sure"'),
    (line(source="x" * 301), "source has more than 300 characters", "shorten it", '"x'),
    (line(source=3), "source should be text, and is a number", "schemas/evidence", "3"),
    (line()[:-1], "it ends too early", "one record a line", ""),
    (line() + "]", "the line is not JSON", "one record a line", "]"),
    (line(key="git.entri"), "no evidence key is called 'git.entri'", "did you mean git.entry?", "{"),
    (line(time="2026-11-19T06:00:00"), "a time without a zone", "in UTC", "{"),
]


@pytest.mark.parametrize(("wrong", "message", "mend", "at"), WRONG)
def test_a_wrong_line_is_told_in_words(tmp_path: Path, wrong: str, message: str, mend: str, at: str) -> None:
    (problem,) = read(tmp_path, wrong, subjects=["checkout"]).problems
    assert message in problem.message
    assert mend in problem.help
    assert not _JARGON.search(problem.message + problem.help), problem
    assert wrong[problem.where.column - 1 :].startswith(at)


def test_what_is_not_text_is_told_with_its_column(tmp_path: Path) -> None:
    file = tmp_path / "evidence.jsonl"
    file.write_bytes(line(source="git").encode().replace(b'"git"', b'"g\xff"'))
    (problem,) = read_evidence(tmp_path, [file], as_of=AS_OF).problems
    assert "not UTF-8" in problem.message
    assert problem.where.column > 1


def test_a_column_counts_characters_and_not_bytes(tmp_path: Path) -> None:
    wrong = '{"source": "\N{LATIN SMALL LETTER E WITH ACUTE}\N{LATIN SMALL LETTER E WITH ACUTE}", "time": "soon"}'
    (problem,) = read(tmp_path, wrong).problems
    assert wrong[problem.where.column - 1 :] == '"soon"}'
