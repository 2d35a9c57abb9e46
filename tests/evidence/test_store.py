"""What the store keeps, what it leaves out, and that order never matters."""

import datetime as dt
import itertools
import json
import os
import typing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.evidence import (
    ATTESTED,
    KEYS,
    Evidence,
    Key,
    Record,
    brought_by,
    brought_shortly,
    configured_paths,
    is_collected,
    read_evidence,
)
from pagerworthy.evidence.collectors import COLLECTORS, NAMES
from pagerworthy.evidence.keys import GROUPS
from pagerworthy.evidence.overlay import with_records

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
            line()[:-1] + ', "colour": ' + "9" * 5000 + "}",
            "\x00",
            line().replace("12}", "NaN}"),
            line().replace("12}", "-Infinity}"),
            '{"subject": "\\ud800"}',
            "[" * 5000,
            line(source="git\u202e"),
            line(query="up\u001b[31m"),
            line(item="a\nb", key="files.runbook", value={"exists": True}),
            line(value=None, failed="no\u0007"),
            line(source="git\x7f"),
            line(source="x" * 301),
            line(item="x" * 2001, key="files.runbook", value={"exists": True}),
            line(query="x" * 8001),
            line(time="0001-01-01T00:00:00+23:59"),
            line().replace('"age_days": 12', '"age_days": 12, "age_days": 1'),
            line().replace('"age_days": 12', '"age_days" : 12, "\\u0061ge_days": 1'),
            line()[:-1] + ', "strength":"declared"}',
        ],
        "PW402": [line(key="git.entri")],
        "PW403": [
            line(strength="observed"),
            line(item="availability"),
            line(key="slo.events", value={"good": 1, "total": 1, "days": 1}, strength="observed"),
            line(value={"age_days": "old"}),
            line(value=None),
            line(value={"age_days": 1, "colour": "red"}),
            line(value={"age_days": -1}),
            line(value={"age_days": True}),
            line(value={"age_days": 1e300}),
            line(value={"age_days": "12"}),
            line().replace("12}", "1e999}"),
            line().replace("12}", "-" + "9" * 5000 + "}"),
        ],
        "PW404": [line(subject="chekout")],
    }
    for code, lines in wrong.items():
        for each in lines:
            found = read(tmp_path, line(), each, subjects=["checkout"])
            assert [problem.code for problem in found.problems] == [code], each
            assert found.problems[0].where.line == 2
            assert list(found.of("checkout")) == ["git.entry"]


def test_what_is_later_is_counted_and_what_is_yet_to_come_is_a_problem(tmp_path: Path) -> None:
    latest = AS_OF + dt.timedelta(days=2)
    lines = [line(), line(time="2026-11-21T06:00:00Z"), line(time="2026-11-27T06:00:00Z")]
    found = read(tmp_path, *lines, latest=latest)
    assert [(each.code, each.where.line) for each in found.problems] == [("PW405", 3)]
    assert "2026-11-27T06:00:00Z" in found.problems[0].message
    assert found.later == 2
    assert list(found.of("checkout")) == ["git.entry"]
    # `score` counts it, and says nothing of it else; attestations beside it change nothing of that.
    unasked = read(tmp_path, *lines)
    assert (unasked.problems, unasked.later) == ((), 2)
    more = with_records(unasked, [msgspec.json.decode(line(subject="pay"), type=Record)])
    assert (more.later, list(more.subjects)) == (2, ["checkout", "pay"])


def test_a_file_that_collect_writes_is_not_mended_by_hand(tmp_path: Path) -> None:
    for place, help_ in (("collected/git.jsonl", "run `pagerworthy collect` again"), ("mine.jsonl", "correct the")):
        file = tmp_path / "catalog/evidence" / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(line(subject="gone") + "\n")
        found = read_evidence(tmp_path, [file], as_of=AS_OF, subjects=["checkout"])
        assert [each.code for each in found.problems] == ["PW404"]
        assert found.problems[0].help.startswith(help_)


def _right_value(key: Key) -> dict[str, Any]:
    """A value of a key, with the highest number in every place."""
    filled: dict[type, Any] = {bool: True, str: "x", tuple[str, ...]: ["x"], tuple[float, ...]: [1, 0]}
    value: dict[str, Any] = {}
    for name, hint in typing.get_type_hints(key.value, include_extras=True).items():
        kind, meta = typing.get_args(hint)
        value[name] = meta.le if kind is float else filled[kind]
    return value


