"""Reads the documents of OpenSLO files, each by its kind and name, and finds what they refer to."""

import difflib
from collections.abc import Iterable
from functools import cache
from typing import Any

import msgspec

from pagerworthy.catalog import Part, Schemas, Shape
from pagerworthy.interop.openslo.model import VERSION
from pagerworthy.interop.reading import Problems, pruned
from pagerworthy.problem import DocumentPath

KINDS = ("SLO", "SLI", "Service", "DataSource", "AlertPolicy", "AlertCondition", "AlertNotificationTarget")
# Whatever stands below these is the source's own.
_FREE = frozenset({"connectionDetails"})


class Document(msgspec.Struct, frozen=True):
    """A document of the right shape: its value without what has no value, and the part of a file that it is."""

    kind: str
    name: str
    value: dict[str, Any]
    part: Part


class Documents:
    """All documents of the files, by kind and name."""

    def __init__(self, parts: Iterable[Part], problems: Problems) -> None:
        self._by_name: dict[tuple[str, str], Document] = {}
        self._problems = problems
        for part in parts:
            document = _document(part, problems)
            if document is not None:
                self._take(document)

    def of(self, kind: str) -> list[Document]:
        """The documents of a kind, in the order of the files."""
        return [document for (each, _), document in self._by_name.items() if each == kind]

    def get(self, kind: str, name: str) -> Document | None:
        """The document of this kind and name, if the files have it."""
        return self._by_name.get((kind, name))

    def near(self, kind: str, name: str) -> str:
        """`; did you mean checkout-errors?`, where a document of the kind has nearly that name."""
        names = [each for of, each in self._by_name if of == kind]
        close = difflib.get_close_matches(name, names[:500], n=1)
        return f"; did you mean {close[0]}?" if close else ""

    def _take(self, document: Document) -> None:
        before = self._by_name.setdefault((document.kind, document.name), document)
        if before is not document:
            where = before.part.where(("metadata", "name"))
            message = f"there is another {document.kind} of the name {document.name}, in {where.file}:{where.line}"
            mend = "give one of the two another name, or leave one out"
            self._problems.of("PW610", message, document.part, ("metadata", "name"), mend)


def _document(part: Part, problems: Problems) -> Document | None:
    value = pruned(part.value, _FREE)
    if not isinstance(value, dict):
        mend = "begin with apiVersion: openslo/v1 and kind: SLO"
        problems.of("PW601", "a document of OpenSLO is a mapping of keys to values", part, (), mend)
        return None
    version, kind = value.get("apiVersion"), value.get("kind")
    if version != VERSION:
        _other_version(version, part, problems)
        return None
    if kind not in KINDS:
        lower = {name.lower(): name for name in KINDS}
        near = difflib.get_close_matches(str(kind)[:60].lower(), list(lower), n=1)
        mend = f"did you mean {lower[near[0]]}? " if near else ""
        message = f"OpenSLO has no kind {str(kind)[:60]}" if kind else "the document has no kind"
        problems.of("PW602", message, part, ("kind",), f"{mend}the kinds are {', '.join(KINDS)}")
        return None
    found = shape(kind).problems(msgspec.structs.replace(part, value=value))
    problems.found.extend(found)
    return None if found else Document(kind, value["metadata"]["name"], value, part)


def _other_version(version: Any, part: Part, problems: Problems) -> None:
    path: DocumentPath = ("apiVersion",)
    if version is None:
        problems.of("PW601", "the document has no apiVersion", part, (), f"begin with apiVersion: {VERSION}")
    elif str(version).startswith("openslo"):
        message = f"{str(version)[:60]} is another version of OpenSLO, of which only v1 is read"
        problems.of("PW601", message, part, path, f"write the document anew for {VERSION}")
    else:
        message = f"this is no document of OpenSLO, but of {str(version)[:60]}"
        mend = "leave it out; `pagerworthy import` also reads Sloth and Pyrra"
        problems.of("PW601", message, part, path, mend)


@cache
def shape(kind: str) -> Shape:
    """What a document of the kind has to look like."""
    definitions = Schemas().named("openslo")["$defs"]
    return Shape({**definitions[kind], "$defs": definitions})
