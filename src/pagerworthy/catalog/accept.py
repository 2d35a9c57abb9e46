"""The fast tier: reads an entry that is right, and says nothing about one that is not.

A file that is turned away here goes to the slow tier, which has the last word. The parser is ryaml, which
sits on a port of the same libyaml that the slow tier uses; on 10,000 entries yaml-rs takes half the time, but
is younger and kept by one person.
"""

import msgspec
import ryaml

from pagerworthy.catalog.frontmatter import split
from pagerworthy.catalog.model import ENTRY_TYPES, Entry, Service
from pagerworthy.catalog.precheck import SIZE_LIMIT, UNPRINTABLE, plain
from pagerworthy.catalog.schemas import Schemas

# An entry's own levels are few; only an extension could go deeper than the slow tier allows.
_EXTENSION_DEPTH = 20


def accept(content: bytes, path: str, kind: str, schemas: Schemas) -> Entry | None:
    """The entry in `content`, the bytes of `path` in the folder of `kind`; None if anything is unusual.

    An entry with extensions is returned with those not yet checked against the organisation's own schemas.
    """
    text = _plain_text(content, kind)
    if text is None:
        return None
    try:
        data = ryaml.loads(text)
        if not isinstance(data, dict) or data.get("kind") != kind or not schemas.validator(kind).is_valid(data):
            return None
        entry: Entry = msgspec.convert(data, ENTRY_TYPES[kind])
    except (ryaml.InvalidYamlError, msgspec.ValidationError, ValueError, TypeError, RecursionError):
        return None
    deep = isinstance(entry, Service) and not _shallow(entry.spec.extensions, _EXTENSION_DEPTH)
    return None if deep or entry.metadata.name != stem(path) else entry


def _plain_text(content: bytes, kind: str) -> str | None:
    """The document in the file, if both tiers are sure to read it alike."""
    if len(content) > SIZE_LIMIT:
        return None
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return None
    if kind == "Postmortem":
        parts = split(text)
        if parts is None or UNPRINTABLE.search(parts.body):
            return None
        text = parts.front
        content = text.encode()
    return text if plain(content, text) else None


def stem(path: str) -> str:
    """The file's name without its folders and ending."""
    return path.rsplit("/", 1)[-1].rpartition(".")[0]


def _shallow(value: object, depth: int) -> bool:
    if isinstance(value, dict):
        return depth > 0 and all(_shallow(part, depth - 1) for part in value.values())
    if isinstance(value, list):
        return depth > 0 and all(_shallow(part, depth - 1) for part in value)
    return True
