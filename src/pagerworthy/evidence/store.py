"""Reads evidence: JSON Lines files and folders of them, checked line by line.

A line that is wrong is left out and reported; what it would have said stays unknown, so it can never turn into a pass.
"""

import datetime as dt
import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from pagerworthy.catalog.walk import Stamp
from pagerworthy.evidence.decoding import wrong_line, wrong_value
from pagerworthy.evidence.form import UnfitError, ValueForm, is_simple, refuse_disguise
from pagerworthy.evidence.kept import (
    LazySubjects,
    SeenFile,
    digest_of,
    keep_evidence,
    read_kept_evidence,
    worth_keeping,
)
from pagerworthy.evidence.keys import KEYS, Key, Value, key_help
from pagerworthy.evidence.known import Known, SubjectEvidence, Subjects
from pagerworthy.evidence.newest import settled
from pagerworthy.evidence.places import COLLECTED
from pagerworthy.evidence.record import Record
from pagerworthy.problem import Problem, Severity, Where, repository_path

MAX_LINE_BYTES = 64 * 1024
MAX_FILE_BYTES = 512 * 1024 * 1024
# A file of nothing but wrong lines must not make a report that is larger than itself.
MAX_PROBLEMS = 100
SUFFIX = ".jsonl"
# So many lines are looked at and hashed together; even of the longest they do not fill much memory.
_AT_ONCE = 1024


_NOTHING: SubjectEvidence = {}
_CORRECT = "correct the subject, or remove the record"
_COLLECT_AGAIN = "run `pagerworthy collect` again, which writes this file anew, or remove the file"


class Evidence(msgspec.Struct, frozen=True):
    """All that is known at a moment: by subject, key and item the newest record not later than `as_of`.

    `later` is how many records there are that are later, and say nothing yet.
    """

    as_of: dt.datetime
    digest: str
    subjects: Mapping[str, SubjectEvidence]
    problems: tuple[Problem, ...] = ()
    later: int = 0

    def of(self, subject: str) -> SubjectEvidence:
        """What is known of one service; empty where nothing is."""
        return self.subjects.get(subject, _NOTHING)

    def digest_of(self, subject: str) -> bytes:
        """A digest of what is known of one service: of the lines of its records, in whatever order they were read."""
        if isinstance(self.subjects, Subjects) and subject in self.subjects:
            return self.subjects.digest_of(subject)
        return digest_of(self.of(subject))

    def having(self, key: str) -> Iterator[tuple[str, Mapping[str, Known]]]:
        """The subjects of which there are records of a key, with these by item."""
        if isinstance(self.subjects, Subjects):
            yield from self.subjects.having(key)
            return
        for subject, keys in self.subjects.items():
            if key in keys:
                yield subject, keys[key]


def read_evidence(
    root: Path,
    paths: Iterable[Path],
    *,
    as_of: dt.datetime,
    subjects: Iterable[str] | None = None,
    extra: Iterable[Record] = (),
    cache: bool = False,
    latest: dt.datetime | None = None,
) -> Evidence:
    """Reads every `.jsonl` file of the paths and the `extra` records that collectors brought just now.

    Records later than `as_of` are not seen, so that a past verdict can be computed again. Of several records of the
    same subject, key and item the newest counts; `settled` tells what equally old ones say. With `subjects`, a
    record about anything else is reported. The digest does not depend on the order of files or lines. With `cache`,
    files that were all right the last time, and have not changed since, are not checked again. With `latest`, a record
    later than that is reported: nobody can have seen that yet.
    """
    known = None if subjects is None else frozenset(subjects)
    reader = _Reader(as_of, known, latest)
    files: list[tuple[Path, str]] = []
    for path in paths:
        if not path.exists():
            reader.complain("PW401", f"there is no evidence at {path.name}", _name(root, path), 0, "check the path")
            continue
        for file in _files(path, lambda error: reader.complain_of(error, _name(root, Path(error.filename or "")))):
            name = _name(root, file)
            if file.is_symlink() and file != path:
                reader.complain("PW401", "a symbolic link is not read", name, 0, "put the file itself there")
            elif file.suffix != SUFFIX and file != path:
                reader.complain("PW401", "not read, as its name is written", name, 0, f"let it end in {SUFFIX}")
            else:
                files.append((file, name))
    collected = [msgspec.json.encode(record) for record in extra]
    seen = _seen(files) if cache and not collected and not reader.has_problems else []
    if worth_keeping(seen):
        kept = read_kept_evidence(root, seen)
        if kept is not None and kept.newest <= as_of and (known is None or known.issuperset(kept.names)):
            return Evidence(as_of=as_of, digest=kept.digest, subjects=LazySubjects(kept, _Decoder()))
    for file, name in files:
        reader.read(file, name)
    for line in collected:
        reader.take(line, "(collected)", 0, simple=False)
    found = reader.finish()
    if worth_keeping(seen) and not found.problems and reader.newest <= as_of and seen == _seen(files):
        keep_evidence(root, seen, reader.newest, found)
    return found


