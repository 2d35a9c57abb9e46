"""Whether a line says what it seems to say: no name twice, nothing invisible, however it is written."""

import json
import re

import msgspec

from pagerworthy.catalog.precheck import UNPRINTABLE
from pagerworthy.evidence.keys import Key, Value
from pagerworthy.evidence.record import Record
from pagerworthy.evidence.strings import disguised

_NAME = re.compile(rb'"(\w+)"[ \t\r]*:')
_BREAK = re.compile(r"[\t\r\n]")
_ONE_LINE = frozenset({"subject", "source", "item"})
# What ends a name, where nothing stands between its quote and the colon.
_END_OF_NAME = b'":'
_NOT_SIMPLE = (b"\\", b"\x7f", b'" ', b'"\t', b'"\r')


def _written(name: str) -> bytes:
    return b'"' + name.encode() + _END_OF_NAME


_NAMES = frozenset(_written(name) for name in Record.__struct_fields__)
_ALWAYS = sum(field.required for field in msgspec.structs.fields(Record))


class UnfitError(Exception):
    """Why a line that can be decoded is still no record."""


class ValueForm:
    """How values of one key are written: which names they have, and what decodes them."""

    __slots__ = ("_needed", "_optional", "decoder", "key")

    def __init__(self, key: Key) -> None:
        fields = msgspec.structs.fields(key.value)
        self.key = key
        self.decoder: msgspec.json.Decoder[Value] = msgspec.json.Decoder(key.value)
        self._needed = sum(field.required for field in fields)
        self._optional = tuple(_written(field.encode_name) for field in fields if not field.required)
        if taken := _NAMES.intersection(self._optional):
            raise TypeError(f"{key.name}: what a value may leave out is not to be called as a record's {taken}")

    def is_once(self, line: bytes, record: Record) -> bool:
        """Whether surely no name is there twice in a simple line (see `is_simple`), found by counting them.

        The line has been decoded to the record, and its value will be decoded by this form, so that every name is one
        that they know. Each that is there counts at least once: with no more than that, none is there twice.
        """
        names = _ALWAYS
        if record.item:
            names += 1
        if record.query:
            names += 1
        if record.expires is not None:
            names += 1
        if record.response:
            names += 1
        if record.failed:
            return line.count(_END_OF_NAME) == names + 1
        # The value itself, and what is in it.
        names += 1 + self._needed
        for name in self._optional:
            if name in line:
                names += 1
        return line.count(_END_OF_NAME) == names


def is_simple(text: bytes) -> bool:
    """Whether everything in these lines is written plainly: ASCII without escapes, and each name right by its colon."""
    return text.isascii() and not any(sign in text for sign in _NOT_SIMPLE)


def refuse_disguise(line: bytes, record: Record) -> None:
    """Raises UnfitError where a person would read the line otherwise than the decoder does."""
    escaped = b"\\" in line
    if escaped or b"\x7f" in line or not line.isascii():
        for name in ("subject", "source", "item", "query", "failed"):
            text = getattr(record, name)
            if UNPRINTABLE.search(text) or (name in _ONE_LINE and not text.isprintable() and _BREAK.search(text)):
                raise UnfitError(f"{name} has control or invisible characters")
        if not record.failed and (place := disguised(bytes(record.value))):
            raise UnfitError(f"{place} has control or invisible characters")
    # Only names that are written plainly are counted here; whatever else could be one has the line read again.
    names = _NAME.findall(line)
    if escaped or len(names) != len(set(names)):
        # Numbers stay text: Python refuses to make one of thousands of digits.
        json.loads(line, object_pairs_hook=_once, parse_int=str)


def _once(pairs: list[tuple[str, object]]) -> None:
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise UnfitError(f"{twice!r} is there twice")
