"""Finds the files of a catalog, without ever following a link out of it."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path

import msgspec

from pagerworthy.catalog.model import FOLDERS
from pagerworthy.codes import problem
from pagerworthy.problem import Problem, Where, repository_path

RUNBOOKS = "runbooks"
# Read by a later stage; nothing in it is an entry.
_OTHERS = frozenset({"evidence", "history"})
_LONGEST_NAME = 40
# Two writes within one tick of a file system's clock leave the same stamp.
_TICK_NS = 50_000_000
_KNOWN = (*FOLDERS.values(), RUNBOOKS)
_KINDS = {folder: kind for kind, folder in FOLDERS.items()}
_SERVICES = f"catalog/{FOLDERS['Service']}/"


class Stamp(msgspec.Struct, frozen=True, array_like=True):
    """What tells whether a file has changed since it was last read, without reading it."""

    mtime_ns: int
    ctime_ns: int
    size: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> "Stamp":
        return cls(status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)

    def is_settled(self) -> bool:
        """Whether another write of the file by now would have left another stamp."""
        return max(self.mtime_ns, self.ctime_ns) < time.time_ns() - _TICK_NS


# Of what is read from elsewhere than its file, and never remembered.
NO_STAMP = Stamp(0, 0, 0, 0)


class Found(msgspec.Struct, frozen=True):
    """A file to read: its path from the repository's root, and the kind of its folder ("" for a runbook)."""

    path: str
    kind: str
    stamp: Stamp


class Walk(msgspec.Struct, frozen=True):
    """All files of the catalog in the order of their paths, and what should not lie there.

    `nearly` are the files that are not read and look like entries of services, `closed` the folders below
    catalog/services/ that nobody can look into, from the repository's root.
    """

    found: tuple[Found, ...]
    problems: tuple[Problem, ...]
    nearly: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()


def walk(root: Path) -> Walk:
    """Lists the entries and runbooks under `root`/catalog. Symbolic links are problems, never followed."""
    found: list[Found] = []
    problems: list[Problem] = []
    if (root / "catalog").is_symlink():
        return Walk(found=(), problems=(_symlink("catalog"),), closed=("catalog",))
    for entry in _scan(root / "catalog", "catalog", problems):
        path = f"catalog/{entry.name}"
        if not path.isprintable():
            problems.append(_unprintable(path))
        elif entry.is_symlink():
            problems.append(_symlink(path))
        elif not entry.is_dir(follow_symlinks=False):
            meant = _meant(entry.name.partition(".")[0])
            if entry.name in _KNOWN or (meant and not _looks_like_entry(entry.name)):
                problems.append(_no_folder(path, meant))
            else:
                problems.extend(_stray(path, ""))
        elif entry.name in _KINDS or entry.name == RUNBOOKS:
            _folder(root, path, _KINDS.get(entry.name, ""), found, problems)
        elif entry.name not in _OTHERS and not entry.name.startswith("."):
            problems.append(_unknown_folder(path, entry.name))
    found.sort(key=attrgetter("path"))
    read = {each.path for each in found}
    lost = [each.where.file for each in problems if each.where.file not in read]
    return Walk(
        found=tuple(found),
        problems=tuple(problems),
        nearly=tuple(sorted(path for path in lost if is_nearly_service(path) and not _is_closed(root, path))),
        closed=tuple(sorted(path for path in lost if _is_closed(root, path))),
    )


def kind_of(path: str) -> str | None:
    """The kind that a file of this path is read as ("" for a runbook); None for one that is not read at all."""
    top, _, rest = path.partition("/")
    folder, _, name = rest.partition("/")
    if top != "catalog" or not path.isprintable() or not (folder in _KINDS or folder == RUNBOOKS):
        return None
    kind = _KINDS.get(folder, "")
    parts = name.split("/")
    return kind if parts[-1].endswith(_ending(kind)) and not any(part.startswith(".") for part in parts) else None


def is_nearly_service(path: str) -> bool:
    """Whether a path that is not read may be meant as a service's entry: `catalog/services/cart.yml`."""
    name = path.rsplit("/", 1)[-1]
    return path.startswith(_SERVICES) and (_looks_like_entry(name) or "." not in name)


def _is_closed(root: Path, path: str) -> bool:
    """Whether what is not read may be a folder with entries of services."""
    if path == "catalog" or f"{path}/" == _SERVICES:
        return os.path.lexists(root / path)
    if not path.startswith(_SERVICES) or _looks_like_entry(path):
        return False
    # Both are quiet about what may not be looked at. Where a link leads to does not matter.
    return os.path.isdir(root / path) or os.path.islink(root / path)  # noqa: PTH112, PTH114


