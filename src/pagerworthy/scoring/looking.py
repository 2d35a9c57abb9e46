"""Finds the records that rules need, and says why something is not known."""

import datetime as dt
import functools
from collections.abc import Mapping, Sequence

import msgspec

from pagerworthy.evidence import (
    ATTESTED,
    KEYS,
    Key,
    Known,
    Strength,
    SubjectEvidence,
    Value,
    brought_shortly,
    is_stale,
)
from pagerworthy.scoring.facts import SubjectFacts

NEVER_LOOKED = "no collector has looked"
NEVER_ATTESTED = "nobody has attested it"
_NO_RECORDS: Mapping[str, Known] = {}
_DAY = dt.timedelta(days=1)


class Looked(msgspec.Struct, frozen=True, gc=False):
    """What looking for the evidence of a rule has brought: its records, their strength, or why it is not known."""

    references: tuple[str, ...] = ()
    strength: Strength = Strength.DECLARED
    missing: str = ""


_NOTHING_NEEDED = Looked()


class Looker:
    """Looks at what is known of one service at a moment."""

    def __init__(self, evidence: SubjectEvidence, facts: SubjectFacts, as_of: dt.datetime) -> None:
        self._evidence = evidence
        self._items = _items(facts)
        self._as_of = as_of

    def look(self, needs: Sequence[str], max_age: dt.timedelta | None) -> Looked:
        """Finds the records that a rule needs; one missing, stale or failed record makes the whole not known."""
        if not needs:
            return _NOTHING_NEEDED
        references: list[str] = []
        strength = Strength.EXERCISED
        for name in needs:
            key = KEYS[name]
            known = self._evidence.get(name, _NO_RECORDS)
            items = self._items[key.per]
            if not items:
                return Looked(missing=f"not known: the entry names no {key.per} to look at")
            for item in items:
                record = known.get(item)
                if record is None or (missing := self._missing(key, item, record, max_age)):
                    return Looked(tuple(references), missing=never_seen(name, item) if record is None else missing)
                references.append(record.reference)
                if (level := record.level) < strength:
                    strength = level
        return Looked(tuple(references), strength)

    def values(self, needs: Sequence[str]) -> dict[str, list[tuple[str, Value]]]:
        """What expressions see: the values of parts that the entry still has, with ages counted up to now.

        Otherwise the record of an objective that is long gone would fail its criterion, and a drill would stay as
        recent as on the day of its report.
        """
        found: dict[str, list[tuple[str, Value]]] = {}
        for name in needs:
            known, items = self._evidence.get(name), self._items[KEYS[name].per]
            if known is not None and name not in found:
                found[name] = [
                    (item, each.value.after((self._as_of - each.record.time) / _DAY))
                    for item, each in (sorted(known.items()) if len(known) > 1 else known.items())
                    if each.value is not None and item in items
                ]
        return found

    def _missing(self, key: Key, item: str, known: Known, max_age: dt.timedelta | None) -> str:
        record = known.record
        if record.failed:
            return f"not known: {record.source} failed on {_about(key, item)}: {record.failed}"
        if is_stale(record, as_of=self._as_of, max_age=max_age):
            return f"not known: {_about(key, item)} is stale, last seen {record.time:%Y-%m-%d}"
        return ""


def _about(key: Key, item: str) -> str:
    return f"{key.name} of {item}" if item else key.name


def is_of_service(name: str) -> bool:
    """Whether a key is kept about the whole service, and not for each of its parts."""
    return KEYS[name].per == "service"


@functools.lru_cache(1024)
def never_seen(name: str, item: str = "") -> str:
    """What is said of a record that is not there."""
    if name in ATTESTED:
        return f"not known: {NEVER_ATTESTED} ({name})"
    return f"not known: {NEVER_LOOKED} ({_about(KEYS[name], item)}; {brought_shortly(name, item)})"


def _items(facts: SubjectFacts) -> Mapping[str, Sequence[str]]:
    """The parts of a service that must each have their own record, for every way in which keys are kept."""
    service = facts.service
    return {
        "service": ("",),
        "slo": [slo.name for slo in service.slos],
        "runbook": [runbook.place for runbook in service.runbooks],
        "dashboard": list(service.dashboards),
        "dependency": [dependency.target for dependency in service.dependencies],
        "hard": [dependency.target for dependency in service.dependencies if dependency.hard],
        "soft": [dependency.target for dependency in service.dependencies if not dependency.hard],
        "store": [store.name for store in service.stores],
    }
