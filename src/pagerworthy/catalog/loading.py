"""Reads a catalog: every file on its own, so that a broken one hides no other."""

import gc
from collections.abc import Callable, Mapping
from operator import attrgetter
from pathlib import Path
from typing import TypeVar

import msgspec

from pagerworthy.catalog.cache import Cache, Remembered
from pagerworthy.catalog.catalog import Catalog, Packed, assemble_packed
from pagerworthy.catalog.extensions import Extensions
from pagerworthy.catalog.reading import Read, read_all, read_instead, read_nearly, read_nearly_instead
from pagerworthy.catalog.schemas import Schemas
from pagerworthy.catalog.unreadable import Unreadable
from pagerworthy.catalog.walk import walk
from pagerworthy.codes import problem
from pagerworthy.problem import Problem, Where, sort_key

# Reading this many files again takes less time than writing down what was read.
_FEW = 50


_T = TypeVar("_T")


class _Files(msgspec.Struct, frozen=True):
    """The files that are remembered, those that were read now, and what lies there and is not read."""

    known: list[Remembered]
    new: list[Read]
    problems: list[Problem]
    nearly: list[Unreadable]
    closed: tuple[str, ...]


class Loaded(msgspec.Struct, frozen=True):
    """The entries that could be read, and the problems of all files, sorted; see `locate` for their lines."""

    catalog: Catalog
    problems: tuple[Problem, ...]


def load(root: Path, *, cache: bool = True) -> Loaded:
    """Reads `root`/catalog. Never raises for what is written there: that comes back as problems.

    With `cache`, files that have not changed since the last time are taken from the user's cache folder.
    """
    return _without_garbage(lambda: _loaded(_read_files(root, cache=cache)))


def load_both(root: Path, then: Mapping[str, bytes | None]) -> tuple[Loaded, Loaded]:
    """The catalog as it is, and as it would be if these files had other content; None for a file that was not there.

    Paths are from the repository's root. What they have in common is read once.
    """
    return _without_garbage(lambda: _load_both(root, then))


def _without_garbage(work: Callable[[], _T]) -> _T:
    collecting = gc.isenabled()
    # Everything read here stays: looking for garbage among ten thousand entries would take longer than reading them.
    gc.disable()
    try:
        return work()
    finally:
        if collecting:
            gc.enable()


def _load_both(root: Path, then: Mapping[str, bytes | None]) -> tuple[Loaded, Loaded]:
    now = _read_files(root, cache=True)
    before = _Files(
        known=[file for file in now.known if file.path not in then],
        new=[*(read for read in now.new if read.file.path not in then), *read_instead(root, then)],
        problems=[each for each in now.problems if each.where.file not in then],
        nearly=[*(each for each in now.nearly if each.file not in then), *read_nearly_instead(then)],
        closed=tuple(each for each in now.closed if each not in then),
    )
    return _loaded(now), _loaded(before)


def _read_files(root: Path, *, cache: bool) -> _Files:
    listing = walk(root)
    store = Cache(root, Schemas().digest() + Extensions(root).digest()) if cache else None
    remembered = store.read() if store else {}
    files: list[Remembered] = []
    changed = []
    for found in listing.found:
        known = remembered.get(found.path)
        if known is not None and known.stamp == found.stamp:
            files.append(known)
        else:
            changed.append(found)
    new = read_all(root, changed)
    right = [read.file for read in new if not read.problems]
    if store and len(right) > (_FEW if remembered else 0):
        store.write([*files, *right])
    nearly = read_nearly(root, listing.nearly, listing.problems)
    return _Files(files, new, list(listing.problems), nearly, listing.closed)


def _loaded(read_files: _Files) -> Loaded:
    new = read_files.new
    problems = [*read_files.problems, *(each for read in new for each in read.problems)]
    files = sorted([*read_files.known, *(read.file for read in new)], key=attrgetter("path"))
    problems += [each for file in files for each in file.problems]
    digests = {file.path: file.digest for file in files if file.digest}
    unreadable = [*(read.unreadable for read in new if read.unreadable is not None), *read_files.nearly]
    catalog = assemble_packed(_unique(files, problems), digests, unreadable, read_files.closed)
    return Loaded(catalog=catalog, problems=tuple(sorted(set(problems), key=sort_key)))


def _unique(files: list[Remembered], problems: list[Problem]) -> list[tuple[str, Packed]]:
    """The entries with their files, the first of each name; adds a problem for every other."""
    entries: dict[tuple[str, str], tuple[str, Packed]] = {}
    for file in files:
        entry = file.entry
        if entry is None:
            continue
        first, _ = entries.setdefault((entry.kind, entry.name), (file.path, entry))
        if first != file.path:
            message = f"there are two entries for the {entry.kind.lower()} {entry.name}; the other is {first}"
            where = Where(file=file.path, path="metadata.name")
            problems.append(problem("PW207", message, where, "keep one of them, or give this one another name"))
    return list(entries.values())
