"""The slow tier: has the last word on what is valid, and says where the rest is wrong and how to mend it."""

import difflib
import re
from itertools import islice

import msgspec

from pagerworthy.catalog.accept import stem
from pagerworthy.catalog.compose import compose
from pagerworthy.catalog.composed import Composed, Value
from pagerworthy.catalog.decode import decode
from pagerworthy.catalog.extensions import FOLDER, Extensions
from pagerworthy.catalog.frontmatter import split
from pagerworthy.catalog.limits import weight
from pagerworthy.catalog.model import ENTRY_TYPES, FOLDERS, Entry
from pagerworthy.catalog.schema_problems import schema_problems
from pagerworthy.catalog.schema_view import SchemaView
from pagerworthy.catalog.schemas import Schemas
from pagerworthy.catalog.value_problems import place_of
from pagerworthy.codes import problem
from pagerworthy.problem import DocumentPath, Problem, Where, render_path

# A schema that is missing or broken says nothing against the entry, of which everything else was checked.
_OF_EXTENSIONS = frozenset({"PW120", "PW121", "PW122"})
_MAX_EXTENSIONS = 20
# A validator could need each part of an extension's schema for each part of its fields: this many take some 30 ms.
_MAX_WORK = 500_000
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


class Explained(msgspec.Struct, frozen=True):
    """What became of one file: its entry, if nothing is wrong with it, its problems, and what could be composed."""

    entry: Entry | None = None
    problems: tuple[Problem, ...] = ()
    composed: Composed | None = None


def explain(content: bytes, path: str, kind: str, schemas: Schemas, extensions: Extensions) -> Explained:
    """Reads the bytes of `path`, which lies in the folder of `kind`."""
    text, problems = decode(content, path)
    if problems:
        return Explained(problems=tuple(problems))
    composed = compose_entry(text, path, kind)
    if isinstance(composed, Problem):
        return Explained(problems=(composed,))
    if not composed.complete or (composed.problems and not composed.spots):
        return Explained(problems=composed.problems, composed=composed)
    judge = _Judge(composed, path, kind, schemas, extensions)
    found = tuple(judge.problems())
    if any(each.code not in _OF_EXTENSIONS for each in found):
        return Explained(problems=found, composed=composed)
    try:
        entry: Entry = msgspec.convert(composed.value, ENTRY_TYPES[kind])
    except msgspec.ValidationError as error:
        mend = "compare it with the example of `pagerworthy explain PW107`"
        wrong = problem("PW107", f"the entry cannot be read: {error}", Where(file=path), mend)
        return Explained(problems=(wrong,), composed=composed)
    return Explained(entry=entry, problems=found)


def compose_entry(text: str, path: str, kind: str) -> Composed | Problem:
    """The document of an entry's file, wherever in the file it stands."""
    if kind != "Postmortem":
        return compose(text, path)
    parts = split(text)
    if parts is None:
        message = "the entry of a post-mortem stands between two lines of ---, and they are not here"
        mend = "start the file with ---, write the entry, and close it with --- on a line of its own"
        return problem("PW016", message, Where(file=path, line=1, column=1), mend)
    return compose(parts.front, path, first_line=2)


