"""The whole catalog, as later stages read it."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec

from pagerworthy.catalog.entries import Entries
from pagerworthy.catalog.model import (
    ENTRY_TYPES,
    Attestation,
    Decision,
    Entry,
    Environment,
    Kind,
    Located,
    Postmortem,
    Service,
    System,
    Team,
    Waiver,
)
from pagerworthy.catalog.ties import Ties, ties_of
from pagerworthy.catalog.unreadable import Unreadable

_E = TypeVar("_E", bound=Entry)


class Packed(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An entry as MessagePack, with what is needed of it before anyone unpacks it; `ties` are a service's."""

    kind: Kind
    name: str
    ties: Ties | None
    entry: bytes


class Catalog(msgspec.Struct, frozen=True, kw_only=True):
    """Every entry that could be read, and what is left of the services that could not.

    The mappings are by name, in the order of names; `decisions` are in the order of time, then name; `waivers`,
    `attestations` and `postmortems` in the order of names. `files` maps each file that the catalog was read from
    (entries, right or wrong, and runbooks) to the SHA-256 of its content in hex. `digest` is the digest of `files`: it
    does not depend on the machine, the order of files, the time zone or the locale. `ties` are those of each service.
    `unreadable`, by name, are the services of which there is a file and no entry. `closed` are folders of services'
    entries that nobody can look into: whatever a service needs may have its entry there, and no service is known to be
    gone while there is one.
    """

    services: Mapping[str, Service] = {}
    teams: Mapping[str, Team] = {}
    systems: Mapping[str, System] = {}
    environments: Mapping[str, Environment] = {}
    decisions: tuple[Decision, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    postmortems: tuple[Postmortem, ...] = ()
    files: Mapping[str, str] = {}
    digest: str = ""
    places: Mapping[Kind, Mapping[str, str]] = {}
    ties: Mapping[str, Ties] = {}
    unreadable: Mapping[str, Unreadable] = {}
    closed: tuple[str, ...] = ()

    def file_of(self, kind: Kind, name: str) -> str:
        """The file that has the entry, from the repository's root. Raises KeyError where there is none."""
        return self.places[kind][name]


def pack(entry: Entry) -> Packed:
    """Packs an entry, for a cache or for another process."""
    ties = ties_of(entry) if isinstance(entry, Service) else None
    return Packed(kind=entry.kind, name=entry.metadata.name, ties=ties, entry=msgspec.msgpack.encode(entry))


def assemble(entries: Iterable[Located], files: Mapping[str, str] | None = None) -> Catalog:
    """Builds the catalog from entries with different names within a kind; `files` are the digests by path."""
    return assemble_packed([(located.file, pack(located.entry)) for located in entries], files or {})


def assemble_packed(
    entries: Iterable[tuple[str, Packed]],
    files: Mapping[str, str],
    unreadable: Iterable[Unreadable] = (),
    closed: tuple[str, ...] = (),
) -> Catalog:
    """Builds the catalog from packed entries, each with its file, and with different names within a kind.

    Of a service with two files, one of which can be read, nothing is missing; of two that cannot, the first counts.
    With `closed` folders, a service that another one needs and of which there is no file counts as unreadable.
    """
    groups: dict[Kind, list[tuple[str, Packed]]] = {}
    for pair in entries:
        groups.setdefault(pair[1].kind, []).append(pair)
    for group in groups.values():
        group.sort(key=lambda pair: pair[1].name)
    sums = dict(sorted(files.items()))
    decisions = _entries(groups, Decision).values()
    services = _entries(groups, Service)
    ties = {packed.name: packed.ties for _, packed in groups.get("Service", ()) if packed.ties is not None}
    lost = {each.name: each for each in sorted(unreadable, key=lambda each: each.file, reverse=True)}
    needed = {target.partition("/")[0] for each in ties.values() for target in each.targets} if closed else set()
    for name in sorted(needed - services.keys()):
        lost.setdefault(name, Unreadable(name=name, file=closed[0]))
    return Catalog(
        services=services,
        teams=_entries(groups, Team),
        systems=_entries(groups, System),
        environments=_entries(groups, Environment),
        decisions=tuple(sorted(decisions, key=lambda each: (each.spec.time, each.name))),
        waivers=tuple(_entries(groups, Waiver).values()),
        attestations=tuple(_entries(groups, Attestation).values()),
        postmortems=tuple(_entries(groups, Postmortem).values()),
        files=sums,
        digest=digest_of(sums),
        places={kind: {packed.name: file for file, packed in groups.get(kind, ())} for kind in _KINDS},
        ties=ties,
        unreadable={name: each for name, each in sorted(lost.items()) if name not in services},
        closed=closed,
    )


def digest_of(files: Mapping[str, str]) -> str:
    """`sha256:` and the digest over all (path, digest) pairs, in the order of paths."""
    total = hashlib.sha256()
    total.update("".join([f"{path}\0{files[path]}\n" for path in sorted(files)]).encode(errors="surrogateescape"))
    return f"sha256:{total.hexdigest()}"


def _entries(groups: Mapping[Kind, list[tuple[str, Packed]]], kind: type[_E]) -> Entries[_E]:
    return Entries(kind, {packed.name: packed.entry for _, packed in groups.get(kind.kind, ())})


_KINDS: tuple[Kind, ...] = tuple(entry.kind for entry in ENTRY_TYPES.values())
