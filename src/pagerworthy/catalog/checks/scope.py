"""What every rule works on: the catalog, the moment, and which names there are."""

import datetime as dt
from collections.abc import Collection, Iterable
from pathlib import Path

from pagerworthy.catalog.catalog import Catalog
from pagerworthy.catalog.model import FOLDERS, Entry, Kind
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
        self._places: dict[Kind, dict[str, str]] = {kind: catalog.places.get(kind, {}) for kind in _KINDS.values()}
        self._broken = self._broken_names()

    def has(self, kind: Kind, name: str) -> bool:
        """Whether there is such an entry, or a file of its name that could not be read.

        A broken file has a problem of its own; that others name its entry is no second one.
        """
        return name in self._places[kind] or (kind, name) in self._broken

    def broken(self, kind: Kind, name: str) -> bool:
        """Whether the entry's file is there, but could not be read."""
        return (kind, name) in self._broken

    def problem(self, code: str, message: str, entry: Entry, path: str, mend: str) -> Problem:
        """A problem at a place of an entry, without line and column."""
        file = self._places[entry.kind][entry.metadata.name]
        return problem(code, message, Where(file=file, path=path), mend)

    def unknown(self, code: str, kind: Kind, name: str, entry: Entry, path: str) -> Problem:
        """The problem for a name that no entry of a kind has."""
        near = self.near(name, self._places[kind])
        where = f"catalog/{FOLDERS[kind]}/"
        mend = f"did you mean {near}? otherwise add {where}{name}.yaml" if near else f"add {where}{name}.yaml"
        return self.problem(code, f"there is no {kind.lower()} {name}", entry, path, mend)

    def near(self, name: str, names: Iterable[str]) -> str:
        """The name that was probably meant, or nothing."""
        if self._suggested >= _MAX_SUGGESTIONS:
            return ""
        self._suggested += 1
        import difflib

        likely = [
            each
            for each in names
            if abs(len(each) - len(name)) <= 4 and (each[:1] == name[:1] or each[-2:] == name[-2:] or each in name)
        ]
        found = difflib.get_close_matches(name, likely, n=1, cutoff=0.6)
        return found[0] if found else ""

    def _broken_names(self) -> frozenset[tuple[Kind, str]]:
        read = {file for places in self._places.values() for file in places.values()}
        folders = {folder: kind for kind, folder in FOLDERS.items()}
        broken = set()
        for file in self.catalog.files:
            if file not in read:
                kind = folders.get(file.split("/", 2)[1])
                if kind is not None:
                    broken.add((_KINDS[kind], file.rsplit("/", 1)[-1].rpartition(".")[0]))
        return frozenset(broken)


_KINDS: dict[str, Kind] = {
    "Service": "Service",
    "Team": "Team",
    "System": "System",
    "Environment": "Environment",
    "Decision": "Decision",
    "Waiver": "Waiver",
    "Postmortem": "Postmortem",
}
