"""The branch that has the history: read and written without a work tree, safe where several runs write at once."""

import io
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from pagerworthy.evidence.text import inert
from pagerworthy.history.model import NoHistoryError
from pagerworthy.history.shelf import GitShelf, HistoryError
from pagerworthy.project import HistorySettings

if TYPE_CHECKING:
    import git

BRANCH = HistorySettings().branch
_TRIES = 8
# How long a remote may take for one question, in seconds.
_PATIENCE = 120
# How git tells that another run has moved the branch meanwhile.
_RACES = ("[rejected]", "cannot lock ref", "failed to update ref", "reference already exists")
_REASON = re.compile(r"\[remote rejected\][^(\n]*\(([^)\n]*)\)")
_ADDRESS = re.compile(r"\S*(?://|@)\S*")
_FILE, _FOLDER = 0o100644, 0o040000
_AUTHOR = ("pagerworthy", "pagerworthy@localhost")

Files = Mapping[str, bytes]


class NoRepositoryError(HistoryError):
    """There is no git repository, and so no history."""


class Branch:
    """The history of the repository that a folder is in. All that it raises is HistoryError."""

    def __init__(self, root: Path, name: str = BRANCH) -> None:
        import git

        self.name = name
        try:
            self._repository = git.Repo(root, search_parent_directories=True)
        except (git.InvalidGitRepositoryError, git.NoSuchPathError, git.GitCommandNotFound) as error:
            raise NoRepositoryError("this is not a git repository: run `git init` first") from error
        with self._words():
            self._repository.git.check_ref_format("--branch", name)

    def close(self) -> None:
        """Ends the processes that read objects."""
        self._repository.close()

    def judged(self, paths: Iterable[Path], without: Iterable[Path]) -> str:
        """The commit that is checked out; empty before the first one, and where these paths, but for those `without`,
        differ from it."""
        with suppress(ValueError), self._words():
            head = self._repository.head.commit.hexsha
            looked = (*map(str, paths), *(f":(exclude){path}" for path in without))
            changed = self._repository.git.status("--porcelain", "--no-renames", "--", *looked)
            return "" if changed else head
        return ""

    @property
    def is_there(self) -> bool:
        """Whether there is any history."""
        return self._tip() is not None

    def read(self, path: str) -> bytes:
        """A file as it is on the branch; empty where there is none."""
        return _reader(self.shelf())(path)

    def services(self) -> tuple[str, ...]:
        """The services that have lines, by name."""
        return _services(self.shelf())

    def shelf(self) -> GitShelf | None:
        """The files as they are now; None before the first snapshot."""
        return self._shelf(self._tip())

    def append(
        self, change: Callable[[Callable[[str], bytes], tuple[str, ...]], Files], message: str, remote: str = ""
    ) -> bool:
        """Commits the files that `change` gives for what is on the branch; False where it gives none.

        Where another run was faster, `change` is asked again on what that one wrote. With `remote`, the branch is
        taken from there and pushed there; what only this repository has of it goes along.
        """
        for _ in range(_TRIES):
            tip = self._fetched(remote) if remote else self._tip()
            with self._words():
                shelf = self._shelf(tip)
                files = change(_reader(shelf), _services(shelf))
                if not files:
                    return False
                commit = self._commit(tip, files, message)
            if self._moved(tip, commit, remote):
                return True
        raise HistoryError(f"other runs were faster {_TRIES} times: run it again")

    def _tip(self) -> "git.Commit | None":
        import git

        # A clone has the branch of the repository that it comes from only under that one's name.
        for place in ("heads", "remotes/origin"):
            with suppress(ValueError, IndexError, git.BadName):
                return self._repository.commit(f"refs/{place}/{self.name}")
        return None

    def _fetched(self, remote: str) -> "git.Commit | None":
        import git

        ours = f"refs/pagerworthy/{self.name}"
        try:
            there = self._over("ls_remote", "--heads", "--", remote, f"refs/heads/{self.name}")
        except git.GitCommandError as error:
            raise HistoryError(self._unreachable(remote)) from error
        if not there:
            return self._tip()
        with self._words():
            self._over("fetch", "--no-tags", "--", remote, f"+refs/heads/{self.name}:{ours}")
        try:
            theirs = self._repository.commit(ours)
        except (ValueError, git.BadName) as error:
            raise HistoryError(f"{_plain(remote)} has no branch {self.name} that can be read") from error
        here = self._here()
        if here is None or self._is_before(here, theirs):
            return theirs
        if self._is_before(theirs, here):
            return here
        raise HistoryError(
            f"{self.name} here and at {_plain(remote)} have parted: `git branch -m {self.name} old-history` puts the "
            f"one here aside, and the next run goes on with the other"
        )

    def _unreachable(self, remote: str) -> str:
        """Why nothing comes from a remote. What git says of it may have its password in it."""
        names = [each.name for each in self._repository.remotes]
        if remote not in names and not any(mark in remote for mark in ":/\\"):
            known = f"there are: {', '.join(names)}" if names else "there is none; `git remote add` makes one"
            return f"there is no remote {remote} in this repository ({known})"
        shown = _plain(remote)
        return f"{shown} does not answer, or not to whoever runs this: see what `git ls-remote {shown}` says"

    def _here(self) -> "git.Commit | None":
        import git

        with suppress(ValueError, IndexError, git.BadName):
            return self._repository.commit(f"refs/heads/{self.name}")
        return None

    def _is_before(self, one: "git.Commit", other: "git.Commit") -> bool:
        """Whether all that one has is in the other, too."""
        with self._words():
            return bool(self._repository.is_ancestor(one, other))

    def _over(self, command: str, *arguments: str) -> str:
        """What git answers that asks another repository: soon, and without asking anybody for a password."""
        environment = {"GIT_TERMINAL_PROMPT": "0"}
        said = getattr(self._repository.git, command)(*arguments, env=environment, kill_after_timeout=_PATIENCE)
        return str(said)

    def _moved(self, tip: "git.Commit | None", commit: "git.Commit", remote: str) -> bool:
        """Moves the branch, where it still stands at the tip."""
        import git

        if remote:
            here = self._here()
            try:
                self._over("push", "--quiet", "--", remote, f"{commit.hexsha}:refs/heads/{self.name}")
            except git.GitCommandError as error:
                said = str(error.stderr)
                if any(mark in said for mark in _RACES):
                    return False
                # What git says of a remote may have its password in it: only its reason is told.
                reason = next(iter(_REASON.findall(said)), "try `git push` by hand")
                raise HistoryError(
                    f"{_plain(remote)} does not take {self.name} ({reason}): let this job push to that branch"
                ) from error
            # Where another run has moved the branch here meanwhile, it stays: the next one finds both.
            self._move(here, commit)
            return True
        return self._move(self._here() and tip, commit)

    def _move(self, before: "git.Commit | None", commit: "git.Commit") -> bool:
        """Moves the branch here, where it still stands at `before`; None where it was not there."""
        import git

        old = before.hexsha if before else "0" * len(commit.hexsha)
        try:
            self._repository.git.update_ref(f"refs/heads/{self.name}", commit.hexsha, old)
        except git.GitCommandError:
            return False
        return True

    def _shelf(self, tip: "git.Commit | None") -> GitShelf | None:
        return GitShelf(self._repository, tip.hexsha, self.name) if tip else None

    def _commit(self, tip: "git.Commit | None", files: Files, message: str) -> "git.Commit":
        import git

        top = self._entries(tip.tree) if tip else {}
        folders: dict[str, dict[str, tuple[bytes, int]]] = {}
        for path, content in files.items():
            folder, _, name = path.rpartition("/")
            if folder and folder not in folders:
                folders[folder] = self._entries(tip.tree / folder) if tip and folder in top else {}
            (folders[folder] if folder else top)[name] = (self._stored("blob", content), _FILE)
        for folder, entries in folders.items():
            top[folder] = (self._tree(entries), _FOLDER)
        tree = git.Tree(self._repository, self._tree(top))
        author = git.Actor(*_AUTHOR)
        now = f"{int(time.time())} +0000"
        return git.Commit.create_from_tree(
            self._repository,
            tree,
            message,
            parent_commits=[tip] if tip else [],
            head=False,
            author=author,
            committer=author,
            author_date=now,
            commit_date=now,
        )

    def _entries(self, tree: Any) -> dict[str, tuple[bytes, int]]:
        return {each.name: (each.binsha, each.mode) for each in tree}

    def _tree(self, entries: Mapping[str, tuple[bytes, int]]) -> bytes:
        from git.objects.fun import tree_to_stream

        # Git sorts a folder as if its name ended in a slash.
        ordered = sorted(entries.items(), key=lambda each: each[0] + ("/" if each[1][1] == _FOLDER else ""))
        stream = io.BytesIO()
        tree_to_stream([(sha, mode, name) for name, (sha, mode) in ordered], stream.write)
        return self._stored("tree", stream.getvalue())

    def _stored(self, kind: str, content: bytes) -> bytes:
        from gitdb import IStream  # type: ignore[import-untyped]

        found: bytes = self._repository.odb.store(IStream(kind.encode(), len(content), io.BytesIO(content))).binsha
        return found

    @contextmanager
    def _words(self) -> Iterator[None]:
        import git

        try:
            yield
        except git.GitCommandError as error:
            raise HistoryError(_complaint(error)) from error
        except NoHistoryError as error:
            # Whoever takes the line out sees on the way who has written it.
            mend = f"`git worktree add ../history {self.name}`, take it out of {error.path} there, and commit that"
            raise HistoryError(f"on the branch {self.name}, {error}: {mend}") from error
        except (msgspec.DecodeError, OSError, git.BadObject) as error:
            raise HistoryError(
                f"the branch {self.name} has something that is no history: {_plain(str(error))}"
            ) from error


def _reader(shelf: GitShelf | None) -> Callable[[str], bytes]:
    return shelf.content if shelf else lambda _: b""


def _services(shelf: GitShelf | None) -> tuple[str, ...]:
    if shelf is None:
        return ()
    return tuple(sorted(path[9:].removesuffix(".jsonl") for path in shelf.stamps if path.startswith("services/")))


def _complaint(error: "git.GitCommandError") -> str:
    """Which command of git has failed, and the last that it said, without addresses: they may have a password."""
    command = [str(each) for each in error.command if not str(each).startswith("-")]
    said = str(error.stderr).strip().removeprefix("stderr:").strip().strip("'").strip()
    last = inert(_ADDRESS.sub("(an address)", said.splitlines()[-1]), 200) if said else "it does not say why"
    return f"`git {command[1] if len(command) > 1 else ''}` has failed: {last}"


def _plain(text: str) -> str:
    """Text without what stands before an @ in an address, which may be a password."""
    before, at, after = text.partition("@")
    return f"{before.rpartition('//')[0]}//...@{after}" if at and "//" in before else text
