"""Entries by name, each unpacked when someone first asks for it.

Ten thousand entries take longer to unpack than to check, and a check needs few of them whole.
"""

from collections.abc import ItemsView, Iterator, Mapping, ValuesView
from typing import Generic, TypeVar

import msgspec

from pagerworthy.catalog.model import Entry

E = TypeVar("E", bound=Entry)
T = TypeVar("T")


class Entries(Mapping[str, E], Generic[E]):
    """A read-only mapping from names to entries of one kind, in the order in which they were given."""

    def __init__(self, kind: type[E], packed: Mapping[str, bytes]) -> None:
        self._decoder: msgspec.msgpack.Decoder[E] = msgspec.msgpack.Decoder(kind)
        self._packed = dict(packed)
        self._known: dict[str, E] = {}

    def __getitem__(self, name: str) -> E:
        entry = self._known.get(name)
        if entry is None:
            entry = self._known[name] = self._decoder.decode(self._packed[name])
        return entry

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)

    def __contains__(self, name: object) -> bool:
        return name in self._packed

    def values(self) -> ValuesView[E]:
        return self._all().values()

    def items(self) -> ItemsView[str, E]:
        return self._all().items()

    def glance(self, kind: type[T]) -> Iterator[tuple[str, T]]:
        """See `glance` below."""
        decoder = msgspec.msgpack.Decoder(kind)
        for name, packed in self._packed.items():
            yield name, decoder.decode(packed)

    def __repr__(self) -> str:
        return f"Entries({list(self._packed)})"

    def _all(self) -> dict[str, E]:
        if len(self._known) < len(self._packed) or self._known.keys() != self._packed.keys():
            self._known = {name: self[name] for name in self._packed}
        return self._known


def glance(entries: Mapping[str, E], kind: type[T]) -> Iterator[tuple[str, T]]:
    """Each name with the entry as `kind`, a struct of some of its fields: much faster than unpacking all of it."""
    if isinstance(entries, Entries):
        yield from entries.glance(kind)
        return
    for name, entry in entries.items():
        yield name, msgspec.msgpack.decode(msgspec.msgpack.encode(entry), type=kind)
