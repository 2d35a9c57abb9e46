"""History: what each run concluded, kept on a branch of the repository itself, and what it tells.

A snapshot adds a line to the day book, and one line to the file of each service of which something changed; so the
branch grows with what happens, not with the number of services.
"""

from pagerworthy.history.branch import Branch, HistoryError, NoRepositoryError
from pagerworthy.history.model import Day, Line
from pagerworthy.history.snapshot import Snapshot, added, day_of, line_of
from pagerworthy.history.told import Turn, turns

__all__ = [
    "Branch",
    "Day",
    "HistoryError",
    "Line",
    "NoRepositoryError",
    "Snapshot",
    "Turn",
    "added",
    "day_of",
    "line_of",
    "turns",
]
