"""Opens files that somebody else has written, and none that is anything but a file."""

import os
import stat
from pathlib import Path
from typing import BinaryIO


def open_regular(file: Path) -> BinaryIO:
    """Opens a file to read. Raises OSError for what is no regular one; never follows a link or waits for a pipe."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    stream = open(os.open(file, flags), "rb")  # noqa: PTH123, SIM115 -- from a descriptor; closed by who asked for it
    if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        stream.close()
        raise OSError(f"{file} is not a regular file")
    return stream


def read_regular(file: Path, most: int) -> bytes:
    """What a file has in it, which is no more than so many bytes. Raises OSError for more, and as `open_regular`."""
    with open_regular(file) as stream:
        size = os.fstat(stream.fileno()).st_size
        if size > most:
            raise OSError(f"{file} is larger than {most} bytes")
        return stream.read(size)
