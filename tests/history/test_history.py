"""The history: what a snapshot adds, what it tells, and that runs at once lose nothing."""

import datetime as dt
import subprocess
import sys
import threading
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import click
import msgspec
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.cli.app import app
from pagerworthy.history import Branch, Day, HistoryError, Line, Snapshot, added, turns
from pagerworthy.history.model import DAYS, decode, service_file
from pagerworthy.history.snapshot import standing
from pagerworthy.scoring import CriterionResult, Digests, Outcome, Rung, Scorecard, Scores, Verdict
from tests.evidence.world import commit, git, service, start, write

_START = dt.datetime(2026, 11, 20, 3, tzinfo=dt.UTC)
_NIGHT = dt.timedelta(days=1)
_NAMES = ("cart", "checkout", "pay")
_CRITERIA = ("a-runbook", "b-slo", "c-backup")

_cards = st.fixed_dictionaries(
    {},
    optional={
        name: st.tuples(
            st.sampled_from(Verdict),
            st.lists(st.sampled_from(Outcome), min_size=len(_CRITERIA), max_size=len(_CRITERIA)),
        )
        for name in _NAMES
    },
)
Night = dict[str, tuple[Verdict, list[Outcome]]]


def scores(night: int, cards: Night) -> Scores:
    """What a run of that night concluded."""
    return Scores(
        as_of=_START + night * _NIGHT,
        digests=Digests("sha256:c", "sha256:r", "sha256:e"),
        scorecards=tuple(_card(name, *found) for name, found in sorted(cards.items())),
    )


def _card(name: str, verdict: Verdict, outcomes: list[Outcome]) -> Scorecard:
    results = tuple(CriterionResult(id_, each, f"it is {each}") for id_, each in zip(_CRITERIA, outcomes, strict=True))
    return Scorecard(
        service=name,
        verdict=verdict,
        reason=f"because of {verdict}",
        holder="dev",
        rung=Rung.BRONZE,
        rung_with_waivers=Rung.BRONZE,
        required_rung=Rung.SILVER,
        score=50.0,
        score_with_waivers=50.0,
        coverage=1.0,
        results=results,
    )


def kept(nights: list[Night]) -> dict[str, bytes]:
    """The files after these nights."""
    files: dict[str, bytes] = {}
    read = partial(_content, files)
    for number, cards in enumerate(nights):
        names = [each.removeprefix("services/").removesuffix(".jsonl") for each in files if each != DAYS]
        files |= added(Snapshot(scores(number, cards), "c0ffee"), read, names)
    return files


def _content(files: Mapping[str, bytes], path: str) -> bytes:
    return files.get(path, b"")


@given(st.lists(_cards, min_size=1, max_size=8))
def test_the_lines_of_a_service_say_how_it_stood_each_night(nights: list[Night]) -> None:
    files = kept(nights)
    days = decode(files[DAYS], Day)
    assert [day.as_of for day in days] == [_START + number * _NIGHT for number in range(len(nights))]
    for name in _NAMES:
        lines = decode(files.get(service_file(name), b""), Line)
        for number, cards in enumerate(nights):
            until = tuple(line for line in lines if line.as_of <= _START + number * _NIGHT)
            there = name in cards
            assert there is (bool(until) and not until[-1].gone)
            if there:
                verdict, outcomes = cards[name]
                assert until[-1].verdict == verdict
                assert standing(until) == dict(zip(_CRITERIA, outcomes, strict=True))
    for day, cards in zip(days, nights, strict=True):
        for place, id_ in enumerate(_CRITERIA):
            due = [found[1][place] for found in cards.values() if found[1][place].is_due]
            rate = day.criteria[id_].rate if id_ in day.criteria else None
            assert rate == (sum(each is Outcome.PASS for each in due) / len(due) if due else None)


@given(_cards, st.integers(2, 5))
def test_a_night_on_which_nothing_changes_costs_no_service_a_line(cards: Night, nights: int) -> None:
    files = kept([cards] * nights)
    assert all(content.count(b"\n") == 1 for path, content in files.items() if path != DAYS)
    assert files[DAYS].count(b"\n") == nights


@given(st.lists(_cards, min_size=1, max_size=8))
def test_each_change_is_told_with_its_reason(nights: list[Night]) -> None:
    for path, content in kept(nights).items():
        if path == DAYS:
            continue
        found = list(turns(decode(content, Line)))
        assert found[0].is_turn
        for turn in found:
            for change in turn.changes:
                assert change.before != change.after
                assert change.detail == f"it is {change.after}"


