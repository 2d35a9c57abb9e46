"""What is wrong with a row, in words, and what to write instead."""

import difflib
import re
import typing
from collections.abc import Callable, Mapping

import msgspec

from pagerworthy.collect.reports.model import shortly
from pagerworthy.evidence.text import inert

_AT = re.compile(r" - at `\$\.?([^`]*)`$")
_LONGEST = 60
_TYPES = {"bool": "true or false", "float": "a number", "int": "a number", "str": "text", "null": "nothing"}
_FORMS = (
    (r"^\d{4}-\d{2}-\d{2}", "2026-11-12 or 2026-11-12T14:05:00Z"),
    (r"^\d{4}-(", "a month, such as 2026-11"),
    ("^[a-z]", "the service as the catalog calls it, in small letters"),
    ("", "text on one line, without control characters"),
)


def wrong_row(error: Exception, raw: object, kind: type) -> str:
    """What a decoder says of a row of that kind, by the names and words of those who write rows."""
    said = str(error)
    at = _AT.search(said)
    field = at[1] if at else ""
    said = said[: at.start()] if at else said
    stands = raw.get(field) if isinstance(raw, Mapping) else None
    for form, words in _WORDS:
        if found := form.fullmatch(said):
            return words(found, field, stands, kind)
    return shortly(error)


def _write(field: str, wanted: str, stands: object) -> str:
    return f"{field} is {_shown(stands)}: write {wanted}"


def _shown(stands: object) -> str:
    if isinstance(stands, str):
        return repr(inert(stands, _LONGEST))
    if isinstance(stands, bool):
        return "true" if stands else "false"
    return "empty" if stands is None else inert(str(stands), _LONGEST)


def _lacks(found: re.Match[str], _field: str, _stands: object, _kind: type) -> str:
    return f"it lacks {found[1]}"


def _unknown(found: re.Match[str], _field: str, _stands: object, kind: type) -> str:
    names = [each.encode_name for each in msgspec.structs.fields(kind)]
    name = inert(found[1], _LONGEST)
    if not name:
        return "it has more cells than there are columns"
    near = difflib.get_close_matches(name, names, n=1)
    return f"there is no column {name}" + (f"; did you mean {near[0]}?" if near else f": write {', '.join(names)}")


def _type(found: re.Match[str], field: str, stands: object, _kind: type) -> str:
    if not field:
        return "it is no row: write `service: NAME` and so on"
    wanted = " or ".join(_TYPES.get(each.strip(), each.strip()) for each in found[1].split("|"))
    quoted = "str" in found[1] and isinstance(stands, (int, float)) and not isinstance(stands, bool)
    return _write(field, f'"{stands}", in quotes' if quoted else wanted, stands)


def _form(found: re.Match[str], field: str, stands: object, _kind: type) -> str:
    # The decoder tells the expression as Python would write it.
    expression = found[1].replace("\\\\", "\\")
    return _write(field, next(words for start, words in _FORMS if expression.startswith(start)), stands)


def _limit(found: re.Match[str], field: str, stands: object, _kind: type) -> str:
    return _write(field, f"a number {found[1]} {float(found[2]):,g}", stands)


def _length(found: re.Match[str], field: str, stands: object, _kind: type) -> str:
    bound = "at least" if found[1] == ">=" else "at most"
    return _write(field, f"{bound} {int(found[2]):,} characters", stands)


def _allowed(_found: re.Match[str], field: str, stands: object, kind: type) -> str:
    words = typing.get_args(typing.get_type_hints(kind).get(field))
    return _write(field, " or ".join(map(str, words)), stands)


_WORDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], str, object, type], str]], ...] = (
    (re.compile(r"Object missing required field `([^`]+)`"), _lacks),
    (re.compile(r"Object contains unknown field `(.*)`", re.DOTALL), _unknown),
    (re.compile(r"Expected `([\w| ]+)`, got `\w+`"), _type),
    (re.compile(r"Expected `str` matching regex '(.*)'", re.DOTALL), _form),
    (re.compile(r"Expected `[\w| ]+` (>=|<=|>|<) (\S+)"), _limit),
    (re.compile(r"Expected `\w+` of length (>=|<=) (\d+)"), _length),
    (re.compile(r"Invalid enum value .*", re.DOTALL), _allowed),
)
