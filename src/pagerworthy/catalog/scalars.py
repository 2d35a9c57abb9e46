"""What an unquoted YAML scalar means: the core schema of YAML 1.2, read strictly.

`no`, `12:30` and dates stay text. So does a whole number with a leading zero, which is an octal number to YAML 1.1, a
decimal one to YAML 1.2, and mostly an id to whoever wrote it.
"""

import re

MAX_DIGITS = 15

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")

Plain = str | int | float | bool | None


class InexactError(ValueError):
    """The number cannot be read without changing it."""


def resolve(text: str) -> Plain:
    """The value of an unquoted scalar. Raises InexactError for numbers that are not exact."""
    if text in _NULL:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    return _number(text) if text[0] in "+-.0123456789" else text


def _number(text: str) -> Plain:
    if _NOT_FINITE.fullmatch(text):
        raise InexactError("this is not a number that can be compared with others")
    if not (_INTEGER.fullmatch(text) or _BASED.fullmatch(text) or _FLOAT.fullmatch(text)):
        return text
    mantissa = text if _BASED.fullmatch(text) else re.split("[eE]", text)[0]
    digits = sum(c.isalnum() for c in mantissa)
    if digits > MAX_DIGITS:
        raise InexactError(f"this number has {digits:,} digits; more than {MAX_DIGITS} are not kept exactly")
    if _BASED.fullmatch(text):
        return int(text, 0)
    if _INTEGER.fullmatch(text):
        return int(text)
    number = float(text)
    if number in {float("inf"), float("-inf")}:
        raise InexactError("this number is larger than any that can be kept")
    return number
