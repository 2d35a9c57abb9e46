"""Reads single files: regular ones only, and never more than asked for."""

import errno
import os
import stat
from pathlib import Path


def read_file(path: Path, limit: int) -> bytes:
    """Up to `limit` + 1 bytes of a regular file. Raises OSError for links, pipes, and what cannot be read."""
    # A link or a pipe may have taken the file's place since its folder was listed.
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags), "rb", buffering=0) as file:  # noqa: PTH123 -- from a descriptor
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "this is not a regular file")
        content = file.read(limit + 1)
    return content or b""
