"""An organisation's own fields: `spec.extensions.<name>`, checked against `schemas/extensions/<name>.schema.json`.

These schemas come from the same pull request as the entries, and are trusted no further: they are small, refer to
nothing but their own definitions, and to none of those in a circle, so that no schema can make a check run for long.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from pagerworthy.catalog.files import read_file
from pagerworthy.catalog.precheck import SIZE_LIMIT
from pagerworthy.codes import problem
from pagerworthy.problem import Problem, Where
from pagerworthy.project import data_folder

if TYPE_CHECKING:
    import jsonschema_rs

FOLDER = "schemas/extensions"
# What commands of ours write into entries.
SHIPPED = frozenset({"openslo"})
# Subschemas of one extension, each counted as often as it is referred to.
_MAX_PARTS = 2_000
_MAX_DEPTH = 60
_MAX_NUMBER = 10**15
_OTHER_PLACES = ("$dynamicRef", "$recursiveRef", "$id", "$anchor", "$dynamicAnchor", "$vocabulary")


class Extension(msgspec.Struct, frozen=True):
    """An extension's schema of so many `parts`; `problem` says why there is none to use."""

    schema: dict[str, Any] = {}
    parts: int = 0
    validator: "jsonschema_rs.Draft202012Validator | None" = None
    problem: Problem | None = None


