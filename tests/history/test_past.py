"""The history as it is shown: whatever somebody has pushed, it is read to the end, and what is none is said."""

import datetime as dt
import multiprocessing
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.cli.app import app
from pagerworthy.history import Branch, Day, FolderShelf, HistoryError, Line, Past, Shelf, open_history, told, turns
from pagerworthy.history.model import DAYS, decode, encode, service_file
from pagerworthy.project import HistorySettings
from tests.evidence.world import commit, git, service, start
from tests.site.past import BROKEN, NIGHT, MemoryShelf, files_of

AS_OF = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
SERVICE = service_file("pay")
_json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.integers(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=6,
)
_moments = st.datetimes(timezones=st.just(dt.UTC))
_rows = st.builds(
    Line,
    as_of=_moments,
    verdict=st.text(max_size=300),
    reason=st.text(),
    outcomes=st.dictionaries(st.text(), st.text()),
)
_lines = st.lists(st.binary() | st.sampled_from(BROKEN) | st.builds(lambda row: encode([row]), _rows), max_size=8)


@given(_lines)
def test_whatever_is_there_is_read_to_the_end(lines: list[bytes]) -> None:
    past = Past(MemoryShelf({DAYS: b"\n".join(lines), SERVICE: b"\n".join(lines)}), AS_OF)
    found, _ = past.lines_and_wrong("pay")
    for rows in (past.days, found):
        moments = [row.as_of for row in rows]
        assert moments == sorted(set(moments))
        assert all(moment <= AS_OF for moment in moments)
    for turn in turns(found):
        said = told(turn)
        for text in (said.says, said.stands, said.why, *said.changes):
            assert text.isprintable()
            assert len(text) <= 400


@given(st.lists(st.sampled_from(BROKEN), max_size=5), st.integers(0, 5))
def test_every_line_that_is_no_history_is_counted(broken: list[bytes], whole: int) -> None:
    rows = [Line(as_of=AS_OF - number * NIGHT, verdict="keep") for number in range(whole)]
    past = Past(MemoryShelf({SERVICE: b"\n".join(broken) + b"\n" + encode(rows)}), AS_OF)
    found, wrong = past.lines_and_wrong("pay")
    assert len(found) == whole
    assert bool(wrong) is bool(broken)
    assert not broken or wrong[0].startswith(f"{len(broken)} ")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = start(tmp_path / "root")
    service(folder)
    service(folder, "pay")
    commit(folder, "2026-11-10")
    return folder


def snapshots(root: Path) -> None:
    for day in (18, 19):
        assert run(root, "snapshot", "--as-of", f"2026-11-{day}T03:00:00Z").exit_code == 0


def run(root: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["--root", str(root), *words], standalone_mode=False)


def build(root: Path) -> tuple[Result, str]:
    """What `site build` says, and the overview."""
    done = run(root, "site", "build", "--as-of", "2026-11-20")
    assert done.return_value == 0, done.output
    return done, (root / "public/index.html").read_text(encoding="utf-8")


def test_pages_draw_what_snapshots_have_added(root: Path) -> None:
    _, before = build(root)
    assert "There is no history yet" in before
    snapshots(root)
    done, after = build(root)
    assert not done.stderr
    assert "2 snapshots in the branch pagerworthy-history." in after
    page = (root / "public/services/pay.html").read_text(encoding="utf-8")
    assert 'id="verdicts"' in page
    assert run(root, "history", "pay").output.splitlines()[2].split("  ")[1] in page


def test_a_branch_with_lost_objects_costs_the_trends_alone(root: Path) -> None:
    snapshots(root)
    lost = git(root, "rev-parse", "pagerworthy-history:days.jsonl").strip()
    (root / ".git/objects" / lost[:2] / lost[2:]).unlink()
    done, page = build(root)
    assert "cannot be read: see what `git fsck` says" in done.stderr
    assert "the branch pagerworthy-history cannot be read" in page
    lines = git(root, "rev-parse", f"pagerworthy-history:{SERVICE}").strip()
    (root / ".git/objects" / lines[:2] / lines[2:]).write_bytes(b"damaged")
    shutil.rmtree(root / "public")
    build(root)
    assert "cannot be read" in (root / "public/services/pay.html").read_text(encoding="utf-8")


