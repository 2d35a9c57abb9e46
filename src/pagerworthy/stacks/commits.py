"""What the files that stacks follow from said at another commit."""

from collections.abc import Mapping
from pathlib import Path

from pagerworthy.evidence.collectors.git_process import GitError, Limits, git_fields
from pagerworthy.project import SETTINGS_FILE, StacksSettings, stacks_settings

_LARGEST = 2 * 1024 * 1024
FOLLOWED = ("catalog", "stacks", SETTINGS_FILE)
_EVIDENCE, _STACKS = "catalog/evidence/", "stacks/"
_LIMITS = Limits(seconds=60, field=_LARGEST)


def changed_since(root: Path, reference: str) -> Mapping[str, bytes | None]:
    """The files that differ from a commit, each with its content there; None for one that it did not have.

    Paths are from `root`, the repository's or a folder in it. Files that git does not know, or is told to ignore, count
    as well: a run reads them all the same. Raises GitError where the commit is not there or git fails.
    """
    commit = _one(root, ["rev-parse", "--verify", "--quiet", "--end-of-options", f"{reference}^{{commit}}"])
    if not commit:
        message = f"there is no commit {reference!r} here; fetch it, or name one that is (git log --oneline)"
        raise GitError(message)
    folder = _one(root, ["rev-parse", "--show-prefix"])
    compared = ["diff", "--name-only", "--no-renames", "--no-ext-diff", "--relative", "-z", commit, "--", *FOLLOWED]
    differ = set(_paths(root, compared))
    unknown = filter(_is_read, _paths(root, ["ls-files", "--others", "-z", "--", *FOLLOWED]))
    return {
        path: _content(root, f"{commit}:{folder}{path}") if path in differ else None
        for path in sorted({*differ, *unknown})
    }


def _is_read(path: str) -> bool:
    """Whether stacks may follow from a file: not from evidence, nor from what lies in folders of `stacks`."""
    return not path.startswith(_EVIDENCE) and (not path.startswith(_STACKS) or path.count("/") == 1)


def settings_at(files: Mapping[str, bytes | None], now: StacksSettings) -> StacksSettings:
    """The settings of stacks at the commit that `files` are of, as `changed_since` has them.

    Raises ProjectError where they cannot be read as they were there.
    """
    if SETTINGS_FILE not in files:
        return now
    return stacks_settings(files[SETTINGS_FILE] or b"")


def _paths(root: Path, arguments: list[str]) -> list[str]:
    return [field.decode(errors="surrogateescape") for field in git_fields(root, arguments, _LIMITS) if field]


def _one(root: Path, arguments: list[str]) -> str:
    """The one line that git prints; empty where it fails quietly."""
    try:
        return b"".join(git_fields(root, arguments, _LIMITS)).decode(errors="surrogateescape").strip()
    except GitError:
        if "--quiet" in arguments:
            return ""
        raise


def _content(root: Path, blob: str) -> bytes | None:
    """A file at a commit; what is larger than any entry may be is not read."""
    try:
        if int(_one(root, ["cat-file", "-s", blob])) > _LARGEST:
            return None
        return b"\0".join(git_fields(root, ["cat-file", "blob", blob], _LIMITS))
    except GitError:
        return None
