"""The whole catalog, as later stages read it."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec

from pagerworthy.catalog.model import (
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

_E = TypeVar("_E", bound=Entry)


class Catalog(msgspec.Struct, frozen=True, kw_only=True):
    """Every entry that could be read.

    The dicts are by name, in the order of names; `decisions` are in the order of time, then name; `waivers`
    and `postmortems` in the order of names. `files` maps each file that the catalog was read from (entries,
    right or wrong, and runbooks) to the SHA-256 of its content in hex. `digest` is the digest of `files`: it
    does not depend on the machine, the order of files, the time zone or the locale.
    """

    services: dict[str, Service] = {}
    teams: dict[str, Team] = {}
    systems: dict[str, System] = {}
    environments: dict[str, Environment] = {}
    decisions: tuple[Decision, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    postmortems: tuple[Postmortem, ...] = ()
    files: dict[str, str] = {}
    digest: str = ""
    places: dict[Kind, dict[str, str]] = {}

    def file_of(self, kind: Kind, name: str) -> str:
        """The file that has the entry, from the repository's root. Raises KeyError where there is none."""
        return self.places[kind][name]


def assemble(entries: Iterable[Located], files: Mapping[str, str] | None = None) -> Catalog:
    """Builds the catalog from entries with different names within a kind; `files` are the digests by path."""
    groups: dict[Kind, list[Located]] = {}
    for located in entries:
        groups.setdefault(located.entry.kind, []).append(located)
    for group in groups.values():
        group.sort(key=lambda located: located.entry.metadata.name)
    sums = dict(sorted((files or {}).items()))
    return Catalog(
        services=_by_name(groups.get("Service", []), Service),
        teams=_by_name(groups.get("Team", []), Team),
        systems=_by_name(groups.get("System", []), System),
        environments=_by_name(groups.get("Environment", []), Environment),
        decisions=tuple(
            sorted(_by_name(groups.get("Decision", []), Decision).values(), key=lambda d: (d.spec.time, d.name))
        ),
        waivers=tuple(_by_name(groups.get("Waiver", []), Waiver).values()),
        postmortems=tuple(_by_name(groups.get("Postmortem", []), Postmortem).values()),
        files=sums,
        digest=digest_of(sums),
        places={
            kind: {located.entry.metadata.name: located.file for located in group}
            for kind, group in sorted(groups.items())
        },
    )


def digest_of(files: Mapping[str, str]) -> str:
    """`sha256:` and the digest over all (path, digest) pairs, in the order of paths."""
    total = hashlib.sha256()
    for path, digest in sorted(files.items()):
        total.update(f"{path}\0{digest}\n".encode(errors="surrogateescape"))
    return f"sha256:{total.hexdigest()}"


def _by_name(group: list[Located], kind: type[_E]) -> dict[str, _E]:
    return {located.entry.metadata.name: located.entry for located in group if isinstance(located.entry, kind)}
