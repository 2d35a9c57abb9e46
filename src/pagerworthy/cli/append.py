"""Adds a line to a file that must not lose one: whole, at once, on the disk, and only to a file."""

import errno
import os
import stat
from pathlib import Path

import click

from pagerworthy.cli.exits import Exit

try:
    import fcntl
except ImportError:  # where there is no such lock, writes at the end of a file are still one by one
    fcntl = None  # type: ignore[assignment]


class NotAppended(click.ClickException):
    """Nothing was added, for a reason that lies in the file."""

    exit_code = int(Exit.USAGE)


def append_line(path: Path, line: bytes) -> None:
    """Adds the line and its end, in one write that other processes' lines cannot part, and waits until it is kept.

    Raises NotAppended for what is no file of its own: a link, a pipe, a device. Raises OSError where the system refuses
    it, and then the file is as before.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
    # A pipe that nobody reads from would be waited for without end.
    flags |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    if path.is_symlink():
        raise NotAppended(f"{path} is a symbolic link, and nothing is recorded through one: name the file itself")
    if path.exists() and not path.is_file():
        raise NotAppended(f"{path} is not a regular file, and keeps no record: name one that is, or a new one")
    descriptor = os.open(path, flags, 0o666)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise NotAppended(f"{path} is not a regular file, and keeps no record")
        if fcntl is not None:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        before = os.fstat(descriptor).st_size
        try:
            _write(descriptor, _parted(descriptor, before) + line + b"\n", before)
        except OSError:
            # Nothing was recorded, and nothing is to look as if it were.
            if not before:
                path.unlink(missing_ok=True)
            raise
    finally:
        os.close(descriptor)
    if not before:
        _keep_name(path.parent)


def _parted(descriptor: int, size: int) -> bytes:
    """What ends the last line, where somebody has left it open: else two records would become one wrong line."""
    if not size:
        return b""
    os.lseek(descriptor, size - 1, os.SEEK_SET)
    return b"" if os.read(descriptor, 1) == b"\n" else b"\n"


def _write(descriptor: int, content: bytes, before: int) -> None:
    if os.write(descriptor, content) != len(content):
        # A full disk takes a part. Half a line is no record, and would spoil the next one.
        os.ftruncate(descriptor, before)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    os.fsync(descriptor)


def _keep_name(folder: Path) -> None:
    """Waits until the folder knows its new file, where the system can be asked for that."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
