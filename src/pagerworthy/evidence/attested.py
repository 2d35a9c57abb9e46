"""What the catalog's attestations say, as records: nobody has to collect them."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from pagerworthy.catalog import Attestation, Catalog
from pagerworthy.catalog.checks.attestations import LONGEST
from pagerworthy.evidence.keys import KEYS, Value
from pagerworthy.evidence.keys.base import Attested
from pagerworthy.evidence.keys.handover import Training, UnitCost
from pagerworthy.evidence.overlay import with_records
from pagerworthy.evidence.record import NO_VALUE, Record
from pagerworthy.evidence.store import Evidence

SOURCE = "attestation"
ATTESTED: tuple[str, ...] = tuple(name for name, key in KEYS.items() if key.collector == SOURCE)
# The last moment of a day: what holds until a day holds on that day.
_TO_ITS_END = dt.timedelta(days=1, seconds=-1)


def with_attestations(
    evidence: Evidence, catalog: Catalog, unread: Mapping[str, Sequence[tuple[str, str]]] | None = None
) -> Evidence:
    """The evidence, and beside it what is attested in the catalog up to its moment; the newer counts.

    `unread` maps files of attestations that cannot be read to the services and keys that they may be about: nobody
    knows what stands there, so that these keys are not known, whatever was attested before.
    """
    return with_records(evidence, [*_attested(catalog, evidence.as_of), *_unread(unread or {}, evidence.as_of)])


def _attested(catalog: Catalog, as_of: dt.datetime) -> Iterator[Record]:
    known = catalog.services.keys() | catalog.unreadable.keys()
    for each in catalog.attestations:
        if each.spec.service in known and _begin(each.spec.date) <= as_of:
            yield _record(each, catalog.file_of("Attestation", each.name))


def _unread(files: Mapping[str, Sequence[tuple[str, str]]], as_of: dt.datetime) -> Iterator[Record]:
    for file, about in files.items():
        why = f"{file} cannot be read"
        for service, key in about:
            word = KEYS[key].strength.word
            yield Record(subject=service, key=key, time=as_of, source=SOURCE, strength=word, query=file, failed=why)


def _record(entry: Attestation, file: str) -> Record:
    spec = entry.spec
    value = _value(entry)
    return Record(
        subject=spec.service,
        key=spec.attests,
        time=_begin(spec.date),
        source=SOURCE,
        strength=KEYS[spec.attests].strength.word,
        value=NO_VALUE if isinstance(value, str) else msgspec.Raw(msgspec.json.encode(value)),
        query=file,
        failed=value if isinstance(value, str) else "",
        expires=_begin(min(spec.until, spec.date + LONGEST)) + _TO_ITS_END,
    )


def _value(entry: Attestation) -> Value | str:
    """The value of the key, or why the attestation cannot be counted."""
    spec = entry.spec
    try:
        if spec.training is not None:
            return Training(trained=float(spec.training.trained), rotation=float(spec.training.rotation))
        if spec.unit_cost is not None:
            return UnitCost(cost=float(spec.unit_cost.cost), accepted=spec.unit_cost.accepted)
    except ValueError as error:
        return f"what is attested cannot be: {error}"
    return Attested(by=f"{spec.by.name}, {spec.by.capacity}", statement=spec.statement)


def _begin(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
