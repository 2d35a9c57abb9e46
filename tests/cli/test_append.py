"""A record that must not be lost: one whole line, on the disk, in a file and nowhere else."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pagerworthy.cli.append import NotAppended, append_line


def test_lines_are_added_in_order_and_folders_made(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "glass.jsonl"
    for line in (b"1", b"2"):
        append_line(file, line)
    assert file.read_bytes() == b"1\n2\n"


def test_a_line_that_was_left_open_is_ended_first(tmp_path: Path) -> None:
    file = tmp_path / "glass.jsonl"
    file.write_bytes(b"half")
    append_line(file, b"whole")
    assert file.read_bytes() == b"half\nwhole\n"


@pytest.mark.parametrize("target", ["there", "nowhere"])
def test_nothing_is_recorded_through_a_link(tmp_path: Path, target: str) -> None:
    (tmp_path / "there").write_bytes(b"mine\n")
    (tmp_path / "link").symlink_to(tmp_path / target)
    with pytest.raises(NotAppended, match="symbolic link"):
        append_line(tmp_path / "link", b"line")
    assert (tmp_path / "there").read_bytes() == b"mine\n"
    assert not (tmp_path / "nowhere").exists()


def test_a_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotAppended, match="not a regular file"):
        append_line(tmp_path / "pipe", b"line")


def test_a_device_and_a_folder_keep_no_record(tmp_path: Path) -> None:
    for place in (Path("/dev/null"), tmp_path):
        with pytest.raises(NotAppended, match="not a regular file"):
            append_line(place, b"line")


@pytest.mark.parametrize("is_new", [False, True])
def test_half_a_line_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_new: bool) -> None:
    file = tmp_path / "glass.jsonl"
    if not is_new:
        file.write_bytes(b"before\n")
    write = os.write
    monkeypatch.setattr("os.write", lambda descriptor, content: write(descriptor, content[:3]))
    with pytest.raises(OSError, match="space") as caught:
        append_line(file, b"a long line")
    assert caught.value.errno == errno.ENOSPC
    assert not file.exists() if is_new else file.read_bytes() == b"before\n"


def test_lines_written_at_once_do_not_part_each_other(tmp_path: Path) -> None:
    file = tmp_path / "glass.jsonl"
    append_line(file, b"first")
    lines = [bytes([97 + n]) * 5000 for n in range(20)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda line: append_line(file, line), lines))
    assert sorted(file.read_bytes().splitlines()) == sorted([b"first", *lines])


def test_what_is_written_is_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = []
    sync = os.fsync

    def noted(descriptor: int) -> None:
        kept.append(descriptor)
        sync(descriptor)

    monkeypatch.setattr("os.fsync", noted)
    append_line(tmp_path / "glass.jsonl", b"line")
    assert len(kept) == 2, "the file and the folder that names it"
