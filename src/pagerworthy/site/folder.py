"""The folder that a site is written to: what the last build left in it, and writing that never leaves it."""

import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

import msgspec

from pagerworthy.atomic import BESIDE, replacing
from pagerworthy.problem import Problem, Where
from pagerworthy.project import ProjectError

MANIFEST = ".pagerworthy-site.json"
_VERSION = 1
# Folders of a repository that hold what a site is made from; .git may hold anything but a site.
_SOURCES = ("catalog", "scoring", "site", "schemas", ".git")


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """What was written: the digest of what it follows from, its size in bytes, and when it was last modified."""

    digest: str
    size: int
    modified_ns: int = 0


class Manifest(msgspec.Struct, frozen=True):
    """What the last build wrote, by path. A file with an empty digest may be half written."""

    files: dict[str, Entry] = {}
    version: int = _VERSION


def open_folder(out: Path) -> Manifest:
    """Makes the folder where there is none. Raises ProjectError for one that has files and no manifest of ours."""
    if out.exists() and not out.is_dir():
        raise _is_file(out)
    path = out / MANIFEST
    if path.is_file():
        try:
            manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
            if any(is_odd(name) for name in manifest.files):
                raise ValueError("it names files that lie elsewhere")
            if manifest.version != _VERSION:
                raise ValueError(f"its version is {manifest.version}, and only {_VERSION} is known")
            return manifest
        except (OSError, ValueError) as error:
            raise _refusal(
                f"{path} cannot be read: {error}", "remove the folder, so that the site is built anew"
            ) from error
    if out.is_dir() and not all(BESIDE.fullmatch(each.name) for each in out.iterdir()):
        raise _refusal(
            f"{out} has files that Pagerworthy did not write", "name an empty or a new folder with --out DIR"
        )
    out.mkdir(parents=True, exist_ok=True)
    return Manifest()


@contextmanager
def only_one(out: Path) -> Iterator[None]:
    """Makes the folder where there is none; another build that writes to it is waited for.

    Raises ProjectError where `out` is a file. Where a system or a file system has no locks, nobody is waited for.
    """
    if out.exists() and not out.is_dir():
        raise _is_file(out)
    out.mkdir(parents=True, exist_ok=True)
    if os.name != "posix":
        yield
        return
    import fcntl

    descriptor = os.open(out, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def refuse_sources(root: Path, out: Path) -> None:
    """Raises ProjectError for a folder within those of the repository at `root` that a site is made from."""
    place = out.resolve()
    for name in _SOURCES:
        if place.is_relative_to((root / name).resolve()):
            raise _refusal(
                f"{out} lies within {name}/, which is not for sites", "name a folder elsewhere with --out DIR"
            )


def is_odd(path: str) -> bool:
    """Whether a path could lead out of the folder, or names the manifest."""
    parts = path.split("/")
    return "" in parts or ".." in parts or "\\" in path or "\0" in path or parts[-1] == MANIFEST


def refuse_links(out: Path, paths: Iterable[str]) -> None:
    """Raises ProjectError where a folder that files are written to, or removed from, is not a folder of its own.

    Through a symbolic link a build would write, and remove, where nobody has named a folder with `--out`.
    """
    folders = {folder for path in {path.rpartition("/")[0] for path in paths} for folder in _with_parents(path)}
    for folder in sorted(folders):
        try:
            mode = os.lstat(out / folder).st_mode
        except FileNotFoundError:
            continue
        if stat.S_ISLNK(mode):
            raise _refusal(
                f"{out / folder} is a symbolic link, and what it leads to is not written to",
                "remove the link, or name another folder with --out DIR",
            )
        if not stat.S_ISDIR(mode):
            raise _refusal(f"{out / folder} is a file where a folder belongs", "remove it")


def refuse_folders(out: Path, paths: Iterable[str]) -> None:
    """Raises ProjectError where a file that is to be written, or removed, is a folder."""
    for path in paths:
        with suppress(FileNotFoundError):
            if stat.S_ISDIR(os.lstat(out / path).st_mode):
                raise _refusal(f"{out / path} is a folder where a file belongs", "remove it")


def _is_file(out: Path) -> ProjectError:
    return _refusal(f"{out} is a file", "name a folder with --out DIR")


def _with_parents(folder: str) -> set[str]:
    path = PurePosixPath(folder)
    return {path.as_posix(), *(parent.as_posix() for parent in path.parents)} - {"."}


def _refusal(message: str, mend: str) -> ProjectError:
    return ProjectError(Problem(code="PW503", message=message, where=Where(file="."), help=mend))


def is_as_left(path: str, entry: Entry) -> bool:
    """Whether the file is still as the last build left it: neither gone, nor edited, nor a link to something else."""
    try:
        found = os.lstat(path)
    except OSError:
        return False
    return found.st_size == entry.size and found.st_mtime_ns == entry.modified_ns and stat.S_ISREG(found.st_mode)


def save_manifest(out: Path, manifest: Manifest) -> None:
    """Replaces what is known of the folder."""
    _replace(str(out / MANIFEST), msgspec.json.encode(manifest))


def write_file(path: str, content: bytes) -> tuple[int, int]:
    """Writes a file, and never through a link; its size and when it was modified, in nanoseconds.

    Where there is one already, the new one is written beside it and moved into its place, so that a reader sees the
    old or the new, never a half.
    """
    try:
        return _create(path, content)
    except FileExistsError:
        return _replace(path, content)


def _replace(path: str, content: bytes) -> tuple[int, int]:
    with replacing(Path(path)) as stream:
        stream.write(content)
        stream.flush()
        return len(content), os.fstat(stream.fileno()).st_mtime_ns


def _create(path: str, content: bytes) -> tuple[int, int]:
    """A file that was not there; O_EXCL follows no link, not even one that leads nowhere. On an error it goes again."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), 0o666)
    try:
        with open(descriptor, "wb", buffering=0) as stream:  # noqa: PTH123 -- a descriptor
            view = memoryview(content)
            while view:
                view = view[stream.write(view) :]
            return len(content), os.fstat(descriptor).st_mtime_ns
    except BaseException:
        Path(path).unlink(missing_ok=True)
        raise


def remove_file(out: Path, path: str) -> None:
    """Removes a file that is no longer part of the site, and the folders that it leaves empty."""
    target = out / path
    target.unlink(missing_ok=True)
    for folder in target.relative_to(out).parents[:-1]:
        try:
            (out / folder).rmdir()
        except OSError:
            return
