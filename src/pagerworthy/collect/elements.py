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
# A text that is not closed goes to the end, but for a backslash there: none is looked through twice.
_REST = re.compile(rb'(?:[^"\\]++|\\.)*+(?:"|(\\?)\Z)', re.DOTALL)
_TOKEN = re.compile(rb'"%s|[{}]' % _REST.pattern, re.DOTALL)
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
        self._braces = _Braces()

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
            self._braces = _Braces()
        self._rest = rest[start:]
        self._searched = max(self._searched - start, 0)
        self._braces.cut(start)

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
                if opened == 0:
                    if self._gives(rest[start:stop], decode, found):
                        return stop
                    # To try at every brace would take the square of a text that is full of them.
                    self._exact = True
                    break
            self._searched, self._open = at, opened
            if not self._exact and len(rest) - start < _SUSPICIOUS:
                return -1
        stop = self._braces.end_of(rest, start)
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


class _Braces:
    """Counts the braces of one object outside of texts, on from where the last piece ended."""

    def __init__(self) -> None:
        self._at = self._open = 0
        self._in_text = False

    def end_of(self, text: bytes, start: int) -> int:
        """Where the object that begins at `start` ends; -1 where that has not come yet."""
        at = max(self._at, start)
        if self._in_text:
            rest = _REST.match(text, at)
            if rest is None or rest[1] is not None:
                self._at = rest.start(1) if rest else at
                return -1
            self._in_text, at = False, rest.end()
        for token in _TOKEN.finditer(text, at):
            sign = token[0]
            if sign == b"{":
                self._open += 1
            elif sign == b"}":
                self._open -= 1
                if self._open == 0:
                    return token.end()
            elif token[1] is not None:
                self._in_text, self._at = True, token.start(1)
                return -1
        self._at = len(text)
        return -1

    def cut(self, length: int) -> None:
        """Hears that so much was taken away from the front."""
        self._at = max(self._at - length, 0)
