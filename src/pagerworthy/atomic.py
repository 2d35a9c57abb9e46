"""Replaces a file at once: whoever reads it meanwhile finds the old one or the new one, never a half."""

import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

# The name of what is written; found later only where a process was killed meanwhile.
BESIDE = re.compile(r"\.pagerworthy-[0-9a-f]{16}\.new")


@contextmanager
def replacing(path: Path, *, mode: int = 0o666) -> Iterator[BinaryIO]:
    """A stream for what the file is to hold; it takes its place at the end, and is gone if there is an error before.

    `mode` is what the file may at most be, less the process's umask. A link in the file's place is replaced, never
    followed. Raises OSError.
    """
    beside = path.with_name(f".pagerworthy-{secrets.token_hex(8)}.new")
    # O_EXCL fails where anything is already, even a link that leads nowhere.
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(beside, flags, mode)
    try:
        with open(descriptor, "wb") as stream:  # noqa: PTH123 -- a descriptor
            yield stream
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def write(path: Path, content: bytes, *, mode: int = 0o666) -> None:
    """Replaces the file by one with this content, as `replacing` does. Raises OSError."""
    with replacing(path, mode=mode) as stream:
        stream.write(content)
