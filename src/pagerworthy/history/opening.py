"""Opens the history of a repository: its branch, or where there is none yet what was recorded in a folder."""

import datetime as dt
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pagerworthy.history.branch import Branch, NoRepositoryError
from pagerworthy.history.past import Past
from pagerworthy.history.shelf import FolderShelf, HistoryError, Shelf
from pagerworthy.project import HistorySettings


@contextmanager
def open_history(root: Path, settings: HistorySettings, until: dt.datetime | None = None) -> Iterator[Past]:
    """What there was until a moment; empty where there is no history, with the reason where it cannot be read."""
    try:
        branch = Branch(root, settings.branch)
    except NoRepositoryError:
        yield _recorded(root, settings, until)
        return
    except HistoryError as error:
        yield Past(wrong=f"{error}.")
        return
    with closing(branch):
        shelf: Shelf | None
        try:
            shelf = branch.shelf()
        except HistoryError as error:
            yield Past(wrong=f"{error}.")
            return
        yield Past(shelf, until) if shelf else _recorded(root, settings, until)


def _recorded(root: Path, settings: HistorySettings, until: dt.datetime | None) -> Past:
    if not settings.recorded:
        return Past()
    try:
        return Past(FolderShelf(root / settings.recorded, f"the recorded folder {settings.recorded}"), until)
    except (HistoryError, OSError) as error:
        return Past(wrong=f"the recorded history cannot be read: {error}.")
