"""Records beside those of files: few, and known by themselves, so that what is kept of the files stays as it is."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from pagerworthy.evidence.keys import KEYS
from pagerworthy.evidence.known import Known, SubjectEvidence, Subjects
from pagerworthy.evidence.newest import newer
from pagerworthy.evidence.record import Record
from pagerworthy.evidence.store import Evidence

_Added = dict[str, dict[str, dict[str, Known]]]


def with_records(evidence: Evidence, records: Iterable[Record]) -> Evidence:
    """The evidence with some records more, none of them later than its moment.

    Of several records of the same subject, key and item the newest counts, wherever they are from; see `newer` for
    equally old ones. Without records it is the same evidence.
    """
    added: _Added = {}
    lines = []
    for record in records:
        line = msgspec.json.encode(record)
        lines.append(line)
        value = None if record.failed else msgspec.json.decode(record.value, type=KEYS[record.key].value)
        items = added.setdefault(record.subject, {}).setdefault(record.key, {})
        items[record.item] = newer(items.get(record.item), Known(record, value, line))
    if not lines:
        return evidence
    digest = hashlib.sha256(b"\n".join([evidence.digest.encode(), *sorted(lines)])).hexdigest()
    together = _Overlaid(evidence, added)
    return msgspec.structs.replace(evidence, digest=f"sha256:{digest}", subjects=together)


class _Overlaid(Subjects):
    """What is below, and beside it what was added; both are put together when someone asks for a subject."""

    def __init__(self, below: Evidence, added: _Added) -> None:
        self._below = below
        self._added = added
        self._more = tuple(name for name in added if name not in below.subjects)
        self._known: dict[str, SubjectEvidence] = {}

    def __getitem__(self, subject: str) -> SubjectEvidence:
        added = self._added.get(subject)
        if added is None:
            return self._below.subjects[subject]
        found = self._known.get(subject)
        if found is None:
            found = self._known[subject] = _put_together(self._below.of(subject), added)
        return found

    def __iter__(self) -> Iterator[str]:
        yield from self._below.subjects
        yield from self._more

    def __len__(self) -> int:
        return len(self._below.subjects) + len(self._more)

    def __contains__(self, subject: object) -> bool:
        return subject in self._added or subject in self._below.subjects

    def digest_of(self, subject: str) -> bytes:
        added = self._added.get(subject)
        if added is None:
            return self._below.digest_of(subject)
        lines = sorted(known.line for items in added.values() for known in items.values())
        return hashlib.sha256(b"\n".join([self._below.digest_of(subject), *lines])).digest()

    def having(self, key: str) -> Iterator[tuple[str, Mapping[str, Known]]]:
        rest = {name: added for name, added in self._added.items() if key in added}
        for subject, items in self._below.having(key):
            added = rest.pop(subject, None)
            yield subject, items if added is None else self[subject][key]
        for subject in rest:
            yield subject, self[subject][key]


def _put_together(below: SubjectEvidence, added: SubjectEvidence) -> SubjectEvidence:
    found = dict(below)
    for key, items in added.items():
        merged = dict(found.get(key, {}))
        for item, known in items.items():
            merged[item] = newer(merged.get(item), known)
        found[key] = merged
    return found
