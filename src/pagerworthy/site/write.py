"""Writes a planned site: only what has changed, and removes what is no longer planned."""

import gc
import multiprocessing
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from pagerworthy.parallel import begin_worker, can_fork
from pagerworthy.site.folder import (
    Entry,
    Manifest,
    is_as_left,
    is_odd,
    only_one,
    open_folder,
    refuse_folders,
    refuse_links,
    remove_file,
    save_manifest,
    write_file,
)
from pagerworthy.site.plan import Planned, SitePlan
from pagerworthy.site.render import Renderer

# From so many files on, two processes are faster than one.
_WORTH_A_PROCESS = 800
_CHUNK = 200


class Written(NamedTuple):
    """What a build did: counts of files."""

    written: int
    kept: int
    removed: int


def write(
    plan: SitePlan,
    out: Path,
    *,
    processes: int = 0,
    progress: Callable[[int, int], None] | None = None,
    cache: bool = False,
) -> Written:
    """Brings the folder `out` to the plan; `progress` is told how many of how many files are done.

    A file is written again only if what it follows from has changed, or if it is not as the last build left it.
    `processes` is how many render at once; 0 chooses. With `cache`, compiled templates are kept in the user's cache
    folder. Of two builds into one folder the second waits. Raises ProjectError where `out` is a file, has files and
    was not written by an earlier build, has a link where a folder belongs, or a folder where a file belongs.
    """
    with only_one(out):
        return _write(plan, out, processes, progress, cache=cache)


def _write(
    plan: SitePlan, out: Path, processes: int, progress: Callable[[int, int], None] | None, *, cache: bool
) -> Written:
    before = open_folder(out)
    planned = {file.path for file in plan.files}
    for path in planned:
        # No name in a catalog may lead out of the folder; the schemas see to that, and this does not rely on them.
        if is_odd(path):
            raise ValueError(f"not a path of the site: {path!r}")
    refuse_links(out, planned | before.files.keys())
    todo = [file for file in plan.files if not _is_current(str(out), before.files.get(file.path), file)]
    todo.sort(key=_subject)
    stale = sorted(before.files.keys() - planned)
    refuse_folders(out, [*(file.path for file in todo), *stale])
    if not todo and not stale:
        return Written(0, len(plan.files), 0)
    unsure = {file.path: Entry("", 0) for file in todo}
    save_manifest(out, Manifest({**before.files, **unsure}))
    for folder in sorted({PurePosixPath(file.path).parent for file in todo}):
        (out / folder).mkdir(parents=True, exist_ok=True)
    work = _Work(plan, todo, out, cache=cache)
    fresh = {done[0]: Entry(*done[1:]) for done in _written(work, processes, progress)}
    for path in stale:
        remove_file(out, path)
    save_manifest(out, Manifest({file.path: fresh.get(file.path) or before.files[file.path] for file in plan.files}))
    return Written(len(todo), len(plan.files) - len(todo), len(stale))


def _is_current(out: str, entry: Entry | None, file: Planned) -> bool:
    return entry is not None and entry.digest == file.digest and is_as_left(f"{out}/{file.path}", entry)


def _subject(file: Planned) -> tuple[str, str]:
    """What a file is about: all files of one service in a row share what is looked at."""
    return (file.path.rpartition("/")[2].partition(".")[0], file.path)


# Path, digest, size, modified_ns.
_Done = tuple[str, str, int, int]


def _written(work: "_Work", processes: int, progress: Callable[[int, int], None] | None) -> Iterator[_Done]:
    """Makes and writes the files; yields what was written."""
    done = 0
    wanted = processes or (2 if work.total >= _WORTH_A_PROCESS else 1)
    # Only a forked process has the plan without it being sent; elsewhere one process does it all.
    chunks = _in_processes(work, wanted) if wanted > 1 and can_fork() else map(work.chunk, work.starts)
    for written in chunks:
        done += len(written)
        if progress is not None:
            progress(done, work.total)
        yield from written


def _in_processes(work: "_Work", processes: int) -> Iterator[list[_Done]]:
    context = multiprocessing.get_context("fork")
    gc.freeze()
    with warnings.catch_warnings():
        # The children only render and write: they take no lock that a thread of a library might hold.
        warnings.simplefilter("ignore", DeprecationWarning)
        pool = context.Pool(processes, initializer=_begin, initargs=(work, os.getpid()))
    gc.unfreeze()
    with pool:
        yield from pool.imap_unordered(_chunk, work.starts)


class _Work:
    """What a process needs in order to make any part of the site."""

    def __init__(self, plan: SitePlan, todo: Sequence[Planned], out: Path, *, cache: bool) -> None:
        self._renderer = Renderer(plan.theme, plan.chrome, cache=cache)
        self._todo = todo
        self._out = str(out)
        self.total = len(todo)
        self.starts = range(0, len(todo), _CHUNK)
        # Compiled before processes are forked, so that it is done once.
        self._renderer.prepare({file.template for file in todo if file.template})

    def chunk(self, start: int) -> list[_Done]:
        """Writes the files from `start` on."""
        done = []
        for file in self._todo[start : start + _CHUNK]:
            made = file.make()
            content = self._renderer.render(file.template, made) if file.template else made
            if not isinstance(content, bytes):
                raise TypeError(f"{file.path} is made of {type(content).__name__}, not of bytes")
            done.append((file.path, file.digest, *write_file(f"{self._out}/{file.path}", content)))
        return done


_work: list[_Work] = []


def _begin(work: _Work, parent: int) -> None:
    begin_worker(parent)
    _work[:] = [work]


def _chunk(start: int) -> list[_Done]:
    return _work[0].chunk(start)
