"""What all readers share: the files, what came of them, and their problems."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from pagerworthy.catalog import STREAM_LIMIT, Part, Slo, read_stream
from pagerworthy.codes import problem
from pagerworthy.problem import DocumentPath, Problem, Where, repository_path

_ENDINGS = frozenset({".yaml", ".yml", ".json"})


class Promises(msgspec.Struct, frozen=True):
    """What was read of one service: its SLOs as an entry has them, and what goes under `extensions.openslo`.

    `service` is the name of the entry, empty where the format has no services. `wheres` has a place for each SLO.
    """

    service: str
    slos: tuple[Slo, ...]
    wheres: tuple[Where, ...] = ()
    openslo: dict[str, Any] = {}


class Read(msgspec.Struct, frozen=True):
    """What became of the files: the services of which something could be read, and all problems."""

    services: tuple[Promises, ...]
    problems: tuple[Problem, ...]


class Problems:
    """Problems as they are found."""

    def __init__(self) -> None:
        self.found: list[Problem] = []

    def at(self, code: str, message: str, where: Where, mend: str) -> None:
        """Notes a problem at a position."""
        self.found.append(problem(code, message, where, mend))

    def of(self, code: str, message: str, part: Part, path: DocumentPath, mend: str) -> None:
        """Notes a problem of a place in a document."""
        self.at(code, message, part.where(path), mend)


def parts_of(paths: Iterable[Path], problems: Problems) -> Iterator[Part]:
    """Every document of the files, and of the YAML files in folders, in their order."""
    for path in paths:
        for file in _files(path):
            name = repository_path(str(file))
            try:
                # Whoever names a link means what it leads to; only what lies in a folder is never followed.
                content = _content(file.resolve() if file == path else file)
            except OSError as error:
                message = f"this cannot be read: {error.strerror or type(error).__name__}"
                problems.at("PW001", message, Where(name), "name a file that is there and can be read")
                continue
            parts, found = read_stream(content, name)
            problems.found.extend(found)
            for part in parts:
                yield from part.items()


def pruned(value: Any, free: frozenset[str]) -> Any:
    """The value without keys that have no value, which mean the same as no key; what is below `free` keys stays."""
    if isinstance(value, dict):
        kept = ((key, part if key in free else pruned(part, free)) for key, part in value.items() if part is not None)
        return dict(kept)
    if isinstance(value, list):
        return [pruned(part, free) for part in value]
    return value


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found: list[Path] = []
    for folder, _, names in os.walk(path):
        found.extend(Path(folder, name) for name in names if Path(name).suffix in _ENDINGS)
    return sorted(file for file in found if not file.is_symlink())


def _content(file: Path) -> bytes:
    from pagerworthy.catalog.files import read_file

    return read_file(file, STREAM_LIMIT)
