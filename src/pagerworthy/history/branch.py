"""The branch that has the history: read and written without a work tree, safe where several runs write at once."""

import io
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from pagerworthy.history.shelf import GitShelf, HistoryError
from pagerworthy.project import HistorySettings

if TYPE_CHECKING:
    import git

BRANCH = HistorySettings().branch
_TRIES = 8
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

    @property
    def head(self) -> str:
        """The commit that is checked out, empty before the first one."""
        with suppress(ValueError):
            return self._repository.head.commit.hexsha
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
        taken from there and pushed there.
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
        with self._words():
            if not self._repository.git.ls_remote("--heads", "--", remote, f"refs/heads/{self.name}"):
                return self._tip()
            self._repository.git.fetch("--no-tags", "--", remote, f"+refs/heads/{self.name}:{ours}")
        try:
            return self._repository.commit(ours)
        except (ValueError, git.BadName) as error:
            raise HistoryError(f"{remote} has no branch {self.name} that can be read") from error

    def _moved(self, tip: "git.Commit | None", commit: "git.Commit", remote: str) -> bool:
        """Moves the branch, where it still stands at the tip."""
        import git

        if remote:
            try:
                self._repository.git.push("--quiet", "--", remote, f"{commit.hexsha}:refs/heads/{self.name}")
            except git.GitCommandError as error:
                if "rejected" in str(error.stderr):
                    return False
                # What git says of a remote may have its password in it.
                raise HistoryError(
                    f"the branch cannot be pushed to {_plain(remote)}: try `git push` by hand"
                ) from error
            self._repository.git.update_ref(f"refs/heads/{self.name}", commit.hexsha)
            return True
        ours = f"refs/heads/{self.name}"
        before = tip.hexsha if tip and self._repository.git.for_each_ref(ours) else "0" * len(commit.hexsha)
        try:
            self._repository.git.update_ref(ours, commit.hexsha, before)
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
            raise HistoryError(
                f"git cannot do this ({_plain(str(error.command[1:2] or ''))}): try it by hand"
            ) from error
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


def _plain(text: str) -> str:
    """Text without what stands before an @ in an address, which may be a password."""
    before, at, after = text.partition("@")
    return f"{before.rpartition('//')[0]}//...@{after}" if at and "//" in before else text
