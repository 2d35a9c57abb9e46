"""Scorecards of an earlier run, each under the digest of all that it follows from."""

from collections.abc import Mapping
from contextlib import suppress

import msgspec

from pagerworthy.scoring.model import Scorecard
from pagerworthy.scoring.parcel import Parcel, pack, unpack


class _Content(msgspec.Struct, frozen=True, array_like=True):
    digests: list[bytes]
    cards: Parcel


class Shelf:
    """Scorecards by digest. `score` takes from it what it need not judge again, and leaves on it what it gives back.

    What lies here is never more than one run gave: `new` counts the scorecards of it that were judged anew.
    """

    def __init__(self) -> None:
        self.new = 0
        self._cards: dict[bytes, Scorecard] = {}

    def __len__(self) -> int:
        return len(self._cards)

    def find(self, digest: bytes) -> Scorecard | None:
        """The scorecard that follows from what has this digest."""
        return self._cards.get(digest)

    def replace(self, cards: Mapping[bytes, Scorecard]) -> None:
        """Puts the scorecards of one run in place of all that lies here."""
        self.new = len(cards.keys() - self._cards.keys())
        self._cards = dict(cards)

    def packed(self) -> bytes:
        """All scorecards, for another run to unpack."""
        return msgspec.msgpack.encode(_Content(list(self._cards), pack(self._cards.values())))

    @classmethod
    def unpacked(cls, content: bytes | memoryview) -> "Shelf":
        """What was packed; an empty shelf where it cannot be read."""
        shelf = cls()
        with suppress(msgspec.MsgspecError, ValueError, IndexError):
            found = msgspec.msgpack.decode(content, type=_Content)
            shelf._cards = dict(zip(found.digests, unpack(found.cards), strict=True))
        return shelf