def _line_of(key: Key, **changes: Any) -> str:
    value = _right_value(key) | changes
    item = None if key.per == "service" else "x"
    return line(key=key.name, item=item, value=value, strength=key.strength.word)


PARTS = [
    ("slo.events", "good", "total"),
    ("dashboard.panels", "empty", "panels"),
    ("git.activity", "owner_commits_90d", "commits_90d"),
    ("changes.approvals", "self_approved", "changes"),
    ("git.approvals", "self_approved", "changes"),
    ("shadow.period", "graded", "pages"),
    ("attest.training", "trained", "rotation"),
]
NUMBERS = [
    pytest.param(key, name, typing.get_args(hint)[1], id=f"{key.name}.{name}")
    for key in KEYS.values()
    for name, hint in typing.get_type_hints(key.value, include_extras=True).items()
    if typing.get_args(hint)[0] is float
]


@pytest.mark.parametrize(("key", "field", "limits"), NUMBERS)
def test_a_number_out_of_its_range_is_a_problem_and_stays_unknown(
    key: Key, field: str, limits: Any, tmp_path: Path
) -> None:
    assert limits.ge is not None
    assert limits.le is not None
    below, above = limits.ge - max(1e-6, abs(limits.ge) / 1e6), limits.le + max(1e-6, abs(limits.le) / 1e6)
    for value, says in (
        (below, "at least"),
        (above, "at most"),
        (1e300, "at most"),
        (-1e300, "at least"),
        (True, "and is true or false"),
        (False, "and is true or false"),
        ("1", "and is text"),
        (None, "and is nothing (null)"),
    ):
        found = read(tmp_path, line(), _line_of(key, **{field: value}))
        (problem,) = found.problems
        assert (problem.code, problem.where.file, problem.where.line) == ("PW403", "evidence.jsonl", 2), value
        assert field in problem.message
        assert says in problem.message
        assert key.name == "git.entry" or key.name not in found.of("checkout")


@pytest.mark.parametrize(("key", "field", "limits"), NUMBERS)
def test_the_ends_of_a_range_are_in_it(key: Key, field: str, limits: Any, tmp_path: Path) -> None:
    none = {part: 0 for name, part, _ in PARTS if name == key.name}
    for value in (limits.ge, limits.le):
        changes = {field: value} if field in none else none | {field: value}
        found = read(tmp_path, _line_of(key, **changes))
        assert found.problems == ()
        assert key.name in found.of("checkout")


@pytest.mark.parametrize(("key", "part", "whole"), PARTS)
def test_a_part_is_not_more_than_its_whole(key: str, part: str, whole: str, tmp_path: Path) -> None:
    found = read(tmp_path, _line_of(KEYS[key], **{part: 11, whole: 10}))
    (problem,) = found.problems
    assert problem.code == "PW403"
    assert f"{part} is 11, more than {whole}, 10" in problem.message
    assert found.subjects == {}
    # Prometheus extrapolates each of two counters by itself.
    assert read(tmp_path, _line_of(KEYS[key], **{part: 10.05, whole: 10})).problems == ()


def test_a_long_line_is_reported_and_hides_nothing_after_it(tmp_path: Path) -> None:
    other = line(key="pages.reached", strength="exercised", value={"age_days": 1, "acknowledge_minutes": 2})
    for length in (64 * 1024 + 1, 128 * 1024, 128 * 1024 + 1, 200_000):
        found = read(tmp_path, line(), "x" * length, other)
        assert [problem.where.line for problem in found.problems] == [2]
        assert set(found.of("checkout")) == {"git.entry", "pages.reached"}
    found = read(tmp_path, "x" * 64 * 1024, other)
    assert [problem.message[:12] for problem in found.problems] == ["a line is lo"]
    assert set(found.of("checkout")) == {"pages.reached"}


def test_a_query_may_have_lines_and_any_language(tmp_path: Path) -> None:
    found = read(tmp_path, line(query='sum(\n\tup{job="größe"})', source="Zoë, 書"))
    assert found.problems == ()


def test_times_are_in_utc_wherever_they_were_written(tmp_path: Path) -> None:
    found = read(tmp_path, line(time="2026-11-19T11:30:00+05:30", expires="2026-11-19T23:00:00-01:00"))
    record = found.of("checkout")["git.entry"][""].record
    assert record.reference == "git.entry@2026-11-19T06:00:00Z"
    assert record.expires == dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
    assert record.expires.tzinfo is dt.UTC