class _Judge:
    """Judges one composed document."""

    def __init__(
        self, composed: Composed, path: str, folder_kind: str, schemas: Schemas, extensions: Extensions
    ) -> None:
        self._composed = composed
        self._path = path
        self._folder_kind = folder_kind
        self._schemas = schemas
        self._extensions = extensions

    def problems(self) -> list[Problem]:
        """Everything that is wrong, as far as it can be told."""
        found = list(self._composed.problems)
        value = self._composed.value
        if not isinstance(value, dict):
            if () not in self._composed.doubtful:
                mend = "begin with apiVersion, kind, metadata and spec; `pagerworthy new` writes a first entry"
                found.append(self._problem("PW015", "an entry is a mapping of keys to values", (), mend))
            return found
        kind = value.get("kind", self._folder_kind)
        if isinstance(kind, str) and kind in ENTRY_TYPES:
            if kind != self._folder_kind:
                mend = f"move the file to catalog/{FOLDERS[kind]}/, or write kind: {self._folder_kind}"
                message = f"a {kind} does not belong in catalog/{FOLDERS[self._folder_kind]}/"
                found.append(self._problem("PW103", message, ("kind",), mend))
        else:
            found.append(self._unknown_kind(kind))
            kind = self._folder_kind
            value = {**value, "kind": kind}
        view = SchemaView(self._schemas.of(kind), self._schemas.common())
        found += schema_problems(self._schemas.validator(kind), value, self._composed, view, self._path)
        found += self._inexact_integers(value, view)
        found += self._name(value)
        if kind == "Service":
            found += self._extension_problems(value)
        return found

    def _unknown_kind(self, kind: Value) -> Problem:
        if not isinstance(kind, str):
            return self._problem("PW102", "kind has to be a name", ("kind",), f"write kind: {self._folder_kind}")
        lower = {name.lower(): name for name in ENTRY_TYPES}
        near = difflib.get_close_matches(kind[:60].lower(), list(lower), n=1)
        names = ", ".join(ENTRY_TYPES)
        mend = f"did you mean {lower[near[0]]}? the kinds are {names}" if near else f"the kinds are {names}"
        return self._problem("PW102", f"there is no kind {kind[:60]}", ("kind",), mend)

    def _inexact_integers(self, value: Value, view: SchemaView) -> list[Problem]:
        # JSON Schema takes 1.0 for an integer; the model and people do not.
        found: list[Problem] = []
        pending: list[tuple[DocumentPath, Value]] = [((), value)]
        while pending:
            path, here = pending.pop()
            if path[:2] == ("spec", "extensions"):
                continue
            if isinstance(here, dict):
                pending.extend(((*path, key), part) for key, part in here.items())
            elif isinstance(here, list):
                pending.extend(((*path, index), part) for index, part in enumerate(here))
            elif isinstance(here, float) and here.is_integer() and view.at(path).get("type") == "integer":
                written = self._composed.written.get(path, str(here))
                message = f"{render_path(path)} should be a whole number, and is {written}"
                found.append(self._problem("PW107", message, path, f"write {path[-1]}: {int(here)}"))
        return found

    def _name(self, value: dict[str, Value]) -> list[Problem]:
        metadata = value.get("metadata")
        name = metadata.get("name") if isinstance(metadata, dict) else None
        file = stem(self._path)
        path = ("metadata", "name")
        if not isinstance(name, str) or name == file or path in self._composed.doubtful:
            return []
        ending = self._path.rpartition(".")[2]
        if _NAME.fullmatch(name):
            mend = f"rename the file to {name}.{ending}, or write name: {file}"
        else:
            mend = f"write name: {file}  # a name has lower-case letters, digits and single hyphens, like checkout-api"
        return [self._problem("PW117", f"the name {name[:60]} differs from that of the file, {file}", path, mend)]

    def _extension_problems(self, value: dict[str, Value]) -> list[Problem]:
        spec = value.get("spec")
        extensions = spec.get("extensions") if isinstance(spec, dict) else None
        found: list[Problem] = []
        # The service's own schema allows fewer; how many there are it says itself.
        for name, fields in islice((extensions if isinstance(extensions, dict) else {}).items(), _MAX_EXTENSIONS):
            path = ("spec", "extensions", name)
            if not _NAME.fullmatch(name):
                continue
            extension = self._extensions.get(name)
            if extension is None:
                mend = f"add {FOLDER}/{name[:40]}.schema.json, or write the fields under metadata.annotations"
                found.append(self._problem("PW120", f"no schema describes the extension {name[:40]}", path, mend))
            elif extension.validator is None:
                if extension.problem is not None:
                    found.append(extension.problem)
            elif isinstance(fields, dict) and extension.parts * weight(fields) > _MAX_WORK:
                if not extension.validator.is_valid(fields):
                    message = f"the fields of {name[:40]} do not fit {FOLDER}/{name[:40]}.schema.json"
                    mend = "there are too many to say which: write fewer, or compare them with the schema"
                    found.append(self._problem("PW118", message, path, mend))
            elif isinstance(fields, dict):
                view = SchemaView(extension.schema, {})
                found += schema_problems(extension.validator, fields, self._composed, view, self._path, path)
        return found

    def _problem(self, code: str, message: str, path: DocumentPath, mend: str) -> Problem:
        line, column = place_of(self._composed, path, at_key=not path)
        where = Where(file=self._path, line=line, column=column, path=render_path(path))
        return problem(code, message, where, mend)
