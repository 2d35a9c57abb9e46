"""Reads the files of a catalog through both tiers, in two processes where there are many."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pagerworthy.catalog.cache import Remembered
from pagerworthy.catalog.catalog import pack
from pagerworthy.catalog.checks import alone
from pagerworthy.catalog.extensions import Extensions
from pagerworthy.catalog.files import read_file
from pagerworthy.catalog.model import Entry, Service
from pagerworthy.catalog.precheck import SIZE_LIMIT
from pagerworthy.catalog.schemas import Schemas
from pagerworthy.catalog.unreadable import Unreadable
from pagerworthy.catalog.walk import NO_STAMP, Found, is_nearly_service, kind_of, unreadable
from pagerworthy.parallel import in_halves
from pagerworthy.problem import Problem

if TYPE_CHECKING:
    from pagerworthy.catalog.composed import Composed

# Fewer files are read sooner than a second process starts.
_MANY = 400


class Read(msgspec.Struct, frozen=True, array_like=True):
    """What became of one file; `problems` are those of reading it, which a cache must not hide.

    `unreadable` is what is left of a service where its entry cannot be read.
    """

    file: Remembered
    problems: tuple[Problem, ...] = ()
    unreadable: Unreadable | None = None


def read_all(root: Path, files: Sequence[Found]) -> list[Read]:
    """Reads the files, in their order."""
    return in_halves(lambda some: _read_here(root, some), files, Read, many=_MANY)


def read_instead(root: Path, files: Mapping[str, bytes | None]) -> list[Read]:
    """Reads contents as if they lay at these paths; what has none, and what is no entry, is left out."""
    schemas, extensions = Schemas(), Extensions(root)
    reads = []
    for path, content in sorted(files.items()):
        kind = kind_of(path)
        if content is not None and kind is not None and len(content) <= SIZE_LIMIT:
            reads.append(_read_content(Found(path, kind, NO_STAMP), content, schemas, extensions))
    return reads


def read_nearly(root: Path, paths: Sequence[str], problems: Sequence[Problem]) -> list[Unreadable]:
    """What is left of the services whose files are not read because of how they are called, or what they are.

    `problems` are those of where files lie. Links are not followed: of one, its name is left.
    """
    found = []
    for path in paths:
        try:
            content = read_file(root / path, SIZE_LIMIT)
        except OSError:
            content = b""
        found.append(_nearly(content, path, [each for each in problems if each.where.file == path]))
    return [each for each in found if each is not None]


def read_nearly_instead(files: Mapping[str, bytes | None]) -> list[Unreadable]:
    """The same of contents that lie at these paths at another commit."""
    found = [
        _nearly(content, path, ())
        for path, content in sorted(files.items())
        if content is not None and kind_of(path) is None and is_nearly_service(path)
    ]
    return [each for each in found if each is not None]


def _nearly(content: bytes, path: str, problems: Sequence[Problem]) -> Unreadable | None:
    from pagerworthy.catalog.decode import decode
    from pagerworthy.catalog.explain import compose_entry
    from pagerworthy.catalog.remains import remains

    text, wrong = decode(content, path)
    composed = None if wrong else compose_entry(text, path, Service.kind)
    return remains(content, path, None if isinstance(composed, Problem) else composed, problems)


def read_entry(content: bytes, path: str, kind: str, root: Path) -> tuple[Entry | None, list[Problem]]:
    """Reads one entry that is not in the repository yet, as if it lay at `path`; with its problems by itself."""
    from pagerworthy.catalog.explain import explain

    explained = explain(content, path, kind, Schemas(), Extensions(root))
    return explained.entry, [*explained.problems, *(alone(explained.entry, path) if explained.entry else ())]


def check_entry(content: bytes, path: str, kind: str, root: Path) -> list[Problem]:
    """The problems of one entry that is not in the repository yet, as if it lay at `path`."""
    return read_entry(content, path, kind, root)[1]


def _read_here(root: Path, files: Sequence[Found]) -> list[Read]:
    schemas, extensions = Schemas(), Extensions(root)
    return [_read(root, found, schemas, extensions) for found in files]


def _read(root: Path, found: Found, schemas: Schemas, extensions: Extensions) -> Read:
    try:
        content = read_file(root / found.path, SIZE_LIMIT)
    except OSError as error:
        problems = [unreadable(found.path, error)]
        return Read(Remembered(found.path, found.stamp, ""), tuple(problems), _remains(found, b"", None, problems))
    return _read_content(found, content, schemas, extensions)


def _read_content(found: Found, content: bytes, schemas: Schemas, extensions: Extensions) -> Read:
    digest = hashlib.sha256(content).hexdigest()
    if not found.kind:
        from pagerworthy.catalog.decode import decode

        _, problems = decode(content, found.path)
        return Read(Remembered(found.path, found.stamp, digest), tuple(problems))
    from pagerworthy.catalog.accept import accept

    entry = accept(content, found.path, found.kind, schemas)
    if entry is not None and (not isinstance(entry, Service) or _extended(entry, extensions)):
        return Read(_remembered(found, digest, entry))
    # Most files are right, and the slow tier takes long to import.
    from pagerworthy.catalog.explain import explain

    explained = explain(content, found.path, found.kind, schemas, extensions)
    if explained.entry is None:
        left = _remains(found, content, explained.composed, explained.problems)
        return Read(Remembered(found.path, found.stamp, digest), explained.problems, left)
    return Read(_remembered(found, digest, explained.entry), explained.problems)


def _remains(
    found: Found, content: bytes, composed: "Composed | None", problems: Sequence[Problem]
) -> Unreadable | None:
    from pagerworthy.catalog.remains import remains

    return remains(content, found.path, composed, problems) if found.kind == Service.kind else None


def _remembered(found: Found, digest: str, entry: Entry) -> Remembered:
    problems = tuple(alone(entry, found.path))
    return Remembered(found.path, found.stamp, digest, pack(entry), problems)


def _extended(entry: Service, extensions: Extensions) -> bool:
    """Whether the organisation's own schemas accept the entry's own fields."""
    for name, fields in entry.spec.extensions.items():
        extension = extensions.get(name)
        if extension is None or extension.validator is None or not extension.validator.is_valid(fields):
            return False
    return True
