"""Keeps scorecards in the user's cache folder, so that an edit has only those judged anew which it changes."""

import sys
from importlib import metadata
from pathlib import Path

from pagerworthy.catalog.kept import keep, read_kept
from pagerworthy.scoring import Shelf

_FOLDER = "scores"
# Judging so many again takes less time than writing down all.
_FEW = 100


def read_shelf(root: Path) -> Shelf:
    """The scorecards of the last run in the repository; none where nothing is kept of it."""
    content = read_kept(_FOLDER, _key(root))
    return Shelf() if content is None else Shelf.unpacked(content)


def keep_shelf(root: Path, shelf: Shelf) -> None:
    """Keeps the scorecards in place of those of the last run."""
    if shelf.new > _FEW or shelf.new == len(shelf) > 0:
        keep(_FOLDER, _key(root), shelf.packed())


def _key(root: Path) -> bytes:
    # What evaluates the rubric's expressions is no file of ours, and another version of it may say other things.
    language = metadata.version("cel-expr-python")
    return f"{root.resolve()}\0{language}\0{sys.version}".encode(errors="surrogateescape")
