"""What every rule across entries works on: the catalog, the moment, and which names there are."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from pagerworthy.catalog.catalog import Catalog
from pagerworthy.catalog.checks.suggest import near
from pagerworthy.catalog.model import FOLDERS, Kind, Service
from pagerworthy.codes import problem
from pagerworthy.problem import Problem, Where

# Comparing one name with ten thousand takes long; whoever has as many wrong names has another problem.
_MAX_SUGGESTIONS = 25


class Scope:
    """One run of the checks."""

    def __init__(self, catalog: Catalog, root: Path, as_of: dt.datetime, criteria: Collection[str] | None) -> None:
        self.catalog = catalog
        self.root = root
        self.as_of = as_of
        self.today = as_of.astimezone(dt.UTC).date()
        self.criteria = criteria
        self._suggested = 0
        self._broken = _broken_names(catalog)

    def names(self, kind: Kind) -> Mapping[str, str]:
        """The names of all entries of a kind that could be read, each with its file."""
        return self.catalog.places.get(kind, {})

    def has(self, kind: Kind, name: str) -> bool:
        """Whether there is such an entry, or a file of its name that could not be read.

        A broken file has a problem of its own; that others name its entry is no second one.
        """
        return name in self.names(kind) or (kind, name) in self._broken

    def broken(self, kind: Kind, name: str) -> bool:
        """Whether the entry's file is there, but could not be read."""
        return (kind, name) in self._broken

    def any_broken(self, kind: Kind) -> bool:
        """Whether a file in the folder of this kind could not be read."""
        return any(each == kind for each, _ in self._broken)

    def problem(self, code: str, message: str, kind: Kind, name: str, path: str, mend: str) -> Problem:
        """A problem at a place of the entry of this kind and name, without line and column."""
        return problem(code, message, Where(file=self.names(kind)[name], path=path), mend)

    def unknown(self, code: str, wanted: Kind, missing: str, kind: Kind, name: str, path: str) -> Problem:
        """The problem that an entry names one of kind `wanted` that does not exist."""
        found = self.near(missing, self.names(wanted))
        add = f"add catalog/{FOLDERS[wanted]}/{missing}.yaml"
        mend = f"did you mean {found}? otherwise {add}" if found else add
        return self.problem(code, f"there is no {wanted.lower()} {missing}", kind, name, path, mend)

    def near(self, name: str, names: Iterable[str]) -> str:
        """The name that was probably meant, or nothing; nothing either once that was asked often."""
        self._suggested += 1
        return near(name, names) if self._suggested <= _MAX_SUGGESTIONS else ""


def _broken_names(catalog: Catalog) -> frozenset[tuple[str, str]]:
    read = {file for places in catalog.places.values() for file in places.values()}
    folders = {folder: kind for kind, folder in FOLDERS.items()}
    unread = ((Service.kind, name) for name in catalog.unreadable)
    return frozenset(unread) | frozenset(
        (folders[file.split("/", 2)[1]], file.rsplit("/", 1)[-1].rpartition(".")[0])
        for file in catalog.files
        if file not in read and file.split("/", 2)[1] in folders
    )
