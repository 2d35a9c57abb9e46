"""Where a history is read from: a commit of the branch, or a folder with what was recorded."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import git

LARGEST = 64 * 1024 * 1024
_MIB = 1024 * 1024
_FILE, _PROGRAM = 0o100644, 0o100755


class HistoryError(Exception):
    """Why the history cannot be read or written, as a sentence that ends in what to do."""


class Shelf(Protocol):
    """The files of a history as they were when it was opened, each with a stamp that is another for other content."""

    @property
    def name(self) -> str:
        """Where it is, for people."""

    @property
    def stamps(self) -> Mapping[str, str]:
        """The files that there are, by path."""

    def content(self, path: str, largest: int = LARGEST) -> bytes:
        """A file; empty where there is none. Raises HistoryError for one that is larger, or cannot be read."""


class GitShelf:
    """The files of a commit. May be used after a fork: each process then opens the repository for itself."""

    def __init__(self, repository: "git.Repo", commit: str, name: str) -> None:
        self.name = f"the branch {name}"
        self._root = repository.git_dir
        self._places: dict[str, bytes] = {}
        # What a fork inherits is kept, and not used: closing it would end the process that the other one reads from.
        self._opened = {os.getpid(): repository}
        with self._told():
            tree = repository.commit(commit).tree
            self._list(tree, "")
            for each in tree.trees:
                if each.name == "services":
                    self._list(each, "services/")
        self.stamps = {path: sha.hex() for path, sha in self._places.items()}

    def content(self, path: str, largest: int = LARGEST) -> bytes:
        place = self._places.get(path)
        if place is None:
            return b""
        with self._told():
            stream = self._repository().odb.stream(place)
            size: int = stream.size
            found: bytes = stream.read() if size <= largest else b""
        if size > largest:
            raise _too_large(path, self.name, largest)
        return found

    def _list(self, tree: "git.Tree", folder: str) -> None:
        # Links and submodules are no files of a history.
        self._places |= {f"{folder}{each.name}": each.binsha for each in tree if each.mode in {_FILE, _PROGRAM}}

    def _repository(self) -> "git.Repo":
        import git

        found = self._opened.get(os.getpid())
        if found is None:
            found = self._opened[os.getpid()] = git.Repo(self._root)
        return found

    @contextmanager
    def _told(self) -> Iterator[None]:
        import git
        from gitdb.exc import ODBError  # type: ignore[import-untyped]

        try:
            yield
        except (git.GitError, ODBError, OSError, ValueError, LookupError, AssertionError, TypeError) as error:
            raise HistoryError(f"{self.name} cannot be read: see what `git fsck` says") from error


class FolderShelf:
    """The files of a folder; links are not followed."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self._folder = folder
        self.stamps: dict[str, str] = {}
        for place in (folder, folder / "services"):
            if place.is_symlink() or not place.is_dir():
                continue
            for file in sorted(place.iterdir()):
                if file.suffix == ".jsonl" and file.is_file() and not file.is_symlink():
                    path = file.relative_to(folder).as_posix()
                    self.stamps[path] = hashlib.sha256(self.content(path, listed=True)).hexdigest()

    def content(self, path: str, largest: int = LARGEST, *, listed: bool = False) -> bytes:
        if not listed and path not in self.stamps:
            return b""
        try:
            with (self._folder / path).open("rb") as file:
                found = file.read(largest + 1)
        except OSError as error:
            raise HistoryError(f"{path} in {self.name} cannot be read: make it a readable file") from error
        if len(found) > largest:
            raise _too_large(path, self.name, largest)
        return found


def _too_large(path: str, name: str, largest: int) -> HistoryError:
    return HistoryError(f"{path} in {name} has more than {largest // _MIB} MiB")