def test_a_file_of_wrong_lines_makes_a_short_report(tmp_path: Path) -> None:
    found = read(tmp_path, *["{"] * 5000, line())
    assert len(found.problems) == 101
    assert found.problems[-1].message == "4,900 more lines are wrong"
    assert "git.entry" in found.of("checkout")


def test_what_is_no_file_or_leads_elsewhere_or_is_huge_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "root" / "evidence"
    folder.mkdir(parents=True)
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.jsonl").write_text(line())
    (folder / "link.jsonl").symlink_to(outside / "x.jsonl")
    (folder / "linked").symlink_to(outside)
    os.mkfifo(folder / "pipe.jsonl")
    monkeypatch.setattr("pagerworthy.evidence.store.MAX_FILE_BYTES", 1000)
    (folder / "huge.jsonl").write_text((line() + "\n") * 20)
    found = read_evidence(tmp_path / "root", [folder], as_of=AS_OF)
    assert not found.subjects
    assert {problem.where.file: problem.code for problem in found.problems} == {
        f"evidence/{name}": "PW401" for name in ("link.jsonl", "linked", "pipe.jsonl", "huge.jsonl")
    }


def test_settings_cannot_lead_out_of_the_repository(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "evidence").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    (root / "link").symlink_to(tmp_path / "outside")
    (root / "loop").symlink_to(root / "loop")
    paths, problems = configured_paths(root, ["evidence", "not-yet", "../outside", "link", "/etc", "a\0b", "loop"])
    assert paths == (root / "evidence",)
    assert [problem.code for problem in problems] == ["PW502"] * 5
    assert all(problem.where.file == "pagerworthy.toml" for problem in problems)


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


_TIED = [
    msgspec.json.encode(msgspec.json.decode(each, type=Record)).decode()
    for each in (
        line(source="a", value={"age_days": 1}),
        line(source="b", value={"age_days": 2}),
        line(source="b", value={"age_days": 1}, query="once more"),
        line(source="c", value={"age_days": 3}, strength="declared"),
        line(source="d", value=None, failed="it was not done in time"),
        line(source="a", value={"age_days": 9}, time="2026-11-18T06:00:00Z"),
    )
]


@pytest.mark.parametrize(
    ("places", "found"),
    [
        ((0, 1), 'sources contradict each other: a says {"age_days": 1}; b says {"age_days": 2}'),
        ((0, 2), 1.0),
        # Of one source the line that sorts last counts, and the stronger of two sources.
        ((1, 2), 2.0),
        ((0, 3), 1.0),
        ((3,), 3.0),
        # What failed might have said anything.
        ((0, 4), "it was not done in time"),
        ((0, 1, 4), "it was not done in time"),
        ((4, 5), "it was not done in time"),
        ((0, 5), 1.0),
    ],
)
def test_what_equally_old_records_say_together(places: tuple[int, ...], found: float | str, tmp_path: Path) -> None:
    said = [read(tmp_path, *each) for each in itertools.permutations([_TIED[place] for place in places])]
    known = said[0].of("checkout")["git.entry"][""]
    assert (known.record.failed or getattr(known.value, "age_days", None)) == found
    assert all((each.digest, each.subjects) == (said[0].digest, said[0].subjects) for each in said)
    # The same however the records come: from files, or beside them.
    first = read(tmp_path, _TIED[places[0]])
    rest = [msgspec.json.decode(_TIED[place], type=Record) for place in places[1:]]
    again = with_records(first, rest).of("checkout")["git.entry"][""]
    assert (again.record.failed, again.value) == (known.record.failed, known.value)


def test_a_contradiction_is_kept_as_it_was_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("pagerworthy.evidence.store.worth_keeping", bool)
    read(tmp_path, _TIED[0], _TIED[1])
    found = [read_evidence(tmp_path, [tmp_path / "evidence.jsonl"], as_of=AS_OF, cache=True) for _ in range(2)]
    assert [each.of("checkout")["git.entry"][""].record.failed[:18] for each in found] == ["sources contradict"] * 2
    assert type(found[1].subjects).__name__ == "LazySubjects"


