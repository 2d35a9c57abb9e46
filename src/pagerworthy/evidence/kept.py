"""Keeps evidence that was read and found right in the user's cache folder.

Checking three hundred thousand lines takes seconds, and judging one service needs thirty of them: what is kept is
decoded service by service, when someone asks for it.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pagerworthy.catalog.kept import keep, read_kept
from pagerworthy.catalog.walk import Stamp
from pagerworthy.evidence.known import Known, SubjectEvidence, Subjects

if TYPE_CHECKING:
    from pagerworthy.evidence.store import Evidence

_FOLDER = "evidence"
# Less than this is read sooner than kept and read back.
_WORTH_KEEPING = 1024 * 1024


class SeenFile(msgspec.Struct, frozen=True, array_like=True):
    """A file of evidence: its name in messages, and what tells whether it has changed since."""

    name: str
    stamp: Stamp


class KeptEvidence(msgspec.Struct, frozen=True, array_like=True):
    """All that was in some files, none of it wrong: of each subject the newest records, and a digest of them.

    `newest` is the time of the latest record. `keys` are the positions of the subjects that have records of each key.
    """

    files: list[SeenFile]
    newest: dt.datetime
    digest: str
    names: list[str]
    lines: list[bytes]
    digests: list[bytes]
    keys: dict[str, list[int]]


def digest_of(subject: SubjectEvidence) -> bytes:
    """A digest of the lines of a service's records, in whatever order they were read."""
    return hashlib.sha256(b"\n".join(sorted(_lines(subject)))).digest()


def _lines(subject: SubjectEvidence) -> list[bytes]:
    return [known.line for items in subject.values() for known in items.values()]


def worth_keeping(files: Sequence[SeenFile]) -> bool:
    """Whether the files are large enough, and will not change unnoticed."""
    large = sum(file.stamp.size for file in files) >= _WORTH_KEEPING
    return large and all(file.stamp.is_settled() for file in files)


def keep_evidence(root: Path, files: Sequence[SeenFile], newest: dt.datetime, found: "Evidence") -> None:
    """Keeps what was found in the files in place of what was kept for the repository before."""
    keys: dict[str, list[int]] = {}
    for place, subject in enumerate(found.subjects.values()):
        for key in subject:
            keys.setdefault(key, []).append(place)
    content = KeptEvidence(
        files=list(files),
        newest=newest,
        digest=found.digest,
        names=list(found.subjects),
        lines=[b"\n".join(_lines(each)) for each in found.subjects.values()],
        digests=[digest_of(each) for each in found.subjects.values()],
        keys=keys,
    )
    keep(_FOLDER, _key(root), msgspec.msgpack.encode(content))


def read_kept_evidence(root: Path, files: Sequence[SeenFile]) -> KeptEvidence | None:
    """What was kept of these very files; None where they have changed, or nothing was."""
    content = read_kept(_FOLDER, _key(root))
    if content is not None:
        with suppress(msgspec.MsgspecError, ValueError):
            found = msgspec.msgpack.decode(content, type=KeptEvidence)
            return found if found.files == list(files) else None
    return None


def _key(root: Path) -> bytes:
    return str(root.resolve()).encode(errors="surrogateescape")


class LazySubjects(Subjects):
    """Evidence by subject, each decoded by `decode` from its lines when someone first asks for it."""

    def __init__(self, kept: KeptEvidence, decode: Callable[[bytes], Known]) -> None:
        self._kept = kept
        self._decode = decode
        self._places = {name: place for place, name in enumerate(kept.names)}
        self._known: dict[str, SubjectEvidence] = {}

    def __getitem__(self, subject: str) -> SubjectEvidence:
        found = self._known.get(subject)
        if found is None:
            lines = self._kept.lines[self._places[subject]].split(b"\n")
            found = self._known[subject] = self._grouped(lines)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, subject: object) -> bool:
        return subject in self._places

    def digest_of(self, subject: str) -> bytes:
        """See `digest_of`; without decoding anything."""
        return self._kept.digests[self._places[subject]]

    def having(self, key: str) -> Iterator[tuple[str, Mapping[str, Known]]]:
        """The subjects with records of a key, and these; other lines are not decoded."""
        written = f'"{key}"'.encode()
        for place in self._kept.keys.get(key, ()):
            lines = self._kept.lines[place].split(b"\n")
            # With an escape in it, a line may have the name of the key in other letters.
            likely = [line for line in lines if written in line or b"\\" in line]
            yield self._kept.names[place], self._grouped(likely)[key]

    def _grouped(self, lines: Sequence[bytes]) -> SubjectEvidence:
        found: dict[str, dict[str, Known]] = {}
        for line in lines:
            known = self._decode(line)
            found.setdefault(known.record.key, {})[known.record.item] = known
        return found
