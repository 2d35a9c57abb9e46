"""Evidence that is kept says what the files say, as long as they are the same."""

import datetime as dt
from pathlib import Path

import pytest

from pagerworthy.evidence import Evidence, read_evidence, survived
from tests.evidence.test_store import AS_OF, line

DRILL = {"age_days": 3, "passed": True}
LINES = [
    line(),
    line(time="2026-11-18T06:00:00Z", value={"age_days": 3}),
    line(subject="cart", failed="no answer", value=None),
    line(subject="cart", key="drill.hard", item="db", source="drills", strength="exercised", value=DRILL),
    line(subject="email", key="drill.hard", item="smtp", source="drills", strength="exercised", value=DRILL).replace(
        "drill.hard", "drill\\u002ehard"
    ),
]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("pagerworthy.evidence.kept._WORTH_KEEPING", 1)
    monkeypatch.setattr("pagerworthy.catalog.walk._TICK_NS", 0)
    path = tmp_path / "repository" / "evidence.jsonl"
    path.parent.mkdir()
    path.write_text("\n".join(LINES))
    return path


def read(file: Path, as_of: dt.datetime = AS_OF, subjects: tuple[str, ...] = ("cart", "checkout", "email")) -> Evidence:
    """What is read with and without what is kept, which is the same."""
    new = read_evidence(file.parent, [file], as_of=as_of, subjects=subjects)
    kept = read_evidence(file.parent, [file], as_of=as_of, subjects=subjects, cache=True)
    assert (kept.digest, dict(kept.subjects), kept.problems) == (new.digest, new.subjects, new.problems)
    assert [kept.digest_of(name) for name in subjects] == [new.digest_of(name) for name in subjects]
    within = dt.timedelta(days=90)
    assert survived(kept, within=within) == survived(new, within=within)
    return kept


def is_kept(found: Evidence) -> bool:
    return type(found.subjects) is not dict


def test_what_is_kept_is_what_was_read(file: Path) -> None:
    assert not is_kept(read(file))
    assert is_kept(found := read(file))
    assert survived(found, within=dt.timedelta(days=90)).keys() == {"cart", "email"}
    assert found.of("nobody") == {}
    assert found.digest_of("nobody") == found.digest_of("nothing")


def test_another_file_moment_or_service_has_it_read_again(file: Path) -> None:
    read(file)
    assert is_kept(read(file, as_of=AS_OF + dt.timedelta(days=1)))
    # Not all of it is seen at that moment.
    assert not is_kept(read(file, as_of=dt.datetime(2026, 11, 18, 8, tzinfo=dt.UTC)))
    # One of them is a mistake then, and has to be told of.
    assert read(file, subjects=("cart", "checkout")).problems
    file.write_text("\n".join([*LINES, line(subject="email")]))
    assert not is_kept(read(file))


def test_what_is_wrong_or_of_the_future_is_not_kept(file: Path) -> None:
    for more in ("{}", line(time="2026-11-21T06:00:00Z")):
        file.write_text("\n".join([*LINES, more]))
        read(file)
        assert not is_kept(read(file))


def test_what_was_spoilt_is_not_used(file: Path, tmp_path: Path) -> None:
    read(file)
    (kept,) = (tmp_path / "cache").rglob("evidence/*.kept")
    whole = kept.read_bytes()
    for wrong in (b"", whole[:-1], whole[:32] + b"\x90", bytes(len(whole))):
        kept.write_bytes(wrong)
        read(file)
