"""What is kept of earlier runs changes how long scoring takes, and nothing else."""

import functools
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.catalog import generate
from benchmarks.evidence import generate_evidence
from pagerworthy.cli.pipeline import Assessment, CannotAssess, assess
from pagerworthy.project import open_project
from pagerworthy.scoring import LoadedRubric, Shelf, load_rubric

_SERVICES = 10


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A repository of its own, with a cache of its own; every run keeps what it found."""
    folder = tmp_path_factory.mktemp("shelf")
    root = folder / "repository"
    generate_evidence(root, generate(root, _SERVICES))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        patch.setattr("pagerworthy.cli.kept_scores._FEW", -1)
        patch.setattr("pagerworthy.evidence.kept._WORTH_KEEPING", 1)
        # Whole runs lie between two changes here, so that each leaves another stamp.
        patch.setattr("pagerworthy.catalog.walk._TICK_NS", 0)
        patch.setattr(sys.modules["pagerworthy.scoring.score"], "_MANY", 0)
        # Compiling takes longer than all the rest, and there are few policies here.
        patch.setattr("pagerworthy.cli.pipeline.load_rubric", _rubric)
        shutil.copytree(root, folder / "pristine")
        yield root


def _rubric(root: Path) -> LoadedRubric:
    own = root / "scoring" / "policy.yaml"
    return _compiled(root, own.read_text() if own.exists() else "")


@functools.cache
def _compiled(root: Path, _policy: str) -> LoadedRubric:
    return load_rubric(root)


def _anew(root: Path) -> None:
    shutil.rmtree(root)
    shutil.copytree(root.parent / "pristine", root)


def _change(file: Path, pattern: str, put: str) -> None:
    file.write_text(re.sub(pattern, put, file.read_text(), count=1, flags=re.MULTILINE))


def _of(root: Path, rng: Random, kind: str) -> Path:
    return rng.choice(sorted((root / "catalog" / kind).iterdir()))


def _entry(pattern: str, *puts: str) -> Callable[[Path, Random], None]:
    def edit(root: Path, rng: Random) -> None:
        _change(_of(root, rng, "services"), pattern, rng.choice(puts))

    return edit


def _lose_evidence(root: Path, rng: Random) -> None:
    file = _of(root, rng, "evidence")
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(line for line in lines if rng.random() < 0.9))


def _change_evidence(root: Path, rng: Random) -> None:
    _change(_of(root, rng, "evidence"), rng.choice(("true", "false", "2026-03-")), rng.choice(("true", "2026-01-")))


def _mix_evidence(root: Path, rng: Random) -> None:
    file = _of(root, rng, "evidence")
    lines = file.read_text().splitlines(keepends=True)
    rng.shuffle(lines)
    file.write_text("".join(lines))


def _change_moment(root: Path, rng: Random) -> None:
    moment = rng.choice(("2026-03-31T08:00:00Z", "2026-03-31T23:00:00Z", "2026-09-01T08:00:00Z"))
    (root / "pagerworthy.toml").write_text(f"[scoring]\nas_of = {moment}\n")


def _change_rubric(root: Path, rng: Random) -> None:
    own = root / "scoring" / "policy.yaml"
    shipped = Path(__file__).parents[2] / "scoring" / "policy.yaml"
    own.parent.mkdir(exist_ok=True)
    if own.exists():
        own.unlink()
    else:
        own.write_text(re.sub(r"silver: \d+", f"silver: {rng.randrange(4, 9)}", shipped.read_text(), count=1))


def _lose_service(root: Path, rng: Random) -> None:
    if len(list((root / "catalog" / "services").iterdir())) > _SERVICES // 2:
        _of(root, rng, "services").unlink()


def _spoil(root: Path, rng: Random) -> None:
    for kept in (root.parent / "cache").rglob("*.kept"):
        content = kept.read_bytes()
        kept.write_bytes(rng.choice((b"", content[:-1], content[:32] + content, bytes(len(content)))))


Edit = Callable[[Path, Random], None]
_EDITS = (
    _entry(r"^  description: .*", "  description: Another one", "  description: Yet another"),
    _entry(r"^  tier: .*", "  tier: 1", "  tier: 4"),
    _entry(r"criticality: \w+", "criticality: hard", "criticality: soft"),
    _entry(r"^  owner: .*", "  owner: sre", "  owner: nobody"),
    _entry(r"^kind: Service", "kind: [", "kind: Service  # fine"),
    _entry(r"^  phase: .*", "  phase: support", "  phase: design"),
    _lose_evidence,
    _change_evidence,
    _mix_evidence,
    _change_moment,
    _change_rubric,
    _lose_service,
    _spoil,
)


def _assessed(root: Path, *, cache: bool) -> Assessment | list[str]:
    try:
        return assess(open_project(root), cache=cache)
    except CannotAssess as error:
        return [problem.message for problem in error.problems]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None)
@given(edits=st.lists(st.sampled_from(_EDITS), min_size=1, max_size=4), seed=st.integers(0, 999))
def test_after_any_edits_kept_and_new_scorecards_are_the_same(world: Path, edits: list[Edit], seed: int) -> None:
    rng = Random(seed)  # noqa: S311
    _anew(world)
    for edit in edits:
        edit(world, rng)
        kept, new = _assessed(world, cache=True), _assessed(world, cache=False)
        if isinstance(kept, Assessment) and isinstance(new, Assessment):
            assert msgspec.json.encode(kept.scores) == msgspec.json.encode(new.scores)
            assert kept.problems == new.problems
        else:
            assert kept == new


def _scored(root: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "pagerworthy", "--root", str(root), "score", "--format", "json"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def test_two_processes_at_once_say_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    root = tmp_path / "repository"
    generate_evidence(root, generate(root, _SERVICES))
    for _ in range(2):
        found = [process.communicate()[0] for process in [_scored(root), _scored(root)]]
        assert found[0] == found[1] != b""


def test_only_what_an_edit_changes_is_judged_anew(world: Path) -> None:
    _anew(world)
    scores = assess(open_project(world), cache=False).scores
    before = dict(scores.follows)
    assert len(set(before.values())) == len(before)
    file = min((world / "catalog" / "services").iterdir())
    _change(file, r"^  description: .*", "  description: Said otherwise")
    after = assess(open_project(world), cache=False).scores.follows
    assert [name for name in before if before[name] != after[name]] == [file.stem]


def test_a_shelf_gives_back_what_was_put_on_it_and_has_room_for_one_run(world: Path) -> None:
    scores = assess(open_project(world), cache=False).scores
    cards = dict(zip(scores.follows.values(), scores.scorecards, strict=True))
    shelf = Shelf()
    shelf.replace(cards)
    back = Shelf.unpacked(shelf.packed())
    assert (shelf.new, len(back)) == (len(cards), len(cards))
    assert all(back.find(digest) == card for digest, card in cards.items())
    last = dict(list(cards.items())[-1:])
    back.replace(last)
    assert (back.new, len(back)) == (0, 1)


@pytest.mark.parametrize("content", [b"", b"\x90", b"\x92\x90\x93\x90\x90\x90", b"\x92\x91\xc4\x01a\x93\x90\x90\x90"])
def test_an_unreadable_shelf_is_empty(content: bytes) -> None:
    assert len(Shelf.unpacked(content)) == 0
