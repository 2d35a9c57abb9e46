"""What is wrong with a line that cannot be decoded, in words, and where in the line that is."""

import difflib
import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from pagerworthy.evidence.form import UnfitError
from pagerworthy.evidence.keys import Key
from pagerworthy.evidence.record import Record, Strength

_AT = re.compile(r" - at `\$\.?([^`]*)`$")
_FIELD = re.compile(r"^\w+")
_TYPES = {
    "float": "a number",
    "int": "a number",
    "str": "text",
    "bool": "true or false",
    "array": "a list",
    "object": "a mapping in braces",
    "null": "nothing (null)",
    "datetime": "a moment",
}
_SHAPE = "see schemas/evidence.schema.json for the shape"
_JSON = "write one record a line, as JSON"
_UNFIT = "write each name once, no invisible characters, and times in UTC, ending in Z"
_MOMENT = "write a moment in UTC, such as 2026-03-31T08:00:00Z"
_LONGEST = 60


class Wrong(NamedTuple):
    """What is wrong with a line, how to mend it, and the column of that, from 1; 1 where it is about all of it."""

    message: str
    help: str
    column: int = 1


def wrong_line(error: Exception, line: bytes) -> Wrong:
    """What a decoder says of a whole line, which should be a record."""
    return _Line(line, 0, "the record", _SHAPE, Record.__struct_fields__).wrong(error)


def wrong_value(error: Exception, line: bytes, value: bytes, key: Key) -> Wrong:
    """What a decoder says of the value in a line, which is one of that key, and which the message calls "it"."""
    names = key.value.__struct_fields__
    shape = f"`pagerworthy docs evidence` says more; the value of {key.name} has {', '.join(names)}"
    return _Line(line, max(line.find(value), 0), "it", shape, names).wrong(error)


class _Line:
    """A line, and what is looked at in it: from which byte on, what it is called, its shape and its fields."""

    def __init__(self, line: bytes, start: int, what: str, shape: str, fields: tuple[str, ...]) -> None:
        self._line = line
        self._start = start
        self._what = what
        self._shape = shape
        self._fields = fields

    def wrong(self, error: Exception) -> Wrong:
        if isinstance(error, UnicodeDecodeError):
            return Wrong("the line is not UTF-8", "write the file in UTF-8", self._column(error.start))
        if isinstance(error, UnfitError):
            return Wrong(str(error), _UNFIT)
        if isinstance(error, RecursionError):
            return Wrong("the line is nested too deeply", _JSON)
        said = str(error)
        at = _AT.search(said)
        place = at[1] if at else ""
        said = said[: at.start()] if at else said
        for form, words in _WORDS:
            if found := form.fullmatch(said):
                return words(self, found, place)
        return Wrong(said, self._shape, self.place(place))

    def malformed(self, found: re.Match[str], _place: str) -> Wrong:
        byte = self._start + int(found[2])
        return Wrong(f"the line is not JSON: {found[1]}", _JSON, self._column(min(byte, len(self._line) - 1)))

    def truncated(self, _found: re.Match[str], _place: str) -> Wrong:
        return Wrong("the line is not JSON: it ends too early", _JSON, self._column(len(self._line)))

    def lacks(self, found: re.Match[str], place: str) -> Wrong:
        return Wrong(f"{place or self._what} lacks {found[1]}", f"add {found[1]}; {self._shape}", self.place(place))

    def unknown(self, found: re.Match[str], place: str) -> Wrong:
        name = found[1]
        mend = _near(name, self._fields) or f"remove it; {self._shape}"
        said = f"{place or self._what} has an unknown property {name[:_LONGEST]!r}"
        return Wrong(said, mend, self.place(name))

    def limit(self, found: re.Match[str], place: str) -> Wrong:
        bound = "at least" if found[1] == ">=" else "at most"
        return Wrong(f"{place or self._what} has to be {bound} {float(found[2]):,g}", self._shape, self.place(place))

    def length(self, found: re.Match[str], place: str) -> Wrong:
        bound = "fewer" if found[1] == ">=" else "more"
        said = f"{place or self._what} has {bound} than {int(found[2]):,} characters"
        return Wrong(said, f"shorten it; {self._shape}", self.place(place))

    def kinds(self, found: re.Match[str], place: str) -> Wrong:
        wanted = " or ".join(_TYPES.get(each.strip(), each.strip()) for each in found[1].split("|"))
        said = f"{place or self._what} should be {wanted}, and is {_TYPES.get(found[2], found[2])}"
        return Wrong(said, _MOMENT if found[1] == "datetime" else self._shape, self.place(place))

    def allowed(self, found: re.Match[str], place: str) -> Wrong:
        mend = _near(found[1], _STRENGTHS) or f"write one of: {', '.join(_STRENGTHS)}"
        said = f"{place} is {found[1][:_LONGEST]!r}, which is not one of the allowed values"
        return Wrong(said, mend, self.place(place))

    def moment(self, _found: re.Match[str], place: str) -> Wrong:
        return Wrong(f"{place} is no moment", _MOMENT, self.place(place))

    def range(self, _found: re.Match[str], place: str) -> Wrong:
        return Wrong(f"{place} is a number that nothing here can hold", self._shape, self.place(place))

    def place(self, named: str) -> int:
        """The column of the part of that name, or of all that is looked at."""
        field = _FIELD.match(named)
        if field is None:
            return self._column(self._start)
        found = re.compile(rb'"' + field[0].encode() + rb'"\s*:\s*').search(self._line, self._start)
        return self._column(found.end() if found else self._start)

    def _column(self, byte: int) -> int:
        """The column of a byte, counted in characters from 1, as editors count."""
        return len(self._line[:byte].decode("utf-8", errors="replace")) + 1


# What the decoder says, beside the place where it found that.
_WORDS: tuple[tuple[re.Pattern[str], Callable[[_Line, re.Match[str], str], Wrong]], ...] = (
    (re.compile(r"JSON is malformed: (.+) \(byte (\d+)\)"), _Line.malformed),
    (re.compile(r"Input data was truncated"), _Line.truncated),
    (re.compile(r"Object missing required field `([^`]+)`"), _Line.lacks),
    (re.compile(r"Object contains unknown field `(.*)`", re.DOTALL), _Line.unknown),
    (re.compile(r"Expected `\w+` (>=|<=) (\S+)"), _Line.limit),
    (re.compile(r"Expected `\w+` of length (>=|<=) (\d+)"), _Line.length),
    (re.compile(r"Expected `([\w| ]+)`, got `(\w+)`"), _Line.kinds),
    (re.compile(r"Invalid enum value '(.*)'", re.DOTALL), _Line.allowed),
    (re.compile(r"Invalid RFC3339 encoded datetime"), _Line.moment),
    (re.compile(r"Number out of range"), _Line.range),
)
_STRENGTHS = tuple(strength.word for strength in Strength)


def _near(name: str, names: Iterable[str]) -> str:
    near = difflib.get_close_matches(name[:_LONGEST], list(names), n=1)
    return f"did you mean {near[0]}?" if near else ""
