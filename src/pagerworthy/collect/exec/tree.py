"""Whether a work tree is as HEAD has it: what a program loads from there is then what the trusted branch has."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from pagerworthy.collect.errors import SourceError
from pagerworthy.evidence.collectors.git_process import GitError, git_fields

# What a run writes itself, and what is there for nobody to run.
_EVIDENCE = "catalog/evidence/"
_IGNORE_FILE = ".gitignore"
_STATUS = ("status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=no")
# A source, a line, a pattern and a path.
_FIELDS_OF_RULE = 4


def demand_whole(root: Path) -> None:
    """Raises SourceError with the name of one file that HEAD has otherwise, or does not have. GitError where git fails.

    All of the work tree counts, but evidence and what is ignored: by a `.gitignore` that is tracked, and not by one
    that somebody has laid beside what it hides.
    """
    top = Path(os.fsdecode(b"".join(git_fields(root, ["rev-parse", "--show-toplevel"]))).removesuffix("\n"))
    evidence = (root.resolve().relative_to(top.resolve()) / _EVIDENCE).as_posix().encode() + b"/"
    for name in _changed(top):
        if not name.startswith(evidence):
            raise SourceError(f"not run: {_shown(name)} was changed, and is not what the trusted branch has")
    for name in _untracked(top):
        if not name.startswith(evidence):
            raise SourceError(
                f"not run: {_shown(name)} is not in the trusted branch: remove it, or have {_IGNORE_FILE} name it"
            )


def _changed(top: Path) -> Iterator[bytes]:
    yield from (entry[3:] for entry in git_fields(top, _STATUS))
    for entry in git_fields(top, ["ls-files", "-v", "-z"]):
        tag, name = entry[:1], entry[2:]
        # The index may be told not to look at a file.
        if tag.islower() or (tag == b"S" and os.path.lexists(top / os.fsdecode(name))):
            yield name


def _untracked(top: Path) -> Iterator[bytes]:
    """What is not tracked, nor ignored by what is; a folder where all in it is untracked, with a slash at its end."""
    named = list(git_fields(top, ["ls-files", "--others", "--directory", "--no-empty-directory", "-z"]))
    if not named:
        return
    tracked = set(git_fields(top, ["ls-files", "-z"]))
    rules = _rules(top, named)
    for name, source, pattern in zip(named, rules[0::_FIELDS_OF_RULE], rules[2::_FIELDS_OF_RULE], strict=True):
        file = Path(os.fsdecode(source))
        laid = file.name == _IGNORE_FILE and source not in tracked and not file.is_absolute()
        if laid or not source or pattern.startswith(b"!"):
            yield name


def _rules(top: Path, named: Sequence[bytes]) -> list[bytes]:
    """Four fields for each name, the first empty where it is not ignored."""
    rules: list[bytes] = []
    try:
        rules.extend(
            git_fields(
                top,
                # It takes no literal paths; with this before it, none is read as anything else.
                ["--no-literal-pathspecs", "check-ignore", "--no-index", "-v", "-n", "-z", "--stdin"],
                told=b"".join(b"./%b\0" % each for each in named),
            )
        )
    except GitError:
        # It also ends with an error where it ignores none of them.
        if len(rules) != _FIELDS_OF_RULE * len(named):
            raise
    return rules


def _shown(name: bytes) -> str:
    return name.decode(errors="replace")[:200]
