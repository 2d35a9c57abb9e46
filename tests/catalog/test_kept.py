"""The cache: nothing that lies in its place makes a command hang, fail or touch the files of others."""

import os
import time
from pathlib import Path

import pytest

from pagerworthy.catalog.kept import keep, read_kept

KEY = b"key"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the program keeps things of the kind `things`."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    keep("things", b"to make the folder", b"")
    return next(tmp_path.rglob("things"))


def _kept(folder: Path) -> Path:
    before = set(folder.iterdir())
    keep("things", KEY, b"content")
    (new,) = set(folder.iterdir()) - before
    return new


def test_what_was_kept_comes_back_and_what_was_changed_does_not(folder: Path) -> None:
    path = _kept(folder)
    assert bytes(read_kept("things", KEY) or b"") == b"content"
    whole = path.read_bytes()
    for wrong in (b"", whole[:-1], whole[:20], whole + b"x", b"x" + whole[1:]):
        path.write_bytes(wrong)
        assert read_kept("things", KEY) is None
    keep("things", KEY, b"content")
    assert bytes(read_kept("things", KEY) or b"") == b"content"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_a_device_and_a_folder_in_its_place_are_not_read(folder: Path) -> None:
    path = _kept(folder)
    path.unlink()
    os.mkfifo(path)
    assert read_kept("things", KEY) is None
    path.unlink()
    path.symlink_to("/dev/zero")
    assert read_kept("things", KEY) is None
    path.unlink()
    path.mkdir()
    assert read_kept("things", KEY) is None
    keep("things", KEY, b"content")
    assert not list(folder.glob("*.new"))


def test_a_file_too_large_to_be_ours_is_not_read(folder: Path) -> None:
    path = _kept(folder)
    os.truncate(path, 1 << 40)
    assert read_kept("things", KEY) is None


def test_only_old_files_of_our_own_are_removed(folder: Path, tmp_path: Path) -> None:
    old = time.time() - 40 * 24 * 3600
    ours = [folder / f"{'a' * 32}.kept", folder / f".pagerworthy-{'a' * 16}.new"]
    others = [folder / "thesis.tex", tmp_path / "elsewhere"]
    for path in (*ours, *others):
        path.touch()
        os.utime(path, (old, old))
    link = folder / f"{'b' * 32}.kept"
    link.symlink_to(others[1])
    _kept(folder)
    assert not any(path.exists() for path in ours)
    assert all(path.exists() for path in (*others, link))


def test_there_is_room_for_so_much_and_what_is_newest_stays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pagerworthy.catalog.kept._MOST", 1000)
    paths = [folder / f"{letter * 32}.kept" for letter in "abc"]
    for age, path in enumerate(paths):
        path.write_bytes(bytes(450))
        os.utime(path, (time.time() - 60 * (age + 1),) * 2)
    new = _kept(folder)
    assert [path.exists() for path in (new, *paths)] == [True, True, True, False]


def test_nothing_is_removed_from_a_folder_that_a_link_leads_to(folder: Path, tmp_path: Path) -> None:
    other = folder.rename(tmp_path / "other")
    folder.symlink_to(other)
    file = other / f"{'a' * 32}.kept"
    file.touch()
    os.utime(file, (0, 0))
    keep("things", KEY, b"content")
    assert file.exists()
