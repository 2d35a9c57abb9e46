"""A file is replaced whole, or stays as it was."""

import os
import stat
from pathlib import Path

import pytest

from pagerworthy import atomic


def test_an_error_on_the_way_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    path.write_bytes(b"old")

    def break_off() -> None:
        with atomic.replacing(path) as stream:
            stream.write(b"half of the n")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        break_off()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_there_stays_readable_until_the_new_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    path.write_bytes(b"old")
    with atomic.replacing(path) as stream:
        stream.write(b"new")
        assert path.read_bytes() == b"old"
        assert all(atomic.BESIDE.fullmatch(each.name) for each in tmp_path.iterdir() if each != path)
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("leads_to", ["elsewhere", "nowhere"])
def test_a_link_is_replaced_and_never_followed(tmp_path: Path, leads_to: str) -> None:
    (tmp_path / "elsewhere").write_bytes(b"theirs")
    path = tmp_path / "kept.json"
    path.symlink_to(tmp_path / leads_to)
    atomic.write(path, b"ours")
    assert (path.is_symlink(), path.read_bytes()) == (False, b"ours")
    assert (tmp_path / "elsewhere").read_bytes() == b"theirs"
    assert not (tmp_path / "nowhere").exists()


def test_the_mode_is_at_most_what_is_asked_for(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        atomic.write(tmp_path / "secret", b"", mode=0o600)
        atomic.write(tmp_path / "plain", b"")
    finally:
        os.umask(before)
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("secret", "plain")] == [0o600, 0o644]
