"""Checks evidence for `pagerworthy check`: all that is asked for, or all where that takes no time worth naming."""

import datetime as dt
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click
import msgspec

from pagerworthy.catalog import FOLDERS, Catalog
from pagerworthy.evidence import configured_paths, read_evidence
from pagerworthy.problem import Problem, repository_path
from pagerworthy.project import Project, ProjectError

# Some three thousand records: more than this takes longer to read than the entries that it is about.
_SOON = 1024 * 1024
_SUFFIX = ".jsonl"
# Clocks differ between machines; no more than this, or nothing that they say can be relied on.
_CLOCKS = dt.timedelta(hours=1)


class CheckedEvidence(msgspec.Struct, frozen=True):
    """The problems of evidence, the files that were read, and a sentence on those that were not."""

    problems: tuple[Problem, ...] = ()
    files: tuple[str, ...] = ()
    left: str = ""


def check_evidence(
    project: Project,
    catalog: Catalog,
    *,
    as_of: dt.datetime,
    given: Sequence[Path],
    is_chosen: Callable[[str], bool] | None,
) -> CheckedEvidence:
    """Reads the evidence of the given paths, or else of the configured ones.

    `is_chosen` says which files of the repository are asked about; None stands for all of them, and then more evidence
    than is soon read is left, unless its paths were given. Raises ProjectError for configured paths that lead out of
    the repository, and click.UsageError for a given one that does not exist.
    """
    for path in given:
        if not path.exists():
            raise click.UsageError(f"there is no evidence at {path}")
    paths, outside = configured_paths(project.root, project.settings.evidence.paths)
    if outside and not given:
        raise ProjectError(outside[0])
    files: list[str] = []
    size = 0
    for file, length in _files(given or paths):
        name = _name(project.root, file)
        if is_chosen is not None and not is_chosen(name):
            continue
        files.append(name)
        size += length
        if size > _SOON and is_chosen is None and not given:
            named = " ".join(f"--evidence {path}" for path in project.settings.evidence.paths)
            return CheckedEvidence(left=f"the evidence is large and was not checked; with `{named}` it is")
    if not files:
        return CheckedEvidence()
    # Folders are read as a whole, because what is a link in them is not followed, and what is named itself is.
    # Whoever judges a moment that this clock has not reached takes it as passed.
    latest = max(dt.datetime.now(dt.UTC) + _CLOCKS, as_of)
    found = read_evidence(project.root, given or paths, as_of=as_of, subjects=_subjects(catalog), latest=latest)
    return CheckedEvidence(found.problems, tuple(files))


def _subjects(catalog: Catalog) -> set[str]:
    """The names of all services, and those of files that could not be read: what is known of these is no mistake."""
    folder = f"catalog/{FOLDERS['Service']}/"
    return {*catalog.services, *(Path(file).stem for file in catalog.files if file.startswith(folder))}


def _files(paths: Sequence[Path]) -> Iterator[tuple[Path, int]]:
    """Every file of evidence, or link to be complained of, and its size in bytes."""
    for path in paths:
        if not path.is_dir():
            yield path, path.stat().st_size
        for folder, folders, names in os.walk(path):
            folders.sort()
            links = [name for name in folders if Path(folder, name).is_symlink()]
            for name in sorted([*links, *(name for name in names if name.endswith(_SUFFIX))]):
                file = Path(folder, name)
                yield file, file.lstat().st_size


def _name(root: Path, path: Path) -> str:
    try:
        return repository_path((path.parent.resolve() / path.name).relative_to(root.resolve()).as_posix())
    except ValueError:
        return repository_path(path.as_posix())
