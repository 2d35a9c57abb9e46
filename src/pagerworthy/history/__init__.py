"""History: what each run concluded, kept on a branch of the repository itself, and what it tells.

A snapshot adds a line to the day book, and one line to the file of each service of which something changed; so the
branch grows with what happens, not with the number of services.
"""

from pagerworthy.history.branch import Branch, NoRepositoryError
from pagerworthy.history.model import Day, Line, Tally, Turned
from pagerworthy.history.opening import open_history
from pagerworthy.history.past import NO_PAST, Past
from pagerworthy.history.shelf import FolderShelf, HistoryError, Shelf
from pagerworthy.history.snapshot import LaterError, Snapshot, added, day_of, line_of
from pagerworthy.history.told import Change, Told, Turn, gained, plain, telling, told, turns

__all__ = [
    "NO_PAST",
    "Branch",
    "Change",
    "Day",
    "FolderShelf",
    "HistoryError",
    "LaterError",
    "Line",
    "NoRepositoryError",
    "Past",
    "Shelf",
    "Snapshot",
    "Tally",
    "Told",
    "Turn",
    "Turned",
    "added",
    "day_of",
    "gained",
    "line_of",
    "open_history",
    "plain",
    "telling",
    "told",
    "turns",
]
