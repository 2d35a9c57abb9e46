"""Finds the files of a rubric: every one is either read or reported, because one that is overlooked judges nobody."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec

from pagerworthy.codes import problem
from pagerworthy.problem import Problem, Where, repository_path

POLICY = "policy.yaml"
_CRITERIA = "criteria"
_EXPECTED = "criteria lie in scoring/criteria/<area>/<id>.yaml, the policy in scoring/policy.yaml"
# A rubric's folder may explain itself.
_PROSE = frozenset({".md", ".txt"})
MAX_BYTES = 64 * 1024


class RubricFiles(msgspec.Struct, frozen=True):
    """The files of one rubric, in order of their paths, and a problem for everything else that lies there."""

    policy: Path | None
    criteria: tuple[Path, ...]
    problems: tuple[Problem, ...]


def rubric_files(folder: Path) -> RubricFiles:
    """The rubric that lies in a folder `scoring`; nothing where there is no such folder. No link is followed."""
    if not os.path.lexists(folder):
        return RubricFiles(None, (), ())
    policy: Path | None = None
    criteria: list[Path] = []
    problems: list[Problem] = []
    for path in _walk(folder):
        parts = path.relative_to(folder).parts
        reason = _reason(path)
        if reason:
            problems.append(_wrong(folder, path, reason))
        elif parts == (POLICY,):
            policy = path
        elif len(parts) == 3 and parts[0] == _CRITERIA and path.suffix == ".yaml":
            criteria.append(path)
        elif path.suffix not in _PROSE and not path.name.startswith("."):
            problems.append(_wrong(folder, path, "this file is not part of a rubric"))
    return RubricFiles(policy, tuple(criteria), tuple(problems))


def _walk(folder: Path) -> Iterator[Path]:
    """All that lies in the folder except plain folders themselves: files, links, pipes."""
    if folder.is_symlink() or not folder.is_dir():
        yield folder
        return
    for entry in sorted(os.scandir(folder), key=lambda each: each.name):
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path))
        else:
            yield Path(entry.path)


def _reason(path: Path) -> str:
    """Why the path is no file to read; empty where it is one."""
    try:
        mode = path.lstat().st_mode
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    if stat.S_ISLNK(mode):
        return "a symbolic link is not followed"
    return "" if stat.S_ISREG(mode) else "not a regular file"


def _wrong(folder: Path, path: Path, reason: str) -> Problem:
    where = Where(file=repository_path(f"{folder.name}/{path.relative_to(folder).as_posix()}".removesuffix("/.")))
    return problem("PW301", reason, where, _EXPECTED)