def _ending(kind: str) -> str:
    return ".yaml" if kind not in {"", "Postmortem"} else ".md"


def _folder(root: Path, top: str, kind: str, found: list[Found], problems: list[Problem]) -> None:
    ending = _ending(kind)
    folders = [top]
    while folders:
        folder = folders.pop()
        for entry in _scan(root / folder, folder, problems):
            name = entry.name
            path = f"{folder}/{name}"
            # Nearly all are what they should be, and need no second look.
            if name.endswith(ending) and name[0] != "." and path.isprintable() and entry.is_file(follow_symlinks=False):
                try:
                    status = entry.stat(follow_symlinks=False)
                except OSError as error:
                    problems.append(unreadable(path, error))
                    continue
                found.append(Found(path=path, kind=kind, stamp=Stamp.of(status)))
            elif not path.isprintable():
                problems.append(_unprintable(path))
            elif entry.is_symlink():
                problems.append(_symlink(path))
            elif entry.is_dir(follow_symlinks=False):
                folders.append(path)
            elif name.startswith(".") or not name.endswith(ending):
                problems.extend(_stray(path, ending))
            else:
                message = "this is neither a file nor a folder, and is not read"
                problems.append(problem("PW002", message, Where(file=path), "put a regular file in its place"))


def _scan(folder: Path, path: str, problems: list[Problem]) -> Iterator[os.DirEntry[str]]:
    try:
        with _opened(folder) as place, os.scandir(place) as entries:
            yield from entries
    except OSError as error:
        problems.append(unreadable(path, error))


@contextmanager
def _opened(folder: Path) -> Iterator[int | Path]:
    """The folder's descriptor, where there is one: the system then need not find its way here anew for every file."""
    if os.scandir not in os.supports_fd:
        yield folder
        return
    place = os.open(folder, os.O_RDONLY)
    try:
        yield place
    finally:
        os.close(place)


def unreadable(path: str, error: OSError) -> Problem:
    """The problem for a file or folder that the system does not let us read."""
    return problem(
        "PW001",
        f"this cannot be read: {error.strerror or type(error).__name__}",
        Where(file=repository_path(path)),
        "look at its permissions, or remove it",
    )


def _unprintable(path: str) -> Problem:
    message = "the name of this file or folder has characters that cannot be printed"
    return problem("PW020", message, Where(file=repository_path(path)), "rename it with lower-case letters and hyphens")


def _symlink(path: str) -> Problem:
    return problem(
        "PW002",
        "this is a symbolic link, and links are not followed",
        Where(file=repository_path(path)),
        "put the file itself in its place",
    )


def _stray(path: str, ending: str) -> list[Problem]:
    name = path.rsplit("/", 1)[-1]
    looks_like_entry = _looks_like_entry(name) or (ending == ".yaml" and "." not in name)
    if not looks_like_entry and (name.startswith(".") or name == "README.md"):
        return []
    where = Where(file=repository_path(path))
    if looks_like_entry and ending == ".yaml" and not name.startswith("."):
        return [problem("PW017", "this entry is not read: its name does not end in .yaml", where, "rename it to .yaml")]
    if looks_like_entry:
        places = ", ".join(f"catalog/{folder}/" for folder in FOLDERS.values())
        return [problem("PW017", "this entry is not read here", where, f"move it to the folder of its kind: {places}")]
    meant = f"; what is read here ends in {ending}" if ending else ""
    return [problem("PW018", "this file is not read", where, f"move it out of catalog/{meant}")]


def _looks_like_entry(name: str) -> bool:
    return name.lower().endswith((".yaml", ".yml"))


def _meant(name: str) -> str:
    """The folder that was probably meant by a name; empty where it is like none."""
    import difflib

    return next(iter(difflib.get_close_matches(name.lower()[:_LONGEST_NAME], _KNOWN, n=1)), "")


def _unknown_folder(path: str, name: str) -> Problem:
    meant = _meant(name)
    mend = f"did you mean catalog/{meant}/?" if meant else f"the folders are {', '.join(_KNOWN)}"
    return problem("PW019", f"no kind of entry lives in {name}/: nothing in it is read", Where(file=path), mend)


def _no_folder(path: str, meant: str) -> Problem:
    if path == f"catalog/{meant}":
        message = "this is not a folder: no entry of its kind can be read"
        return problem("PW002", message, Where(file=path), "put a folder in its place")
    message = f"this is a file, and catalog/{meant}/ a folder: nothing that is written here is read"
    mend = f"write its entries to catalog/{meant}/, one a file, or move it out of catalog/"
    return problem("PW019", message, Where(file=path), mend)
