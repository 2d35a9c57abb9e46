"""The schemas of entries: read once, compiled for the fast tier, never fetched from anywhere."""

import hashlib
import json
from typing import TYPE_CHECKING, Any

from pagerworthy.catalog.model import ENTRY_TYPES
from pagerworthy.project import data_folder

if TYPE_CHECKING:
    import jsonschema_rs

COMMON = "common.schema.json"
# The schemas name each other by file name; this is what those names are relative to. It is never opened.
BASE = "json-schema:///"


class Schemas:
    """The schema of each kind, and their digest; `validator` compiles one when it is first asked for."""

    def __init__(self) -> None:
        folder = data_folder("schemas")
        names = {kind: f"{kind.lower()}.schema.json" for kind in ENTRY_TYPES}
        raw = {name: (folder / name).read_bytes() for name in sorted([COMMON, *names.values()])}
        self.digest: str = hashlib.sha256(b"\0".join(raw.values())).hexdigest()
        self._raw = raw
        self._names = names
        self._compiled: dict[str, jsonschema_rs.Draft202012Validator] = {}

    def common(self) -> dict[str, Any]:
        """The definitions that all kinds share."""
        schema: dict[str, Any] = json.loads(self._raw[COMMON])
        return schema

    def of(self, kind: str) -> dict[str, Any]:
        """The schema of a kind. Raises KeyError where there is no such kind."""
        schema: dict[str, Any] = json.loads(self._raw[self._names[kind]])
        return schema

    def validator(self, kind: str) -> "jsonschema_rs.Draft202012Validator":
        """The compiled schema of a kind: formats count, patterns run in linear time, nothing is retrieved."""
        compiled = self._compiled.get(kind)
        if compiled is None:
            import jsonschema_rs

            compiled = jsonschema_rs.Draft202012Validator(
                self.of(kind),
                registry=jsonschema_rs.Registry([(BASE + COMMON, self.common())]),
                validate_formats=True,
                ignore_unknown_formats=False,
                pattern_options=jsonschema_rs.RegexOptions(),
                offline=True,
            )
            self._compiled[kind] = compiled
        return compiled
