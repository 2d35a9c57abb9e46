"""Reads a catalog: every file on its own, so that a broken one hides no other."""

import gc
from pathlib import Path

import msgspec

from pagerworthy.catalog.cache import Cache, Remembered, known
from pagerworthy.catalog.catalog import Catalog, assemble
from pagerworthy.catalog.extensions import Extensions
from pagerworthy.catalog.model import Located
from pagerworthy.catalog.reading import read_all
from pagerworthy.catalog.schemas import Schemas
from pagerworthy.catalog.walk import walk
from pagerworthy.codes import problem
from pagerworthy.problem import Problem, Where, sort_key


class Loaded(msgspec.Struct, frozen=True):
    """The entries that could be read, and the problems of all files, sorted."""

    catalog: Catalog
    problems: tuple[Problem, ...]


def load(root: Path, *, cache: bool = True) -> Loaded:
    """Reads `root`/catalog. Never raises for what is written there: that comes back as problems.

    With `cache`, files that have not changed since the last time are taken from the user's cache folder.
    """
    collecting = gc.isenabled()
    # Everything read here stays: looking for garbage among ten thousand entries would take longer than reading them.
    gc.disable()
    try:
        return _load(root, cache=cache)
    finally:
        if collecting:
            gc.enable()


def _load(root: Path, *, cache: bool) -> Loaded:
    listing = walk(root)
    store = Cache(root, Schemas().digest() + Extensions(root).digest()) if cache else None
    remembered = store.read() if store else {}
    old = {found.path: each for found in listing.found if (each := known(found, remembered))}
    new = read_all(root, [found for found in listing.found if found.path not in old])
    problems = [*listing.problems, *(each for read in new for each in read.problems)]
    files = sorted([*old.values(), *(read.file for read in new)], key=lambda file: file.path)
    if store and (len(old) < len(files) or len(old) < len(remembered)):
        right = {read.file.path for read in new if not read.problems}
        store.write(file for file in files if file.path in old or file.path in right)
    entries = _unique(files, problems)
    catalog = assemble(entries, {file.path: file.digest for file in files if file.digest})
    return Loaded(catalog=catalog, problems=tuple(sorted(set(problems), key=sort_key)))


def _unique(files: list[Remembered], problems: list[Problem]) -> list[Located]:
    """The entries, the first of each name; adds a problem for every other."""
    entries: list[Located] = []
    places: dict[tuple[str, str], str] = {}
    for file in files:
        entry = file.entry
        if entry is None:
            continue
        first = places.setdefault((entry.kind, entry.name), file.path)
        if first == file.path:
            entries.append(Located(entry=entry, file=first))
        else:
            message = f"there are two entries for the {entry.kind.lower()} {entry.name}; the other is {first}"
            where = Where(file=file.path, path="metadata.name")
            problems.append(problem("PW207", message, where, "keep one of them, or give this one another name"))
    return entries
