"""Writes the SLOs of entries as OpenSLO v1, with what was kept of the documents that they once came from."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from pagerworthy.catalog import Service, Slo
from pagerworthy.codes import problem
from pagerworthy.interop.names import apart
from pagerworthy.interop.openslo.kept import NAME, Kept, KeptSlo, unit
from pagerworthy.interop.openslo.model import VERSION, SloDocument
from pagerworthy.interop.openslo.patch import applied, plain
from pagerworthy.interop.openslo.reader import KINDS, shape
from pagerworthy.interop.openslo.to_document import LONGEST_TITLE, fit_together, to_document
from pagerworthy.interop.openslo.to_slos import ANNOTATION, to_slos
from pagerworthy.problem import DocumentPath, Problem, Where

# The file of documents that several services refer to; no service can have this name.
SHARED = "_shared"


class Exported(msgspec.Struct, frozen=True):
    """The documents of each service, by its name; those of several services are under `_shared`."""

    documents: dict[str, tuple[dict[str, Any], ...]]
    problems: tuple[Problem, ...]


def export_openslo(services: Iterable[tuple[Service, str]]) -> Exported:
    """The documents of services, each given with the file of its entry. A service without SLOs has none."""
    problems: list[Problem] = []
    every: dict[str, tuple[dict[str, Any], ...]] = {}
    names: dict[tuple[str, str], tuple[bytes, str]] = {}
    for service, file in services:
        if not service.spec.slos:
            continue
        every[service.name] = tuple(_Writer(service, file, problems).documents())
        for document in every[service.name]:
            kind, name = document["kind"], document["metadata"]["name"]
            key, other = names.setdefault((kind, name), (_key(document), service.name))
            if key != _key(document):
                message = f"{other} and {service.name} each have another {kind} of the name {name}"
                problems.append(problem("PW618", message, Where(file, path="spec.slos"), "rename one of them"))
    return Exported(_with_shared(every), tuple(problems))


class _Writer:
    def __init__(self, service: Service, file: str, problems: list[Problem]) -> None:
        self._service = service
        self._file = file
        self._problems = problems
        self._kept = self._read_kept()
        self._slis: dict[str, dict[str, Any]] = {}
        self._names: list[str] = []

    def documents(self) -> Iterator[dict[str, Any]]:
        """The service, what its SLOs refer to, and the SLOs, in this order."""
        slos = list(self._slos())
        yield _document("Service", self._kept.service or self._own())
        yield from self._kept.documents
        yield from self._slis.values()
        yield from slos

    def _read_kept(self) -> Kept:
        fields = self._service.spec.extensions.get(NAME, {})
        path = f"spec.extensions.{NAME}"
        try:
            kept = msgspec.convert(fields, Kept)
        except msgspec.ValidationError as error:
            self._say(f"what is kept of OpenSLO cannot be read, and is left out: {error}", path)
            return Kept()
        service = kept.service
        if service and not shape("Service").fits(_document("Service", service)):
            self._say("what is kept of the service is no document of OpenSLO, and is left out", f"{path}.service")
            service = {}
        right = []
        for index, document in enumerate(kept.documents):
            if document.get("kind") in KINDS and shape(document["kind"]).fits(document):
                right.append(document)
            else:
                self._say("this is no document of OpenSLO, and is left out", f"{path}.documents[{index}]")
        return msgspec.structs.replace(kept, service=service, documents=tuple(right))

    def _own(self) -> dict[str, Any]:
        metadata = self._service.metadata
        title = {"displayName": metadata.title} if 0 < len(metadata.title) <= LONGEST_TITLE else {}
        spec = {"description": metadata.description} if metadata.description else {}
        return {"metadata": {"name": metadata.name, **title}, "spec": spec}

    def _slos(self) -> Iterator[dict[str, Any]]:
        by_name = {slo.name: slo for slo in self._service.spec.slos}
        groups: dict[str, tuple[tuple[Slo, ...], KeptSlo]] = {}
        for index, kept in enumerate(self._kept.slos):
            slos = tuple(by_name[name] for name in kept.slos if name in by_name)
            path = f"spec.extensions.{NAME}.slos[{index}]"
            if len(slos) < len(kept.slos):
                missing = next(name for name in kept.slos if name not in by_name)
                self._say(f"there is no SLO {missing}, and what is kept of it is left out", path)
            elif not fit_together(slos):
                self._say(f"{' and '.join(kept.slos)} are no longer of one SLI and window; each is written alone", path)
            elif any(name in groups for name in kept.slos):
                self._say(f"{kept.slos[0]} is here twice, and this is left out", path)
            else:
                groups |= dict.fromkeys(kept.slos, (slos, kept))
        written: set[str] = set()
        for slo in self._service.spec.slos:
            if slo.name not in written:
                slos, kept = groups.get(slo.name, ((slo,), KeptSlo((slo.name,))))
                written.update(each.name for each in slos)
                yield self._slo(slos, kept)

    def _slo(self, slos: Sequence[Slo], kept: KeptSlo) -> dict[str, Any]:
        given = plain(to_document(self._service.name, slos))
        value, stale = applied(given, kept.differs, unit)
        for at in stale:
            message = f"{at} of the OpenSLO document of {kept.slos[0]} is not given back: the entry has changed since"
            self._say(message, f"spec.extensions.{NAME}")
        if not shape("SLO").fits(_document("SLO", value)):
            self._say(
                f"with what is kept of {kept.slos[0]}, it is no document of OpenSLO: that is left out",
                f"spec.extensions.{NAME}",
            )
            value = given
        value = self._annotated(value, slos)
        spec = value["spec"]
        if kept.shared:
            sli = _document("SLI", spec["indicator"])
            name = sli["metadata"]["name"]
            if self._slis.setdefault(name, sli) == sli:
                ordered = {"service": spec["service"], "indicatorRef": name}
                value["spec"] = {key: part for key, part in {**ordered, **spec}.items() if key != "indicator"}
            else:
                self._say(
                    f"the SLI {name} is no longer the same for all its SLOs: it is written into {kept.slos[0]}", ""
                )
        return _document("SLO", value)

    def _annotated(self, value: dict[str, Any], slos: Sequence[Slo]) -> dict[str, Any]:
        """The document with a note of what reading it would not bring back."""
        types = {
            each["metadata"]["name"]: each["spec"]["type"]
            for each in self._kept.documents
            if each["kind"] == "DataSource"
        }
        back = to_slos(msgspec.convert(value, SloDocument), types, _silent, utc=True)
        if len(back) != len(slos):
            return value
        # Whoever reads it tells those apart that would have the same name.
        names = apart([*self._names, *(slo.name for slo in back)])[len(self._names) :]
        self._names.extend(slo.name for slo in slos)
        back = tuple(msgspec.structs.replace(slo, name=name) for slo, name in zip(back, names, strict=True))
        said = [_unsaid(slo, other) for slo, other in zip(slos, back, strict=True)]
        if not any(said):
            return value
        metadata = dict(value["metadata"])
        text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        metadata["annotations"] = {**metadata.get("annotations", {}), ANNOTATION: text}
        return {**value, "metadata": metadata}

    def _say(self, message: str, path: str) -> None:
        mend = f"look at spec.extensions.{NAME} of the entry, and remove what no longer holds"
        self._problems.append(problem("PW615", message, Where(self._file, path=path), mend))


def _unsaid(slo: Slo, back: Slo) -> dict[str, Any]:
    """The fields of an SLO that another one lacks or has otherwise."""
    wanted, found = (msgspec.to_builtins(each) for each in (slo, back))
    empty = {field.name: field.default for field in msgspec.structs.fields(Slo)}
    keys = [key for key in {**wanted, **found} if wanted.get(key) != found.get(key)]
    return {key: wanted.get(key, empty[key]) for key in sorted(keys)}


def _document(kind: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"apiVersion": VERSION, "kind": kind, **value}


def _with_shared(every: dict[str, tuple[dict[str, Any], ...]]) -> dict[str, tuple[dict[str, Any], ...]]:
    """The same, with what several services have moved to a place of its own."""
    owners: dict[bytes, int] = {}
    for documents in every.values():
        for key in {_key(document) for document in documents}:
            owners[key] = owners.get(key, 0) + 1
    shared: dict[bytes, dict[str, Any]] = {}
    own: dict[str, tuple[dict[str, Any], ...]] = {}
    for name, documents in every.items():
        own[name] = tuple(document for document in documents if owners[_key(document)] == 1)
        shared |= {_key(document): document for document in documents if owners[_key(document)] > 1}
    return {**({SHARED: tuple(shared.values())} if shared else {}), **own}


def _key(document: dict[str, Any]) -> bytes:
    return msgspec.json.encode(document, order="sorted")


def _silent(code: str, message: str, path: DocumentPath, mend: str) -> None:
    """Takes no notice."""