def test_every_key_says_who_brings_it_and_documents_each_field() -> None:
    for key in KEYS.values():
        assert key.says
        assert key.collector
        hints = key.value.__annotations__
        assert hints, key.name
        for hint in hints.values():
            assert hint.__metadata__[0].description, key.name


def test_no_key_is_in_two_groups() -> None:
    assert len(KEYS) == sum(len(group.KEYS) for group in GROUPS)


def test_keys_and_collectors_agree_on_who_writes_what() -> None:
    written = [(collector.name, key) for collector in COLLECTORS.values() for key in collector.keys]
    assert len(written) == len({key for _, key in written})
    assert {name: collector.name for name, collector in COLLECTORS.items()} == {name: name for name in COLLECTORS}
    assert set(written) == {(key.collector, key.name) for key in KEYS.values() if key.collector in COLLECTORS}


def test_who_brings_a_key_is_never_a_collector_that_is_not_there() -> None:
    assert brought_by("git.entry") == "the git collector brings it"
    assert brought_shortly("slo.events") == "the prometheus collector brings it"
    assert "collect.checkouts" in brought_by("git.activity")
    for name, key in KEYS.items():
        if name in ATTESTED:
            assert f"pagerworthy new attestation SERVICE {name}" in brought_by(name)
            assert brought_shortly(name) == "a person attests it"
        elif key.collector not in NAMES:
            assert brought_shortly(name) == f"from {key.collector}"
            assert brought_by(name).endswith(f"write a record from {key.collector}")
        assert ("collector brings it" in brought_by(name) and key.collector in NAMES) is is_collected(name)


@pytest.mark.parametrize(
    ("days", "remaining", "says"),
    [
        ([0], [1], "from 2 to 400"),
        ([], [], "from 2 to 400"),
        (list(range(401, 0, -1)), [1] * 401, "from 2 to 400"),
        ([3, 2, 1], [1, 1], "as many points"),
        ([0, 1], [1, 1], "begin with the oldest"),
        ([1, 1], [1, 1], "no two points"),
        ([1, -1], [1, 1], "from 0 to 100"),
        ([101, 1], [1, 1], "from 0 to 100"),
        ([1, 0], [1.5, 1], "to 1"),
        ([1, 0], [0, -2e6], "to 1"),
        ([1, 0], [0.5, 0.6], "never grows"),
    ],
)
def test_a_burndown_that_cannot_be_is_a_problem(
    days: list[float], remaining: list[float], says: str, tmp_path: Path
) -> None:
    (problem,) = read(tmp_path, _line_of(KEYS["slo.burndown"], days=days, remaining=remaining)).problems
    assert problem.code == "PW403"
    assert says in problem.message
    assert read(tmp_path, _line_of(KEYS["slo.burndown"], days=[1, 0], remaining=[0.5, 0.505])).problems == ()


def test_a_number_of_thousands_of_digits_is_wrong_like_any_other(tmp_path: Path) -> None:
    long = line(query="\\d").replace("12}", "9" * 5000 + "}")
    assert [problem.code for problem in read(tmp_path, long).problems] == ["PW403"]


def test_a_folder_that_cannot_be_read_is_not_taken_for_an_empty_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scandir = os.scandir
    (tmp_path / "evidence" / "closed").mkdir(parents=True)

    def refusing(path: str) -> Any:
        if os.fspath(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    problems = read_evidence(tmp_path, [tmp_path / "evidence"], as_of=AS_OF).problems
    assert [(problem.code, problem.where.file) for problem in problems] == [("PW401", "evidence/closed")]


def test_what_looks_like_evidence_and_is_not_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "cart.JSONL").write_text(line() + "\n")
    os.mkfifo(tmp_path / "pipe")
    found = read_evidence(tmp_path, [tmp_path / "evidence", tmp_path / "pipe", Path("/dev/null")], as_of=AS_OF)
    assert [problem.code for problem in found.problems] == ["PW401"] * 3
    assert "cart.JSONL" in found.problems[0].where.file


def test_wrong_lines_beyond_the_first_hundred_are_counted_not_kept(tmp_path: Path) -> None:
    found = read(tmp_path, *["{"] * 5000)
    assert len(found.problems) == 101
    assert found.problems[-1].message == "4,900 more lines are wrong"


def test_a_key_that_not_every_server_says_is_said_to_need_a_series() -> None:
    assert brought_shortly("capacity.limits").endswith(
        "a series says it of the service, see `pagerworthy docs sources`"
    )
