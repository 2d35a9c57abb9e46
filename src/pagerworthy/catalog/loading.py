"""Reads a catalog: every file on its own, so that a broken one hides no other."""

import gc
import hashlib
import os
from pathlib import Path

import msgspec

from pagerworthy.catalog.accept import accept
from pagerworthy.catalog.catalog import Catalog, assemble
from pagerworthy.catalog.explain import explain
from pagerworthy.catalog.model import Entry, Located
from pagerworthy.catalog.precheck import SIZE_LIMIT
from pagerworthy.catalog.schemas import Schemas
from pagerworthy.catalog.walk import Found, unreadable, walk
from pagerworthy.codes import problem
from pagerworthy.problem import Problem, Where, sort_key


class Loaded(msgspec.Struct, frozen=True):
    """The entries that could be read, and the problems of all files, sorted."""

    catalog: Catalog
    problems: tuple[Problem, ...]


class Read(msgspec.Struct, frozen=True):
    """What became of one file; `digest` is empty where it could not be read."""

    found: Found
    digest: str = ""
    entry: Entry | None = None
    problems: tuple[Problem, ...] = ()


def load(root: Path, *, cache: bool = True) -> Loaded:
    """Reads `root`/catalog. Never raises for what is written there: that comes back as problems.

    With `cache`, files that have not changed since the last time are taken from the user's cache folder.
    """
    listing = walk(root)
    schemas = Schemas()
    collecting = gc.isenabled()
    gc.disable()
    try:
        read = [read_file(root, found, schemas) for found in listing.found]
    finally:
        if collecting:
            gc.enable()
    problems = list(listing.problems)
    entries: list[Located] = []
    places: dict[tuple[str, str], str] = {}
    for file in read:
        problems.extend(file.problems)
        entry = file.entry
        if entry is None:
            continue
        first = places.setdefault((entry.kind, entry.name), file.found.path)
        if first == file.found.path:
            entries.append(Located(entry=entry, file=first))
        else:
            problems.append(
                problem(
                    "PW207",
                    f"there are two entries for the {entry.kind.lower()} {entry.name}; the other is {first}",
                    Where(file=file.found.path, path="metadata.name"),
                    "keep one of them, or give this one a name of its own",
                )
            )
    files = {file.found.path: file.digest for file in read if file.digest}
    return Loaded(catalog=assemble(entries, files), problems=tuple(sorted(problems, key=sort_key)))


def read_file(root: Path, found: Found, schemas: Schemas) -> Read:
    """Reads one file through both tiers."""
    try:
        content = _content(root / found.path)
    except OSError as error:
        return Read(found=found, problems=(unreadable(found.path, error),))
    digest = hashlib.sha256(content).hexdigest()
    if not found.kind:
        return Read(found=found, digest=digest)
    entry = accept(content, found.path, found.kind, schemas)
    if entry is not None:
        return Read(found=found, digest=digest, entry=entry)
    explained = explain(content, found.path, found.kind, schemas)
    return Read(found=found, digest=digest, entry=explained.entry, problems=explained.problems)


def _content(path: Path) -> bytes:
    # A link may have taken the file's place since the folder was listed.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(descriptor, "rb") as file:
        return file.read(SIZE_LIMIT + 1)
