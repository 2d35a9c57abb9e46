"""Reads OpenSLO v1: the SLOs of each service, and what OpenSLO says beyond them."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from pagerworthy.catalog import Slo, suggest_name
from pagerworthy.interop.names import apart
from pagerworthy.interop.openslo.kept import Kept, KeptSlo
from pagerworthy.interop.openslo.model import SloDocument
from pagerworthy.interop.openslo.patch import differences, plain
from pagerworthy.interop.openslo.reader import Document, Documents
from pagerworthy.interop.openslo.to_document import to_document
from pagerworthy.interop.openslo.to_slos import ANNOTATION, to_slos
from pagerworthy.interop.reading import Problems, Promises, Read, parts_of
from pagerworthy.problem import DocumentPath, Where

# Where a document of a kind names others: the key, and the kind that it names.
_REFERENCES = {
    "indicatorRef": "SLI",
    "metricSourceRef": "DataSource",
    "alertPolicyRef": "AlertPolicy",
    "conditionRef": "AlertCondition",
    "targetRef": "AlertNotificationTarget",
}


def read_openslo(paths: Iterable[Path], *, utc: bool = False) -> Read:
    """The SLOs of the files, by service. References are looked up among the files; nothing else is opened.

    With `utc`, calendar windows are taken to begin at midnight in UTC, whatever their start and zone.
    """
    problems = Problems()
    documents = Documents(parts_of(paths, problems), problems)
    reader = _Reader(documents, problems, utc=utc)
    services = tuple(reader.services())
    return Read(services, tuple(problems.found))


class _Source(msgspec.Struct, frozen=True):
    """A document of kind SLO with its SLI written out, and the SLOs that it gives."""

    document: Document
    value: dict[str, Any]
    shared: bool
    slos: tuple[Slo, ...]


class _Reader:
    def __init__(self, documents: Documents, problems: Problems, *, utc: bool) -> None:
        self._documents = documents
        self._problems = problems
        self._utc = utc
        self._types = {each.name: each.value["spec"]["type"] for each in documents.of("DataSource")}
        self._used: set[tuple[str, str]] = set()
        self._opened: set[str] = set()

    def services(self) -> Iterator[Promises]:
        sources: dict[str, list[_Source]] = {}
        for document in self._documents.of("SLO"):
            service = document.value["spec"]["service"]
            name = suggest_name(service)
            self._used |= {("Service", service), *self._reached(document.value)}
            source = self._source(document)
            if len(name) < 2:
                mend = "write a name of lower-case letters, digits and hyphens"
                self._problems.of(
                    "PW614", f"{service} cannot be the name of an entry", document.part, ("spec", "service"), mend
                )
            elif source is not None:
                sources.setdefault(name, []).append(source)
        for name in sorted(sources):
            yield self._promises(name, sources[name])
        self._unused()

    def _promises(self, service: str, sources: list[_Source]) -> Promises:
        names = iter(apart([slo.name for source in sources for slo in source.slos]))
        slos: list[Slo] = []
        wheres: list[Where] = []
        kept: list[KeptSlo] = []
        documents: dict[tuple[str, str], Document] = {}
        for source in sources:
            mine = tuple(msgspec.structs.replace(slo, name=next(names)) for slo in source.slos)
            slos.extend(mine)
            wheres.extend(source.document.part.where(("spec", "objectives", n)) for n in range(len(mine)))
            kept.extend(_beyond(service, mine, source))
            documents |= self._kept(source)
        original = self._documents.get("Service", sources[0].document.value["spec"]["service"])
        keep = Kept(
            service={key: original.value[key] for key in ("metadata", "spec") if key in original.value}
            if original
            else {},
            slos=tuple(kept),
            documents=tuple(document.value for document in documents.values()),
        )
        return Promises(service, tuple(slos), tuple(wheres), plain(keep))

    def _source(self, document: Document) -> _Source | None:
        """The document with everything that it refers to, as far as it can be translated."""
        value = plain(document.value)
        spec = value["spec"]
        if self._composite(document):
            return None
        shared = "indicatorRef" in spec
        sli: Document | None = None
        if shared or "indicator" not in spec:
            sli = self._indicator(document)
            if sli is None:
                return None
            del spec["indicatorRef"]
            spec["indicator"] = {key: sli.value[key] for key in ("metadata", "spec")}
        elif "indicatorRef" in document.value["spec"]:
            return None
        if not self._plain(document, value):
            return None
        place = _Places(document, sli)

        def report(code: str, message: str, path: DocumentPath, mend: str) -> None:
            self._problems.at(code, message, place.where(path), mend)

        slos = to_slos(msgspec.convert(value, SloDocument), self._types, report, utc=self._utc)
        _forget(value)
        if not slos:
            return None
        if "alertPolicies" in spec:
            message = "alert policies are kept and exported again, but Pagerworthy alerts by its own rules"
            mend = "look whether `pagerworthy rules build` alerts as you need it"
            self._problems.of("PW613", message, document.part, ("spec", "alertPolicies"), mend)
        return _Source(document, value, shared, slos)

    def _composite(self, document: Document) -> bool:
        for index, objective in enumerate(document.value["spec"]["objectives"]):
            for key in ("indicator", "indicatorRef", "compositeWeight"):
                if key in objective:
                    message = "an objective with an indicator of its own makes the SLO a composite one"
                    mend = "write a document of kind SLO for each indicator"
                    path: DocumentPath = ("spec", "objectives", index, key)
                    self._problems.of("PW607", message, document.part, path, mend)
                    return True
        return False

    def _indicator(self, document: Document) -> Document | None:
        spec = document.value["spec"]
        if "indicatorRef" not in spec:
            mend = "write the SLI as indicator, or name one by indicatorRef"
            self._problems.of("PW616", "the SLO does not say what is measured", document.part, ("spec",), mend)
            return None
        path: DocumentPath = ("spec", "indicatorRef")
        if "indicator" in spec:
            mend = "keep one of the two: indicator or indicatorRef"
            self._problems.of("PW616", "the SLO names an SLI and writes out another", document.part, path, mend)
            return None
        name = spec["indicatorRef"]
        found = self._documents.get("SLI", name)
        if found is None:
            near = self._documents.near("SLI", name)
            mend = f"name the file of that SLI, too{near}"
            self._problems.of("PW603", f"there is no SLI {name} among these files", document.part, path, mend)
        return found

    def _plain(self, document: Document, value: dict[str, Any]) -> bool:
        """Brings what can be written in two ways into one; says whether it is right."""
        right = True
        spec = value["spec"]
        ratio = "ratioMetric" in spec["indicator"]["spec"]
        for index, objective in enumerate(spec["objectives"]):
            path: DocumentPath = ("spec", "objectives", index)
            if "target" in objective and "targetPercent" in objective:
                mend = "keep one of the two"
                self._problems.of(
                    "PW609", "the objective has two targets", document.part, (*path, "targetPercent"), mend
                )
                right = False
            elif "targetPercent" in objective:
                objective["target"] = round(objective.pop("targetPercent") / 100, 12)
            if isinstance(objective.get("timeSliceWindow"), int | float):
                objective["timeSliceWindow"] = f"{objective['timeSliceWindow']:g}m"
            for key in ("op", "value"):
                if ratio and key in objective:
                    del objective[key]
                    message = f"{key} means nothing for a ratioMetric, and is left out"
                    self._problems.of("PW613", message, document.part, (*path, key), "remove it")
        for window in spec.get("timeWindow", ()):
            window.setdefault("isRolling", "calendar" not in window)
        return right

    def _reached(self, value: Any) -> dict[tuple[str, str], Document | None]:
        """What a document refers to, directly or through others; None for what is not among the files."""
        found: dict[tuple[str, str], Document | None] = {}
        pending = [value]
        while pending:
            for key, name in _references(pending.pop(0)):
                kind = _REFERENCES[key]
                if (kind, name) not in found:
                    document = found[kind, name] = self._documents.get(kind, name)
                    if document is not None:
                        pending.append(document.value)
        return found

    def _kept(self, source: _Source) -> dict[tuple[str, str], Document]:
        """The documents to keep beside an SLO; says which are not there, and what is secret in them."""
        found: dict[tuple[str, str], Document] = {}
        part = source.document.part
        for (kind, name), document in self._reached(source.value).items():
            if document is None:
                message = f"there is no {kind} {name} among these files; the reference is kept as it is"
                self._problems.of("PW613", message, part, (), "name its file, too, to keep it beside the SLO")
                continue
            found[kind, name] = document
            if document.value["spec"].get("connectionDetails") and name not in self._opened:
                self._opened.add(name)
                message = "connectionDetails are kept in the entry, where everybody sees them"
                path: DocumentPath = ("spec", "connectionDetails")
                self._problems.of("PW617", message, document.part, path, "take out what is secret")
        return found

    def _unused(self) -> None:
        for kind in ("Service", *_REFERENCES.values()):
            for document in self._documents.of(kind):
                if (kind, document.name) not in self._used:
                    message = f"no SLO that was read refers to this {kind}, and it is left out"
                    mend = "read it together with the SLOs that need it"
                    self._problems.of("PW613", message, document.part, ("metadata", "name"), mend)


class _Places:
    """Where a place of a document with its SLI written out stands in the files."""

    def __init__(self, document: Document, sli: Document | None) -> None:
        self._document = document
        self._sli = sli

    def where(self, path: DocumentPath) -> Where:
        """The position of the place."""
        if self._sli is not None and path[:2] == ("spec", "indicator"):
            return self._sli.part.where(path[2:])
        return self._document.part.where(path)


def _beyond(service: str, slos: tuple[Slo, ...], source: _Source) -> Iterator[KeptSlo]:
    """What the document says beyond its SLOs; nothing if they alone would give it again."""
    given = plain(to_document(service, slos))
    differs = tuple(differences(given, {key: source.value[key] for key in ("metadata", "spec")}))
    if differs or source.shared or len(slos) > 1:
        yield KeptSlo(tuple(slo.name for slo in slos), source.shared, differs)


def _forget(value: dict[str, Any]) -> None:
    """Takes out our own annotation, which follows from the SLOs."""
    annotations = value["metadata"].get("annotations", {})
    if annotations.pop(ANNOTATION, None) is not None and not annotations:
        del value["metadata"]["annotations"]


def _references(value: Any) -> Iterator[tuple[str, str]]:
    pending = [value]
    while pending:
        here = pending.pop()
        if isinstance(here, dict):
            for key, part in here.items():
                if key in _REFERENCES and isinstance(part, str):
                    yield key, part
                elif key not in {"connectionDetails", "labels", "annotations"}:
                    pending.append(part)
        elif isinstance(here, list):
            pending.extend(here)
