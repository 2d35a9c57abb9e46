"""The schemas that ship with Pagerworthy: read once, compiled when asked for, never fetched from anywhere."""

import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pagerworthy.catalog.model import ENTRY_TYPES
from pagerworthy.project import data_folder

if TYPE_CHECKING:
    import jsonschema_rs

COMMON = "common"
# The schemas name each other by file name; this is what those names are relative to. It is never opened.
_BASE = "json-schema:///"


class Schemas:
    """The schemas by name: `service` is `schemas/service.schema.json`."""

    def of(self, kind: str) -> dict[str, Any]:
        """The schema of a kind of entry."""
        return self.named(kind.lower())

    def validator(self, kind: str) -> "jsonschema_rs.Draft202012Validator":
        """The compiled schema of a kind of entry."""
        return self.compiled(kind.lower())

    def common(self) -> dict[str, Any]:
        """The definitions that all schemas share."""
        return self.named(COMMON)

    def named(self, name: str) -> dict[str, Any]:
        """A schema by its name. Raises OSError where there is none."""
        return _read(name)

    def compiled(self, name: str) -> "jsonschema_rs.Draft202012Validator":
        """A compiled schema: formats count, patterns run in linear time, nothing is retrieved."""
        return _compile(name)

    def digest(self) -> str:
        """The digest of all that decides whether an entry is valid."""
        total = hashlib.sha256()
        for name in sorted([COMMON, *(kind.lower() for kind in ENTRY_TYPES)]):
            total.update(hashlib.sha256(_path(name).read_bytes()).digest())
        return total.hexdigest()


@cache
def _read(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(_path(name).read_bytes())
    return schema


@cache
def _compile(name: str) -> "jsonschema_rs.Draft202012Validator":
    return compiled_from(_read(name))


def compiled_from(schema: Mapping[str, Any]) -> "jsonschema_rs.Draft202012Validator":
    """A schema of ours, compiled: formats count, patterns run in linear time, nothing is retrieved."""
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(
        dict(schema),
        registry=jsonschema_rs.Registry([(_BASE + _path(COMMON).name, _read(COMMON))]),
        validate_formats=True,
        ignore_unknown_formats=False,
        pattern_options=jsonschema_rs.RegexOptions(),
        offline=True,
    )


def _path(name: str) -> Path:
    return data_folder("schemas") / f"{name}.schema.json"