class Extensions:
    """The extension schemas of a repository, each read when it is first asked for."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[str, Extension] = {}

    def get(self, name: str) -> Extension | None:
        """The extension of this name, of the repository or else as shipped; None where neither has a schema for it."""
        if name not in self._known:
            path = f"{FOLDER}/{name}.schema.json"
            root = self._root
            if not os.path.lexists(root / path):
                root = data_folder("schemas").parent
                if name not in SHIPPED:
                    return None
            self._known[name] = _read(root, path)
        return self._known[name]

    def digest(self) -> str:
        """The digest of all extension schemas: what was accepted under one may not be under another."""
        total = hashlib.sha256()
        folder = self._root / FOLDER
        if folder.is_dir() and not folder.is_symlink():
            for path in sorted(folder.glob("*.schema.json")):
                try:
                    content = read_file(path, SIZE_LIMIT)
                except OSError:
                    content = b""
                total.update(f"{path.name}\0{hashlib.sha256(content).hexdigest()}\n".encode(errors="surrogateescape"))
        return total.hexdigest()


class _UnusableError(Exception):
    def __init__(self, code: str, message: str, mend: str) -> None:
        super().__init__(message)
        self.code = code
        self.mend = mend


def _read(root: Path, path: str) -> Extension:
    try:
        content = read_file(root / path, SIZE_LIMIT)
        if len(content) > SIZE_LIMIT:
            raise _UnusableError("PW121", f"this schema has more than {SIZE_LIMIT // 1024} KiB", "make it smaller")
        schema = json.loads(content)
        if not isinstance(schema, dict):
            raise _UnusableError("PW121", "a schema is a JSON object, and this is none", "write { ... }")
        parts = _parts(schema)
        _check_numbers(schema)
        return Extension(schema=schema, parts=parts, validator=_compile(schema))
    except _UnusableError as error:
        return Extension(problem=problem(error.code, str(error), Where(file=path), error.mend))
    except OSError as error:
        message = f"this schema cannot be read: {error.strerror}"
        return Extension(problem=problem("PW121", message, Where(file=path), "put a regular file in its place"))
    except json.JSONDecodeError as error:
        where = Where(file=path, line=error.lineno, column=error.colno)
        return Extension(problem=problem("PW121", f"this is not JSON: {error.msg}", where, "mend the JSON"))
    except (UnicodeDecodeError, RecursionError, ValueError) as error:
        message = f"this schema cannot be used: {type(error).__name__}"
        return Extension(problem=problem("PW121", message, Where(file=path), "write plain JSON in UTF-8"))


def _compile(schema: dict[str, Any]) -> "jsonschema_rs.Draft202012Validator":
    import jsonschema_rs

    try:
        jsonschema_rs.meta.validate({**schema, "$schema": "https://json-schema.org/draft/2020-12/schema"})
        return jsonschema_rs.Draft202012Validator(
            schema, validate_formats=True, pattern_options=jsonschema_rs.RegexOptions(), offline=True
        )
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        said = str(getattr(error, "message", error)).split("\n", maxsplit=1)[0]
        raise _UnusableError("PW121", f"this is not a schema: {said[:200]}", "mend it as draft 2020-12 asks") from error


def _check_numbers(schema: dict[str, Any]) -> None:
    """Raises _UnusableError for a number that cannot be compared exactly."""
    pending: list[Any] = [schema]
    while pending:
        part = pending.pop()
        if isinstance(part, dict | list):
            pending.extend(part.values() if isinstance(part, dict) else part)
        elif isinstance(part, int | float) and not abs(part) < _MAX_NUMBER:
            message = "this schema has a number of more than 15 digits, which cannot be compared exactly"
            raise _UnusableError("PW121", message, "write a smaller number")


def _parts(schema: dict[str, Any]) -> int:
    """How many parts a schema has. Raises _UnusableError for too many, and for references out of it or in a circle."""
    return _size(schema, schema, {}, set(), 0)


def _size(part: Any, schema: dict[str, Any], sizes: dict[int, int], open_parts: set[int], depth: int) -> int:
    if id(part) in sizes:
        return sizes[id(part)]
    if id(part) in open_parts:
        raise _UnusableError("PW121", "this schema refers to itself", "write the inner part out, to a fixed depth")
    if depth > _MAX_DEPTH:
        raise _UnusableError("PW121", f"this schema has more than {_MAX_DEPTH} levels", "write it flatter")
    open_parts.add(id(part))
    total = 1 + (len(part) if isinstance(part, list) else 0)
    for child in _children(part, schema):
        total += _size(child, schema, sizes, open_parts, depth + 1)
        if total > _MAX_PARTS:
            raise _UnusableError("PW121", f"this schema has more than {_MAX_PARTS:,} parts", "make it smaller")
    open_parts.discard(id(part))
    sizes[id(part)] = total
    return total


def _children(part: Any, schema: dict[str, Any]) -> Iterator[Any]:
    if isinstance(part, Mapping):
        for key, value in part.items():
            if key == "$ref" and isinstance(value, str):
                yield _target(value, schema)
            elif key in _OTHER_PLACES and isinstance(value, str):
                message = f"this schema uses {key}, with which it could mean another place"
                raise _UnusableError("PW122", message, 'refer to own definitions: {"$ref": "#/$defs/..."}')
            elif key == "$schema" and isinstance(value, str):
                if part is not schema:
                    mend = "name it at the top of the schema, or nowhere"
                    raise _UnusableError("PW121", "this schema names its dialect in one of its parts", mend)
                if value.rstrip("#") != "https://json-schema.org/draft/2020-12/schema":
                    mend = "write https://json-schema.org/draft/2020-12/schema, or leave $schema out"
                    raise _UnusableError("PW121", "this schema is not of draft 2020-12", mend)
            elif isinstance(value, dict | list):
                yield value
    elif isinstance(part, list):
        yield from (child for child in part if isinstance(child, dict | list))


def _target(reference: str, schema: dict[str, Any]) -> Any:
    if not reference.startswith("#"):
        message = f"this schema refers to {reference[:80]}, which is not in it"
        raise _UnusableError("PW122", message, "copy what is referred to into $defs")
    here: Any = schema
    for part in reference[1:].strip("/").split("/"):
        if reference.strip("#/") == "":
            break
        key = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(here, dict) or key not in here:
            raise _UnusableError("PW121", f"this schema refers to {reference[:80]}, which it does not have", "add it")
        here = here[key]
    return here
