"""Reads one long list of a JSON document while it arrives, element by element, so that none of it has to be kept."""

import hashlib
import re
from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec

from pagerworthy.collect.errors import SourceError

_T = TypeVar("_T")

_BETWEEN = re.compile(rb"[\s,]*")
# Where an object of a list may end; whether it does is for the decoder to say.
_END = re.compile(rb"\}(?=\s*[,\]])")
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}]', re.DOTALL)
_LARGEST_ELEMENT = 16 * 1024 * 1024
_LARGEST_REST = 1024 * 1024
# From here on, braces within texts may be why no end was found.
_SUSPICIOUS = 64 * 1024


class Elements(Generic[_T]):
    """Takes a document piece by piece and gives each object of the list called `name` to `found`, as `kind`.

    Raises SourceError for an element of another kind, and for one that is larger than any can be.
    """

    def __init__(self, name: str, kind: type[_T], found: Callable[[_T], None]) -> None:
        self._start = re.compile(rb'"%s"\s*:\s*\[' % name.encode())
        self._decoder = msgspec.json.Decoder(kind)
        self._found = found
        self._hash = hashlib.sha256()
        self._outside = b""
        self._rest = b""
        self._inside = self._after = False
        # Within `rest`: how far it was searched for ends, and the braces that were open there.
        self._searched = self._open = 0
        self._exact = False

    def __call__(self, piece: bytes) -> None:
        """Takes the next piece."""
        self._hash.update(piece)
        self._rest += piece
        if not (self._inside or self._after):
            self._begin()
        if self._inside:
            self._split()
        elif len(self._rest) > _LARGEST_REST:
            raise SourceError("its answer is not what its description says: it has no list where one belongs")

    @property
    def digest(self) -> str:
        """The digest of all that was taken."""
        return f"sha256:{self._hash.hexdigest()}"

    def outside(self) -> bytes:
        """The document without the elements of its list. Raises SourceError where it ended within the list."""
        if self._inside:
            self._exact = True
            self._split()
        if self._inside:
            raise SourceError("its answer broke off")
        return self._outside + self._rest

    def _begin(self) -> None:
        if start := self._start.search(self._rest):
            self._inside = True
            self._outside, self._rest = self._rest[: start.end()], self._rest[start.end() :]

    def _split(self) -> None:
        rest, start, decode, found = self._rest, 0, self._decoder.decode, self._found
        while True:
            start = _BETWEEN.match(rest, start).end()  # type: ignore[union-attr]  # matches everywhere
            if start == len(rest):
                break
            if rest[start] == ord("]"):
                self._inside, self._after = False, True
                break
            if rest[start] != ord("{"):
                raise SourceError("its answer is not what its description says: its list has something else in it")
            end = self._end_of(rest, start, decode, found)
            if end < 0:
                if len(rest) - start > _LARGEST_ELEMENT:
                    raise SourceError("its answer has an element that is larger than any can be")
                break
            start = end
            self._searched, self._open = start, 0
        self._rest = rest[start:]
        self._searched = max(self._searched - start, 0)

    def _end_of(self, rest: bytes, start: int, decode: Callable[[bytes], _T], found: Callable[[_T], None]) -> int:
        """Where the element that begins at `start` ends, after it was given away; -1 where that has not come yet.

        What decodes as a whole is the whole: no object is the beginning of another one.
        """
        if not self._exact:
            at, opened = max(self._searched, start), self._open
            while end := _END.search(rest, at):
                stop = end.end()
                opened += rest.count(b"{", at, stop) - rest.count(b"}", at, stop)
                at = stop
                if opened == 0 and self._gives(rest[start:stop], decode, found):
                    return stop
            self._searched, self._open = at, opened
            if len(rest) - start < _SUSPICIOUS:
                return -1
        stop = _counted(rest, start)
        if stop > 0:
            # Texts have braces without their like: counting alone misleads.
            self._exact = True
            if not self._gives(rest[start:stop], decode, found):
                raise SourceError("its answer is not JSON")
        return stop

    @staticmethod
    def _gives(element: bytes, decode: Callable[[bytes], _T], found: Callable[[_T], None]) -> bool:
        try:
            decoded = decode(element)
        except msgspec.ValidationError as error:
            raise SourceError(f"its answer is not what its description says: {str(error)[:200]}") from error
        except (msgspec.DecodeError, UnicodeDecodeError):
            return False
        except RecursionError as error:
            raise SourceError("its answer is nested too deeply") from error
        found(decoded)
        return True


def _counted(text: bytes, start: int) -> int:
    """Where the object that begins at `start` ends, by its braces outside of texts; -1 where it does not."""
    opened = 0
    for token in _TOKEN.finditer(text, start):
        sign = token[0]
        if sign == b"{":
            opened += 1
        elif sign == b"}":
            opened -= 1
            if opened == 0:
                return token.end()
    return -1