def _seen(files: Sequence[tuple[Path, str]]) -> list[SeenFile]:
    """What tells whether the files change; nothing where one is no regular file, or not there."""
    seen = []
    for file, name in files:
        try:
            status = file.stat()
        except OSError:
            return []
        if not stat.S_ISREG(status.st_mode):
            return []
        seen.append(SeenFile(name, Stamp.of(status)))
    return seen


class _Decoder:
    """Decodes lines that were found right before."""

    def __init__(self) -> None:
        self._record = msgspec.json.Decoder(Record)
        self._values = {name: msgspec.json.Decoder(key.value) for name, key in KEYS.items()}

    def __call__(self, line: bytes) -> Known:
        record = _in_utc(self._record.decode(line))
        return Known(record, None if record.failed else self._values[record.key].decode(record.value), line)


def _files(path: Path, refused: Callable[[OSError], None]) -> Iterator[Path]:
    """The files to read, those whose names end nearly right, and the symbolic links, which may lead anywhere.

    `refused` is told of each folder that the system does not let read.
    """
    if not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path, onerror=refused):
        folders.sort()
        yield from (link for link in (Path(folder, name) for name in folders) if link.is_symlink())
        # Called as a file is, it stands where one belongs: it is told as one that cannot be read, and nothing in it is.
        odd = [name for name in folders if name.endswith(SUFFIX) and not Path(folder, name).is_symlink()]
        yield from (Path(folder, name) for name in odd)
        folders[:] = [name for name in folders if name not in odd]
        yield from (file for file in (Path(folder, name) for name in sorted(names)) if file.suffix.lower() == SUFFIX)


def _name(root: Path, path: Path) -> str:
    try:
        # Of the path itself only the folder is resolved: a symbolic link is called by its own name.
        return repository_path((path.parent.resolve() / path.name).relative_to(root.resolve()).as_posix())
    except ValueError:
        return repository_path(path.as_posix())


