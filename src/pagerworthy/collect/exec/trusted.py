"""Whether a command may be run: only what the trusted branch has, and never what a pull request proposes.

Whoever may propose a change could otherwise have anything run, with the tokens that collecting has.
"""

import hashlib
import os
import re
import shutil
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

from pagerworthy.collect.errors import SourceError
from pagerworthy.evidence.collectors.git_process import GitError, git_fields
from pagerworthy.project import SETTINGS_FILE

REF = "PAGERWORTHY_TRUSTED_REF"
_REMOTE_HEAD = "refs/remotes/origin/HEAD"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,250}")
_HASHES = {40: hashlib.sha1, 64: hashlib.sha256}
_REGULAR = ("100644", "100755")


def demand_trust(root: Path, command: Sequence[str], variables: Mapping[str, str]) -> None:
    """Raises SourceError with the reason where a command may not be run.

    What is run in the repository, and what it is given as a file of it, has to be as it is in HEAD, and so has all
    else in the same folder, which a program may load; and HEAD has to be in the history of the trusted branch.
    """
    event = variables.get("GITHUB_EVENT_NAME", "")
    if event.startswith("pull_request") or variables.get("CI_MERGE_REQUEST_IID"):
        raise SourceError("not run: this is a run for a pull request, and anybody can propose one")
    try:
        _demand_branch(root, variables.get(REF, ""))
        for file in (Path(SETTINGS_FILE), *_files_of(root, command)):
            _demand_unchanged(root, file)
        for folder in sorted({file.parent for file in _files_of(root, command)}):
            _demand_nothing_else(root, folder)
    except GitError as error:
        raise SourceError(f"not run: {error}") from error


def _demand_branch(root: Path, named: str) -> None:
    branch = _branch(root, named)
    head = _one(root, "rev-parse", "--verify", "--end-of-options", "HEAD^{commit}")
    try:
        base = _one(root, "merge-base", head, branch)
    except GitError as error:
        raise SourceError(
            f"not run: HEAD has nothing in common with the trusted branch ({named or 'of origin'})"
        ) from error
    if base != head:
        raise SourceError(f"not run: HEAD is not in the trusted branch ({named or 'of origin'}); set {REF} for another")


def _branch(root: Path, named: str) -> str:
    """The commit of the trusted branch. Only branches count: whoever may make a tag could call it anything."""
    if not named:
        try:
            return _one(root, "rev-parse", "--verify", "--end-of-options", f"{_REMOTE_HEAD}^{{commit}}")
        except GitError as error:
            raise SourceError(f"not run: no branch is trusted: set {REF}, e.g. to origin/main") from error
    if not _NAME.fullmatch(named) or ".." in named:
        raise SourceError(f"not run: {REF} is no branch")
    whole = named.startswith(("refs/heads/", "refs/remotes/"))
    for full in (named,) if whole else (f"refs/remotes/{named}", f"refs/heads/{named}"):
        try:
            return _one(root, "rev-parse", "--verify", "--end-of-options", f"{full}^{{commit}}")
        except GitError:
            continue
    raise SourceError(f"not run: the trusted branch {named} is not here: fetch it")


def _files_of(root: Path, command: Sequence[str]) -> list[Path]:
    """The files of the repository that a command names, by their paths in it. Raises SourceError for what is odd."""
    top = root.resolve()
    found = shutil.which(command[0]) if os.sep not in command[0] else str(root / command[0])
    if found is None:
        raise SourceError(f"not run: there is no program {command[0][:60]!r}")
    files = []
    for named in (found, *command[1:]):
        # An argument may have a file behind an equals sign.
        for part in {named, named.rpartition("=")[2]} - {""}:
            try:
                path = Path(os.path.normpath(root / part))
                exists = path.is_file()
                inside = path.is_relative_to(root) or path.is_relative_to(top) or path.resolve().is_relative_to(top)
            except (OSError, ValueError, RuntimeError):
                continue
            if exists and inside:
                if not (path.is_relative_to(root) or path.is_relative_to(top)):
                    raise SourceError(f"not run: {part[:100]} leads into the repository by a link")
                files.append(path.relative_to(root if path.is_relative_to(root) else top))
    return files


def _demand_unchanged(root: Path, file: Path) -> None:
    name = file.as_posix()
    listed = [each.decode(errors="replace") for each in git_fields(root, ["ls-tree", "-z", "HEAD", "--", name])]
    mode, _, rest = (listed[0] if len(listed) == 1 else "").partition(" ")
    if mode not in _REGULAR:
        raise SourceError(f"not run: {name} is not in the trusted branch as a file")
    digest = rest.split()[1]
    path = root / file
    try:
        if not stat.S_ISREG(path.lstat().st_mode) or path.resolve() != root.resolve() / file:
            raise SourceError(f"not run: {name} is behind a symbolic link")
        content = path.read_bytes()
    except OSError as error:
        raise SourceError(f"not run: {name} cannot be read") from error
    # As git names contents (https://git-scm.com/book/en/v2/Git-Internals-Git-Objects); the index may be told to lie.
    if _HASHES[len(digest)](b"blob %d\0%b" % (len(content), content)).hexdigest() != digest:
        raise SourceError(f"not run: {name} was changed, and is not what the trusted branch has")


def _demand_nothing_else(root: Path, folder: Path) -> None:
    name = folder.as_posix()
    status = ["status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--ignored=no", "--", name]
    top = Path(_one(root, "rev-parse", "--show-prefix") or ".")
    for entry in git_fields(root, status):
        changed = Path(os.fsdecode(entry[3:]))
        # At the repository's top there is everything; there only files beside the command count.
        if folder != Path() or changed.parent == top:
            raise SourceError(f"not run: {changed.as_posix()[:200]}, beside the command, is not what HEAD has")


def _one(root: Path, *arguments: str) -> str:
    return b"".join(git_fields(root, arguments)).decode(errors="replace").strip()
