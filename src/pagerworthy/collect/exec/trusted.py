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
from pagerworthy.collect.exec.runs import is_for_pull_request, is_integration
from pagerworthy.collect.exec.tree import demand_whole
from pagerworthy.evidence.collectors.git_process import GitError, git_fields
from pagerworthy.project import SETTINGS_FILE

REF = "PAGERWORTHY_TRUSTED_REF"
_REMOTE_HEAD = "refs/remotes/origin/HEAD"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,250}")
_HASHES = {40: hashlib.sha1, 64: hashlib.sha256}
_REGULAR = ("100644", "100755")


def demand_trust(root: Path, command: Sequence[str], variables: Mapping[str, str]) -> None:
    """Raises SourceError with the reason where a command may not be run.

    HEAD has to be in the history of the trusted branch, and the whole work tree as it is in HEAD: nobody can tell what
    of it a program loads. What is run, or is given as a file of it, has to be the very same by its content.
    """
    if is_for_pull_request(variables):
        raise SourceError("not run: this is a run for a pull request, and anybody can propose one")
    named = variables.get(REF, "")
    if not named and is_integration(variables):
        # What it has cloned may be a stranger's fork, and `origin` with it.
        raise SourceError(f"not run: no branch is trusted: set {REF} where this job is set up, e.g. to origin/main")
    try:
        _demand_branch(root, named)
        _demand_program(root, command)
        for file in (Path(SETTINGS_FILE), *_files_of(root, command)):
            _demand_unchanged(root, file)
        demand_whole(root)
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
    if whole:
        raise SourceError(f"not run: the trusted branch {named} is not here: fetch it")
    try:
        _one(root, "rev-parse", "--verify", "--end-of-options", f"{named}^{{commit}}")
    except GitError as error:
        raise SourceError(f"not run: the trusted branch {named} is not here: fetch it") from error
    raise SourceError(f"not run: {REF} is {named}, which is a commit and no branch: name one, such as origin/main")


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


def _demand_program(root: Path, command: Sequence[str]) -> None:
    """Raises SourceError for a program that PATH finds in the repository, where git has no such file.

    That is mostly the interpreter of an environment that is active; all the same, anything could be in its place.
    """
    files = _files_of(root, command[:1])
    if os.sep in command[0] or not files or any(git_fields(root, ["ls-tree", "-z", "HEAD", "--", files[0].as_posix()])):
        return
    name = command[0][:60]
    usual = shutil.which(name, path="/usr/bin:/bin") or f"/usr/bin/{name}"
    raise SourceError(
        f"not run: {name} is {files[0].as_posix()[:200]} here, which no branch has, so nobody can trust it: write the "
        f"absolute path of one outside of this repository, such as {usual}"
    )


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


def _one(root: Path, *arguments: str) -> str:
    return b"".join(git_fields(root, arguments)).decode(errors="replace").strip()