class _Reader:
    """Takes lines one by one and keeps the newest record of each subject, key and item."""

    def __init__(self, as_of: dt.datetime, subjects: frozenset[str] | None, latest: dt.datetime | None) -> None:
        self._as_of = as_of
        self._latest = latest
        self._later = 0
        self._subjects = subjects
        self._record = msgspec.json.Decoder(Record)
        self._forms = {name: ValueForm(key) for name, key in KEYS.items()}
        self._found: dict[str, dict[str, dict[str, Known]]] = {}
        # Records that are as old as another one of the same thing: only when all is read is it clear what they say.
        self._tied: dict[tuple[str, str, str], list[Known]] = {}
        self._lines: set[bytes] = set()
        self._problems: list[Problem] = []
        self._wrong_lines = 0
        # The time of the latest record, whether it counts yet or not.
        self.newest = dt.datetime.min.replace(tzinfo=dt.UTC)

    @property
    def has_problems(self) -> bool:
        return bool(self._problems)

    def complain_of(self, error: OSError, name: str) -> None:
        """Reports what the system does not let read."""
        self.complain("PW401", f"cannot be read: {error.strerror}", name, 0, "make it readable, or remove it")

    def complain(self, code: str, message: str, file: str, line: int, help_: str, column: int = 1) -> None:
        if line:
            self._wrong_lines += 1
            if self._wrong_lines > MAX_PROBLEMS:
                return
        self._problems.append(
            Problem(
                code=code,
                message=message,
                where=Where(file=file, line=line, column=column if line else 0),
                help=help_,
                severity=Severity.WARNING if code == "PW404" else Severity.ERROR,
            )
        )

    def _only_counted(self) -> bool:
        """Counts one more wrong line where enough are told: what is wrong with it need not be found out."""
        full = self._wrong_lines >= MAX_PROBLEMS
        self._wrong_lines += full
        return full

    def read(self, file: Path, name: str) -> None:
        self._wrong_lines = 0
        try:
            # Not blocking: a pipe that nobody writes to would be waited for without end.
            with open(file, "rb", opener=_open) as stream:
                status = os.fstat(stream.fileno())
                if not stat.S_ISREG(status.st_mode):
                    self.complain("PW401", "this is not a regular file", name, 0, "remove it")
                elif status.st_size > MAX_FILE_BYTES:
                    limit = f"{MAX_FILE_BYTES // 1024 // 1024} MiB"
                    self.complain("PW401", f"the file is larger than {limit}", name, 0, "split it, one a service")
                else:
                    self._lines_of(stream, name)
        except OSError as error:
            self.complain_of(error, name)
        if (more := self._wrong_lines - MAX_PROBLEMS) > 0:
            self.complain("PW401", f"{more:,} more lines are wrong", name, 0, "mend those that are listed first")

    def _lines_of(self, stream: BinaryIO, name: str) -> None:
        number = 0
        lines: list[bytes] = []
        while line := stream.readline(MAX_LINE_BYTES + 1):
            number += 1
            if len(line) > MAX_LINE_BYTES:
                self._take_all(lines, name, number)
                lines = []
                while line and not line.endswith(b"\n"):
                    line = stream.readline(MAX_LINE_BYTES)
                self.complain("PW401", "a line is longer than 64 KiB", name, number, "write one record a line")
                continue
            lines.append(line)
            if len(lines) == _AT_ONCE:
                self._take_all(lines, name, number + 1)
                lines = []
        self._take_all(lines, name, number + 1)

    def _take_all(self, lines: Sequence[bytes], file: str, following: int) -> None:
        """Takes the lines before the line number `following`, which are looked at together as far as that goes."""
        simple = is_simple(b"".join(lines))
        for number, line in enumerate(lines, following - len(lines)):
            if stripped := line.strip():
                self.take(stripped, file, number, simple=simple)

    def take(self, line: bytes, file: str, number: int, *, simple: bool) -> None:
        try:
            record = _in_utc(self._record.decode(line))
            form = self._forms.get(record.key)
            if not simple or form is None or not form.is_once(line, record):
                refuse_disguise(line, record)
        except (msgspec.DecodeError, ValueError, RecursionError, UnfitError) as error:
            if not self._only_counted():
                wrong = wrong_line(error, line)
                self.complain("PW401", f"not a record: {wrong.message}", file, number, wrong.help, wrong.column)
            return
        if form is None:
            if not self._only_counted():
                said = f"no evidence key is called {record.key!r}"
                self.complain("PW402", said, file, number, key_help(record.key))
            return
        if not self._is_apt(form.key, record, file, number):
            return
        value: Value | None = None
        if not record.failed:
            try:
                value = form.decoder.decode(record.value)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                if not self._only_counted():
                    wrong = wrong_value(error, line, bytes(record.value), form.key)
                    said = f"the value of {record.key} is wrong: {wrong.message}"
                    self.complain("PW403", said, file, number, wrong.help, wrong.column)
                return
        if self._subjects is not None and record.subject not in self._subjects:
            said = f"no service is called {record.subject!r}"
            collected = file.startswith(f"{COLLECTED}/")
            self.complain("PW404", said, file, number, _COLLECT_AGAIN if collected else _CORRECT)
            return
        self.newest = max(self.newest, record.time)
        if record.time <= self._as_of:
            self._keep(Known(record, value, line))
            return
        self._later += 1
        if self._latest is not None and record.time > self._latest and not self._only_counted():
            said = f"the record is dated {record.time:%Y-%m-%dT%H:%M:%SZ}, which is yet to come"
            self.complain("PW405", said, file, number, "write when it was seen, or remove the record")

    def _is_apt(self, key: Key, record: Record, file: str, number: int) -> bool:
        """Whether the record says no more than records of its key can say, and names an item if they are kept by it."""
        if record.level > key.strength:
            self.complain(
                "PW403",
                f"{record.key} cannot be {record.strength}: {key.strength.word} is the strongest that it can be",
                file,
                number,
                f"write {key.strength.word!r}, or a weaker strength",
            )
            return False
        if (key.per == "service") is not (not record.item):
            wanted = "no item" if key.per == "service" else f"an item: the {key.per} that it is about"
            self.complain("PW403", f"{record.key} takes {wanted}", file, number, "see `pagerworthy docs evidence`")
            return False
        return True

    def _keep(self, known: Known) -> None:
        self._lines.add(known.line)
        record = known.record
        keys = self._found.get(record.subject)
        if keys is None:
            keys = self._found[record.subject] = {}
        items = keys.get(record.key)
        if items is None:
            keys[record.key] = {record.item: known}
            return
        before = items.get(record.item)
        if before is None or before.record.time < record.time:
            items[record.item] = known
        elif before.record.time == record.time and before.line != known.line:
            self._tied.setdefault((record.subject, record.key, record.item), [before]).append(known)

    def finish(self) -> Evidence:
        for (subject, key, item), tied in self._tied.items():
            items = self._found[subject][key]
            newest = items[item]
            same = {each.line: each for each in (newest, *tied) if each.record.time == newest.record.time}
            items[item] = settled(list(same.values()))
        digest = hashlib.sha256()
        lines = sorted(self._lines)
        for start in range(0, len(lines), _AT_ONCE):
            digest.update(b"\n".join([*lines[start : start + _AT_ONCE], b""]))
        return Evidence(
            as_of=self._as_of,
            digest=f"sha256:{digest.hexdigest()}",
            subjects=self._found,
            problems=tuple(self._problems),
            later=self._later,
        )


def _open(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def _in_utc(record: Record) -> Record:
    """The record with its times in UTC. Raises UnfitError for a time that names no moment."""
    if record.time.tzinfo is dt.UTC and record.expires is None:
        return record
    expires = None if record.expires is None else _utc(record.expires)
    return msgspec.structs.replace(record, time=_utc(record.time), expires=expires)


def _utc(time: dt.datetime) -> dt.datetime:
    if time.tzinfo is None:
        raise UnfitError("a time without a zone: write times in UTC, ending in Z")
    try:
        return time.astimezone(dt.UTC)
    except OverflowError as error:
        raise UnfitError("a time beyond the calendar") from error


def is_stale(record: Record, *, as_of: dt.datetime, max_age: dt.timedelta | None) -> bool:
    """Whether a record no longer speaks for the present: past what its person attested, or older than `max_age`."""
    if record.expires is not None and record.expires < as_of:
        return True
    return max_age is not None and as_of - record.time > max_age