def test_a_branch_that_is_no_history_shows_nothing_and_follows_no_link(root: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text('{"as_of": "2026-11-19T00:00:00Z", "verdicts": {"keep": 9}}\n')
    tree = tmp_path / "tree"
    start(tree)
    (tree / DAYS).symlink_to(tmp_path / "secret")
    (tree / "services").mkdir()
    (tree / SERVICE).symlink_to(tmp_path / "secret")
    commit(tree, "2026-11-19")
    git(root, "fetch", "-q", str(tree), "HEAD:refs/heads/pagerworthy-history")
    _, page = build(root)
    assert "0 snapshots in the branch pagerworthy-history." in page
    assert "<td" not in page.partition('id="over-time"')[2].partition("</section>")[0]


def test_a_name_that_is_no_branch_is_said(root: Path) -> None:
    (root / "pagerworthy.toml").write_text('[history]\nbranch = "--upload-pack=touch x"\n')
    done, _ = build(root)
    assert "is not a valid branch name" in done.stderr


def test_what_was_recorded_is_shown_until_there_is_a_branch(root: Path) -> None:
    (root / "pagerworthy.toml").write_text('[history]\nrecorded = "catalog/history"\n')
    for path, content in files_of(AS_OF, "odd").items():
        if "/../" not in path:
            (root / "catalog/history" / path).parent.mkdir(parents=True, exist_ok=True)
            (root / "catalog/history" / path).write_bytes(content)
    assert "catalog/history" not in run(root, "check").output
    _, page = build(root)
    assert "10 snapshots in the recorded folder catalog/history." in page
    assert "2026-11-18 08:00  freeze, was odd" in run(root, "history", "cart").output
    first = run(root, "snapshot", "--as-of", "2026-11-18T03:00:00Z").output
    assert (
        "no longer the recorded folder catalog/history; `git branch -D pagerworthy-history` brings that back" in first
    )
    assert "recorded" not in run(root, "snapshot", "--as-of", "2026-11-19T03:00:00Z").output
    assert "2 snapshots in the branch pagerworthy-history." in build(root)[1]
    assert not git(root, "ls-tree", "-r", "--name-only", "pagerworthy-history", "services/cart.jsonl")


def test_the_way_back_to_what_was_recorded_works(root: Path) -> None:
    (root / "pagerworthy.toml").write_text('[history]\nrecorded = "catalog/history"\n')
    (root / "catalog/history").mkdir()
    (root / "catalog/history" / DAYS).write_bytes(encode([Day(as_of=AS_OF - NIGHT)]))
    said = run(root, "snapshot", "--as-of", "2026-11-18T03:00:00Z").output
    git(root, *said.partition("`git ")[2].partition("`")[0].split())
    assert "1 snapshot in the recorded folder catalog/history." in build(root)[1]


def test_the_last_reason_is_told_where_the_verdict_stays(root: Path) -> None:
    rows = [
        Line(as_of=AS_OF - 3 * NIGHT, verdict="defer", holder="dev", reason="It is in the design phase"),
        Line(as_of=AS_OF - 2 * NIGHT, verdict="defer", holder="dev", reason="30 criteria are short"),
        Line(as_of=AS_OF - NIGHT, verdict="defer", holder="dev", reason="27 criteria are short"),
    ]
    (root / "pagerworthy.toml").write_text('[history]\nrecorded = "past"\n')
    (root / "past/services").mkdir(parents=True)
    (root / "past" / DAYS).write_bytes(encode([Day(as_of=row.as_of) for row in rows]))
    (root / "past" / SERVICE).write_bytes(encode(rows))
    said = run(root, "history", "pay").output
    assert "It is in the design phase" in said
    assert "still defer" in said
    assert "27 criteria are short" in said
    assert "30 criteria are short" not in said
    assert "1 other snapshot left the verdict as it was: --all has them too" in said
    assert "30 criteria are short" in run(root, "history", "pay", "--all").output
    build(root)
    assert "still defer" in (root / "public/services/pay.html").read_text(encoding="utf-8")


def test_a_recorded_folder_follows_no_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("[]\n")
    (tmp_path / "kept/services").mkdir(parents=True)
    (tmp_path / "kept" / DAYS).symlink_to(tmp_path / "elsewhere")
    (tmp_path / "kept" / SERVICE).write_text("")
    assert set(FolderShelf(tmp_path / "kept", "the folder").stamps) == {SERVICE}
    with open_history(tmp_path, HistorySettings(recorded="nowhere")) as past:
        assert not past.days
        assert not past.wrong


def test_what_is_too_large_is_not_read(root: Path) -> None:
    large = b" " * (4 * 1024 * 1024 + 1)
    with closing(Branch(root)) as branch:
        branch.append(lambda read, services: {SERVICE: large}, "large")
        shelf = branch.shelf()
        assert shelf is not None
        found, wrong = Past(shelf).lines_and_wrong("pay")
        assert found == ()
        assert wrong == (f"{SERVICE} in the branch pagerworthy-history has more than 4 MiB.",)
        assert shelf.content(SERVICE) == large
        with pytest.raises(HistoryError, match="more than 0 MiB"):
            shelf.content(SERVICE, 10)
        assert shelf.content("services/nobody.jsonl") == b""


def _read(shelf: Shelf, times: int) -> None:
    for _ in range(times):
        assert decode(shelf.content(SERVICE), Line)
        assert decode(shelf.content(DAYS), Day)


def test_processes_that_fork_read_each_for_itself(root: Path) -> None:
    snapshots(root)
    with closing(Branch(root)) as branch:
        shelf = branch.shelf()
        assert shelf is not None
        _read(shelf, 2)
        context = multiprocessing.get_context("fork")
        others = [context.Process(target=_read, args=(shelf, 200)) for _ in range(2)]
        for each in others:
            each.start()
        _read(shelf, 200)
        for each in others:
            each.join(60)
        assert [each.exitcode for each in others] == [0, 0]
        _read(shelf, 2)
