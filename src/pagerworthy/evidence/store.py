"""Reads evidence: JSON Lines files and folders of them, checked line by line.

A line that is wrong is left out and reported; what it would have said stays unknown, so it can never turn into a pass.
"""

import datetime as dt
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from pagerworthy.evidence.keys import KEYS, Value
from pagerworthy.evidence.record import Record, Strength
from pagerworthy.problem import Problem, Severity, Where, repository_path

MAX_LINE_BYTES = 64 * 1024
SUFFIX = ".jsonl"


class Known(msgspec.Struct, frozen=True):
    """A record, its typed value, strength and reference; `value` is None where the collector failed."""

    record: Record
    value: Value | None
    level: Strength
    reference: str


# key -> item ("" for a key that is kept per service) -> the newest record
SubjectEvidence = Mapping[str, Mapping[str, Known]]
_NOTHING: SubjectEvidence = {}


class Evidence(msgspec.Struct, frozen=True):
    """All that is known at a moment: by subject, key and item the newest record not later than `as_of`."""

    as_of: dt.datetime
    digest: str
    subjects: Mapping[str, SubjectEvidence]
    problems: tuple[Problem, ...] = ()

    def of(self, subject: str) -> SubjectEvidence:
        """What is known of one service; empty where nothing is."""
        return self.subjects.get(subject, _NOTHING)


def read_evidence(
    root: Path,
    paths: Iterable[Path],
    *,
    as_of: dt.datetime,
    subjects: Iterable[str] | None = None,
    extra: Iterable[Record] = (),
) -> Evidence:
    """Reads every `.jsonl` file of the paths and the `extra` records that collectors brought just now.

    Records later than `as_of` are not seen, so that a past verdict can be computed again. Of several records of the
    same subject, key and item the newest counts; of equally old ones the one whose line sorts last. With `subjects`, a
    record about anything else is reported. The digest does not depend on the order of files or lines.
    """
    reader = _Reader(as_of, None if subjects is None else frozenset(subjects))
    for path in paths:
        if not path.exists():
            reader.complain("PW401", f"there is no evidence at {path.name}", _name(root, path), 0, "check the path")
            continue
        for file in _files(path):
            reader.read(file, _name(root, file))
    for record in extra:
        reader.take(msgspec.json.encode(record), "(collected)", 0)
    return reader.finish()


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders.sort()
        for name in sorted(names):
            file = Path(folder, name)
            if file.suffix == SUFFIX and not file.is_symlink():
                yield file


def _name(root: Path, path: Path) -> str:
    try:
        return repository_path(path.resolve().relative_to(root.resolve()).as_posix())
    except ValueError:
        return repository_path(path.as_posix())


class _Reader:
    """Takes lines one by one and keeps the newest record of each subject, key and item."""

    def __init__(self, as_of: dt.datetime, subjects: frozenset[str] | None) -> None:
        self._as_of = as_of
        self._subjects = subjects
        self._record = msgspec.json.Decoder(Record)
        self._values = {name: msgspec.json.Decoder(key.value) for name, key in KEYS.items()}
        self._found: dict[str, dict[str, dict[str, tuple[dt.datetime, bytes, Known]]]] = {}
        self._lines: set[bytes] = set()
        self._problems: list[Problem] = []

    def complain(self, code: str, message: str, file: str, line: int, help_: str) -> None:
        self._problems.append(
            Problem(
                code=code,
                message=message,
                where=Where(file=file, line=line, column=1 if line else 0),
                help=help_,
                severity=Severity.WARNING if code == "PW404" else Severity.ERROR,
            )
        )

    def read(self, file: Path, name: str) -> None:
        try:
            with file.open("rb") as stream:
                for number, line in enumerate(iter(lambda: stream.readline(MAX_LINE_BYTES + 1), b""), start=1):
                    if len(line) > MAX_LINE_BYTES:
                        self.complain("PW401", "a line is longer than 64 KiB", name, number, "write one record a line")
                        return
                    if stripped := line.strip():
                        self.take(stripped, name, number)
        except OSError as error:
            self.complain("PW401", f"cannot be read: {error.strerror}", name, 0, "make the file readable, or remove it")

    def take(self, line: bytes, file: str, number: int) -> None:
        try:
            record = self._record.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            self.complain(
                "PW401",
                f"not a record: {error}",
                file,
                number,
                "see schemas/evidence.schema.json for the shape",
            )
            return
        key = KEYS.get(record.key)
        if key is None:
            self.complain(
                "PW402",
                f"no evidence key is called {record.key!r}",
                file,
                number,
                "`pagerworthy docs evidence` lists the keys",
            )
            return
        if (record.time.tzinfo is None) or (record.expires is not None and record.expires.tzinfo is None):
            self.complain("PW401", "a time without a zone", file, number, "write times in UTC, ending in Z")
            return
        if record.level > key.strength:
            self.complain(
                "PW403",
                f"{record.key} cannot be {record.strength}: {key.strength.word} is the strongest that it can be",
                file,
                number,
                f"write {key.strength.word!r}, or a weaker strength",
            )
            return
        if (key.per == "service") is not (not record.item):
            wanted = "no item" if key.per == "service" else f"an item: the {key.per} that it is about"
            self.complain("PW403", f"{record.key} takes {wanted}", file, number, "see `pagerworthy docs evidence`")
            return
        value: Value | None = None
        if not record.failed:
            try:
                value = self._values[record.key].decode(record.value)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                self.complain(
                    "PW403",
                    f"the value of {record.key} is wrong: {error}",
                    file,
                    number,
                    "see `pagerworthy docs evidence` for its shape",
                )
                return
        if self._subjects is not None and record.subject not in self._subjects:
            self.complain(
                "PW404",
                f"no service is called {record.subject!r}",
                file,
                number,
                "correct the subject, or remove the record",
            )
            return
        if record.time <= self._as_of:
            self._keep(line, Known(record, value, record.level, record.reference))

    def _keep(self, line: bytes, known: Known) -> None:
        self._lines.add(line)
        record = known.record
        items = self._found.setdefault(record.subject, {}).setdefault(record.key, {})
        before = items.get(record.item)
        if before is None or (before[0], before[1]) < (record.time, line):
            items[record.item] = (record.time, line, known)

    def finish(self) -> Evidence:
        digest = hashlib.sha256()
        for line in sorted(self._lines):
            digest.update(line)
            digest.update(b"\n")
        return Evidence(
            as_of=self._as_of,
            digest=f"sha256:{digest.hexdigest()}",
            subjects={
                subject: {key: {item: kept[2] for item, kept in items.items()} for key, items in keys.items()}
                for subject, keys in self._found.items()
            },
            problems=tuple(self._problems),
        )


def is_stale(record: Record, *, as_of: dt.datetime, max_age: dt.timedelta | None) -> bool:
    """Whether a record no longer speaks for the present: past what its person attested, or older than `max_age`."""
    if record.expires is not None and record.expires < as_of:
        return True
    return max_age is not None and as_of - record.time > max_age
