"""Keeps what took long to work out in the user's cache folder.

Never in the repository: what a pull request can write must not decide what counts as checked. What was cut off, changed
or made by another program is not read back, so losing or spoiling it costs time and nothing else.
"""

import hashlib
import os
import re
import stat
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

import pagerworthy
from pagerworthy.atomic import BESIDE, replacing

_MONTH = 30 * 24 * 3600
_DIGEST_BYTES = 32
_MOST = 512 * 1024 * 1024
# More than anything that is kept; a larger file was made by another program, and is not to fill the memory.
_LARGEST = 1024 * 1024 * 1024
_OURS = re.compile(r"[0-9a-f]{32}\.kept|" + BESIDE.pattern)


def read_kept(folder: str, key: bytes) -> memoryview | None:
    """What was kept under the key; None where there is nothing, or not what was written."""
    try:
        content = memoryview(_read(_path(folder, key)))
    except (OSError, RuntimeError, MemoryError):
        return None
    digest, kept = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    return kept if digest == hashlib.sha256(kept).digest() else None


def _read(path: Path) -> bytes:
    """The bytes of a file. Raises OSError for what is no regular file; never follows a link or waits for a pipe."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(os.open(path, flags), "rb") as file:  # noqa: PTH123 -- from a descriptor
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:
            raise OSError("not a file that was kept")
        return file.read()


def keep(folder: str, key: bytes, content: bytes) -> None:
    """Keeps the content under the key, at once or not at all."""
    try:
        path = _path(folder, key)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with replacing(path) as file:
            file.write(hashlib.sha256(content).digest())
            file.write(content)
        _forget_old(path.parent)
    except (OSError, RuntimeError):
        # Without a cache everything still works.
        return


def _path(folder: str, key: bytes) -> Path:
    from platformdirs import user_cache_path

    name = hashlib.sha256(_program() + key).hexdigest()[:32]
    return user_cache_path("pagerworthy") / folder / f"{name}.kept"


def _forget_old(folder: Path) -> None:
    """Removes what no one has written for a month: other repositories, other versions, writes that broke off.

    What is older than the newest 512 MiB goes sooner.

    Only files that are called as ours are, and in no folder that is a link: it may lead to anybody's.
    """
    if folder.is_symlink():
        return
    limit = time.time() - _MONTH
    ours = []
    for path in folder.iterdir():
        with suppress(OSError):
            if _OURS.fullmatch(path.name) and stat.S_ISREG((status := path.lstat()).st_mode):
                ours.append((status.st_mtime, status.st_size, path))
    room = _MOST
    for modified, size, path in sorted(ours, reverse=True):
        room -= size
        if modified < limit or room < 0:
            with suppress(OSError):
                path.unlink()


@cache
def _program() -> bytes:
    """What tells this program from any other that keeps things here: its version, and the stamps of its files.

    Who changes the program sees at once what the change does to results.
    """
    total = hashlib.sha256(pagerworthy.__version__.encode())
    folders = [str(Path(pagerworthy.__file__).parent)]
    while folders:
        folder = folders.pop()
        with os.scandir(folder) as found:
            for each in sorted(found, key=lambda entry: entry.name):
                if each.name.endswith(".py"):
                    stamp = each.stat()
                    total.update(
                        f"{each.path}\0{stamp.st_mtime_ns}\0{stamp.st_size}\n".encode(errors="surrogateescape")
                    )
                elif each.name not in {"__pycache__", "data"} and each.is_dir():
                    folders.append(each.path)
    return total.digest()
