"""Keeps what took long to work out in the user's cache folder.

Never in the repository: what a pull request can write must not decide what counts as checked. What was cut off, changed
or made by another program is not read back, so losing or spoiling it costs time and nothing else.
"""

import hashlib
import os
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

import pagerworthy

_MONTH = 30 * 24 * 3600
_DIGEST_BYTES = 32


def read_kept(folder: str, key: bytes) -> memoryview | None:
    """What was kept under the key; None where there is nothing, or not what was written."""
    try:
        content = memoryview(_path(folder, key).read_bytes())
    except (OSError, RuntimeError):
        return None
    digest, kept = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    return kept if digest == hashlib.sha256(kept).digest() else None


def keep(folder: str, key: bytes, content: bytes) -> None:
    """Keeps the content under the key, at once or not at all."""
    new: Path | None = None
    try:
        path = _path(folder, key)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = path.with_name(f"{path.name}.{os.getpid()}.{time.monotonic_ns()}.new")
        with new.open("wb") as file:
            file.write(hashlib.sha256(content).digest())
            file.write(content)
        new.replace(path)
        _forget_old(path.parent)
    except (OSError, RuntimeError):
        # Without a cache everything still works.
        if new is not None:
            with suppress(OSError):
                new.unlink(missing_ok=True)


def _path(folder: str, key: bytes) -> Path:
    from platformdirs import user_cache_path

    name = hashlib.sha256(_program() + key).hexdigest()[:32]
    return user_cache_path("pagerworthy") / folder / f"{name}.kept"


def _forget_old(folder: Path) -> None:
    """Removes what no one has written for a month: other repositories, other versions, writes that broke off."""
    limit = time.time() - _MONTH
    for path in folder.iterdir():
        with suppress(OSError):
            if path.stat().st_mtime < limit:
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
