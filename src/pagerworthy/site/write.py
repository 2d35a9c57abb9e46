"""Writes a planned site: only what has changed, and removes what is no longer planned."""

import gc
import multiprocessing
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import msgspec

from pagerworthy.problem import Problem, Where
from pagerworthy.project import ProjectError
from pagerworthy.site.plan import Planned, SitePlan
from pagerworthy.site.render import Renderer

MANIFEST = ".pagerworthy-site.json"
# From so many files on, two processes are faster than one.
_WORTH_A_PROCESS = 800
_CHUNK = 200


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """What was written: the digest of what it follows from, and its size in bytes."""

    digest: str
    size: int


class Manifest(msgspec.Struct, frozen=True):
    """What the last build wrote, by path. A file with an empty digest may be half written."""

    files: dict[str, Entry] = {}
    version: int = 1


class Written(NamedTuple):
    """What a build did: counts of files."""

    written: int
    kept: int
    removed: int


def write(
    plan: SitePlan, out: Path, *, processes: int = 0, progress: Callable[[int, int], None] | None = None
) -> Written:
    """Brings the folder `out` to the plan; `progress` is told how many of how many files are done.

    A file is written again only if what it follows from has changed, or if it is not as the last build left it.
    `processes` is how many render at once; 0 chooses. Raises ProjectError where `out` is a file, or has files and was
    not written by an earlier build.
    """
    before = _open(out)
    _refuse_odd_paths(plan.files)
    todo = [file for file in plan.files if not _is_current(out, before.files.get(file.path), file)]
    stale = sorted(set(before.files) - {file.path for file in plan.files})
    if not todo and not stale:
        return Written(0, len(plan.files), 0)
    unsure = {file.path: Entry("", 0) for file in todo}
    _save(out, Manifest({**before.files, **unsure}))
    for folder in sorted({PurePosixPath(file.path).parent for file in todo}):
        (out / folder).mkdir(parents=True, exist_ok=True)
    sizes = dict(_written(plan, todo, out, processes, progress))
    for path in stale:
        _remove(out, path)
    kept = {file.path: before.files[file.path] for file in plan.files if file.path not in sizes}
    fresh = {file.path: Entry(file.digest, sizes[file.path]) for file in todo}
    _save(out, Manifest(dict(sorted({**kept, **fresh}.items()))))
    return Written(len(todo), len(plan.files) - len(todo), len(stale))


def _open(out: Path) -> Manifest:
    if out.exists() and not out.is_dir():
        raise _refusal(f"{out} is a file", "name a folder with --out DIR")
    path = out / MANIFEST
    if path.is_file():
        try:
            manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
            if any(_is_odd(name) for name in manifest.files):
                raise ValueError("it names files that lie elsewhere")
            return manifest
        except (OSError, ValueError) as error:
            raise _refusal(
                f"{path} cannot be read: {error}", "remove the folder, so that the site is built anew"
            ) from error
    if out.is_dir() and any(out.iterdir()):
        raise _refusal(
            f"{out} has files that Pagerworthy did not write", "name an empty or a new folder with --out DIR"
        )
    out.mkdir(parents=True, exist_ok=True)
    return Manifest()


def _refusal(message: str, mend: str) -> ProjectError:
    return ProjectError(Problem(code="PW503", message=message, where=Where(file="."), help=mend))


def _refuse_odd_paths(files: Sequence[Planned]) -> None:
    """No name in a catalog may lead out of the folder; the schemas see to that, and this does not rely on them."""
    for file in files:
        if _is_odd(file.path):
            raise ValueError(f"not a path of the site: {file.path!r}")


def _is_odd(path: str) -> bool:
    parts = path.split("/")
    return "" in parts or ".." in parts or "\\" in path or "\0" in path or parts[-1] == MANIFEST


def _is_current(out: Path, entry: Entry | None, file: Planned) -> bool:
    if entry is None or entry.digest != file.digest:
        return False
    try:
        return os.stat(out / file.path).st_size == entry.size  # noqa: PTH116 -- called for every file
    except OSError:
        return False


def _save(out: Path, manifest: Manifest) -> None:
    _replace(out / MANIFEST, msgspec.json.encode(manifest))


def _replace(path: Path, content: bytes) -> None:
    """Writes beside the file and moves it into its place, so that a reader sees the old or the new, never a half."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(content)
    beside.replace(path)


def _remove(out: Path, path: str) -> None:
    target = out / path
    target.unlink(missing_ok=True)
    for folder in target.relative_to(out).parents[:-1]:
        try:
            (out / folder).rmdir()
        except OSError:
            return


def _written(
    plan: SitePlan,
    todo: Sequence[Planned],
    out: Path,
    processes: int,
    progress: Callable[[int, int], None] | None,
) -> Iterator[tuple[str, int]]:
    """Makes and writes the files; yields the size of each."""
    done = 0
    wanted = processes or (2 if len(todo) >= _WORTH_A_PROCESS and (os.cpu_count() or 1) > 1 else 1)
    # Only a forked process has the plan without it being sent; elsewhere one process does it all.
    chunks = _in_processes(plan, todo, out, wanted) if wanted > 1 and sys.platform == "linux" else None
    for sizes in chunks or _in_this_process(plan, todo, out):
        done += len(sizes)
        if progress is not None:
            progress(done, len(todo))
        yield from sizes


def _in_this_process(plan: SitePlan, todo: Sequence[Planned], out: Path) -> Iterator[list[tuple[str, int]]]:
    work = _Work(plan, todo, out)
    for start in range(0, len(todo), _CHUNK):
        yield work.chunk(start)


def _in_processes(
    plan: SitePlan, todo: Sequence[Planned], out: Path, processes: int
) -> Iterator[list[tuple[str, int]]]:
    work = _Work(plan, todo, out)
    context = multiprocessing.get_context("fork")
    gc.freeze()
    with warnings.catch_warnings():
        # The children only render and write: they take no lock that a thread of a library might hold.
        warnings.simplefilter("ignore", DeprecationWarning)
        pool = context.Pool(processes, initializer=_begin, initargs=(work,))
    gc.unfreeze()
    with pool:
        yield from pool.imap_unordered(_chunk, range(0, len(todo), _CHUNK))


class _Work:
    """What a process needs in order to make any part of the site."""

    def __init__(self, plan: SitePlan, todo: Sequence[Planned], out: Path) -> None:
        self._renderer = Renderer(plan.theme, plan.chrome)
        self._todo = todo
        self._out = str(out)

    def chunk(self, start: int) -> list[tuple[str, int]]:
        """Writes the files from `start` on; their paths and sizes."""
        sizes = []
        for file in self._todo[start : start + _CHUNK]:
            made = file.make()
            content = self._renderer.render(file.template, made) if file.template else made
            if not isinstance(content, bytes):
                raise TypeError(f"{file.path} is made of {type(content).__name__}, not of bytes")
            path = f"{self._out}/{file.path}"
            if os.path.exists(path):  # noqa: PTH110 -- called for every file
                _replace(Path(path), content)
            else:
                with open(path, "wb") as stream:  # noqa: PTH123 -- called for every file
                    stream.write(content)
            sizes.append((file.path, len(content)))
        return sizes


_work: list[_Work] = []


def _begin(work: _Work) -> None:
    _work[:] = [work]


def _chunk(start: int) -> list[tuple[str, int]]:
    return _work[0].chunk(start)
