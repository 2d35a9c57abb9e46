"""Puts files into a folder: all of them or none, whole, never through a link and never over somebody else's."""

import os
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

import click

from pagerworthy import atomic
from pagerworthy.cli.exits import Exit


class NotPlaced(click.ClickException):
    """Nothing was written, for a reason that lies in the folder."""

    exit_code = int(Exit.USAGE)


def place_all(folder: Path, files: Mapping[str, bytes], *, replace: bool = False) -> int:
    """Writes the files, whose paths are from `folder`, and returns how many were not there as they are.

    What is there with the same content is left alone, so that a run that was killed can be run again. Raises NotPlaced,
    and leaves the folder as it was, where a link lies on the way, where another file is in the way (unless `replace`),
    or where the system refuses one.
    """
    missing = {name: content for name, content in files.items() if _is_missing(folder, name, content)}
    in_the_way = sorted(name for name in missing if os.path.lexists(folder / name))
    if in_the_way and not replace:
        more = f" and {len(in_the_way) - 3} more" if len(in_the_way) > 3 else ""
        raise NotPlaced(f"nothing was written: {folder} already has {', '.join(in_the_way[:3])}{more}")
    with ExitStack() as undo:
        try:
            for name, content in missing.items():
                _place(folder / name, content, undo)
        except OSError as error:
            what = error.filename or folder
            raise NotPlaced(f"nothing was written: {what} cannot be written: {error.strerror}") from error
        undo.pop_all()
    return len(missing)


def _is_missing(folder: Path, name: str, content: bytes) -> bool:
    """Whether the file is not there as it is to be. Raises NotPlaced where a link lies on the way to it."""
    here = folder
    for part in Path(name).parts:
        here = here / part
        if here.is_symlink():
            raise NotPlaced(f"nothing was written: {here} is a symbolic link, and nothing is written through it")
    try:
        return not here.is_file() or here.stat().st_size != len(content) or here.read_bytes() != content
    except OSError as error:
        raise NotPlaced(f"nothing was written: {here} cannot be read: {error.strerror}") from error


def _place(path: Path, content: bytes, undo: ExitStack) -> None:
    """One file, at once; `undo` takes back what was done, in the other order, also when the run is interrupted."""
    for parent in reversed(path.parents):
        if not parent.exists():
            parent.mkdir()
            undo.callback(_take_away, parent)
    before = path.read_bytes() if path.exists() else None
    undo.callback(_put_back, path, before)
    atomic.write(path, content)


def _put_back(path: Path, before: bytes | None) -> None:
    with suppress(OSError):
        if before is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(before)


def _take_away(folder: Path) -> None:
    # Somebody else may have put something into it.
    with suppress(OSError):
        folder.rmdir()