def test_the_past_is_not_written_anew() -> None:
    files = kept([{}, {}])
    read = partial(_content, files)
    assert added(Snapshot(scores(1, {}), ""), read, ()) == {}
    with pytest.raises(ValueError, match="later one"):
        added(Snapshot(scores(0, {}), ""), read, ())


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = start(tmp_path / "root")
    service(folder)
    service(folder, "pay")
    commit(folder, "2026-11-10")
    return folder


def _collect(root: Path, as_of: str) -> None:
    run(root, "collect", "files", "--as-of", as_of)


def run(root: Path, *arguments: str) -> str:
    result = CliRunner().invoke(app, ["--root", str(root), *arguments], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    assert not result.return_value
    return result.output


def test_a_snapshot_leaves_the_work_tree_the_index_and_the_branch_alone(root: Path) -> None:
    before = (git(root, "status", "--porcelain"), git(root, "rev-parse", "HEAD"), git(root, "branch", "--show-current"))
    said = run(root, "snapshot", "--as-of", "2026-11-20T03:00:00Z")
    assert "added 2026-11-20 03:00 UTC to pagerworthy-history: 2 services changed" in said
    after = (git(root, "status", "--porcelain"), git(root, "rev-parse", "HEAD"), git(root, "branch", "--show-current"))
    assert after == before
    assert git(root, "ls-tree", "-r", "--name-only", "pagerworthy-history").split() == [
        "days.jsonl",
        "services/checkout.jsonl",
        "services/pay.jsonl",
    ]
    git(root, "fsck", "--strict", "--full")
    assert "already" in run(root, "snapshot", "--as-of", "2026-11-20T03:00:00Z")
    assert git(root, "rev-list", "--count", "pagerworthy-history").strip() == "1"


def test_it_says_when_and_why_a_verdict_changed(root: Path) -> None:
    _collect(root, "2026-11-20T03:00:00Z")
    run(root, "snapshot", "--as-of", "2026-11-20T03:00:00Z")
    write(root, "docs/design.md", "# Design")
    service(root, "checkout", more="  design: {path: docs/design.md}\n")
    _collect(root, "2026-11-21T03:00:00Z")
    run(root, "snapshot", "--as-of", "2026-11-21T03:00:00Z")
    (root / "catalog/services/pay.yaml").unlink()
    run(root, "snapshot", "--as-of", "2026-11-22T03:00:00Z")
    said = run(root, "history", "pay")
    assert "2026-11-20 03:00" in said
    assert "2026-11-22 03:00  no longer in the catalog" in said
    assert "  design-document: pass, was fail (" in run(root, "history", "checkout", "--all")
    assert len(run(root, "history").splitlines()) == 3
    with pytest.raises(click.UsageError, match="checkout"):
        run(root, "history", "chekout")


def test_without_a_history_it_says_how_to_begin_one(root: Path, tmp_path: Path) -> None:
    with pytest.raises(click.UsageError, match="pagerworthy snapshot"):
        run(root, "history")
    with pytest.raises(HistoryError, match="not a git repository"):
        Branch(tmp_path)


def test_runs_at_once_lose_nothing(root: Path) -> None:
    store = Branch(root)
    barrier = threading.Barrier(4)
    done: list[bool] = []

    def add(number: int) -> None:
        mine = Branch(root)
        barrier.wait()
        done.append(mine.append(lambda read, _: {"log": read("log") + f"{number}\n".encode()}, "one more"))

    threads = [threading.Thread(target=add, args=(number,)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert done == [True] * 4
    assert sorted(store.read("log").split()) == [b"0", b"1", b"2", b"3"]


def test_clones_that_push_at_once_lose_nothing(root: Path, tmp_path: Path) -> None:
    shared = tmp_path / "shared.git"
    git(tmp_path, "clone", "--bare", str(root), str(shared))
    clones = [tmp_path / f"clone{number}" for number in range(3)]
    for each in clones:
        git(tmp_path, "clone", str(shared), str(each))
    program = (
        "import sys; from pathlib import Path; from pagerworthy.history import Branch\n"
        "Branch(Path(sys.argv[1])).append("
        "lambda read, _: {'log': read('log') + sys.argv[2].encode() + b'\\n'}, 'one', 'origin')"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", program, str(each), str(number)]) for number, each in enumerate(clones)
    ]
    assert [each.wait(60) for each in running] == [0, 0, 0]
    git(tmp_path, "clone", "--branch", "pagerworthy-history", str(shared), str(tmp_path / "after"))
    assert sorted((tmp_path / "after/log").read_text().split()) == ["0", "1", "2"]


def test_a_clone_goes_on_with_the_history_of_where_it_comes_from(root: Path, tmp_path: Path) -> None:
    run(root, "snapshot", "--as-of", "2026-11-20T03:00:00Z")
    git(tmp_path, "clone", str(root), str(tmp_path / "clone"))
    run(tmp_path / "clone", "snapshot", "--as-of", "2026-11-21T03:00:00Z")
    run(tmp_path / "clone", "snapshot", "--as-of", "2026-11-22T03:00:00Z")
    assert len(run(tmp_path / "clone", "history").splitlines()) == 3
    assert len(run(root, "history").splitlines()) == 1


def test_what_is_no_history_is_said(root: Path) -> None:
    Branch(root).append(lambda read, services: {DAYS: b"not json\n", service_file("pay"): b"[]\n"}, "broken")
    for arguments in (["history"], ["history", "pay"], ["snapshot"]):
        with pytest.raises(click.ClickException, match="histor"):
            run(root, *arguments)


def _lines(root: Path, path: str) -> list[str]:
    return Branch(root).read(path).decode().splitlines()


@pytest.mark.parametrize("path", [DAYS, service_file("pay")])
def test_a_wrong_line_is_named_with_what_takes_it_out(root: Path, tmp_path: Path, path: str) -> None:
    run(root, "snapshot", "--as-of", "2026-11-20T03:00:00Z")
    Branch(root).append(lambda read, _: {path: read(path) + b'{"as_of": 7}\n'}, "broken")
    with pytest.raises(click.ClickException, match=f"line 2 of {path} is no history") as found:
        run(root, "snapshot", "--as-of", "2026-11-21T03:00:00Z")
    command = found.value.message.partition("`git ")[2].partition("`")[0].split()
    assert command == ["worktree", "add", "../history", "pagerworthy-history"]
    git(root, *command)
    file = tmp_path / "history" / path
    file.write_text(file.read_text().splitlines(keepends=True)[0])
    commit(tmp_path / "history", "2026-11-20")
    run(root, "snapshot", "--as-of", "2026-11-21T03:00:00Z")
    assert len(_lines(root, DAYS)) == 2


def test_what_is_dated_after_now_stops_nothing_and_is_left_out(root: Path) -> None:
    run(root, "snapshot", "--as-of", "2026-11-20T03:00:00Z")
    late = b'{"as_of":"9999-01-01T00:00:00Z"}\n'
    for path in (DAYS, service_file("checkout")):
        Branch(root).append(partial(lambda read, _, path: {path: read(path) + late}, path=path), "late")
    run(root, "snapshot", "--as-of", "2026-11-21T03:00:00Z")
    assert len(_lines(root, DAYS)) == 2
    assert len(_lines(root, service_file("checkout"))) == 1
    assert "9999" not in run(root, "history")


@pytest.mark.parametrize(
    "more",
    [
        {"turned": [["a", "ready", "defer"]] * 20_001},
        {"verdicts": {str(number): 1 for number in range(101)}},
        {"criteria": {str(number): [1, 0, 0] for number in range(5_001)}},
    ],
)
def test_a_row_of_the_past_is_no_larger_than_any_can_be(more: dict[str, object]) -> None:
    row = msgspec.json.encode({"as_of": _START, **more})
    with pytest.raises(HistoryError, match=r"line 1 of days\.jsonl"):
        decode(row, Day, DAYS)


def test_more_services_than_can_be_told_turn_without_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pagerworthy.history.snapshot.MOST_TURNED", 2)
    files = kept([{}, {name: (Verdict.DEFER, [Outcome.FAIL] * 3) for name in _NAMES}])
    assert [len(day.turned or ()) for day in decode(files[DAYS], Day)] == [0, 2]


def test_what_git_complains_of_is_said_without_addresses(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from git import GitCommandError

    def full(*_: object) -> bytes:
        said = b"fatal: https://me:secret@example.com/x\nfatal: https://me:secret@x: No space left on device"
        raise GitCommandError(["git", "hash-object"], 128, said)

    monkeypatch.setattr(Branch, "_stored", full)
    with pytest.raises(click.ClickException, match=r"`git hash-object` has failed: .*No space left on device") as found:
        run(root, "snapshot")
    assert "secret" not in found.value.message


def test_a_line_is_as_long_as_what_changed() -> None:
    files = kept(
        [{"pay": (Verdict.DEFER, [Outcome.FAIL] * 3)}, {"pay": (Verdict.DEFER, [Outcome.PASS] + [Outcome.FAIL] * 2)}]
    )
    lines = decode(files[service_file("pay")], Line)
    assert lines[1].outcomes == {"a-runbook": "pass"}
    assert lines[1].details == {"a-runbook": "it is pass"}
